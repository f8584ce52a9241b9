"""The figures of the first pages: one unit, a layer, a step downhill, feedback."""

import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back, drawn_texts, parts
from matplotlib.text import Text

from rnntutor import figures, sigmoid


def valley(w):
    return (np.asarray(w) - 3.0) ** 2


def halves(h):
    return h / 2


CHARTS = {
    "downhill": lambda: figures.downhill(valley, [1.0, 2.0, 2.5], (0, 6)),
    "downhill, from the right": lambda: figures.downhill(valley, [5.0, 4.0], (0, 6)),
    "staircases": lambda: figures.staircases({"a": halves, "b": sigmoid}, [0.1, 0.9]),
}


def unit():
    return figures.unit([0.5, 2.0], [4.0, -1.0], 1.5, ["one", "other"], "yes")


@pytest.mark.parametrize("name", CHARTS)
def test_text_is_inside_the_figure_and_none_overlaps(name):
    figure = CHARTS[name]()
    assert_apart(list(drawn_texts(figure)), figure.bbox)


@pytest.mark.parametrize("draw", [unit, figures.layer, *CHARTS.values()])
def test_the_callers_settings_come_back(draw):
    assert_settings_come_back(draw)


def test_a_unit_shows_its_numbers_the_sum_and_the_squashed_sum():
    texts, shapes, _ = parts(unit())
    inside = [text.get_text() for text in texts if text.get_gid() in shapes]
    squashed = f"{1 / (1 + np.exp(-1.5)):.2f}"  # 0.5 · 4 − 2 + 1.5
    assert sorted(inside) == sorted(
        ["0.5", "2", "× 4", "× −1", "+1.5", "$+$", "1.5", squashed]
    )
    said = {text.get_text() for text in texts}
    assert {"one", "other", "yes", "weights", "bias"} < said


def test_a_layer_joins_every_input_with_every_unit_and_lights_one_column():
    axes = figures.layer().axes[0]
    lit = [line for line in axes.lines if line.get_linewidth() > 1]
    assert len(axes.lines) == 3 * 4 and len(lit) == 3
    ends = np.array([line.get_xydata()[1] for line in lit])
    assert np.ptp(ends, axis=0).max() < 0.26  # on the rim of one unit
    heavy = [patch for patch in axes.patches if patch.get_linewidth() == 1.8]
    assert len(heavy) == 3 + 1 + 1  # a column of W, of b and of a
    assert len({patch.get_x() for patch in heavy}) == 1


def test_downhill_draws_the_error_its_slope_and_the_path():
    axes = figures.downhill(valley, [1.0, 2.0, 2.5], (0, 6)).axes[0]
    curve, tangent, path = axes.lines
    np.testing.assert_allclose(curve.get_ydata(), valley(curve.get_xdata()))
    (x0, x1), (y0, y1) = tangent.get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(-4, abs=1e-6)
    assert (x0 + x1) / 2 == pytest.approx(1) and (y0 + y1) / 2 == pytest.approx(4)
    np.testing.assert_array_equal(path.get_xdata(), [1.0, 2.0, 2.5])
    np.testing.assert_array_equal(path.get_ydata(), [4.0, 1.0, 0.25])
    arrows = [note for note in axes.texts if note.arrow_patch is not None]
    assert [(*note.xyann, *note.xy) for note in arrows] == [
        (1.0, 4.0, 2.0, 1.0),
        (2.0, 1.0, 2.5, 0.25),
    ]


def test_a_staircase_goes_from_the_diagonal_to_the_map_and_back():
    panels = figures.staircases({"a": halves, "b": sigmoid}, [0.8], steps=3).axes
    assert [axes.get_title(loc="left") for axes in panels] == ["a", "b"]
    diagonal, curve, stairs, start = panels[0].lines
    np.testing.assert_array_equal(*diagonal.get_data())
    np.testing.assert_allclose(curve.get_ydata(), curve.get_xdata() / 2)
    np.testing.assert_allclose(stairs.get_xdata(), [0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1])
    np.testing.assert_allclose(stairs.get_ydata(), [0.8, 0.4, 0.4, 0.2, 0.2, 0.1, 0.1])
    assert start.get_xydata().tolist() == [[0.8, 0.8]]
    assert curve.get_color() != stairs.get_color() == start.get_color()
    (arrow,) = panels[0].texts  # the first step
    assert (*arrow.xyann, *arrow.xy) == (0.8, 0.8, 0.8, 0.4)


def test_each_staircase_has_its_color_and_only_a_step_with_room_an_arrow():
    axes = figures.staircases({"a": halves}, [0.1, 0.5, 0.9]).axes[0]
    assert len({line.get_color() for line in axes.lines}) == 2 + 3
    assert len(axes.texts) == 2  # from 0.1 the way to 0.05 is too short


LEGIBLE = 12  # points at 7 inches, so more than 9 pixels on a phone of 390


@pytest.mark.parametrize(
    "draw", [unit, figures.layer, figures.rnn_loop, figures.unrolled, *CHARTS.values()]
)
def test_letters_are_large_enough_for_a_phone(draw):
    figure = draw()
    figure.draw_without_rendering()
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text()]
    assert len(shown) > 3
    assert min(text.get_fontsize() for text in shown) >= LEGIBLE


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: figures.unit([1.0], [1.0, 2.0], 0.0, ["a", "b"], "yes"),
            r"inputs: expected shape \(2,\)",
        ),
        (
            lambda: figures.unit([1.0, 2.0], [1.0, 2.0], 0.0, ["a"], "yes"),
            "names: expected 2 labels, got 1",
        ),
        (
            lambda: figures.unit([1.0, 2.0], [1.0, 2.0], 0.0, ["a", "b"], ""),
            "answer: expected a string of at least 1 character",
        ),
        (
            lambda: figures.downhill(valley, [1.0], (0, 6)),
            "path: expected at least 2 weights, got 1",
        ),
        (lambda: figures.downhill(3, [1.0, 2.0], (0, 6)), "error: expected a function"),
        (
            lambda: figures.downhill(valley, [1.0, 2.0], (6, 0)),
            "span: expected .* got .6, 0",
        ),
        (lambda: figures.staircases({}, [0.5]), "maps: expected .* not empty"),
        (
            lambda: figures.staircases({"a": halves}, [0.5], steps=0),
            "steps: expected an integer of at least 1, got 0",
        ),
    ],
)
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
