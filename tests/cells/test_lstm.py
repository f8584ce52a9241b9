"""The LSTM's own equations: each gate, each adjoint, the memory's Jacobian.

What holds for every cell (gradients over shapes and paths, masks, layouts, errors) is
tested where the others are: the LSTM is one of `cases.CELLS`.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from rnntutor import LSTM, RNN, Model, backward_steps, complex_step, forward
from rnntutor.cells.affine import options_by_name
from rnntutor.gradients.jacobians import memory_jacobian
from rnntutor.model import LossAndGrad
from rnntutor.tree import map as tree_map

B, D, H = 2, 3, 4
NAMES = ["o", "tanh_c", "c", "i", "f", "g"]


@pytest.fixture
def step(rng):
    """A step with random pre-activations, state, and cotangents for the new state."""
    a = rng.normal(size=(B, 4 * H))
    before = LSTM.State(rng.normal(size=(B, H)), rng.normal(size=(B, H)))
    state, cache = LSTM().activate(a, before)
    dstate = LSTM.State(rng.normal(size=(B, H)), rng.normal(size=(B, H)))
    return a, before, state, cache, dstate


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


@pytest.mark.equation("eq-lstm-gates")
@pytest.mark.equation("eq-lstm-candidate")
@pytest.mark.equation("eq-lstm-cell")
@pytest.mark.equation("eq-lstm-hidden")
def test_the_forward_equations_in_scalars(step):
    a, before, state, cache, _ = step
    for b in range(B):
        for j in range(H):
            a_i, a_f, a_g, a_o = (a[b, block * H + j] for block in range(4))
            i, f, g, o = sigmoid(a_i), sigmoid(a_f), math.tanh(a_g), sigmoid(a_o)
            c = f * before.c[b, j] + i * g
            for have, want in (
                (cache.i, i),
                (cache.f, f),
                (cache.g, g),
                (cache.o, o),
                (state.c, c),
            ):
                assert have[b, j] == pytest.approx(want, rel=1e-14)
            assert state.h[b, j] == pytest.approx(o * math.tanh(c), rel=1e-13)


def after(step, **free):
    """What the cotangents make of the new state, as a function of one quantity inside
    the step.
    """
    _, _, _, cache, dstate = step
    gates = {"i": cache.i, "f": cache.f, "g": cache.g, "o": cache.o} | free
    c = free.get("c", gates["f"] * cache.c_prev + gates["i"] * gates["g"])
    tanh_c = free.get("tanh_c", np.tanh(c))
    return (dstate.h * gates["o"] * tanh_c).sum() + (dstate.c * c).sum()


@pytest.mark.equation("eq-lstm-do")
@pytest.mark.equation("eq-lstm-dtanh-c")
@pytest.mark.equation("eq-lstm-dc")
@pytest.mark.equation("eq-lstm-dgates")
@pytest.mark.parametrize("name", NAMES)
def test_each_adjoint_is_the_total_derivative(step, name):
    grads = LSTM().activate_backward(step[3], step[4])
    expected = complex_step(
        lambda value: after(step, **{name: value}), getattr(step[3], name)
    )
    np.testing.assert_allclose(getattr(grads, f"d{name}"), expected, rtol=0, atol=1e-14)


@pytest.mark.equation("eq-lstm-da")
@pytest.mark.equation("eq-lstm-dc-prev")
def test_what_leaves_the_step(step):
    a, before, _, cache, dstate = step
    grads = LSTM().activate_backward(cache, dstate)

    def value(a, c_prev):
        state, _ = LSTM().activate(a, LSTM.State(before.h, c_prev))
        return (dstate.h * state.h).sum() + (dstate.c * state.c).sum()

    by_a = complex_step(lambda a: value(a, before.c), a)
    by_c = complex_step(lambda c: value(a, c), before.c)
    np.testing.assert_allclose(grads.da, by_a, rtol=0, atol=1e-14)
    np.testing.assert_allclose(grads.dc_prev, by_c, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(grads.dh, dstate.h)


@pytest.mark.equation("eq-lstm-jacobian")
def test_the_memory_s_jacobian_is_the_gate_and_a_path_through_h(rng):
    cell = LSTM()
    params = tree_map(lambda p: rng.normal(size=p.shape), cell.init(rng, D, H))
    unrolled = forward(cell, params, rng.normal(size=(2, 1, D)))
    cache, first = (tape.cache for tape in unrolled.tapes[::-1])
    full = memory_jacobian(params, cache, first)

    def c_2(c_1, k):
        return cell.step(
            params, unrolled.xs[1], LSTM.State(first.o * np.tanh(c_1), c_1)
        )[0].c[0, k]

    rows = [complex_step(lambda c, k=k: c_2(c, k), first.c)[0] for k in range(H)]
    np.testing.assert_allclose(full, rows, rtol=0, atol=1e-14)


def test_adjoints_by_name_at_every_step(rng):
    cell = LSTM()
    params = cell.init(rng, D, H)
    unrolled = forward(cell, params, rng.normal(size=(5, B, D)))
    steps = list(backward_steps(cell, params, unrolled, rng.normal(size=(5, B, H))))
    assert [step.t for step in steps] == [5, 4, 3, 2, 1]
    assert all(
        getattr(step.grads, f"d{name}").shape == (B, H)
        for step in steps
        for name in NAMES
    )


@pytest.mark.parametrize("forget_bias", [0.0, 1.0, -2.5])
def test_the_forget_bias_is_set_at_the_start_and_is_a_parameter(rng, forget_bias):
    b_h = LSTM(forget_bias=forget_bias).init(rng, D, H).b_h
    np.testing.assert_array_equal(b_h, np.repeat([0.0, forget_bias, 0.0, 0.0], H))
    model = Model(LSTM(forget_bias=forget_bias), D, H, 2)
    xs, targets = rng.normal(size=(3, B, D)), np.zeros((3, B), int)
    result = model.loss_and_grad(model.init(rng), xs, targets)
    assert isinstance(result, LossAndGrad)
    assert np.all(result.grads.cell.b_h[H : 2 * H] != 0)


@pytest.mark.parametrize("bad", [None, "1", np.nan, np.inf])
def test_the_forget_bias_must_be_a_number(bad):
    with pytest.raises(
        (TypeError, ValueError), match=r"forget_bias: expected a finite number.*got"
    ):
        LSTM(forget_bias=bad)


def test_the_memory_s_jacobian_says_what_it_needs(rng):
    cell = LSTM()
    params = cell.init(rng, D, H)
    cache = forward(cell, params, rng.normal(size=(1, 2, D))).tapes[0].cache
    with pytest.raises(
        ValueError, match=r"cache\.c: expected shape \(1, 4\), got \(2, 4\)"
    ):
        memory_jacobian(params, cache, cache)
    one = LSTM.Cache(*(part[:1] for part in cache))
    with pytest.raises(TypeError, match=r"before: expected LSTM\.Cache, got"):
        memory_jacobian(params, one, None)


def test_the_state_of_another_cell_is_told_apart(rng):
    params, xs = LSTM().init(rng, D, H), rng.normal(size=(3, B, D))
    rnn = RNN("tanh")
    state = rnn.zero_state(rnn.init(rng, D, H), B)
    with pytest.raises(
        TypeError, match=r"state0: expected LSTM\.State, got RNN\.State"
    ):
        forward(LSTM(), params, xs, state)


def test_options_are_given_by_name():
    @options_by_name
    @dataclass(frozen=True)
    class Own(LSTM):
        clip: float = 50.0

    assert Own(clip=10.0) == Own(forget_bias=1.0, clip=10.0)
    for cell, options in ((LSTM, "forget_bias=…"), (Own, "forget_bias=…, clip=…")):
        name = cell.__name__
        with pytest.raises(
            TypeError,
            match=rf"^{name}: expected {name}\({options}\), got 128 without a name",
        ):
            cell(128)
