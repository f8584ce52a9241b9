"""Sigmoid and tanh of one number, in a form that a compiler turns into instructions for
whole vectors.

Both rest on e^y − 1.  With y = n ln 2 + r and |r| ≤ ½ ln 2 it is 2ⁿ (e^r − 1) + (2ⁿ −
1), where e^r − 1 is its Taylor series to the term after which rounding hides the rest:
the 7th in float32 (0.35⁸/8! < 2⁻²⁴), the 13th in float64 (0.35¹⁴/14! < 2⁻⁵³).  For a
small y, n is 0 and nothing cancels.  The error is a few units in the last place, and
NaN stays NaN.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, types
from numba.extending import overload

# No check for a zero divisor at each element; a product and a sum may become one
# instruction.
OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}}

S, D = np.float32, np.float64
LOG2E = 1 / math.log(2)
# ln 2 in two parts: n times the first is exact, since it has few bits.
HIGH_S, LOW_S = S(355 / 512), S(-2.12194440054690583e-4)
HIGH_D, LOW_D = D(0.6931471803691238), D(1.9082149292705877e-10)
# A number that this is added to is rounded to an integer, which then stands in its
# lowest bits.
ROUND_S, ROUND_D = S(1.5 * 2**23), D(1.5 * 2**52)


@njit(**OPTIONS)
def _expm1_single(y):
    y = S(87) if y > S(87) else y
    y = S(-87) if y < S(-87) else y
    z = S(y * S(LOG2E) + ROUND_S)
    n = z - ROUND_S
    r = y - n * HIGH_S - n * LOW_S
    p = S(1 / 5040)
    p = p * r + S(1 / 720)
    p = p * r + S(1 / 120)
    p = p * r + S(1 / 24)
    p = p * r + S(1 / 6)
    p = p * r + S(1 / 2)
    p = p * r * r + r
    exponent = np.int32(z.view(np.int32) << np.int32(23))
    power = np.int32(exponent + np.int32(127 << 23)).view(np.float32)  # 2ⁿ
    return power * p + (power - S(1))


@njit(**OPTIONS)
def _expm1_double(y):
    y = D(708) if y > D(708) else y
    y = D(-708) if y < D(-708) else y
    z = D(y * D(LOG2E) + ROUND_D)
    n = z - ROUND_D
    r = y - n * HIGH_D - n * LOW_D
    p = D(1 / 6227020800)
    p = p * r + D(1 / 479001600)
    p = p * r + D(1 / 39916800)
    p = p * r + D(1 / 3628800)
    p = p * r + D(1 / 362880)
    p = p * r + D(1 / 40320)
    p = p * r + D(1 / 5040)
    p = p * r + D(1 / 720)
    p = p * r + D(1 / 120)
    p = p * r + D(1 / 24)
    p = p * r + D(1 / 6)
    p = p * r + D(1 / 2)
    p = p * r * r + r
    exponent = np.int64(z.view(np.int64) << np.int64(52))
    power = np.int64(exponent + np.int64(1023 << 52)).view(np.float64)
    return power * p + (power - D(1))


@njit(**OPTIONS)
def _sigmoid_single(a):
    return S(1) / (S(2) + _expm1_single(-a))


@njit(**OPTIONS)
def _sigmoid_double(a):
    return D(1) / (D(2) + _expm1_double(-a))


@njit(**OPTIONS)
def _tanh_single(a):
    e = _expm1_single(a + a)
    return e / (e + S(2))


@njit(**OPTIONS)
def _tanh_double(a):
    e = _expm1_double(a + a)
    return e / (e + D(2))


def sigmoid(a):
    """1 / (1 + e^{−a}), from compiled code."""
    raise NotImplementedError


def tanh(a):
    """(e^{2a} − 1) / (e^{2a} + 1), from compiled code."""
    raise NotImplementedError


@overload(sigmoid, jit_options=OPTIONS)
def _sigmoid(a):
    return (
        (lambda a: _sigmoid_single(a))
        if a == types.float32
        else (lambda a: _sigmoid_double(a))
    )


@overload(tanh, jit_options=OPTIONS)
def _tanh(a):
    return (
        (lambda a: _tanh_single(a))
        if a == types.float32
        else (lambda a: _tanh_double(a))
    )
