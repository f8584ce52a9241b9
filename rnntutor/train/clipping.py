"""Clipping a gradient: its global norm, or each of its numbers."""

from __future__ import annotations

import math

import numpy as np

from rnntutor import _check
from rnntutor._check import NonFiniteError
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm

NOT_FINITE = (
    "The gradient is not finite, so no step was taken: lower the learning rate, or"
    " clip."
)


def clip_by_global_norm(grads, max_norm):
    """Scale the gradient down to the norm `max_norm`, keeping its direction; a shorter
    one stays as it is.

    Parameters
    ----------
    grads : tree
    max_norm : float
        Above 0.

    Returns
    -------
    grads : tree
    norm : float
        The norm before clipping.

    Raises
    ------
    TypeError, ValueError
        If `max_norm` is not above 0.
    NonFiniteError
        If the gradient is not finite: no factor would repair its direction.
    """
    max_norm = _check.number("max_norm", max_norm, above=0)
    norm = finite_norm(grads)
    return shortened(grads, max_norm, norm), norm


def shortened(grads, max_norm, norm):
    """The gradient, whose norm is known, scaled down to at most `max_norm`."""
    if norm <= max_norm:
        return grads
    return tree_map(lambda g: g * g.dtype.type(max_norm / norm), grads)  # eq-clip


def clip_by_value(grads, limit):
    """Clip each number of the gradient to [−limit, limit], which may change its
    direction.

    Parameters
    ----------
    grads : tree
        Of real numbers.
    limit : float
        Above 0.

    Returns
    -------
    tree

    Raises
    ------
    TypeError, ValueError
        If `limit` is not above 0.
    NonFiniteError
        If the gradient is not finite.
    """
    limit = _check.number("limit", limit, above=0)
    finite_norm(grads)
    return tree_map(lambda g: np.clip(g, -limit, limit), grads)


def finite_norm(grads, norm=None):
    """The global norm, unless it is given; NonFiniteError if it is not finite."""
    norm = global_norm(grads) if norm is None else norm
    if not math.isfinite(norm):
        raise NonFiniteError("grads", f"global norm is {norm}", NOT_FINITE)
    return norm
