"""Pages with instruments bring the instruments' scripts along; others do not."""

import re
from pathlib import Path

from rnntutor.lab.instruments.packed import NETS, net_script
from rnntutor.lab.instruments.shown import ASSETS, BASE

USED = re.compile(r'<([a-z]+-[a-z]+) class="instrument"')
DEFINES = re.compile(r'customElements\.define\("([a-z-]+)"')
SCRIPT_OF = {
    element: path.name
    for path in ASSETS.glob("*.js")
    for element in DEFINES.findall(path.read_text(encoding="utf-8"))
}


def bring_scripts(app, pagename, templatename, context, doctree):
    """Name what the page needs in its head."""
    elements = dict.fromkeys(USED.findall(context.get("body", "")))
    if elements:
        app.add_css_file("instruments.css")
        for name in (*BASE, *(SCRIPT_OF[element] for element in elements)):
            app.add_js_file(name)


def bring_nets(app):
    """Write the nets that instruments load beside the scripts."""
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        for name in NETS:
            (folder / name).write_text(net_script(name), encoding="utf-8")


def setup(app):
    app.connect("builder-inited", bring_nets)
    app.connect("html-page-context", bring_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
