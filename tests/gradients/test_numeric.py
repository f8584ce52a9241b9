"""The oracles themselves: are they right, and do they notice what is wrong?"""

import math

import numpy as np
import pytest
from cases import each_cell, normal_like, problem
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import RNN, Model, backward, compare, complex_step, forward
from rnntutor.cells import LinearCell
from rnntutor.gradients import (
    adjoint_test,
    central_differences,
    cosine,
    relative_difference,
)
from rnntutor.tree import map as tree_map

AT = (np.array([[0.3, -1.2], [0.7, 2.0]]), np.array([1.5]))


def smooth(tree):
    """A function with a gradient that is known."""
    W, b = tree
    return (np.sin(W) * b[0]).sum() + b[0] ** 3


GRADIENT = (np.cos(AT[0]) * 1.5, np.array([np.sin(AT[0]).sum() + 3 * 1.5**2]))


@pytest.mark.equation("eq-complex-step")
def test_complex_step_is_exact():
    assert compare(complex_step(smooth, AT), GRADIENT, 1e-15).ok
    for h in (1e-8, 1e-100, 1e-300):
        assert compare(complex_step(smooth, AT, h=h), GRADIENT, 1e-14).ok


@pytest.mark.equation("eq-central-difference")
def test_central_differences_are_not():
    error = compare(central_differences(smooth, AT), GRADIENT, 1e-8)
    assert error.ok and error.worst.error > 1e-13


@pytest.mark.equation("eq-central-difference")
def test_the_error_of_central_differences_falls_like_eps_squared():
    for eps in (1e-1, 1e-2, 1e-3):
        slope = central_differences(lambda x: np.exp(x[0]), np.array([0.0]), eps=eps)[0]
        assert math.isclose(slope - 1, eps**2 / 6, rel_tol=0.01)


@pytest.mark.parametrize("oracle", [complex_step, central_differences])
def test_an_oracle_returns_the_type_it_was_given(oracle):
    params = Model(RNN("sigmoid"), 2, 3, 4).init(np.random.default_rng(0), np.float32)
    before = tree_map(np.copy, params)
    gradient = oracle(lambda p: (p.cell.W_hh**2).sum() + p.b_y.sum(), params)
    assert type(gradient) is type(params) and gradient.W_hy.dtype == np.float64
    np.testing.assert_allclose(gradient.cell.W_hh, 2 * params.cell.W_hh, atol=1e-9)
    np.testing.assert_allclose(gradient.b_y, 1, atol=1e-9)
    assert (gradient.W_hy == 0).all()
    for old, new in zip(
        (*before.cell, *before[1:]), (*params.cell, *params[1:]), strict=True
    ):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("oracle", [complex_step, central_differences])
def test_an_oracle_takes_arrays_in_any_layout(oracle):
    at = np.arange(12.0).reshape(3, 4)
    for array in (np.asfortranarray(at), at[::-1, ::-1], at[:, ::2], np.float64(3.0)):
        np.testing.assert_allclose(
            oracle(lambda a: (a**2).sum(), array), 2 * array, rtol=1e-6, atol=1e-9
        )


def test_a_function_that_drops_the_imaginary_part_is_noticed():
    def through_a_real_buffer(x):
        buffer = np.empty(x.shape)
        buffer[:] = x
        return buffer.sum()

    with pytest.raises(
        TypeError, match=r"^f: expected a complex number for complex input, got float64"
    ):
        complex_step(lambda x: x.real.sum(), np.ones(2))
    # NumPy warns, and in these tests a warning is an error
    with pytest.raises(np.exceptions.ComplexWarning):
        complex_step(through_a_real_buffer, np.ones(2))
    with pytest.raises(
        TypeError,
        match=r"^forward: expected a complex array for complex input, got float64",
    ):
        adjoint_test(
            lambda x: x.real, lambda u: u, np.ones(2), np.random.default_rng(0)
        )


def test_a_function_that_drops_part_of_it_gives_another_gradient():
    def half(x):
        return x[0] ** 2 + x.real[1] ** 2

    at = np.array([1.0, 2.0])
    report = compare(np.array([2.0, 4.0]), complex_step(half, at))
    assert not report.ok and report.worst.index == (1,)


# The report


