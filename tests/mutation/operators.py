"""The operators: each way to get a statement or an expression wrong.

An operator is a generator that takes a node of the syntax tree and yields a name and another node.
"""

import ast
import copy
import itertools
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
    add subtract; f df; SIGMOID TANH; _sigmoid _relu; W_xh W_hh; b_h b_hh; ahead back
"""
SWAPPED = {a: b for pair in LOOKALIKES.split(";") for a, b in (pair.split(), pair.split()[::-1])}
# Gates and candidates, what they are made from and their adjoints: any may be taken for another of its row.
GATES = [name.split() for name in ("i f g o", "a_i a_f a_g a_o", "di df dg do", "z r n", "dz dr dn")]
# Functions that take a number for a number, so that their argument could stand alone; methods likewise.
FUNCTIONS = re.compile(r"np\.(exp|log|tanh|sqrt|floor|zeros_like)|[A-Z]+\.d?f|reversed")
METHODS = {"sum", "max", "astype", "reshape"}
# Functions that compute nothing, and calls whose arguments do not.
CHECK = re.compile(
    r"(\w+\.)*check_\w+|causal|parts|__post_init__|_check\.\w+|require_finite|as_net|np\.errstate"
)


def checks(node):
    """Whether a node is a call of a check, or several."""
    if isinstance(node, ast.Tuple):
        return all(map(checks, node.elts))
    return isinstance(node, ast.Call) and bool(CHECK.fullmatch(ast.unparse(node.func)))


def stored(node):
    """The names that get a value here, in order."""
    names = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return {name.id: True for name in names}


def of_statement(statement, known):
    """What can be wrong with a statement as a whole; `known` are the names that have a value before it."""
    if isinstance(statement, ast.Assign):
        again = stored(statement).keys() <= known.keys()  # else the name is missing, and nobody misses that
        if again and not checks(statement.value):
            yield "deleted statement", ast.Pass()
    if isinstance(statement, ast.Assign | ast.Return):
        yield from _gates_exchanged(statement)
    if isinstance(statement, ast.AugAssign | ast.Expr | ast.If):
        yield "deleted statement", ast.Pass()
    if isinstance(statement, ast.If):
        yield "condition", changed(statement, test=ast.UnaryOp(ast.Not(), statement.test))


def _gates_exchanged(statement):
    """Two gates in each other's place, all over the values or all over the names that get them."""
    for ctx in (ast.Load, ast.Store):
        here = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ctx)}
        for gates in GATES:
            for one, other in itertools.combinations([gate for gate in gates if gate in here], 2):
                fault, turn = copy.deepcopy(statement), {one: other, other: one}
                for node in ast.walk(fault):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ctx):
                        node.id = turn.get(node.id, node.id)
                yield "swapped gate", fault


def of_expression(node, holder, field, known, fields):
    """What can be wrong with an expression; `fields` gives to each field of a NamedTuple those beside it."""
    yield from OPERATORS.get(type(node), lambda node, known, fields: ())(node, known, fields)
    if field == "value" and isinstance(holder, ast.Assign | ast.Return | ast.keyword):
        if isinstance(node, ast.BinOp) or (isinstance(node, ast.Call) and _numeric(node)):
            yield "sign", ast.UnaryOp(ast.USub(), node)
    if isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.MatMult):
        yield "transpose", ast.Attribute(node, "T", ast.Load())


def _numeric(call):
    return bool(FUNCTIONS.fullmatch(ast.unparse(call.func))) or getattr(call.func, "attr", "") in METHODS


def _binary(node, known, fields):
    for op in ARITHMETIC.get(type(node.op), []):
        yield (
            "sign" if op in (ast.Add, ast.Sub) and type(node.op) is not ast.Mult else "operator",
            changed(node, op=op()),
        )
    if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
        yield "order", changed(node, left=node.right, right=node.left)
    yield "dropped term or factor", node.left
    yield "dropped term or factor", node.right


def _unary(node, known, fields):
    yield "sign" if isinstance(node.op, ast.USub) else "condition", node.operand


def _constant(node, known, fields):
    if isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        for other in CONSTANTS.get(node.value, [node.value + 1]):
            yield "constant", ast.Constant(other)


