"""“Run this page” in a browser: from the click to what each cell says of its output."""

import json
import re

import nbformat
import pytest
from site_pages import HTML, ROOT, page_names, soup, transferred

pytestmark = pytest.mark.site
RUNTIME = HTML / "run" / "files.json"
RECORDS = json.loads((ROOT / "book" / "run" / "chapters.json").read_text("utf-8"))
SECONDS = 240_000  # milliseconds, on a machine that is busy with other things
STATUS = ".run-bar [role=status]"
# What comes without figures: Python, NumPy and the package.
PLAIN = re.compile(
    r"/(pyodide[.-](asm|mjs|lock)|python_stdlib|numpy-|rnntutor-|files\.json|cells/)"
    r"|/_static/run/"
)


def needs_runtime():
    if not RUNTIME.is_file():
        pytest.skip("the book was built without Python for its pages: `make runtime`")


def settled(page, words):
    page.wait_for_function(
        "([place, words]) => document.querySelector(place)?.textContent.match(words)",
        arg=[STATUS, words],
        timeout=SECONDS,
    )
    return page.locator(STATUS).inner_text()


class Run:
    """A chapter that was opened, and run by a click."""

    def __init__(self, browser, address, name, **options):
        self.context = browser.new_context(
            reduced_motion="reduce", accept_downloads=True, **options
        )
        self.page = page = self.context.new_page()
        self.asked, self.complaints = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{address}notebooks/{name}.html", wait_until="load")
        page.wait_for_selector("html[data-settled]")
        self.before = len(self.asked)
        page.locator(".run-page button").click()
        self.said = settled(page, "gave what|stopped|broke off")

    def cell(self, number):
        return self.page.locator("div.cell").nth(number - 1)

    def badges(self):
        return self.page.locator(".run-badge").all_text_contents()


@pytest.fixture(scope="module")
def chapter_2(browser, address):
    needs_runtime()
    size = {"width": 1280, "height": 900}
    run = Run(browser, address, "02_forward", viewport=size)
    yield run
    run.context.close()


@pytest.fixture(scope="module")
def chapter_4(browser, address):
    needs_runtime()
    size = {"width": 390, "height": 844}
    dark = {"viewport": size, "color_scheme": "dark", "has_touch": True}
    run = Run(browser, address, "04_backprop", **dark)
    yield run
    run.context.close()


@pytest.mark.parametrize("chapter", ["chapter_2", "chapter_4"])
def test_what_comes_out_is_what_is_printed(chapter, request):
    run = request.getfixturevalue(chapter)
    assert re.match(r"All \d+ cells that print gave what is printed\.", run.said)
    badges = run.badges()
    assert sum("same as printed" in badge for badge in badges) >= 11
    assert not [badge for badge in badges if "differs" in badge or "Error" in badge]
    assert not run.complaints, run.complaints


@pytest.mark.parametrize("chapter", ["chapter_2", "chapter_4"])
def test_nothing_is_fetched_before_the_click_and_all_comes_from_the_book(
    chapter, request, address, note
):
    run = request.getfixturevalue(chapter)
    early = [url for url in run.asked[: run.before] if "/run/" in url]
    assert [url.split("?")[0].rsplit("/", 1)[1] for url in early] == ["button.js"]
    foreign = [u for u in run.asked if not u.startswith((address, "data:", "blob:"))]
    assert not foreign, foreign
    came = dict.fromkeys(url.split("?")[0] for url in run.asked[run.before :])
    weights = {
        url: transferred(url.removeprefix(address))
        for url in came
        if url.startswith(address) and "/run/" in url
    }
    whole = sum(weights.values())
    plain = sum(weight for url, weight in weights.items() if PLAIN.search(url))
    note(
        f"{chapter}: {len(weights)} requests, {whole / 1e6:.1f} MB from the click to"
        f" the end, {plain / 1e6:.1f} MB of them without figures"
    )
    assert plain <= 12e6 and whole <= 20e6


def test_an_edited_cell_shows_the_difference_and_is_kept(chapter_2):
    page, number = chapter_2.page, 2
    cell = chapter_2.cell(number)
    book = cell.locator(".cell_output:not(.run-output)").inner_text()
    code = cell.locator("[role=textbox]")
    code.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("print('mine')")
    page.keyboard.press("Shift+Enter")
    assert "differs" in settled(page, f"Cell {number}: differs")
    assert "mine" in cell.locator(".run-output > .run-out").inner_text()
    cell.locator(".run-difference summary").click()
    difference = cell.locator(".run-difference pre")
    assert difference.locator(".new").inner_text().strip() == "+ mine"
    assert not difference.locator(".gone").count()

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download notebook").click()
    notebook = nbformat.read(waiting.value.path(), as_version=4)
    nbformat.validate(notebook)
    edited = [one for one in notebook.cells if "print('mine')" in one.source]
    assert len(edited) == 1 and edited[0].outputs[0].text.endswith("mine\n")

    page.reload()
    assert "kept" in page.locator(".run-page").inner_text()
    page.locator(".run-page button").click()
    code = chapter_2.cell(number).locator("[role=textbox]")
    code.wait_for()
    assert code.inner_text().rstrip().endswith("print('mine')")
    settled(page, "gave what")
    cell.get_by_role("button", name=f"Reset: cell {number}").click()
    assert "mine" not in code.inner_text()
    assert cell.locator(".cell_output:not(.run-output)").inner_text() == book
    assert page.evaluate("localStorage.getItem('run:' + location.pathname)") is None


