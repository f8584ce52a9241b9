"""Cells and their way through time."""

import numpy as np
from cases import PATHS, assert_same, counting
from test_unroll import Foreign

from mutation.judges.common import (
    GOLDEN,
    LENGTHS,
    MASK,
    PROBLEMS,
    B,
    D,
    H,
    T,
    arrays,
    close,
    concerned,
    slopes,
)
from rnntutor import tree_map


def golden_states(world):
    """test_golden.py: h_t and the outputs against the equations in plain Python."""
    unroll = world["rnntutor.nets.unroll"]
    for cell, case, seen in concerned(world, GOLDEN, "unroll"):
        cell, params, state0 = world.own((cell, case.params.cell, case.state0))
        for batched in PATHS:
            unrolled = unroll.forward(cell, params, case.xs, state0, batched=batched)
            close(unrolled.hs, seen.h)
            assert_same(unrolled.hs, np.stack([state.h for state in unrolled.states]))
            assert len(unrolled.tapes) == T and type(unrolled.state_T) is type(state0)
            assert_same((unrolled.outputs, unrolled.final), (unrolled.hs[1:], unrolled.hs[-1]))
            assert_same(unrolled.state_T, unrolled.states[T])
            assert_same(unrolled.xs, case.xs)


def gradients_through_time(world, mask=None):
    """test_gradients.py: parameters, inputs and initial state, on both paths."""
    unroll = world["rnntutor.nets.unroll"]
    for cell, drawn in concerned(world, PROBLEMS, "unroll"):
        cell, drawn = world.own(cell), world.own(drawn)
        for batched in PATHS:

            def value(inputs, cell=cell, drawn=drawn, batched=batched):
                params, xs, state0 = inputs
                return drawn.cotangent(unroll.forward(cell, params, xs, state0, mask, batched))

            unrolled = unroll.forward(cell, *drawn.inputs, mask, batched)
            back = (cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched)
            dxs, dstate0, dparams = unroll.backward(*back)
            slopes(value, drawn.inputs, (dparams, dxs, dstate0))
            assert type(dparams) is type(drawn.params) and type(dstate0) is type(drawn.state0)


def gradients_with_a_mask(world):
    """test_masking.py: the same with padding anywhere."""
    gradients_through_time(world, MASK)


def nothing_leaks(world):
    """test_masking.py: the state stands still at padding, and what is written there does not matter."""
    unroll = world["rnntutor.nets.unroll"]
    for cell, case, seen in concerned(world, GOLDEN, "unroll"):
        cell, params, state0 = world.own((cell, case.params.cell, case.state0))
        spoilt = np.where(LENGTHS[..., None], case.xs, np.nan)
        for batched in PATHS:
            unrolled = unroll.forward(cell, params, spoilt, state0, LENGTHS, batched)
            for b, n in enumerate(LENGTHS.sum(axis=0)):
                want = np.array(seen.h)[:, b]
                close(
                    unrolled.hs[:, b], np.concatenate([want[: n + 1], np.repeat(want[n : n + 1], T - n, 0)])
                )
            assert_same(unrolled.xs, np.where(LENGTHS[..., None], case.xs, 0))
            assert_same(unrolled.mask, LENGTHS)
            dhs = np.ones((T, B, H))
            for step in unroll.backward_steps(cell, params, unrolled, dhs):
                padding = ~LENGTHS[step.t - 1]
                assert all((part[padding] == 0).all() for part in (*step.grads, step.dx))
                assert (step.dstate_prev.h[padding] != 0).all()


