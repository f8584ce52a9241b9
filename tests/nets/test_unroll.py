"""Time: both paths through it, every adjoint on the way back, and what a caller is
promised.
"""

import numpy as np
import pytest
from cases import (
    AFFINE,
    assert_same,
    batch,
    counting,
    each_affine_cell,
    each_cell,
    each_path,
    each_shape,
    largest_difference,
    normal_like,
    problem,
)

from rnntutor import (
    RNN,
    backward,
    backward_steps,
    compare,
    complex_step,
    cross_entropy,
    forward,
)
from rnntutor.cells.affine import affine
from rnntutor.model import readout_backward
from rnntutor.tree import map as tree_map


@pytest.fixture
def drawn(cell, shape):
    return problem(cell, shape, np.random.default_rng(shape))


# Both paths


@each_shape
@each_cell
def test_forward_paths_agree(cell, shape, drawn):
    batched = forward(cell, *drawn.inputs, batched=True)
    stepwise = forward(cell, *drawn.inputs, batched=False)
    assert largest_difference(tuple(batched.states), tuple(stepwise.states)) <= 1e-13
    np.testing.assert_array_equal(batched.hs, [state.h for state in batched.states])


@each_shape
@each_cell
def test_backward_paths_agree(cell, shape, drawn):
    unrolled = forward(cell, *drawn.inputs)
    batched, stepwise = (
        backward(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched)
        for batched in (True, False)
    )
    assert largest_difference(batched, stepwise) <= 1e-12


class Foreign:
    """A cell that is not affine, as far as the unrolling can tell: it offers the
    protocol and no more.
    """

    def __init__(self, cell):
        self.init, self.zero_state, self.check_params = (
            cell.init,
            cell.zero_state,
            cell.check_params,
        )
        self.step, self.step_backward = cell.step, cell.step_backward


@each_path
@each_cell
def test_a_cell_needs_nothing_but_the_protocol(cell, batched, rng):
    drawn = problem(cell, (4, 2, 3, 5), rng)
    foreign = Foreign(cell)
    unrolled = forward(foreign, *drawn.inputs, batched=batched)
    result = backward(
        foreign, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched
    )
    own = forward(cell, *drawn.inputs)
    assert (
        largest_difference(
            result, backward(cell, drawn.params, own, drawn.dhs, drawn.dstate_T)
        )
        <= 1e-12
    )
    without = backward_steps(foreign, drawn.params, unrolled, drawn.dhs, weights=False)
    assert [step.t for step in without] == [4, 3, 2, 1]


# Every step of the way back


@each_shape
@each_cell
def test_backward_is_the_sum_of_its_steps(cell, shape, drawn):
    unrolled = forward(cell, *drawn.inputs)
    steps = list(
        backward_steps(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T)
    )
    dxs, dstate0, dparams = backward(
        cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T
    )
    assert [step.t for step in steps] == list(range(shape[0], 0, -1))
    total = steps[0].dparams
    for step in steps[1:]:
        total = tree_map(np.add, total, step.dparams)
    assert largest_difference(total, dparams) <= 1e-12
    assert_same(np.stack([step.dx for step in reversed(steps)]), dxs)
    assert_same(steps[-1].dstate_prev, dstate0)


@each_affine_cell
def test_each_path_is_taken(cell, rng):
    """Or else a comparison of the two would compare one with itself."""
    counted, calls = counting(cell)
    drawn = problem(cell, (3, 2, 4, 5), rng)
    for batched in (True, False):
        unrolled = forward(counted, *drawn.inputs, batched=batched)
        backward(counted, drawn.params, unrolled, drawn.dhs, batched=batched)
        assert calls == ([] if batched else ["step"] * 3 + ["step_backward"] * 3)


@pytest.mark.equation("eq-rnn-grads")
@each_shape
@each_cell
def test_dparams_of_a_step_is_the_immediate_derivative(cell, shape, drawn):
    """The total derivative by a copy of the parameters that step t has to itself."""
    unrolled = forward(cell, *drawn.inputs)
    for step in backward_steps(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T):
        t = step.t

        def value(params, t=t):
            state, _ = cell.step(params, drawn.xs[t - 1], unrolled.states[t - 1])
            return later(cell, drawn, t, state)

        report = compare(step.dparams, complex_step(value, drawn.params))
        assert report.ok, f"step {t}\n{report}"


