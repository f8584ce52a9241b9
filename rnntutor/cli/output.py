"""Where the command speaks: lines that arrive at once, and an end of the pipe that may
be gone.
"""

from __future__ import annotations

import os
import sys

from tqdm import tqdm


def prepare():
    """Make the streams fit for use, whatever they are."""
    for name in ("stdout", "stderr"):
        # closed by the shell, or a program without a console
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
    if hasattr(sys.stdout, "reconfigure"):
        # A console that does not know a letter is no reason to stop, and a log is to be
        # read while it grows.
        sys.stdout.reconfigure(errors="replace", line_buffering=True)


def say(line=""):
    """Print a line above the progress bar. If nobody can hear it, the training goes on
    all the same.
    """
    try:
        tqdm.write(line)
    except OSError:
        mute(sys.stdout)


def finish():
    """Bring what was printed to its place; raise OSError, once, if that cannot be."""
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
    """Let a stream lead nowhere from now on: what it still holds would be tried again
    when Python ends.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
