"""What holds for every optimizer: schedules, limits, precision; a failed step harms
nothing.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from cases import assert_same, largest_difference
from hypothesis import given
from hypothesis import strategies as st
from optimizing import KINDS, OPTIMIZERS, PARAMS, gradients, run

from rnntutor import SGD, Adam, NonFiniteError, RMSProp
from rnntutor.train import clip_by_global_norm
from rnntutor.train.clipping import clip_by_value
from rnntutor.tree import flatten, leaves
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm

LIMITED = [
    SGD(0.1, 0.9, clip=0.01),
    RMSProp(0.1, clamp=0.3),
    Adam(0.1, clip=0.2, clamp=0.1),
]
each_kind = pytest.mark.parametrize("kind", KINDS)
each_optimizer = pytest.mark.parametrize("optimizer", [*OPTIMIZERS, *LIMITED], ids=str)
finite = st.floats(-1e6, 1e6)


def spoil(tree, name, value):
    """A copy with one number replaced in the named leaf."""

    def put(array):
        array = array.copy()
        array.flat[-1] = value
        return array

    spoilt = {key: put(array) if key == name else array for key, array in leaves(tree)}
    values = iter(spoilt.values())
    return tree_map(lambda _: next(values), tree)


LEAVES = [name for name, _ in leaves(PARAMS)]

# Weight decay


@pytest.mark.equation("eq-weight-decay")
@each_optimizer
def test_decay_takes_a_share_of_the_parameters_and_nothing_else_notices(optimizer):
    """Decoupled: the first step is that without it and one more, toward 0."""
    decaying = replace(optimizer, decay=0.5)
    (grads,) = gradients(1)
    without = optimizer.update(PARAMS, grads, optimizer.init(PARAMS))
    update = decaying.update(PARAMS, grads, decaying.init(PARAMS))
    want = tree_map(lambda new, p: new - 0.1 * 0.5 * p, without.params, PARAMS)
    assert largest_difference(update.params, want) <= 1e-15
    assert update.norm == without.norm
    for name in optimizer.slots:
        assert_same(getattr(update.state, name), getattr(without.state, name))


@pytest.mark.equation("eq-weight-decay")
@each_kind
def test_without_a_gradient_decay_leaves_a_fixed_share_per_update(kind):
    still = [tree_map(np.zeros_like, PARAMS)] * 10
    last = run(kind(0.1, decay=0.5), still)[-1]
    want = tree_map(lambda p: (1 - 0.1 * 0.5) ** 10 * p, PARAMS)
    assert largest_difference(last, want) <= 1e-15


# Limits on the gradient


@pytest.mark.equation("eq-clip")
@given(st.lists(finite, min_size=1, max_size=8), st.floats(1e-6, 1e6))
def test_clipping_keeps_the_direction(numbers, max_norm):
    grads = (np.array(numbers), np.array([numbers[0]]))
    clipped, norm = clip_by_global_norm(grads, max_norm)
    assert norm == global_norm(grads)
    if norm <= max_norm:
        assert_same(clipped, grads)
    else:
        assert math.isclose(global_norm(clipped), max_norm, rel_tol=1e-12)
        np.testing.assert_allclose(
            flatten(clipped) * norm, flatten(grads) * max_norm, rtol=1e-12, atol=1e-300
        )


@given(st.lists(finite, min_size=1, max_size=8), st.floats(1e-6, 1e6))
def test_clamping_changes_only_what_lies_beyond(numbers, limit):
    grads = (np.array(numbers), np.array([[numbers[0]]]))
    for g, clamped in zip(grads, clip_by_value(grads, limit), strict=True):
        expected = [math.copysign(min(abs(x), limit), x) for x in g.ravel().tolist()]
        np.testing.assert_array_equal(clamped.ravel(), expected)


@pytest.mark.equation("eq-clip")
def test_a_clipped_step_is_at_most_so_long():
    grads = gradients(1)[0]
    norm = global_norm(grads)
    for clip in (norm / 10, norm * 10):
        update = SGD(lr=0.5, clip=clip).update(PARAMS, grads, SGD(lr=0.5).init(PARAMS))
        moved = global_norm(tree_map(np.subtract, update.params, PARAMS))
        assert math.isclose(moved, 0.5 * min(norm, clip), rel_tol=1e-12)
        assert update.norm == norm  # before clipping


@each_kind
def test_the_limits_are_put_on_the_gradient_before_anything_else(kind):
    """First each number, then the length."""
    g = gradients(3)
    limited = [clip_by_global_norm(clip_by_value(grads, 0.5), 1.0)[0] for grads in g]
    assert_same(run(kind(0.1, clip=1.0, clamp=0.5), g)[-1], run(kind(0.1), limited)[-1])
    assert_same(
        run(kind(0.1, clamp=0.5), g)[-1],
        run(kind(0.1), [clip_by_value(one, 0.5) for one in g])[-1],
    )
    assert (
        largest_difference(
            run(kind(0.1, clip=1.0), g)[-1], run(kind(0.1, clamp=0.5), g)[-1]
        )
        > 1e-6
    )


# The learning rate


@each_optimizer
def test_a_step_is_proportional_to_the_rate(optimizer):
    g = gradients(3)
    for grads, state in (
        (g[0], optimizer.init(PARAMS)),
        (g[1], optimizer.update(PARAMS, *g[:1], optimizer.init(PARAMS)).state),
    ):
        once, twice = (
            type(optimizer)(**vars(optimizer) | {"lr": lr}).update(PARAMS, grads, state)
            for lr in (0.1, 0.2)
        )
        assert (once.lr, twice.lr) == (
            0.1,
            0.2,
        ) and once.norm == twice.norm == global_norm(grads)
        moved = [
            tree_map(np.subtract, update.params, PARAMS) for update in (once, twice)
        ]
        assert largest_difference(tree_map(lambda d: 2 * d, moved[0]), moved[1]) < 1e-14


@each_kind
def test_the_schedule_is_asked_with_the_number_of_updates(kind):
    asked = []

    def schedule(n):
        asked.append(n)
        return 1 / (n + 1)

    optimizer = kind(lr=schedule)
    params, state, lrs = PARAMS, optimizer.init(PARAMS), []
    for grads in gradients(3):
        params, state, _, lr = optimizer.update(params, grads, state)
        lrs.append(lr)
    assert asked == [0, 1, 2] and lrs == [1, 1 / 2, 1 / 3] and state.updates == 3


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.3),
        SGD(0.1, momentum=0.8),
        SGD(0.3, clip=0.5),
        SGD(0.3, clamp=0.5),
        RMSProp(lambda n: 0.3 * 0.99**n),
        Adam(lambda n: 0.3 * 0.99**n),
    ],
)
def test_a_quadratic_is_minimized(optimizer):
    at = (np.array([5.0, -3.0]),)
    state = optimizer.init(at)
    for _ in range(1000):
        at, state, _, _ = optimizer.update(at, at, state)
    assert global_norm(at) < 1e-6


# Precision


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_optimizer
def test_dtype_stays(optimizer, dtype):
    params, *grads = (
        tree_map(lambda a: a.astype(dtype), tree) for tree in (PARAMS, *gradients(2))
    )
    update = optimizer.update(params, grads[0], optimizer.init(params))
    again = optimizer.update(update.params, grads[1], update.state)
    trees = [
        update.params,
        again.params,
        clip_by_global_norm(grads[0], 0.1)[0],
        clip_by_value(grads[0], 0.1),
    ]
    trees += [getattr(again.state, name) for name in optimizer.slots]
    assert {leaf.dtype for tree in trees for _, leaf in leaves(tree)} == {
        np.dtype(dtype)
    }


@each_optimizer
def test_nothing_is_changed_in_place(optimizer):
    g = gradients(2)
    state = optimizer.update(PARAMS, g[0], optimizer.init(PARAMS)).state
    arguments = (PARAMS, g[1], tuple(getattr(state, name) for name in optimizer.slots))
    before = tree_map(np.copy, arguments)
    optimizer.update(PARAMS, g[1], state)
    assert_same(arguments, before)


@each_optimizer
def test_leaves_do_not_mix(optimizer):
    """A leaf moves as it would alone, unless the length of the whole gradient is
    limited.
    """
    if optimizer.clip is None:
        g = gradients(3)
        alone = run(optimizer, [(grads.W_hy,) for grads in g], (PARAMS.W_hy,))
        np.testing.assert_array_equal(run(optimizer, g)[-1].W_hy, alone[-1][0])


# Not finite


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", LEAVES)
@each_optimizer
def test_a_gradient_that_is_not_finite_is_named(optimizer, name, value):
    state, before = optimizer.init(PARAMS), tree_map(np.copy, PARAMS)
    with pytest.raises(
        NonFiniteError,
        match=rf"^grads\.{name}: 1 non-finite of .* lower the learning rate",
    ) as error:
        optimizer.update(PARAMS, spoil(gradients(1)[0], name, value), state)
    assert error.value.tensor == f"grads.{name}"
    assert_same(PARAMS, before)


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("optimizer", [SGD(1e10), SGD(1e10, momentum=0.9)], ids=str)
def test_an_update_that_overflows_is_not_taken(optimizer, name):
    grads = spoil(gradients(1)[0], name, 1e300)
    with pytest.raises(NonFiniteError, match=rf"^params\.{name}: .* was not taken"):
        optimizer.update(PARAMS, grads, optimizer.init(PARAMS))


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize(
    "optimizer", [RMSProp(1e308, eps=1e-300), Adam(1e308, eps=1e-300)], ids=str
)
def test_a_rate_that_overflows_is_not_taken(optimizer, name):
    params = spoil(PARAMS, name, 1.5e308)
    grads = spoil(tree_map(np.zeros_like, PARAMS), name, -1.0)
    with pytest.raises(NonFiniteError, match=rf"^params\.{name}: .* was not taken"):
        optimizer.update(params, grads, optimizer.init(PARAMS))


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("optimizer", [RMSProp(0.1), Adam(0.1)], ids=str)
def test_a_square_that_overflows_is_no_step_of_length_zero(optimizer, name):
    """1e200 is finite and its square is not: divided by it the step would vanish, from
    then on for ever.
    """
    grads = spoil(gradients(1)[0], name, 1e200)
    with pytest.raises(
        NonFiniteError, match=rf"^state\.square\.{name}: .* was not taken"
    ):
        optimizer.update(PARAMS, grads, optimizer.init(PARAMS))


@each_kind
def test_a_norm_beyond_the_largest_float_is_no_step_of_length_zero(kind):
    grads = tree_map(lambda p: np.full_like(p, 1.5e308), PARAMS)
    optimizer = kind(lr=0.1, clip=1.0)
    with pytest.raises(NonFiniteError, match=r"^grads: global norm is inf"):
        optimizer.update(PARAMS, grads, optimizer.init(PARAMS))
    for limit in (clip_by_global_norm, clip_by_value):
        with pytest.raises(NonFiniteError, match=r"^grads: global norm is inf"):
            limit(grads, 1.0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("limit", [clip_by_global_norm, clip_by_value])
def test_limits_do_not_hide_what_is_not_finite(limit, value):
    with pytest.raises(NonFiniteError, match=r"^grads: "):
        limit(spoil(gradients(1)[0], "W_hy", value), 1.0)
