"""What the long runs of `benchmarks/` gave: the records that the chapters read."""

from __future__ import annotations

import json

import numpy as np

from rnntutor._data import FOLDER

RECORDS = FOLDER / "records"


def names(start=""):
    """The names of the records that begin so, in alphabetical order."""
    return sorted(path.stem for path in RECORDS.glob(f"{start}*.json"))


def record(name):
    """A record: the command, the machine and the date of the run, and what it gave.

    Parameters
    ----------
    name : str
        Such as "long-lags"; see `names`.

    Returns
    -------
    dict

    Raises
    ------
    FileNotFoundError
        If there is none of this name.
    """
    return json.loads(_path(name, ".json", names()).read_text(encoding="utf-8"))


def arrays(name):
    """The arrays that belong to a record, in the order of its file.

    Parameters
    ----------
    name : str
        Such as "lrcn-clips".

    Returns
    -------
    dict of {str: array}

    Raises
    ------
    FileNotFoundError
        If the record has none.
    """
    known = sorted(path.stem for path in RECORDS.glob("*.npz"))
    with np.load(_path(name, ".npz", known)) as file:
        return dict(file)


def _path(name, suffix, known):
    if name not in known:
        raise FileNotFoundError(
            f"name: expected one of {', '.join(known)}, got {name!r}"
        )
    return RECORDS / f"{name}{suffix}"
