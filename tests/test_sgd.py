"""SGD: the update rule, momentum, clipping; and that a failed step has harmed nothing."""

import math

import numpy as np
import pytest
from cases import assert_same, largest_difference, normal_like
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import RNN, SGD, Model, NonFiniteError, clip_by_global_norm, flatten, global_norm, tree_map

PARAMS = Model(RNN(), 2, 3, 4).init(np.random.default_rng(0))
finite = st.floats(-1e6, 1e6)


def run(optimiser, gradients, params=PARAMS):
    """Parameters after each of these gradients in turn."""
    state, seen = optimiser.init(params), []
    for grads in gradients:
        params, state, _, _ = optimiser.update(params, grads, state)
        seen.append(params)
    return seen


def gradients(n, seed=1):
    rng = np.random.default_rng(seed)
    return [normal_like(PARAMS, rng) for _ in range(n)]


@pytest.mark.equation("eq-sgd")
def test_plain_steps():
    g = gradients(2)
    first, second = run(SGD(lr=0.1), g)
    assert largest_difference(first, tree_map(lambda p, g: p - 0.1 * g, PARAMS, g[0])) <= 1e-16
    assert largest_difference(second, tree_map(lambda p, g: p - 0.1 * g, first, g[1])) <= 1e-16


@pytest.mark.equation("eq-momentum")
def test_momentum_sums_past_gradients_with_falling_weight():
    g = gradients(4)
    have = run(SGD(lr=0.1, momentum=0.9), g)[-1]

    def expected(p, *g):
        # step n takes Σ_k μ^{n−k} g_k; the steps add up
        return p - 0.1 * sum(sum(0.9 ** (n - k) * g[k] for k in range(n + 1)) for n in range(len(g)))

    assert largest_difference(have, tree_map(expected, PARAMS, *g)) <= 1e-15


@pytest.mark.equation("eq-momentum")
def test_momentum_under_a_constant_gradient_approaches_a_factor():
    steps = run(SGD(lr=0.1, momentum=0.9), gradients(1) * 400)
    last = tree_map(np.subtract, steps[-2], steps[-1])
    assert largest_difference(last, tree_map(lambda g: 0.1 / (1 - 0.9) * g, gradients(1)[0])) <= 1e-12


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


@pytest.mark.equation("eq-clip")
def test_a_clipped_step_is_at_most_so_long():
    grads = gradients(1)[0]
    norm = global_norm(grads)
    for clip in (norm / 10, norm * 10):
        update = SGD(lr=0.5, clip=clip).update(PARAMS, grads, SGD(lr=0.5).init(PARAMS))
        moved = global_norm(tree_map(np.subtract, update.params, PARAMS))
        assert math.isclose(moved, 0.5 * min(norm, clip), rel_tol=1e-12)
        assert update.norm == norm  # before clipping


def test_momentum_remembers_the_clipped_gradient():
    grads = gradients(1)[0]
    update = SGD(lr=1.0, momentum=0.5, clip=1.0).update(PARAMS, grads, SGD(1.0, 0.5).init(PARAMS))
    assert math.isclose(global_norm(update.state.velocity), 1.0, rel_tol=1e-12)


def test_the_schedule_is_asked_with_the_number_of_updates():
    asked = []

    def schedule(n):
        asked.append(n)
        return 1 / (n + 1)

    optimiser = SGD(lr=schedule)
    params, state, lrs = PARAMS, optimiser.init(PARAMS), []
    for grads in gradients(3):
        params, state, _, lr = optimiser.update(params, grads, state)
        lrs.append(lr)
    assert asked == [0, 1, 2] and lrs == [1, 1 / 2, 1 / 3] and state.updates == 3
    expected = tree_map(lambda p, a, b, c: p - a - b / 2 - c / 3, PARAMS, *gradients(3))
    assert largest_difference(params, expected) <= 1e-15


def test_a_quadratic_is_minimised():
    params = (np.array([5.0, -3.0]),)
    for optimiser in (SGD(0.3), SGD(0.1, momentum=0.8), SGD(0.3, clip=0.5)):
        at, state = params, optimiser.init(params)
        for _ in range(200):
            at, state, _, _ = optimiser.update(at, at, state)
        assert global_norm(at) < 1e-8


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("optimiser", [SGD(0.1), SGD(0.1, 0.9, 0.01), SGD(lambda n: 0.1)])
def test_dtype_stays(optimiser, dtype):
    params, grads = (tree_map(lambda a: a.astype(dtype), tree) for tree in (PARAMS, gradients(1)[0]))
    update = optimiser.update(params, grads, optimiser.init(params))
    again = optimiser.update(update.params, grads, update.state)
    for tree in (update.params, again.params, clip_by_global_norm(grads, 0.1)[0]):
        assert {leaf.dtype for leaf in (*tree.cell, *tree[1:])} == {np.dtype(dtype)}


def spoil(tree, name, value):
    """A copy with one number replaced in the named leaf."""

    def put(array):
        array = array.copy()
        array.flat[-1] = value
        return array

    if name.startswith("cell."):
        part = name.removeprefix("cell.")
        return tree._replace(cell=tree.cell._replace(**{part: put(getattr(tree.cell, part))}))
    return tree._replace(**{name: put(getattr(tree, name))})


LEAVES = ["cell.W_xh", "cell.W_hh", "cell.b_h", "W_hy", "b_y"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("optimiser", [SGD(0.1), SGD(0.1, clip=1.0), SGD(0.1, momentum=0.9)], ids=str)
def test_a_gradient_that_is_not_finite_is_named(optimiser, name, value):
    state, before = optimiser.init(PARAMS), tree_map(np.copy, PARAMS)
    with pytest.raises(
        NonFiniteError, match=rf"^grads\.{name}: 1 non-finite of .* lower the learning rate"
    ) as error:
        optimiser.update(PARAMS, spoil(gradients(1)[0], name, value), state)
    assert error.value.tensor == f"grads.{name}"
    assert_same(PARAMS, before)


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_an_update_that_overflows_is_not_taken(name, momentum):
    optimiser = SGD(lr=1e10, momentum=momentum)
    grads = spoil(gradients(1)[0], name, 1e300)
    with pytest.raises(NonFiniteError, match=rf"^params\.{name}: .* was not taken"):
        optimiser.update(PARAMS, grads, optimiser.init(PARAMS))


def test_a_norm_beyond_the_largest_float_is_no_step_of_length_zero():
    grads = tree_map(lambda p: np.full_like(p, 1.5e308), PARAMS)
    optimiser = SGD(lr=0.1, clip=1.0)
    with pytest.raises(NonFiniteError, match=r"^grads: global norm is inf"):
        optimiser.update(PARAMS, grads, optimiser.init(PARAMS))
    with pytest.raises(NonFiniteError, match=r"^grads: global norm is inf"):
        clip_by_global_norm(grads, 1.0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_clipping_does_not_hide_what_is_not_finite(value):
    with pytest.raises(NonFiniteError, match=r"^grads: "):
        clip_by_global_norm(spoil(gradients(1)[0], "W_hy", value), 1.0)