def test_an_error_is_shown_where_it_arose(chapter_2):
    page, cell = chapter_2.page, chapter_2.cell(3)
    cell.locator("summary").click()
    code = cell.locator("[role=textbox]")
    code.fill("def half(x):\n    return x / 0\n\nhalf(1)")
    cell.get_by_role("button", name="Run: cell 3").click()
    assert "Cell 3 stopped with ZeroDivisionError" in settled(page, "stopped with")
    said = cell.locator(".run-error").inner_text()
    assert "return x / 0" in said and "cell.py" not in said
    cell.get_by_role("button", name="Reset: cell 3").click()


def test_stop_ends_a_cell_and_run_all_above_brings_back_what_it_needs(chapter_2):
    page, cell = chapter_2.page, chapter_2.cell(4)
    code = cell.locator("[role=textbox]")
    cell.locator("summary").click()
    code.fill("while True:\n    pass")
    cell.get_by_role("button", name="Run: cell 4").click()
    settled(page, "Running cell 4")
    page.get_by_role("button", name="Stop").click()
    assert "lost" in settled(page, "Stopped")
    cell.get_by_role("button", name="Reset: cell 4").click()
    last = chapter_2.cell(11)
    last.get_by_role("button", name="Run all above: cell 11").click()
    settled(page, r"Cell 10: ")
    last.get_by_role("button", name="Run: cell 11").click()
    assert "same as printed" in settled(page, "Cell 11: ")


def test_an_exercise_is_checked_and_its_solution_stays_folded(chapter_2):
    page = chapter_2.page
    solution, check = (
        page.locator(".tag_solution").first,
        page.locator(".tag_check").first,
    )
    assert not solution.locator("pre").first.is_visible()
    check.locator("summary").first.click()
    check.get_by_role("button", name=re.compile("^Run: ")).click()
    settled(page, "stopped with")
    box = solution.locator("xpath=ancestor::div[contains(@class, 'solution')]").first
    box.locator("button.toggle-button").click()
    solution.get_by_role("button", name=re.compile("^Run: ")).click()
    settled(page, "ran")
    check.get_by_role("button", name=re.compile("^Run: ")).click()
    assert "same as printed" in settled(page, "same as printed")


@pytest.mark.parametrize("chapter", ["chapter_2", "chapter_4"])
def test_no_barriers_in_a_page_that_runs(chapter, request, axe):
    run = request.getfixturevalue(chapter)
    run.page.evaluate(axe)
    found = run.page.evaluate(
        "async () => (await axe.run('article', { resultTypes: ['violations'] }))"
        ".violations.map((rule) => [rule.id, rule.nodes[0].failureSummary,"
        " rule.nodes[0].html.slice(0, 200)])"
    )
    assert not found, found


def test_a_phone_shows_it_whole(chapter_4):
    assert chapter_4.page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"
        " && document.querySelector('.run-bar').clientHeight <= 150"
    )


def test_a_page_says_why_it_cannot_run(browser):
    needs_runtime()
    context = browser.new_context()
    page = context.new_page()
    page.goto((HTML / "notebooks" / "02_forward.html").as_uri(), wait_until="load")
    page.locator(".run-page button").click()
    assert "make serve" in page.locator(".run-page [role=status]").inner_text()
    context.close()


def test_the_button_is_on_the_chapters_that_run_and_no_other():
    wanted = {f"notebooks/{name}.html" for name in RECORDS if RUNTIME.is_file()}
    pages = {name: (HTML / name).read_text(encoding="utf-8") for name in page_names()}
    assert {
        name for name, text in pages.items() if 'class="run-page"' in text
    } == wanted


@pytest.mark.parametrize("name", RECORDS)
def test_the_cells_are_those_of_the_page(name):
    needs_runtime()
    cells = json.loads((HTML / "run" / "cells" / f"{name}.json").read_text("utf-8"))
    shown = soup(f"notebooks/{name}.html").select("article div.cell")
    assert len(shown) == len(cells)
    for node, cell in zip(shown, cells, strict=True):
        code = node.select_one(".cell_input pre").get_text()
        assert code.strip("\n") == cell["source"].strip("\n")
