"""Writing a file so that at every moment the old one or the new one is there, whole."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

LEFT_BEHIND = 3600.0  # seconds: a draft that old has no writer any more


def write_whole(path, chunks):
    """Write a draft beside the file, bring it to the disk, and put it in the file's place in one step.

    Whatever happens before that step, the file is the old one; after it, the new one. A process that is
    killed may leave its draft behind, a hidden file, which a later call removes.

    Parameters
    ----------
    path : pathlib.Path
    chunks : iterable of bytes-like

    Raises
    ------
    OSError
        If it cannot be written; the old file is then unharmed.
    """
    path = Path(os.path.realpath(path))  # through a link, so that the link stays
    _remove_left_behind(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{time.monotonic_ns()}.draft")
    try:
        with open(draft, "xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())  # else the name might reach the disk before the bytes do
        os.replace(draft, path)
    except BaseException:  # Ctrl-C too
        draft.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _remove_left_behind(path):
    for draft in path.parent.glob(".*.draft"):
        if draft.name.startswith(f".{path.name}."):
            with contextlib.suppress(OSError):  # another process may have been faster
                if time.time() - draft.stat().st_mtime > LEFT_BEHIND:
                    draft.unlink()
