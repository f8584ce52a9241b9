"""Directives of the first pages: they show what a net has written, a figure of a
chapter, and the address of the repository, each from the one place where it is kept.
"""

import base64
import hashlib
import json
import os
import re
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]


def passages(record, temperature):
    """What the net of a record wrote: a list of (number of updates, text).

    A record with the stages of a training gives one passage for each; any other gives
    the one at the end, sampled at `temperature`.
    """
    if "stages" in record:
        return [(int(updates), text) for updates, text in record["stages"].items()]
    return [(record["updates"], record["samples"][temperature])]


def age(updates):
    """How long a net has learned, in words."""
    return f"{updates:,} updates" if updates else "untrained"


def beginning(text, longest):
    """The first words of `text`, at most `longest` characters, and an ellipsis. What
    has no spaces is cut anywhere.
    """
    if len(text) <= longest:
        return text
    words = re.match(rf".{{{longest // 2},{longest}}}(?=\s)", text, re.DOTALL)
    return (words[0] if words else text[:longest]) + " …"


def drawn(notebook, name):
    """The PNG of a notebook's figure `name` as the notebook keeps it, in base64, and
    the words for who cannot see it.
    """
    for cell in notebook["cells"]:
        shown = cell["metadata"].get("mystnb", {})
        if shown.get("figure", {}).get("name") == name:
            for out in cell["outputs"]:
                if "image/png" in out.get("data", {}):
                    png = "".join(out["data"]["image/png"].split())
                    return png, shown["image"]["alt"]
    raise LookupError(f"no figure is called {name}")


class Written(SphinxDirective):
    """What nets wrote, from the records named as arguments.

    Options: how many `characters` of each passage, and the `temperature` of a record
    that has several.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "characters": directives.positive_int,
        "temperature": directives.unchanged_required,
    }

    def run(self):
        whole = nodes.container(classes=["written"])
        for name in self.arguments[0].split():
            path = ROOT / "rnntutor" / "data" / "records" / f"{name}.json"
            self.env.note_dependency(str(path))
            record = json.loads(path.read_text(encoding="utf-8"))
            for updates, text in passages(record, self.options["temperature"]):
                block = nodes.line_block(support_smartquotes=False)
                for line in beginning(text, self.options["characters"]).split("\n"):
                    block += nodes.line("", line)
                whole += [nodes.paragraph("", age(updates)), block]
        return [whole]


class ChapterFigure(SphinxDirective):
    """A figure of a chapter: the notebook's name, and the figure's. The content, if
    any, is its caption here.
    """

    required_arguments = 2
    has_content = True

    def run(self):
        notebook, name = self.arguments
        path = ROOT / "notebooks" / f"{notebook}.ipynb"
        self.env.note_dependency(str(path))
        png, alt = drawn(json.loads(path.read_text(encoding="utf-8")), name)
        # beside the files of the chapters' figures, so that it becomes one like them
        data = base64.b64decode(png)
        name = hashlib.sha256(data).hexdigest()
        path = Path(self.env.app.outdir).parent / "jupyter_execute" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        here = Path(self.env.doc2path(self.env.docname)).parent
        image = nodes.image(uri=Path(os.path.relpath(path, here)).as_posix(), alt=alt)
        whole = nodes.container("", image, classes=["cell_output", "chapter-figure"])
        self.state.nested_parse(self.content, self.content_offset, whole)
        return [whole]


class WithAddress(SphinxDirective):
    """Content that waits until the repository has a public address, `repository: url`
    in the configuration. It stands for ADDRESS there.
    """

    has_content = True
    waits = True

    def run(self):
        address = self.config.html_theme_options.get("repository_url", "").rstrip("/")
        if bool(address) != self.waits:
            return []
        lines = [line.replace("ADDRESS", address) for line in self.content]
        whole = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, whole)
        return whole.children


class WithoutAddress(WithAddress):
    """Content that is shown until the repository has a public address."""

    waits = False


def setup(app):
    app.add_directive("written", Written)
    app.add_directive("chapter-figure", ChapterFigure)
    app.add_directive("with-address", WithAddress)
    app.add_directive("without-address", WithoutAddress)
    app.add_css_file("front.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
