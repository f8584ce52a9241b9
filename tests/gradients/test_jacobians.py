"""How h_t depends on h_s: a product of one matrix per step, and a bound on it."""

import numpy as np
import pytest
from cases import PATHS, each_path, each_rnn, problem

from rnntutor import RNN, forward
from rnntutor.cells import ACTIVATIONS
from rnntutor.gradients.jacobians import jacobian_bound, state_jacobians

T, D, H = 6, 3, 4


def by_complex_step(cell, params, xs, h, batched):
    """Entry (i, j) is the derivative of component j of the last state by component i of
    h: row vectors.
    """
    rows = h + 1e-30j * np.eye(H)  # one perturbed copy in each row of a batch
    return (
        forward(
            cell, params, np.repeat(xs, H, axis=1), RNN.State(rows), batched=batched
        )
        .hs[-1]
        .imag
        / 1e-30
    )


@pytest.fixture
def run(cell):
    drawn = problem(cell, (T, 1, D, H), np.random.default_rng(3), scale=0.7)
    return drawn, forward(cell, *drawn.inputs)


@pytest.mark.equation("eq-jacobian-product")
@each_path
@each_rnn
def test_dependence_is_a_product_of_steps(cell, batched, run):
    """dh_t / dh_s is the product over the steps between of W_hh diag(f'), for all s <
    t.
    """
    drawn, unrolled = run
    df = ACTIVATIONS[cell.activation].df
    for s in range(T):
        product = np.eye(H)
        for t in range(s + 1, T + 1):
            product = product @ drawn.params.W_hh @ np.diag(df(unrolled.hs[t, 0]))
            whole = by_complex_step(
                cell, drawn.params, drawn.xs[s:t], unrolled.hs[s, 0], batched
            )
            assert np.max(np.abs(product - whole)) <= 1e-14 * max(
                1, np.max(np.abs(whole))
            )


@pytest.mark.equation("eq-jacobian-product")
@each_rnn
def test_state_jacobians(cell, run):
    drawn, unrolled = run
    jacobians = state_jacobians(cell, drawn.params, drawn.xs, drawn.state0)
    assert jacobians.shape == (T + 1, H, H)
    np.testing.assert_array_equal(jacobians[0], np.eye(H))
    for lag in range(1, T + 1):
        h = unrolled.hs[T - lag, 0]
        # [i, j]: i of h_T
        whole = by_complex_step(cell, drawn.params, drawn.xs[T - lag :], h, PATHS[0]).T
        assert np.max(np.abs(jacobians[lag] - whole)) <= 1e-13 * max(
            1, np.max(np.abs(whole))
        )


@pytest.mark.equation("eq-vanishing-bound")
@pytest.mark.parametrize("norm", [0.5, 1.0, 4.0])
@pytest.mark.parametrize(("activation", "gamma"), [("sigmoid", 1 / 4), ("tanh", 1.0)])
def test_the_bound_holds(activation, gamma, norm):
    """‖dh_t / dh_s‖₂ ≤ (γ ‖W_hh‖₂)^(t−s), for any input."""
    cell = RNN(activation)
    for seed in range(20):
        drawn = problem(cell, (T, 1, D, H), np.random.default_rng(seed))
        W_hh = drawn.params.W_hh * (norm / np.linalg.norm(drawn.params.W_hh, 2))
        params = drawn.params._replace(W_hh=W_hh)
        unrolled = forward(cell, params, drawn.xs, drawn.state0)
        for s in range(T):
            for t in range(s + 1, T + 1):
                jacobian = by_complex_step(
                    cell, params, drawn.xs[s:t], unrolled.hs[s, 0], PATHS[0]
                )
                bound = (gamma * norm) ** (t - s)
                assert np.linalg.norm(jacobian, 2) <= bound * (1 + 1e-12)
                assert np.isclose(
                    jacobian_bound(cell, params, t - s), bound, rtol=1e-12
                )


@pytest.mark.equation("eq-vanishing-bound")
@pytest.mark.parametrize(
    ("activation", "gamma"), [("sigmoid", 1 / 4), ("tanh", 1.0), ("relu", 1.0)]
)
def test_no_smaller_constant_would_do(activation, gamma):
    """Where the slope is steepest everywhere, an orthogonal W_hh makes the bound an
    equality.
    """
    cell = RNN(activation)
    rng = np.random.default_rng(0)
    W_hh = np.linalg.qr(rng.standard_normal((H, H)))[0]
    params = cell.init(rng, D, H)._replace(W_hh=W_hh)
    h, xs, steepest = (
        rng.random(H),
        [],
        {"sigmoid": 0.0, "tanh": 0.0, "relu": 1.0}[activation],
    )
    for _ in range(T):  # inputs that put every pre-activation where f is steepest
        xs.append(
            [
                steepest
                - (
                    h
                    if not xs
                    else np.full(H, ACTIVATIONS[activation].f(np.float64(steepest)))
                )
                @ W_hh
            ]
        )
    params = params._replace(W_xh=np.eye(H))
    jacobian = by_complex_step(cell, params, np.array(xs), h, PATHS[0])
    assert np.isclose(np.linalg.norm(jacobian, 2), gamma**T, rtol=1e-12)


def test_the_bound_for_several_lags_at_once():
    cell = RNN("tanh")
    params = cell.init(np.random.default_rng(0), D, H)._replace(W_hh=0.5 * np.eye(H))
    np.testing.assert_allclose(
        jacobian_bound(cell, params, np.array([[0, 1], [2, 3]])),
        [[1, 0.5], [0.25, 0.125]],
    )
    for lags in (-1, [-1, 2]):
        with pytest.raises(
            ValueError, match=r"^lags: expected integers of at least 0, got -1"
        ):
            jacobian_bound(cell, params, lags)
