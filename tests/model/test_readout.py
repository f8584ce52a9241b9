"""The readout: there and back in one go is what its parts do one after the other."""

import numpy as np
import pytest

from rnntutor import LSTM, Model, NonFiniteError, readout_backward, threads
from rnntutor.fast.threads import CACHED
from rnntutor.model.losses import LOSSES
from rnntutor.model.readout import judged, read_out

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
def test_there_and_back(objective, dtype, n, rng):
    params, hs, targets = problem(objective, rng)
    W_hy, b_y, hs = (array.astype(dtype) for array in (params.W_hy, params.b_y, hs))
    mask = rng.random((T, B)) < 0.7
    ys_raw = read_out(hs, W_hy, b_y)
    loss, dys_raw = LOSSES[objective].function(ys_raw, targets, mask, "token")
    want = loss, *readout_backward(params._replace(W_hy=W_hy, b_y=b_y), hs, dys_raw)
    weights = (mask / mask.sum()).astype(hs.real.dtype)
    with threads(n):
        have = judged(hs, W_hy, b_y, LOSSES[objective].judge, targets, weights)
    for a, b in zip(have, want, strict=True):
        assert np.shape(a) == np.shape(b) and np.asarray(a).dtype == np.asarray(b).dtype
        assert np.abs(a - b).max() <= 30 * np.finfo(dtype).eps * np.abs(b).max()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_output_that_is_not_finite_is_named_with_its_place(value, rng):
    params, hs, targets = problem("cross_entropy", rng)
    hs[17, 2, 1] = value
    found = rf"^ys_raw: {V} non-finite of {T * B * V}, the first .* \(17, 2, 0\)"
    with threads(2), pytest.raises(NonFiniteError, match=found), np.errstate(invalid="ignore"):
        judged(hs, params.W_hy, params.b_y, LOSSES["cross_entropy"].judge, targets, np.ones((T, B)))


def test_a_gradient_that_is_not_finite_is_named_with_its_place(rng):
    params, hs, targets = problem("squared_error", rng)
    targets[29, 3, 7] = 1e200
    weights = np.full((T, B), 1e300)
    with (
        threads(2),
        pytest.raises(NonFiniteError, match=r"^dys_raw: 1 non-finite of .* \(29, 3, 7\)"),
        np.errstate(over="ignore"),
    ):
        judged(hs, params.W_hy, params.b_y, LOSSES["squared_error"].judge, targets, weights)
