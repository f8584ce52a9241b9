"""The list of checks, and what runs it: `check_cell` for all that is found in a cell,
`parametrize_with_checks` for a test of pytest for each check.
"""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.affine import AffineCell
from rnntutor.gradients.cell_check import gradients, interface
from rnntutor.gradients.cell_check.adjoints import unchecked
from rnntutor.gradients.cell_check.problem import Copying, Problems, Renamed
from rnntutor.gradients.cell_check.report import CheckFailed, Findings
from rnntutor.gradients.numeric import central_differences, complex_step


class Check(NamedTuple):
    """One check of a cell.  ``check(cell)`` is a test: it raises AssertionError, with
    what was found in words, or SkipTest if a check that this one needs has failed.
    """

    name: str
    find: Callable  # from Problems to its findings
    needs: tuple = ()  # checks without whose success it tells nothing
    interface: bool = False  # left out where only the mathematics is checked

    def __repr__(self):
        return f"<check: {self.name}>"

    def __call__(self, cell, *, interface=True):
        __tracebackhide__ = True  # pytest shows the test's own line
        suite = Suite(cell, interface=interface)
        failed = suite.failed_need(self)
        if failed:
            raise unittest.SkipTest(f"{self.name}: needs {failed}, which fails")
        found = Findings(in_short(cell), (self.name,), suite.found(self))
        if not found.ok:
            raise AssertionError(str(found))


RUNS = ("structure",)
REPEATS = (*RUNS, "repeated calls")
RIGHT = (*REPEATS, "gradients of a step")
CHECKS = (
    Check("structure", gradients.structure),
    Check("inputs", interface.inputs, RUNS, interface=True),
    Check("dtypes", interface.dtypes, RUNS, interface=True),
    Check("repeated calls", interface.repeated_calls, RUNS),
    Check("gradients of a step", gradients.one_step, REPEATS),
    Check("sizes of 1", gradients.sizes_of_one, REPEATS),
    Check("gradients over time", gradients.several_steps, RIGHT),
    Check("batch", interface.batch, REPEATS),
    Check("layouts", interface.layouts, REPEATS, interface=True),
    Check("errors", interface.errors, interface=True),
)
BY_NAME = {check.name: check for check in CHECKS}


def check_cell(cell, D=3, H=4, seed=0, *, interface=True):
    """Put a cell through everything that the rest of the package expects of one.

    The gradients with respect to every parameter, x and each part of the state are
    compared with the complex step, over one step and over several.  Sizes of 1, dtypes,
    layouts, changed inputs, repeated calls, the independence of the sequences in a
    batch and errors are checked, too.  A common fault is named where it, and no other,
    explains to rounding what was seen.

    The adjoints by name, the fields of the fourth thing that ``step_backward`` returns,
    are checked as well: ``dv`` as the derivative with respect to what the line ``v =
    …`` computes, in ``step`` or a method of the cell that it calls; ``dh`` with respect
    to the new h, ``da`` to the pre-activations.  Where there is no such line, or more
    than one, or no source at hand, an adjoint cannot be checked, and the findings say
    so.

    Parameters
    ----------
    cell : a cell, such as `RNN`
        Any object with ``init``, ``check_params``, ``zero_state``, ``step`` and
        ``step_backward``.
    D, H : int
        Input and hidden size to try it with.  They must differ, or a missing transpose
        would not show, and H must be at least 2, or the numbers of a gate could be met
        by chance.
    seed : int
        Of the random problems.
    interface : bool
        Whether the cell must also behave as the package expects: refuse bad arguments
        by name, leave its inputs unchanged, take any dtype and layout.  False checks
        the mathematics alone.  Then ``check_params`` and the named adjoints may be
        missing, and the state may be one array, or a tuple without names (the first of
        which is taken for h).

    Returns
    -------
    Findings
        ``print`` it; ``ok`` says whether nothing was found, ``names`` which faults
        were, ``unchecked`` which adjoints could not be checked.

    Raises
    ------
    TypeError, ValueError
        If `cell` does not have the methods, or a size or the seed is wrong.  Whatever
        the cell itself raises is a finding.
    """
    D, H = _check.integer("D", D), _check.integer("H", H, minimum=2)
    seed = _check.integer("seed", seed, minimum=0)
    if D == H:
        raise ValueError(f"D: expected another size than H, got {D} for both")
    suite, checks, found = Suite(cell, D, H, seed, interface), [], []
    for check in _chosen(interface):
        if not suite.failed_need(check):
            checks.append(check.name)
            found += suite.found(check)
    found = tuple(dict.fromkeys(found))  # each once
    return Findings(in_short(cell), tuple(checks), found, suite.unchecked())