def _name(node, known, fields):
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in SWAPPED:
        yield "function or field", changed(node, id=SWAPPED[node.id])
    if node.id in known:
        gates = next((gates for gates in GATES if node.id in gates), [])
        for other in gates:
            if other != node.id and other in known:
                yield "swapped gate", changed(node, id=other)
        yield from (("name", changed(node, id=one)) for one in _neighbours(node.id, known))


def _neighbours(name, names):
    """Those of the same kind that stand before and after it."""
    alike = [one for one in names if _kind(one) == _kind(name)]
    at = alike.index(name)
    return alike[max(at - 1, 0) : at] + alike[at + 1 : at + 2]


def _kind(name):
    """Names of one kind are mistaken for each other: sizes, gradients, quantities of one letter, the rest."""
    if re.fullmatch("[A-Z]{1,2}", name):
        return "size"
    if re.fullmatch("d(?!type|rawn)[a-z]+(_.*)?", name):
        return "gradient"
    return "short" if re.fullmatch("[a-z](_.*)?|[a-z]{1,2}s|tanh_c", name) else name


def _attribute(node, known, fields):
    if node.attr in ("T", "real"):
        yield "transpose" if node.attr == "T" else "dropped call", node.value
        return
    others = [SWAPPED[node.attr]] if node.attr in SWAPPED else fields.get(node.attr, [])
    for other in others:
        yield "function or field", changed(node, attr=other)


def _call(node, known, fields):
    if len(node.args) == 1 and FUNCTIONS.fullmatch(ast.unparse(node.func)):
        yield "dropped call", node.args[0]
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        yield "dropped call", node.func.value
    for args in _exchanges(node.args):
        yield "order", changed(node, args=args)
    if len(node.args) > 1 and isinstance(node.args[-1], ast.Name) and node.args[-1].id in known:
        yield "dropped argument", changed(node, args=node.args[:-1])
    for i, keyword in enumerate(node.keywords):
        if keyword.arg != "strict":
            yield "dropped argument", changed(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])


def _compare(node, known, fields):
    for op in COMPARISONS.get(type(node.ops[0]), []):
        yield "condition", changed(node, ops=[op(), *node.ops[1:]])


def _boolean(node, known, fields):
    yield "condition", changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for value in node.values if len(node.values) == 2 else []:
        yield "condition", value


def _either(node, known, fields):
    yield "condition", changed(node, body=node.orelse, orelse=node.body)


def _row(node, known, fields):
    """A tuple or a list: neighbours exchanged."""
    for elts in _exchanges(node.elts):
        yield "order", changed(node, elts=elts)


def _slice(node, known, fields):
    """[1:] ↔ [:-1], and no step."""
    lower, upper = node.lower, node.upper
    if isinstance(lower, ast.Constant) and upper is None:
        yield "index", changed(node, lower=None, upper=ast.UnaryOp(ast.USub(), lower))
    if isinstance(upper, ast.UnaryOp) and lower is None:
        yield "index", changed(node, lower=upper.operand, upper=None)
    if node.step is not None:
        yield "index", changed(node, step=None)


def _index(node, known, fields):
    """Name[i] → Name[i + 1]; i − 1 becomes i and i − 2 by its constant."""
    if isinstance(node.slice, ast.Name) and isinstance(node.ctx, ast.Load):
        yield "index", changed(node, slice=ast.BinOp(node.slice, ast.Sub(), ast.Constant(1)))
        yield "index", changed(node, slice=ast.BinOp(node.slice, ast.Add(), ast.Constant(1)))


OPERATORS = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _either,
    ast.Tuple: _row,
    ast.List: _row,
    ast.Slice: _slice,
    ast.Subscript: _index,
}


def changed(node, **changes):
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changes}), node)


def _exchanges(row):
    """A row with two neighbours exchanged that are alike: two names of a kind, two products, two fields."""
    for i in range(len(row) - 1):
        one, other = row[i : i + 2]
        if type(one) is type(other) and not isinstance(one, ast.Starred | ast.Constant):
            if not isinstance(one, ast.Name) or _kind(one.id) == _kind(other.id):
                yield [*row[:i], other, one, *row[i + 2 :]]
