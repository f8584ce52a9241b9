"""The chapters that hand over an instrument, as they are built."""

import gzip
import re

import pytest
from site_pages import HTML, NOT_BUILT, page_names, soup

from rnntutor.lab.instruments import ASSETS

pytestmark = pytest.mark.site
SCRIPTS = {path.name for path in ASSETS.glob("*.js")}
CHAPTERS = {
    "notebooks/01_sequences.html": ["fixed-points"],
    "notebooks/04_backprop.html": ["leaky-sum", "rnn-stepper"],
    "notebooks/06_training.html": ["next-letter"],
    "notebooks/07_gradients_through_time.html": ["gradient-lags"],
    "notebooks/08_lstm.html": ["gradient-lags", "lstm-stepper"],
    "notebooks/09_lstm_backward.html": ["lstm-stepper"],
    "notebooks/11_language_models.html": ["next-letter"],
    "notebooks/12_handwriting.html": ["digit-pen"],
    "notebooks/15_forecasting.html": ["rolling-origin"],
    "notebooks/16_attention.html": ["look-up"],
    "notebooks/17_parallel.html": ["scan-stepper"],
}


@pytest.fixture(autouse=True)
def built():
    if not page_names():
        pytest.fail(NOT_BUILT)


def scripts(page):
    """The files of the instruments that a page loads."""
    names = [
        tag["src"].split("?")[0].rsplit("/", 1)[-1]
        for tag in soup(page).select("script[src]")
    ]
    return [name for name in names if name in SCRIPTS]


def test_a_page_has_the_scripts_of_its_instruments_and_no_more():
    for page in page_names():
        elements = [tag.name for tag in soup(page).select(".instrument")]
        needed = {"kernel.js", "instrument.js"} if elements else set()
        for path in ASSETS.glob("*.js"):
            defined = re.findall(r'define\("([a-z-]+)"', path.read_text("utf-8"))
            needed |= {path.name} & (
                {path.name} if set(defined) & set(elements) else set()
            )
        assert set(scripts(page)) == needed, page
        sheets = [tag["href"] for tag in soup(page).select("link[rel=stylesheet]")]
        assert any("instruments.css" in sheet for sheet in sheets) == bool(elements)


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_has_its_instruments_and_they_are_light(page, note):
    assert [tag.name for tag in soup(page).select(".instrument")] == CHAPTERS[page]
    weight = sum(
        len(gzip.compress((HTML / "_static" / name).read_bytes(), 6))
        for name in scripts(page)
    )
    note(f"{page}: {weight} bytes of script for its instruments, compressed")
    assert weight <= 15_000


@pytest.mark.parametrize("served", [True, False], ids=["served", "from a folder"])
@pytest.mark.parametrize("page", CHAPTERS)
def test_they_live_in_the_page(page, served, browser, address):
    context = browser.new_context(reduced_motion="reduce")
    try:
        opened = context.new_page()
        opened.goto(
            (address if served else HTML.as_uri() + "/") + page, wait_until="load"
        )
        for element in CHAPTERS[page]:
            opened.locator(element).scroll_into_view_if_needed()
            assert opened.locator(f"{element} .live .said").inner_text()
            assert not opened.locator(f"{element} .still").is_visible()
            walk = opened.locator(f"{element} [name=at]")
            first = opened.locator(f"{element} input[type=range]").first
            (walk if walk.count() else first).focus()
            before = opened.locator(f"{element} .said").inner_text()
            for key in ("Home", "ArrowRight"):
                opened.keyboard.press(key)
            assert opened.locator(f"{element} .said").inner_text() != before
    finally:
        context.close()


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_dark_page_has_no_light_ground_behind_them(page, browser, address):
    context = browser.new_context(color_scheme="dark")
    try:
        opened = context.new_page()
        opened.goto(address + page, wait_until="load")
        grounds = opened.locator(".instrument").evaluate_all(
            """all => all.flatMap((node) => {
              const found = [];
              for (let up = node; up !== document.body; up = up.parentElement) found.push(getComputedStyle(up).backgroundColor);
              return found;
            })"""
        )
        assert set(grounds) <= {"rgba(0, 0, 0, 0)", "rgb(21, 24, 28)"}
    finally:
        context.close()


def test_a_planted_fault_leads_to_the_table_of_the_errata(browser, address):
    context = browser.new_context(reduced_motion="reduce")
    try:
        opened = context.new_page()
        opened.goto(address + "notebooks/04_backprop.html", wait_until="load")
        net = opened.locator("rnn-stepper")
        net.locator("select").select_option("noFuture")
        net.locator("[name=at]").press("End")
        net.get_by_role("link").click()
        opened.wait_for_url("**/notebooks/a2_errata.html#sec-a2-rows")
        assert opened.locator("#sec-a2-rows").count() == 1
    finally:
        context.close()


@pytest.mark.parametrize("page", ["notebooks/06_training.html"])
def test_a_net_is_loaded_when_the_reader_comes_near(page, browser, address, note):
    context = browser.new_context(reduced_motion="reduce")
    try:
        opened, nets = context.new_page(), []
        opened.on(
            "request",
            lambda request: nets.append(request.url) if "-net.js" in request.url else 0,
        )
        opened.goto(address + page, wait_until="load")
        assert not nets and opened.locator(".instrument .still table").count()
        opened.locator(".instrument").scroll_into_view_if_needed()
        opened.locator(".instrument .live").wait_for()
        assert len(nets) == 1
    finally:
        context.close()
    name = nets[0].rsplit("/", 1)[-1]
    weight = len(gzip.compress((HTML / "_static" / name).read_bytes(), 6))
    note(f"{name}: {weight} bytes, compressed")
    assert weight <= 115_000
