"""Newton's method over time finds the states of the RNN, and how the linear cells
start.
"""

import numpy as np
import pytest
from cases import each_rnn, problem

from rnntutor import GRU, RNN, Model, forward
from rnntutor.cells import MinLSTM
from rnntutor.lab.parallel import STARTS, build, newton
from rnntutor.nets import Scanned


def small(cell, rng, T=30, W=0.4):
    """A net whose gradients fade."""
    drawn = problem(cell, (T, 2, 3, 4), rng)
    return drawn.params._replace(W_hh=W * drawn.params.W_hh), drawn.xs, drawn.state0


@pytest.mark.equation("eq-newton")
@each_rnn
def test_it_converges_to_the_states_of_the_loop(cell, rng):
    params, xs, state0 = small(cell, rng)
    found = newton(cell, params, xs, state0)
    hs = forward(cell, params, xs, state0).hs[1:]
    assert found.converged and len(found.guesses) < 15
    np.testing.assert_allclose(found.hs, hs, rtol=0, atol=1e-12)


@each_rnn
def test_after_k_iterations_the_first_k_states_are_exact(cell, rng):
    """Whatever the net: so it ends after T at the latest."""
    params, xs, state0 = small(cell, rng, T=12, W=3.0)
    hs = forward(cell, params, xs, state0).hs[1:]
    guesses = newton(cell, params, xs, state0, tol=0.0).guesses
    for k, guess in enumerate(guesses):
        size = max(1.0, np.abs(hs).max())
        np.testing.assert_allclose(guess[:k], hs[:k], rtol=0, atol=1e-11 * size)


def test_a_limit(rng):
    params, xs, _ = small(RNN("tanh"), rng)
    found = newton(RNN("tanh"), params, xs, limit=2)
    assert not found.converged and found.guesses.shape == (3, 30, 2, 4)


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"cell": GRU()}, TypeError, "^cell: expected RNN, got GRU"),
        ({"xs": np.zeros((3, 2, 5))}, ValueError, r"^xs: expected shape \(T, B, 3\)"),
        ({"tol": -1.0}, ValueError, "^tol: expected a finite number of at least 0"),
        ({"limit": 0}, ValueError, "^limit: expected an integer of at least 1"),
        ({"params": None}, TypeError, "^params: expected Params"),
    ],
)
def test_arguments_that_do_not_fit(changed, error, said, rng):
    params, xs, _ = small(RNN("tanh"), rng)
    right = {"cell": RNN("tanh"), "params": params, "xs": xs}
    with pytest.raises(error, match=said):
        newton(**right | changed)


@pytest.mark.parametrize("name", STARTS)
def test_a_bias_for_the_lag_keeps_half_over_it(name, rng):
    net, start = build(name, 50)
    params = start(Model(net, 4, 6, 2).init(rng), rng)
    if STARTS[name][1]:
        keep = net.cell.gates(params.cell, np.zeros((1, 4)))[0]
        np.testing.assert_allclose(keep**50, 0.5, atol=0.01)
    if isinstance(net, Scanned) and isinstance(net.cell, MinLSTM):
        a_i, a_f, _ = np.split(params.cell.b_h, 3)
        np.testing.assert_array_equal(a_i, -a_f)


def test_no_other_start():
    with pytest.raises(ValueError, match=r"^name: expected one of 'minGRU, bias"):
        build("minRNN", 50)
