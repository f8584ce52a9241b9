"""The built site as files: complete, fresh, every link and reference whole, nothing
from elsewhere.
"""

import importlib
import inspect
import pkgutil
import re
import xml.etree.ElementTree

import imagesize
import nbformat
import pytest
from site_pages import (
    HTML,
    NOT_BUILT,
    ROOT,
    addresses,
    anchors,
    is_foreign,
    page_names,
    soup,
    source_of,
    target,
    toc_documents,
)
from sphinxcontrib import katex

import rnntutor

FETCHED = [
    ("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("iframe", "src"),
    ("source", "src"), ("video", "src"), ("audio", "src"), ("embed", "src"), ("object", "data"),
    ("image", "href"), ("use", "href"),
]  # fmt: skip
NOTEBOOKS = [
    document for document in toc_documents() if source_of(document).suffix == ".ipynb"
]


@pytest.fixture(scope="module", autouse=True)
def built():
    if not page_names():
        pytest.fail(NOT_BUILT)


@pytest.mark.parametrize("document", toc_documents())
def test_every_page_of_the_contents_is_built_from_the_present_source(document):
    source = source_of(document)
    assert (HTML / f"{document}.html").is_file(), f"{document}: no page"
    copied = HTML / "_sources" / source.relative_to(ROOT)
    assert copied.read_bytes() == source.read_bytes(), (
        f"{source.name} has changed since the book was built: run `make book`"
    )


def test_the_first_page_is_the_book_s():
    assert toc_documents()[0] == "index"
    assert soup("index.html").select("article .hero")


def test_links_lead_somewhere():
    broken = []
    for name in page_names():
        for tag, address in addresses(
            name, ("a", "href"), ("area", "href"), ("form", "action"), *FETCHED
        ):
            if is_foreign(address) or address.startswith(
                ("data:", "javascript:", "mailto:")
            ):
                continue
            path, fragment = target(name, address)
            if not (HTML / path).is_file():
                broken.append(
                    f"{name}: <{tag.name}> points to {address}, and there is no such"
                    " file"
                )
            elif fragment and path.endswith(".html") and fragment not in anchors(path):
                broken.append(
                    f"{name}: <{tag.name}> points to {address}, and that page has no"
                    " such place"
                )
    assert not broken, "\n".join(broken)


def test_no_reference_is_left_open():
    open_ends = []
    for name in page_names():
        for tag in soup(name).select(".problematic, .system-message"):
            open_ends.append(f"{name}: {tag.get_text(' ', strip=True)[:120]}")
        text = soup(name).find("main").get_text(" ")
        open_ends += [
            f"{name}: {words}"
            for words in re.findall(r"\?\?\?*|\{(?:eq|cite|doc|ref|numref)\}\S*", text)
        ]
    assert not open_ends, "\n".join(open_ends)


def test_ids_are_unique():
    twice = []
    for name in page_names():
        ids = [tag["id"] for tag in soup(name).select("article [id]")]
        twice += [
            f"{name}: {one}"
            for one in sorted({one for one in ids if ids.count(one) > 1})
        ]
    assert not twice, "\n".join(twice)


def test_nothing_is_fetched_from_elsewhere():
    foreign = []
    for name in page_names():
        foreign += [
            f"{name}: <{tag.name}> {address}"
            for tag, address in addresses(name, *FETCHED)
            if is_foreign(address)
        ]
        for tag in soup(name).find_all(["script", "style"]):
            for address in re.findall(r"(?:https?:)?//[\w.-]+\.\w+", tag.string or ""):
                foreign.append(f"{name}: an inline <{tag.name}> names {address}")
    for sheet in HTML.glob("_static/**/*.css"):
        for address in re.findall(
            r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)",
            sheet.read_text(encoding="utf-8"),
        ):
            foreign.append(f"{sheet.relative_to(HTML)}: {address}")
    assert not foreign, "\n".join(foreign)


def test_the_site_uses_the_present_styles_and_scripts():
    for source in (ROOT / "book" / "assets").rglob("*"):
        if source.is_file():
            copied = HTML / "_static" / source.relative_to(ROOT / "book" / "assets")
            assert copied.read_bytes() == source.read_bytes(), (
                f"{source.name} has changed since the book was built: run `make book`"
            )


