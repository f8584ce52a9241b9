"""What a page promises is kept: the box of each chapter leads to its sections, and each
reference is cited.

The first cell of a chapter has an admonition "In this chapter", and an appendix may
have one. The items of its line "**You will** …", divided by semicolons, link to
sections of the same notebook: {ref}`text <label>`, with (label)= on the line before the
heading.
"""

import re
from collections import Counter

import pytest
from reading import CHAPTERS, NOTEBOOKS, ROOT, load, prose, source

BOX = re.compile(
    r"^(`{3,})\{admonition\} In this (?:chapter|appendix)\n(.*?)^\1$",
    re.MULTILINE | re.DOTALL,
)
PROMISES = re.compile(r"^\*\*You will\*\* (.+)$", re.MULTILINE)
LINK = re.compile(r"\{ref\}`[^`<]+<([\w-]+)>`")
LABEL = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
# One label or several, each on a line of its own, and then a heading.
LABELED = re.compile(r"((?:^\([\w-]+\)=\n)+)#{1,6} ", re.MULTILINE)
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FURTHER = re.compile(r"^\s*keywords\s*=\s*\{.*\bfurther\b.*\}", re.MULTILINE)


def text_of(path):
    """A notebook's Markdown cells taken together."""
    cells = load(path)["cells"]
    return "\n\n".join(
        source(cell) for cell in cells if cell["cell_type"] == "markdown"
    )


def promises(text):
    """The items of the box of a page, or None if it has no box."""
    box = BOX.search(text)
    if box is None:
        return None
    line = PROMISES.search(box[2])
    assert line, "no line **You will** …"
    return [item.strip() for item in line[1].rstrip(".").split(";")]


def unkept(text):
    """The items of the box of a page that do not lead to a section of it."""
    sections = {
        label for labels in LABELED.findall(text) for label in LABEL.findall(labels)
    }
    found = {item: LINK.findall(item) for item in promises(text) or []}
    return [item for item, links in found.items() if not set(links) & sections]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_a_box(path):
    assert promises(source(load(path)["cells"][0]))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_the_box_promises_is_a_section(path):
    assert unkept(text_of(path)) == []


def test_a_promise_that_is_not_kept_is_found():
    box = (
        "```{admonition} In this chapter\n**You will** do {ref}`this <sec-this>`; and"
        " that.\n```\n"
    )
    assert unkept(box + "(sec-this)=\n## This") == ["and that"]
    assert len(unkept(box + "(sec-this)=\n\n## This")) == 2
    assert unkept("# A page without a box") == []


def test_no_two_sections_share_a_label():
    labels = Counter(label for _, text in prose() for label in LABEL.findall(text))
    assert [label for label, times in labels.items() if times > 1] == []


def test_each_reference_is_cited_or_further_reading():
    """A work that has lost its only citation would else move to the further reading
    without a word.
    """
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    entries = dict(ENTRY.findall(bibliography))
    assert len(entries) == len(re.findall(r"^@", bibliography, re.MULTILINE))
    further = {key for key, fields in entries.items() if FURTHER.search(fields)}
    pages = [
        text
        for name, text in prose()
        if name not in ("references.md", "further-reading.md")
    ]
    cited = {
        key.strip()
        for text in pages
        for keys in CITE.findall(text)
        for key in keys.split(",")
    }
    assert cited - set(entries) == set(), "cited, and in no entry"
    assert set(entries) - further - cited == set(), (
        "cited nowhere, and not marked as further reading"
    )
    assert further & cited == set(), (
        "cited: drop the keyword `further`, or a loss goes unseen"
    )
