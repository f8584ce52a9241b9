"""A server for the built site and one browser for all of its tests."""

import functools
import http.server
import os
import shutil
import threading
from importlib.resources import files

import pytest
from site_pages import HTML, NOT_BUILT, page_names

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_generate_tests(metafunc):
    if "page_name" in metafunc.fixturenames:
        metafunc.parametrize(
            "page_name", page_names() or ["the site is not built"], scope="session"
        )


@pytest.fixture(scope="session")
def address():
    """The site's address, served on the loopback interface."""
    if not page_names():
        pytest.fail(NOT_BUILT)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(HTML))
    ) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _missing(what):
    """Skip, or fail where a browser is promised: RNNTUTOR_REQUIRE_BROWSER=1."""
    if os.environ.get("RNNTUTOR_REQUIRE_BROWSER") == "1":
        pytest.fail(f"RNNTUTOR_REQUIRE_BROWSER=1, but {what}")
    pytest.skip(f"{what}: the pages are not looked at in a browser")


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium: the one on the PATH, or the one that playwright has installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed")
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        if found is None and os.path.exists(playwright.chromium.executable_path):
            found = playwright.chromium.executable_path
        if found is None:
            _missing(f"no browser is installed (looked for {', '.join(BROWSERS)})")
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe():
    """Source of axe-core, which looks for barriers to readers with disabilities."""
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text(
            encoding="utf-8"
        )
    except ModuleNotFoundError:
        _missing("axe-playwright-python is not installed")


@pytest.fixture(params=["light", "dark"])
def page(request, browser, address):
    """The page that the test's module names as its `CHAPTER`, opened wide."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 900},
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    page.goto(address + request.module.CHAPTER, wait_until="load")
    page.wait_for_selector("html[data-settled]")
    yield page
    page.context.close()