@pytest.mark.parametrize("document", NOTEBOOKS)
def test_a_notebook_can_be_downloaded_from_its_page(document):
    buttons = soup(f"{document}.html").select(
        ".article-header-buttons a[href$='.ipynb']"
    )
    links = [button for button in buttons if not is_foreign(button["href"])]
    assert len(links) == 1, "expected one button that downloads the notebook"
    path, _ = target(f"{document}.html", links[0]["href"])
    downloaded = (HTML / path).read_text(encoding="utf-8")
    nbformat.validate(nbformat.reads(downloaded, as_version=4))
    assert downloaded == source_of(document).read_text(encoding="utf-8")


def test_the_site_is_small():
    sizes = {
        path: path.stat().st_size
        for path in HTML.rglob("*")
        # what runs the pages is fetched by those who press the button
        if path.is_file() and not {"_sources", "run"} & set(path.parts)
    }
    assert sum(sizes.values()) <= 15e6, sorted(sizes, key=sizes.get)[-10:]


def test_pictures_say_their_size_and_wait_for_the_reader():
    pictures = [
        (name, tag) for name in page_names() for tag in soup(name).select("article img")
    ]
    assert pictures
    for name, tag in pictures:
        path, _ = target(name, tag["src"])
        assert (int(tag["width"]), int(tag["height"])) == imagesize.get(HTML / path)
        assert tag["loading"] == "lazy", f"{name}: {path}"


def test_style_sheets_name_what_is_there():
    missing = [
        f"{sheet.relative_to(HTML)}: {address}"
        for sheet in HTML.glob("_static/**/*.css")
        # the first of several formats, which is the one that is loaded
        for address in re.findall(
            r"src:\s*url\([\"']?([^\"')]+)", sheet.read_text("utf-8")
        )
        if not (sheet.parent / address).is_file()
    ]
    assert not missing, "\n".join(missing)


def test_every_icon_that_is_shown_is_in_the_sheet():
    (sheet,) = HTML.glob("_static/vendor/fontawesome/*/css/all.min.css")
    rules = sheet.read_text(encoding="utf-8")
    shown = {
        name
        for page in page_names()
        for tag in soup(page).select("i.fa-solid, i.fas, i.fab, i.fa-brands, i.far")
        for name in tag["class"]
        if name.startswith("fa-")
    }
    assert len(shown) > 5
    assert not [name for name in shown if f".{name}" not in rules]


def test_formulas_and_their_style_are_of_one_version():
    style = (HTML / "_static" / "katex" / "katex.min.css").read_text(encoding="utf-8")
    assert f'content:"{katex.katex_version}"' in style


def test_drawings_are_well_formed():
    for drawing in (ROOT / "book" / "assets").rglob("*.svg"):
        root = xml.etree.ElementTree.fromstring(drawing.read_text(encoding="utf-8"))
        assert root.tag.endswith("svg") and root.get("viewBox"), drawing.name


LISTS = ("book/references.html", "book/further-reading.html")


def test_every_cited_key_is_in_the_bibliography_and_every_entry_is_shown():
    keys = re.findall(
        r"^@\w+\{(\w+),",
        (ROOT / "book" / "references.bib").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(keys) == len(set(keys))
    shown = [
        tag
        for name in LISTS
        for tag in soup(name).select("div.citation, dl.citation > dt")
    ]
    assert len(shown) == len(keys), f"{len(keys)} entries, {len(shown)} shown"
    for name in page_names():
        for tag in soup(name).select(".bibtex-citation a"):
            path, fragment = target(name, tag["href"])
            assert path in LISTS and fragment in anchors(path), f"{name}: {tag}"


def test_search_knows_every_page():
    index = (HTML / "searchindex.js").read_text(encoding="utf-8")
    assert all(f'"{document}"' in index for document in toc_documents())


def test_the_reference_describes_every_public_name():
    rooms = [
        found.name
        for found in pkgutil.iter_modules(rnntutor.__path__)
        if not found.name.startswith("_")
    ]
    pages = {room: anchors(f"book/api/{room}.html") for room in rooms}
    missing = [room for room in rooms if f"module-rnntutor.{room}" not in pages[room]]
    for name in rnntutor.__all__:
        link = soup("book/api.html").find("a", string=name)
        path, fragment = target("book/api.html", link["href"])
        if fragment not in anchors(path):
            missing.append(name)
    for room in rooms:
        module = importlib.import_module(f"rnntutor.{room}")
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                names = {f"rnntutor.{room}.{name}", f"{thing.__module__}.{name}"}
                missing += [f"rnntutor.{room}.{name}"] * names.isdisjoint(pages[room])
    assert not missing, "\n".join(missing)
