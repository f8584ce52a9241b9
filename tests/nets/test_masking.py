"""Padding is not there: a masked batch gives what the sequences alone, without it,
would have given.
"""

import numpy as np
import pytest
from cases import (
    FAST,
    assert_same,
    batch,
    each_cell,
    each_fast,
    each_path,
    largest_difference,
    normal_like,
    problem,
)
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import RNN, SGD, Embedded, Model, backward_steps, fit, forward, softmax
from rnntutor.model.losses import REDUCE
from rnntutor.nets.base import Layer
from rnntutor.nets.embedded import EmbeddedParams
from rnntutor.tree import map as tree_map

T, B = 6, 3
LENGTHS = np.arange(T)[:, None] < [6, 2, 4]  # padding at the end, as batches have it
# anywhere
HOLES = np.array(
    [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0], [1, 1, 0], [0, 1, 1]], bool
)
masks = st.lists(st.booleans(), min_size=T * B, max_size=T * B).map(
    lambda m: np.array(m).reshape(T, B)
)
each_mask = pytest.mark.parametrize("mask", [LENGTHS, HOLES], ids=["lengths", "holes"])


def close(have, want):
    size = max([1.0, *(np.max(np.abs(leaf)) for leaf in _leaves(want))])
    assert largest_difference(have, want) <= 1e-14 * size


def _leaves(tree):
    return (
        [leaf for branch in tree for leaf in _leaves(branch)]
        if isinstance(tree, tuple)
        else [tree]
    )


def row(tree, b):
    return tree_map(lambda part: part[b : b + 1], tree)


def check_states(net, batched, mask, seed=0):
    """`forward` and `backward` against each sequence alone with its padding cut out."""
    drawn = problem(net.cell, (T, B, 3, 4), np.random.default_rng(seed), scale=0.7)
    padded = np.where(mask[..., None], drawn.xs, np.nan)
    unrolled = net.forward(drawn.params, padded, drawn.state0, mask, batched)
    dxs, dstate0, dparams = net.backward(
        drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched
    )
    total = tree_map(np.zeros_like, dparams)
    for b in range(B):
        kept = np.flatnonzero(mask[:, b])
        state0, dstate_T = row(drawn.state0, b), row(drawn.dstate_T, b)
        # the state stands still, and hands every derivative back to the initial one
        if not kept.size:
            assert_same(row(unrolled.state_T, b), state0)
            handed = dstate_T._replace(h=dstate_T.h + drawn.dhs[:, b].sum(axis=0))
            close(row(dstate0, b), handed)
            continue
        alone = net.forward(
            drawn.params, drawn.xs[kept, b : b + 1], state0, batched=batched
        )
        steps_done = np.concatenate([[0], mask[:, b].cumsum()])
        close(unrolled.hs[:, b], alone.hs[steps_done, 0])
        close(row(unrolled.state_T, b), alone.state_T)
        # the cotangents of padded steps belong to the state that stood still there
        dhs = np.zeros((len(kept) + 1, 1, 4))
        np.add.at(dhs[:, 0], steps_done[1:], drawn.dhs[:, b])
        dxs_b, dstate0_b, dparams_b = net.backward(
            drawn.params, alone, dhs[1:], dstate_T, batched
        )
        close(dxs[kept, b], dxs_b[:, 0])
        close(row(dstate0, b), dstate0_b._replace(h=dstate0_b.h + dhs[0]))
        total = tree_map(np.add, total, dparams_b)
    assert (dxs[~mask] == 0).all()
    close(dparams, total)


@each_mask
@each_path
@each_cell
def test_states_and_gradients_are_those_without_padding(cell, batched, mask):
    check_states(Layer(cell), batched, mask)


@each_path
@given(masks)
def test_states_and_gradients_are_those_without_padding_for_any_mask(batched, mask):
    check_states(Layer(RNN("tanh")), batched, mask)


@each_mask
@each_fast
def test_so_they_are_on_the_fast_schedule(net, mask):
    check_states(net, True, mask)


@pytest.mark.slow
@given(masks, st.sampled_from(FAST))
def test_so_they_are_on_the_fast_schedule_for_any_mask(mask, net):
    check_states(net, True, mask)


@each_mask
@each_path
@each_cell
@pytest.mark.parametrize("reduce", REDUCE)
def test_the_loss_and_its_gradients_are_those_without_padding(
    cell, batched, mask, reduce
):
    model, params, xs, targets, state0 = batch(
        cell, (T, B, 3, 4), 5, np.random.default_rng(0), scale=0.6
    )
    result = model.loss_and_grad(
        params, xs, targets, state0, mask, reduce, batched=batched
    )
    n = mask.sum(axis=0)
    weight = {
        "sum": np.ones(B),
        "token": np.full(B, 1 / n.sum()),
        "sequence": 1 / (n * B),
    }[reduce]
    loss, grads = 0.0, tree_map(np.zeros_like, params)
    for b in range(B):
        kept = np.flatnonzero(mask[:, b])
        alone = model.loss_and_grad(
            params,
            xs[kept, b : b + 1],
            targets[kept, b : b + 1],
            row(state0, b),
            reduce="sum",
            batched=batched,
        )
        loss += weight[b] * alone.loss
        grads = tree_map(
            lambda total, one, w=weight[b]: total + w * one, grads, alone.grads
        )
        close(result.dxs[kept, b], weight[b] * alone.dxs[:, 0])
        close(
            row(result.dstate0, b),
            tree_map(lambda d, w=weight[b]: w * d, alone.dstate0),
        )
        close(row(result.state_T, b), alone.state_T)
    close(np.array(result.loss), np.array(loss))
    close(result.grads, grads)
    assert abs(
        model.loss(params, xs, targets, state0, mask, reduce) - loss
    ) <= 1e-14 * max(1, loss)


