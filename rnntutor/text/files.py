"""Text: read it, split it, and turn it into arrays of integers and back.

A text is cut into symbols (characters or words), each distinct symbol gets an integer,
its id, and a network reads ids. This module reads and splits; the tokenizers
(`rnntutor.text.tokens`), the `Vocabulary` (`rnntutor.text.vocabulary`) and the batches
(`rnntutor.text.batches`) come with it.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import NamedTuple

from rnntutor import _check
from rnntutor.text.batches import ContiguousBatches, contiguous_batches, one_hot
from rnntutor.text.tokens import characters, words
from rnntutor.text.vocabulary import Vocabulary

__all__ = [
    "ContiguousBatches",
    "Corpus",
    "Vocabulary",
    "characters",
    "contiguous_batches",
    "one_hot",
    "read_text",
    "split_text",
    "words",
]


class Corpus(NamedTuple):
    """A text in three parts, each a str: to learn from, to choose by, and to report
    on.
    """

    train: str
    valid: str
    test: str


def read_text(path, encoding="utf-8"):
    """Read a text file.

    A byte-order mark at the start is dropped, and the line breaks of Windows (CR LF)
    and of old Macs (CR) become line feeds (LF).

    Parameters
    ----------
    path : str or pathlib.Path
        Of a file, or of a pipe that is read to its end.
    encoding : str
        The name of a codec, such as "utf-8" or "latin-1".

    Returns
    -------
    str
        Holds more than white space.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        If `path` is no path, or a folder, or an empty or gzipped file, or holds a byte
        that is not text in `encoding` (the message gives its position), or the encoding
        is not known.
    """
    if not isinstance(path, (str, Path)):
        raise TypeError(
            f"path: expected a str or a pathlib.Path, got {_check.short(path)}"
        )
    _check.instance("encoding", encoding, str)
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise ValueError(
            f"encoding: expected a name such as 'utf-8', got {encoding!r}"
        ) from error
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"path: expected a text file, but there is none at {str(path)!r}"
        )
    if path.is_dir():
        raise ValueError(f"path: expected a text file, got a folder: {str(path)!r}")
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        raise ValueError(
            f"path: expected text, but {str(path)!r} is gzipped: unpack it first"
        )
    try:
        text = data.decode(codec)
    except LookupError as error:  # a codec, but not one of text, such as base64
        raise ValueError(
            f"encoding: expected a name such as 'utf-8', got {encoding!r}"
        ) from error
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        guess = "cp1252" if codec == "utf-8" else "utf-8"
        if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            guess = "utf-16"
        raise ValueError(
            f"path: expected text in {codec}, but byte {start} of {str(path)!r}"
            f" (0x{data[start]:02x}) is not; give its encoding, perhaps"
            f" encoding={guess!r}"
        ) from error
    if "\0" in text:
        raise ValueError(
            f"path: expected text in {codec}, but character {text.index(chr(0))} of"
            f" {str(path)!r} is a zero byte, which text does not have; give its"
            " encoding, perhaps encoding='utf-16'"
        )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError(f"path: expected text, but {str(path)!r} is empty")
    return text


def split_text(text, train=0.8, valid=0.1):
    """Cut a text into three contiguous parts, in the order train, valid, test.

    Parameters
    ----------
    text : str
    train, valid : float
        Fractions of the number of characters, between 0 and 1. The rest is the test
        part.

    Returns
    -------
    Corpus
        Put together again, its parts give the text.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind, or a part would be empty.
    """
    _check.instance("text", text, str)
    train = _check.number("train", train, above=0, below=1)
    valid = _check.number("valid", valid, above=0, below=1)
    if train + valid >= 1:
        raise ValueError(
            "train, valid: expected a sum below 1 (the rest is test), got"
            f" {train + valid:g}"
        )
    first, second = round(len(text) * train), round(len(text) * (train + valid))
    parts = Corpus(text[:first], text[first:second], text[second:])
    for name, part in zip(parts._fields, parts, strict=True):
        if not part:
            raise ValueError(
                f"text: expected enough for three parts, got {len(text)} characters: no"
                f" {name}"
            )
    return parts
