"""The whole book as EPUB 3: a file for each page of the site, formulas as MathML."""

import uuid
import zipfile
from html import escape

from formats.pages import link_within, place_images, read

STYLE = """
body { line-height: 1.45; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85em;
  padding: 0.5em; background: #f5f5f5; }
.cell_output pre { background: none; border-left: 2px solid #aaa; }
img, svg { max-width: 100%; height: auto; }
figure { margin: 1em 0; text-align: center; }
table { border-collapse: collapse; }
td, th { padding: 0.2em 0.5em; border-bottom: 1px solid #ccc; text-align: left; }
.admonition { border-left: 3px solid #888; padding: 0 0.8em; margin: 1em 0; }
.admonition-title, summary { font-weight: bold; }
.eqno { float: right; }
math[display="block"] { margin: 0.8em 0; }
"""
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
XHTML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
  lang="en" xml:lang="en">
<head><meta charset="UTF-8"/><title>{title}</title>
<link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>{body}</body>
</html>
"""
OPF = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"
  xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en</dc:language>
<dc:creator>{author}</dc:creator>
<dc:rights>{rights}</dc:rights>
<dc:date>{date}</dc:date>
<meta property="dcterms:modified">{date}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
# Attributes that a script or the site's own style sheet reads.
STRAY = ("data-toggle", "data-bs-toggle", "given", "align", "border", "valign", "width")
# HTML takes these names of SVG in any case, XML does not.
SVG = {
    name.lower(): name
    for name in ("viewBox", "refX", "refY", "markerWidth", "markerHeight")
}
TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg"}


def write(site, path, about):
    """Write the book.

    Parameters
    ----------
    site : Path
        The folder of the built site.
    path : Path
        Of the EPUB.
    about : dict
        As from CITATION.cff: its title, authors, version, license and date-released.
    """
    pages, images = read(site), {}

    def kept(name):
        images[name] = f"images/{name.rsplit('/', 1)[-1]}"
        return images[name]

    place_images(pages, kept)
    link_within(pages, lambda page, id: f"{page.key}.xhtml" + (id and f"#{id}"))
    files = {f"{page.key}.xhtml": _chapter(page) for page in pages}
    files["nav.xhtml"] = _contents(pages)
    items = [
        f'<item id="page-{name[:-6]}" href="{name}" media-type="application/xhtml+xml"'
        f"{_properties(text)}/>"
        for name, text in files.items()
    ]
    items.append('<item id="style" href="style.css" media-type="text/css"/>')
    for k, place in enumerate(images.values()):
        kind = TYPES[place[place.rindex(".") :]]
        items.append(f'<item id="image{k}" href="{place}" media-type="{kind}"/>')
    spine = [f'<itemref idref="page-{page.key}"/>' for page in pages]
    files["style.css"] = STYLE
    files["book.opf"] = OPF.format(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"rnntutor/{about['version']}"),
        title=escape(about["title"]),
        author=escape(", ".join(_name(author) for author in about["authors"])),
        rights=escape(str(about["license"])),
        date=about["date-released"],
        manifest="\n".join(items),
        spine="\n".join(spine),
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        # first, and as it is: by these bytes an EPUB is known
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", CONTAINER)
        for name, text in files.items():
            book.writestr(f"book/{name}", text)
        for name, place in images.items():
            book.write(site / name, f"book/{place}")


def _name(author):
    given = f"{author.get('given-names', '')} {author.get('family-names', '')}"
    return author.get("name") or given.strip()


def _properties(text):
    """What a reading system has to be able to do for this file."""
    named = [name for name in ("mathml", "svg") if f"<{name[:4]}" in text]
    if 'epub:type="toc"' in text:
        named.append("nav")
    return f' properties="{" ".join(named)}"' if named else ""


def _chapter(page):
    """A page as XHTML."""
    body = page.body
    for drawn in body.select(".katex-html"):  # beside it stands the same as MathML
        drawn.decompose()
    for element in body.select("math annotation"):
        element.decompose()
    for element in body.find_all(True):
        for name in [n for n in element.attrs if n in STRAY or n.startswith("data-")]:
            if not (name == "width" and element.name in ("svg", "rect", "image")):
                del element[name]
    for element in body.select("summary > p"):  # a line, not a paragraph
        element.name = "span"
    for element in body.select("p:has(> ul, > ol, > div, > table)"):
        element.name = "div"
    for element in body.find_all(columnspacing=""):
        del element["columnspacing"]
    for picture in body.find_all("svg"):
        picture["xmlns"] = "http://www.w3.org/2000/svg"
        for element in [picture, *picture.find_all(True)]:
            for name in SVG.keys() & element.attrs.keys():
                element[SVG[name]] = element.attrs.pop(name)
    seen = set()
    for element in body.find_all(id=True):
        if element["id"] in seen:
            del element["id"]
        else:
            seen.add(element["id"])
    title = escape(page.title)
    return XHTML.format(title=title, body=body.decode_contents(formatter="minimal"))


def _contents(pages):
    """The table of contents: the pages, and the sections of each."""
    entries = []
    for page in pages:
        sections = []
        for heading in page.body.find_all("h2"):
            section = heading.find_parent("section")
            if section and section.get("id"):
                link = f"{page.key}.xhtml#{section['id']}"
                text = escape(heading.get_text().strip())
                sections.append(f'<li><a href="{link}">{text}</a></li>')
        inner = f"<ol>{''.join(sections)}</ol>" if sections else ""
        link = f'<a href="{page.key}.xhtml">{escape(page.title)}</a>'
        entries.append(f"<li>{link}{inner}</li>")
    nav = f'<nav epub:type="toc"><h1>Contents</h1><ol>{"".join(entries)}</ol></nav>'
    return XHTML.format(title="Contents", body=nav)
