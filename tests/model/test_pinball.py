"""The pinball loss: its formula in scalars, its gradient, what it is least at, padding,
wrong arguments.
"""

import math

import numpy as np
import pytest

from rnntutor import compare, complex_step
from rnntutor.model.losses import REDUCE, pinball

T, B, V = 4, 3, 2
LEVELS = [0.1, 0.7]
MASK = np.arange(T)[:, None] < [4, 1, 3]


@pytest.fixture
def drawn(rng):
    return rng.standard_normal((T, B, V)), rng.standard_normal((T, B, V))


def cost(y, target, q):
    return q * (target - y) if target > y else (1 - q) * (y - target)


@pytest.mark.equation("eq-pinball")
def test_the_formula_in_scalars(drawn):
    ys, targets = (array.tolist() for array in drawn)
    want = sum(
        cost(ys[t][b][v], targets[t][b][v], LEVELS[v])
        for t in range(T)
        for b in range(B)
        for v in range(V)
    )
    assert math.isclose(pinball(*drawn, LEVELS, reduce="sum")[0], want, rel_tol=1e-14)
    token = pinball(*drawn, LEVELS)[0]
    assert math.isclose(token, want / (T * B), rel_tol=1e-14)


@pytest.mark.equation("eq-pinball")
@pytest.mark.parametrize("reduce", REDUCE)
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_the_gradient(drawn, mask, reduce):
    ys, targets = drawn
    dys = pinball(ys, targets, LEVELS, mask, reduce)[1]
    oracle = complex_step(lambda ys: pinball(ys, targets, LEVELS, mask, reduce)[0], ys)
    report = compare(dys, oracle, 1e-14)
    assert report.ok, report


@pytest.mark.equation("eq-pinball")
@pytest.mark.parametrize("q", [0.05, 0.5, 0.8])
def test_it_is_least_at_the_quantile(rng, q):
    targets = rng.standard_normal((101, 1, 1))
    best = min(targets.ravel(), key=lambda y: pinball(0 * targets + y, targets, [q])[0])
    assert best == np.quantile(targets, q, method="inverted_cdf")


@pytest.mark.equation("eq-pinball")
@pytest.mark.parametrize("step", [0, 1e-30j, -1e-30j])
def test_on_the_target_the_slope_is_that_from_above(step):
    """Whichever way a complex step goes."""
    ys = np.ones((1, 1, 2))
    loss, dys = pinball(ys + step, ys, LEVELS)
    assert loss.real == 0
    np.testing.assert_allclose(dys[0, 0], [0.9, 0.3], rtol=1e-15)


def test_what_stands_in_padding_does_not_count(drawn):
    ys, targets = drawn
    want = pinball(ys, targets, LEVELS, MASK)
    spoilt = [
        np.where(MASK[..., None], array, value)
        for array, value in ((ys, np.nan), (targets, np.inf))
    ]
    got = pinball(*spoilt, LEVELS, MASK)
    assert got[0] == want[0]
    np.testing.assert_array_equal(got[1], want[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_that_of_the_outputs(drawn, dtype):
    ys, targets = drawn
    loss, dys = pinball(ys.astype(dtype), targets, LEVELS)
    assert loss.dtype == dys.dtype == dtype


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([0.5], r"^levels: expected shape \(2,\), got \(1,\)"),
        ([0.0, 0.5], r"^levels: expected numbers between 0 and 1, got 0"),
        ([0.5, 1.0], r"^levels: expected numbers between 0 and 1, got 1"),
        ([0.5, 0.5 + 1j], r"^levels: expected "),
    ],
)
def test_wrong_levels_are_named(drawn, levels, said):
    with pytest.raises((TypeError, ValueError), match=said):
        pinball(*drawn, levels)


def test_wrong_arguments_are_named(drawn):
    ys, targets = drawn
    wrong = [
        ((ys[0], targets), {}, r"^ys: expected shape \(T, B, V\)"),
        ((ys, targets[..., 0]), {}, r"^targets: expected shape \(4, 3, 2\)"),
        ((ys, targets), {"mask": MASK[1:]}, r"^mask: expected shape \(4, 3\)"),
        ((ys, targets), {"reduce": "mean"}, r"^reduce: expected one of"),
    ]
    for arguments, others, message in wrong:
        with pytest.raises((TypeError, ValueError), match=message):
            pinball(*arguments, LEVELS, **others)
