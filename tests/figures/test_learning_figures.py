"""The figures of the first net that learns, and of what it takes: shapes, the
logarithm's tangent, guesses that come right, states in a square.
"""

from itertools import pairwise

import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back, parts
from matplotlib.colors import to_rgba

from rnntutor import figures
from rnntutor.figures.primitives import TINTS

LOSSES = 1.8 * np.exp(-np.arange(201) / 60)
GUESSES = {0: "hhhhhh", 50: "elll h", 200: "ello h"}
EARLY = [[0.9, 0.95], [0.8, 0.05], [0.14, 0.03], [0.12, 0.04], [0.9, 0.5]]
LATE = [[0.9, 0.95], [0.98, 0.02], [0.5, 0.02], [0.12, 0.04], [0.9, 0.5]]
FIGURES = {
    "step_shapes": figures.step_shapes,
    "step_shapes, wide": lambda: figures.step_shapes(6, 6),
    "step_shapes, small": lambda: figures.step_shapes(1, 2),
    "log_under_tangent": figures.log_under_tangent,
    "learning": lambda: figures.learning("ello h", LOSSES, GUESSES),
    "learning, long": lambda: figures.learning("abcdef" * 4, LOSSES, {200: "a" * 24}),
    "state_square": lambda: figures.state_square("hello", {"a": EARLY, "b": LATE}),
}


def cells(figure):
    """The cells of the grids: (left, bottom, width, height, fill)."""
    return [
        (*np.round([p.get_x(), p.get_y(), p.get_width(), p.get_height()], 6),
         p.get_facecolor())
        for p in figure.axes[0].patches
        if p.get_linewidth() == 0.7
    ]  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_lies_on_another(name):
    figure = FIGURES[name]()
    figure.draw_without_rendering()
    texts = [t for axes in figure.axes for t in axes.texts if t.get_text().strip()]
    assert texts
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
    assert_apart(boxes, figure.bbox)


@pytest.mark.parametrize(
    "name", ["step_shapes", "log_under_tangent", "learning", "state_square"]
)
def test_the_callers_settings_come_back_and_do_not_show(name):
    assert_settings_come_back(FIGURES[name])


@pytest.mark.parametrize(("D", "H"), [(4, 3), (2, 5)])
def test_a_step_has_the_cells_of_its_arrays(D, H):
    figure = figures.step_shapes(D, H)
    found = cells(figure)
    parameters = [one for one in found if one[4] == to_rgba(TINTS["ochre"])]
    inputs = [one for one in found if one[4] == to_rgba(TINTS["teal"])]
    states = [one for one in found if one[4] == to_rgba(TINTS["blue"])]
    assert len(inputs) == D and len(states) == 2 * H
    assert len(parameters) == D * H + H * H + H
    assert len({one[2:4] for one in found}) == 1  # so that edges can be compared
    texts, _, _ = parts(figure)
    said = [text.get_text() for text in texts]
    assert said.count("$D$") == 2 and said.count("$H$") == 6
    names = ["$x_t$", "$W_{xh}$", "$h_{t-1}$", "$W_{hh}$", "$b_h$", "$a_t$"]
    assert [one for one in said if "_" in one] == names


def test_the_logarithm_lies_under_its_tangent_and_touches_it_at_one():
    tangent, curve, point = figures.log_under_tangent().axes[0].lines
    u = curve.get_xdata()
    np.testing.assert_allclose(curve.get_ydata(), np.log(u))
    np.testing.assert_allclose(tangent.get_ydata(), u - 1)
    assert list(point.get_xdata()) == [1] and list(point.get_ydata()) == [0]


def test_learning_draws_the_losses_and_fills_the_right_guesses():
    figure = figures.learning("ello h", LOSSES, GUESSES)
    table, curve = figure.axes
    np.testing.assert_array_equal(curve.lines[0].get_ydata(), LOSSES)
    np.testing.assert_array_equal(curve.lines[1].get_xdata(), list(GUESSES))
    letters = [t.get_text() for t in table.texts if len(t.get_text()) == 1]
    rows = ["ello h", *GUESSES.values()]
    assert "".join(letters) == "".join(rows).replace(" ", "␣")
    filled = [one[4] == to_rgba(TINTS["purple"]) for one in cells(figure)]
    right = [row[i] == "ello h"[i] for row in GUESSES.values() for i in range(6)]
    assert filled == [False] * 6 + right
    said = [t.get_text() for t in table.texts]
    assert [f"{LOSSES[step]:.2f}" for step in GUESSES] == [
        one for one in said if "." in one
    ]


def test_a_square_has_a_dot_for_each_step_and_writes_near_letters_once():
    for axes, states, said in zip(
        FIGURES["state_square"]().axes, (EARLY, LATE), ("helo", "hello"), strict=True
    ):
        *ways, dots = axes.lines
        np.testing.assert_array_equal(dots.get_xydata(), states)
        ends = [line.get_xydata()[[0, -1]] for line in ways]
        np.testing.assert_allclose(ends, list(pairwise(states)), atol=1e-15)
        letters = [text for text in axes.texts if text.get_text()]
        assert "".join(text.get_text() for text in letters) == said
        for text in letters:
            assert any(np.array_equal(text.xy, place) for place in states)
        assert min(text.get_fontsize() for text in (*letters, axes.xaxis.label)) >= 12


def test_a_space_in_a_square_is_shown():
    texts = figures.state_square(" a", {"one": [[0, 1], [1, 0]]}).axes[0].texts
    assert [text.get_text() for text in texts if text.get_text()] == ["␣", "a"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: figures.step_shapes(7, 2), "D: expected at most 6, got 7"),
        (lambda: figures.step_shapes(2, 0), "H: expected an integer of at least 1"),
        (lambda: figures.learning("a" * 25, LOSSES, {}), "text: expected at most 24"),
        (lambda: figures.learning("ab", LOSSES, {}), "guesses: expected 1 to 6 rows"),
        (
            lambda: figures.learning("ab", LOSSES, {201: "ab"}),
            "guesses: expected keys below 201, got 201",
        ),
        (
            lambda: figures.learning("ab", LOSSES, {0: "abc"}),
            r"guesses\[0\]: expected 2 labels, got 3",
        ),
        (
            lambda: figures.state_square("hello", dict.fromkeys("abcd", LATE)),
            "panels: expected at most 3, got 4",
        ),
        (
            lambda: figures.state_square("hell", {"a": LATE}),
            r"panels\['a'\]: expected shape \(4, 2\)",
        ),
        (
            lambda: figures.state_square("a", {"a": [[0.5, 1.5]]}),
            r"panels\['a'\]: expected numbers from 0 to 1",
        ),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
