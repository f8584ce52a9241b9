"""What a notebook shows of an instrument: an element, and the scripts that move it."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

from rnntutor.lab.instruments.packed import net_script

ASSETS = Path(__file__).parent / "assets"
BASE = ("kernel.js", "instrument.js")
# The pages of the book bring the scripts along, once for all of their instruments. The
# tools that run the book's notebooks say so here; anywhere else an output carries them.
APART = "RNNTUTOR_SCRIPTS_APART"


class Instrument:
    """An element that scripts bring to life, and a table for where there are none.

    Parameters
    ----------
    element : str
        The name of the custom element, such as "leaky-sum".
    label : str
        What it is, for who cannot see it.
    given : dict
        What it starts from; numbers, strings and lists of them.
    still : str
        HTML that stands for it on paper and without JavaScript.
    script : str
        The file of `ASSETS` that defines the element.
    net : str, optional
        The name of the net in `packed.NETS` that the element needs. The book's pages
        load it when the reader comes near.
    """

    def __init__(self, element, label, given, still, script, net=None):
        self.element, self.label, self.given = element, label, given
        self.still, self.script, self.net = still, script, net

    def __repr__(self):
        return f"<{self.element}>"

    def markup(self):
        """The element alone, without its scripts."""
        given = html.escape(json.dumps(self.given, separators=(",", ":")))
        return (
            f'<{self.element} class="instrument" role="group"'
            f' aria-label="{html.escape(self.label)}" given="{given}">\n'
            f'<div class="still">{self.still}</div>\n</{self.element}>'
        )

    def _repr_html_(self):
        if os.environ.get(APART):
            return self.markup()
        style = f"<style>{_text('instruments.css')}</style>"
        scripts = [_text(name) for name in (*BASE, self.script)]
        if self.net:
            scripts[-1] = net_script(self.net) + scripts[-1]
        scripts = "".join(f"<script>{script}</script>" for script in scripts)
        return style + self.markup() + scripts


def table(caption, heads, rows, digits=2):
    """An HTML table: rows are (heading, cells), a number set with so many decimals and
    a true minus, a str as it is.
    """
    top = "".join(f'<th scope="col">{head}</th>' for head in heads)
    lines = "".join(
        f'<tr><th scope="row">{heading}</th>'
        + "".join(
            f"<td>{cell if isinstance(cell, str) else written(cell, digits)}</td>"
            for cell in cells
        )
        + "</tr>"
        for heading, cells in rows
    )
    return (
        f"<table><caption>{caption}</caption><thead><tr><td></td>{top}</tr></thead>"
        f"<tbody>{lines}</tbody></table>"
    )


def written(number, digits=2):
    """`number` with so many decimals, and a true minus.

    >>> written(-0.5), written(-0.001)
    ('−0.50', '0.00')
    """
    text = f"{number:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def _text(name):
    return (ASSETS / name).read_text(encoding="utf-8")
