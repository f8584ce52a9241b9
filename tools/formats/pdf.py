"""The whole book as one PDF, printed by Chromium: the pages of the site one after the
other, with an outline, and with links that lead from chapter to chapter.
"""

from bs4 import BeautifulSoup
from formats.pages import link_within, place_images, read

FOOT = (
    '<div style="width: 100%; font-size: 8px; text-align: center; color: #666">'
    '<span class="pageNumber"></span></div>'
)
MARGINS = {"top": "18mm", "bottom": "18mm", "left": "20mm", "right": "20mm"}
STYLE = """
.page { break-before: page; }
.page:first-child { break-before: auto; }
.bd-main .bd-content { margin-left: 0; }
.bd-main .bd-content .bd-article h1:first-of-type { display: block; }
"""


def one_page(site):
    """All pages in one, as HTML whose addresses are relative to the site.

    Parameters
    ----------
    site : Path
        The folder of the built site.

    Returns
    -------
    str
    """
    pages = read(site)
    link_within(pages, lambda page, id: f"#{page.key}--{id}")
    place_images(pages, lambda name: name)
    frame = BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")
    for script in frame.find_all(["script", "noscript"]):
        script.decompose()
    frame.find(id="jb-print-docs-body").decompose()  # a title and contents of one page
    frame.html["data-theme"] = frame.html["data-mode"] = "light"
    style = frame.new_tag("style")
    style.string = STYLE
    frame.head.append(style)
    article = frame.find("article")
    article.clear()
    for page in pages:
        for element in page.body.find_all(id=True):
            element["id"] = f"{page.key}--{element['id']}"
        for folded in page.body.find_all("details"):
            folded["open"] = ""
        section = frame.new_tag("div", id=f"{page.key}--", attrs={"class": "page"})
        section.extend(list(page.body.children))
        article.append(section)
    return str(frame)


def write(site, path, browser):
    """Print the book.

    Parameters
    ----------
    site : Path
        The folder of the built site.
    path : Path
        Of the PDF.
    browser : playwright's Browser
        Chromium.
    """
    import pikepdf  # of the extra `formats`; the tests do without

    source = site / "whole-book.html"
    source.write_text(one_page(site), encoding="utf-8")
    try:
        page = browser.new_page(color_scheme="light")
        page.goto(source.as_uri())
        page.pdf(
            path=path,
            format="A4",
            margin=MARGINS,
            outline=True,
            tagged=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOT,
        )
        page.close()
        with pikepdf.open(path, allow_overwriting_input=True) as book:
            # a third of the size
            book.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    finally:
        source.unlink()
