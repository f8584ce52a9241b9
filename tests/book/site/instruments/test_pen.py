"""A pen that is moved over the field, against the package."""

import numpy as np
import pytest

from rnntutor.lab import instruments
from rnntutor.lab.digits import as_points
from rnntutor.lab.instruments.pen import examples, opinions

pytestmark = pytest.mark.site
PEN = "document.querySelector('digit-pen')"
SEVEN = [[(0.2, 0.2), (0.8, 0.22), (0.45, 0.9)], [(0.3, 0.5), (0.7, 0.52)]]


def write(page, strokes):
    """Move the mouse over the field, places as shares of it."""
    page.locator(".pad").scroll_into_view_if_needed()
    box = page.locator(".pad svg").bounding_box()
    for stroke in strokes:
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(
                box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6
            )
            if not k:
                page.mouse.down()
        page.mouse.up()


def test_points_and_opinions_are_those_of_the_package(show, note):
    page = show(instruments.pen())
    write(page, SEVEN)
    strokes = [np.array(stroke) for stroke in page.evaluate(f"{PEN}.strokes")]
    assert len(strokes) == 2 and all(len(stroke) > 5 for stroke in strokes)
    points, ys = (np.array(page.evaluate(f"{PEN}.{name}")) for name in ("points", "ys"))
    apart = (
        np.abs(points - as_points(strokes)).max(),
        np.abs(ys - opinions(*strokes)).max(),
    )
    assert max(apart) < 1e-10
    note(f"pen: points off by {apart[0]:.1e}, probabilities by {apart[1]:.1e} at most")
    best = int(ys[-1].argmax())
    assert (
        page.locator(".said")
        .inner_text()
        .startswith(f"After 8 of 8 points: {best} with {ys[-1][best]:.2f}")
    )


@pytest.mark.parametrize("seed", range(3))
def test_any_strokes_are_cut_alike(show, seed):
    page = show(instruments.pen())
    rng = np.random.default_rng(seed)
    for n in (1, 2, 9):
        strokes = [rng.uniform(0, 100, (n, 2)).round(1) for _ in range(2)]
        strokes[1][n // 2 :] = strokes[1][n // 2]  # a pen that rests
        found = page.evaluate(
            "(strokes) => rnntutor.asPoints(strokes)", [one.tolist() for one in strokes]
        )
        np.testing.assert_allclose(found, as_points(strokes), rtol=0, atol=1e-10)
    dot = page.evaluate("rnntutor.asPoints([[[3, 4]]])")
    np.testing.assert_array_equal(dot, as_points([np.array([[3.0, 4.0]])]))


def test_the_opinion_moves_as_the_pen_moves(show):
    page = show(instruments.pen())
    write(page, [])
    box, said = page.locator(".pad svg").bounding_box(), set()
    middle, radius = box["x"] + box["width"] / 2, box["width"] / 3
    page.mouse.move(middle, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, 12):  # a zero
        page.mouse.move(
            middle - radius * np.sin(angle),
            box["y"] + box["height"] / 2 - radius * np.cos(angle),
        )
        said_last = page.locator(".said").inner_text()
        said.add(said_last)
    assert len(said) > 5 and said_last.startswith("After 8 of 8 points: 0")
    page.get_by_role("button", name="Clear").press("Enter")
    assert page.evaluate(f"{PEN}.strokes") == []
    assert "Write a digit" in page.locator(".said").inner_text()


def test_a_stroke_that_leaves_the_field_stays_in_it(show):
    page = show(instruments.pen())
    write(page, [[(0.2, 0.2), (0.8, 0.3), (1.6, 1.5), (0.5, 0.7)]])
    (stroke,) = page.evaluate(f"{PEN}.strokes")
    assert np.min(stroke) >= 0 and np.max(stroke) <= 100
    assert np.max(stroke) == 100


def test_a_stroke_is_taken_away_and_a_drawing_outlives_an_example(show):
    page = show(instruments.pen())
    write(page, SEVEN)
    drawn = page.evaluate(f"{PEN}.strokes")
    assert page.locator(".pad .lifted").count() == 1
    page.locator("[name=example]").select_option("4")
    page.locator("[name=example]").select_option("own")
    assert page.evaluate(f"{PEN}.strokes") == drawn
    page.get_by_role("button", name="Stroke away").press("Enter")
    assert page.evaluate(f"{PEN}.strokes") == drawn[:1]


def test_a_dot_is_no_digit(show):
    page = show(instruments.pen())
    write(page, [[(0.5, 0.5)]])
    assert "draw a longer stroke" in page.locator(".said").inner_text()
    assert page.locator(".pad circle").count() == 0


@pytest.mark.parametrize("digit", [0, 4, 9])
def test_an_example_is_taken_by_keyboard_and_walked_point_by_point(show, digit):
    page = show(instruments.pen())
    page.locator("[name=example]").select_option(str(digit))
    wanted = opinions(examples()[digit])
    page.locator("[name=at]").focus()
    page.keyboard.press("Home")
    for y in wanted:
        page.keyboard.press("ArrowRight")
        cells = page.locator(".chances td.bar").all_inner_texts()
        assert [float(cell) for cell in cells] == pytest.approx(y, abs=0.0051)
    assert page.locator(".pad circle").count() == 8
    page.locator("[name=example]").select_option("own")
    assert page.evaluate(f"{PEN}.strokes") == []


def test_there_are_ten_digits():
    with pytest.raises((ValueError, IndexError), match="expected"):
        instruments.pen(10)
