"""Every page in a browser: wide and as narrow as a phone, light and dark."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from site_pages import transferred

pytestmark = pytest.mark.site
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
MOST_SHIFT = 0.02  # a fifth of what is called good
PROBE, BARRIERS, CONTRAST = (
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in ("probe.js", "barriers.js", "contrast.js")
)

WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
# As a reader finds the page: how far it moved while it loaded, how many stops lead
# through it by keyboard.
FIRST_SIGHT = """async () => {
  await document.fonts.ready;
  await new Promise((done) => setTimeout(done, 200));
  const all = "a[href], button, input, select, textarea, summary, [tabindex]";
  const stops = [...document.querySelectorAll(all)].filter((node) => node.tabIndex >= 0 &&
    !node.disabled && node.checkVisibility({ visibilityProperty: true }));
  return [window.shift, stops.length];
}"""


@dataclass
class Visit:
    """What happened while a page was open, and what it looked like."""

    facts: dict = field(default_factory=dict)
    shift: float = 0.0
    stops: int = 0
    loaded: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    complaints: list = field(default_factory=list)
    barriers: dict = field(default_factory=dict)


@pytest.fixture(scope="session")
def visit(browser, address, axe):
    """Open a page once per width, and keep what was seen."""
    seen, good_kinds = {}, set()
    contexts = {
        name: browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="light",
            reduced_motion="reduce",
        )
        for name, (width, height) in WIDTHS.items()
    }
    for context in contexts.values():
        context.add_init_script(axe)
        context.add_init_script(WATCH)

    def open_page(name, width):
        if (name, width) in seen:
            return seen[name, width]
        note = seen[name, width] = Visit()
        page = contexts[width].new_page()
        page.on("request", lambda request: note.requests.append(request.url))
        page.on(
            "requestfailed",
            lambda request: note.complaints.append(f"request failed: {request.url}"),
        )
        page.on(
            "response",
            lambda answer: (
                note.complaints.append(f"{answer.status} {answer.url}")
                if answer.status >= 400
                else None
            ),
        )
        page.on("pageerror", lambda error: note.complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: (
                note.complaints.append(f"{said.type}: {said.text}")
                if said.type in ("error", "warning")
                else None
            ),
        )
        page.goto(address + name, wait_until="load")
        note.shift, note.stops = page.evaluate(FIRST_SIGHT)
        note.loaded = list(note.requests)
        for _ in range(2):  # on a busy machine typefaces may come late
            if note.shift > MOST_SHIFT:
                page.reload(wait_until="load")
                note.shift = min(note.shift, page.evaluate(FIRST_SIGHT)[0])
        note.facts = page.evaluate(PROBE)
        if (
            width == "wide"
            # as if the device were turned and turned back: nothing of the narrow page
            # may stay
        ):
            page.set_viewport_size(
                dict(zip(("width", "height"), WIDTHS["phone"], strict=True))
            )
            page.evaluate(PROBE)
            page.set_viewport_size(
                dict(zip(("width", "height"), WIDTHS["wide"], strict=True))
            )
            note.facts = page.evaluate(PROBE)
        # the text of a page is the same on a phone, what stands around it is not
        skipped = "article" if width == "phone" else None
        structure = page.evaluate(BARRIERS, skipped)
        for theme in ("light", "dark"):
            page.evaluate(
                "theme => { document.documentElement.dataset.theme = theme }", theme
            )
            contrast = page.evaluate(CONTRAST, [sorted(good_kinds), skipped])
            note.barriers[theme] = structure + contrast["found"]
            if not contrast["found"]:
                good_kinds.update(contrast["kinds"])
        page.close()
        return note

    yield open_page
    for context in contexts.values():
        context.close()


@pytest.fixture(params=WIDTHS)
def seen(request, page_name, visit):
    return visit(page_name, request.param)


def test_nothing_is_asked_of_anyone_else(seen, address):
    foreign = [
        url for url in seen.requests if not url.startswith((address, "data:", "blob:"))
    ]
    assert not foreign, "\n".join(foreign)


def test_the_browser_has_no_complaint(seen):
    assert not seen.complaints, "\n".join(seen.complaints)


def test_a_page_is_light(seen, address):
    weights = {
        url: transferred(url.removeprefix(address))
        for url in seen.loaded
        if url.startswith(address)
    }
    assert sum(weights.values()) <= 500e3, weights


def test_nothing_moves_while_a_page_loads(seen):
    assert seen.shift <= MOST_SHIFT


def test_the_way_through_a_page_by_keyboard_is_short(page_name, visit):
    assert visit(page_name, "wide").stops <= 150


def test_every_formula_is_set(seen):
    facts = seen.facts
    assert not facts["unrendered"], "formulas that were not set:\n" + "\n".join(
        facts["unrendered"]
    )
    assert facts["containers"] == facts["formulas"]
    assert not facts["faulty"], (
        "formulas with an error or an unknown command:\n" + "\n".join(facts["faulty"])
    )
    assert not facts["raw"], "TeX left in the text:\n" + "\n".join(facts["raw"])


def test_nothing_is_wider_than_its_place(seen):
    facts = seen.facts
    assert not facts["wide"], "stands out of its column:\n" + "\n".join(facts["wide"])
    assert not facts["cut"], "is cut off:\n" + "\n".join(facts["cut"])
    assert facts["pageWidth"] <= facts["windowWidth"], "the page can be pushed sideways"
    assert not facts["unreachable"], "scrolls, but not by keyboard:\n" + "\n".join(
        facts["unreachable"]
    )


def test_figures_are_seen_whole_and_as_large_as_can_be(seen):
    assert not seen.facts["cutFigures"], "\n".join(seen.facts["cutFigures"])
    assert not seen.facts["smallFigures"], "\n".join(seen.facts["smallFigures"])


def test_pictures_are_there_and_described(seen):
    assert not seen.facts["broken"], "pictures that did not load:\n" + "\n".join(
        seen.facts["broken"]
    )
    assert not seen.facts["nameless"], "pictures without a description:\n" + "\n".join(
        seen.facts["nameless"]
    )


def test_no_line_of_code_is_cut_on_a_desktop(page_name, visit):
    cut = visit(page_name, "wide").facts["cutCode"]
    assert not cut, "\n".join(cut)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_barriers(seen, theme):
    barriers = [f"{rule}: {where}\n{why}" for rule, where, why in seen.barriers[theme]]
    assert not barriers, "\n\n".join(barriers)
