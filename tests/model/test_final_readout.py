"""One answer when all is read: the state it reads, where its gradient comes in, what
padding does.
"""

import re

import numpy as np
import pytest
from cases import assert_same, each_cell

from rnntutor import (
    LSTM,
    SGD,
    Bidirectional,
    Model,
    backward,
    cross_entropy,
    fit,
    forward,
)
from rnntutor.text.batches import pad

T, B, D, H, V = 6, 3, 2, 4, 5


def labels(rng):
    return rng.integers(0, V, (1, B))


@pytest.mark.equation("eq-final-readout")
@each_cell
def test_it_reads_the_last_state(cell, rng):
    model = Model(cell, D, H, V, readout="final")
    params, xs = model.init(rng), rng.standard_normal((T, B, D))
    h_T = forward(cell, params.cell, xs).hs[T]
    np.testing.assert_allclose(
        model.forward(params, xs).ys_raw[0],
        h_T @ params.W_hy + params.b_y,
        rtol=0,
        atol=1e-15,
    )


@pytest.mark.equation("eq-final-readout")
def test_reading_both_ways_it_reads_the_ends_of_both(rng):
    model = Model(Bidirectional(LSTM()), D, H, V, readout="final")
    params, xs = model.init(rng), rng.standard_normal((T, B, D))
    ends = [
        forward(LSTM(), params.cell.ahead, xs).hs[T],
        forward(LSTM(), params.cell.back, xs[::-1]).hs[T],  # when it has read x_1
    ]
    by_hand = ends[0] @ params.W_hy[:H] + ends[1] @ params.W_hy[H:] + params.b_y
    np.testing.assert_allclose(
        model.forward(params, xs).ys_raw[0], by_hand, rtol=0, atol=1e-15
    )


@pytest.mark.equation("eq-final-dh")
@each_cell
def test_the_gradient_comes_in_at_the_last_state_alone(cell, rng):
    model = Model(cell, D, H, V, readout="final")
    params, xs, targets = model.init(rng), rng.standard_normal((T, B, D)), labels(rng)
    result = model.loss_and_grad(params, xs, targets)
    unrolled = forward(cell, params.cell, xs)
    dys_raw = cross_entropy(model.forward(params, xs).ys_raw, targets)[1]
    dhs = np.zeros((T, B, H))
    dhs[T - 1] = dys_raw[0] @ params.W_hy.T
    dxs, dstate0, dparams = backward(cell, params.cell, unrolled, dhs)
    assert_same(
        (result.grads.cell, result.dxs, result.dstate0), (dparams, dxs, dstate0)
    )


@pytest.mark.equation("eq-padding")
@each_cell
def test_the_state_stands_still_in_padding(cell, rng):
    sequences = [rng.standard_normal((n, D)) for n in (6, 2, 4)]
    xs, mask = pad(sequences)
    params = cell.init(rng, D, H)
    unrolled = forward(cell, params, xs, mask=mask)
    for b, one in enumerate(sequences):
        alone = forward(cell, params, one[:, None]).hs[:, 0]
        np.testing.assert_allclose(
            unrolled.hs[: len(alone), b], alone, rtol=0, atol=1e-15
        )
        last = unrolled.hs[len(one), b]
        assert np.all(unrolled.hs[len(one) :, b] == last)


@pytest.mark.parametrize(
    ("objective", "shape"), [("cross_entropy", ()), ("squared_error", (V,))]
)
def test_targets_without_an_axis_of_time(objective, shape, rng):
    """There is but one step, and a label for each sequence will do."""
    model = Model(LSTM(), D, H, V, objective, readout="final")
    params, xs = model.init(rng), rng.standard_normal((T, B, D))
    targets = np.zeros((B, *shape), int if objective == "cross_entropy" else float)
    want = model.loss_and_grad(params, xs, targets[None])
    have = model.loss_and_grad(params, xs, targets)
    assert have.loss == want.loss == model.loss(params, xs, targets)
    assert_same(have.grads, want.grads)
    assert model.check_batch(xs, targets)[1].shape == (1, B, *shape)
    fitted = fit(model, params, [(xs, targets)], SGD(0.1))
    assert fitted.history.losses == [want.loss]
    longer = np.concatenate([targets, targets[:1]])
    for wrong in (longer, longer[None], targets[None, None], np.array(targets[0])):
        either = f"{(B, *shape)} or {(1, B, *shape)}, got {wrong.shape}"
        message = re.escape(f"targets: expected shape {either}")
        with pytest.raises(ValueError, match=f"^{message}"):
            model.loss(params, xs, wrong)
    each = Model(LSTM(), D, H, V, objective)
    for wrong in (targets, np.zeros((B, T, *shape), targets.dtype)):
        message = re.escape(
            f"targets: expected shape {(T, B, *shape)}, got {wrong.shape}"
        )
        with pytest.raises(ValueError, match=f"^{message}"):
            each.loss(params, xs, wrong)
