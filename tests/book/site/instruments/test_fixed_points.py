"""Fixed points, moved by keyboard, against the package."""

import pytest

import rnntutor as rt
from rnntutor.lab import instruments
from rnntutor.lab.instruments.fixed import crossings

pytestmark = pytest.mark.site


def press(page, name, key, times):
    page.locator(f"input[name={name}]").focus()
    for _ in range(times):
        page.keyboard.press(key)


def to_the_end(page):
    press(page, "at", "End", 1)
    return page


def rows(page, part=".live"):
    return [
        line.split("\t")[1:]
        for line in page.locator(f"{part} tbody tr").all_inner_texts()
    ]


@pytest.mark.parametrize(
    ("w", "b"), [(10, -5), (10, -6.25), (10, -8), (2, -1), (5.5, -3), (0, 1)]
)
def test_every_place_is_that_of_the_package(show, w, b):
    page = to_the_end(show(instruments.fixed_points()))
    steps = round((w - 10) / 0.25)
    press(page, "w", "ArrowRight" if steps > 0 else "ArrowLeft", abs(steps))
    steps = round((b + w / 2) / 0.125)
    press(page, "b", "ArrowRight" if steps > 0 else "ArrowLeft", abs(steps))
    wanted = [
        [f"{h:.3f}", f"{slope:.2f}", "holds" if slope < 1 else "pushes away"]
        for h, slope in crossings(w, b)
    ]
    assert rows(page) == wanted
    exact = page.evaluate("([w, b]) => rnntutor.fixedPoints(w, b)", [w, b])
    assert exact == pytest.approx([h for h, _ in crossings(w, b)], abs=1e-12)
    assert ["one", "two", "three"][len(wanted) - 1] in page.locator(
        ".said"
    ).inner_text()


def test_the_bias_goes_with_the_weight_until_it_is_moved(show):
    page = show(instruments.fixed_points(w=8))
    bias, tied = (page.locator(f"input[name={name}]") for name in ("b", "tied"))
    press(page, "w", "ArrowLeft", 8)
    assert bias.input_value() == "-3" and tied.is_checked()
    press(page, "b", "ArrowLeft", 1)
    assert bias.input_value() == "-3.125" and not tied.is_checked()
    press(page, "w", "ArrowRight", 4)
    assert bias.input_value() == "-3.125"
    tied.focus()
    page.keyboard.press("Space")
    assert bias.input_value() == "-3.5"


def test_it_asks_before_it_shows(show):
    page = show(instruments.fixed_points())
    assert "What do you expect" in page.locator(".said").inner_text()
    assert page.locator("path.stair:not(.later)").count() == 0
    assert not page.locator("circle.fixed").first.is_visible()
    assert not page.locator(".live table").is_visible()
    assert page.locator("circle.start").is_visible()
    assert "three fixed points" in to_the_end(page).locator(".said").inner_text()
    assert page.locator(".live table").is_visible()


def test_the_staircase_is_walked_step_by_step(show):
    page = show(instruments.fixed_points(w=10, h_0=0.55))
    page.locator("[name=at]").focus()
    page.keyboard.press("Home")
    h = 0.55
    for t in range(1, 6):
        page.keyboard.press("ArrowRight")
        h = rt.sigmoid(10 * h - 5)
        assert f"h{t} = {h:.3f}" in page.locator(".said").inner_text()
        dot = page.locator("circle.current").get_attribute("cx")
        assert float(dot) == pytest.approx(30 + 250 * h)
        assert page.locator("path.stair:not(.later)").count() == t


@pytest.mark.parametrize(
    ("b", "h_0", "words"),
    [
        (-5, 0, "Nothing moves any more"),
        (-3.125, 0, "still on its way up, by 0.019 in the last step"),
        (-5, 0.5, "exactly on the fixed point that pushes away"),
    ],
)
def test_it_says_whether_the_state_has_settled(show, b, h_0, words):
    page = to_the_end(show(instruments.fixed_points(10, b, h_0)))
    assert words in page.locator(".said").inner_text()


def test_the_message_comes_before_the_sliders_on_a_phone(show):
    page = show(instruments.fixed_points(), "phone")
    tops = [
        page.locator(part).bounding_box()["y"]
        for part in ("svg", ".walk", ".said", "[name=w]", "[data-part=table]")
    ]
    assert tops == sorted(tops)


def test_the_bias_is_shown_as_far_as_its_steps_go(show):
    page = show(instruments.fixed_points(10, -3.125))
    assert page.locator("[data-of=b]").inner_text() == "−3.125"


def test_the_still_is_the_live_table(show):
    page = to_the_end(show(instruments.fixed_points(9, -4, 0.2)))
    assert rows(page) and rows(page) == [
        [cell.strip() for cell in row]
        for row in page.evaluate(
            "[...document.querySelectorAll('.still tbody tr')].map((row) =>"
            " [...row.cells].slice(1).map((cell) => cell.textContent))"
        )
    ]
