"""One quantity of a step made free: what the adjoint of its name is the derivative by.

``dv`` is the derivative by what the line ``v = …`` computed, with all that was computed
before it held fixed. So the step is run with a number added to v right after that line.
The line is found in the cell's own source: no equation has to be written twice.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap

import numpy as np

from rnntutor.gradients.cell_check.trial import Careful

FREE = "_free"  # what the new lines call


class Freed:
    """A cell in whose step the named quantities can be moved.

    Parameters
    ----------
    cell : a cell
    names : set of str
        The names v of the quantities.

    Attributes
    ----------
    values : {str: array}
        What each quantity was in the last step, before anything was added to it.  It
        holds those that were computed once: of two lines nobody can say which one an
        adjoint belongs to.
    """

    def __init__(self, cell, names):
        self.cell, self.values = _with_lines(cell, names, self._free), {}
        self._added, self._unclear = {}, set()

    def step(self, params, x, state, **added):
        """The new state; to each quantity in `added`, an array is added where it is
        computed.
        """
        self.values, self._added, self._unclear = {}, added, set()
        new, _ = self.cell.step(params, x, state)
        self.values = {
            name: value
            for name, value in self.values.items()
            if name not in self._unclear
        }
        return new

    def _free(self, name, value):
        if name in self.values or not isinstance(value, np.ndarray):
            self._unclear.add(name)
            return value
        self.values[name] = value
        return value + self._added.get(name, 0)


def _with_lines(cell, names, free):
    """The cell; its step, and each method that this leads to, calls `free` after the
    lines.
    """
    if isinstance(cell, Careful):
        return Careful(_with_lines(cell.cell, names, free))
    kind, methods, waiting = type(cell), {}, ["step"]
    while waiting:
        name = waiting.pop()
        function = getattr(kind, name, None)
        tree = None if name in methods else _source(function)
        if tree is None:
            continue
        waiting += [node.attr for node in ast.walk(tree) if _of_self(node)]
        tree = ast.fix_missing_locations(_Lines(names).visit(tree))
        scope = {**function.__globals__, FREE: free}
        exec(compile(tree, f"<{name}, freed>", "exec"), scope)
        methods[name] = scope[function.__name__]
    freed = copy.copy(cell)
    object.__setattr__(freed, "__class__", type(kind.__name__, (kind,), methods))
    return freed


def _source(function):
    """The syntax tree of a method; None without source, or if it needs the place where
    it was defined.
    """
    if not inspect.isfunction(function) or function.__closure__:
        return None
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        return None


def _of_self(node):
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


class _Lines(ast.NodeTransformer):
    """``v = _free("v", v)`` after each statement that gives v a value; for an argument,
    at the beginning.
    """

    def __init__(self, names):
        self.names = names

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.body[:0] = self._lines(arg.arg for arg in node.args.args)
        return node

    def visit_Assign(self, node):
        names = (
            n
            for n in ast.walk(node)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        )
        return [node, *self._lines(n.id for n in names)]

    visit_AugAssign = visit_AnnAssign = visit_Assign

    def _lines(self, stored):
        return [
            ast.parse(f"{name} = {FREE}({name!r}, {name})").body[0]
            for name in stored
            if name in self.names
        ]
