"""The leaky sum, worked by keyboard, against the numbers of chapter 4 and of Python."""

import pytest
from all_instruments import numbers

from rnntutor.lab import instruments

pytestmark = pytest.mark.site


def leaky(w, xs):
    """δ_t from t = 1, and dL/dw, as in the chapter."""
    h = [0.0]
    for x in xs:
        h.append(w * h[-1] + x)
    delta, deltas, dw = 0.0, [], 0.0
    for t in range(len(xs), 0, -1):
        delta = (h[t] - 1) + w * delta
        deltas.insert(0, delta)
        dw += delta * h[t - 1]
    return deltas, dw


def test_the_numbers_of_the_chapter(show, walk):
    page = show(instruments.leaky_sum())
    assert page.locator("td.later").count() == 8
    assert "1.00" in walk(page, 3) and "δ" in walk(page, 0)
    said = walk(page, 6)
    assert "= 0.00 + 2.00 = 2.00" in said and "it agrees" in said
    assert numbers(page, "δ") == [1.5, 1.0]
    assert numbers(page, "future") == [0.5, 0.0]


@pytest.mark.parametrize("presses", [-6, 4, 11])
def test_another_weight(show, walk, presses):
    page = show(instruments.leaky_sum(xs=(2, 1, 1)))
    page.locator("[name=w]").focus()
    for _ in range(abs(presses)):
        page.keyboard.press("ArrowRight" if presses > 0 else "ArrowLeft")
    said = walk(page, 13)
    deltas, dw = leaky(0.5 + 0.05 * presses, (2, 1, 1))
    assert numbers(page, "δ") == pytest.approx(deltas, abs=0.0051)
    assert f"= {dw:.2f}. A nudge".replace("-", "−") in said and "it agrees" in said


@pytest.mark.parametrize("fault", ["future", "twice", "after"])
def test_a_fault_is_found(show, walk, fault):
    page = show(instruments.leaky_sum())
    page.locator("select").select_option(fault)
    page.locator("[name=w]").focus()
    page.keyboard.press("ArrowRight")
    assert "it disagrees" in walk(page, 9)


@pytest.mark.parametrize(
    ("fault", "row", "steps", "words"),
    [
        ("future", "future", 6, "The future’s share is w δ2 = 0.50. Planted: 0 in its"),
        ("twice", "future", 6, "w δ2 = 0.50. Planted: w w δ2 = 0.25 in its place"),
        ("after", "to w", 8, "1.50 · 0.00 = 0.00. Planted: δ1 h1 = 1.50 · 2.00 = 3.00"),
    ],
)
def test_a_planted_line_is_marked(show, walk, fault, row, steps, words):
    page = show(instruments.leaky_sum())
    assert page.locator(".wrong").count() == 0
    page.locator("select").select_option(fault)
    assert "Now step backward" in page.locator("[data-part=planted]").inner_text()
    marked = page.locator("th", has=page.locator(".wrong")).inner_text()
    assert marked.startswith(row) and marked.endswith("planted")
    said = walk(page, steps)
    assert said.startswith("At t = 1. ") and words in said


def test_a_name_of_a_fault_is_not_cut_off(show):
    for width in ("wide", "phone"):
        menu = show(instruments.leaky_sum(), width).locator("select")
        menu.select_option("after")
        wide = menu.bounding_box()["width"]
        menu.evaluate("node => { node.style.flex = 'none' }")
        assert menu.bounding_box()["width"] <= wide, width


def test_the_still_has_the_numbers_of_the_live_table(show):
    page = show(instruments.leaky_sum(0.7, (1.5, -2, 0.5)))
    still, live = (
        page.locator(f"{part} td").all_text_contents() for part in (".still", ".live")
    )
    assert still == live and len(still) == 16
