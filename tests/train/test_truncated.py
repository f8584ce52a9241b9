"""Truncated backpropagation through time: what the three knobs do, and what they leave
as it was.
"""

import numpy as np
import pytest
from cases import assert_same, batch, each_cell, largest_difference, normal_like
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import RNN, Truncation, compare, complex_step
from rnntutor.train import truncated_gradient, window_gradients
from rnntutor.train.truncated import walk
from rnntutor.tree import map as tree_map

lengths = st.integers(1, 60)


@st.composite
def truncations(draw):
    chunk = draw(st.integers(1, 40))
    return Truncation(chunk, draw(st.none() | st.integers(1, chunk)))


@given(lengths, truncations())
def test_fresh_parts_cover_each_step_once(T, truncation):
    windows = truncation.windows(T)
    covered = [step for window in windows for step in range(window.fresh, window.stop)]
    assert covered == list(range(T))
    stride = truncation.stride or truncation.chunk
    assert all(window.stop - window.fresh == stride for window in windows[:-1])


@given(lengths, truncations())
def test_a_window_reaches_back_a_chunk(T, truncation):
    for window in truncation.windows(T):
        assert window.start == max(0, window.stop - truncation.chunk) <= window.fresh


def test_windows_by_hand():
    assert Truncation(4).windows(10) == [(0, 0, 4), (4, 4, 8), (6, 8, 10)]
    assert Truncation(5, 2).windows(8) == [(0, 0, 2), (0, 2, 4), (1, 4, 6), (3, 6, 8)]
    assert Truncation(3, 1).windows(4) == [(0, 0, 1), (0, 1, 2), (0, 2, 3), (1, 3, 4)]
    assert Truncation(9).windows(4) == [(0, 0, 4)]


@pytest.fixture
def case(cell):
    return batch(cell, (7, 2, 3, 4), 5, np.random.default_rng(7), scale=0.6)


@pytest.mark.parametrize("stride", [1, 2, 3, 5, 7, None])
@pytest.mark.parametrize("chunk", [7, 20])
@each_cell
def test_a_chunk_of_the_whole_length_gives_the_full_gradient(cell, case, chunk, stride):
    full = case.model.loss_and_grad(
        case.params, case.xs, case.targets, case.state0, reduce="token"
    )
    loss, grads = truncated_gradient(
        case.model,
        case.params,
        case.xs,
        case.targets,
        Truncation(chunk, stride),
        case.state0,
    )
    assert abs(loss - full.loss) <= 1e-14
    report = compare(grads, full.grads, 1e-12)
    assert report.ok, report


@given(st.data())
def test_a_chunk_of_the_whole_length_gives_the_full_gradient_for_any_T(data):
    T = data.draw(st.integers(1, 12))
    stride = data.draw(st.integers(1, T))
    model, params, xs, targets, state0 = batch(
        RNN("tanh"), (T, 2, 2, 3), 4, np.random.default_rng(T), scale=0.6
    )
    full = model.loss_and_grad(params, xs, targets, state0, reduce="token")
    _, grads = truncated_gradient(
        model, params, xs, targets, Truncation(T, stride), state0
    )
    assert compare(grads, full.grads, 1e-12).ok


@pytest.mark.parametrize("carry", [True, False])
@pytest.mark.parametrize(
    ("chunk", "stride"), [(1, 1), (3, None), (3, 2), (4, 1), (5, 5), (6, 2)]
)
@each_cell
def test_a_window_s_gradient_treats_its_first_state_as_given(
    cell, case, chunk, stride, carry
):
    """Against the complex step of the loss of the fresh steps, from a state that does
    not move.
    """
    model, params, xs, targets, state0 = case
    states = model.forward(params, xs, state0).unrolled.states
    truncation = Truncation(chunk, stride, carry)
    seen = 0
    for window, result in window_gradients(
        model, params, xs, targets, truncation, state0
    ):
        part = slice(window.start, window.stop)
        scored = np.zeros((window.stop - window.start, 2), bool)
        scored[window.fresh - window.start :] = True
        start = states[window.start] if carry else None

        def value(params, part=part, start=start, scored=scored):
            return model.loss(
                params, xs[part], targets[part], start, scored=scored, reduce="token"
            )

        assert abs(result.loss - value(params)) <= 1e-14
        report = compare(result.grads, complex_step(value, params))
        assert report.ok, f"{window}\n{report}"
        seen += window.stop - window.fresh
    assert seen == 7