def every_step_back(world):
    """test_unroll.py: what each step yields, against the loss as a function of that step alone."""
    unroll, AffineCell = world["rnntutor.nets.unroll"], world["rnntutor.cells.affine"].AffineCell
    for cell, drawn in concerned(world, PROBLEMS, "unroll"):
        cell, drawn = world.own(cell), world.own(drawn)
        unrolled = unroll.forward(cell, *drawn.inputs)

        def later(state, t, cell=cell, drawn=drawn):
            value = (drawn.dhs[t - 1] * state.h).sum()
            if t < T:
                rest = drawn._replace(dhs=drawn.dhs[t:])
                return value + rest.cotangent(unroll.forward(cell, drawn.params, drawn.xs[t:], state))
            return value + sum((d * s).sum() for d, s in zip(drawn.dstate_T, state, strict=True))

        steps = list(unroll.backward_steps(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T))
        assert [step.t for step in steps] == [*range(T, 0, -1)]
        for step in steps:
            _one_step_back(cell, drawn, unrolled, step, lambda state, t=step.t, later=later: later(state, t))
        if isinstance(cell, AffineCell):
            without = unroll.backward_steps(cell, drawn.params, unrolled, drawn.dhs, weights=False)
            assert [step.dparams for step in without] == [None] * T


def _one_step_back(cell, drawn, unrolled, step, later):
    t, before = step.t, unrolled.states[step.t - 1]
    at = (drawn.params, drawn.xs[t - 1], before)
    slopes(lambda at: later(cell.step(*at)[0]), at, (step.dparams, step.dx, step.dstate_prev))
    slopes(lambda h: later(unrolled.states[t]._replace(h=h)), unrolled.hs[t], step.grads.dh)
    tape, fresh = unrolled.tapes[t - 1], cell.step(*at)[1]
    for have, want in zip(arrays(tape), arrays(fresh), strict=True):
        close(have, want)
    if hasattr(cell, "activate"):
        a = before.h @ drawn.params.W_hh + drawn.xs[t - 1] @ drawn.params.W_xh + drawn.params.b_h
        slopes(lambda a: later(cell.activate(a, before)[0]), a, step.grads.da)


def nothing_given(world):
    """test_unroll.py: a state or cotangent that is left out is zero, and lists are read."""
    unroll = world["rnntutor.nets.unroll"]
    for cell, drawn in concerned(world, PROBLEMS, "unroll"):
        cell, drawn = world.own(cell), world.own(drawn)
        zero = tree_map(np.zeros_like, drawn.state0)
        unrolled = unroll.forward(cell, drawn.params, drawn.xs.tolist())
        given = unroll.forward(cell, drawn.params, drawn.xs, zero)
        assert_same(tuple(unrolled.states), tuple(given.states))
        back = (cell, drawn.params, unrolled, drawn.dhs)
        assert_same(unroll.backward(*back), unroll.backward(*back, zero))
        assert cell.check_params(drawn.params) == (D, H)


def each_path_is_taken(world):
    """test_unroll.py: products over all steps where they are asked for, and a cell that is not affine."""
    unroll, AffineCell = world["rnntutor.nets.unroll"], world["rnntutor.cells.affine"].AffineCell
    for cell, drawn in concerned(world, PROBLEMS, "unroll"):
        cell, drawn = world.own((cell, drawn))
        if not isinstance(cell, AffineCell):
            continue
        counted, calls = counting(cell)
        back = (drawn.params, unroll.forward(counted, *drawn.inputs), drawn.dhs)
        want = unroll.backward(counted, *back)
        assert calls == []
        unroll.backward(counted, *back[:1], unroll.forward(counted, *drawn.inputs, batched=False), drawn.dhs)
        unroll.backward(counted, *back, batched=False)
        assert calls == ["step"] * T + ["step_backward"] * T
        foreign = Foreign(cell)
        for batched in PATHS:
            unrolled = unroll.forward(foreign, *drawn.inputs, batched=batched)
            result = unroll.backward(foreign, drawn.params, unrolled, drawn.dhs, batched=batched)
            for have, right in zip(arrays(result), arrays(want), strict=True):
                close(have, right)
        steps = unroll.backward_steps(foreign, drawn.params, unrolled, drawn.dhs, weights=False)
        assert [step.t for step in steps] == [*range(T, 0, -1)]
