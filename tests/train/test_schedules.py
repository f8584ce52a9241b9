"""Learning-rate schedules, as functions of the number of updates made."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.train import exponential_decay, linear_decay, warmup


def test_exponential_decay():
    schedule = exponential_decay(0.8, rate=0.5, every=3, start=2)
    assert [schedule(n) for n in range(10)] == [0.8] * 5 + [0.4] * 3 + [0.2] * 2
    assert [exponential_decay(1.0, 0.5)(n) for n in range(3)] == [1, 0.5, 0.25]


def test_exponential_decay_never_arrives_at_zero():
    assert exponential_decay(1.0, 0.5)(100_000) > 0


def test_linear_decay():
    schedule = linear_decay(0.8, updates=4, final=0.5)
    assert [schedule(n) for n in range(7)] == pytest.approx(
        [0.8, 0.7, 0.6, 0.5, 0.4, 0.4, 0.4]
    )
    assert math.isclose(linear_decay(2.0, 10)(10**6), 0.02)


def test_warmup():
    assert [warmup(0.8, 4)(n) for n in range(6)] == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 0.8, 0.8]
    )


def test_warmup_hands_over():
    schedule = warmup(0.8, 2, then=exponential_decay(0.8, 0.5))
    assert [schedule(n) for n in range(5)] == [0.4, 0.8, 0.8, 0.4, 0.2]


@given(
    st.floats(1e-6, 10), st.integers(1, 1000), st.floats(0.01, 1), st.integers(0, 5000)
)
def test_rates_lie_between_zero_and_the_first(lr, updates, fraction, n):
    for schedule in (
        exponential_decay(lr, fraction, updates),
        linear_decay(lr, updates, fraction),
        warmup(lr, updates),
    ):
        assert 0 < schedule(n) <= lr * (1 + 1e-12)


@given(
    st.floats(1e-6, 10), st.integers(1, 1000), st.floats(0.01, 1), st.integers(0, 5000)
)
def test_decay_never_rises_and_warmup_never_falls(lr, updates, fraction, n):
    for schedule in (
        exponential_decay(lr, fraction, updates),
        linear_decay(lr, updates, fraction),
    ):
        assert schedule(n + 1) <= schedule(n) * (1 + 1e-12)
    assert warmup(lr, updates)(n + 1) >= warmup(lr, updates)(n)
