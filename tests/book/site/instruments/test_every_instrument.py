"""What holds for every instrument: it can be read, worked and printed by anyone."""

import gzip
from pathlib import Path

import pytest
from all_instruments import ALL

from rnntutor.lab.instruments import ASSETS
from rnntutor.lab.instruments.shown import BASE

pytestmark = [
    pytest.mark.site,
    pytest.mark.parametrize("made", ALL.values(), ids=ALL.keys()),
]
BARRIERS = (Path(__file__).parents[1] / "barriers.js").read_text(encoding="utf-8")
AXE = "axe.run(document).then((found) => found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]))"
STOPS = ".live :is(button, input, select, a)"
# Its own box, the pieces that stand out of it, and text in the picture that overlaps.
LAYOUT = """() => {
  const live = document.querySelector(".live"), box = live.getBoundingClientRect();
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const out = [...live.querySelectorAll("*")].filter((node) => shown(node) && !node.closest("title, option"))
    .filter((node) => { const at = node.getBoundingClientRect(); return at.width && (at.left < box.left - 6 || at.right > box.right + 6); });
  const words = [...live.querySelectorAll("svg text")].filter(shown).map((node) => [node.textContent, node.getBoundingClientRect()]);
  const clash = [];
  words.forEach(([a, one], k) => words.slice(k + 1).forEach(([b, other]) => {
    if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
      Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4) clash.push(a + " / " + b);
  }));
  const small = words.filter(([, at]) => at.height < 10).map(([text]) => text);
  return { out: out.map((node) => node.outerHTML.slice(0, 90)), clash, small,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth };
}"""


def at_the_end(page):
    """Walk to the end, so that all is shown."""
    if page.locator("[name=at]").count():
        page.locator("[name=at]").focus()
        page.keyboard.press("End")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "phone"])
def test_there_is_no_barrier_and_all_is_in_its_place(made, show, axe, width, theme):
    page = show(made(), width, theme)
    page.evaluate(axe)
    for last in (False, True):
        if last:
            at_the_end(page)
        assert page.evaluate(AXE) == []
        layout = page.evaluate(LAYOUT)
        assert layout == {"out": [], "clash": [], "small": [], "sideways": 0}


def test_every_control_is_a_stop_with_a_name_and_a_visible_focus(made, show):
    page = show(made())
    controls = page.locator(STOPS)
    assert controls.count() >= 2
    for k in range(controls.count()):
        page.keyboard.press("Tab")
        control = controls.nth(k)
        assert control.evaluate("node => node === document.activeElement")
        assert control.evaluate("node => getComputedStyle(node).outlineStyle") != "none"


def test_it_says_what_happens(made, show):
    page = show(made())
    said = page.locator("[role=status]")
    walk = page.locator("[name=at]")
    (walk if walk.count() else page.locator("input[type=range]").first).focus()
    texts = set()
    for key in ("Home", "ArrowRight", "ArrowRight", "End"):
        page.keyboard.press(key)
        texts.add(said.inner_text())
    assert len(texts) >= 3 and min(map(len, texts)) > 20


def test_without_scripts_its_numbers_stand_in_a_table(made, show):
    page = show(made(), scripts=False)
    assert page.locator(".still table").is_visible()
    assert page.locator(".still td").count() >= 4


def test_on_paper_all_is_shown_and_no_control(made, show):
    page = show(made())
    hidden = page.locator(".later").count()
    page.emulate_media(media="print")
    controls = page.locator(STOPS)
    assert not any(controls.nth(k).is_visible() for k in range(controls.count()))
    late = page.locator(".later")
    assert late.count() == hidden
    assert all(late.nth(k).is_visible() for k in range(hidden))
    assert page.locator(".live table").first.is_visible()


def test_its_scripts_are_light(made, note):
    instrument = made()
    text = "".join(
        (ASSETS / name).read_text(encoding="utf-8")
        for name in (*BASE, instrument.script)
    )
    weight = len(gzip.compress(text.encode(), 6))
    note(f"{instrument!r}: {weight} bytes of script, compressed")
    assert weight <= 15_000


# As Jupyter does: the HTML is put in, and then each script is made anew, so that it runs.
FILL = """(html) => {
  const output = document.createElement("div");
  output.innerHTML = html;
  document.querySelector("main").append(output);
  for (const script of output.querySelectorAll("script")) {
    const made = document.createElement("script");
    made.textContent = script.textContent;
    script.replaceWith(made);
  }
}"""


def test_it_lives_in_a_notebook_that_runs_a_cell_again(made, show):
    page = show(made())
    page.evaluate(FILL, made()._repr_html_())
    page.evaluate(FILL, made()._repr_html_())
    assert page.locator(".instrument > .live .said").count() == 3
    assert page.locator(".live .said").last.inner_text()
    assert not page.locator(".still").last.is_visible()


def test_a_page_of_the_book_brings_the_scripts_itself(made, monkeypatch):
    alone = made()._repr_html_()
    assert alone.count("<script>") == 3 and alone.count("<style>") == 1
    monkeypatch.setenv("RNNTUTOR_SCRIPTS_APART", "1")
    apart = made()._repr_html_()
    assert "<script" not in apart and "<style" not in apart and apart in alone
    assert made()._repr_html_() == apart
