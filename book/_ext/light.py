"""Pages load little: no icons as a program, pictures when they are needed, and only the
files that a page names are in the site.
"""

import re
from pathlib import Path
from urllib.parse import unquote

import imagesize

# The theme brings its icons as a font and once more as a program, and asks early for
# fonts of which it needs none.
WASTE = re.compile(
    r'<script src="[^"]*/fontawesome/[^"]*"></script>'
    r'|<link rel="preload"[^>]*/fa-(?:brands|regular)-[^>]*>'
)
IMAGE = re.compile(r'<img ([^>]*?)src="((?:[^"]+/)?_images/[^"]+)"([^>]*?)/?>')
# What a page, a style sheet or a script may name a file by.
NAMED = re.compile(r"[\w./-]+\.\w+")


def without_waste(head):
    """The theme's part of a page's head, less what the page does not need."""
    return WASTE.sub("", head)


def lighten(app, pagename, templatename, context, doctree):
    """Let scripts wait for the page, and pictures until the reader is near."""
    context["without_waste"] = without_waste
    for script in context.get("script_files", ()):
        name = getattr(script, "filename", None)
        if name and name != "_static/documentation_options.js":
            script.attributes["defer"] = "defer"
    if "body" in context:
        sources = {name: path for path, name in app.builder.images.items()}

        def framed(found):
            before, source, after = found.groups()
            path = Path(app.srcdir, sources[unquote(source.rsplit("/", 1)[1])])
            width, height = imagesize.get(path)
            return (
                f'<div class="figure-box"><img {before}src="{source}"{after} '
                f'width="{width}" height="{height}" loading="lazy" /></div>'
            )

        context["body"] = IMAGE.sub(framed, context["body"])


def ship_what_is_named(app, exception):
    """Remove what themes and extensions brought and no page names, neither itself nor
    by way of a style sheet or a script. Maps are for those who make the theme.
    """
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = {path for path in (out / "_static").rglob("*") if path.is_file()}
    assets = Path(app.srcdir, "book", "assets")
    ours = {out / "_static" / path.relative_to(assets) for path in assets.rglob("*")}
    named = new = {path for path in out.rglob("*.html") if path not in static} | ours
    while new:
        words = {
            word.rsplit("/", 1)[-1]
            for path in new
            if path.suffix in (".html", ".css", ".js")
            for word in NAMED.findall(path.read_text(encoding="utf-8"))
        }
        new = {
            path
            for path in static - named
            if path.name in words and path.suffix != ".map"
        }
        named = named | new
    for path in static - named:
        path.unlink()


def setup(app):
    app.connect("html-page-context", lighten, priority=900)
    app.connect("build-finished", ship_what_is_named)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
