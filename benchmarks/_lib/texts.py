"""The texts that published results are about, verified, and the split of char-rnn, on
which they rest.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

# What each file holds once it is unpacked.
SHA256 = {
    "war-and-peace": "fb66ba999dafe24017cdd59e04c56d385a9c8466993d374fd4c6f08b2142985e",
    "tiny-shakespeare": (
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
    ),
}


class Part(NamedTuple):
    """A part of a text that is read as B rows."""

    inputs: np.ndarray  # (steps, B), ids
    targets: np.ndarray  # (steps, B), the id that follows each


class Split(NamedTuple):
    """A text in three parts."""

    train: Part
    valid: Part
    test: Part
    V: int  # how many symbols the text has


def read(path, name):
    """The bytes of a text, gzipped or plain; ValueError if they are not those of the
    published results, or the file is cut off or damaged.
    """
    data = Path(path).read_bytes()
    expected = f"{path}: expected {name} with SHA-256 {SHA256[name][:12]}…"
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(
                f"{expected}, got {len(data)} bytes that gzip cannot unpack: {error}"
            ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256[name]:
        raise ValueError(f"{expected}, got {len(data)} bytes with {found[:12]}…")
    return data


def ids(data):
    """Each byte as the number of its value among those that occur, and how many values
    do.
    """
    values, numbers = np.unique(np.frombuffer(data, np.uint8), return_inverse=True)
    return numbers, len(values)


def char_rnn_split(data, B=100, T=100, fractions=(0.8, 0.1)):
    """The split of char-rnn's loader, which cuts the text's rows and not the text.

    The bytes are laid out as B rows of contiguous text, as many whole blocks of T as
    there are, and each *row* is cut in time: its first blocks are for training, the
    next for validation, the last for the test.
    """
    numbers, V = ids(data)
    blocks = len(numbers) // (B * T)
    inputs = numbers[: blocks * B * T]
    # the last byte of all has the first as its target
    targets = np.append(inputs[1:], inputs[0])
    train, valid = (int(blocks * fraction) * T for fraction in fractions)
    cuts = slice(0, train), slice(train, train + valid), slice(train + valid, None)
    inputs, targets = (part.reshape(B, -1).T for part in (inputs, targets))
    return Split(*(Part(inputs[cut], targets[cut]) for cut in cuts), V)
