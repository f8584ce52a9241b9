"""The ladder of lags: how its nets start, what they are trained on, and its record."""

import numpy as np
import pytest

from rnntutor import RNN, SGD, Adam
from rnntutor.gradients.jacobians import state_jacobians
from rnntutor.lab.long_lags import first_symbol
from rnntutor.lab.long_lags.ladder import (
    RATES,
    SEEDS,
    STARTS,
    Start,
    accuracy,
    batches,
    identity,
    norms_at_start,
    trained_accuracy,
)
from rnntutor.lab.records import record


def test_a_start_draws_its_own_recurrent_weights():
    params = {name: start.model(np.random.default_rng(0))[1].cell
              for name, start in STARTS.items()}  # fmt: skip
    W_hh = params["tanh, orthogonal"].W_hh
    np.testing.assert_allclose(W_hh @ W_hh.T, np.eye(16), atol=1e-12)
    np.testing.assert_array_equal(params["ReLU, identity"].W_hh, np.eye(16))


def test_batches_ask_at_the_last_step_only():
    (one, two) = batches(np.random.default_rng(0), lag=3, updates=2)
    xs, targets, options = one
    assert xs.shape == (4, 32, 4) and not np.array_equal(xs, two[0])
    assert options["scored"][-1].all() and not options["scored"][:-1].any()
    np.testing.assert_array_equal(targets[-1], xs[0].argmax(axis=-1))


def test_a_net_that_never_says_b_is_right_as_often_as_a_comes():
    model, params = STARTS["tanh"].model(np.random.default_rng(0))
    still = params._replace(W_hy=0 * params.W_hy, b_y=np.array([1.0, 0.0]))
    answers = first_symbol(np.random.default_rng(99), T=6, B=500, V=2).targets[-1]
    assert accuracy(model, still, lag=5) == np.mean(answers == 0)


def test_a_short_lag_is_learned_and_a_long_one_is_not():
    assert trained_accuracy(STARTS["tanh"], 2, 0.03, 0) > 0.9
    assert trained_accuracy(STARTS["sigmoid"], 20, 0.03, 0) < 0.6


def test_a_net_that_overflows_counts_as_guessing():
    wild = Start(RNN("relu"), lambda rng, H: 1e100 * identity(rng, H))
    assert trained_accuracy(wild, 4, 0.03, 0) == 0.5


def test_a_start_is_trained_by_its_own_optimizer():
    assert isinstance(STARTS["tanh"].optimizer(0.03), SGD)
    assert isinstance(STARTS["tanh, Adam"].optimizer(0.03), Adam)
    assert trained_accuracy(STARTS["tanh, Adam"], 20, 0.03, 0) > 0.9
    assert trained_accuracy(STARTS["tanh"], 20, 0.03, 0) < 0.6


def test_norms_at_the_start_are_those_of_the_jacobians():
    (have,) = norms_at_start(STARTS["tanh"], [3], seeds=[4])
    rng = np.random.default_rng(4)
    params = STARTS["tanh"].model(rng)[1]
    xs = first_symbol(rng, T=4, B=1, V=2).xs
    want = np.linalg.norm(state_jacobians(RNN("tanh"), params.cell, xs)[3], 2)
    assert have == pytest.approx(want, rel=1e-12)


def test_a_start_is_asked_for():
    with pytest.raises(TypeError, match=r"^start: expected"):
        trained_accuracy(RNN("tanh"), 2, 0.03, 0)


@pytest.mark.parametrize("name", STARTS)
def test_the_record_is_of_this_ladder(name):
    content = record("first-symbol")
    assert (tuple(content["rates"]), content["seeds"]) == (RATES, len(SEEDS))
    lags, net = content["lags"], content["nets"][name]
    norms = norms_at_start(STARTS[name], lags)
    np.testing.assert_allclose(net["norms"], norms, rtol=1e-3)
    rate = 1
    assert net["accuracy"][0][rate][2] == pytest.approx(
        trained_accuracy(STARTS[name], lags[0], RATES[rate], 2), abs=0.02
    )
