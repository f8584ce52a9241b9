r"""Files that outlive a crash: parameters, whole trainings, language models.

A file is replaced atomically, so that at any moment there is a whole one. It ends with
a SHA-256 sum of everything before, header included: a single wrong bit is noticed.
Loading executes nothing; numbers are put into the structure of a tree that the caller
gives.

The layout, all numbers little-endian:

=========  =============================================================================
bytes      what
=========  =============================================================================
13         ``\x89rnntutor\r\n\x1a\n``
4          version of the format, 1
8          n, the length of the header
n          JSON: ``about``, the caller's own; ``values``, numbers and strings by
           dotted name; ``arrays``, a list of [dotted name, dtype, shape]
…          the arrays one after another, in C order
32         SHA-256 of all bytes before
=========  =============================================================================

The known formats would need more code around them than this one has: pickle executes
what it reads, ``.npz`` has a weak sum per member and none over names and shapes, and
safetensors has none at all and stores a transposed array wrongly.
"""

from __future__ import annotations

import json

from rnntutor import _check
from rnntutor.train.checkpoint.container import (
    CheckpointError,
    Contents,
    as_target,
    read,
    write,
)
from rnntutor.train.checkpoint.entries import from_entries, to_entries

__all__ = ["CheckpointError", "load", "read_about", "save"]


def save(path, tree, about=None):
    """Write a tree of arrays, such as parameters, to a file.

    Parameters
    ----------
    path : str or pathlib.Path
        A file that is there is replaced, in one step.
    tree : tree
        Of tuples, NamedTuples and dicts; its leaves are arrays of any strides, numbers,
        str, bool or None.
    about : dict, optional
        Anything that JSON can represent, to be read by `read_about`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind, the folder is not there, or `path` is
        something else than a file, such as a pipe.
    OSError
        If it cannot be written.
    """
    about = {} if about is None else about
    write(
        as_target("path", path),
        Contents(as_json("about", about), to_entries(tree, "tree")),
    )


def load(path, like):
    """Read a tree that `save` wrote.

    Parameters
    ----------
    path : str or pathlib.Path
    like : tree
        Of the same structure, shapes and dtypes, such as fresh parameters of the same
        model.

    Returns
    -------
    A tree of the types of `like`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError
        If `path` is no path.
    CheckpointError
        A ValueError: the file is damaged, from a newer version, or holds something
        else.
    """
    return from_entries(read(path).entries, "tree", like)


def read_about(path):
    """The `about` that `save` was given; raises as `load` does."""
    return read(path).about


def as_json(name, value):
    """Return a dict as it will be read back."""
    try:
        return json.loads(json.dumps(_check.instance(name, value, dict)))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(
            f"{name}: expected a dict of what JSON can say, got {_check.short(value)}"
        ) from error
