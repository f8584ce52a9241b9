"""Cross-entropy: what each `reduce` means, its gradient, and the units of the result."""

import math

import numpy as np
import pytest
from cases import batch, each_cell

from rnntutor import compare, complex_step, cross_entropy, one_hot, softmax
from rnntutor.model.losses import REDUCE, bits, log_softmax, perplexity

each_reduce = pytest.mark.parametrize("reduce", REDUCE)


@pytest.fixture
def ys_raw(rng):
    return 2 * rng.standard_normal((4, 3, 5))


@pytest.fixture
def targets(rng):
    return rng.integers(0, 5, (4, 3))


@pytest.fixture
def mask():
    return np.arange(4)[:, None] < [4, 1, 3]


@pytest.mark.equation("eq-cross-entropy")
@pytest.mark.equation("eq-loss")
def test_what_reduce_means(ys_raw, targets, mask):
    ce = np.array(
        [
            [-np.log(softmax(ys_raw[t, b]))[targets[t, b]] for b in range(3)]
            for t in range(4)
        ]
    )

    def loss(mask, reduce):
        return cross_entropy(ys_raw, targets, mask, reduce)[0]

    assert math.isclose(loss(None, "sum"), ce.sum())
    assert math.isclose(loss(None, "token"), ce.mean())
    assert math.isclose(loss(None, "sequence"), ce.mean())
    assert math.isclose(loss(mask, "sum"), ce[mask].sum())
    assert math.isclose(loss(mask, "token"), ce[mask].sum() / 8)
    of_each = [ce[:4, 0].mean(), ce[:1, 1].mean(), ce[:3, 2].mean()]
    assert math.isclose(loss(mask, "sequence"), sum(of_each) / 3)
    assert cross_entropy(ys_raw, targets)[0] == loss(None, "sequence")


def test_a_sequence_without_steps_has_no_mean_of_its_own(ys_raw, targets):
    mask = np.ones((4, 3), bool) & [True, False, True]
    there = [0, 2]
    for reduce in ("token", "sum"):
        loss, dys_raw = cross_entropy(ys_raw, targets, mask, reduce)
        want, dwant = cross_entropy(ys_raw[:, there], targets[:, there], reduce=reduce)
        assert math.isclose(loss, want, rel_tol=1e-15)
        np.testing.assert_allclose(dys_raw[:, there], dwant, rtol=1e-15)
        assert (dys_raw[:, 1] == 0).all()
    with pytest.raises(ValueError, match="got sequence 1 of the batch masked out"):
        cross_entropy(ys_raw, targets, mask, "sequence")
    for reduce in REDUCE:
        with pytest.raises(ValueError, match="got all of it masked out"):
            cross_entropy(ys_raw, targets, mask & False, reduce)


@pytest.mark.equation("eq-dy-raw")
@pytest.mark.parametrize("masked", [False, True])
@each_reduce
def test_gradient(ys_raw, targets, mask, reduce, masked):
    mask = mask if masked else None
    _, dys_raw = cross_entropy(ys_raw, targets, mask, reduce)
    report = compare(
        dys_raw,
        complex_step(lambda z: cross_entropy(z, targets, mask, reduce)[0], ys_raw),
    )
    assert report.ok, report
    if masked:
        assert (dys_raw[~mask] == 0).all()


def test_gradient_of_the_sum_is_prediction_minus_truth(ys_raw, targets):
    _, dys_raw = cross_entropy(ys_raw, targets, reduce="sum")
    np.testing.assert_allclose(
        dys_raw, softmax(ys_raw) - one_hot(targets, 5), atol=1e-15
    )


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_targets_of_any_integer_type(ys_raw, targets, dtype):
    want, dwant = cross_entropy(ys_raw, targets)
    have, dhave = cross_entropy(ys_raw, targets.astype(dtype))
    assert have == want and (dhave == dwant).all()


def test_one_label_leaves_nothing_to_learn():
    for mask in (None, np.array([[True, True, False], [False, True, True]])):
        loss, dys_raw = cross_entropy(
            np.full((2, 3, 1), 7.0), np.zeros((2, 3), int), mask
        )
        assert loss == 0 and (dys_raw == 0).all()


def test_equal_logits_cost_ln_V():
    loss, _ = cross_entropy(np.zeros((2, 3, 65)), np.ones((2, 3), int))
    assert math.isclose(loss, math.log(65), rel_tol=1e-15)


def test_a_constant_does_not_matter(ys_raw):
    np.testing.assert_allclose(softmax(ys_raw + 100), softmax(ys_raw), rtol=1e-13)
    np.testing.assert_allclose(log_softmax(ys_raw), np.log(softmax(ys_raw)), atol=1e-13)
    np.testing.assert_allclose(
        softmax([1.0, 2.0]), np.array([1, np.e]) / (1 + np.e), rtol=1e-15
    )


@pytest.mark.equation("eq-softmax")
def test_however_far_apart_they_are():
    np.testing.assert_array_equal(softmax([-1000.0, 0.0, 1000.0]), [0, 0, 1])
    np.testing.assert_array_equal(log_softmax([-1000.0, 1000.0]), [-2000, 0])


@each_reduce
def test_loss_does_not_depend_on_what_is_masked(ys_raw, targets, mask, reduce):
    want, dwant = cross_entropy(ys_raw, targets, mask, reduce)
    ys_raw, targets = ys_raw.copy(), targets.copy()
    ys_raw[~mask], targets[~mask] = np.nan, -100
    have, dhave = cross_entropy(ys_raw, targets, mask, reduce)
    assert have == want
    np.testing.assert_array_equal(dhave, dwant)


@each_reduce
@each_cell
def test_of_a_model_counts_what_is_scored(cell, reduce, rng):
    """`scored` and `mask` together, in the loss and in every gradient."""
    model, params, xs, targets, state0 = batch(cell, (5, 3, 2, 4), 6, rng, scale=0.5)
    mask = np.arange(5)[:, None] < [5, 3, 4]
    scored = rng.random((5, 3)) < 0.5
    scored[1] = True
    result = model.loss_and_grad(params, xs, targets, state0, mask, reduce, scored)

    def value(at):
        params, xs, state0 = at
        return model.loss(params, xs, targets, state0, mask, reduce, scored)

    report = compare(
        (result.grads, result.dxs, result.dstate0),
        complex_step(value, (params, xs, state0)),
    )
    assert report.ok, report
    ys_raw, _ = model.forward(params, xs, state0, mask)
    assert result.loss == cross_entropy(ys_raw, targets, mask & scored, reduce)[0]
    targets = np.where(mask & scored, targets, -1)
    assert result.loss == model.loss(params, xs, targets, state0, mask, reduce, scored)
    same = model.loss_and_grad(params, xs, targets, state0, mask, reduce, scored)
    assert result.loss == same.loss


@pytest.mark.equation("eq-perplexity")
def test_perplexity_and_bits():
    assert perplexity(0) == 1 and bits(0) == 0
    assert math.isclose(perplexity(math.log(65)), 65)
    assert math.isclose(bits(math.log(8)), 3)
    assert math.isclose(2 ** bits(1.7), perplexity(1.7))
    assert math.isclose(perplexity(709), math.exp(709))
