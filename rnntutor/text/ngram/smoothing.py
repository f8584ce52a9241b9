"""Smoothing: how much of what a context has seen is kept back for what it has not.

A rule is a choice of α and γ in P(w | h) = α(h, w) + γ(h) P(w | h'), with Σ_w α(h, w) +
γ(h) = 1, so that every P sums to 1. It is a function of the counts of one order, of V
and of k, and stands in `SMOOTHING`; a further rule joins there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


def witten_bell(counts, V, k):
    """γ = k kinds / (total + k kinds): a context that many symbols follow leaves more
    for new ones.

    k = 1 is method C of Witten and Bell (1991), interpolated as by Chen and Goodman
    (1999).  A larger k trusts long contexts less, which suits text that brings new
    names.
    """
    whole = counts.total + k * counts.kinds
    return counts.count / whole[counts.context], k * counts.kinds / whole


def add_k(counts, V, k):
    """P = (count + k) / (total + k V) (Lidstone 1920; k = 1 is Laplace's), as a mixture
    with 1/V.
    """
    whole = counts.total + k * V
    return counts.count / whole[counts.context], k * V / whole


def kneser_ney(counts, V, k):
    """α = (count − D) / total: each count gives up a discount D, which depends on the
    count alone.

    Modified Kneser–Ney of Chen and Goodman (1999), interpolated; see `discounts`.  k
    multiplies the discounts, as far as there is a count to take them from; k = 1 is the
    published rule.
    """
    D = np.minimum(k * np.append(0, discounts(counts.count)), np.arange(4))
    taken = D[np.minimum(counts.count, 3)]
    whole, kept = counts.total, np.bincount(counts.context, taken, len(counts.total))
    return (counts.count - taken) / whole[counts.context], kept / whole  # eq-kneser-ney


def discounts(count):
    """The discounts of the counts 1, 2 and 3 or more (Chen & Goodman 1999).

    D_c = c − (c + 1) Y n_{c+1} / n_c with Y = n_1 / (n_1 + 2 n_2), where n_c is how
    many n-grams have the count c.  Where a text has too few n-grams for that to lie
    between 0 and c, the discount is c/2.

    Parameters
    ----------
    count : int array (n-grams,)

    Returns
    -------
    float array (3,)
    """
    n = np.bincount(np.minimum(count, 5), minlength=5)
    c = np.arange(1, 4)
    with np.errstate(divide="ignore", invalid="ignore"):
        D = c - (c + 1) * (n[1] / (n[1] + 2 * n[2])) * n[c + 1] / n[c]  # eq-discounts
    return np.where((D > 0) & (D < c), D, c / 2)


class Smoothing(NamedTuple):
    """A rule, and what it is about."""

    rule: Callable  # (counts, V, k) -> α of each n-gram, γ of each context
    # whether the shorter contexts take part; if not, the longest is mixed with 1/V
    backs_off: bool
    continuation: bool = False  # whether these go by continuation counts


SMOOTHING = {
    "witten-bell": Smoothing(witten_bell, True),
    "kneser-ney": Smoothing(kneser_ney, True, continuation=True),
    "add-k": Smoothing(add_k, False),
}
