"""The GRU's own equations: both forms, each named adjoint, and what the two have in
common.

What holds for every cell (gradients over shapes and paths, masks, layouts) is tested
where the others are: both forms are among `cases.CELLS`.
"""

import numpy as np
import pytest
from cases import largest_difference, normal_like

from rnntutor import GRU, backward_steps, complex_step, forward, sigmoid
from rnntutor.cells import GRUResetBefore

B, D, H = 2, 3, 4
FORMS = [GRU(), GRUResetBefore()]
each_form = pytest.mark.parametrize("cell", FORMS, ids=str)


@pytest.fixture
def drawn(cell, rng):
    """Random parameters, input, state and cotangent."""
    params = normal_like(cell.init(rng, D, H), rng)
    return (
        params,
        rng.normal(size=(B, D)),
        GRU.State(rng.normal(size=(B, H))),
        GRU.State(rng.normal(size=(B, H))),
    )


def blocks(array):
    return np.split(array, 3, axis=-1)


def forward_with(cell, params, x, state, **free):
    """The book's equations, with any quantity inside the step set from outside."""
    (W_xz, W_xr, W_xn), (W_hz, W_hr, W_hn), (b_z, b_r, b_n) = map(blocks, params[:3])
    h_prev, second = (
        state.h,
        blocks(params.b_hh) if isinstance(cell, GRU) else np.zeros((3, H)),
    )
    z = free.get("z", sigmoid(x @ W_xz + h_prev @ W_hz + b_z + second[0]))
    r = free.get("r", sigmoid(x @ W_xr + h_prev @ W_hr + b_r + second[1]))
    if isinstance(cell, GRU):
        s = free.get("s", h_prev @ W_hn + second[2])
        n = np.tanh(x @ W_xn + b_n + r * s)
    else:
        s = free.get("s", h_prev)
        n = np.tanh(x @ W_xn + b_n + (r * s) @ W_hn)
    n = free.get("n", n)
    return free.get("h", z * h_prev + (1 - z) * n)


@pytest.mark.equation("eq-gru-gates")
@pytest.mark.equation("eq-gru-before")
@pytest.mark.equation("eq-gru-after")
@pytest.mark.equation("eq-gru-hidden")
@each_form
def test_the_forward_equations(cell, drawn):
    params, x, state, _ = drawn
    new, _ = cell.step(params, x, state)
    np.testing.assert_allclose(
        new.h, forward_with(cell, params, x, state), rtol=0, atol=1e-15
    )


@pytest.mark.equation("eq-gru-dz")
@pytest.mark.equation("eq-gru-dr")
@pytest.mark.equation("eq-gru-dr-before")
@pytest.mark.parametrize("name", ["h", "z", "n", "r", "s"])
@each_form
def test_each_adjoint_is_the_derivative(cell, drawn, name):
    params, x, state, dstate = drawn
    new, tape = cell.step(params, x, state)
    grads = cell.step_backward(params, tape, dstate)[3]
    at = new.h if name == "h" else getattr(tape.cache, name)
    expected = complex_step(
        lambda value: (
            dstate.h * forward_with(cell, params, x, state, **{name: value})
        ).sum(),
        at,
    )
    np.testing.assert_allclose(getattr(grads, f"d{name}"), expected, rtol=0, atol=1e-14)


@pytest.mark.equation("eq-gru-da")
@each_form
def test_da_is_the_derivative_by_the_pre_activations(cell, drawn):
    """The bias b_h, given to each sequence of the batch as a row of its own."""
    params, x, state, dstate = drawn
    da = cell.step_backward(params, cell.step(params, x, state)[1], dstate)[3].da

    def value(b_h):
        return (dstate.h * cell.step(params._replace(b_h=b_h), x, state)[0].h).sum()

    expected = complex_step(value, np.tile(params.b_h, (B, 1)))
    np.testing.assert_allclose(da, expected, rtol=0, atol=1e-14)


@pytest.mark.equation("eq-gru-dh-prev")
@each_form
def test_what_goes_back_to_the_state_before(cell, drawn):
    """By the book's forward equations, not by the cell's own."""
    params, x, state, dstate = drawn
    back = cell.step_backward(params, cell.step(params, x, state)[1], dstate)[1].h

    def value(h):
        return (dstate.h * forward_with(cell, params, x, GRU.State(h))).sum()

    np.testing.assert_allclose(back, complex_step(value, state.h), rtol=0, atol=1e-14)


def test_the_forms_agree_where_the_reset_gate_is_open_and_the_second_bias_zero(rng):
    before = normal_like(GRUResetBefore().init(rng, D, H), rng)
    b_h = before.b_h.copy()
    # r = 1 to rounding: it does not matter on which side of the product it stands
    b_h[H : 2 * H] = 60.0
    before = before._replace(b_h=b_h)
    after = GRU.Params(*before, b_hh=np.zeros(3 * H))
    xs = rng.normal(size=(6, B, D))
    runs = [
        forward(cell, params, xs).hs
        for cell, params in zip(FORMS, (after, before), strict=True)
    ]
    np.testing.assert_allclose(*runs, rtol=0, atol=1e-14)


@each_form
def test_a_closed_update_gate_keeps_the_state(cell, rng):
    params = normal_like(cell.init(rng, D, H), rng)
    b_h = params.b_h.copy()
    b_h[:H] = 60.0
    start = GRU.State(rng.normal(size=(B, H)))
    unrolled = forward(
        cell, params._replace(b_h=b_h), rng.normal(size=(9, B, D)), start
    )
    np.testing.assert_allclose(unrolled.final, start.h, rtol=0, atol=1e-14)


@each_form
def test_the_parameters_of_a_form_are_its_own(cell, rng):
    params = cell.init(rng, D, H)
    assert type(params) is cell.Params and GRU.Params is not GRUResetBefore.Params
    assert cell.check_params(params) == (D, H)
    assert all((bias == 0).all() for bias in params[2:])
    other = FORMS[1 - FORMS.index(cell)]
    with pytest.raises(
        TypeError, match=r"^params: expected (GRU\.)?Params, got (GRU\.)?Params"
    ):
        other.check_params(params)


def test_the_second_bias_must_fit(rng):
    params = GRU().init(rng, D, H)
    with pytest.raises(
        ValueError, match=r"^params\.b_hh: expected shape \(12,\), got \(4,\)"
    ):
        GRU().check_params(params._replace(b_hh=np.zeros(H)))
    with pytest.raises(
        ValueError, match=r"^params\.W_xh: expected a multiple of 3 columns, got 4"
    ):
        GRU().check_params(params._replace(W_xh=np.zeros((D, 4))))


@each_form
def test_adjoints_by_name_at_every_step(cell, rng):
    params = cell.init(rng, D, H)
    unrolled = forward(cell, params, rng.normal(size=(5, B, D)))
    steps = list(backward_steps(cell, params, unrolled, rng.normal(size=(5, B, H))))
    assert [step.t for step in steps] == [5, 4, 3, 2, 1]
    for step in steps:
        da = np.concatenate(
            [step.grads.dz, step.grads.dr, step.grads.dn], axis=-1
        )  # times the slopes, block by block
        tape = unrolled.tapes[step.t - 1].cache
        slopes = np.concatenate(
            [tape.z * (1 - tape.z), tape.r * (1 - tape.r), 1 - tape.n**2], axis=-1
        )
        assert largest_difference(step.grads.da, da * slopes) <= 1e-15
