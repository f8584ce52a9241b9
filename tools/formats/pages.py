"""The pages of the built site in the order of the book, ready to be put into one file:
what a page says, without what only a site needs.
"""

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

# What works on a site alone: scripts, buttons, links to a heading's own address.
OF_THE_SITE = (
    "script, style, button, template, noscript, form, a.headerlink, #searchbox"
)
# Folded cells that a reader on paper does not miss; the notebooks have them.
MACHINERY = ("Imports", "How the figure is drawn", "How it is called")


@dataclass(frozen=True)
class Page:
    """One page of the site.

    Attributes
    ----------
    name : str
        Its address within the site, such as "notebooks/04_backprop.html".
    body : bs4.Tag
        Its article. Pictures keep their addresses, relative to the page.
    """

    name: str
    body: Tag

    @property
    def key(self):
        """A word for it that no other page has."""
        return posixpath.splitext(posixpath.basename(self.name))[0]

    @property
    def title(self):
        """With the number of its chapter."""
        return self.body.h1.get_text().strip()


def read(site):
    """All pages, from the first one on to where each says that it goes on.

    Parameters
    ----------
    site : Path
        The folder of the built site.

    Returns
    -------
    list of Page
    """
    pages, name = [], "index.html"
    while name:
        soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
        pages.append(Page(name, still(soup.find("article"))))
        after = soup.find("link", rel="next")
        name = after and _join(name, after["href"])
    return pages


def still(body):
    """An article as it is on paper."""
    for element in body.select(OF_THE_SITE):
        element.decompose()
    for folded in body.find_all("details"):
        if folded.summary.p and folded.summary.p.get_text().strip() in MACHINERY:
            folded.decompose()
    for instrument in body.select(".instrument"):  # as it stands without its script
        instrument.name, instrument.attrs = "div", {"class": "instrument"}
    return body


def _join(name, path):
    """The address within the site of what a page names by this path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))


def link_within(pages, address):
    """Let every link of the book lead to `address(page, id)`. What leads to a file that
    is no page, such as a notebook, becomes plain text.
    """
    known = {page.name: page for page in pages}
    ids = {page.name: {e["id"] for e in page.body.find_all(id=True)} for page in pages}
    for page in pages:
        for link in page.body.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            name = _join(page.name, parts.path) if parts.path else page.name
            if name not in known:
                link.unwrap()
                continue
            id = parts.fragment if parts.fragment in ids[name] else ""
            link["href"] = address(known[name], id)


def place_images(pages, place):
    """Let every picture come from `place(address within the site)`."""
    for page in pages:
        for image in page.body.find_all("img"):
            image["src"] = place(_join(page.name, image["src"]))
            del image["loading"]
