"""The output of the command: lines that arrive at once, on streams that may be
closed.
"""

from __future__ import annotations

import os
import sys

from tqdm import tqdm


def prepare():
    """Make the streams usable, whatever they are."""
    for name in ("stdout", "stderr"):
        # closed by the shell, or a program without a console
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
    if hasattr(sys.stdout, "reconfigure"):
        # A console that does not know a letter is no reason to stop, and a log is to be
        # read while it grows.
        sys.stdout.reconfigure(errors="replace", line_buffering=True)


def say(line=""):
    """Print a line above the progress bar. If it cannot be printed, the training goes
    on all the same.
    """
    try:
        tqdm.write(line)
    except OSError:
        mute(sys.stdout)


def finish():
    """Flush the output; raise OSError, once, if that fails."""
    try:
        sys.stdout.flush()
    except OSError:
        mute(sys.stdout)
        raise


def complain(text):
    """Print an error."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        mute(sys.stderr)


def mute(stream):
    """Send a stream to the null device from now on: what it still holds would be
    written again when Python ends.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
