"""What is no lattice's business is named, and why it does not fit."""

import numpy as np
import pytest

from rnntutor.model.ctc import (
    align,
    best_path,
    collapse,
    ctc_loss,
    forward_backward,
    prefix_search,
)

T, B, V = 4, 2, 3
RIGHT = {
    "ys_raw": np.random.default_rng(0).standard_normal((T, B, V)),
    "labels": [[0, 1], [1]],
    "mask": np.arange(T)[:, None] < [4, 2],
}
NAN = RIGHT["ys_raw"].copy()
NAN[1, 0, 2] = np.nan
OUTPUTS = [
    ({"ys_raw": None}, TypeError, r"^ys_raw: expected an array of floating-point"),
    ({"ys_raw": np.ones((T, V))}, ValueError, r"^ys_raw: expected shape \(T, B, V\)"),
    ({"ys_raw": np.ones((0, B, V))}, ValueError, r"^ys_raw: expected shape \(T, B, V\)"),
    ({"ys_raw": np.ones((T, B, 1))}, ValueError, r"^ys_raw: expected V of at least 2, .*, got 1$"),
    ({"ys_raw": NAN}, ValueError, r"^ys_raw: expected finite numbers, got 1 non-finite"),
    ({"mask": np.ones((T, B))}, TypeError, r"^mask: expected an array of booleans"),
    ({"mask": np.ones((T, 1), bool)}, ValueError, r"^mask: expected shape \(4, 2\), got \(4, 1\)"),
]  # fmt: skip
LABELS = [
    ({"labels": None}, TypeError, r"^labels: expected a list of sequences of integers, got None$"),
    ({"labels": "01"}, TypeError, r"^labels: expected a list of sequences of integers, got '01'$"),
    ({"labels": np.array(3)}, TypeError, r"^labels: expected a list of sequences of integers"),
    ({"labels": [[0]]}, ValueError, r"^labels: expected 2 sequences, .*, got 1$"),
    ({"labels": [0, 1]}, ValueError, r"^labels\[0\]: expected shape \(L,\), got \(\)$"),
    ({"labels": [[0], [[1]]]}, ValueError, r"^labels\[1\]: expected shape \(L,\), got \(1, 1\)$"),
    ({"labels": [[0], [0.0]]}, TypeError, r"^labels\[1\]: expected an array of integers"),
    ({"labels": [[0], [1, 2]]}, ValueError, r"^labels\[1\]: expected integers from 0 to 1, got 2 at index \(1,\)$"),
    ({"labels": [[0], [-1]]}, ValueError, r"^labels\[1\]: expected integers from 0 to 1, got -1"),
    (
        {"labels": [[0], [0, 1, 0]]}, ValueError,
        r"^labels\[1\]: expected a sequence that fits into its 2 steps, got 3 labels with 0 repeated, which take 3$",
    ),
    (
        {"labels": [[0, 0, 1, 1], []]}, ValueError,
        r"^labels\[0\]: expected a sequence that fits into its 4 steps, got 4 labels with 2 repeated, which take 6$",
    ),
    (
        {"labels": [[0], [1, 1]]}, ValueError,
        r"^labels\[1\]: expected a sequence that fits into its 2 steps, got 2 labels with 1 repeated, which take 3$",
    ),
]  # fmt: skip
COMPLEX = [({"ys_raw": 1j * RIGHT["ys_raw"]}, TypeError, r"^ys_raw: expected an array of floating-point numbers, got dtype complex128$")]  # fmt: skip
FUNCTIONS = {
    ctc_loss: [
        *OUTPUTS,
        *LABELS,
        ({"reduce": "mean"}, ValueError, r"^reduce: expected one of 'sequence', 'token', 'sum', got 'mean'$"),
        (
            {"labels": [[], []], "reduce": "token"}, ValueError,
            r"^labels: expected at least one label to average over, got none in 2 sequences$",
        ),
    ],
    forward_backward: [*OUTPUTS, *LABELS],
    align: [*OUTPUTS, *LABELS, *COMPLEX],
    best_path: [*OUTPUTS, *COMPLEX],
    prefix_search: [
        *OUTPUTS,
        *COMPLEX,
        ({"width": 0}, ValueError, r"^width: expected an integer of at least 1, got 0$"),
        ({"width": 1.0}, TypeError, r"^width: expected an integer of at least 1, got 1.0$"),
    ],
}  # fmt: skip
CASES = [(function, *case) for function, cases in FUNCTIONS.items() for case in cases]


def arguments(function):
    right = dict(RIGHT)
    if function in (best_path, prefix_search):
        del right["labels"]
    return right | ({"width": 3} if function is prefix_search else {})


@pytest.mark.parametrize(("function", "changed", "error", "message"), CASES)
def test_a_wrong_argument_is_named(function, changed, error, message):
    with pytest.raises(error, match=message):
        function(**(arguments(function) | changed))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_right_arguments_are_right(function):
    function(**arguments(function))


@pytest.mark.parametrize(
    ("path", "blank", "message"),
    [
        (None, 3, r"^path: expected an array of integers"),
        ([[1]], 3, r"^path: expected shape \(L,\), got \(1, 1\)$"),
        ([1], -1, r"^blank: expected an integer of at least 0, got -1$"),
        ([1], None, r"^blank: expected an integer of at least 0, got None$"),
    ],
)
def test_no_path(path, blank, message):
    with pytest.raises((TypeError, ValueError), match=message):
        collapse(path, blank)
