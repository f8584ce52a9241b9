"""The checks of a cell's mathematics: one step, its named adjoints, several steps, and
sizes of 1.
"""

from __future__ import annotations

from rnntutor.cells.affine import AffineCell
from rnntutor.gradients.cell_check.adjoints import wrong_adjoints
from rnntutor.gradients.cell_check.compare import compare_blocks, symmetric
from rnntutor.gradients.cell_check.diagnose import diagnose
from rnntutor.gradients.cell_check.problem import WrongShape, call, largest
from rnntutor.gradients.cell_check.report import CheckFailed, Finding
from rnntutor.gradients.comparison import compare
from rnntutor.nets import unroll
from rnntutor.tree import leaves

# How many are looked at where the first shows no fault, or more than one: where a ReLU
# has its units on one side, a fault may not show, or may look like another.
PROBLEMS = 5


def structure(problems):
    """A step and its backward pass run and return what they should; a missing transpose
    may show here already.
    """
    problem = problems.draw()
    zero = call("zero_state", problem.cell.zero_state, problem.params, 2)
    for name, array in leaves(zero):
        if array.any():
            words = "expected zeros, got other numbers"
            yield Finding("structure", f"zero_state: {name}", words)
    try:
        problem.gradient()
    except WrongShape as wrong:
        yield _if_transposed(problem, wrong) or wrong.finding
    except CheckFailed as crash:
        yield _if_right_when_symmetric(problems, problem, crash.finding)


def one_step(problems):
    """The gradient of one step, and the adjoints by name."""
    problem = problems.draw()
    found, ambiguous = diagnose(problem)
    for _ in range(PROBLEMS - 1):
        if found and not ambiguous:
            break
        other = problems.draw()
        again, unsure = diagnose(other)
        if again or not found:
            problem, found, ambiguous = other, again, unsure
    # of a wrong gradient the adjoints would only say it twice
    yield from found or wrong_adjoints(problem)


def several_steps(problems):
    """The gradient of several steps, with a derivative that comes back to the final
    state.
    """
    T, B, D, H = 3, 2, 2, 3
    start = problems.draw(B, D, H)
    xs = problems.rng.standard_normal((T, B, D))
    dhs = problems.rng.standard_normal((T, B, H))
    for batched in (True, False) if isinstance(start.cell, AffineCell) else (False,):
        wrong = _wrong_over_time(start, xs, dhs, batched)
        if wrong:
            how = ", all steps in one product" if batched else ""
            words = (
                f"expected the gradient of {T} steps, got another one, though that of"
                " one step is right"
            )
            yield Finding("through-time", f"{', '.join(wrong)}{how}", words)


def _wrong_over_time(start, xs, dhs, batched):
    """Names of what is wrong in the gradient of a sequence."""
    at = (start.params, xs, start.state)

    def forward(at):
        params, xs, state = at
        return unroll.run(start.cell, params, xs, state, None, batched)

    def loss(at):
        run = forward(at)
        pairs = zip(start.dstate, run.state_T, strict=True)
        return (dhs * run.hs[1:]).sum() + sum((d * s).sum() for d, s in pairs)

    def backward():
        dxs, dstate_0, dparams = unroll.run_backward(
            start.cell, start.params, forward(at), dhs, start.dstate, batched
        )
        return dparams, dxs, dstate_0

    expected = call("forward", start.oracle, loss, at)
    report = call("backward", lambda: compare(backward(), expected, start.tol))
    names = [f"d{name}" for name, _ in leaves(start.params)]
    names += ["dxs", *(f"d{name}_0" for name, _ in leaves(start.state))]
    pairs = zip(names, report.blocks, strict=True)
    return [name for name, block in pairs if block.error > start.tol]


def sizes_of_one(problems):
    """B, D and H once 1 each: shapes, and the gradient if it is right for others."""
    right = not any(compare_blocks(problems.draw()).wrong for _ in range(PROBLEMS))
    for B, D, H in ((1, 3, 4), (2, 1, 4), (2, 3, 1)):
        where = f"with B, D, H = {B}, {D}, {H}"
        try:
            seen = compare_blocks(problems.draw(B, D, H))
        except CheckFailed as failed:
            yield failed.finding._replace(where=f"{failed.finding.where} {where}")
            continue
        if right and seen.wrong:
            names = ", ".join(sorted({block.name for block in seen.wrong}))
            words = "expected the right gradient as with other sizes, got a wrong one"
            yield Finding("gradient", f"{names} {where}", words)


def _if_transposed(problem, wrong):
    """A finding if gradients of the wrong shape are the transpose of the right ones."""
    have, want = dict(leaves(wrong.tree)), dict(leaves(wrong.like))
    bad = [name for name in want if have[name].shape != want[name].shape]
    if not wrong.finding.where.startswith("dparams"):
        return None
    expected = problem.expected()
    for name in bad:
        right = expected[f"d{name}"]
        if have[name].shape != right.shape[::-1]:
            return None
        if largest(have[name].T - right) > problem.tol * largest(right):
            return None
    where = ", ".join(f"d{name}" for name in bad)
    return Finding("transpose-missing", where, "expected a gradient, got its transpose")


def _if_right_when_symmetric(problems, problem, crash):
    """A crash for D ≠ H may be a product that lacks a transpose, and runs where the
    sizes allow it.
    """
    B, D, H = problem.sizes
    widths = {leaf.shape[-1] for _, leaf in leaves(problem.params) if leaf.ndim == 2}
    for size in sorted({H, *widths} - {D}):
        try:
            other = problems.draw(B, size, H)
            if (
                compare_blocks(other).wrong
                and not compare_blocks(symmetric(other)).wrong
            ):
                words = (
                    f"{crash.words}. It runs where D = {size}, and is right"
                    " there for symmetric weights only: expected a product with the"
                    " transpose of a weight matrix"
                )
                return Finding("transpose-missing", crash.where, words)
        except CheckFailed:
            pass
    return crash
