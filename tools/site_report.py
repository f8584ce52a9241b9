"""What the built site asks of its readers: weight, layout shift, stops by keyboard.

    python tools/site_report.py [--lighthouse-runs 5]

Each page is opened in Chromium as on a phone and as on a desktop, over a slow line,
from a server that compresses as those do that host pages. Where `npx lighthouse` is
there (`npm install --global lighthouse`), its scores follow, medians over the runs. The
exit status is 1 if a goal is missed that does not hang on the speed of this machine.
"""

import argparse
import functools
import gzip
import http.server
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from browser import find, launch
from playwright.sync_api import sync_playwright

HTML = Path(__file__).resolve().parents[1] / "_build" / "html"
DOWNLOADS = ("_sources", "formats", "run")  # fetched on a click alone
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml", ".ipynb"}

GOALS = {"site": 15e6, "page": 500e3, "shift": 0.02, "stops": 150}
# Width and height in pixels, bytes a second, seconds of latency: those of Lighthouse.
FORMS = {"phone": (412, 823, 200e3, 0.15), "desktop": (1350, 940, 1280e3, 0.04)}
LIGHTHOUSE = {
    "index.html": "landing",
    "notebooks/08_lstm.html": "chapter",
    "notebooks/a2_errata.html": "errata",
}
SCORES = ("performance", "accessibility", "best-practices", "seo")

WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
STOPS = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex]";
  return [...document.querySelectorAll(all)].filter((node) => node.tabIndex >= 0 &&
    !node.disabled && node.checkVisibility({ visibilityProperty: true })).length;
}"""


class Server(http.server.ThreadingHTTPServer):
    """Does not mind that a browser hangs up."""

    def handle_error(self, request, client_address):
        pass


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site, compressing what is text."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        body = path.read_bytes()
        packed = path.suffix in COMPRESSED
        if packed:
            body = gzip.compress(body, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


@dataclass
class Look:
    """One page in one form: kilobytes on the wire, requests, shift, stops."""

    kilobytes: float
    requests: int
    shift: float
    stops: int


def look(browser, address, name, form):
    """Open a page with nothing in the cache, and wait until it stands still."""
    width, height, rate, latency = FORMS[form]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.add_init_script(WATCH)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 1000 * latency,
            "downloadThroughput": rate,
            "uploadThroughput": rate,
        },
    )
    sizes = []
    devtools.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]),
    )
    page.goto(address + name, wait_until="networkidle", timeout=120e3)
    page.wait_for_timeout(500)
    seen = Look(
        sum(sizes) / 1e3, len(sizes), page.evaluate("shift"), page.evaluate(STOPS)
    )
    page.context.close()
    return seen


def report_files():
    """Print what lies in the site; whether it is small enough."""
    files = {path: path.stat().st_size for path in HTML.rglob("*") if path.is_file()}
    shown = {
        path: size
        for path, size in files.items()
        if path.relative_to(HTML).parts[0] not in DOWNLOADS
    }
    total = sum(shown.values())
    print(
        f"The site: {total / 1e6:.1f} MB in {len(shown)} files; to download on a click"
        f" {(sum(files.values()) - total) / 1e6:.1f} MB. The largest:"
    )
    for path in sorted(shown, key=shown.get, reverse=True)[:8]:
        print(f"  {shown[path] / 1e3:7.0f} kB  {path.relative_to(HTML)}")
    return total <= GOALS["site"]


def report_pages(browser, address):
    """Print a line for each page; whether all reach the goals."""
    pages = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
    print("\n     kB  requests  stops  shift: phone  desktop")
    good = True
    for name in pages:
        phone, desktop = (look(browser, address, name, form) for form in FORMS)
        missed = (
            1e3 * phone.kilobytes > GOALS["page"]
            or max(phone.shift, desktop.shift) > GOALS["shift"]
            or desktop.stops > GOALS["stops"]
        )
        good = good and not missed
        print(
            f"{phone.kilobytes:7.0f}  {phone.requests:8}  {desktop.stops:5}"
            f"  {phone.shift:12.3f}  {desktop.shift:7.3f}  {name}"
            f"{'   ← beyond a goal' if missed else ''}"
        )
    return good


def lighthouse(npx, chromium, url, form):
    """Lighthouse's four scores for a page, or None where it does not run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [npx, "--no-install", "lighthouse", url, "--quiet", "--output=json"]
        command += [f"--output-path={out}", f"--chrome-path={chromium}"]
        command += ["--chrome-flags=--headless=new --no-sandbox"]
        command += ["--preset=desktop"] if form == "desktop" else []
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode or not out.is_file():
            return None
        scores = json.loads(out.read_text(encoding="utf-8"))["categories"]
    return [100 * scores[name]["score"] for name in SCORES]


def report_lighthouse(chromium, address, runs):
    """Print the medians, or why there are none."""
    npx = shutil.which("npx")
    version = [npx, "--no-install", "lighthouse", "--version"]
    if not npx or subprocess.run(version, capture_output=True).returncode:
        print("\nNo Lighthouse: `npx lighthouse` is not there.")
        return
    print(f"\nLighthouse, medians of {runs}: {', '.join(SCORES)}")
    for name, title in LIGHTHOUSE.items():
        for form in FORMS:
            url = address + name
            scores = [lighthouse(npx, chromium, url, form) for _ in range(runs)]
            parts = zip(*filter(None, scores), strict=True)
            medians = " / ".join(f"{statistics.median(part):.0f}" for part in parts)
            print(f"  {title}, {form}: {medians or 'it did not run'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lighthouse-runs", type=int, default=5, metavar="N")
    runs = parser.parse_args().lighthouse_runs
    if not (HTML / "index.html").is_file():
        sys.exit(f"{HTML} holds no pages: run `make book` first")
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        good = [report_files(), report_pages(browser, address)]
        browser.close()
        if runs:
            report_lighthouse(find(playwright), address, runs)
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
