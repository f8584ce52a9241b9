"""Rooms import only rooms below them; pyproject.toml has the order."""

import subprocess
import sys

from reading import ROOT

LINT = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"


def test_no_room_imports_one_above_it():
    # apart: it keeps hold of the stream that was stdout when it was imported
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0 and "1 kept, 0 broken" in output, output
