"""What a page needs to run a chapter: the runtime with the package in it, and the
chapter's cells with what they printed.

The book's extension `run_page` writes both into the site; tools/run_chapters.py writes
them for Node.
"""

import gzip
import hashlib
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import runtime

CHAPTERS = runtime.ROOT / "book" / "run" / "chapters.json"
# Of the forms of an output, what the page shows.
FORMS = {
    "text/markdown": "markdown",
    "text/html": "html",
    "image/png": "picture",
    "text/plain": "plain",
}
# What a cell is for, by its tag; all others belong to the text.
PARTS = ("setup", "exercise", "solution", "check")


def printed(output):
    """An output of a notebook as the page compares it: its kind and its content."""
    if output["output_type"] == "stream":
        kind = {"stdout": "out", "stderr": "error"}[output["name"]]
        return {"kind": kind, "content": "".join(output["text"])}
    form = next(form for form in FORMS if form in output["data"])
    content = "" if form == "image/png" else "".join(output["data"][form])
    return {"kind": FORMS[form], "content": content}


def cells(notebook, record):
    """The code cells that stand in a chapter's page, in order. `record` is what was
    measured of the chapter: the seconds of slow cells, and which cells lean on those.
    """
    found = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and "remove-cell" not in tags:
            name = cell["id"]
            one = {
                "id": name,
                "source": "".join(cell["source"]),
                "part": next((t for t in PARTS if t in tags), "text"),
                "stub": "exercise" in tags,
                "printed": [printed(output) for output in cell["outputs"]],
            }
            for key in ("slow", "needs", "differs"):
                if name in record.get(key, {}):
                    one[key] = record[key][name]
            found.append(one)
    for stub, after in itertools.pairwise(found):
        # the text shows what the stub as it is gives: it is run with the text
        if stub["stub"] and after["part"] == "text":
            stub["part"] = "text"
    return found


def build_wheel(folder):
    """The package's wheel in `folder`."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=runtime.ROOT, check=True, capture_output=True)
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def with_package(out):
    """The runtime in the folder `out`, with the package in its lock."""
    shutil.copytree(runtime.RUNTIME, out, dirs_exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(shutil.copy(build_wheel(folder), out))
    lock = json.loads((out / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock["packages"]["rnntutor"] = {
        "name": "rnntutor",
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "imports": ["rnntutor"],
        "depends": ["numpy", "matplotlib"],
        "install_dir": "site",
        "package_type": "package",
    }
    (out / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def served(out):
    """The runtime as a site has it: the program compressed, whatever the server does,
    and a list of what is fetched: bytes and SHA-256 of each file.
    """
    with_package(out)
    program = out / "pyodide.asm.wasm"
    packed = gzip.compress(program.read_bytes(), 9, mtime=0)
    (out / "pyodide.asm.wasm.gz").write_bytes(packed)
    program.unlink()
    files = {
        path.name: {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(out.iterdir())
        if path.suffix in (".whl", ".zip", ".gz", ".json")
    }
    (out / "files.json").write_text(json.dumps(files), encoding="utf-8")
