"""Two gradients side by side: a report block by block in plain words, and two numbers
for the whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.tree import flatten, leaves, same_names, size


class Block(NamedTuple):
    """How one array of a gradient compares with its oracle."""

    name: str
    # largest |analytic − numeric|, over the largest |numeric| of the block
    error: float
    index: tuple  # where that is
    analytic: float
    numeric: float
    size: int


class Report(NamedTuple):
    """What `compare` found.  ``print(report)`` gives it in words, `ok` as one bool."""

    blocks: list
    tol: float

    @property
    def ok(self):
        """Whether every block agrees within the tolerance."""
        return all(block.error <= self.tol for block in self.blocks)

    @property
    def worst(self):
        """The block with the largest error."""
        return max(self.blocks, key=lambda block: block.error)

    @property
    def size(self):
        """How many numbers were compared."""
        return sum(block.size for block in self.blocks)

    def __str__(self):
        return "\n".join(_in_words(block, self.tol) for block in self.blocks)


def compare(analytic, numeric, tol=1e-12):
    """Compare two gradients block by block.

    Parameters
    ----------
    analytic, numeric : trees of the same structure
        The gradient under test, and its oracle.
    tol : float
        Largest error allowed, relative to the largest entry of the block.

    Returns
    -------
    Report

    Raises
    ------
    TypeError, ValueError
        If structures or shapes differ, or `numeric` is not finite.  (NaN in `analytic`
        is a finding, not an argument error: an infinite error.)
    """
    tol = _check.number("tol", tol, above=0)
    pairs = list(
        zip(
            same_names("analytic", analytic, numeric),
            leaves(numeric, "numeric"),
            strict=True,
        )
    )
    if not size(numeric):
        raise ValueError(
            f"numeric: expected arrays that hold numbers, got {_check.short(numeric)}"
        )
    return Report([_block(name, a, n) for (name, a), (_, n) in pairs], tol)


def relative_difference(a, b):
    """‖a − b‖ / (‖a‖ + ‖b‖) over two gradients as vectors: 0 when equal, 1 when one is
    the other's negative.

    Raises
    ------
    TypeError, ValueError
        If one of them does not consist of finite real arrays, or they differ in size.
    """
    a, b = _vectors(a, b)
    scale = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / scale) if scale else 0.0


def cosine(a, b):
    """Cosine of the angle between two gradients as vectors; 0 if one of them is zero.

    Raises
    ------
    TypeError, ValueError
        If one of them does not consist of finite real arrays, or they differ in size.
    """
    a, b = _vectors(a, b)
    scale = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / scale) if scale else 0.0


def _vectors(a, b):
    """Two trees as vectors of equal length."""
    for tree_name, tree in (("a", a), ("b", b)):
        for name, leaf in leaves(tree, tree_name):
            _check.array(name, leaf, None, kind="real")
    a, b = flatten(a), flatten(b)
    if a.shape != b.shape:
        raise ValueError(f"a: expected as many numbers as b, {b.size}, got {a.size}")
    return a, b


def _block(name, analytic, numeric):
    where = f".{name}" if name else ""
    numeric = _check.array(f"numeric{where}", numeric, None, kind="real")
    analytic = _check.array(
        f"analytic{where}", analytic, numeric.shape, kind="real", finite=False
    )
    error = np.abs(analytic - numeric)
    error = np.where(np.isnan(error), np.inf, error)
    scale = float(np.max(np.abs(numeric)))
    index = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
    worst = float(error[index])
    relative = worst / scale if scale else worst
    at = (index, float(analytic[index]), float(numeric[index]))
    return Block(name or "gradient", relative, *at, error.size)


def _in_words(block, tol):
    if block.error <= tol:
        # the error itself is rounding, which differs between machines: say only what
        # was asked
        return f"{block.name}: all {block.size} agree within {tol:.0e} of the largest"
    words = (
        f"{block.name}: DIFFERS by {block.error:.1e} of the block's largest entry"
        f" (allowed {tol:.0e}),\n    worst at {block.index}: got {block.analytic:.6g},"
        f" expected {block.numeric:.6g}"
    )
    if block.numeric and block.analytic:
        ratio = block.analytic / block.numeric
        words += f", ratio {ratio:.4g}"
    return words
