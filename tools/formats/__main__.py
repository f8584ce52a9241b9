"""The book to take along: a PDF, an EPUB, and the site as a zip for reading offline.

    python tools/formats              # some minutes, from the site in _build/html
    python tools/formats epub zip     # some of them

They are written to formats/ in the site, with their SHA-256, and the site's first page
is given links to them. The PDF needs Chromium.
"""

import argparse
import hashlib
import sys
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from browser import launch  # noqa: E402
from formats import epub, pdf  # noqa: E402

SITE = ROOT / "_build" / "html"
MADE = (2020, 1, 1, 0, 0, 0)  # the same zip from the same pages


def write_zip(path):
    """The site as it is, in one folder; its search and all it needs are in it."""
    skipped = {SITE / "formats", SITE / "run"}  # the latter needs a server
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(SITE.rglob("*")):
            if file.is_file() and not skipped & set(file.parents):
                name = f"{path.stem}/{file.relative_to(SITE).as_posix()}"
                entry = zipfile.ZipInfo(name, MADE)
                archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def write_pdf(path):
    """With the browser that is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        pdf.write(SITE, path, browser)
        browser.close()


def link_to(files):
    """Fill the place that the first page keeps for links to these files."""
    place = '<div class="formats docutils">'
    page = SITE / "index.html"
    text = page.read_text(encoding="utf-8")
    before, _, after = text.partition(place)
    if not after:
        sys.exit(f"{page}: expected an element {place}, got none")
    _, end, after = after.partition("</div>")
    links = ", ".join(
        f'<a href="formats/{file.name}">{file.suffix[1:].upper()}</a>'
        f" ({file.stat().st_size / 1e6:.0f} MB)"
        for file in files
    )
    said = f'<p>To take along: {links}. <a href="formats/SHA256SUMS">Checksums</a></p>'
    page.write_text(before + place + said + end + after, encoding="utf-8")


def main():
    """Write what is asked for, or all."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    kinds = ("pdf", "epub", "zip")
    options.add_argument("kinds", nargs="*", metavar="pdf, epub, zip")
    asked = options.parse_args().kinds or kinds
    if unknown := set(asked) - set(kinds):
        options.error(f"expected some of {', '.join(kinds)}, got {unknown.pop()}")
    if not (SITE / "index.html").exists():
        sys.exit("the site is not built: run `make book` first")
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    folder = SITE / "formats"
    folder.mkdir(exist_ok=True)
    for kind in asked:
        path = folder / f"rnntutor-{about['version']}.{kind}"
        print(f"{path.relative_to(ROOT)} …", flush=True)
        if kind == "pdf":
            write_pdf(path)
        elif kind == "epub":
            epub.write(SITE, path, about)
        else:
            write_zip(path)
    files = [path for kind in kinds for path in folder.glob(f"*.{kind}")]
    sums = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    link_to(files)


if __name__ == "__main__":
    main()
