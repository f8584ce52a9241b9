"""Cells that are linear in the state before: what they have that no other cell has.

What holds for every cell is tested where the others are: they are among `cases.CELLS`.
"""

import numpy as np
import pytest
from cases import CELLS, assert_same, largest_difference, normal_like

from rnntutor import check_cell, forward, sigmoid
from rnntutor.cells import Diagonal, LinearCell, MinGRU, MinLSTM
from rnntutor.cells.maps import MATRICES, NUMBERS, TURNS
from rnntutor.gradients import state_jacobians
from rnntutor.tree import map as tree_map

LINEAR = [cell for cell in CELLS if isinstance(cell, LinearCell)]
each_linear = pytest.mark.parametrize("cell", LINEAR, ids=str)


@each_linear
def test_gates_of_all_steps_are_those_of_each(cell, rng):
    params = normal_like(cell.init(rng, 3, 4), rng)
    xs = rng.standard_normal((5, 2, 3))
    keep, add, _ = cell.gates(params, xs)
    for t, x in enumerate(xs):
        one_keep, one_add, _ = cell.gates(params, x)
        np.testing.assert_allclose(keep[t], one_keep, rtol=0, atol=1e-15)
        np.testing.assert_allclose(add[t], one_add, rtol=0, atol=1e-15)


@pytest.mark.equation("eq-min-gru-da")
@pytest.mark.equation("eq-min-lstm-dgates")
@pytest.mark.equation("eq-turn-grads")
@each_linear
def test_adjoints_of_all_steps_are_those_of_each(cell, rng):
    """The parameters' gradient is the sum over the steps."""
    params = normal_like(cell.init(rng, 3, 4), rng)
    xs = rng.standard_normal((5, 2, 3))
    keep, add, cache = cell.gates(params, xs)
    dkeep, dadd = normal_like((keep, add), rng)
    dxs, dparams, named = cell.gates_backward(params, xs, cache, dkeep, dadd)
    total = tree_map(np.zeros_like, params)
    for t, x in enumerate(xs):
        cache = cell.gates(params, x)[2]
        dx, dp, one = cell.gates_backward(params, x, cache, dkeep[t], dadd[t])
        at_once = dxs[t], tuple(array[t] for array in named)
        assert largest_difference(at_once, (dx, one)) <= 1e-14
        total = tree_map(np.add, total, dp)
    assert largest_difference(dparams, total) <= 1e-13


@pytest.mark.parametrize("time", [(), (5,)], ids=["a step", "all steps"])
@each_linear
def test_what_is_packed_is_unpacked(cell, time, rng):
    state = normal_like(cell.zero_state(cell.init(rng, 3, 4), 2), rng)
    state = tree_map(lambda a: rng.standard_normal((*time, *a.shape)), state)
    packed = cell.pack(state)
    assert packed.shape[: len(time)] == time
    assert_same(cell.unpack(packed), state)


@pytest.mark.equation("eq-min-gru-da")
@pytest.mark.equation("eq-min-lstm-dgates")
@pytest.mark.equation("eq-turn-grads")
@each_linear
def test_each_adjoint_has_its_own_name(cell):
    findings = check_cell(cell)
    assert findings.ok and findings.unchecked == (), findings


@each_linear
def test_the_step_is_linear_in_the_state(cell, rng):
    params, x = normal_like(cell.init(rng, 3, 4), rng), rng.standard_normal((2, 3))
    states = [normal_like(cell.zero_state(params, 2), rng) for _ in range(2)]
    both = type(states[0])(*(a - 3 * b for a, b in zip(*states, strict=True)))
    zero = cell.step(params, x, cell.zero_state(params, 2))[0]
    first, second, mixed = (cell.step(params, x, one)[0] for one in (*states, both))
    for f, s, m, z in zip(first, second, mixed, zero, strict=True):
        np.testing.assert_allclose((f - z) - 3 * (s - z), m - z, rtol=0, atol=1e-14)


@pytest.mark.parametrize("cell", [MinGRU(), MinLSTM()], ids=str)
def test_the_jacobian_is_a_product_of_gates(cell, rng):
    """Nothing but the gates lies between two states."""
    params, xs = normal_like(cell.init(rng, 3, 4), rng), rng.standard_normal((6, 1, 3))
    jacobians, keep = state_jacobians(cell, params, xs), cell.gates(params, xs)[0]
    for lag in range(6):
        gates = np.prod(keep[6 - lag :, 0], axis=0)
        np.testing.assert_allclose(jacobians[lag], np.diag(gates), rtol=0, atol=1e-15)


def test_min_lstm_is_a_min_gru_with_a_gate_of_two(rng):
    params = normal_like(MinLSTM().init(rng, 3, 4), rng)
    xs = rng.standard_normal((6, 2, 3))
    a_i, a_f, g = np.split(xs @ params.W_xh + params.b_h, 3, axis=-1)
    h = np.zeros((2, 4))
    for t in range(6):
        z = sigmoid(np.log(sigmoid(a_f[t])) - np.log(sigmoid(a_i[t])))
        h = z * h + (1 - z) * g[t]
    np.testing.assert_allclose(
        forward(MinLSTM(), params, xs).final, h, rtol=0, atol=1e-14
    )


