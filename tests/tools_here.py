"""Run a script of `tools/`."""

import subprocess
import sys

from reading import ROOT


def tool(name, *arguments):
    """What a tool printed, which must not have failed."""
    command = [sys.executable, ROOT / "tools" / name, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
