"""Symbols in place of vectors: each has a row of its own, which is learned with the
rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import WrappedPass, Wrapper


def scatter_add(ids, values, n):
    """Add up rows that belong to the same symbol: the adjoint of looking them up.

    Sorted by symbol first, so that each sum is over neighbors: `numpy.add.at` takes
    several times as long.

    Parameters
    ----------
    ids : int array (...)
        From 0 to n − 1.
    values : array (..., E)
    n : int

    Returns
    -------
    array (n, E)
    """
    E = values.shape[-1]
    ids, values = np.ravel(ids), values.reshape(-1, E)
    order = np.argsort(ids, kind="stable")
    present, starts = np.unique(ids[order], return_index=True)
    sums = np.zeros((n, E), values.dtype)
    sums[present] = np.add.reduceat(values[order], starts, axis=0)
    return sums


class EmbeddedParams(NamedTuple):
    """Parameters of an `Embedded` net, or their gradients."""

    E_x: Any  # (D, E), a row for each symbol
    net: Any  # those of the net that reads the rows


@dataclass(frozen=True)
class EmbeddedPass(WrappedPass):
    """A forward pass."""

    ids: np.ndarray  # (T, B), 0 where masked
    by_symbol: bool  # whether rows were multiplied before they were looked up


@dataclass(frozen=True)
class Embedded(Wrapper):
    r"""A net that reads symbols: D of them, each replaced by a row of E numbers.

    .. math:: x_t = \text{onehot}(s_t) \, E_x

    The row is looked up; the product with a one-hot vector would give the same and cost
    D times as much.

    Parameters
    ----------
    cell : a cell or a net
        What reads the rows.
    E : int
        Width of the embedding.

    Raises
    ------
    TypeError, ValueError
        If `cell` is neither, or `E` is below 1.
    """

    cell: Any
    E: int
    reads_symbols = True
    Params = EmbeddedParams

    def __post_init__(self):
        super().__post_init__()
        _check.integer("E", self.E)

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the rows from N(0, 1), so that a symbol comes in at unit scale, then the
        net's parameters.
        """
        rng = _check.generator("rng", rng)
        D, dtype = _check.integer("D", D), _check.dtype("dtype", dtype)
        return EmbeddedParams(
            rng.standard_normal((D, self.E)).astype(dtype),
            self.inner.init(rng, self.E, H, dtype),
        )

    def check_params(self, params, name="params"):
        """Raise unless rows and net fit together; return (D, H)."""
        _check.instance(name, params, EmbeddedParams)
        E_x = _check.array(f"{name}.E_x", params.E_x, ("D", self.E), convert=False)
        E, H = self.inner.check_params(params.net, f"{name}.net")
        if E != self.E:
            raise ValueError(f"{name}.net: expected D = E = {self.E}, got {E}")
        return E_x.shape[0], H

    def check_inputs(self, xs, mask, D):
        """Raise unless `xs` is (T, B), integers from 0 to D − 1 outside the padding."""
        xs = _check.array("xs", xs, ("T", "B"), kind="integer")
        if mask is not None:
            mask = _check.array("mask", mask, xs.shape, kind="bool")
            xs = np.where(mask, xs, 0)
        _check.below("xs", xs, D)
        return xs, mask

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Look the rows up and read them."""
        by_symbol = self.inner.looks_up_products(params.E_x, xs)
        if by_symbol:
            inner = self.inner.forward_symbols(params.net, params.E_x, xs, state0, mask)
        else:
            rows = params.E_x[xs]  # eq-embedding
            inner = self.inner.run(params.net, rows, state0, mask, batched, rng)
        return EmbeddedPass(inner, xs, by_symbol)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The inner net's adjoint, then each row's: the sum over the steps that looked
        it up.
        """
        _check.instance("passed", passed, EmbeddedPass)
        if passed.by_symbol:
            dE_x, dstate0, dnet = self.inner.backward_symbols(
                params.net, params.E_x, passed.ids, passed.net, douts, dstate_T
            )
            return None, dstate0, EmbeddedParams(dE_x, dnet)
        dxs, dstate0, dnet = self.inner.run_backward(
            params.net, passed.net, douts, dstate_T, batched
        )
        dE_x = scatter_add(passed.ids, dxs, len(params.E_x))  # eq-embedding-grad
        return None, dstate0, EmbeddedParams(dE_x, dnet)
