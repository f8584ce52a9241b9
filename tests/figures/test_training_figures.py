"""The figures of training: landscapes with paths, and the circle that a matrix pushes."""

import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back, drawn_texts

from rnntutor import figures
from rnntutor.figures.style import COLORS

W = np.array([[0.9, 0.0], [1.0, 0.9]])
STAYS = [[-2.0, 1.0], [-1.0, -0.5], [0.5, 0.2]]
LEAVES = [[-2.0, -1.0], [-1.0, 0.0], [3.0, 2.0], [0.0, 0.0]]


def bowl(x, y):
    return x**2 + 9 * y**2


def landscape(paths=None, levels=None, apart=False):
    paths = {"stays": STAYS, "leaves": LEAVES} if paths is None else paths
    return figures.landscape(
        bowl,
        paths,
        (-3, 2),
        (-2, 2),
        xlabel="one",
        ylabel="other",
        levels=levels,
        apart=apart,
    )


def panels():
    return landscape(apart=True)


def circles():
    return figures.pushed_circle(W, [1, 3, 9, 30])


@pytest.mark.parametrize("draw", [landscape, panels, circles])
def test_text_is_inside_the_figure_and_none_overlaps(draw):
    figure = draw()
    assert_apart(list(drawn_texts(figure)), figure.bbox)


@pytest.mark.parametrize("draw", [landscape, panels, circles])
def test_the_callers_settings_come_back(draw):
    assert_settings_come_back(draw)


def test_a_landscape_draws_each_path_as_far_as_it_is_in_sight():
    axes = landscape().axes[0]
    stays, leaves = axes.lines
    np.testing.assert_array_equal(stays.get_xydata(), STAYS)
    np.testing.assert_array_equal(leaves.get_xydata(), LEAVES[:2])
    assert stays.get_color() != leaves.get_color()
    (arrow,) = [note for note in axes.texts if note.arrow_patch is not None]
    np.testing.assert_allclose(arrow.xyann, LEAVES[1])
    np.testing.assert_allclose(arrow.xy, [2.0, 1.5])  # half the way up, at the edge
    named = {note.get_text(): note.xy for note in axes.texts if note.get_text()}
    np.testing.assert_allclose(named["stays"], STAYS[-1])
    np.testing.assert_allclose(named["leaves"], arrow.xy)


@pytest.mark.parametrize(
    ("to", "edge"),
    [
        ([9.0, 0.0], [2.0, 0.0]),
        ([-9.0, 0.0], [-3.0, 0.0]),
        ([0.0, 9.0], [0.0, 2.0]),
        ([0.0, -9.0], [0.0, -2.0]),
    ],
)
def test_a_path_leaves_at_the_edge_it_comes_to_first(to, edge):
    axes = landscape({"leaves": [[0.0, 0.0], to]}).axes[0]
    np.testing.assert_allclose(axes.texts[0].xy, edge)


def test_the_lines_of_a_landscape_are_those_of_its_levels():
    axes = landscape(levels=[1.0, 4.0, 9.0]).axes[0]
    lines = axes.collections[-1].get_paths()
    for level, path in zip([1.0, 4.0, 9.0], lines, strict=True):
        np.testing.assert_allclose(bowl(*path.vertices.T), level, rtol=0.02)


def test_a_long_path_is_marked_at_its_ends_only():
    long = np.linspace([-2.0, 1.0], [0.0, 0.0], 60)
    assert landscape({"long": long}).axes[0].lines[0].get_markevery() == [0, 59]


def test_paths_apart_have_a_panel_each_under_their_name():
    one, other = panels().axes
    assert [a.get_title(loc="left") for a in (one, other)] == ["stays", "leaves"]
    np.testing.assert_array_equal(one.lines[0].get_xydata(), STAYS)
    np.testing.assert_array_equal(other.lines[0].get_xydata(), LEAVES[:2])
    assert len(one.lines) == len(other.lines) == 1
    assert not [note for note in one.texts + other.texts if note.get_text()]
    assert one.xaxis.label.get_fontsize() >= 12


def test_the_circle_is_pushed_through_each_power():
    figure = circles()
    for axes, power in zip(figure.axes, [1, 3, 9, 30], strict=True):
        before, pushed, stroke = axes.lines
        np.testing.assert_allclose(np.linalg.norm(before.get_xydata(), axis=1), 1.0)
        product = np.linalg.matrix_power(W, power)
        np.testing.assert_allclose(
            pushed.get_xydata(), before.get_xydata() @ product, atol=1e-12
        )
        norm = np.linalg.norm(product, 2)
        (x, y) = stroke.get_xydata()[1]
        assert np.hypot(x, y) == pytest.approx(norm, rel=1e-3) and x > 0
        assert axes.get_title() == f"k = {power}: × {norm:.2f}"
        assert stroke.get_color() == COLORS["orange"]


def test_three_powers_leave_a_panel_empty():
    shown = [a.get_visible() for a in figures.pushed_circle(W, [1, 2, 3]).axes]
    assert shown == [True, True, True, False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: landscape({str(k): STAYS for k in range(5)}), "paths: expected at mo"),
        (lambda: landscape({"a": [[5.0, 0.0]]}), r"paths\['a'\]: expected a path that"),
        (lambda: figures.pushed_circle(W, []), "powers: expected one to four numbers"),
        (lambda: figures.pushed_circle(W, [1] * 5), "powers: expected one to four"),
        (lambda: figures.pushed_circle(np.eye(3), [1]), "W: expected shape"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_loss_is_a_function():
    with pytest.raises(TypeError, match="loss: expected a function of two arrays"):
        figures.landscape(1.0, {"a": STAYS}, (-3, 2), (-2, 2), xlabel="x", ylabel="y")