def later(cell, drawn, t, state):
    """The part of the cotangent that the state at t has a say in, as a function of that
    state.
    """
    value = (drawn.dhs[t - 1] * state.h).sum()
    if t < len(drawn.xs):
        rest = drawn._replace(dhs=drawn.dhs[t:])
        return value + rest.cotangent(forward(cell, drawn.params, drawn.xs[t:], state))
    return value + sum(
        (d * s).sum() for d, s in zip(drawn.dstate_T, state, strict=True)
    )


@pytest.mark.equation("eq-dh")
@each_shape
@each_cell
def test_dh_is_the_total_derivative_by_the_state(cell, shape, drawn):
    unrolled = forward(cell, *drawn.inputs)
    for step in backward_steps(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T):
        t = step.t
        oracle = complex_step(
            lambda h, t=t: later(cell, drawn, t, unrolled.states[t]._replace(h=h)),
            unrolled.hs[t],
        )
        report = compare(step.grads.dh, oracle)
        assert report.ok, f"step {t}\n{report}"
        if t > 1:  # without the share of the step's own dhs
            previous = complex_step(
                lambda state, t=t: later(
                    cell, drawn, t, cell.step(drawn.params, drawn.xs[t - 1], state)[0]
                ),
                unrolled.states[t - 1],
            )
            assert compare(step.dstate_prev, previous).ok


@pytest.mark.equation("eq-da")
@each_shape
@each_affine_cell
def test_da_is_the_total_derivative_by_the_preactivation(cell, shape, drawn):
    unrolled = forward(cell, *drawn.inputs)
    for step in backward_steps(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T):
        t = step.t
        a = affine(drawn.params, drawn.xs[t - 1], unrolled.hs[t - 1])

        def value(a, t=t):
            state, _ = cell.activate(a, unrolled.states[t - 1])
            return later(cell, drawn, t, state)

        report = compare(step.grads.da, complex_step(value, a))
        assert report.ok, f"step {t}\n{report}"


@pytest.mark.equation("eq-dx")
@each_shape
@each_cell
def test_dx_is_the_derivative_by_the_step_s_input(cell, shape, drawn):
    unrolled = forward(cell, *drawn.inputs)
    for step in backward_steps(
        cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, weights=False
    ):
        t = step.t

        def value(x, t=t):
            return later(
                cell, drawn, t, cell.step(drawn.params, x, unrolled.states[t - 1])[0]
            )

        assert compare(step.dx, complex_step(value, drawn.xs[t - 1])).ok
        # another cell gives all or nothing
        assert (step.dparams is None) == (cell in AFFINE)


@each_cell
def test_deltas_of_the_loss(cell):
    """The same through a loss: δ_t against the loss as a function of h_t alone."""
    model, params, xs, targets, state0 = batch(
        cell, (5, 2, 3, 4), 6, np.random.default_rng(0), scale=0.5
    )
    ys_raw, unrolled = model.forward(params, xs, state0)
    dhs, _, _ = readout_backward(
        params, unrolled.hs[1:], cross_entropy(ys_raw, targets, reduce="sum")[1]
    )

    def from_here(t, h):
        state = unrolled.states[t]._replace(h=h)
        loss, _ = cross_entropy(
            (h @ params.W_hy + params.b_y)[None], targets[t - 1 : t], reduce="sum"
        )
        return (
            loss
            if t == 5
            else loss + model.loss(params, xs[t:], targets[t:], state, reduce="sum")
        )

    for step in backward_steps(cell, params.cell, unrolled, dhs):
        oracle = complex_step(lambda h, t=step.t: from_here(t, h), unrolled.hs[step.t])
        assert compare(step.grads.dh, oracle).ok, step.t


# What a caller is promised


