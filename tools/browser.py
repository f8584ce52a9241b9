"""The browser of this machine, for the tools that look at the pages."""

import os
import shutil
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(playwright):
    """The path of a Chromium: the one on the PATH, or the one that playwright has
    installed. Without either the tool ends.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    found = found or playwright.chromium.executable_path
    if not os.path.exists(found):
        sys.exit(f"no browser is installed (looked for {', '.join(BROWSERS)})")
    return found


def launch(playwright):
    """That browser, started."""
    return playwright.chromium.launch(
        executable_path=find(playwright), args=["--no-sandbox"]
    )
