"""One-line faults in a module's computations: every way to get a line wrong that the
operators know.

A fault differs from the source in one expression or one statement. What only decides
whether an argument is accepted, or what an error says, is left alone: these are no
computations.
"""

import ast
import re
from collections import Counter
from types import CodeType
from typing import NamedTuple

from operators import changed, checks, of_expression, of_statement, stored
from tables import CHECK, SILENT, ZEROING

LABEL = re.compile(r"#.*?\b(eq-[\w-]+)")


class Fault(NamedTuple):
    module: str  # below rnntutor, such as cells.lstm
    function: str  # with its class; "" outside of functions
    operator: str
    change: str  # {before → after}, with as much of the statement as tells
    labels: frozenset  # of the line's equations, or else of the function's
    code: CodeType  # of the whole module

    @property
    def name(self):
        """What it is called, whatever line it stands on."""
        return f"{self.module}, {self.function or 'module'}: {self.change}"


def faults(path, module):
    """All faults that can be planted in a module, in the order of its lines."""
    source = path.read_text(encoding="utf-8")
    tree, lines, times = ast.parse(source), source.splitlines(), Counter()
    fields = _fields(tree)
    for inside, block, at, known in _statements(tree, (), {}):
        statement = block[at]
        seen = {_text(statement)}
        function = ".".join(node.name for node in inside if _function(inside[-1]))
        labels = _labels(lines, statement)
        if function and not labels:
            labels = _labels(lines, inside[-1])
        for operator, before_and_after in _plant(block, at, known, fields):
            text = _text(block[at])
            if text in seen:
                continue
            seen.add(text)
            change = _change(*before_and_after())
            times[function, change] += 1
            if times[function, change] > 1:  # the same line stands there twice
                change += f" ({times[function, change]})"
            code = compile(ast.fix_missing_locations(tree), path, "exec")
            yield Fault(module, function, operator, change, labels, code)


def _function(node):
    return isinstance(node, ast.FunctionDef)


def _labels(lines, node):
    """The labels of the equations that stand behind the lines of a statement, without
    what is nested in it, or of a function.
    """
    last = node.end_lineno
    if hasattr(node, "body") and not _function(node):
        last = node.body[0].lineno - 1
    text = "\n".join(lines[node.lineno - 1 : last])
    return frozenset(LABEL.findall(text))


def _fields(tree):
    """To each field of a NamedTuple of the module the one beside it."""
    beside = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "NamedTuple" in map(
            ast.unparse, node.bases
        ):
            names = [
                one.target.id for one in node.body if isinstance(one, ast.AnnAssign)
            ]
            if len(names) > 1:
                beside |= dict(zip(names, [names[1], *names], strict=False))
    return beside


def _text(statement):
    """A statement without what is nested in it."""
    if isinstance(statement, ast.Pass):
        return "(deleted)"
    if isinstance(statement, ast.stmt) and hasattr(statement, "body"):
        statement = changed(statement, body=[], orelse=[])
    return re.sub(r"\s+", " ", ast.unparse(statement)).strip()


def _change(before, after, room=16):
    """Two texts as one, {before → after} where they differ, cut off far from there."""
    start = _alike(before, after)
    while start and before[start - 1].isidentifier():  # whole words
        start -= 1
    end = _alike(before[start:][::-1], after[start:][::-1])
    while end and before[-end].isidentifier():
        end -= 1
    head, tail = before[:start], before[len(before) - end :]
    old, new = (text[start : len(text) - end] for text in (before, after))
    head = head if start <= room + 3 else "…" + head[-room:]
    tail = tail if end <= room + 3 else tail[:room] + "…"
    return f"{head}{{{old} → {new}}}{tail}"


def _alike(one, other):
    """How many letters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


# Where faults are planted.


def _statements(node, inside, known):
    """The statements that compute, each as a place in a block with the classes and
    functions around it, and the names that have a value before it.
    """
    for block in (getattr(node, "body", []), getattr(node, "orelse", [])):
        for at, statement in enumerate(block):
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                if CHECK.fullmatch(statement.name) and statement.name != ZEROING:
                    continue
                names = {}
                if _function(statement):
                    names = {
                        a.arg: True for a in statement.args.args if a.arg != "self"
                    }
                yield from _statements(statement, (*inside, statement), names)
            elif _computes(statement):
                if isinstance(statement, ast.For):
                    known |= stored(statement.target)
                yield inside, block, at, dict(known)
                yield from _statements(statement, inside, known)
                known |= stored(statement)


def _computes(statement):
    if isinstance(statement, ast.If):
        return any(map(_computes, statement.body))
    if isinstance(statement, ast.Expr):
        return not (
            isinstance(statement.value, ast.Constant) or checks(statement.value)
        )
    kinds = ast.Assign | ast.AugAssign | ast.Return | ast.For | ast.With
    return isinstance(statement, kinds)


def _plant(block, at, known, fields):
    """Plant one fault after the other in a statement, and take each out again."""
    statement, text = block[at], _text(block[at])
    for operator, fault in of_statement(statement, known):
        block[at] = fault
        yield operator, lambda: (text, _text(block[at]))
    block[at] = statement
    for chain, field, index, node in list(_expressions([statement])):
        shown = (one for one in chain if len(_text(one)) >= 20 or one is statement)
        shown = next(shown, statement)
        before = _text(shown)
        for operator, fault in of_expression(node, chain[0], field, known, fields):
            _put(chain[0], field, index, ast.copy_location(fault, node))
            yield operator, lambda shown=shown, before=before: (before, _text(shown))
        _put(chain[0], field, index, node)


def _put(holder, field, index, node):
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


def _expressions(chain):
    """Each expression with its place; not those of statements nested in this one, nor
    of checks.

    The chain leads from the node that holds the expression up to the statement.
    """
    for field, value in ast.iter_fields(chain[0]):
        nodes = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, node in nodes:
            if checks(node) or _placeholder(node, chain[0]):
                continue
            if isinstance(node, ast.expr) and not isinstance(node, ast.JoinedStr):
                yield chain, field, index, node
                yield from _expressions([node, *chain])
            elif isinstance(node, ast.keyword | ast.comprehension):
                if getattr(node, "arg", "") not in SILENT:
                    yield from _expressions([node, *chain])


def _placeholder(node, holder):
    """The −1 of a reshape stands for a size that follows from others: no number."""
    negative = isinstance(node, ast.UnaryOp) and isinstance(holder, ast.Call)
    return negative and ast.unparse(holder.func).endswith(".reshape")
