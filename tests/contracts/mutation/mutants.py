"""One-line faults in a module's computations: every way to get a line wrong that the operators below know.

A mutant differs from the source in one expression or one statement. What only decides whether an argument is
accepted, or what an error says, is left alone: these are no computations.
"""

import ast
import re
from types import CodeType
from typing import NamedTuple

from mutation.operators import changed, checks, of_expression, of_statement, stored
from mutation.tables import CHECK, SILENT

ZEROING = "check_inputs"  # a check that computes, too: it puts zeros where there is padding


class Mutant(NamedTuple):
    """A fault."""

    file: str
    line: int
    where: str  # the function, with its class
    operator: str
    before: str  # the statement, or as much of it as tells what is changed
    after: str
    code: CodeType  # of the whole module

    @property
    def name(self):
        """What it is called, whatever line it stands on."""
        return f"{self.file}, {self.where}: {self.before} → {self.after}"


def mutants(source, file):
    """All faults that can be planted in a module, in the order of its lines."""
    tree = ast.parse(source)
    fields = _fields(tree)
    for where, block, at, known in _statements(tree, "", {}):
        statement = block[at]
        seen = {_text(statement)}
        for operator, around in _plant(block, at, known, fields):
            text = _text(block[at])
            if text not in seen:
                seen.add(text)
                ast.fix_missing_locations(tree)
                code = compile(tree, f"<{file}, line {statement.lineno}: {text}>", "exec")
                yield Mutant(file, statement.lineno, where, operator, *_short(*around()), code)


def _fields(tree):
    """To each field of a NamedTuple of the module those beside it."""
    siblings = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "NamedTuple" in map(ast.unparse, node.bases):
            names = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign)]
            siblings |= {
                name: names[max(i - 1, 0) : i] + names[i + 1 : i + 2] for i, name in enumerate(names)
            }
    return siblings


def _text(statement):
    """A statement without what is nested in it."""
    if isinstance(statement, ast.Pass):
        return "(deleted)"
    if isinstance(statement, ast.stmt) and hasattr(statement, "body"):
        statement = changed(statement, body=[], orelse=[])
    return re.sub(r"\s+", " ", ast.unparse(statement)).strip()


def _short(before, after, room=24):
    """Two texts without what they have in common far from where they differ."""
    start = _in_common(before, after)
    end = min(_in_common(before[::-1], after[::-1]), len(before) - start, len(after) - start)
    head, tail = (size - room if size > room + 3 else 0 for size in (start, end))
    return [
        f"{'…' * bool(head)}{text[head : len(text) - tail]}{'…' * bool(tail)}" for text in (before, after)
    ]


def _in_common(one, other):
    """How many letters two texts begin with alike."""
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


# Where faults are planted.


def _statements(node, where, known):
    """The statements that compute, each as a place in a block, and the names that have a value before it."""
    for block in (getattr(node, "body", []), getattr(node, "orelse", [])):
        for at, statement in enumerate(block):
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                if CHECK.fullmatch(statement.name) and statement.name != ZEROING:
                    continue
                names = {}
                if isinstance(statement, ast.FunctionDef):
                    names = {arg.arg: True for arg in statement.args.args if arg.arg != "self"}
                yield from _statements(statement, f"{where}.{statement.name}".lstrip("."), names)
            elif _computes(statement):
                if isinstance(statement, ast.For):
                    known |= stored(statement.target)
                yield where or "module", block, at, dict(known)
                yield from _statements(statement, where, known)
                known |= stored(statement)


def _computes(statement):
    if isinstance(statement, ast.If):
        return any(_computes(inner) for inner in statement.body)
    if isinstance(statement, ast.Expr):
        return not (isinstance(statement.value, ast.Constant) or checks(statement.value))
    return isinstance(statement, ast.Assign | ast.AugAssign | ast.Return | ast.For | ast.With)


def _plant(block, at, known, fields):
    """Plant one fault after the other in a statement, and take each out again."""
    statement, text = block[at], _text(block[at])
    for operator, fault in of_statement(statement, known):
        block[at] = fault
        yield operator, lambda: (text, _text(block[at]))
    block[at] = statement
    for chain, field, index, node in list(_expressions([statement])):
        shown = next((one for one in chain if len(_text(one)) >= 20 or one is statement), statement)
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
    """Each expression with its place; not those of statements nested in this one, nor of checks.

    The chain leads from the node that holds the expression up to the statement.
    """
    for field, value in ast.iter_fields(chain[0]):
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if checks(node) or _placeholder(node, chain[0]):
                continue
            if isinstance(node, ast.expr) and not isinstance(node, ast.JoinedStr):
                yield chain, field, index, node
                yield from _expressions([node, *chain])
            elif isinstance(node, ast.keyword | ast.comprehension) and getattr(node, "arg", "") not in SILENT:
                yield from _expressions([node, *chain])


def _placeholder(node, holder):
    """The −1 of a reshape stands for a size that follows from the others, and is no number."""
    return isinstance(node, ast.UnaryOp) and ".reshape" in ast.unparse(
        getattr(holder, "func", ast.Constant(0))
    )
