"""Pictures of the long-lag tasks and of trials on them: the numbers drawn, and no text
cut off or covered.
"""

import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back, drawn_texts

from rnntutor import figures
from rnntutor.lab.long_lags import adding
from rnntutor.lab.long_lags.reber import ARROWS

TASK = adding(np.random.default_rng(1), 1).pick([0])
X, ANSWER = TASK.xs[:, 0], float(TASK.targets[-1, 0, 0])
TOOK = {
    "first task": {"RNN": [np.nan] * 3, "LSTM, forget bias 1": [500.0, 900.0, np.nan]},
    "second task": {
        "RNN": [np.nan] * 3,
        "LSTM, forget bias 1": [30_000.0, 41_000.0, 35_500.0],
    },
}
FIGURES = {
    "marked_numbers": lambda: figures.marked_numbers(X, ANSWER),
    "solved_after": lambda: figures.solved_after(TOOK, {"second task": 74_000}),
    "solved_after, none": lambda: figures.solved_after(
        {"hard": {"RNN": [np.nan, np.nan]}}
    ),
}
each_figure = pytest.mark.parametrize("name", FIGURES)


@each_figure
def test_text_is_inside_the_figure_and_none_overlaps(name):
    figure = FIGURES[name]()
    boxes = list(drawn_texts(figure))
    assert len(boxes) >= 3
    assert_apart(boxes, figure.bbox)


@each_figure
def test_the_callers_settings_come_back_and_do_not_show(name):
    assert_settings_come_back(FIGURES[name], **{"lines.linewidth": 9})


def test_the_automaton_has_an_arrow_for_each_letter():
    figure = figures.reber_automaton()
    letters = [text.get_text() for text in figure.axes[0].texts]
    inner = sorted(letter for ways in ARROWS.values() for letter, _ in ways)
    assert sorted(t for t in letters if t in "BTPSXVE") == sorted([*inner, *"BTPTPE"])
    assert {str(node) for node in [*ARROWS, 7]} <= set(letters)
    assert (
        len([p for p in figure.axes[0].patches if type(p).__name__ == "Polygon"])
        == len(inner) + 2 + 4
    )


def test_marked_numbers_are_set_apart():
    figure = figures.marked_numbers(X, ANSWER)
    (axes,) = figure.axes
    marked = np.flatnonzero(X[:, 1] == 1)
    squares = [line for line in axes.lines if line.get_marker() == "s"]
    assert [line.get_xdata()[0] for line in squares] == list(marked + 1)
    assert [line.get_ydata()[0] for line in squares] == list(X[marked, 0])
    (dots,) = [line for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(dots.get_ydata(), X[X[:, 1] == 0, 0])
    (ends,) = [line for line in axes.lines if line.get_marker() == "D"]
    assert list(ends.get_xdata()) == [1, len(X)]
    assert any(f"{ANSWER:.3f}" in text.get_text() for text in axes.texts)


def test_solved_after_has_a_dot_for_each_success_and_counts_them():
    figure = figures.solved_after(TOOK, {"second task": 74_000})
    for axes, (task, nets) in zip(figure.axes, TOOK.items(), strict=True):
        assert axes.get_title("left") == task
        dots = [line for line in axes.lines if line.get_linestyle() == "None"]
        for line, took in zip(dots, nets.values(), strict=True):
            np.testing.assert_array_equal(
                line.get_xdata(), np.sort([t for t in took if t == t])
            )
        counts = [text.get_text() for text in axes.texts]
        assert counts == [f"{np.isfinite(took).sum()} of 3" for took in nets.values()]
    first, second = (
        [line for line in axes.lines if line.is_dashed()] for axes in figure.axes
    )
    assert not first and list(second[0].get_xdata()) == [74_000, 74_000]
    low, high = figure.axes[0].get_xlim()
    assert low < 500 and high > 74_000 and figure.axes[0].get_xscale() == "log"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: figures.marked_numbers(X[:, 0], 0.5),
            ValueError,
            r"x: expected shape \(T, 2\)",
        ),
        (
            lambda: figures.marked_numbers(X, None),
            TypeError,
            "answer: expected a finite number, got None",
        ),
        (
            lambda: figures.marked_numbers(X, 0.5, height=0),
            ValueError,
            "height: expected a finite number above 0",
        ),
        (
            lambda: figures.solved_after({}),
            ValueError,
            "panels: expected a dict of name -> dict",
        ),
        (
            lambda: figures.solved_after({"a": [1.0]}),
            TypeError,
            r"panels\['a'\]: expected a dict of name -> array",
        ),
        (
            lambda: figures.solved_after({"a": {"b": "c"}}),
            TypeError,
            r"panels\['a'\]\['b'\]: expected an array",
        ),
        (
            lambda: figures.solved_after({"a": {"b": [0.0]}}),
            ValueError,
            "panels: expected numbers above 0, got 0",
        ),
        (
            lambda: figures.solved_after(TOOK, {"a": 0}),
            ValueError,
            r"published\['a'\]: expected .* above 0, got 0",
        ),
        (
            lambda: figures.solved_after(TOOK, height=0),
            ValueError,
            "height: expected a finite number above 0",
        ),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
