"""The fused kernels around a fast net do what the plain lines do one after the other."""

import numpy as np
import pytest
from cases import assert_same

from rnntutor import LSTM, SGD, Fast, Model, NonFiniteError, fit, threads
from rnntutor.fast import kernels
from rnntutor.fast.threads import CACHED, WORTHWHILE
from rnntutor.model import losses, readout_backward
from rnntutor.model.losses import LOSSES
from rnntutor.model.readout import read_out

T, B, H, V = 30, 4, 5, 10_000
assert T * B * V > 2 * CACHED  # more than one block in each of two parts


def problem(objective, rng):
    hs = rng.standard_normal((T, B, H))
    params = Model(LSTM(), 2, H, V, objective).init(rng)
    params = params._replace(b_y=rng.standard_normal(V))
    targets = {
        "cross_entropy": rng.integers(0, V, (T, B)),
        "squared_error": rng.standard_normal((T, B, V)),
    }[objective]
    return params, hs, targets


@pytest.mark.equation("eq-readout")
@pytest.mark.equation("eq-readout-grads")
@pytest.mark.equation("eq-loss")
@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("objective", LOSSES)
def test_readout_loss_and_grad_are_the_plain_ones(objective, dtype, n, rng):
    params, hs, targets = problem(objective, rng)
    W_hy, b_y, hs = (array.astype(dtype) for array in (params.W_hy, params.b_y, hs))
    mask = rng.random((T, B)) < 0.7
    ys_raw = read_out(hs, W_hy, b_y)
    loss, dys_raw = getattr(losses, objective)(ys_raw, targets, mask)
    want = loss, *readout_backward(params._replace(W_hy=W_hy, b_y=b_y), hs, dys_raw)
    weights = (mask / mask.sum()).astype(hs.real.dtype)
    with threads(n):
        have = kernels.readout_loss_and_grad(
            hs, W_hy, b_y, LOSSES[objective].per_step, targets, weights
        )
    for a, b in zip(have, want, strict=True):
        assert np.shape(a) == np.shape(b) and np.asarray(a).dtype == np.asarray(b).dtype
        assert np.abs(a - b).max() <= 30 * np.finfo(dtype).eps * np.abs(b).max()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_output_that_is_not_finite_is_named_with_its_place(value, rng):
    params, hs, targets = problem("cross_entropy", rng)
    hs[17, 2, 1] = value
    found = rf"^ys_raw: {V} non-finite of {T * B * V}, the first .* \(17, 2, 0\)"
    with (
        threads(2),
        pytest.raises(NonFiniteError, match=found),
        np.errstate(invalid="ignore"),
    ):
        kernels.readout_loss_and_grad(
            hs,
            params.W_hy,
            params.b_y,
            LOSSES["cross_entropy"].per_step,
            targets,
            np.ones((T, B)),
        )


def test_a_gradient_that_is_not_finite_is_named_with_its_place(rng):
    params, hs, targets = problem("squared_error", rng)
    targets[29, 3, 7] = 1e200
    weights = np.full((T, B), 1e300)
    with (
        threads(2),
        pytest.raises(
            NonFiniteError, match=r"^dys_raw: 1 non-finite of .* \(29, 3, 7\)"
        ),
        np.errstate(over="ignore"),
    ):
        kernels.readout_loss_and_grad(
            hs,
            params.W_hy,
            params.b_y,
            LOSSES["squared_error"].per_step,
            targets,
            weights,
        )


@pytest.mark.parametrize("n", [1, 2], ids=["one thread", "two threads"])
@pytest.mark.parametrize("shape", [(700, 2000), (3, 2 * CACHED), (3 * CACHED,)])
def test_large_parameters_are_moved_in_blocks(shape, n, rng):
    """The step is that of small ones, and one number that overflows is found in
    whichever block it is.
    """
    # more than one block in each of two parts
    assert np.prod(shape) > max(WORTHWHILE, 2 * CACHED)
    params, grads = ((rng.standard_normal(shape).astype(np.float32),) for _ in range(2))
    optimizer = SGD(0.1)
    with threads(n):
        new = optimizer.update(
            params, grads, optimizer.init(params), kernels.step
        ).params
        assert_same(new, (params[0] - np.float32(0.1) * grads[0],))
        for place in (0, np.prod(shape) // 2, -1):
            far = params[0].copy()
            far.flat[place], grads[0].flat[place] = -3e38, 1e38
            with pytest.raises(
                NonFiniteError,
                match=r"^params\.0: 1 non-finite of .* The update overflowed",
            ):
                SGD(1.0).update((far,), grads, optimizer.init(params), kernels.step)
            grads[0].flat[place] = 0


def test_a_fast_net_brings_its_kernels(monkeypatch, rng):
    """`Model` and `fit` take them from the net, and no others."""
    called = []

    def spied(name):
        function = getattr(kernels, name)
        monkeypatch.setattr(
            kernels, name, lambda *args: called.append(name) or function(*args)
        )

    for name in ("read_out", "readout_loss_and_grad", "step"):
        spied(name)
    xs, targets = rng.standard_normal((3, 2, 2)), rng.integers(0, 5, (3, 2))
    for cell, expected in (
        (LSTM(), []),
        (Fast(LSTM()), ["readout_loss_and_grad", "step", "read_out"]),
    ):
        model = Model(cell, 2, 4, 5)
        called.clear()
        fitted = fit(model, model.init(rng), [(xs, targets)], SGD(0.1), progress=False)
        model.loss(fitted.params, xs, targets)
        assert called == expected
