"""Trees to named entries and back.

A tree is made of tuples, NamedTuples and dicts; its leaves are arrays, numbers, str,
bool or None. Entries are put into the structure of a tree given by the caller: a file
never decides what is built.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.train.checkpoint.container import CheckpointError


def branches(tree):
    """Pairs of a name and a branch; None at a leaf."""
    if isinstance(tree, dict):
        return list(tree.items())
    if isinstance(tree, tuple):
        return list(zip(getattr(tree, "_fields", range(len(tree))), tree, strict=True))
    return None


def to_entries(tree, name):
    """The leaves by dotted name.

    Raises
    ------
    TypeError
        If a leaf is something else.
    """
    inner = branches(tree)
    if inner is not None:
        return {
            key: leaf
            for part, one in inner
            for key, leaf in to_entries(one, f"{name}.{part}").items()
        }
    if isinstance(tree, np.generic):
        tree = np.asarray(tree)
    if not isinstance(tree, np.ndarray | str | bool | int | float | None):
        raise TypeError(
            f"{name}: expected a tree of arrays and numbers, got {_check.short(tree)}"
        )
    return {name: tree}


def from_entries(entries, name, like, same=("shape", "dtype")):
    """A tree of the types of `like` with the leaves of this name.

    Parameters
    ----------
    entries : dict
    name : str
    like : tree
    same : tuple of str
        The attributes in which arrays must agree with those in `like`.

    Raises
    ------
    CheckpointError
        If something is missing, or of another kind.
    """
    inner = branches(like)
    if inner is not None:
        _same_branches(entries, name, [str(part) for part, _ in inner])
        built = [
            from_entries(entries, f"{name}.{part}", one, same) for part, one in inner
        ]
        if isinstance(like, dict):
            return dict(zip(like, built, strict=True))
        return type(like)(*built) if hasattr(like, "_fields") else tuple(built)
    if name not in entries:
        raise CheckpointError(f"path: expected an entry {name}, got none")
    leaf, want = (
        entries[name],
        np.asarray(like) if isinstance(like, np.generic) else like,
    )
    if type(leaf) is not type(want):
        raise CheckpointError(
            f"path: expected {name} to be {type(want).__name__}, got"
            f" {_check.short(leaf)}"
        )
    if isinstance(leaf, np.ndarray) and any(
        getattr(leaf, one) != getattr(want, one) for one in same
    ):
        expected, got = (
            f"shape {one.shape} and dtype {one.dtype}" for one in (want, leaf)
        )
        raise CheckpointError(f"path: expected {name} with {expected}, got {got}")
    return leaf


def _same_branches(entries, name, want):
    """Raise if the entries under this name have other branches; a missing one is
    noticed at its leaves.
    """
    start = f"{name}."
    have = list(
        dict.fromkeys(
            key[len(start) :].split(".")[0] for key in entries if key.startswith(start)
        )
    )
    if not set(have) <= set(want):
        raise CheckpointError(f"path: expected {name} to have {want}, got {have}")
