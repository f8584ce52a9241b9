"""The first pages show what the records and the chapters hold, and nothing typed by
hand.
"""

import base64
import importlib.util
import json
import re
from types import SimpleNamespace

import pytest
from reading import CHAPTERS, NOTEBOOKS, ROOT, load, source

pytest.importorskip("sphinx")

LANDING = (ROOT / "index.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def front():
    path = ROOT / "book" / "_ext" / "front.py"
    spec = importlib.util.spec_from_file_location("front", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def records():
    """The records that the landing page names."""
    (names,) = re.findall(r"^```\{written\} (.+)$", LANDING, re.MULTILINE)
    for name in names.split():
        path = ROOT / "rnntutor" / "data" / "records" / f"{name}.json"
        yield json.loads(path.read_text(encoding="utf-8"))


def test_the_passages_are_those_of_the_records(front):
    (temperature,) = re.findall(r'^:temperature: "(.+)"$', LANDING, re.MULTILINE)
    shown = [p for record in records() for p in front.passages(record, temperature)]
    staged, long = records()
    assert shown == [
        *((int(n), text) for n, text in staged["stages"].items()),
        (long["updates"], long["samples"][temperature]),
    ]
    updates = [n for n, _ in shown]
    assert updates[0] == 0 and updates == sorted(updates) and len(updates) >= 4
    for record in records():
        assert f"`{record['prompt'].strip()}`" in LANDING


def test_the_readme_quotes_the_records(front):
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    for record in records():
        for updates, text in front.passages(record, "0.8"):
            flat = front.beginning(re.sub(r"\n+", " / ", text), 64)
            assert f"    {front.age(updates):<17}{flat}" in readme


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("to be or", 8, "to be or"),
        ("to be or not", 8, "to be or …"),
        ("to be or not", 11, "to be or …"),
        ("to\nbe benign", 7, "to\nbe …"),
        ("abcdefghij", 4, "abcd …"),
    ],
)
def test_a_passage_ends_with_a_word_where_it_has_words(front, text, longest, expected):
    assert front.beginning(text, longest) == expected


def test_the_figure_is_the_one_of_the_chapter(front):
    ((notebook, name),) = re.findall(
        r"^```\{chapter-figure\} (\S+) (\S+)$", LANDING, re.MULTILINE
    )
    (path,) = [path for path in NOTEBOOKS if path.stem == notebook]
    png, alt = front.drawn(load(path), name)
    assert base64.b64decode(png).startswith(b"\x89PNG") and len(alt) > 20
    with pytest.raises(LookupError, match="no figure is called fig-none"):
        front.drawn(load(path), "fig-none")


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("WithAddress", "", []),
        ("WithAddress", "https://example.org/a/", ["get it", "https://example.org/a"]),
        ("WithoutAddress", "", ["get it", ""]),
        ("WithoutAddress", "https://example.org/a/", []),
    ],
)
def test_content_waits_for_an_address_or_until_there_is_one(
    front, name, address, expected
):
    seen = []
    directive = getattr(front, name)
    given = SimpleNamespace(
        waits=directive.waits,
        config=SimpleNamespace(html_theme_options={"repository_url": address}),
        content=["get it", "ADDRESS"],
        content_offset=0,
        state=SimpleNamespace(nested_parse=lambda lines, *_: seen.extend(lines)),
    )
    directive.run(given)
    assert seen == expected


def test_how_to_read_and_the_chapters_name_the_same_times():
    page = (ROOT / "book" / "how-to-read.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+)–(\d+) \|.*\| (\d+)–(\d+) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    said = 0
    for path in CHAPTERS:
        minutes = re.search(
            r"^\*About (\d+) minutes", source(load(path)["cells"][0]), re.M
        )
        if minutes:
            said += 1
            number = int(path.name[:2])
            (times,) = [r[2:] for r in rows if int(r[0]) <= number <= int(r[1])]
            assert int(times[0]) <= int(minutes[1]) <= int(times[1]), path.stem
    assert said
