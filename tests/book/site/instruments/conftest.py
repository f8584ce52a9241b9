"""An instrument in a page of its own, as a notebook would show it, with the book's
colors.
"""

import pytest
from site_pages import ROOT

from rnntutor.lab.instruments.shown import APART

STYLE = (ROOT / "book" / "assets" / "site.css").read_text(encoding="utf-8")
WIDTHS = {"wide": 1000, "phone": 390}


@pytest.fixture(autouse=True)
def with_its_scripts(monkeypatch):
    """Notebooks that run in the same process leave the scripts to the book's pages."""
    monkeypatch.delenv(APART, raising=False)


@pytest.fixture
def show(browser):
    """Open an instrument; what a test leaves unseen, an error of a script, fails it."""
    contexts, complaints = [], []

    def open_page(instrument, width="wide", theme="light", scripts=True):
        context = browser.new_context(
            viewport={"width": WIDTHS[width], "height": 800},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url))
        page.set_content(
            f'<!DOCTYPE html><html lang="en" data-theme="{theme}"><head><title>One'
            f" instrument</title><style>{STYLE} body {{ background: var(--paper) }}"
            '</style></head><body><main class="bd-article"><h1>One instrument</h1>'
            f"{instrument._repr_html_()}</main></body></html>"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def walk():
    """Walk on by keyboard: so many times the right arrow on the slider of the walk."""

    def steps(page, n):
        page.locator("[name=at]").focus()
        for _ in range(n):
            page.keyboard.press("ArrowRight")
        return page.locator(".said").inner_text()

    return steps
