"""The index of the search: Pagefind's, which leads to sections and forgives typing
errors. A page that is opened from a folder cannot load it; Sphinx's own serves there.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bs4 import BeautifulSoup

# Neither the letters of formulas, which are everywhere, nor what a cell printed.
UNREAD = ".katex, .eqno, .cell_output, .headerlink, .run-page, style, script"
# Found after the others: they name every word and explain none.
LISTS = {
    "book/api": 0.2,
    "book/changelog": 0.1,
    "book/notation": 0.5,
    "book/references": 0.2,
    "book/further-reading": 0.2,
    "index": 0.4,
}
# What readers look for by a name that the heading of the page does not have.
ALSO = {
    "notebooks/04_backprop": "BPTT",
    "notebooks/06_training": "learning rate, gradient clipping",
    "notebooks/07_gradients_through_time": "exploding gradients, initialization",
}


def for_the_index(name, html):
    """The article of a page as it is indexed: a section's id belongs to its heading."""
    article = BeautifulSoup(html, "html.parser").find("article")
    for section in article.find_all("section", id=True):
        heading = section.find(re.compile("^h[1-6]$"), recursive=False)
        if heading:
            heading["id"] = section["id"]
            del section["id"]
    article["data-pagefind-weight"] = LISTS.get(name, 1)
    article["data-pagefind-meta"] = f"also:{ALSO.get(name, '')}"
    return f'<html lang="en"><body><main>{article}</main></body></html>'


def make_index(app, exception):
    """Index the pages of the book below pagefind/."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    index = out / "pagefind"
    shutil.rmtree(index, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in app.env.found_docs:
            page = Path(folder, f"{name}.html")
            page.parent.mkdir(parents=True, exist_ok=True)
            html = (out / f"{name}.html").read_text(encoding="utf-8")
            page.write_text(for_the_index(name, html), encoding="utf-8")
        command = [sys.executable, "-m", "pagefind", "--quiet", "--site", folder]
        command += ["--output-path", str(index), "--exclude-selectors", UNREAD]
        subprocess.run(command, check=True)
    for path in index.iterdir():
        # The book has an interface of its own: search.js.
        if re.search(r"-ui\.|-highlight\.", path.name):
            path.unlink()


def setup(app):
    app.connect("build-finished", make_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
