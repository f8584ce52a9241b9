"""Of the theme's icons, two thousand, the site ships those that its pages show."""

import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ICON = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')


def ship_what_is_shown(app, exception):
    """Cut the icons' style sheet and fonts down."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    sources = [*out.rglob("*.html"), *out.glob("_static/scripts/*.js")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    shown = set(re.findall(r"\bfa-[\w-]+", text))
    # Some rules of the theme hold an icon as a letter.
    letters = {
        letter
        for sheet in out.glob("_static/styles/*.css")
        for letter in re.findall("[\ue000-\uf8ff]", sheet.read_text(encoding="utf-8"))
    }

    def keep(rule):
        if shown.isdisjoint(re.findall(r"fa-[\w-]+", rule[1])):
            return ""
        letters.add(chr(int(rule[2], 16)))
        return rule[0]

    (sheet,) = out.glob("_static/vendor/fontawesome/*/css/all.min.css")
    style = ICON.sub(keep, sheet.read_text(encoding="utf-8"))
    style = re.sub(r',url\([^)]*\.ttf\) format\("truetype"\)', "", style)
    sheet.write_text(style, encoding="utf-8")
    for path in sheet.parents[1].glob("webfonts/*.woff2"):
        font = TTFont(path)
        cutter = subset.Subsetter()
        cutter.populate(text="".join(letters))
        cutter.subset(font)
        font.save(path)


def setup(app):
    app.connect("build-finished", ship_what_is_shown)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
