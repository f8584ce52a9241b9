"""First parameters, and what a model promises beyond its gradients."""

import math
from dataclasses import FrozenInstanceError, fields, replace
from itertools import combinations

import numpy as np
import pytest
from cases import (
    assert_same,
    batch,
    counting,
    each_affine_cell,
    each_cell,
    each_path,
    largest_difference,
)

from rnntutor import LSTM, RNN, SGD, Fast, Model, Stacked, Truncation
from rnntutor.model.losses import log_softmax
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map


@pytest.mark.parametrize("H", [1, 4, 100])
@each_cell
def test_first_weights_are_uniform_within_their_bound(cell, H):
    params = Model(cell, 50, H, 30).init(np.random.default_rng(0))
    bound = 1 / math.sqrt(H)
    for name, leaf in leaves(params):
        if leaf.ndim == 1:  # biases, and what is a radius or an angle
            continue
        assert np.abs(leaf).max() <= bound, name
        if leaf.size > 1000:
            assert np.abs(leaf).max() > 0.99 * bound, name
            assert abs(leaf.mean()) < 0.05 * bound, name
            assert math.isclose(leaf.std(), bound / math.sqrt(3), rel_tol=0.05), name


def test_first_biases_are_zero():
    params = Model(RNN("tanh"), 2, 3, 4).init(np.random.default_rng(0))
    assert (params.cell.b_h == 0).all() and (params.b_y == 0).all()


@each_cell
def test_no_two_parameters_share_memory(cell):
    arrays = [
        leaf for _, leaf in leaves(Model(cell, 2, 3, 4).init(np.random.default_rng(0)))
    ]
    assert not any(np.shares_memory(*pair) for pair in combinations(arrays, 2))


@each_cell
def test_the_same_generator_gives_the_same_parameters(cell):
    model = Model(cell, 2, 3, 4)
    one, same, other = (model.init(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert_same(one, same)
    assert largest_difference(one, other) > 0.01


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@each_cell
def test_precision_of_the_first_parameters(cell, dtype):
    params = Model(cell, 2, 3, 4).init(np.random.default_rng(0), dtype)
    assert {leaf.dtype for _, leaf in leaves(params)} == {np.dtype(dtype)}
    double = Model(cell, 2, 3, 4).init(np.random.default_rng(0))
    assert largest_difference(params, double) < 5e-7  # the same numbers, rounded


@each_path
@each_cell
def test_what_loss_and_grad_returns(cell, batched, rng):
    model, params, xs, targets, state0 = batch(cell, (4, 2, 3, 5), 6, rng)
    result = model.loss_and_grad(params, xs, targets, state0, batched=batched)
    ys_raw, unrolled = model.forward(params, xs, state0, batched=batched)
    log_ys = np.take_along_axis(log_softmax(ys_raw), targets[..., None], -1)
    assert math.isclose(result.loss, -log_ys.mean())
    assert_same(result.state_T, unrolled.state_T)
    np.testing.assert_array_equal(result.unrolled.hs, unrolled.hs)
    for name, leaf in leaves(params):
        assert dict(leaves(result.grads))[name].shape == leaf.shape
    assert type(result.grads) is type(params) and type(result.grads.cell) is type(
        params.cell
    )
    assert result.dxs.shape == xs.shape and type(result.dstate0) is type(state0)


@each_affine_cell
def test_each_path_is_taken(cell, rng):
    counted, calls = counting(cell)
    model, params, xs, targets, _ = batch(counted, (3, 2, 4, 5), 6, rng)
    for batched in (True, False):
        model.loss_and_grad(params, xs, targets, batched=batched)
        assert calls == ([] if batched else ["step"] * 3 + ["step_backward"] * 3)


def test_dropout_and_padding_are_those_of_the_gradient(rng):
    model = Model(Stacked((RNN("tanh"), LSTM()), 0.5), 3, 4, 5, readout="final")
    params, xs = model.init(rng), rng.standard_normal((6, 2, 3))
    labels, mask = np.array([[4, 1]]), np.arange(6)[:, None] < [6, 2]

    def dropped(seed):
        rng = np.random.default_rng(seed)
        return model.loss_and_grad(params, xs, labels, mask=mask, rng=rng).loss

    for seed in (0, 1):
        for rng in (np.random.default_rng(seed), seed):
            assert model.loss(params, xs, labels, mask=mask, rng=rng) == dropped(seed)
    assert dropped(0) != dropped(1)


def test_a_net_brings_its_own_kernels(rng, monkeypatch):
    model, params, xs, *_ = batch(RNN("tanh"), (4, 2, 3, 5), 6, rng)
    fast = replace(model, cell=Fast(model.cell, compiled=False))
    monkeypatch.setattr(fast.net.kernels, "read_out", lambda *given: given[0])
    assert fast.forward(params, xs).ys_raw.shape == (
        4,
        2,
        5,
    )  # the states, not read out
    assert model.forward(params, xs).ys_raw.shape == (4, 2, 6)


def test_fused_kernels_give_the_same(rng):
    model, params, xs, targets, state0 = batch(RNN("tanh"), (4, 2, 3, 5), 6, rng)
    fast = replace(model, cell=Fast(model.cell, compiled=False))
    want, have = (
        net.loss_and_grad(params, xs, targets, state0) for net in (model, fast)
    )
    assert math.isclose(want.loss, have.loss, rel_tol=1e-14)
    assert largest_difference(want.grads, have.grads) < 1e-13


@each_path
@each_cell
def test_twice_the_same_is_the_same(cell, batched, rng):
    model, params, xs, targets, state0 = batch(cell, (4, 2, 3, 5), 6, rng)
    one, two = (
        model.loss_and_grad(params, xs, targets, state0, batched=batched)
        for _ in range(2)
    )
    assert one.loss == two.loss
    assert_same((one.grads, one.dxs, one.dstate0), (two.grads, two.dxs, two.dstate0))


@each_cell
def test_the_loss_falls_along_the_gradient_as_fast_as_it_says(cell, rng):
    model, params, xs, targets, state0 = batch(cell, (4, 2, 3, 5), 6, rng, scale=0.5)
    loss, grads, *_ = model.loss_and_grad(params, xs, targets, state0)
    slope = sum((leaf**2).sum() for _, leaf in leaves(grads))
    step = 1e-6
    moved = tree_map(lambda p, g: p - step * g, params, grads)
    assert math.isclose(
        (loss - model.loss(moved, xs, targets, state0)) / step, slope, rel_tol=1e-4
    )


@pytest.mark.parametrize(
    "value",
    [RNN("tanh"), Model(RNN("tanh"), 2, 3, 4), SGD(0.1), Truncation(3)],
    ids=str,
)
def test_settings_are_values(value):
    """They cannot be changed, and those with the same contents are equal."""
    assert value == replace(value) and hash(value) == hash(replace(value))
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, getattr(value, field.name))
    assert Model(RNN("tanh"), 2, 3, 4) != Model(RNN("relu"), 2, 3, 4) and RNN(
        "sigmoid"
    ) == RNN("sigmoid")
