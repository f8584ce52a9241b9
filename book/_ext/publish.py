"""What a site needs to be found and cited: descriptions, an address, a page for wrong
addresses, a footer that says which version this is and what one may do with it.
"""

import html
import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from docutils import nodes

LONGEST = 200  # characters of a description; search engines show no more


def follow_the_address(app, config):
    """From the repository's address follow the buttons that lead there and, unless it
    is set, the site's address, where GitHub publishes it. Without it there are neither.
    """
    options = config.html_theme_options
    repository = options.get("repository_url", "").rstrip("/")
    if not repository:
        options.pop("launch_buttons", None)
        return
    for button in ("edit_page", "issues", "repository"):
        options[f"use_{button}_button"] = True
    if not config.html_baseurl:
        owner, name = repository.split("/")[-2:]
        config.html_baseurl = f"https://{owner.lower()}.github.io/{name}/"


def description_of(doctree):
    """Whole sentences from the beginning of a page, as many as are read in a list of
    findings.
    """
    text = ""
    for node in doctree.findall():
        if isinstance(node, nodes.Admonition) and text:
            break
        if isinstance(node, nodes.paragraph):
            text += " " + node.astext()
    text = re.sub(r"\s\[[^][]* \d{4}[a-z]?\]", "", text)  # citations
    first, *others = re.split(r"(?<=[.?!])\s+(?=[A-Z“])", " ".join(text.split()))
    for sentence in others:
        if len(first) + 1 + len(sentence) > LONGEST:
            break
        first += " " + sentence
    return first


def describe(app, pagename, templatename, context, doctree):
    """Say in the page's head what it is about, to machines that list or show it."""
    base = app.config.html_baseurl
    tags = []
    if doctree:
        text = description_of(doctree)
        title = re.sub("<[^>]*>", "", context["title"])
        tags += [("name", "description", text)]
        tags += [("property", "og:title", title), ("property", "og:description", text)]
        tags += [("property", "og:type", "website")]
        tags += [("property", "og:site_name", app.config.project)]
        if base:
            tags += [("property", "og:url", context["pageurl"])]
            tags += [("property", "og:image", base + "_static/card.png")]
            tags += [("name", "twitter:card", "summary_large_image")]
    else:
        tags += [("name", "robots", "noindex")]
    head = "".join(
        f'\n    <meta {kind}="{name}" content="{html.escape(html.unescape(value))}" />'
        for kind, name, value in tags
    )
    if pagename == "404" and base:
        # It is shown at any address, so its own links start at the site's root.
        head = f'\n    <base href="{urlsplit(base).path}" />' + head
    context["metatags"] = context.get("metatags", "") + head


def page_for_wrong_addresses(app):
    """404.html, which servers show where there is no page."""
    body = (
        "<h1>There is no such page</h1><p>Perhaps it has moved. The list at the left, "
        'the search, or <a href="index.html">the first page</a> may lead to it.</p>'
    )
    yield "404", {"title": "There is no such page", "body": body}, "page.html"


def list_pages(app, exception):
    """sitemap.xml, for search engines, once the site has an address."""
    base = app.config.html_baseurl
    if exception or app.builder.format != "html" or not base:
        return
    pages = sorted(app.env.found_docs)
    places = [
        f"  <url><loc>{base}{app.builder.get_target_uri(page)}</loc></url>\n"
        for page in pages
    ]
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{''.join(places)}</urlset>\n",
        encoding="utf-8",
    )


def setup(app):
    citation = yaml.safe_load(Path(app.confdir, "CITATION.cff").read_text("utf-8"))
    app.connect("config-inited", follow_the_address)
    app.connect("html-page-context", describe, priority=900)
    app.connect(
        "html-page-context",
        lambda app, pagename, templatename, context, doctree: context.update(
            citation=citation
        ),
    )
    app.connect("html-collect-pages", page_for_wrong_addresses)
    app.connect("build-finished", list_pages)
    return {"version": "1", "parallel_read_safe": True}
