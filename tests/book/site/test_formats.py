"""The book to take along: every page in one file, with links that lead within it."""

import sys
import zipfile
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup
from site_pages import HTML, NOT_BUILT, ROOT, page_names, toc_documents

sys.path.insert(0, str(ROOT / "tools"))

from formats import epub, pages, pdf

NAMESPACE = "{http://www.w3.org/1999/xhtml}"
FEW = ("index.html", "notebooks/04_backprop.html", "book/notation.html")


@pytest.fixture(scope="module", autouse=True)
def built():
    if not page_names():
        pytest.fail(NOT_BUILT)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The EPUB: each of its files by name, those of the text as XML."""
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("formats") / "book.epub"
    epub.write(HTML, path, about)
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", 0)
        return {
            name.removeprefix("book/"): ElementTree.fromstring(archive.read(name))
            if name.endswith((".xhtml", ".opf", ".xml"))
            else None
            for name in archive.namelist()
        }


def test_the_epub_has_every_page_in_order(book):
    spine = [item.get("idref") for item in book["book.opf"].iter() if item.get("idref")]
    names = [document.rsplit("/", 1)[-1] for document in toc_documents()]
    assert spine == [f"page-{name}" for name in names]


def test_its_links_and_pictures_are_there(book):
    ids = {
        name: {element.get("id") for element in root.iter()}
        for name, root in book.items()
        if root is not None
    }
    broken, links = [], 0
    for name, root in book.items():
        for element in root.iter() if name.endswith(".xhtml") else ():
            address = element.get("src") or element.get("href") or "http:"
            if address.startswith(("http", "mailto:")):
                continue
            links += 1
            path, _, fragment = address.partition("#")
            if path not in book or (fragment and fragment not in ids[path]):
                broken.append(f"{name}: {address}")
    assert links > 1000 and not broken


def test_its_formulas_are_mathml_alone(book):
    chapter = book["09_lstm_backward.xhtml"]
    formulas = list(chapter.iter("{http://www.w3.org/1998/Math/MathML}math"))
    assert len(formulas) > 150
    drawn = [e for e in chapter.iter() if "katex-html" in (e.get("class") or "")]
    assert not drawn


def test_what_only_a_site_can_do_is_not_in_it(book):
    stray = [
        (name, element.tag)
        for name, root in book.items()
        if name.endswith(".xhtml")
        for element in root.iter()
        if element.tag in {NAMESPACE + tag for tag in ("script", "button", "form")}
    ]
    assert not stray


def test_the_page_that_is_printed_leads_within_itself(monkeypatch):
    some = list(map(_page, FEW))
    monkeypatch.setattr(pdf, "read", lambda site: some)
    soup = BeautifulSoup(pdf.one_page(HTML), "html.parser")
    ids = [element["id"] for element in soup.select("article [id]")]
    assert len(set(ids)) == len(ids)
    links = [a["href"][1:] for a in soup.select('article a[href^="#"]')]
    assert links and not set(links) - set(ids)
    pictures = [image["src"] for image in soup.select("article img")]
    assert pictures and all((HTML / source).is_file() for source in pictures)


def _page(name):
    text = (HTML / name).read_text(encoding="utf-8")
    article = BeautifulSoup(text, "html.parser").find("article")
    return pages.Page(name, pages.still(article))
