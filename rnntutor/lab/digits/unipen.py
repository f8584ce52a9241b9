"""Strokes of a pen from files in the UNIPEN format (Guyon et al. 1994), as far as
digits need it.

A segment of a file holds one character::

    .COORD X Y                   what the numbers of a point are; X and Y if it lacks
    .SEGMENT DIGIT 0 ? "8"       the label is in quotes
    .COMMENT 8 12 224            its second number is the writer
    .PEN_DOWN
     267 333                     x to the right, y upwards, in points of the tablet
     267 336
    .PEN_UP
    .DT 100                      time until the pen comes down again; not used

The meaning of the comment is that of the files of Alpaydin & Alimoglu (1998).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnntutor import _check

XY = ("X", "Y")


class Segment(NamedTuple):
    """One character as it was written."""

    label: str
    writer: int | None  # None where the file does not say
    strokes: tuple  # of arrays (n, 2): x and y while the pen was down

    @property
    def points(self):
        """How many points all strokes have together."""
        return sum(len(stroke) for stroke in self.strokes)


def read_unipen(path, sha256=None):
    """Read the segments of a file.

    Parameters
    ----------
    path : str or pathlib.Path
        Plain or gzipped.
    sha256 : str, optional
        What the SHA-256 of the unpacked file has to be, in hex.

    Returns
    -------
    list of Segment

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError
        If `path` is no path, or `sha256` no str.
    ValueError
        If the file is packed otherwise or damaged, another one than asked for, or
        `parse_unipen` finds a fault in it.
    """
    if not isinstance(path, (str, Path)):
        raise TypeError(
            f"path: expected a str or a pathlib.Path, got {_check.short(path)}"
        )
    path, data = Path(path), _unpacked(Path(path))
    found = hashlib.sha256(data).hexdigest()
    if sha256 is not None and found != _check.instance("sha256", sha256, str).lower():
        raise ValueError(
            f"{path.name}: expected a file with SHA-256 {sha256[:12]}…, got"
            f" {found[:12]}…"
        )
    return parse_unipen(data.decode("latin-1"))


def _unpacked(path):
    """The bytes of a file, plain or gzipped."""
    if path.is_dir():
        raise ValueError(f"path: expected a file, got the folder {str(path)!r}")
    data = path.read_bytes()
    if data[:2] == b"\x1f\x9d":
        raise ValueError(
            f"{path.name}: expected a plain or gzipped file, got one of compress:"
            " unpack it first"
        )
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"{path.name}: expected a whole gzipped file, got a damaged one ({error})"
        ) from error


def parse_unipen(text):
    """Read the segments of a text in the UNIPEN format.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Segment

    Raises
    ------
    TypeError
        If `text` is no str.
    ValueError
        If something is out of place. The message gives the line's number.
    """
    _check.instance("text", text, str)
    segments, stroke, axes = [], None, XY  # a stroke is a list while the pen is down
    lines = re.split(r"\r\n|\r|\n", text)
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            _pen("up", stroke, number, line)
            _whole(segments, number)
            segments.append(Segment(_label(number, line), None, ()))
        elif words[0] == ".COORD":
            axes = _axes(words, number, line)
        elif words[0] == ".COMMENT" and segments:
            segments[-1] = segments[-1]._replace(writer=_writer(words, number, line))
        elif words[0] == ".PEN_DOWN":
            _pen("up", stroke, number, line)
            if not segments:
                raise _fault(number, ".SEGMENT before the first .PEN_DOWN", line)
            stroke = []
        elif words[0] == ".PEN_UP":
            _pen("down", stroke, number, line)
            if not stroke:
                raise _fault(number, "points between .PEN_DOWN and .PEN_UP", "none")
            last = segments[-1]
            segments[-1] = last._replace(
                strokes=(*last.strokes, np.array(stroke, float))
            )
            stroke = None
        elif not words[0].startswith("."):
            _pen("down", stroke, number, line)
            stroke.append(_point(words, axes, number, line))
    number = len(lines) - (not lines[-1])
    _pen("up", stroke, number, "the end of the text")
    if not segments:
        raise ValueError("text: expected at least one .SEGMENT, got none")
    _whole(segments, number)
    return segments


def features(segment):
    """What a net reads: for each point where the pen is, how it got there, and whether
    it is lifted.

    Parameters
    ----------
    segment : Segment

    Returns
    -------
    array (T, 5)
        x and y, shifted and scaled so that the character is centered on 0 and its
        longer side goes from −1 to 1; their differences to the point before, 0 at the
        first one; 1 at the last point of each stroke and 0 elsewhere.

    Raises
    ------
    TypeError
        If `segment` is no Segment.
    """
    _check.instance("segment", segment, Segment)
    points = np.concatenate(segment.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    half = max((high - low).max() / 2, np.finfo(float).tiny)  # a single dot stays at 0
    places = (points - (low + high) / 2) / half
    moves = np.diff(places, axis=0, prepend=places[:1])
    lifted = np.zeros((len(points), 1))
    lifted[np.cumsum([len(stroke) for stroke in segment.strokes]) - 1] = 1
    return np.hstack([places, moves, lifted])


def _fault(number, expected, got):
    return ValueError(
        f"text: line {number}: expected {expected}, got {got.strip()[:60]}"
    )


def _pen(wanted, stroke, number, line):
    """Raise unless the pen is where this line needs it."""
    if (stroke is None) != (wanted == "up"):
        missing = ".PEN_UP" if wanted == "up" else ".PEN_DOWN"
        raise _fault(number, f"{missing} before this", line)


def _whole(segments, number):
    """Raise if the segment that ends here holds no stroke."""
    if segments and not segments[-1].strokes:
        raise _fault(
            number,
            f"a stroke in the segment {segments[-1].label!r} that ends here",
            "none",
        )


def _label(number, line):
    quoted = re.search(r'"([^"]+)"', line)
    if not quoted:
        raise _fault(number, "a label in quotes", line)
    return quoted[1]


def _writer(words, number, line):
    try:
        return int(words[2])
    except (IndexError, ValueError):
        raise _fault(
            number, "a comment whose second number is the writer", line
        ) from None


def _axes(words, number, line):
    """What the numbers of a point are."""
    axes = tuple(word.upper() for word in words[1:])
    if any(axes.count(axis) != 1 for axis in XY):
        raise _fault(number, "X and Y, each once, among the coordinates", line)
    return axes


def _point(words, axes, number, line):
    names = " ".join(axes)
    try:
        point = dict(zip(axes, map(float, words), strict=True))
    except ValueError:
        raise _fault(number, f"{len(axes)} numbers {names}", line) from None
    if not np.isfinite(list(point.values())).all():
        raise _fault(number, f"{len(axes)} finite numbers {names}", line)
    return point["X"], point["Y"]
