"""Edit distances against the definition by recursion, and the rate made of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.model.ctc import edit_distance, error_rate

SHORT = st.lists(st.integers(0, 2), max_size=5)


def by_definition(a, b):
    if not a or not b:
        return len(a) + len(b)
    return min(
        by_definition(a[1:], b) + 1,
        by_definition(a, b[1:]) + 1,
        by_definition(a[1:], b[1:]) + (a[0] != b[0]),
    )


@given(SHORT, SHORT)
def test_it_is_the_distance_by_definition(a, b):
    distance = edit_distance(a, b)
    assert distance == edit_distance(b, a) == by_definition(a, b)
    assert type(distance) is int


def test_the_rate_counts_labels_not_sequences():
    said, labels = [[1, 2], [], np.array([3])], [[1, 2, 2, 2], [], [4]]
    assert error_rate(said, labels) == (2 + 0 + 1) / 5
    assert error_rate(labels, labels) == 0
    assert error_rate([[1, 1, 1]], [[0]]) == 3


@pytest.mark.parametrize(
    ("said", "labels", "error", "message"),
    [
        ([[1]], [[1], [2]], ValueError, r"^said: expected 2 sequences, .*, got 1$"),
        ([[]], [[]], ValueError, r"^labels: expected at least one label, got none in 1"),
        ([[0.5]], [[1]], TypeError, r"^said\[0\]: expected an array of integers, got"),
        ([1], [[1]], ValueError, r"^said\[0\]: expected shape \(L,\), got \(\)$"),
        ([[1]], "1", TypeError, r"^labels: expected a list of sequences of integers, got"),
        (None, [[1]], TypeError, r"^said: expected a list of sequences of integers, got"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named(said, labels, error, message):
    with pytest.raises(error, match=message):
        error_rate(said, labels)


@pytest.mark.parametrize(
    ("said", "labels", "message"),
    [
        (None, [1], r"^said: expected an array of integers, got"),
        ([1], [1.0], r"^labels: expected an array of integers, got"),
    ],
)
def test_a_distance_of_wrong_arguments(said, labels, message):
    with pytest.raises(TypeError, match=message):
        edit_distance(said, labels)
