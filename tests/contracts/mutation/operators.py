"""The operators: each way to get a statement or an expression wrong.

An operator is a generator that takes a node of the syntax tree and yields a name and another node.
"""

import ast
import copy
import itertools
import re

from mutation.tables import (
    ARITHMETIC,
    CHECK,
    COMPARISONS,
    CONSTANTS,
    FUNCTIONS,
    GATES,
    METHODS,
    PRODUCTS,
    SILENT,
    SWAPPED,
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
    if isinstance(statement, ast.AugAssign):
        for op in ARITHMETIC.get(type(statement.op), []):
            yield "sign" if op in (ast.Add, ast.Sub) else "operator", changed(statement, op=op())
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
    if (isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.MatMult)) or (
        field == "args" and ast.unparse(holder.func) in PRODUCTS
    ):
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


_POSITIVE = ast.parse("np.positive", mode="eval").body


def _call(node, known, fields):
    if len(node.args) == 1 and FUNCTIONS.fullmatch(ast.unparse(node.func)):
        yield "dropped call", node.args[0]
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        yield "dropped call", node.func.value
    function = ast.unparse(node.func)
    if function in PRODUCTS | {"np.subtract"}:
        yield "order", changed(node, args=node.args[::-1])
    if re.fullmatch(r"np\.(add|subtract|multiply)", function) and len(node.args) == 2:
        for one in node.args:  # in place, what `+`, `-` and `*` without one side would be
            yield "dropped term or factor", changed(node, func=_POSITIVE, args=[one])
    for args in _exchanges(node.args):
        yield "order", changed(node, args=args)
    if len(node.args) > 1 and isinstance(node.args[-1], ast.Name) and node.args[-1].id in known:
        yield "dropped argument", changed(node, args=node.args[:-1])
    for i, keyword in enumerate(node.keywords):
        if keyword.arg not in SILENT:
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