def test_a_diagonal_recurrence_is_one_of_complex_numbers(rng):
    cell = Diagonal()
    params = normal_like(cell.init(rng, 3, 4), rng)
    xs = rng.standard_normal((6, 2, 3))
    r = np.exp(-np.exp(params.nu))
    a = xs @ params.W_xh + params.b_h
    s = np.zeros((2, 4), complex)
    for t in range(6):
        new = np.sqrt(1 - r**2) * (a[t, :, :4] + 1j * a[t, :, 4:])
        s = r * np.exp(1j * params.phi) * s + new
    h, q = forward(cell, params, xs).state_T
    np.testing.assert_allclose(h + 1j * q, s, rtol=0, atol=1e-14)


def test_the_ring_from_which_a_diagonal_recurrence_starts(rng):
    cell = Diagonal(r_min=0.5, r_max=0.8, max_angle=0.3)
    params = cell.init(rng, 1, 4000)
    r = np.exp(-np.exp(params.nu))
    assert 0.5 <= r.min() < 0.501 and 0.799 < r.max() <= 0.8
    inner = np.mean(r**2 < (0.5**2 + 0.8**2) / 2)  # half of the ring's area
    assert abs(inner - 0.5) < 0.03
    assert 0 <= params.phi.min() < 0.001 and 0.299 < params.phi.max() <= 0.3


@pytest.mark.parametrize(("nu", "r"), [(-800.0, 1.0), (1000.0, 0.0)])
def test_radii_at_the_ends(nu, r, rng):
    """Numbers, a gradient of 0, and no warning."""
    params = Diagonal().init(rng, 3, 4)._replace(nu=np.full(4, nu))
    state = normal_like(Diagonal().zero_state(params, 2), rng)
    new, tape = Diagonal().step(params, rng.standard_normal((2, 3)), state)
    np.testing.assert_array_equal(tape.cache.r, r)
    dparams = Diagonal().step_backward(params, tape, new)[2]
    np.testing.assert_array_equal(dparams.nu, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_all_parameters_have_the_dtype(dtype, rng):
    assert {p.dtype for p in Diagonal().init(rng, 2, 3, dtype)} == {np.dtype(dtype)}


def drawn(maps, time, rng):
    """A λ and a state."""
    shape = {NUMBERS: (2, 3), TURNS: (2, 2, 3), MATRICES: (2, 3, 3)}[maps]
    state = (2, 3) if maps is MATRICES else shape
    return rng.standard_normal((*time, *shape)), rng.standard_normal((*time, *state))


@pytest.mark.equation("eq-turn")
@pytest.mark.parametrize("time", [(), (5,)], ids=["a step", "all steps"])
@pytest.mark.parametrize("maps", [NUMBERS, TURNS, MATRICES])
def test_maps(maps, time, rng):
    """Composition, the transpose, the derivative by λ and the identity are what they
    are called.
    """
    (one, state), (two, d) = drawn(maps, time, rng), drawn(maps, time, rng)
    there = maps.apply(two, maps.apply(one, state))
    at_once = maps.apply(maps.compose(two, one), state)
    np.testing.assert_allclose(at_once, there, rtol=0, atol=1e-14)
    product = (d * maps.apply(one, state)).sum()
    assert abs((maps.apply(maps.transpose(one), d) * state).sum() - product) < 1e-13
    assert abs((maps.by_keep(d, state) * one).sum() - product) < 1e-13
    if maps is not MATRICES:
        np.testing.assert_array_equal(maps.apply(0 * one + maps.one, state), state)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"r_max": 1.0}, "^r_max: expected a finite number above 0 and below 1"),
        ({"r_min": -0.1}, "^r_min: expected a finite number of at least 0 and below"),
        ({"r_min": 0.9, "r_max": 0.8}, "^r_min: expected a finite number .* below 0.8"),
        ({"max_angle": -1.0}, "^max_angle: expected a finite number of at least 0"),
    ],
)
def test_what_is_no_ring(options, said):
    with pytest.raises(ValueError, match=said):
        Diagonal(**options)


@each_linear
def test_parameters_that_do_not_fit(cell, rng):
    params = cell.init(rng, 3, 4)
    with pytest.raises(ValueError, match=r"^params\.W_xh: expected a multiple of "):
        cell.check_params(params._replace(W_xh=np.zeros((3, 5))))
    with pytest.raises(TypeError, match=r"^params: expected "):
        cell.check_params(tuple(params))
    for name in params._fields[1:]:
        with pytest.raises(ValueError, match=rf"^params\.{name}: expected shape \("):
            cell.check_params(params._replace(**{name: np.zeros(7)}))
