"""A model with this loss: all its gradients, with padding, and that `fit` trains it."""

import doctest
import math
import sys

import numpy as np
import pytest
from cases import assert_same, counting, largest_difference, normal_like

from rnntutor import (
    LSTM,
    RNN,
    SGD,
    Adam,
    Bidirectional,
    Checkpoint,
    Fast,
    Model,
    NonFiniteError,
    Stacked,
    Truncation,
    compare,
    complex_step,
    fit,
)
from rnntutor.model.ctc import Transcriber, best_path, ctc_loss
from rnntutor.model.losses import REDUCE

T, B, D, H, V = 6, 3, 2, 3, 4
LABELS = [[0, 1, 1], [2], []]
MASK = np.arange(T)[:, None] < [6, 3, 4]


def drawn(net, rng):
    model = Transcriber(Model(net, D, H, V))
    params = normal_like(model.init(rng), rng)
    return model, params, rng.standard_normal((T, B, D))


@pytest.mark.parametrize("reduce", REDUCE)
@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("net", [RNN("tanh"), Bidirectional(LSTM())], ids=str)
def test_all_gradients_are_those_of_the_complex_step(net, batched, reduce, rng):
    model, params, xs = drawn(net, rng)
    state0 = normal_like(model.net.forward(params.cell, xs).state_T, rng)
    found = model.loss_and_grad(params, xs, LABELS, state0, MASK, reduce, batched)
    oracle = complex_step(
        lambda at: model.loss(at[0], at[1], LABELS, at[2], MASK, reduce),
        (params, xs, state0),
    )
    report = compare((found.grads, found.dxs, found.dstate0), oracle, 1e-12)
    assert report.ok, report
    ys_raw, unrolled = model.forward(params, xs, state0, MASK, batched)
    assert found.loss == ctc_loss(ys_raw, LABELS, MASK, reduce)[0]
    assert_same(found.state_T, unrolled.state_T)
    assert (found.dxs[~MASK] == 0).all()


def test_each_path_is_taken(rng):
    counted, calls = counting(RNN("tanh"))
    model, params, xs = drawn(counted, rng)
    for batched in (True, False):
        model.loss_and_grad(params, xs, LABELS, batched=batched)
        assert calls == ([] if batched else ["step"] * T + ["step_backward"] * T)


def test_the_fast_schedule_gives_the_same(rng):
    model, params, xs = drawn(Bidirectional(LSTM()), rng)
    fast = Transcriber(Model(Bidirectional(Fast(LSTM(), compiled=False)), D, H, V))
    want = model.loss_and_grad(params, xs, LABELS, mask=MASK)
    have = fast.loss_and_grad(params, xs, LABELS, mask=MASK)
    assert math.isclose(have.loss, want.loss, rel_tol=1e-13)
    assert largest_difference(have.grads, want.grads) <= 1e-13


def test_it_learns_what_it_is_not_told_the_place_of(rng, tmp_path):
    """Bumps in noise, upwards or downwards; how many and which, not where."""
    labels = [[0, 1, 1], [1], [0, 0], [], [1, 0]]
    xs = 0.1 * rng.standard_normal((14, 5, 1))
    for b, one in enumerate(labels):
        for i, v in enumerate(one):
            xs[2 + 4 * i, b] += 1 - 2 * v
    model = Transcriber(Model(Bidirectional(LSTM()), 1, 8, 3))
    mask = np.arange(14)[:, None] < [14, 6, 10, 14, 10]
    batches = [(xs, labels, {"mask": mask})]
    checkpoint = Checkpoint(tmp_path / "training.npz", every=50)
    fitted = fit(
        model, model.init(rng), batches, Adam(0.05), epochs=120, checkpoint=checkpoint
    )
    assert fitted.history.losses[-1] < 0.05 < fitted.history.losses[0]
    ys_raw = model.forward(fitted.params, xs, mask=mask).ys_raw
    assert [one.tolist() for one in best_path(ys_raw, mask)] == labels
    loss = model.loss(fitted.params, xs, labels, mask=mask, reduce="token")
    assert loss < fitted.history.losses[-1]


def test_the_example_runs():
    found = doctest.testmod(sys.modules[Transcriber.__module__])
    assert found.attempted >= 6 and not found.failed


def test_dropout_is_drawn_by_the_generator(rng):
    model, params, xs = drawn(Stacked((RNN("tanh"), LSTM()), 0.5), rng)
    dropped = [
        model.loss_and_grad(params, xs, LABELS, rng=np.random.default_rng(seed)).loss
        for seed in (0, 1, 1)
    ]
    assert dropped[0] != dropped[1] == dropped[2]
    same = model.loss(params, xs, LABELS, rng=np.random.default_rng(1))
    assert math.isclose(same, dropped[1], rel_tol=1e-15)


def test_precision_is_that_of_the_parameters(rng):
    model = Transcriber(Model(LSTM(), D, H, V))
    params = model.init(rng, np.float32)
    xs = rng.standard_normal((T, B, D)).astype(np.float32)
    found = model.loss_and_grad(params, xs, LABELS)
    assert found.loss.dtype == found.grads.W_hy.dtype == np.float32
    assert found.grads.cell.W_hh.dtype == np.float32


def test_what_cannot_be_trained_is_named(rng):
    model, params, xs = drawn(LSTM(), rng)
    with pytest.raises(TypeError, match=r"^model: expected Model, got LSTM"):
        Transcriber(LSTM())
    with pytest.raises(
        ValueError, match=r"^model: expected a readout at every step, got readout = 'fi"
    ):
        Transcriber(Model(LSTM(), D, H, V, readout="final"))
    for net in (model.cell, Bidirectional(LSTM())):
        model, params, xs = drawn(net, rng)
        for options in ({"truncation": Truncation(2)}, {"carry_state": True}):
            with pytest.raises(
                ValueError, match=r"^model: expected (readout='steps'|a net that reads)"
            ):
                fit(model, params, [(xs, LABELS)], SGD(0.1), **options)
    with pytest.raises(TypeError, match=r"^params: expected ModelParams"):
        fit(model, params.cell, [(xs, LABELS)], SGD(0.1))
    with pytest.raises(ValueError, match=r"^labels: expected 3 sequences"):
        fit(model, params, [(xs, LABELS[:2])], SGD(0.1))
    far = params._replace(b_y=np.array([-1e308, 0, 0, 1e308]))
    for call in (model.loss_and_grad, model.loss):
        with pytest.raises(NonFiniteError, match=r"^log_ps: "):
            call(far, xs, LABELS)
