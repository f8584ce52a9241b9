"""Atomic file replacement: at every moment the old file or the new one is there,
whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from pathlib import Path

LEFT_BEHIND = 3600.0  # seconds: a draft that old has no writer any more
# bytes: file systems allow 255 or fewer, and a draft's name has more to say than the
# file's
LONG = 100


def write_whole(path, chunks):
    """Write a draft in the file's folder, flush it to the disk, and rename it to the
    file.

    Whatever happens before that step, the file is the old one; after it, the new one. A
    process that is killed may leave its draft behind, a hidden file, which a later call
    removes. Who may read the old file may read the new one, and nobody else.

    Parameters
    ----------
    path : pathlib.Path
    chunks : iterable of bytes-like

    Raises
    ------
    OSError
        If it cannot be written; the old file is then unharmed.
    """
    target = Path(os.path.realpath(path))  # through a link, so that the link stays
    _remove_left_behind(target)
    draft = target.with_name(
        f"{_start(target)}{os.getpid()}-{time.monotonic_ns()}.draft"
    )
    try:
        with _create(draft, target) as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            # else the name might reach the disk before the bytes do
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException as error:  # Ctrl-C too
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        # say which file, and not the draft
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _create(draft, target):
    """Open the draft, with the owner and the mode of the file whose place it will
    take.
    """
    try:
        old = target.stat()
    except FileNotFoundError:
        return open(draft, "xb")
    file = open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))
    if os.name == "posix":
        with contextlib.suppress(OSError):  # not everybody may give a file away
            os.fchown(file.fileno(), old.st_uid, old.st_gid)
        with contextlib.suppress(OSError):  # not every file system has modes
            os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
    return file


def _start(target):
    """The beginning of the names of a file's drafts."""
    name = os.fsencode(target.name)
    short = target.name if len(name) <= LONG else hashlib.sha256(name).hexdigest()[:16]
    return f".{short}."


def _remove_left_behind(target):
    for draft in target.parent.glob(".*.draft"):
        if draft.name.startswith(_start(target)):
            with contextlib.suppress(OSError):  # another process may have been faster
                if time.time() - draft.stat().st_mtime > LEFT_BEHIND:
                    draft.unlink()
