"""Keras on the device that is there: its numbers, its times, and a net trained on it.

    # everything in miniature, on any machine
    python benchmarks/tensorflow_check.py --quick

    # nine and a half minutes of a GPU; once more: what is missing
    python benchmarks/tensorflow_check.py --require-gpu

    # a part anew, with more time
    python benchmarks/tensorflow_check.py --only net evaluation --again --minutes 15

Needs this package and TensorFlow; with an NVIDIA GPU, on Linux, in an environment of
its own, from a copy of the repository:

    python -m pip install --editable '.[gpu,fast]'

PyTorch brings other versions of NVIDIA's libraries than TensorFlow wants and belongs
into another environment, whose Python --torch names; without it that part is left out.

Each part runs in a process of its own with a limit of time, so that one that crashes or
hangs loses nothing else. Every row is written as soon as it is there, to
keras-DEVICE.json, and the best weights of the net so far to
keras-DEVICE.npz. A part that the file has whole, of the same device, versions
and source, is not run again, unless --again says so: the same command goes on where the
last one ended. Only the versions are looked up each time. With --quick the files go to
_build/tensorflow, and their names end in -quick.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
from pathlib import Path

from _lib import results
from tensorflow_parts import FIRST, GROUPS, MINUTES, PARTS
from tensorflow_parts.process import run
from tensorflow_parts.record import Record

ROOT = Path(__file__).resolve().parents[1]
NO_GPU = (
    "TensorFlow finds no GPU here. On Linux with an NVIDIA GPU, in an environment of"
    " its own: python -m pip install --editable '.[gpu,fast]'"
)
# seconds that parts before these may not take
KEPT_BACK = {"net": 200, "evaluation": 60}
LEAST = 10  # seconds; with less a part is not begun


def arguments(given=None):
    """What is asked for."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    say = options.add_argument
    say("--quick", action="store_true", help="everything in miniature, to try it out")
    say("--require-gpu", action="store_true", help="end at once where there is none")
    some = f"some of the parts: {', '.join(GROUPS)}"
    say("--only", nargs="+", choices=GROUPS, default=GROUPS, metavar="PART", help=some)
    share = "for all parts together, of which each has a share (default: %(default)g)"
    say("--minutes", type=float, default=MINUTES, metavar="N", help=share)
    say("--again", action="store_true", help="also the parts that the file has")
    other = "the Python of an environment with PyTorch (default: this one)"
    say("--torch", default=sys.executable, metavar="PYTHON", help=other)
    say("--folder", type=Path, metavar="FOLDER", help="for the files that are written")
    asked = options.parse_args(given)
    usual = ROOT / "_build" / "tensorflow" if asked.quick else results.RESULTS
    asked.folder = (asked.folder or usual).resolve()
    return asked


def first(asked):
    """What the versions' part says; without it nothing can be run."""
    rows, given = [], {"quick": asked.quick}
    seconds = FIRST.seconds * max(1.0, asked.minutes / MINUTES)
    failed = run(FIRST, given, seconds, rows.append)
    if failed or not rows:
        raise SystemExit(f"TensorFlow does not work here: {failed or 'no answer'}")
    (about,) = rows
    if asked.require_gpu and about["device"]["kind"] != "GPU":
        raise SystemExit(NO_GPU)
    return about


def shown(row, width=200):
    """A row as a line of text."""

    def text(value):
        if isinstance(value, dict):
            return f"({', '.join(f'{k} {text(v)}' for k, v in value.items())})"
        if isinstance(value, list | tuple):
            return " ".join(map(text, value))
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    line = "; ".join(f"{key} {text(value)}" for key, value in row.items())
    line = line.replace("\n", " ")
    return line if len(line) <= width else line[: width - 1] + "…"


def limit(part, asked, end, ran):
    """Seconds that a part may take: its share of the time, and none of what is kept
    for those that come last.
    """
    kept = sum(
        seconds
        for group, seconds in KEPT_BACK.items()
        if group in asked.only and group not in (part.group, *ran)
    )
    scale = asked.minutes / MINUTES
    return min(part.seconds * scale, end - time.monotonic() - kept * scale)


def main(given=None):
    """Run the parts, and write the result file after each row."""
    asked, began = arguments(given), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    end = began + 60 * asked.minutes
    about = first(asked)
    kind, device = about["device"]["kind"], about["device"]["name"]
    print(f"{device} ({kind})")
    for key in ("tensorflow", "keras", "error", "built_with", "runs_with", "matching"):
        if key in about:
            print(f"  {shown({key: about[key]})}", flush=True)
    name = "keras-" + re.sub(r"\W+", "-", device).strip("-").lower()
    name += "-quick" * asked.quick
    asked.folder.mkdir(parents=True, exist_ok=True)
    record, ran, failures = Record(asked.folder / f"{name}.json", about), [], {}
    for part in PARTS:
        if part.group not in asked.only or (part.gpu and kind != "GPU"):
            continue
        fresh = asked.again or asked.quick or part.after in ran
        if record.has(part) and not fresh:
            print(f"{part.name}: there already; --again measures it anew")
            continue
        seconds = limit(part, asked, end, ran)
        if seconds < LEAST:
            failures[part.name] = "no time was left; --minutes gives more"
            print(f"{part.name}: {failures[part.name]}", flush=True)
            continue
        print(f"{part.name} (at most {seconds:.0f} s)", flush=True)
        start, entry = time.monotonic(), {"made": record.made, "seconds": 0, "rows": []}

        def take(row, part=part, start=start, entry=entry):
            entry["seconds"] = round(time.monotonic() - start, 1)
            entry["rows"].append(row)
            record.write(part, entry)
            print(f"{entry['seconds']:7.1f} s  {shown(row)}", flush=True)

        told = {"quick": asked.quick, "folder": str(asked.folder), "name": name}
        python = asked.torch if part.torch else sys.executable
        failed = run(part, told, seconds, take, python)
        entry["seconds"] = round(time.monotonic() - start, 1)
        if failed:
            entry["failed"] = failures[part.name] = failed
            print(f"{part.name} broke off: {failed}", flush=True)
        record.write(part, entry)
        ran.append(part.group)
    print(f"{time.monotonic() - began:.0f} s; the record is {asked.folder}/{name}.json")
    if failures:
        raise SystemExit(f"not whole: {', '.join(failures)}; the same command goes on")


if __name__ == "__main__":
    main()
