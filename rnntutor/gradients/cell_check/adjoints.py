"""The adjoints by name, the fields of `StepGrads`, as far as they can be checked.

``dv`` is the derivative with respect to what the line ``v = …`` of the step computes,
with all that was computed before it held fixed: `Perturbed` adds to v right after that
line.  The line is found in the cell's own source, so no equation has to be written
twice.  `dh` is what comes back to h, and `da` the derivative with respect to the
pre-activations, for which each sequence's bias stands where no line computes a.  An
adjoint without such a line, or of a cell without source, cannot be checked; `unchecked`
lists it.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap

import numpy as np

from rnntutor.gradients.cell_check.compare import one_sequence
from rnntutor.gradients.cell_check.problem import Copying, Renamed, largest
from rnntutor.gradients.cell_check.report import Finding
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

PERTURB = "_perturb"  # what the new lines call


def wrong_adjoints(problem):
    """Findings about the named adjoints of a problem whose gradient is right."""
    grads = _grads(problem)
    for name, expected in expected_adjoints(problem).items():
        got = getattr(grads, name)
        bound = 100 * problem.tol * (largest(expected) or 1)
        if np.shape(got) != expected.shape:
            words = f"expected shape {expected.shape}, got {np.shape(got)}"
        elif not largest(got - expected) <= bound:
            words = (
                "expected the derivative of the loss with respect to it, got other"
                " numbers"
            )
        else:
            continue
        yield Finding("adjoint", f"{name} of {type(grads).__name__}", words)
    # without weights the path along the state is the whole backward pass
    plain = problem._replace(params=tree_map(np.zeros_like, problem.params))
    _, dstate_prev, _, grads = plain.step_backward(plain.step()[1])
    for part, along in leaves(dstate_prev):
        got = getattr(grads, f"d{part}_prev", along)
        if np.shape(got) != along.shape or largest(got - along) > problem.tol:
            words = (
                f"expected what goes back to {part} along the state, got other numbers"
            )
            yield Finding("adjoint", f"d{part}_prev of {type(grads).__name__}", words)


def unchecked(problem):
    """Names of the adjoints that cannot be checked."""
    along = {f"d{part}_prev" for part, _ in leaves(problem.state)}
    known = along | expected_adjoints(problem).keys()
    return tuple(name for name in _names(problem) if name not in known)


def expected_adjoints(problem):
    """{name: array} of those that can be checked."""
    names = _names(problem)
    found = _by_lines(problem, {name[1:] for name in names if name.startswith("d")})
    if "da" in names and "da" not in found:
        found |= _by_bias(problem)
    found["dh"] = problem.dstate.h
    return {name: array for name, array in found.items() if name in names}


def _grads(problem):
    return problem.step_backward(problem.step()[1])[3]


def _names(problem):
    return getattr(_grads(problem), "_fields", ())


def _by_lines(problem, names):
    """{`dv`: derivative with respect to what the line of v computes}."""
    at = (problem.params, problem.x, problem.state)
    try:
        perturbed = Perturbed(problem.cell, names)
        new = perturbed.step(*at)
    except Exception:  # a step that does not run outside its class
        return {}
    values = dict(perturbed.values)
    for part, array in leaves(new):  # a line may also be about the state before
        if part in values and not np.array_equal(values[part], array):
            del values[part]

    def loss(added, name):
        new = perturbed.step(*at, **{name: added})
        return sum((d * s).sum() for d, s in zip(problem.dstate, new, strict=True))

    return {
        f"d{name}": problem.oracle(
            lambda added, name=name: loss(added, name), np.zeros_like(value)
        )
        for name, value in values.items()
    }


def _by_bias(problem):
    """The adjoint of the pre-activations: a bias for each sequence is as good."""
    B, _, H = problem.sizes
    for name, p in leaves(problem.params):
        if p.ndim == 1 and p.size % H == 0:
            rows = [one_sequence(problem, b).expected()[f"d{name}"] for b in range(B)]
            return {"da": np.stack(rows)}
    return {}


class Perturbed:
    """A cell in whose step numbers can be added to the quantities of some names.

    Parameters
    ----------
    cell : a cell
    names : set of str
        The names v of the quantities.

    Attributes
    ----------
    values : {str: array}
        What each quantity was in the last step, before anything was added to it.  It
        holds those that were computed once: with two lines it would be unclear to which
        one the adjoint belongs.
    """

    def __init__(self, cell, names):
        self.cell, self.values = _with_calls(cell, names, self._perturb), {}
        self._added, self._ambiguous = {}, set()

    def step(self, params, x, state, **added):
        """The new state, with an array added to each quantity named."""
        self.values, self._added, self._ambiguous = {}, added, set()
        new, _ = self.cell.step(params, x, state)
        for name in self._ambiguous:
            self.values.pop(name, None)
        return new

    def _perturb(self, name, value):
        if name in self.values or not isinstance(value, np.ndarray):
            self._ambiguous.add(name)
            return value
        self.values[name] = value
        return value + self._added.get(name, 0)


def _with_calls(cell, names, perturb):
    """The cell; its step, and each method that this leads to, calls `perturb` after
    the lines.
    """
    outer = copy.copy(cell)
    if isinstance(cell, Copying | Renamed):
        outer.cell = _with_calls(cell.cell, names, perturb)
        return outer
    kind, methods, waiting = type(cell), {}, ["step"]
    while waiting:
        name = waiting.pop()
        function = getattr(kind, name, None)
        tree = None if name in methods else _source(function)
        if tree is None:
            continue
        waiting += [node.attr for node in ast.walk(tree) if _of_self(node)]
        tree = ast.fix_missing_locations(_AddCalls(names).visit(tree))
        scope = {**function.__globals__, PERTURB: perturb}
        exec(compile(tree, f"<{name}, perturbed>", "exec"), scope)
        methods[name] = scope[function.__name__]
    object.__setattr__(outer, "__class__", type(kind.__name__, (kind,), methods))
    return outer


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


class _AddCalls(ast.NodeTransformer):
    """``v = _perturb("v", v)`` after each statement that gives v a value; for an
    argument, at the beginning.
    """

    def __init__(self, names):
        self.names = names

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.body[:0] = self._calls(arg.arg for arg in node.args.args)
        return node

    def visit_Assign(self, node):
        stored = (
            n.id
            for n in ast.walk(node)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        )
        return [node, *self._calls(stored)]

    visit_AugAssign = visit_AnnAssign = visit_Assign

    def _calls(self, stored):
        return [
            ast.parse(f"{name} = {PERTURB}({name!r}, {name})").body[0]
            for name in stored
            if name in self.names
        ]
