"""The operators: each way to get a statement or an expression wrong.

An operator is a generator that takes a node of the syntax tree and yields a name and
another node.
"""

import ast
import itertools
import re

from tables import (
    ARITHMETIC,
    CHECK,
    COMPARISONS,
    FUNCTIONS,
    GATES,
    METHODS,
    SILENT,
    SWAPPED,
)

NAMES = {
    *("condition", "constant", "deleted statement", "dropped argument", "dropped call"),
    *("dropped term or factor", "function or field", "index", "name", "operator"),
    *("order", "sign", "swapped gate", "transpose"),
}


def changed(node, **changes):
    fields = {**dict(ast.iter_fields(node)), **changes}
    return ast.copy_location(type(node)(**fields), node)


def checks(node):
    """Whether a node is a call of a check, or several."""
    if isinstance(node, ast.Tuple):
        return all(map(checks, node.elts))
    return isinstance(node, ast.Call) and bool(CHECK.fullmatch(ast.unparse(node.func)))


def stored(node):
    """The names that get a value here, in order."""
    return {
        name.id: True
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def of_statement(statement, known):
    """What can be wrong with a statement as a whole; `known` are the names that have a
    value before it.
    """
    if isinstance(statement, ast.Assign):
        # else the name is missing, and nobody misses that
        again = stored(statement).keys() <= known.keys()
        if again and not checks(statement.value):
            yield "deleted statement", ast.Pass()
    if isinstance(statement, ast.AugAssign) and type(statement.op) in ARITHMETIC:
        yield "operator", changed(statement, op=ARITHMETIC[type(statement.op)]())
    if isinstance(statement, ast.AugAssign | ast.Expr | ast.If):
        yield "deleted statement", ast.Pass()
    if isinstance(statement, ast.If):
        yield (
            "condition",
            changed(statement, test=ast.UnaryOp(ast.Not(), statement.test)),
        )


def of_expression(node, holder, field, known, fields):
    """What can be wrong with an expression; `fields` gives to each field of a
    NamedTuple the one beside it.
    """
    if type(node) in OPERATORS:
        yield from OPERATORS[type(node)](node, known, fields)
    if field == "value" and isinstance(holder, ast.Assign | ast.Return | ast.keyword):
        if isinstance(node, ast.BinOp) or (
            isinstance(node, ast.Call) and _number(node)
        ):
            yield "sign", ast.UnaryOp(ast.USub(), node)
    if isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.MatMult):
        yield "transpose", ast.Attribute(node, "T", ast.Load())


def _number(call):
    method = getattr(call.func, "attr", "") in METHODS
    return method or bool(FUNCTIONS.fullmatch(ast.unparse(call.func)))


def _binary(node, known, fields):
    if type(node.op) in ARITHMETIC:
        sign = isinstance(node.op, ast.Add | ast.Sub)
        other = ARITHMETIC[type(node.op)]()
        yield "sign" if sign else "operator", changed(node, op=other)
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
        yield "constant", ast.Constant(node.value + 1)


def _name(node, known, fields):
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in SWAPPED:
        yield "function or field", changed(node, id=SWAPPED[node.id])
    if node.id in known:
        for other in next((gates for gates in GATES if node.id in gates), []):
            if other != node.id and other in known:
                yield "swapped gate", changed(node, id=other)
        alike = [one for one in known if _kind(one) == _kind(node.id)]
        if len(alike) > 1:
            at = alike.index(node.id)
            yield "name", changed(node, id=alike[at - 1 if at else 1])


def _kind(name):
    """Names of one kind are mistaken for each other: sizes, gradients, quantities of
    one letter, the rest.
    """
    if re.fullmatch("[A-Z]{1,2}", name):
        return "size"
    if re.fullmatch("d(?!type)[a-z]+(_.*)?", name):
        return "gradient"
    return "short" if re.fullmatch("[a-z](_.*)?|[a-z]{1,2}s|tanh_c", name) else name


def _attribute(node, known, fields):
    if node.attr in ("T", "real"):
        yield "transpose" if node.attr == "T" else "dropped call", node.value
    elif node.attr in SWAPPED or node.attr in fields:
        other = SWAPPED.get(node.attr) or fields[node.attr]
        yield "function or field", changed(node, attr=other)


def _call(node, known, fields):
    if len(node.args) == 1 and FUNCTIONS.fullmatch(ast.unparse(node.func)):
        yield "dropped call", node.args[0]
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        yield "dropped call", node.func.value
    for args in _exchanges(node.args):
        yield "order", changed(node, args=args)
    last = node.args[-1] if len(node.args) > 1 else None
    if isinstance(last, ast.Name) and last.id in known:
        yield "dropped argument", changed(node, args=node.args[:-1])
    for i, keyword in enumerate(node.keywords):
        if keyword.arg not in SILENT:
            others = node.keywords[:i] + node.keywords[i + 1 :]
            yield "dropped argument", changed(node, keywords=others)


def _compare(node, known, fields):
    if type(node.ops[0]) in COMPARISONS:
        other = COMPARISONS[type(node.ops[0])]()
        yield "condition", changed(node, ops=[other, *node.ops[1:]])


def _boolean(node, known, fields):
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "condition", changed(node, op=other)
    for value in node.values if len(node.values) == 2 else []:
        yield "condition", value


def _either(node, known, fields):
    yield "condition", changed(node, body=node.orelse, orelse=node.body)


def _row(node, known, fields):
    """A tuple or a list: neighbors exchanged."""
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
    """Name[i] → Name[i ± 1]; i − 1 becomes i and i − 2 by its term and its constant."""
    if isinstance(node.slice, ast.Name) and isinstance(node.ctx, ast.Load):
        for sign in (ast.Sub(), ast.Add()):
            moved = ast.BinOp(node.slice, sign, ast.Constant(1))
            yield "index", changed(node, slice=moved)


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


def _exchanges(row):
    """A row with two neighbors exchanged that are alike: two names of a kind, two
    products, two fields.
    """
    for i, (one, other) in enumerate(itertools.pairwise(row)):
        if type(one) is type(other) and not isinstance(one, ast.Starred | ast.Constant):
            if not isinstance(one, ast.Name) or _kind(one.id) == _kind(other.id):
                yield [*row[:i], other, one, *row[i + 2 :]]
