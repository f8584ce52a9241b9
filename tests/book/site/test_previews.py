"""What a link leads to is shown beside it."""

import pytest

pytestmark = pytest.mark.site
CHAPTER = "notebooks/09_lstm_backward.html"
PREVIEW = "#preview"
TARGETS = {
    "an equation of this chapter": ("#equation-eq-lstm-dc", ".katex-display"),
    "an equation of another": ("04_backprop.html#equation-eq-dh", ".katex-display"),
    "a section": ("#sec-09-setting", "h2 ~ p"),
    "an exercise": ("#ex-lstm-back-first-wrong", ".admonition-title"),
    "a source": (".bibtex-citation a, a.citation-reference", ".citation"),
}


def link_to(page, where):
    selector = where if " " in where else f'a.reference[href="{where}"]'
    return page.locator("article").locator(selector).first


@pytest.mark.parametrize("where, part", TARGETS.values(), ids=TARGETS)
def test_it_comes_under_the_pointer_and_goes_with_escape(page, where, part):
    link = link_to(page, where)
    link.hover()
    page.wait_for_selector(PREVIEW)
    assert page.locator(f"{PREVIEW} {part}, {PREVIEW} > {part}").count() >= 1
    assert link.get_attribute("aria-describedby") == "preview"
    place = page.locator(PREVIEW).bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= 1280
    assert place["y"] >= 0 and place["y"] + place["height"] <= 900
    page.keyboard.press("Escape")
    assert page.locator(PREVIEW).count() == 0
    assert link.get_attribute("aria-describedby") is None


def test_it_comes_with_the_focus_and_goes_with_it(page):
    link = link_to(page, "#equation-eq-lstm-dc")
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.wait_for_selector(PREVIEW)
    assert link.get_attribute("aria-describedby") == "preview"
    page.keyboard.press("Tab")
    assert link.get_attribute("aria-describedby") is None


def test_the_pointer_may_move_into_it(page):
    link_to(page, "#equation-eq-lstm-dc").hover()
    page.wait_for_selector(PREVIEW)
    page.locator(PREVIEW).hover()
    page.wait_for_timeout(400)
    assert page.locator(PREVIEW).count() == 1
    page.mouse.move(2, 2)
    page.wait_for_selector(PREVIEW, state="detached")


def test_it_adds_no_barrier_and_no_second_id(page, axe):
    link_to(page, "04_backprop.html#equation-eq-dh").hover()
    page.wait_for_selector(PREVIEW)
    page.evaluate(axe)
    found = page.evaluate(
        "async () => (await axe.run('#preview')).violations.map((rule) => rule.id)"
    )
    assert not found
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))
