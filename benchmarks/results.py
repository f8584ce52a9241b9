"""What every result file says: how it was made, on what, and when.  No host name, no
path.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"


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
            ["python", "benchmarks/" + Path(sys.argv[0]).name, *sys.argv[1:]]
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
    """Write ``results/<name>.json`` whole or not at all."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    draft = path.with_suffix(".draft")
    draft.write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    draft.replace(path)
    return path


def read(name):
    """The content of ``results/<name>.json``."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
