"""The suite: every check in turn, each on fresh problems, and what they found."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.gradients.cell_check import adjoints, checks, gradients
from rnntutor.gradients.cell_check import trial as trials
from rnntutor.gradients.cell_check.findings import Findings, Found
from rnntutor.gradients.numeric import central_differences


def check_cell(cell, D=3, H=4, seed=0):
    """Put a cell through everything that the rest of the package expects of one.

    The gradients by every parameter, by x and by each part of the state are held
    against the complex step, over one step and over several.  Sizes of 1, dtypes,
    layouts, changed inputs, repeated calls, the independence of the sequences in a
    batch and errors are looked at, too.  A common fault is named where it, and no
    other, explains to rounding what was seen.

    The adjoints by name, the fields of the fourth thing that ``step_backward`` returns,
    are judged as well: ``dv`` as the derivative by what the line ``v = …`` computes, in
    ``step`` or a method of the cell that it calls; ``dh`` by the new h, ``da`` by the
    pre-activations.  Where there is no such line, or more than one, or no source at
    hand, an adjoint cannot be judged, and the findings say so.

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

    Returns
    -------
    Findings
        ``print`` it; ``ok`` says whether nothing was found, ``names`` which faults
        were, ``unjudged`` which adjoints have no judge.

    Raises
    ------
    TypeError, ValueError
        If `cell` does not have the methods, or a size or the seed is wrong.  Whatever
        the cell itself raises is a finding.
    """
    _check.cell("cell", cell)
    D, H = _check.integer("D", D), _check.integer("H", H, minimum=2)
    seed = _check.integer("seed", seed, minimum=0)
    if D == H:
        raise ValueError(f"D: expected another size than H, got {D} for both")
    rng = np.random.default_rng(seed)
    run = Run()
    careful, as_it_is = _drawing(trials.Careful(cell), rng), _drawing(cell, rng)
    trial = run.first("structure", lambda: careful(2, D, H))
    if trial is None:
        return run.findings(cell)
    run("structure", lambda: gradients.structure(trial, careful))
    if not run.found:
        run("inputs", lambda: checks.inputs_stay(as_it_is(2, D, H)))
        drawing = careful if run.found else as_it_is
        _in_full(run, drawing(2, D, H), drawing, cell, rng)
    run("errors", lambda: checks.errors(trial))
    return run.findings(cell)


def _in_full(run, trial, drawing, cell, rng):
    """The checks of a cell that does give a state and gradients of the right shapes."""
    run("dtypes", lambda: checks.dtypes(trial))
    # the complex step is no judge of such a cell
    if "imaginary-part-dropped" in run.names:
        drawing = _drawing(trial.cell, rng, oracle=central_differences, tol=1e-6)
        trial = trial._replace(oracle=central_differences, tol=1e-6)
    run("repeated calls", lambda: checks.repeatable(trial, drawing(*trial.sizes)))
    if "not-deterministic" in run.names:
        return
    before = len(run.found)
    run("gradients of a step", lambda: gradients.one_step(trial, drawing))
    right = len(run.found) == before
    run.unjudged = (
        run.first("gradients of a step", lambda: adjoints.unjudged(trial)) or ()
    )
    run("sizes of 1", lambda: gradients.sizes_of_one(drawing, right))
    if right:
        run("gradients over time", lambda: gradients.through_time(cell, drawing, rng))
    run("batch", lambda: checks.batch(trial))
    run("layouts", lambda: checks.layouts(trial))


def _drawing(cell, rng, **judge):
    return lambda B, D, H: trials.draw(cell, rng, B, D, H, **judge)


class Run:
    """The checks that were run, and all that they found."""

    def __init__(self):
        self.checks, self.found, self.unjudged = [], [], ()

    def __call__(self, name, check):
        """Run a check that yields findings; one that it raises ends it."""
        self.first(name, lambda: self.found.extend(check()))

    def first(self, name, function):
        """What the function returns, or None where it raised a finding."""
        self.checks.append(name)
        try:
            return function()
        except Found as found:
            self.found.append(found.finding)

    @property
    def names(self):
        """The names of what was found so far."""
        return {finding.name for finding in self.found}

    def findings(self, cell):
        """All of it, each finding once."""
        checks, found = (
            tuple(dict.fromkeys(names)) for names in (self.checks, self.found)
        )
        return Findings(_called(cell), checks, found, self.unjudged)


def _called(cell):
    """The cell's own name for itself, without an address."""
    text = repr(cell)
    return type(cell).__name__ if " at 0x" in text else text
