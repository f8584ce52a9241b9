"""The built site as the tests see it: its files, its pages, and the configuration they
came from.
"""

from __future__ import annotations

import functools
import gzip
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[3]
HTML = ROOT / "_build" / "html"
NOT_BUILT = f"{HTML} holds no pages: run `make book` first"


def toc_documents():
    """Documents of the table of contents, in order, without suffix."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    pages = [page for one in chapters for page in [one, *one.get("sections", [])]]
    return [toc["root"], *(page["file"] for page in pages)]


def source_of(document):
    """The file a page is made from."""
    for suffix in (".md", ".ipynb"):
        path = ROOT / f"{document}{suffix}"
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"_toc.yml lists {document}, but there is neither {document}.md nor"
        f" {document}.ipynb"
    )


def page_names():
    """Every page, as a path below the site's root."""
    return sorted(
        path.relative_to(HTML).as_posix()
        for path in HTML.rglob("*.html")
        if "_static" not in path.relative_to(HTML).parts
    )


@functools.cache
def soup(name):
    return BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")


@functools.cache
def anchors(name):
    """Every id that a link may point to."""
    return {tag["id"] for tag in soup(name).find_all(id=True)} | {
        tag["name"] for tag in soup(name).find_all("a", {"name": True})
    }


def addresses(name, *pairs):
    """What the tags of a page point to: for (tag name, attribute) pairs, the tags and
    the values.
    """
    for tag_name, attribute in pairs:
        for tag in soup(name).find_all(tag_name):
            if tag.get(attribute) is not None:
                yield tag, tag[attribute]


def is_foreign(address):
    """Whether an address leaves the site: it names a scheme that fetches, or a host."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in (
        "",
        "data",
        "blob",
        "javascript",
        "mailto",
    )


def target(name, address):
    """The file below the site's root that an address on the page `name` points to, and
    the fragment.
    """
    parts = urlsplit(urljoin(f"https://book/{name}", address))
    path = unquote(parts.path).lstrip("/")
    if path.endswith("/") or not path:
        path += "index.html"
    return path, unquote(parts.fragment)


@functools.cache
def transferred(address):
    """Bytes on the line for the file at an address below the site's root, from a server
    that compresses text as those do that host pages.
    """
    path, _ = target("", address)
    body = (HTML / path).read_bytes()
    text = Path(path).suffix in (".html", ".css", ".js", ".svg")
    return len(gzip.compress(body, 6) if text else body)
