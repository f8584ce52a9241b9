"""What is taken for what."""

import ast
import re

ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
COMPARISONS |= {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
COMPARISONS |= {ast.Is: ast.IsNot, ast.IsNot: ast.Is}
# Functions, methods and fields that are taken for each other.
LOOKALIKES = """
    sum mean; max min; maximum minimum; all any; zeros ones; zeros_like ones_like;
    exp log; tanh sinh; f df; SIGMOID TANH; _sigmoid _relu; W_xh W_hh; b_h b_hh;
    ahead back
"""
PAIRS = [pair.split() for pair in LOOKALIKES.split(";")]
SWAPPED = dict(PAIRS) | {b: a for a, b in PAIRS}
# Gates and candidates, what they are made from and their adjoints: any may be taken
# for another of its row.
GATES = [
    row.split()
    for row in ("i f g o", "a_i a_f a_g a_o", "di df dg do", "z r n", "dz dr dn")
]
# Functions that take a number for a number, so that their argument could stand alone;
# methods likewise.
FUNCTIONS = re.compile(r"np\.(exp|log|tanh|sqrt|floor)|[A-Z]+\.d?f|reversed")
METHODS = {"sum", "max", "astype", "reshape"}
# Functions that compute nothing, and calls whose arguments do not.
CHECK = re.compile(
    r"(\w+\.)*_?check_\w+|require_finite|_check\.\w+"
    r"|causal|as_net|__post_init__|np\.errstate"
)
ZEROING = "check_inputs"  # a check that computes, too: it puts zeros where padding is
SILENT = {"strict"}  # keywords that say nothing of the result
