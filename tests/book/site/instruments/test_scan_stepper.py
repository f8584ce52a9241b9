"""The tree of eight steps, walked and changed, against the package's scan."""

import numpy as np
import pytest
from all_instruments import numbers

from rnntutor.cells.maps import NUMBERS, Numbers
from rnntutor.lab import instruments
from rnntutor.lab.instruments.scanned import ADD, KEEP
from rnntutor.nets import scan

pytestmark = pytest.mark.site


class Counted(Numbers):
    """As in the chapter."""

    work = depth = 0

    def apply(self, keep, state):
        self.work += np.size(keep)
        self.depth += np.size(keep) > 0
        return keep * state

    def compose(self, later, earlier):
        self.work += np.size(later)
        return later * earlier


def states_of(keep, add, maps=NUMBERS):
    keep, add = (np.array(row, float)[:, None] for row in (keep, add))
    return scan.tree(maps, keep, add, np.zeros(1))[:, 0]


def said_at_the_end(page):
    page.locator("[name=at]").press("End")
    return page.locator(".said").inner_text()


def test_states_and_boxes_are_the_packages(show):
    page, draw = show(instruments.scan_stepper()), np.random.default_rng(0)
    for _ in range(3):
        keep, add = draw.random(8), draw.normal(size=8)
        found = page.evaluate(
            "([keep, add]) => rnntutor.grown(keep, add)", [keep.tolist(), add.tolist()]
        )
        states = [box["add"] for box in found["states"]]
        assert states == pytest.approx(states_of(keep, add), abs=1e-14)
        for box in found["boxes"]:  # a box leads from any state to the right one
            first, last = box["first"] - 1, box["last"]
            steps = (row[first:last, None] for row in (keep, add))
            start = np.array([0.0 if first == 0 else 1.7])
            wanted = scan.loop(NUMBERS, *steps, start)[-1, 0]
            led = box.get("keep", 0) * start[0] + box["add"]
            assert led == pytest.approx(wanted, abs=1e-14)


def test_rounds_and_products_are_those_that_the_tree_counts(show):
    page = show(instruments.scan_stepper())
    assert "All 8 states, with 18 products" in said_at_the_end(page)
    counted = Counted()
    states_of(KEEP, ADD, counted)  # with a round and a product for h_0
    assert numbers(page, "tree")[:2] == [counted.depth - 1, counted.work - 1]


@pytest.mark.parametrize(
    ("k", "tree", "loop"),
    [(0, "1", "1"), (1, "12", "12"), (3, "1248", "1234"), (5, "12345678", "123456")],
)
def test_what_is_known_after_so_many_rounds(show, walk, k, tree, loop):
    page = show(instruments.scan_stepper())
    walk(page, k)
    known = page.locator(".live tbody tr td:last-child").all_inner_texts()
    assert [row.replace(" ", "") for row in known] == [tree, loop]
    assert page.locator("rect.box.later").count() == [11, 7, 5, 4, 3, 0][k]


def test_a_gate_that_is_shut_marks_what_it_reaches(show):
    page = show(instruments.scan_stepper())
    page.locator("[name=lam]").press("Home")
    assert "what your change has reached, 7 boxes of 19" in said_at_the_end(page)
    assert page.locator("rect.lit").count() == 7
    shut = [*KEEP[:4], 0, *KEEP[5:]]
    shown = page.locator("text:has(> .index) + text").all_text_contents()
    wanted = states_of(shut, ADD)[[1, 3, 7, 5, 2, 4, 6]]
    found = [float(text.replace("−", "-")) for text in shown]
    assert found == pytest.approx(wanted, abs=0.0051)
    page.locator("[name=step]").select_option("1")
    assert page.locator("[name=lam]").input_value() == "0.5"
    page.locator("[name=lam]").press("End")
    assert "8 boxes of 19" in page.locator(".said").inner_text()  # λ_1 alone


def test_an_unchanged_tree_marks_nothing(show):
    page = show(instruments.scan_stepper())
    for key in ("ArrowRight", "ArrowLeft"):
        page.locator("[name=u]").press(key)
    assert "Orange" not in said_at_the_end(page)
    assert page.locator("rect.lit").count() == 0


def test_the_still_has_the_packages_states(show):
    page = show(instruments.scan_stepper(), scripts=False)
    row = page.locator(".still tbody tr").last.locator("td").all_text_contents()
    states = [float(text.replace("−", "-")) for text in row]
    assert states == pytest.approx(states_of(KEEP, ADD), abs=0.0051)
