"""Mixtures of two models, and the weight with which a text is least surprising."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.text.ngram.mixture import best_weight, interpolate

RNG = np.random.default_rng(7)
LOG_P, LOG_Q = np.log(RNG.uniform(0.01, 1, (2, 500)))


@pytest.mark.equation("eq-mixture")
@given(
    st.lists(st.tuples(st.floats(-50, 0), st.floats(-50, 0)), min_size=1),
    st.floats(0, 1),
)
def test_the_mixture_is_the_weighted_mean(pairs, weight):
    log_p, log_q = zip(*pairs, strict=True)
    expected = [
        math.log(weight * math.exp(p) + (1 - weight) * math.exp(q)) for p, q in pairs
    ]
    np.testing.assert_allclose(
        interpolate(log_p, log_q, weight), expected, rtol=1e-12, atol=1e-12
    )


def test_probabilities_too_small_for_a_float_are_mixed_all_the_same():
    np.testing.assert_allclose(
        interpolate([-1000.0], [-2000.0], 0.5), [-1000 - math.log(2)]
    )


def test_the_ends():
    np.testing.assert_allclose(interpolate(LOG_P, LOG_Q, 1), LOG_P, rtol=1e-15)
    np.testing.assert_allclose(interpolate(LOG_P, LOG_Q, 0), LOG_Q, rtol=1e-15)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_the_best_weight_is_the_best(share):
    """No weight of a fine grid does better, and it turns round with the models."""
    p, q = np.exp(LOG_P), np.exp(LOG_Q)
    log_p = np.where(
        RNG.random(500) < share, np.log(np.minimum(1, 1.5 * p)), np.log(p / 4)
    )
    weight = best_weight(log_p, np.log(q))
    losses = [-interpolate(log_p, LOG_Q, w).mean() for w in np.linspace(0, 1, 101)]
    assert -interpolate(log_p, LOG_Q, weight).mean() < min(losses) + 1e-9
    assert best_weight(LOG_Q, log_p) == pytest.approx(1 - weight, abs=1e-6)


def test_a_better_model_gets_all():
    assert best_weight(LOG_P, LOG_P - 1) == pytest.approx(1, abs=1e-9)
    assert best_weight(LOG_P - 1, LOG_P) == pytest.approx(0, abs=1e-9)


ERRORS = [
    (
        lambda: interpolate([0.0], [0.0, 1.0], 0.5),
        ValueError,
        r"log_q: expected shape \(1,\), got \(2,\)",
    ),
    (
        lambda: interpolate([[0.0]], [0.0], 0.5),
        ValueError,
        r"log_p: expected shape \(N,\) .*, got \(1, 1\)",
    ),
    (
        lambda: interpolate([], [], 0.5),
        ValueError,
        r"log_p: expected shape \(N,\) .*, got \(0,\)",
    ),
    (
        lambda: interpolate([-np.inf], [0.0], 0.5),
        ValueError,
        "log_p: expected finite numbers, got 1 non-finite",
    ),
    (
        lambda: interpolate("ab", [0.0], 0.5),
        TypeError,
        "log_p: expected an array of floating-point numbers",
    ),
    (
        lambda: interpolate([0.0], [0.0], 1.5),
        ValueError,
        "weight: expected a finite number of at least 0 and",
    ),
    (
        lambda: best_weight([0.0], [np.nan]),
        ValueError,
        "log_q: expected finite numbers, got 1 non-finite",
    ),
    (
        lambda: best_weight([0.0], [0.0], 0),
        ValueError,
        "steps: expected an integer of at least 1, got 0",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
