"""What lets the book be found and cited, with an address and without one."""

import datetime
import json
import re
import shutil
import subprocess
import sys
import tomllib

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from site_pages import HTML, NOT_BUILT, ROOT, page_names, soup, target, toc_documents

OWNER = "https://github.com/Some-Owner/rnntutor"
BASE = "https://some-owner.github.io/rnntutor/"
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CONFIG = (ROOT / "_config.yml").read_text(encoding="utf-8")
ADDRESS = yaml.safe_load(CONFIG)["repository"]["url"]
BUILD = "from jupyter_book.cli.main import main; main()"
BUTTONS = re.compile(r"colab\.research|mybinder\.org|/edit/|/issues/new")


@pytest.fixture(scope="module")
def built():
    if not page_names():
        pytest.fail(NOT_BUILT)


@pytest.fixture(scope="module")
def with_address(tmp_path_factory):
    """A book of two pages, built as this one is, whose repository has an address."""
    place = tmp_path_factory.mktemp("addressed")
    for folder in ("_ext", "_templates", "assets"):
        shutil.copytree(ROOT / "book" / folder, place / "book" / folder)
    (place / "tools").mkdir()
    tools = ("tools/runtime.py", "tools/page_cells.py")  # which the extensions use
    for name in ("book/references.bib", "book/about.md", "CITATION.cff", *tools):
        shutil.copy(ROOT / name, place / name)
    config = yaml.safe_load(CONFIG)
    config["repository"]["url"] = OWNER
    (place / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    pages = ["notebooks/01_first", "book/about", "book/changelog"]
    toc = {"format": "jb-book", "root": "index"}
    toc["chapters"] = [{"file": name} for name in pages]
    (place / "_toc.yml").write_text(json.dumps(toc), encoding="utf-8")
    (place / "index.md").write_text("# A book\n\nIt says little.\n", encoding="utf-8")
    (place / "book" / "changelog.md").write_text("# Changes\n", encoding="utf-8")
    (place / "notebooks").mkdir()
    cells = [nbformat.v4.new_markdown_cell("# A page\n\nIt has $x_1$.")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), place / f"{pages[0]}.ipynb")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, "build", str(place)],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return place / "_build" / "html"


def page_of(folder, name):
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")


def meta(page, name):
    """What a page's head says of itself under a name, or None."""
    tag = page.find("meta", {"name": name}) or page.find("meta", {"property": name})
    return tag and tag["content"]


def test_every_page_is_described(built):
    texts = {
        name: meta(soup(f"{name}.html"), "description") for name in toc_documents()
    }
    assert all(30 <= len(text) <= 300 for text in texts.values()), texts
    assert len(set(texts.values())) == len(texts)
    for name in texts:
        page = soup(f"{name}.html")
        assert meta(page, "og:title") and meta(page, "og:description") == texts[name]
        assert meta(page, "og:site_name") == "rnntutor"


@pytest.mark.skipif(bool(ADDRESS), reason="the repository has an address")
def test_without_an_address_nothing_points_to_one(built):
    for name in page_names():
        page = soup(name)
        assert not page.find("link", rel="canonical") and not page.find("base")
        assert not page.find_all("a", href=BUTTONS), name
    assert not (HTML / "sitemap.xml").exists()


def test_with_an_address_everything_follows_from_it(with_address):
    page = page_of(with_address, "notebooks/01_first.html")
    url = f"{BASE}notebooks/01_first.html"
    assert page.find("link", rel="canonical")["href"] == url == meta(page, "og:url")
    picture = meta(page, "og:image").removeprefix(BASE)
    assert (with_address / picture).is_file()
    hrefs = [a["href"] for a in page.find_all("a", href=BUTTONS)]
    file = "notebooks/01_first.ipynb"
    for part in (
        f"colab.research.google.com/github/Some-Owner/rnntutor/blob/main/{file}",
        "mybinder.org/v2/gh/Some-Owner/rnntutor/main",
        f"{OWNER}/edit/main/{file}",
        f"{OWNER}/issues/new",
    ):
        assert any(part in href for href in hrefs), (part, hrefs)
    (sheet,) = with_address.glob("_static/vendor/fontawesome/*/css/all.min.css")
    assert ".fa-github" in sheet.read_text(encoding="utf-8")


def test_with_an_address_the_pages_are_listed_and_a_wrong_one_is_answered(with_address):
    listed = (with_address / "sitemap.xml").read_text(encoding="utf-8")
    places = re.findall(r"<loc>(.*?)</loc>", listed)
    assert f"{BASE}index.html" in places and len(places) == 4
    assert all((with_address / place.removeprefix(BASE)).is_file() for place in places)
    lost = page_of(with_address, "404.html")
    assert lost.find("base")["href"] == "/rnntutor/"
    assert lost.find("base").find_previous(["link", "script"]) is None
    assert meta(lost, "robots") == "noindex"


def test_every_page_says_its_version_and_leads_to_the_license(built):
    for name in page_names():
        footer = soup(name).select_one("footer.bd-footer-content")
        assert f"Version {CITATION['version']} of {CITATION['date-released']}" in (
            " ".join(footer.get_text(" ").split())
        )
        links = [target(name, a["href"])[0] for a in footer.find_all("a")]
        assert links == ["book/about.html", "book/changelog.html"], name


def test_the_ways_to_cite_agree(built):
    version, date = CITATION["version"], CITATION["date-released"]
    assert datetime.date.fromisoformat(date)
    shown = soup("book/about.html").find("article").get_text()
    for line in (
        f"title   = {{{CITATION['title']}}}",
        f"version = {{{version}}}",
        f"date    = {{{date}}}",
        f"year    = {{{date[:4]}}}",
        CITATION["authors"][0]["name"],
        f"version {version} of {date}",
    ):
        assert line in shown, line


def test_the_repository_has_one_address_or_none():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    urls = project.get("urls", {})
    assert urls.get("Repository", "") == ADDRESS
    assert CITATION.get("repository-code", "") == ADDRESS


def test_the_links_of_the_readme_are_whole_wherever_it_is_shown():
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert links
    assert all(link.startswith("https://") for link in links), links
