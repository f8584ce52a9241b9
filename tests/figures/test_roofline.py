"""The roofline: its roof is where theory has it, and every point stands where it was
measured.
"""

import numpy as np
import pytest
from looks import assert_apart, drawn_texts

from rnntutor import figures

POINTS = {"small": (0.5, 20.0), "large": (40.0, 380.0)}


def test_the_roof_and_the_points():
    axes = figures.roofline(400.0, 20.0, POINTS).axes[0]
    roof, *points = axes.lines
    xs, ys = roof.get_data()
    assert xs[1] == 20 and ys[1] == ys[2] == 400
    np.testing.assert_allclose(ys[0], 20 * xs[0])
    assert [(*line.get_xdata(), *line.get_ydata()) for line in points] == list(
        POINTS.values()
    )
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(POINTS)
    low, high = axes.get_xlim()
    assert all(low < x < high for x, _ in POINTS.values())
    # not by color alone
    assert len({line.get_marker() for line in points}) == len(points)


def test_text_is_inside_the_figure_and_none_overlaps():
    figure = figures.roofline(400.0, 20.0, POINTS)
    boxes = list(drawn_texts(figure))
    assert_apart(boxes, figure.bbox)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 20.0, POINTS), "peak: expected a finite number above 0, got 0"),
        ((400.0, -1.0, POINTS), "bandwidth: expected a finite number above 0, got -1"),
        ((400.0, 20.0, {}), "points: expected"),
        ((400.0, 20.0, {"a": (1.0, 2.0, 3.0)}), r"points\['a'\]: expected shape"),
        ((400.0, 20.0, {"a": (1.0, 0.0)}), r"points\['a'\]: expected"),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        figures.roofline(*arguments)
