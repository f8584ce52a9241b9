"""The checks of everything but mathematics: what a cell does with its arguments, and
what it returns.
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check.compare import arrays, compare_blocks, one_sequence
from rnntutor.gradients.cell_check.problem import by_name, call, copied, largest
from rnntutor.gradients.cell_check.report import CheckFailed, Finding
from rnntutor.gradients.numeric import central_differences
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

CLOSE = 1e-12


def inputs(problems):
    """No argument is changed, nor the tape by the backward pass."""
    problem = problems.draw()
    params, x, state, dstate = copied(problem[1:5])
    _, tape = call("step", problem.cell.step, params, x, state)
    yield from _changed("step", problem, params=params, x=x, state=state)
    params = copied(problem.params)
    before = [(name, array.copy()) for name, array in arrays(tape)]
    call("step_backward", problem.cell.step_backward, params, tape, dstate)
    yield from _changed("step_backward", problem, params=params, dstate=dstate)
    for (name, old), (_, new) in zip(before, arrays(tape), strict=True):
        if not np.array_equal(old, new):
            words = f"expected a tape that stays, got a changed {name}"
            yield Finding("input-modified", "step_backward", words)


def _changed(where, problem, **after):
    for argument, tree in after.items():
        old = leaves(getattr(problem, argument))
        for (name, new), (_, original) in zip(leaves(tree, argument), old, strict=True):
            if not np.array_equal(new, original):
                words = f"expected {name} to stay as it was, got it changed"
                yield Finding("input-modified", where, words)


def repeated_calls(problems):
    """The same call gives the same, now and after other calls."""
    problem, other = problems.draw(), problems.draw()
    first, again = _outputs(problem), _outputs(problem)
    unequal = [name for name in first if not np.array_equal(first[name], again[name])]
    if unequal:
        words = "expected the same numbers from the same call twice, got others"
        yield Finding("not-deterministic", ", ".join(unequal), words)
        return
    new, tape = problem.step()
    _outputs(other)
    late, later = _outputs(problem, new, tape), _outputs(problem)
    unequal = [
        name
        for name, array in first.items()
        if not (
            np.array_equal(array, late[name]) and np.array_equal(array, later[name])
        )
    ]
    if unequal:
        words = (
            "expected numbers that depend on the arguments alone, got others after"
            " another call"
        )
        yield Finding("holds-state", ", ".join(unequal), words)


def _new_state(problem):
    return dict(leaves(problem.step()[0]))


def _outputs(problem, new=None, tape=None):
    """{name: array} of all that a step, if not given, and its backward pass return."""
    if tape is None:
        new, tape = problem.step()
    dx, dstate_prev, dparams, _ = problem.step_backward(tape)
    return dict(leaves(new)) | by_name(dparams, dx, dstate_prev)


def batch(problems):
    """A sequence of the batch does not see the others."""
    problem = problems.draw()
    whole = _outputs(problem)
    for b in range(problem.sizes[0]):
        for name, alone in _outputs(one_sequence(problem, b)).items():
            if whole[name].shape == alone.shape:
                continue  # a parameter's gradient
            if not largest(whole[name][b : b + 1] - alone) <= CLOSE:
                words = (
                    f"expected for sequence {b} of the batch what it gives alone, got"
                    " something else"
                )
                yield Finding("batch-mixed", name, words)
                return


def dtypes(problems):
    """float32, float64 and complex numbers go through and stay what they are."""
    problem = problems.draw()
    for dtype in (np.float32, np.float64):
        yield from _kept(problem, dtype, _outputs, "dtype")
    params = tree_map(lambda a: a.astype(np.float32), problem.params)
    zero = leaves(call("zero_state", problem.cell.zero_state, params, 2))
    wrong = [f"{name} {a.dtype}" for name, a in zero if a.dtype != np.float32]
    if wrong:
        words = f"expected the parameters' float32, got {', '.join(wrong)}"
        yield Finding("dtype", "zero_state", words)
    fault = "imaginary-part-dropped"
    # the step alone: the backward pass need not take complex numbers
    found = [*_kept(problem, np.complex128, _new_state, fault)]
    roughly = problem._replace(oracle=central_differences)
    if found:
        yield from found
    elif compare_blocks(problem).wrong and not compare_blocks(roughly).wrong:
        words = (
            "expected every number to be computed in complex arithmetic too; the"
            " gradient agrees with central differences, and not with the complex step,"
            " which some of them do not let through"
        )
        yield Finding(fault, "step with complex128", words)


def _kept(problem, dtype, outputs, fault):
    """A finding unless all outputs have the dtype of the arguments."""
    kind = np.dtype(dtype).name
    try:
        given = outputs(problem.map(lambda a: a.astype(dtype)))
    except CheckFailed as failed:
        yield failed.finding._replace(where=f"{failed.finding.where} with {kind}")
        return
    wrong = [f"{name} {a.dtype}" for name, a in given.items() if a.dtype != dtype]
    if wrong:
        words = f"expected {kind} throughout, got {', '.join(wrong)}"
        yield Finding(fault, f"with {kind}", words)


def _backwards(a):
    """The same numbers, stored from the last to the first."""
    turn = (slice(None, None, -1),) * a.ndim
    return a[turn].copy()[turn]


def _read_only(a):
    a = a.copy()
    a.setflags(write=False)
    return a


LAYOUTS = {
    "Fortran order": np.asfortranarray,
    "negative strides": _backwards,
    "every second element": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "read-only arrays": _read_only,
}


def layouts(problems):
    """Arrays in any layout give the same."""
    problem = problems.draw()
    expected = _outputs(problem)
    for name, layout in LAYOUTS.items():
        try:
            got = _outputs(problem.map(layout))
        except CheckFailed as failed:
            where = f"{failed.finding.where} with {name}"
            yield Finding("layout", where, failed.finding.words)
            continue
        wrong = [
            key for key in expected if not largest(got[key] - expected[key]) <= CLOSE
        ]
        if wrong:
            words = f"expected the same as in C order, got another {', '.join(wrong)}"
            yield Finding("layout", name, words)


def errors(problems):
    """Parameters and sizes that do not fit are refused, by name."""
    problem = problems.draw()
    _, D, H = problem.sizes
    check, init = problem.cell.check_params, problem.cell.init
    got = call("check_params", check, problem.params)
    if got != (D, H):
        words = f"expected it to return (D, H) = {D, H}, got {got}"
        yield Finding("errors", "check_params", words)
    names = [name for name, _ in leaves(problem.params)]
    for name in names:
        spoilt = tree_map(_reshaped(name, iter(names)), problem.params)
        what = f"check_params with {name} of another shape"
        yield from _refused(what, names, check, spoilt)
    yield from _refused("check_params with None", ["params"], check, None)
    rng = np.random.default_rng(0)
    yield from _refused("init with rng = None", ["rng"], init, None, D, H)
    yield from _refused("init with D = 0", ["D"], init, rng, 0, H)
    yield from _refused("init with H = 0", ["H"], init, rng, D, 0)


def _reshaped(name, names):
    """A function of each array of a tree, which gives the one of that name an axis."""
    return lambda array: array[..., None] if next(names) == name else array


def _refused(what, names, function, *args):
    """A finding unless the call raises TypeError or ValueError with one of the names in
    its message.
    """
    try:
        function(*args)
    except (TypeError, ValueError) as error:
        if any(name in str(error) for name in names):
            return
        message = " ".join(str(error).split())[:120]
        words = f"expected an error that names {' or '.join(names)}, got {message!r}"
    except Exception as error:
        words = f"expected TypeError or ValueError, got {type(error).__name__}: {error}"
    else:
        words = "expected TypeError or ValueError, got no error"
    yield Finding("errors", what, words)