def parametrize_with_checks(cells, *, interface=True):
    """Decorate a test so that pytest runs it once for each cell and each check.

    The test takes the arguments ``cell`` and ``check``, and calls the one with the
    other.  A check that cannot say anything, as an earlier one fails, is skipped.

    Parameters
    ----------
    cells : list of cells
    interface : bool
        As for `check_cell`.

    Returns
    -------
    pytest.MarkDecorator

    Raises
    ------
    ImportError
        If pytest is not installed.
    TypeError, ValueError
        If `cells` holds no cells.

    Examples
    --------
    >>> @parametrize_with_checks([MyCell()])
    ... def test_my_cell(cell, check):
    ...     check(cell)
    """
    try:
        import pytest
    except ImportError as error:
        raise ImportError(
            "parametrize_with_checks: expected pytest to be installed, got no module"
            " of that name; check_cell does without"
        ) from error
    if not isinstance(cells, list | tuple):
        raise TypeError(f"cells: expected a list of cells, got {_check.short(cells)}")
    if not cells:
        raise ValueError("cells: expected at least one cell, got an empty list")
    return pytest.mark.parametrize(
        ("cell", "check"),
        [
            pytest.param(
                _as_cell("cells", cell, interface),
                functools.partial(check, interface=interface),
                id=f"{in_short(cell)}-{check.name}".replace(" ", "_"),
            )
            for cell in cells
            for check in _chosen(interface)
        ],
    )


class Suite:
    """A cell and what the checks find in it, each of which runs once at most."""

    def __init__(self, cell, D=3, H=4, seed=0, interface=True):
        cell = _as_cell("cell", cell, interface)
        if not interface and not isinstance(cell, AffineCell):
            cell = Renamed(cell)
        self.cell, self.oracle = Copying(cell), complex_step
        self._sizes, self._seed, self._found = (D, H), seed, {}
        if self.found(BY_NAME["structure"]):
            return
        # how to go on: with copies for a cell that changes its arguments, and with
        # central differences for one that complex numbers do not get through
        self.cell = cell
        if self.found(BY_NAME["inputs"]):
            self.cell = Copying(cell)
        if any("complex128" in one.where for one in self.found(BY_NAME["dtypes"])):
            self.oracle = central_differences

    def problems(self):
        """Random problems, for each check the same ones."""
        rng = np.random.default_rng(self._seed)
        return Problems(self.cell, rng, *self._sizes, self.oracle)

    def found(self, check):
        """The findings of a check."""
        if check.name not in self._found:
            findings = []
            try:
                for finding in check.find(self.problems()):
                    findings.append(finding)
            except CheckFailed as failed:
                findings.append(failed.finding)
            self._found[check.name] = tuple(findings)
        return self._found[check.name]

    def failed_need(self, check):
        """The first check that this one needs and that failed; None if all is well."""
        for name in check.needs:
            # a cell that holds state still has gradients
            if any(one.name != "holds-state" for one in self.found(BY_NAME[name])):
                return name
        return None

    def unchecked(self):
        """Names of the adjoints that could not be checked."""
        if self.failed_need(BY_NAME["gradients of a step"]):
            return ()
        try:
            return unchecked(self.problems().draw())
        except CheckFailed:
            return ()


def in_short(cell):
    """The cell's own name for itself, without an address."""
    text = repr(cell)
    return type(cell).__name__ if " at 0x" in text else text


def _chosen(interface):
    return [check for check in CHECKS if interface or not check.interface]


def _as_cell(name, cell, interface):
    """Return a cell, if it has the methods."""
    if interface:
        return _check.cell(name, cell)
    methods = ("init", "zero_state", "step", "step_backward")
    return _check.protocol(name, cell, methods, "a cell such as RNN()")
