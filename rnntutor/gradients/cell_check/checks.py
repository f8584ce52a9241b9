"""The checks of everything but gradients: what a cell does with its arguments, and what
it returns.
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check import trial as trials
from rnntutor.gradients.cell_check.elements import arrays
from rnntutor.gradients.cell_check.findings import Finding, Found
from rnntutor.gradients.cell_check.situations import one_sequence
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

CLOSE = 1e-12


def inputs_stay(trial):
    """No argument is changed, nor the tape by the way back."""
    ours = trials.copied((trial.params, trial.x, trial.state))
    _, tape = trials.call("step", trial.cell.step, *ours)
    yield from _changed(
        "step", ("params", "x", "state"), ours, (trial.params, trial.x, trial.state)
    )
    params, dstate = trials.copied((trial.params, trial.dstate))
    before = [(name, np.copy(array)) for name, array in arrays(tape)]
    trials.call("step_backward", trial.cell.step_backward, params, tape, dstate)
    yield from _changed(
        "step_backward",
        ("params", "dstate"),
        (params, dstate),
        (trial.params, trial.dstate),
    )
    for (name, old), (_, new) in zip(before, arrays(tape), strict=True):
        if not np.array_equal(old, new):
            yield Finding(
                "input-modified",
                "step_backward",
                f"expected a tape that stays, got a changed {name}",
            )


def _changed(where, names, ours, originals):
    for name, mine, original in zip(names, ours, originals, strict=True):
        for (leaf, new), (_, old) in zip(
            leaves(mine, name), leaves(original, name), strict=True
        ):
            if not np.array_equal(new, old):
                yield Finding(
                    "input-modified",
                    where,
                    f"expected {leaf} to stay as it was, got it changed",
                )


def repeatable(trial, other):
    """The same call gives the same, now and after other calls."""
    first, again = _everything(trial), _everything(trial)
    unequal = [
        name for name, array in first.items() if not np.array_equal(array, again[name])
    ]
    if unequal:
        words = "expected the same numbers from the same call twice, got others"
        yield Finding("not-deterministic", ", ".join(unequal), words)
        return
    tape = trials.step(trial)[1]
    trials.step_backward(other, trials.step(other)[1])
    dx, dstate_prev, dparams, _ = trials.step_backward(trial, tape)
    later = _everything(trial)
    late = trials.named(dparams, dx, dstate_prev)
    unequal = [
        n
        for n, a in first.items()
        if not np.array_equal(a, late.get(n, a)) or not np.array_equal(a, later[n])
    ]
    if unequal:
        words = (
            "expected numbers that depend on the arguments alone, got others after"
            " another call"
        )
        yield Finding("holds-state", ", ".join(unequal), words)


def _everything(trial):
    """All that a step and its way back give."""
    new, tape = trials.step(trial)
    dx, dstate_prev, dparams, _ = trials.step_backward(trial, tape)
    return dict(leaves(new)) | trials.named(dparams, dx, dstate_prev)


def batch(trial):
    """A sequence of the batch does not see the others."""
    whole = _everything(trial)
    for b in range(trial.sizes[0]):
        for name, alone in _everything(one_sequence(trial, b)).items():
            if whole[name].shape == alone.shape:
                continue  # a parameter's gradient
            if not trials.largest(whole[name][b : b + 1] - alone) <= CLOSE:
                words = (
                    f"expected for sequence {b} of the batch what it gives alone, got"
                    " something else"
                )
                yield Finding("batch-mixed", name, words)
                return


def dtypes(trial):
    """float32, float64 and complex numbers go through and stay what they are."""
    for dtype in (np.float32, np.float64, np.complex128):
        kind = np.dtype(dtype).name
        as_dtype = tree_map(lambda a, to=dtype: a.astype(to), trial[1:5])
        cast = trial._replace(
            params=as_dtype[0], x=as_dtype[1], state=as_dtype[2], dstate=as_dtype[3]
        )
        try:
            given = (
                _everything(cast)
                if dtype is not np.complex128
                else dict(leaves(trials.step(cast)[0]))
            )
        except Found as found:
            yield found.finding._replace(where=f"{found.finding.where} with {kind}")
            continue
        wrong = [
            f"{name} {array.dtype}"
            for name, array in given.items()
            if array.dtype != dtype
        ]
        if wrong:
            name = "dtype" if dtype is not np.complex128 else "imaginary-part-dropped"
            yield Finding(
                name,
                f"with {kind}",
                f"expected {kind} throughout, got {', '.join(wrong)}",
            )
    single = trials.call(
        "zero_state", trial.cell.zero_state, cast_params(trial, np.float32), 2
    )
    wrong = [
        f"{name} {array.dtype}"
        for name, array in leaves(single)
        if array.dtype != np.float32
    ]
    if wrong:
        yield Finding(
            "dtype",
            "zero_state",
            f"expected the parameters' float32, got {', '.join(wrong)}",
        )


def cast_params(trial, dtype):
    """The parameters in another precision."""
    return tree_map(lambda a: a.astype(dtype), trial.params)


def zero_state(trial):
    """The state before the first step is zero."""
    for name, array in leaves(
        trials.call("zero_state", trial.cell.zero_state, trial.params, 2)
    ):
        if np.any(array):
            yield Finding(
                "structure", f"zero_state: {name}", "expected zeros, got other numbers"
            )


LAYOUTS = {
    "Fortran order": np.asfortranarray,
    "negative strides": (
        lambda a: a[(slice(None, None, -1),) * a.ndim].copy()[
            (slice(None, None, -1),) * a.ndim
        ]
    ),
    "every second element": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "read-only arrays": lambda a: _frozen(a.copy()),
}


def _frozen(array):
    array.setflags(write=False)
    return array


def layouts(trial):
    """Arrays in any layout give the same."""
    want = _everything(trial)
    for name, layout in LAYOUTS.items():
        params, x, state, dstate = tree_map(layout, trial[1:5])
        try:
            new, tape = trials.call("step", trial.cell.step, params, x, state)
            dx, back, dparams, _ = trials.call(
                "step_backward", trial.cell.step_backward, params, tape, dstate
            )
        except Found as found:
            yield Finding(
                "layout", f"{found.finding.where} with {name}", found.finding.words
            )
            continue
        have = dict(leaves(new)) | trials.named(dparams, dx, back)
        wrong = [
            key for key in want if not trials.largest(have[key] - want[key]) <= CLOSE
        ]
        if wrong:
            yield Finding(
                "layout",
                name,
                f"expected the same as in C order, got another {', '.join(wrong)}",
            )


def errors(trial):
    """Parameters and sizes that do not fit are refused, by name."""
    _, D, H = trial.sizes
    check = trial.cell.check_params
    got = trials.call("check_params", check, trial.params)
    if got != (D, H):
        yield Finding(
            "errors",
            "check_params",
            f"expected it to return (D, H) = {D, H}, got {got}",
        )
    names = [name for name, _ in leaves(trial.params)]
    for i, name in enumerate(names):
        wrong = iter(
            [
                p[..., None] if n == i else p
                for n, (_, p) in enumerate(leaves(trial.params))
            ]
        )
        spoilt = tree_map(lambda _, wrong=wrong: next(wrong), trial.params)
        yield from _refused(
            f"check_params with {name} of another shape", names, check, spoilt
        )
    yield from _refused("check_params with None", ["params"], check, None)
    init, rng = trial.cell.init, np.random.default_rng(0)
    for name, *args in (("rng", None, D, H), ("D", rng, 0, H), ("H", rng, D, 0)):
        value = dict(zip(("rng", "D", "H"), args, strict=True))[name]
        yield from _refused(f"init with {name} = {value}", [name], init, *args)


def _refused(what, names, function, *args):
    """A finding unless the call raises TypeError or ValueError with one of the names in
    its message.
    """
    try:
        function(*args)
    except (TypeError, ValueError) as error:
        if not any(name in str(error) for name in names):
            said = " ".join(str(error).split())[:120]
            yield Finding(
                "errors",
                what,
                f"expected an error that names {' or '.join(names)}, got {said!r}",
            )
    except Exception as error:
        words = f"expected TypeError or ValueError, got {type(error).__name__}: {error}"
        yield Finding("errors", what, words)
    else:
        yield Finding("errors", what, "expected TypeError or ValueError, got no error")
