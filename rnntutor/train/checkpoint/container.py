"""The file format: named arrays and numbers under one checksum. Its layout is
documented in `rnntutor.train.checkpoint`.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.train.checkpoint.draft import write_whole

# as in PNG: a transfer that takes it for a text spoils it, and is noticed
MAGIC = b"\x89rnntutor\r\n\x1a\n"
VERSION = 1
SUM = hashlib.sha256().digest_size
DTYPES = ("<f4", "<f8", "<c8", "<c16", "<i8", "<i4", "<u8", "<u4", "|b1", "|u1")


class CheckpointError(ValueError):
    """A file that cannot be used: damaged, from a newer version, or of something
    else.
    """


class Contents(NamedTuple):
    """The contents of a file."""

    about: dict  # anything that JSON can represent
    entries: dict  # by dotted name: an array, or a number, str, bool or None


def as_path(name, value):
    """Return `value` as a Path; the folder it lies in must be there."""
    if not isinstance(value, str | os.PathLike) or not str(value):
        raise TypeError(
            f"{name}: expected a str or a pathlib.Path, got {_check.short(value)}"
        )
    path = Path(value)
    if path.is_dir():
        raise ValueError(f"{name}: expected a file, got the folder {str(path)!r}")
    if not path.parent.is_dir():
        raise ValueError(
            f"{name}: expected a file in a folder that is there, got {str(path)!r}"
        )
    return path


def as_target(name, value):
    """`as_path` for a file to be written, which must not replace a pipe or a device."""
    path = as_path(name, value)
    if path.exists() and not path.is_file():
        kind = "pipe" if path.is_fifo() else "socket" if path.is_socket() else "device"
        raise ValueError(f"{name}: expected a file, got the {kind} {str(path)!r}")
    return path


def write(path, contents):
    """Write `Contents` to a file, whole or not at all."""
    scalars, arrays = {}, {}
    for name, value in contents.entries.items():
        if isinstance(value, np.ndarray):
            arrays[name] = _plain(name, value)
        else:
            scalars[name] = value
    header = {
        "about": contents.about,
        "values": scalars,
        "arrays": [
            [name, array.dtype.str, list(array.shape)] for name, array in arrays.items()
        ],
    }
    encoded = json.dumps(header).encode("ascii")
    front = MAGIC + VERSION.to_bytes(4, "little") + len(encoded).to_bytes(8, "little")
    write_whole(
        path, _summed([front, encoded, *(array.tobytes() for array in arrays.values())])
    )


def _plain(name, array):
    """The array in C order and little-endian, whatever its strides and bytes were."""
    out = np.asarray(array, array.dtype.newbyteorder("<"), order="C")
    if out.dtype.str not in DTYPES:
        raise TypeError(
            f"{name}: expected an array of numbers, got dtype {array.dtype}"
        )
    return out


def _summed(chunks):
    """The chunks, and after them their SHA-256."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    yield digest.digest()


def read(path):
    """Read a file that `write` wrote.

    The checksum is compared before anything else is looked at; nothing in a file is
    ever executed.

    Raises
    ------
    FileNotFoundError
        If there is none.
    CheckpointError
        If it is damaged, from a newer version, or of another kind.
    """
    path = as_path("path", path)
    if not path.exists():
        raise FileNotFoundError(
            f"path: expected a checkpoint, but there is none at {str(path)!r}"
        )
    data = path.read_bytes()
    fixed = len(MAGIC) + 4
    if len(data) < fixed + SUM or not data.startswith(MAGIC):
        raise _error(
            path, f"it is damaged, or not a file of rnntutor ({len(data)} bytes)"
        )
    body = memoryview(data)[:-SUM]
    if hashlib.sha256(body).digest() != data[-SUM:]:
        raise _error(
            path,
            f"it is damaged: its {len(data)} bytes do not have the SHA-256 that they"
            " end in",
        )
    version = int.from_bytes(body[len(MAGIC) : fixed], "little")
    if version > VERSION:
        raise _error(
            path,
            f"it is in format {version} of a newer rnntutor; this one reads {VERSION}:"
            " update it",
        )
    try:
        end = fixed + 8 + int.from_bytes(body[fixed : fixed + 8], "little")
        return _parse(json.loads(bytes(body[fixed + 8 : end])), body[end:])
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise _error(
            path, f"its checksum is right, but its contents are not ({error})"
        ) from error


def _parse(header, body):
    entries, at = dict(header["values"]), 0
    for name, dtype, shape in header["arrays"]:
        if dtype not in DTYPES or not all(type(n) is int and n >= 0 for n in shape):
            raise ValueError(f"{name} has dtype {dtype} and shape {shape}")
        count = math.prod(shape)
        array = (
            np.frombuffer(body, dtype, count, at).reshape(shape)
            if count
            else np.zeros(shape, dtype)
        )
        # a copy that can be written to
        entries[name] = array.astype(array.dtype.newbyteorder("="))
        at += array.nbytes
    if at != len(body):
        raise ValueError(f"{len(body)} bytes of arrays, of which {at} are spoken for")
    return Contents(dict(header["about"]), entries)


def _error(path, why):
    return CheckpointError(
        f"path: expected a checkpoint, but {str(path)!r} cannot be used: {why}"
    )