@each_path
@each_cell
def test_a_sequence_may_be_cut_anywhere(cell, batched, rng):
    drawn = problem(cell, (7, 2, 3, 4), rng)
    whole = forward(cell, *drawn.inputs, batched=batched)
    dxs, dstate0, dparams = backward(
        cell, drawn.params, whole, drawn.dhs, drawn.dstate_T, batched
    )
    for cut in range(1, 7):
        first = forward(
            cell, drawn.params, drawn.xs[:cut], drawn.state0, batched=batched
        )
        second = forward(
            cell, drawn.params, drawn.xs[cut:], first.state_T, batched=batched
        )
        assert (
            np.max(np.abs(np.concatenate([first.hs, second.hs[1:]]) - whole.hs))
            <= 1e-14
        )
        dxs_2, dstate, dparams_2 = backward(
            cell, drawn.params, second, drawn.dhs[cut:], drawn.dstate_T, batched
        )
        dxs_1, dstate, dparams_1 = backward(
            cell, drawn.params, first, drawn.dhs[:cut], dstate, batched
        )
        pieces = (
            np.concatenate([dxs_1, dxs_2]),
            dstate,
            tree_map(np.add, dparams_1, dparams_2),
        )
        assert largest_difference(pieces, (dxs, dstate0, dparams)) <= 1e-12


@each_path
@each_cell
def test_nothing_given_means_zero(cell, batched, rng):
    drawn = problem(cell, (3, 2, 4, 5), rng)
    zero = tree_map(np.zeros_like, drawn.state0)
    unrolled = forward(cell, drawn.params, drawn.xs, batched=batched)
    assert_same(
        unrolled.hs, forward(cell, drawn.params, drawn.xs, zero, batched=batched).hs
    )
    assert_same(
        backward(cell, drawn.params, unrolled, drawn.dhs, batched=batched),
        backward(cell, drawn.params, unrolled, drawn.dhs, zero, batched=batched),
    )


@each_path
@each_cell
def test_sequences_of_a_batch_do_not_mix(cell, batched, rng):
    drawn = problem(cell, (4, 3, 2, 5), rng)
    together = forward(cell, *drawn.inputs, batched=batched)
    dxs, dstate0, _ = backward(
        cell, drawn.params, together, drawn.dhs, drawn.dstate_T, batched
    )
    for b in range(3):
        row = slice(b, b + 1)
        state0, dstate_T = (
            tree_map(lambda s, row=row: s[row], s)
            for s in (drawn.state0, drawn.dstate_T)
        )
        alone = forward(cell, drawn.params, drawn.xs[:, row], state0, batched=batched)
        assert np.max(np.abs(alone.hs - together.hs[:, row])) <= 1e-14
        dxs_b, dstate0_b, _ = backward(
            cell, drawn.params, alone, drawn.dhs[:, row], dstate_T, batched
        )
        assert largest_difference(dxs_b, dxs[:, row]) <= 1e-12
        assert (
            largest_difference(dstate0_b, tree_map(lambda s, row=row: s[row], dstate0))
            <= 1e-12
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@each_path
@each_cell
def test_the_dtype_of_the_input_is_that_of_the_output(cell, batched, dtype, rng):
    drawn = tree_map(lambda a: a.astype(dtype), problem(cell, (3, 2, 4, 5), rng))
    unrolled = forward(cell, *drawn.inputs, batched=batched)
    dxs, dstate0, dparams = backward(
        cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched
    )
    for array in (unrolled.hs, dxs, *dstate0, *dparams):
        assert array.dtype == dtype
    assert all(
        part.dtype == dtype for part in cell.zero_state(cell.init(rng, 2, 3, dtype), 4)
    )


@each_cell
def test_lists_and_integers_are_read_as_numbers(cell, rng):
    params = normal_like(cell.init(rng, 2, 3), rng)
    xs = [[[1, 0]], [[0, 1]], [[2, 3]]]
    assert_same(
        forward(cell, params, xs).hs, forward(cell, params, np.array(xs, float)).hs
    )
    state0 = tree_map(lambda s: np.ones_like(s), cell.zero_state(params, 1))
    as_list = type(state0)(*(part.astype(int).tolist() for part in state0))
    assert_same(
        forward(cell, params, xs, as_list).hs,
        forward(cell, params, np.array(xs, float), state0).hs,
    )


def test_h_0_is_where_the_book_has_it(rng):
    params = RNN("tanh").init(rng, 2, 3)
    state0 = RNN.State(rng.standard_normal((4, 3)))
    unrolled = forward(RNN("tanh"), params, rng.standard_normal((5, 4, 2)), state0)
    assert unrolled.hs.shape == (6, 4, 3)
    assert_same(unrolled.hs[0], state0.h)
    assert_same(unrolled.hs[5], unrolled.state_T.h)
    assert len(unrolled.states) == 6 and len(unrolled.tapes) == 5
