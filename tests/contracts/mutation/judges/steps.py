"""One step of a cell: its own adjoints, its precision, its first parameters."""

from itertools import combinations

import numpy as np
import test_gru
from cases import CELLS, PATHS, assert_same, normal_like
from test_lstm import after

from mutation.judges.common import (
    GOLDEN,
    MASK,
    PROBLEMS,
    B,
    H,
    arrays,
    close,
    concerned,
    draw,
    slopes,
)
from rnntutor import LSTM, Model, leaves, tree_map
from rnntutor.cells.gru import State


def adjoints_of_the_lstm(world):
    """test_lstm.py: each named adjoint of a step, and what is kept for it."""
    if not world.concerns(LSTM()):
        return
    cell, (_, drawn) = world.own(LSTM()), PROBLEMS[CELLS.index(LSTM())]
    before, dstate = world.own((drawn.state0, drawn.dstate_T))
    a = draw(3).standard_normal((B, 4 * H))
    state, cache = cell.activate(a, before)
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i, f, g, o = (*(1 / (1 + np.exp(-x)) for x in (a_i, a_f)), np.tanh(a_g), 1 / (1 + np.exp(-a_o)))
    c = f * before.c + i * g
    want = {"i": i, "f": f, "g": g, "o": o, "c_prev": before.c, "c": c, "tanh_c": np.tanh(c)}
    for name, array in want.items():
        close(getattr(cache, name), array)
    close(state.h, o * np.tanh(c))
    close(state.c, c)
    grads = cell.activate_backward(cache, dstate)
    for name in ("o", "tanh_c", "c", "i", "f", "g"):
        step = (a, before, state, cache, dstate)
        slopes(
            lambda v, name=name, step=step: after(step, **{name: v}), want[name], getattr(grads, f"d{name}")
        )
    close(grads.dh, dstate.h)
    close(grads.dc_prev, grads.dc * f)


def adjoints_of_the_gru(world):
    """test_gru.py: the same for both forms."""
    for cell in test_gru.FORMS if world.concerns(test_gru.FORMS) else []:
        _adjoints_of_a_form(cell, world)


def _adjoints_of_a_form(cell, world):
    rng, (B, D, H) = draw(4), (test_gru.B, test_gru.D, test_gru.H)
    params = normal_like(cell.init(rng, D, H), rng)
    x, h_prev, dh = (rng.standard_normal((B, n)) for n in (D, H, H))
    cell, params, state = world.own((cell, params, State(h_prev)))
    new, tape = cell.step(params, x, state)
    grads = cell.step_backward(params, tape, world.own(State(dh)))[3]
    close(grads.dh, dh)
    for name in ("z", "n", "r", "s"):
        kept = getattr(tape.cache, name)

        def value(v, name=name):
            return test_gru.forward_with(cell, params, x, state, **{name: v})

        close(value(kept), new.h)
        slopes(lambda v, value=value: (dh * value(v)).sum(), kept, getattr(grads, f"d{name}"))
    rows = np.tile(params.b_h, (B, 1))  # a bias for each sequence is as good as its pre-activations
    slopes(lambda b: (dh * cell.step(params._replace(b_h=b), x, state)[0].h).sum(), rows, grads.da)


def precision(world):
    """test_unroll.py, test_golden.py: what comes in as float32 or complex goes out so."""
    rows = [(*pair, case) for pair, (_, case, _) in zip(PROBLEMS, GOLDEN, strict=True)]
    for cell, drawn, case in concerned(world, rows, "unroll", "model"):
        for dtype in (np.float32, np.complex128):
            unroll, cell = world["rnntutor.nets.unroll"], world.own(cell)
            drawn, params, xs, state0 = world.own(
                tree_map(lambda a, dtype=dtype: a.astype(dtype), (drawn, case.params, case.xs, case.state0))
            )
            for batched in PATHS:
                unrolled = unroll.forward(cell, drawn.params, drawn.xs, batched=batched)
                back = unroll.backward(cell, drawn.params, unrolled, drawn.dhs, None, batched)
                assert {leaf.dtype for leaf in (unrolled.hs, *arrays(back))} == {np.dtype(dtype)}
            result = world.own(case.model).loss_and_grad(params, xs, case.targets, state0, MASK)
            have = (result.loss, result.grads, result.dxs, result.dstate0)
            assert {leaf.dtype for _, leaf in leaves(have)} == {np.dtype(dtype)}
            zero = cell.zero_state(world.own(cell.init(draw(0), 2, 3, dtype)), 4)
            assert {(leaf.dtype, leaf.shape) for leaf in zero} == {(np.dtype(dtype), (4, 3))}


def first_parameters(world):
    """test_model.py, test_lstm.py, test_gru.py: range of the weights, biases, precision; no array twice."""
    for (cell,) in concerned(world, [(cell,) for cell in CELLS], "model"):
        for dtype in (np.float32, np.float64):
            params = world.own(Model(cell, 40, 30, 50)).init(draw(0), dtype)
            assert_same(params.cell, world.own(cell).init(draw(0), 40, 30, dtype))
            like = world.own(Model(cell, 40, 30, 50).init(draw(0)))
            assert type(params.cell) is type(like.cell)
            assert not any(np.shares_memory(*pair) for pair in combinations(arrays(params), 2))
            for (name, leaf), (_, other) in zip(leaves(params), leaves(like), strict=True):
                assert leaf.shape == other.shape and leaf.dtype == dtype
                if leaf.ndim == 2:
                    assert np.abs(leaf).max() <= 1.001 / np.sqrt(30) and abs(leaf.mean()) < 0.01, name
                    assert abs(leaf.std() * np.sqrt(90) - 1) < 0.05, name
                else:
                    forget = cell == LSTM() and name == "cell.b_h"
                    assert_same(leaf, np.repeat([0.0, 1.0, 0.0, 0.0], 30) if forget else 0 * leaf)
