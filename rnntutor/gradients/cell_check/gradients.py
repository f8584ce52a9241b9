"""The checks of a cell's gradients: one step, every named adjoint, several steps."""

from __future__ import annotations

from rnntutor.cells.affine import AffineCell
from rnntutor.gradients.cell_check import checks
from rnntutor.gradients.cell_check import trial as trials
from rnntutor.gradients.cell_check.adjoints import adjoints
from rnntutor.gradients.cell_check.compared import compared
from rnntutor.gradients.cell_check.diagnosis import SEVERAL, diagnose
from rnntutor.gradients.cell_check.findings import Finding, Found
from rnntutor.gradients.cell_check.situations import symmetric
from rnntutor.gradients.comparison import compare
from rnntutor.gradients.numeric import central_differences
from rnntutor.nets import unroll
from rnntutor.tree import leaves


def structure(trial, draw):
    """A step and its adjoint run and return what they should; a missing transpose may
    show here already.
    """
    yield from checks.zero_state(trial)
    try:
        trials.analytic(trial)
    except trials.WrongShape as wrong:
        yield _turned(trial, wrong)
    except Found as crash:
        yield _where_sizes_meet(trial, draw, crash)


def one_step(trial, draw):
    """Gradients of one step, and the adjoints by name."""
    # several problems: where a ReLU has its units on one side, a fault may not show, or
    # may look like another
    found = diagnose(trial)
    for _ in range(4):
        if not found or any(SEVERAL in finding.words for finding in found):
            other = draw(*trial.sizes)
            again = diagnose(other)
            if again or not found:
                trial, found = other, again
    if found and trial.oracle is not central_differences:
        roughly = trial._replace(oracle=central_differences, tol=1e-6)
        if not compared(roughly).wrong:
            words = (
                "expected every number to be computed in complex arithmetic too; the"
                " gradient agrees with central differences, and not with the complex"
                " step, which some of them do not let through"
            )
            return [Finding("imaginary-part-dropped", "step", words)]
    # of a wrong gradient the adjoints would only say it twice
    return found or list(adjoints(trial))


def _turned(trial, wrong):
    """A gradient whose shape is turned round: whether it is the transpose of the right
    one.
    """
    true = trials.truth(trial)
    have, want = dict(leaves(wrong.tree)), dict(leaves(wrong.want))
    bad = [name for name in want if have[name].shape != want[name].shape]
    prefix = wrong.finding.where.partition(".")[0]
    if prefix == "dparams" and all(
        have[name].shape == want[name].shape[::-1]
        and trials.largest(have[name].T - true[f"d{name}"])
        <= trial.tol * trials.largest(true[f"d{name}"])
        for name in bad
    ):
        where = ", ".join(f"d{name}" for name in bad)
        return Finding(
            "transpose-missing", where, "expected a gradient, got its transpose"
        )
    return wrong.finding


def _where_sizes_meet(trial, draw, crash):
    """A crash for D ≠ H may be a product that lacks a transpose, and runs where the
    sizes allow it.
    """
    B, D, H = trial.sizes
    widths = {leaf.shape[-1] for _, leaf in leaves(trial.params) if leaf.ndim == 2}
    for size in sorted({H, *widths} - {D}):
        try:
            meeting = draw(B, size, H)
            if compared(meeting).wrong and not compared(symmetric(meeting)).wrong:
                words = (
                    f"{crash.finding.words}. It runs where D = {size}, and is right"
                    " there for symmetric weights only: expected a product with the"
                    " transpose of a weight matrix"
                )
                return Finding("transpose-missing", crash.finding.where, words)
        except Found:
            pass
    return crash.finding


def through_time(cell, draw, rng):
    """Gradients over several steps, with a derivative that comes back to the final
    state.
    """
    T = 3
    start = draw(2, 2, 3)
    xs, dhs = rng.standard_normal((T, 2, 2)), rng.standard_normal((T, 2, 3))
    for batched in (True, False) if isinstance(cell, AffineCell) else (False,):
        dxs, dstate0, dparams = trials.call(
            "backward", _backward, start, xs, dhs, batched
        )

        def value(inputs, batched=batched):
            run = trials.call(
                "forward", unroll.forward, cell, *trials.copied(inputs), None, batched
            )
            at_the_end = sum(
                (d * s).sum() for d, s in zip(start.dstate, run.state_T, strict=True)
            )
            return (dhs * run.hs[1:]).sum() + at_the_end

        true = start.oracle(value, (start.params, xs, start.state))
        report = compare((dparams, dxs, dstate0), true, start.tol)
        if not report.ok:
            of = (
                *(f"d{name}" for name, _ in leaves(dparams)),
                "dxs",
                *(f"d{n}_0" for n in dstate0._fields),
            )
            bad = [
                name
                for name, block in zip(of, report.blocks, strict=True)
                if block.error > start.tol
            ]
            how = ", all steps in one product" if batched else ""
            words = (
                f"expected the gradient of {T} steps, got another one, though that of"
                " one step is right"
            )
            yield Finding("through-time", f"{', '.join(bad)}{how}", words)


def _backward(trial, xs, dhs, batched):
    params, xs, dhs, state, dstate = trials.copied(
        (trial.params, xs, dhs, trial.state, trial.dstate)
    )
    run = unroll.forward(trial.cell, params, xs, state, None, batched)
    return unroll.backward(trial.cell, params, run, dhs, dstate, batched)


def sizes_of_one(draw, gradient_is_right):
    """B, D and H once 1 each: shapes, and the gradient if it was right before."""
    for B, D, H in ((1, 3, 4), (2, 1, 4), (2, 3, 1)):
        where = f"with B, D, H = {B}, {D}, {H}"
        try:
            seen = compared(draw(B, D, H))
        except Found as found:
            yield found.finding._replace(where=f"{found.finding.where} {where}")
            continue
        if gradient_is_right and seen.wrong:
            bad = ", ".join(sorted({piece.leaf for piece in seen.wrong}))
            words = "expected the right gradient as with other sizes, got a wrong one"
            yield Finding("gradient", f"{bad} {where}", words)