@each_cell
def test_the_truncated_gradient_is_the_mean_over_all_steps(cell, case):
    model, params, xs, targets, state0 = case
    truncation = Truncation(3, 2)
    loss, grads = truncated_gradient(model, params, xs, targets, truncation, state0)
    walk = [
        r
        for _, r in window_gradients(
            model, params, xs, targets, truncation, state0, reduce="sum"
        )
    ]
    assert abs(loss - sum(result.loss for result in walk) / 14) <= 1e-14
    total = tree_map(lambda *parts: sum(parts) / 14, *(result.grads for result in walk))
    assert largest_difference(grads, total) <= 1e-14


@pytest.mark.parametrize(("chunk", "stride"), [(1, None), (2, 2), (3, 2)])
@each_cell
def test_with_the_parameters_constant_the_loss_is_not_truncated(
    cell, case, chunk, stride
):
    """Truncation changes gradients; with the state carried, the states and the loss
    stay what they were.
    """
    full = case.model.loss(
        case.params, case.xs, case.targets, case.state0, reduce="token"
    )
    walk = Truncation(chunk, stride)
    loss, grads = truncated_gradient(
        case.model, case.params, case.xs, case.targets, walk, case.state0
    )
    assert abs(loss - full) <= 1e-14
    exact = case.model.loss_and_grad(
        case.params, case.xs, case.targets, case.state0, reduce="token"
    ).grads
    assert largest_difference(grads, exact) > 1e-6  # it is an approximation


@each_cell
def test_new_parameters_are_used_from_the_next_window_on(cell, case):
    model, params, xs, targets, state0 = case
    new = normal_like(params, np.random.default_rng(1), scale=0.6)
    now, windows = [params], Truncation(3, 2).windows(len(xs))
    along = walk(
        model,
        lambda: now[-1],
        xs,
        targets,
        windows,
        state0,
        carry=True,
        reduce="token",
        rng=None,
    )
    first, result, _ = next(along)
    now.append(new)
    # each window starts from a state inside the one before
    second, after, _ = next(along)
    assert (second.start, second.fresh, second.stop) == (1, 2, 4)
    part = slice(1, 4)
    scored = np.array([[False] * 2, [True] * 2, [True] * 2])
    expected = model.loss_and_grad(
        new,
        xs[part],
        targets[part],
        result.unrolled.states[1],
        reduce="token",
        scored=scored,
    )
    assert_same(after.grads, expected.grads)
    third, kept, _ = next(along)  # the parameters stay
    start = after.unrolled.states[third.start - second.start]
    part = slice(third.start, third.stop)
    expected = model.loss_and_grad(
        new, xs[part], targets[part], start, reduce="token", scored=scored
    )
    assert_same(kept.grads, expected.grads)
    assert (first.start, third.start) == (0, 3)


@each_cell
def test_the_last_state_is_that_of_the_whole_sequence(cell, case):
    model, params, xs, targets, state0 = case
    whole = model.forward(params, xs, state0).unrolled.state_T
    for _, last in window_gradients(
        model, params, xs, targets, Truncation(4, 3), state0
    ):
        result = last
    assert largest_difference(result.state_T, whole) <= 1e-14


def test_without_carry_no_state_is_used():
    """`state0` too is a state that was carried."""
    model, params, xs, targets, state0 = batch(
        RNN("tanh"), (6, 2, 3, 4), 5, np.random.default_rng(0)
    )
    truncation = Truncation(3, carry=False)
    for window, result in window_gradients(
        model, params, xs, targets, truncation, state0
    ):
        assert (result.unrolled.hs[0] == 0).all(), window
