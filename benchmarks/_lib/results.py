"""Records: how each was made, on what, and when (no host name, no path), and files that
are written whole or not at all.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

from rnntutor.lab.records import RECORDS
from rnntutor.train.checkpoint.draft import write_whole

RESULTS = RECORDS  # where the chapters find them


def cpu_model():
    """The processor's name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [
                line.split(":", 1)[1].strip()
                for line in file
                if line.startswith("model name")
            ]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def circumstances():
    """Command, processor, threads, versions and date, as a dict."""
    return {
        "command": " ".join(
            [
                "python",
                "benchmarks/" + Path(sys.argv[0]).name,
                # of a file elsewhere its name
                *(Path(a).name if Path(a).is_absolute() else a for a in sys.argv[1:]),
            ]
        ),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "threads": _threads(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "date": datetime.date.today().isoformat(),
    }


def _threads():
    """How many threads the matrix products were told to use; None where that was left
    to the library.
    """
    asked = os.environ.get("OPENBLAS_NUM_THREADS")
    return int(asked) if asked else None


def write(name, content):
    """Write ``<name>.json``: the circumstances and the content."""
    write_json(RESULTS / f"{name}.json", circumstances() | content)
    print(f"wrote {RESULTS / name}.json")


def write_json(path, content):
    """Write a file of JSON whole or not at all."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.parent.mkdir(exist_ok=True)
    write_whole(path, [text.encode()])


def write_arrays(path, leaves):
    """Write named arrays in half precision, whole or not at all."""
    buffer = io.BytesIO()
    arrays = {name: array.astype(np.float16) for name, array in leaves}
    np.savez_compressed(buffer, **arrays)
    path.parent.mkdir(exist_ok=True)
    write_whole(path, [buffer.getbuffer()])


def read(name):
    """The content of ``<name>.json``."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


@contextlib.contextmanager
def logged(name, append=False):
    """A function that prints a line and writes it to ``<name>.log``."""
    RESULTS.mkdir(exist_ok=True)
    mode = "a" if append else "w"
    with open(RESULTS / f"{name}.log", mode, encoding="utf-8") as file:

        def log(line):
            print(line, file=file, flush=True)
            print(line, flush=True)

        yield log
