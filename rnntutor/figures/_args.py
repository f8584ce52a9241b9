"""Checks of the arguments that only figures have, on top of those of the whole
package.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .. import _check


def curve(name, value, length=None):
    """A curve of shape (n,) or, over seeds, (n_seeds, n), as a real array of shape
    (n_seeds, n).
    """
    out = _check.array(name, value, None, kind="real")
    if (
        out.ndim not in (1, 2)
        or out.size == 0
        or (length is not None and out.shape[-1] != length)
    ):
        n = "n" if length is None else length
        raise ValueError(
            f"{name}: expected shape ({n},) or (n_seeds, {n}), got {out.shape}"
        )
    return np.atleast_2d(out)


def mapping(name, value, what):
    """A mapping that is not empty and whose keys are strings."""
    if not isinstance(value, Mapping):
        raise TypeError(
            f"{name}: expected a dict of name -> {what}, got {_check.short(value)}"
        )
    if not value:
        raise ValueError(
            f"{name}: expected a dict of name -> {what}, not empty, got {{}}"
        )
    for key in value:
        if not isinstance(key, str):
            raise TypeError(
                f"{name}: expected names that are strings, got {_check.short(key)}"
            )
    return dict(value)


def text(name, value, longest=None):
    """A string that is not empty and, where `longest` is given, no longer than that."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a string, got {_check.short(value)}")
    if not value:
        raise ValueError(
            f"{name}: expected a string of at least 1 character, got an empty one"
        )
    if longest is not None and len(value) > longest:
        raise ValueError(
            f"{name}: expected at most {longest} characters, got {len(value)}"
        )
    return value


def names(name, value, count=None, most=None):
    """A list of strings, `count` or at most `most` (a string is a list of its
    characters).
    """
    expected = f"{count} labels" if count is not None else f"1 to {most} labels"
    try:
        out = [str(one) for one in value]
    except TypeError as error:
        raise TypeError(
            f"{name}: expected a list of {expected}, got {_check.short(value)}"
        ) from error
    if len(out) != count if count is not None else not 1 <= len(out) <= most:
        raise ValueError(f"{name}: expected {expected}, got {len(out)}")
    return out


def limits(name, value):
    """A pair (low, high) with low < high."""
    out = _check.array(name, value, (2,), kind="real")
    if not out[0] < out[1]:
        raise ValueError(
            f"{name}: expected (low, high) with low < high, got ({out[0]:g},"
            f" {out[1]:g})"
        )
    return float(out[0]), float(out[1])


def positive(name, value):
    """Pass on `value`, an array, if every entry is above 0 (a logarithmic axis has no
    other place).
    """
    if (value <= 0).any():
        raise ValueError(f"{name}: expected numbers above 0, got {value.min():g}")
    return value


def not_negative(name, value):
    """Pass on `value`, an array, if no entry is below 0."""
    if (value < 0).any():
        raise ValueError(f"{name}: expected numbers of at least 0, got {value.min():g}")
    return value
