"""Argument checks shared by every public function.

A check names the argument, says what was expected and what came, and raises
``TypeError`` (wrong kind of thing) or ``ValueError`` (right kind, wrong value).
"""

from __future__ import annotations

import cmath
import math
import numbers
import reprlib

import numpy as np

_KINDS = {"float": "fc", "real": "f", "integer": "iu", "bool": "b"}
_WORDS = {
    "float": "an array of floating-point (or complex) numbers",
    "real": "an array of floating-point numbers",
    "integer": "an array of integers",
    "bool": "an array of booleans",
}
_PRECISIONS = tuple(
    np.dtype(one) for one in (np.float64, np.float32, np.complex128, np.complex64)
)
_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxstring = 60


def short(value):
    """A representation of `value` that fits into an error message."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    text = " ".join(_SHORT.repr(value).split())
    return text if len(text) <= 100 else f"{text[:99]}…"


def array(name, value, shape, kind="float", finite=True, convert=True):
    """Return `value` as an array, checked for kind, shape and finiteness.

    `shape` has an entry for each axis: a number is a length the axis must have, a
    string is the axis' name (any length from 1 up).  ``shape=None`` accepts every
    shape. Lists are accepted, integers where a float is expected, and bytes in another
    order. ``kind="float"`` takes complex numbers too, so that the complex step passes
    through the same code. ``convert=False`` demands an array that can be used as it is.
    """
    try:
        out = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise TypeError(
            f"{name}: expected {_WORDS[kind]}, got {short(value)}"
        ) from error
    if convert and kind in ("float", "real") and out.dtype.kind in "iu":
        out = out.astype(np.float64)
    if convert and not out.dtype.isnative:
        out = out.astype(out.dtype.newbyteorder("="))
    if not convert and not isinstance(value, np.ndarray):
        raise TypeError(
            f"{name}: expected {_WORDS[kind]}, got {type(value).__name__}"
            f" {short(value)}"
        )
    floating = out.dtype.kind in "fc"
    if out.dtype.kind not in _KINDS[kind]:
        raise TypeError(f"{name}: expected {_WORDS[kind]}, got dtype {out.dtype}")
    if (
        floating
        and out.dtype not in _PRECISIONS
        and out.dtype.newbyteorder("=") not in _PRECISIONS
    ):
        expected = f"{_WORDS[kind]} in single or double precision"
        raise TypeError(f"{name}: expected {expected}, got dtype {out.dtype}")
    if shape is not None:
        _shape(name, out, shape)
    if finite and floating and not all_finite(out):
        raise ValueError(f"{name}: expected finite numbers, got {non_finite(out)}")
    return out


def all_finite(value):
    """Whether no entry is NaN or infinite."""
    flat = np.ravel(value)
    if flat.dtype.kind in "fc":
        # the sum of the squares is found fast, and finite only if they are
        with np.errstate(all="ignore"):
            if cmath.isfinite(np.dot(flat, flat)):
                return True
    return bool(np.isfinite(flat).all())


def _shape(name, value, shape):
    fits = value.ndim == len(shape)
    if fits:
        for have, want in zip(value.shape, shape, strict=True):
            fits &= have > 0 if type(want) is str else have == want
    if not fits:
        axes = ", ".join(str(axis) for axis in shape) + ("," if len(shape) == 1 else "")
        named = any(isinstance(axis, str) for axis in shape)
        note = " (every axis at least 1 long)" if named else ""
        raise ValueError(f"{name}: expected shape ({axes}){note}, got {value.shape}")


def non_finite(value):
    """Say in words how many entries of `value` are NaN or infinite, and where the first
    is.
    """
    bad = np.argwhere(~np.isfinite(value))
    where = tuple(int(i) for i in bad[0])
    return (
        f"{len(bad)} non-finite of {value.size}, the first {value[where]} at index"
        f" {where}"
    )


def below(name, value, bound):
    """Check that the integers of `value` lie in ``0 … bound - 1``."""
    if value.size and (value.min() < 0 or value.max() >= bound):
        bad = np.argwhere((value < 0) | (value >= bound))[0]
        where = tuple(int(i) for i in bad)
        got = f"{value[where]} at index {where}"
        raise ValueError(f"{name}: expected integers from 0 to {bound - 1}, got {got}")


def within(name, value, low, high):
    """Check that the numbers of `value` lie in ``low … high``."""
    if value.size and (value.min() < low or value.max() > high):
        raise ValueError(
            f"{name}: expected numbers from {low:g} to {high:g}, got {value.min():g}"
            f" … {value.max():g}"
        )


def integer(name, value, minimum=1):
    """Return `value` as an int that is at least `minimum`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(
            f"{name}: expected an integer of at least {minimum}, got {short(value)}"
        )
    if value < minimum:
        raise ValueError(
            f"{name}: expected an integer of at least {minimum}, got {value}"
        )
    return int(value)