def test_a_report_locates_the_error():
    analytic = tree_map(np.copy, GRADIENT)
    analytic[0][1, 0] *= -1
    report = compare(analytic, GRADIENT)
    assert not report.ok and report.size == 5
    block, other = report.blocks
    assert (block.name, block.index, block.size) == ("0", (1, 0), 4)
    assert block.analytic == analytic[0][1, 0] and block.numeric == GRADIENT[0][1, 0]
    assert math.isclose(
        block.error, 2 * abs(GRADIENT[0][1, 0]) / np.abs(GRADIENT[0]).max()
    )
    assert other.error == 0 and report.worst is block
    text = str(report)
    assert "0: DIFFERS" in text and "at (1, 0)" in text and "ratio -1" in text
    assert "1: all 1 agree within 1e-12" in text


@pytest.mark.parametrize("factor", [2.0, 0.5, -1.0])
def test_a_report_names_a_forgotten_factor(factor):
    report = compare(tree_map(lambda g: factor * g, GRADIENT), GRADIENT)
    assert str(report).count(f"ratio {factor:.4g}") == 2


def test_the_bound_is_relative_to_the_block_s_largest():
    numeric = np.array([1e-20, 1.0])
    assert compare(np.array([0.0, 1.0]), numeric, 1e-12).ok
    assert not compare(np.array([1e-11, 1.0]), numeric, 1e-12).ok
    assert compare((1e-30 * numeric,), (1e-30 * numeric,)).ok
    assert not compare((2e-30 * numeric,), (1e-30 * numeric,)).ok
    at_the_limit = compare(np.array([1.0, 1.5]), np.ones(2), 0.5)
    assert at_the_limit.ok and "agree" in str(at_the_limit)


def test_zero_agrees_with_zero_only():
    assert compare(np.zeros(3), np.zeros(3)).ok
    assert not compare(np.array([0.0, 1e-9, 0.0]), np.zeros(3)).ok
    report = compare(np.zeros(3), np.ones(3))
    assert not report.ok and "ratio" not in str(report)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_agrees(value):
    report = compare(
        (np.array([1.0, value]), np.array([5.0])), (np.ones(2), np.array([2.0]))
    )
    assert not report.ok
    assert (
        report.worst.name == "0"
        and report.worst.index == (1,)
        and report.worst.error == np.inf
    )
    assert "0: DIFFERS" in str(report)


def test_a_plain_array_has_a_name_too():
    assert str(compare(np.ones(2), np.ones(2))).startswith("gradient: all 2 agree")


# The adjoint test


def pieces(cell, seed=0):
    drawn = problem(cell, (5, 2, 3, 4), np.random.default_rng(seed))
    unrolled = forward(cell, *drawn.inputs)

    def states(inputs):
        params, xs, state0 = inputs
        return forward(cell, params, xs, state0).hs[1:]

    def pulled_back(dhs):
        dxs, dstate0, dparams = backward(cell, drawn.params, unrolled, dhs)
        return dparams, dxs, dstate0

    return drawn.inputs, states, pulled_back


@pytest.mark.equation("eq-adjoint-test")
def test_the_adjoint_of_a_matrix_is_its_transpose(rng):
    A = rng.standard_normal((5, 3))
    assert (
        adjoint_test(lambda x: A @ x, lambda u: A.T @ u, rng.standard_normal(3), rng)
        <= 1e-16
    )
    assert (
        adjoint_test(lambda x: A @ x, lambda u: -A.T @ u, rng.standard_normal(3), rng)
        > 0.01
    )
    square = A[:3]
    assert (
        adjoint_test(
            lambda x: square @ x, lambda u: square @ u, rng.standard_normal(3), rng
        )
        > 0.01
    )


@pytest.mark.parametrize("factor", [0.0, 0.5, 3.0, -1.0])
def test_the_scale_of_the_adjoint_test(factor, rng):
    """For numbers in place of vectors: |u·7v − factor·7u·v| / (|u·7v| + |factor·7u·v|)."""
    found = adjoint_test(lambda x: 7 * x, lambda u: factor * 7 * u, np.ones(1), rng)
    assert math.isclose(found, abs(1 - factor) / (1 + abs(factor)))