@pytest.mark.parametrize("rubbish", [np.nan, np.inf, -np.inf, 1e300])
@each_mask
@each_path
@each_cell
def test_what_stands_in_the_padding_never_leaks(cell, batched, mask, rubbish):
    """To the last bit: not in the states, the loss, or any gradient."""
    model, params, xs, targets, state0 = batch(
        cell, (T, B, 3, 4), 5, np.random.default_rng(0), scale=0.6
    )
    want = model.loss_and_grad(params, xs, targets, state0, mask, batched=batched)
    spoilt = np.where(mask[..., None], xs, rubbish)
    wrong = np.where(mask, targets, -(10**6))
    have = model.loss_and_grad(params, spoilt, wrong, state0, mask, batched=batched)
    assert have.loss == want.loss
    for part in ("grads", "state_T", "dxs", "dstate0"):
        assert_same(getattr(have, part), getattr(want, part))
    assert np.isfinite(have.unrolled.hs).all()


@pytest.mark.parametrize("rubbish", [np.nan, np.inf, -np.inf, 1e300])
@each_mask
@each_fast
def test_nothing_leaks_on_the_fast_schedule(net, mask, rubbish):
    """From vectors and from symbols, to the last bit."""
    _, params, xs, targets, state0 = batch(
        net.cell, (T, B, 3, 4), 5, np.random.default_rng(0), scale=0.6
    )
    ids = np.random.default_rng(1).integers(0, 3, (T, B))
    spoilt, wrong = (
        np.where(mask[..., None], xs, rubbish),
        np.where(mask, ids, -(10**6)),
    )
    for reader, clean, dirty in ((net, xs, spoilt), (Embedded(net, 3), ids, wrong)):
        model = Model(reader, 3, 4, 5)
        if clean is ids:
            params = params._replace(cell=EmbeddedParams(np.eye(3), params.cell))
        want = model.loss_and_grad(params, clean, targets, state0, mask)
        have = model.loss_and_grad(
            params, dirty, np.where(mask, targets, -(10**6)), state0, mask
        )
        assert have.loss == want.loss
        for part in ("grads", "state_T", "dstate0", "dxs")[: 4 if clean is xs else 3]:
            assert_same(getattr(have, part), getattr(want, part))
        assert np.isfinite(have.unrolled.outputs).all()


@each_path
@each_cell
def test_a_mask_without_padding_changes_nothing(cell, batched, rng):
    model, params, xs, targets, state0 = batch(cell, (T, B, 3, 4), 5, rng)
    plain = model.loss_and_grad(params, xs, targets, state0, batched=batched)
    masked = model.loss_and_grad(
        params, xs, targets, state0, np.ones((T, B), bool), batched=batched
    )
    assert plain.loss == masked.loss
    assert_same(plain.grads, masked.grads)
    assert_same(plain.dxs, masked.dxs)


@each_cell
def test_adjoints_within_the_padding_are_zero(cell, rng):
    """The step did not happen, so nothing depends on what it would have computed."""
    drawn = problem(cell, (T, B, 3, 4), rng)
    unrolled = forward(cell, drawn.params, drawn.xs, drawn.state0, HOLES)
    for step in backward_steps(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T):
        padding = ~HOLES[step.t - 1]
        for part in (*step.grads, step.dx):
            assert (part[padding] == 0).all()
        assert (step.dstate_prev.h[padding] != 0).all()


def test_training_never_sees_the_padding(rng):
    model = Model(RNN("tanh"), 3, 4, 5)
    params = model.init(rng)
    xs, targets = rng.standard_normal((T, B, 3)), rng.integers(0, 5, (T, B))
    spoilt = np.where(LENGTHS[..., None], xs, np.nan)
    clean, dirty = (
        fit(
            model,
            params,
            [(x, targets, {"mask": LENGTHS})],
            SGD(0.1, clip=1.0),
            epochs=5,
        )
        for x in (xs, spoilt)
    )
    assert_same(clean.params, dirty.params)


def test_outputs_at_padded_steps_repeat_the_last_real_one(rng):
    model, params, xs, _, state0 = batch(RNN("tanh"), (T, B, 3, 4), 5, rng)
    ys = softmax(model.forward(params, xs, state0, LENGTHS).ys_raw)
    np.testing.assert_array_equal(ys[2:, 1], np.broadcast_to(ys[1, 1], (T - 2, 5)))


def test_inputs_are_zero_where_they_are_padding(rng):
    drawn = problem(RNN("tanh"), (T, B, 3, 4), rng)
    unrolled = forward(RNN("tanh"), *drawn.inputs, mask=HOLES)
    np.testing.assert_array_equal(unrolled.xs, np.where(HOLES[..., None], drawn.xs, 0))


def test_normal_like_is_random(rng):
    """The helpers of these tests must not hand out zeros."""
    assert (normal_like(np.zeros((2, 3)), rng) != 0).all()
