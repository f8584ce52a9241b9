"""Squared error: its formula in scalars, its gradient, padding, wrong arguments."""

import math

import numpy as np
import pytest

from rnntutor import LSTM, Model, NonFiniteError, compare, complex_step
from rnntutor.model.losses import REDUCE, squared_error

T, B, V = 4, 3, 2
MASK = np.arange(T)[:, None] < [4, 1, 3]


@pytest.fixture
def drawn(rng):
    return rng.standard_normal((T, B, V)), rng.standard_normal((T, B, V))


@pytest.mark.equation("eq-squared-error")
def test_the_formula_in_scalars(drawn):
    ys, targets = (array.tolist() for array in drawn)
    of_step = [
        [
            sum((y - z) ** 2 for y, z in zip(ys[t][b], targets[t][b], strict=True))
            for b in range(B)
        ]
        for t in range(T)
    ]
    of_sequence = [[of_step[t][b] for t in range(T) if MASK[t, b]] for b in range(B)]
    want = {
        "sum": sum(map(sum, of_sequence)),
        "token": sum(map(sum, of_sequence)) / 8,
        "sequence": sum(sum(steps) / len(steps) for steps in of_sequence) / B,
    }
    for reduce in REDUCE:
        assert math.isclose(
            squared_error(*drawn, MASK, reduce)[0], want[reduce], rel_tol=1e-14
        )
    assert math.isclose(
        squared_error(*drawn, reduce="token")[0], np.mean(of_step), rel_tol=1e-14
    )


@pytest.mark.equation("eq-squared-error")
@pytest.mark.parametrize("reduce", REDUCE)
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_the_gradient(drawn, mask, reduce):
    ys, targets = drawn
    dys = squared_error(ys, targets, mask, reduce)[1]
    oracle = complex_step(lambda ys: squared_error(ys, targets, mask, reduce)[0], ys)
    report = compare(dys, oracle, 1e-14)
    assert report.ok, report


def test_what_stands_in_padding_does_not_count(drawn):
    ys, targets = drawn
    want = squared_error(ys, targets, MASK)
    spoilt = [
        np.where(MASK[..., None], array, value)
        for array, value in ((ys, np.nan), (targets, np.inf))
    ]
    got = squared_error(*spoilt, MASK)
    assert got[0] == want[0]
    np.testing.assert_array_equal(got[1], want[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_that_of_the_outputs(drawn, dtype):
    ys, targets = drawn
    loss, dys = squared_error(ys.astype(dtype), targets)
    assert loss.dtype == dys.dtype == dtype


def test_a_model_of_numbers(rng):
    model = Model(LSTM(), 3, 4, V, objective="squared_error")
    params, xs, targets = (
        model.init(rng),
        rng.standard_normal((T, B, 3)),
        rng.standard_normal((T, B, V)),
    )
    result = model.loss_and_grad(params, xs, targets)
    assert result.loss == model.loss(params, xs, targets)
    assert result.loss == squared_error(model.forward(params, xs).ys_raw, targets)[0]


def test_wrong_arguments_are_named(drawn):
    ys, targets = drawn
    wrong = [
        ((ys[0], targets), r"^ys: expected shape \(T, B, V\)"),
        (
            (ys, targets[..., 0]),
            r"^targets: expected shape \(4, 3, 2\).*, got \(4, 3\)",
        ),
        ((ys, targets + 1j), r"^targets: expected an array of floating-point numbers"),
        ((np.where(ys > 0, np.nan, ys), targets), r"^ys: expected finite numbers, got"),
        (
            (ys, np.where(ys > 0, np.inf, targets)),
            r"^targets: expected finite numbers, got",
        ),
        (
            (ys, targets, np.zeros((T, B), bool)),
            r"^mask: expected steps to average over, got all of it masked out",
        ),
        (
            (ys, targets, None, "mean"),
            r"^reduce: expected one of 'sequence', 'token', 'sum', got 'mean'",
        ),
    ]
    for arguments, message in wrong:
        with pytest.raises((TypeError, ValueError), match=message):
            squared_error(*arguments)
    with pytest.raises(
        TypeError, match=r"^targets: expected an array of floating-point numbers"
    ):
        Model(LSTM(), 3, 4, V, "squared_error").loss(
            Model(LSTM(), 3, 4, V).init(np.random.default_rng(0)),
            np.zeros((T, B, 3)),
            "text",
        )


def test_an_error_too_large_to_square_is_named(rng):
    model = Model(LSTM(), 3, 4, V, objective="squared_error")
    params, xs = model.init(rng), rng.standard_normal((T, B, 3))
    with pytest.raises(NonFiniteError, match=r"^loss: "):
        model.loss_and_grad(params, xs, np.full((T, B, V), 1e200))
