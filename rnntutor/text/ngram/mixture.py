"""Two models of one text mixed: each probability is a weighted mean of theirs."""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def interpolate(log_p, log_q, weight):
    """Logarithm of the mixture w p + (1 − w) q (Jelinek & Mercer 1980).

    Parameters
    ----------
    log_p, log_q : array (N,)
        Logarithms of the probabilities that two models give to the symbols of one text.
    weight : float
        w in [0, 1], the weight of the first.

    Returns
    -------
    array (N,)

    Raises
    ------
    TypeError, ValueError
        If the arrays have other kinds or shapes, or `weight` lies outside [0, 1].
    """
    log_p, log_q = _pair(log_p, log_q)
    weight = _check.number("weight", weight, minimum=0, maximum=1)
    # the logarithm of a weight 0 is −inf, and its part nothing
    with np.errstate(divide="ignore"):
        return np.logaddexp(
            np.log(weight) + log_p, np.log1p(-weight) + log_q
        )  # eq-mixture


def best_weight(log_p, log_q, steps=200):
    """The weight with which the mixture gives a text its highest probability.

    By expectation–maximization: the new weight is the mean share that the first model
    has in the mixture (Dempster, Laird & Rubin 1977). The logarithm of the text's
    probability is concave in w, so there is one maximum and no way past it.

    Parameters
    ----------
    log_p, log_q : array (N,)
        As for `interpolate`, of a text that neither model has learned from.
    steps : int

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        As for `interpolate`, or if `steps` is below 1.
    """
    log_p, log_q = _pair(log_p, log_q)
    weight = 0.5
    for _ in range(_check.integer("steps", steps)):
        share = (
            np.exp(np.log(weight) + log_p - interpolate(log_p, log_q, weight))
            if weight
            else 0.0
        )
        weight = min(1.0, float(np.mean(share)))
    return weight


def _pair(log_p, log_q):
    """Both as float64, of one shape, finite."""
    log_p = _check.array("log_p", log_p, ("N",), kind="real").astype(np.float64)
    return log_p, _check.array("log_q", log_q, log_p.shape, kind="real").astype(
        np.float64
    )