def transposed(params):
    """W_hh transposed block by block: the LSTM has four."""
    blocks = np.split(params.W_hh, params.W_hh.shape[1] // params.W_hh.shape[0], axis=1)
    return params._replace(W_hh=np.concatenate([block.T for block in blocks], axis=1))


FAULTS = {
    "sign": lambda grads: tree_map(np.negative, grads),
    "factor": lambda grads: tree_map(lambda g: 1.001 * g, grads),
    "transposed W_hh": lambda grads: (transposed(grads[0]), *grads[1:]),
    "forgotten b_h": lambda grads: (
        grads[0]._replace(b_h=0 * grads[0].b_h),
        *grads[1:],
    ),
    "time reversed": lambda grads: (grads[0], grads[1][::-1], grads[2]),
    "a step late": lambda grads: (grads[0], np.roll(grads[1], 1, axis=0), grads[2]),
    "no dstate0": lambda grads: (*grads[:2], tree_map(np.zeros_like, grads[2])),
    "one entry": lambda grads: (
        grads[0]._replace(b_h=grads[0].b_h * [1, 1, 0.9] + 0),
        *grads[1:],
    ),
}


@pytest.mark.equation("eq-adjoint-test")
@pytest.mark.parametrize("fault", FAULTS)
@each_cell
def test_the_adjoint_test_catches_a_planted_fault(cell, fault):
    if fault == "transposed W_hh" and isinstance(cell, LinearCell):
        pytest.skip("it has no W_hh")
    at, states, pulled_back = pieces(cell)
    assert adjoint_test(states, pulled_back, at, np.random.default_rng(1)) <= 1e-14
    if fault == "one entry":

        def spoilt(u):
            params, dxs, dstate0 = pulled_back(u)
            b_h = params.b_h.copy()
            b_h[np.argmax(np.abs(b_h))] *= 0.9
            return params._replace(b_h=b_h), dxs, dstate0
    else:

        def spoilt(u):
            return FAULTS[fault](pulled_back(u))

    assert adjoint_test(states, spoilt, at, np.random.default_rng(1)) > 1e-5


def test_the_adjoint_test_draws_from_the_generator_it_is_given(rng):
    at, states, pulled_back = pieces(RNN("tanh"))
    wrong = lambda u: FAULTS["factor"](pulled_back(u))  # noqa: E731
    one, same, other = (
        adjoint_test(states, wrong, at, np.random.default_rng(s)) for s in (1, 1, 2)
    )
    assert one == same != other


def test_the_adjoint_test_of_nothing():
    assert (
        adjoint_test(
            lambda x: 0 * x, lambda u: 0 * u, np.ones(3), np.random.default_rng(0)
        )
        == 0.0
    )


# Two gradients as vectors


@given(
    st.lists(
        st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6), min_size=1, max_size=5
    ),
    st.floats(0.1, 10),
)
def test_measures_of_closeness(numbers, factor):
    a = np.array(numbers)
    assert relative_difference(a, a) == 0
    assert math.isclose(relative_difference(a, -a), 1)
    assert math.isclose(
        relative_difference(a, factor * a),
        abs(factor - 1) / (factor + 1),
        abs_tol=1e-14,
    )
    assert math.isclose(cosine(a, factor * a), 1)
    assert math.isclose(cosine((a,), (-factor * a,)), -1)


def test_measures_of_closeness_by_hand():
    assert math.isclose(
        cosine(np.array([1.0, 0.0]), np.array([1.0, 1.0])), 1 / math.sqrt(2)
    )
    assert (
        cosine(np.zeros(2), np.ones(2)) == 0
        and relative_difference(np.zeros(2), np.zeros(2)) == 0
    )
    assert relative_difference(np.zeros(2), np.ones(2)) == 1
    assert math.isclose(
        relative_difference((np.array([3.0]), np.array([0.0])), np.array([3.0, 4.0])),
        4 / 8,
    )


@each_cell
def test_a_wrong_gradient_can_still_point_downhill(cell, rng):
    """Why a falling loss proves nothing: a forgotten factor of 2 leaves the direction
    as it was.
    """
    grads = normal_like(cell.init(rng, 3, 4), rng)
    doubled = tree_map(lambda g: 2 * g, grads)
    assert (
        math.isclose(cosine(grads, doubled), 1)
        and relative_difference(grads, doubled) > 0.3
    )
