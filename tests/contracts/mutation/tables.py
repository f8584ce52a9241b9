"""What is taken for what."""

import ast
import re

ARITHMETIC = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
COMPARISONS = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
CONSTANTS = {0: [1], 1: [0, 2], 2: [1, 3]}
# Functions, methods and fields that are taken for each other.
LOOKALIKES = """
    sum mean; max min; maximum minimum; all any; zeros ones; zeros_like ones_like; exp log; tanh sinh;
    add subtract; multiply divide; f df; SIGMOID TANH; _sigmoid _relu; W_xh W_hh; b_h b_hh; ahead back
"""
SWAPPED = {a: b for pair in LOOKALIKES.split(";") for a, b in (pair.split(), pair.split()[::-1])}
# Gates and candidates, what they are made from and their adjoints: any may be taken for another of its row.
GATES = [
    name.split()
    for name in ("i f g o", "a_i a_f a_g a_o", "di df dg do", "z r n", "dz dr dn", "da_i da_f da_g da_o")
]
# Functions that take a number for a number, so that their argument could stand alone; methods likewise.
FUNCTIONS = re.compile(r"np\.(exp|log|tanh|sqrt|floor|zeros_like)|[A-Z]+\.d?f|reversed")
METHODS = {"sum", "max", "astype", "reshape"}
PRODUCTS = {"np.dot", "np.matmul", "matmul"}
# Keywords that say nothing of the result: how much is at stake, whether lengths are compared.
SILENT = {"strict", "work"}
# Functions that compute nothing, and calls whose arguments do not.
CHECK = re.compile(r"(\w+\.)*check_\w+|causal|__post_init__|_check\.\w+|require_finite|as_net|np\.errstate")