def number(name, value, above=None, minimum=None, maximum=None, below=None):
    """Return `value` as a finite float within the bounds that are given."""
    bounds = (
        ("above", above),
        ("of at least", minimum),
        ("of at most", maximum),
        ("below", below),
    )
    expected = " ".join(
        [
            "a finite number",
            " and ".join(
                f"{word} {bound}" for word, bound in bounds if bound is not None
            ),
        ]
    ).rstrip()
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected {expected}, got {short(value)}")
    try:
        out = float(value)
    except OverflowError:  # an integer of hundreds of digits
        out = math.inf
    inside = (
        math.isfinite(out)
        and (above is None or out > above)
        and (minimum is None or out >= minimum)
        and (maximum is None or out <= maximum)
        and (below is None or out < below)
    )
    if not inside:
        got = short(value) if isinstance(value, int) else value
        raise ValueError(f"{name}: expected {expected}, got {got}")
    return out


def choice(name, value, allowed):
    """Return `value` if it is one of `allowed`."""
    if not isinstance(value, str) or value not in allowed:
        words = ", ".join(repr(one) for one in allowed)
        raise ValueError(f"{name}: expected one of {words}, got {short(value)}")
    return value


def generator(name, value):
    """Return `value` if it is a NumPy random generator, a new one if it is a seed."""
    if isinstance(value, np.random.Generator):
        return value
    expected = "a numpy.random.Generator or a seed (an integer of at least 0)"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected {expected}, got {short(value)}")
    if value < 0:
        raise ValueError(f"{name}: expected {expected}, got {value}")
    return np.random.default_rng(int(value))


def instance(name, value, kind):
    """Return `value` if it is an instance of the class `kind`."""
    if not isinstance(value, kind):
        # each cell has a State of its own: the qualified name says whose
        want, got = kind.__qualname__, type(value).__qualname__
        raise TypeError(f"{name}: expected {want}, got {got} {short(value)}")
    return value


def function(name, value, example):
    """Return `value` if it can be called."""
    if not callable(value):
        raise TypeError(f"{name}: expected a function {example}, got {short(value)}")
    return value


def protocol(name, value, methods, example):
    """Return `value` if it is an object with these methods, of whatever class."""
    if isinstance(value, type) or not all(
        callable(getattr(value, method, None)) for method in methods
    ):
        raise TypeError(f"{name}: expected {example}, got {short(value)}")
    return value


def cell(name, value):
    """Return `value` if it is a cell: an object that has `step` and the rest of the
    protocol.
    """
    methods = ("init", "check_params", "zero_state", "step", "step_backward")
    return protocol(name, value, methods, "a cell such as RNN()")


def dtype(name, value):
    """Return the dtype: float32, float64, complex64 or complex128."""
    try:
        out = np.dtype(value)
    except TypeError as error:
        raise TypeError(
            f"{name}: expected a floating-point dtype, got {short(value)}"
        ) from error
    if out not in _PRECISIONS:
        raise TypeError(
            f"{name}: expected float32, float64 or a complex dtype, got {out}"
        )
    return out


class NonFiniteError(FloatingPointError):
    """A computed tensor holds NaN or infinity.

    Attributes
    ----------
    tensor : str
        Its name, as in the book: ``hs``, ``ys_raw``, ``loss``, ``grads.cell.W_hh``, …
    """

    def __init__(self, tensor, found, advice):
        self.tensor = tensor
        super().__init__(f"{tensor}: {found}. {advice}")


FORWARD = "The parameters have grown too large, or the inputs are: check their scale."
BACKWARD = (
    "The gradient exploded in the backward pass through time: try a shorter sequence or"
    " smaller weights."
)


def require_finite(tensor, value, advice):
    """Raise `NonFiniteError`, naming the tensor, unless all of `value` is finite."""
    if not all_finite(value):
        raise NonFiniteError(tensor, non_finite(np.asarray(value)), advice)
