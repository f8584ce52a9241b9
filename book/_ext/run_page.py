"""“Run this page”: a button on the chapters that run in the reader's browser, and the
Python that it starts. Where tools/runtime.py has brought none, there is no button, and
the pages do not speak of it.
"""

import json
import shutil
import sys
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import page_cells  # noqa: E402
import runtime  # noqa: E402

PLACE = (
    '</h1>\n<div class="run-page"><button type="button" data-cells="{cells}">Run this'
    " page</button> <span>Python in your browser: {size:.0f} MB, once.</span></div>"
)
HEADS = "chapter, cells, as printed, Run all, slow cells".split(", ")


def chapters():
    """What was measured of the chapters that run, by name."""
    return json.loads(page_cells.CHAPTERS.read_text(encoding="utf-8"))


def weight(app):
    """Bytes that a reader has to load, once."""
    files = Path(app.outdir, "run", "files.json")
    if not files.is_file():
        return 0
    listed = json.loads(files.read_text(encoding="utf-8"))
    return sum(file["bytes"] for file in listed.values())


def bring_runtime(app):
    """Write the runtime and the chapters' cells into the site."""
    out = Path(app.outdir, "run")
    shutil.rmtree(out, ignore_errors=True)
    if app.builder.format == "html" and runtime.version():
        page_cells.served(out)
        (out / "cells").mkdir()
        for name, record in chapters().items():
            path = ROOT / "notebooks" / f"{name}.ipynb"
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells = json.dumps(page_cells.cells(notebook, record))
            (out / "cells" / f"{name}.json").write_text(cells, encoding="utf-8")


def add_button(app, pagename, templatename, context, doctree):
    """Give a chapter its button."""
    name = pagename.removeprefix("notebooks/")
    size = weight(app)
    if size and name != pagename and name in chapters():
        place = PLACE.format(cells=f"../run/cells/{name}.json", size=size / 1e6)
        context["body"] = context["body"].replace("</h1>", place, 1)
        app.add_js_file("run/button.js")


class WithRuntime(SphinxDirective):
    """Content for a book whose pages run. MEGABYTES stands for what a reader loads."""

    has_content = True

    def run(self):
        whole = nodes.container()
        size = weight(self.env.app)
        if size:
            words = f"{size / 1e6:.0f} MB"
            lines = [line.replace("MEGABYTES", words) for line in self.content]
            self.state.nested_parse(StringList(lines), self.content_offset, whole)
        return whole.children


class ChaptersThatRun(SphinxDirective):
    """A table: the cells of each chapter, and those that gave what is printed."""

    def run(self):
        lines = ["```{list-table}", ":header-rows: 1", ""]
        rows = [HEADS]
        for name, one in chapters().items():
            slow = ", ".join(f"{seconds} s" for seconds in one["slow"].values())
            number = name.split("_")[0].lstrip("0").upper()
            row = [f"{number} [](../notebooks/{name})", one["cells"], one["same"]]
            rows.append([*row, f"{one['light']} s", slow or "–"])
        for row in rows:
            lines += [f"{' ' if i else '*'} - {cell}" for i, cell in enumerate(row)]
        whole = nodes.container()
        lines = StringList([*lines, "```"], page_cells.CHAPTERS.name)
        self.state.nested_parse(lines, self.content_offset, whole)
        return whole.children


def setup(app):
    app.add_directive("with-runtime", WithRuntime)
    app.add_directive("chapters-that-run", ChaptersThatRun)
    app.connect("builder-inited", bring_runtime)
    app.connect("html-page-context", add_button)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
