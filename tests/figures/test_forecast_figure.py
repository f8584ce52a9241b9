"""The picture of a series and its forecasts: the numbers drawn, and no text cut off."""

import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back, drawn_texts
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from rnntutor import figures
from rnntutor.figures.style import COLORS

X = np.arange(48.0)
TRUE = np.sin(X / 4)
LATE = np.where(X < 24, np.nan, 0.9 * TRUE)
FIGURES = {
    "plain": lambda: figures.forecasts(X, TRUE, ylabel="vehicles"),
    "all": lambda: figures.forecasts(
        X, TRUE, {"naive": LATE, "LSTM": TRUE + 0.1, "a line": LATE},
        (TRUE - 1, TRUE + 1), xlabel="hours", ticks={"Mon": 0, "Tue": 24},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_inside_the_figure_and_none_overlaps(name):
    figure = FIGURES[name]()
    boxes = list(drawn_texts(figure))
    assert len(boxes) >= 3
    assert_apart(boxes, figure.bbox)


@pytest.mark.parametrize("name", FIGURES)
def test_the_callers_settings_come_back_and_do_not_show(name):
    assert_settings_come_back(FIGURES[name], **{"lines.linewidth": 9})


def test_it_draws_what_it_is_given():
    (axes,) = FIGURES["all"]().axes
    measured, naive, net, _ = axes.lines
    np.testing.assert_array_equal(measured.get_ydata(), TRUE)
    np.testing.assert_array_equal(naive.get_ydata(), LATE)
    np.testing.assert_array_equal(net.get_ydata(), TRUE + 0.1)
    (band,) = [one for one in axes.collections if isinstance(one, PolyCollection)]
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].min() == (TRUE - 1).min()
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["Mon", "Tue"]
    words = [text.get_text() for text in axes.texts if text.get_text()]
    assert words == ["measured", "naive", "LSTM", "a line"]


def test_models_keep_their_colors():
    lines = {"RNN": TRUE, "LSTM": TRUE + 0.5}
    drawn = figures.forecasts(X, TRUE, lines).axes[0].lines[1:]
    assert [to_hex(line.get_color()) for line in drawn] == [
        COLORS["blue"],
        COLORS["orange"],
    ]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: figures.forecasts([[1]], [1]), r"^x: expected shape \(n,\)"),
        (lambda: figures.forecasts([1, 2], [1]), r"^measured: expected shape \(2,\)"),
        (
            lambda: figures.forecasts([1], [1], {c: [1] for c in "abcde"}),
            r"^lines: expected at most 4, got 5",
        ),
        (
            lambda: figures.forecasts([1], [1], {"a": [np.nan]}),
            r"^lines\['a'\]: expected a number at the end",
        ),
        (lambda: figures.forecasts([1], [1], band=1), r"^band: expected a pair"),
        (lambda: figures.forecasts([1], [1], band=([1], [1, 2])), r"^band: expected"),
        (lambda: figures.forecasts([1], [1], ticks=[1]), r"^ticks: expected a dict"),
        (lambda: figures.forecasts([1], [1], height=0), r"^height: expected"),
    ],
)
def test_wrong_arguments_are_named(call, said):
    with pytest.raises((TypeError, ValueError), match=said):
        call()
