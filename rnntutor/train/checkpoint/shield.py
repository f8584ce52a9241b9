"""Blocks that Ctrl-C must not interrupt."""

from __future__ import annotations

import contextlib
import signal
import threading


@contextlib.contextmanager
def shielded():
    """Within this block Ctrl-C is only noted; it is raised at the end."""
    before, noted = signal.getsignal(signal.SIGINT), []
    # Only the main thread hears signals, and what was not set by Python could not be
    # set again.
    hears = before is not None and threading.current_thread() is threading.main_thread()
    if hears:
        signal.signal(signal.SIGINT, lambda *_: noted.append(True))
    try:
        yield
    finally:
        if hears:
            signal.signal(signal.SIGINT, before)
            if noted:
                signal.raise_signal(signal.SIGINT)
