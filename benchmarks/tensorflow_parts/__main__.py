"""Run a part in this process: `python -m tensorflow_parts MODULE:FUNCTION JSON`.

A row is a line of JSON on standard output, where nothing else goes: what libraries
print there comes out on standard error. The last line says whether it failed.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from types import SimpleNamespace

from tensorflow_parts import said


def main():
    """Call the function with what is asked for, and a way to send rows."""
    task, asked = sys.argv[1], SimpleNamespace(**json.loads(sys.argv[2]))
    rows = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def send(row):
        print(json.dumps(row), file=rows, flush=True)

    module, _, name = task.partition(":")
    try:
        part = getattr(importlib.import_module(f"tensorflow_parts.{module}"), name)
        part(asked, send)
        send({"failed": None})
    except Exception as error:  # outside of any row
        traceback.print_exc()
        send({"failed": said(error)})


if __name__ == "__main__":
    main()
