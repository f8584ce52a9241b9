"""Parameters are nested tuples of arrays; gradients have the same type.  These few
functions walk both.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check

__all__ = ["flatten", "leaves", "map", "norm", "size"]


def leaves(tree, prefix=""):
    """List the arrays of a tree with their dotted names.

    Parameters
    ----------
    tree : NamedTuple, tuple or array
        For example `ModelParams`, whose leaves are ``cell.W_xh``, …, ``W_hy``, ``b_y``.
    prefix : str
        Put before each name.

    Returns
    -------
    list of (str, array)

    Raises
    ------
    TypeError
        If a leaf is not an array.
    """
    if isinstance(tree, tuple):
        names = getattr(tree, "_fields", range(len(tree)))
        out = []
        for name, branch in zip(names, tree, strict=True):
            out += leaves(branch, f"{prefix}.{name}" if prefix else str(name))
        return out
    if not isinstance(tree, np.ndarray | np.generic):
        raise TypeError(
            f"{prefix or 'tree'}: expected an array, got {_check.short(tree)}"
        )
    return [(prefix, tree)]


def map(function, tree, *others):
    """Apply `function` to the arrays of one tree, or of several of the same shape, leaf
    by leaf.

    Returns
    -------
    A tree of the same type.

    Raises
    ------
    TypeError
        If `function` cannot be called.
    ValueError
        If the trees do not have the same structure.
    """
    _check.function("function", function, "of arrays")
    for other in others:
        if _branches(other) != _branches(tree):
            like = type(tree).__name__
            raise ValueError(
                f"others: expected the structure of {like}, got {_check.short(other)}"
            )
    if not isinstance(tree, tuple):
        return function(tree, *others)
    branches = [map(function, *parts) for parts in zip(tree, *others, strict=True)]
    return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)


def norm(tree):
    """Euclidean norm of all the numbers of a tree taken as one vector.

    Returns
    -------
    float
        NaN or infinity if an entry is.

    Raises
    ------
    TypeError, ValueError
        If a leaf is not an array, or there is none.
    """
    arrays = _arrays(tree)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = sum(float(np.vdot(array, array).real) for array in arrays)
    if 1e-30 < squares < np.inf:
        return float(np.sqrt(squares))
    # Squares that overflow or vanish, though the norm does not: scaled by the largest
    # entry.
    largest = max(float(np.max(np.abs(array))) for array in arrays)
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(
        np.sqrt(sum(np.sum(np.abs(array / largest) ** 2) for array in arrays))
    )


def flatten(tree):
    """All the numbers of a tree as one vector of shape (P,).

    Raises
    ------
    TypeError, ValueError
        If a leaf is not an array, or there is none.
    """
    return np.concatenate([np.ravel(array) for array in _arrays(tree)])


def size(tree):
    """How many numbers a tree holds: for parameters, the number of parameters.

    Raises
    ------
    TypeError
        If a leaf is not an array.
    """
    return sum(array.size for _, array in leaves(tree))


def same_names(name, tree, like):
    """The leaves of `tree`, which must have the names that those of `like` have."""
    have, want = (
        [key for key, _ in leaves(tree, name)],
        [key for key, _ in leaves(like, name)],
    )
    if have != want:
        raise ValueError(f"{name}: expected {want}, got {have}")
    return leaves(tree)


def _branches(tree):
    """How many branches there are at this node; None at a leaf."""
    return len(tree) if isinstance(tree, tuple) else None


def _arrays(tree):
    """The arrays alone; at least one, and none of them empty."""
    arrays = [array for _, array in leaves(tree)]
    if not arrays or not all(array.size for array in arrays):
        raise ValueError(
            f"tree: expected arrays that hold numbers, got {_check.short(tree)}"
        )
    return arrays
