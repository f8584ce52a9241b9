"""Reading by keyboard and on paper."""

import pytest

pytestmark = pytest.mark.site
CHAPTER = "notebooks/03_loss.html"

# Whether something shows that the element has the focus: an outline, or a ring drawn as
# a shadow, of itself or of the box that answers for it.
SHOWS_FOCUS = """() => {
  const node = document.activeElement;
  for (let box = node; box && box !== document.body; box = box.parentElement) {
    const style = getComputedStyle(box);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    if (outlined || (box === node && style.boxShadow !== "none")) return null;
  }
  return node.outerHTML.slice(0, 120);
}"""
CONTRAST_OF_SKIP_LINK = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const link = document.activeElement;
  const pair = [light(getComputedStyle(link).color),
    light(getComputedStyle(link.parentElement).backgroundColor)].sort();
  return [link.getAttribute("href"), (pair[1] + 0.05) / (pair[0] + 0.05)];
}"""


def test_the_first_stop_skips_to_the_text_and_can_be_read(page):
    page.keyboard.press("Tab")
    href, contrast = page.evaluate(CONTRAST_OF_SKIP_LINK)
    assert href == "#main-content"
    assert contrast >= 4.5


def test_the_focus_can_be_seen_at_every_stop(page):
    unseen, stops = [], 0
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        stops += 1
        unseen.append(page.evaluate(SHOWS_FOCUS))
    assert 50 < stops < 200
    assert not list(filter(None, unseen)), "\n".join(filter(None, unseen))


def test_a_solution_opens_by_keyboard(page):
    button = page.locator("article button.toggle-button").first
    solution = page.locator("article .admonition.toggle").first
    assert "toggle-hidden" in solution.get_attribute("class")
    button.focus()
    page.keyboard.press("Enter")
    assert "toggle-hidden" not in solution.get_attribute("class")


def test_the_focus_comes_back_from_the_search(page):
    link = page.locator("article a.reference").first
    link.focus()
    page.keyboard.press("Control+k")
    page.wait_for_selector(".search-button__wrapper.show", state="attached")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.press("Escape")
    page.wait_for_selector(".search-button__wrapper:not(.show)", state="attached")
    assert link.evaluate("node => node === document.activeElement")


def test_paper_is_light_and_holds_whole_lines(page):
    theme = page.evaluate("document.documentElement.dataset.theme")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 660, "height": 900})  # the column of a sheet
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    cut = page.evaluate(
        """[...document.querySelectorAll("article pre")].filter((node) =>
        node.checkVisibility() && node.scrollWidth > node.clientWidth + 1).length"""
    )
    assert cut == 0
    assert page.locator("#jb-print-docs-body h1").inner_text().startswith("3. ")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
