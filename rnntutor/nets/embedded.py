"""Symbols in place of vectors: each has a row of its own, which is learned with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import Layer, Net, as_net


def scatter_add(ids, values, n):
    """Add up rows that belong to the same symbol: the adjoint of looking them up.

    Sorted by symbol first, so that each sum is over neighbours: `numpy.add.at` takes several times as long.

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


class EmbeddedPass(NamedTuple):
    """A forward pass."""

    ids: np.ndarray  # (T, B), 0 where masked
    net: Any  # the pass of the net that read the rows

    @property
    def outputs(self):
        """What the net says, (T, B, width)."""
        return self.net.outputs

    @property
    def final(self):
        """What the net knows at the end, (B, width)."""
        return self.net.final

    @property
    def state_T(self):
        """The net's final state."""
        return self.net.state_T

    @property
    def states(self):
        """The net's states."""
        return self.net.states


@dataclass(frozen=True)
class Embedded(Net):
    r"""A net that reads symbols: D of them, each replaced by a row of E numbers.

    .. math:: x_t = \text{onehot}(s_t) \, E_x

    The row is looked up; the product with a one-hot vector would give the same and cost D times as much.

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

    def __post_init__(self):
        as_net("cell", self.cell)
        _check.integer("E", self.E)

    @property
    def inner(self):
        """The net that reads the rows."""
        return as_net("cell", self.cell)

    @property
    def causal(self):
        """Whether the net is."""
        return self.inner.causal

    @property
    def kernels(self):
        """Those of the net."""
        return self.inner.kernels

    @property
    def dropout(self):
        """That inside the net."""
        return self.inner.dropout

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the rows from N(0, 1), so that a symbol comes in at unit scale, then the net's parameters."""
        _check.generator("rng", rng)
        D, dtype = _check.integer("D", D), _check.dtype("dtype", dtype)
        return EmbeddedParams(
            rng.standard_normal((D, self.E)).astype(dtype), self.inner.init(rng, self.E, H, dtype)
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

    def width(self, H):
        """That of the net."""
        return self.inner.width(H)

    def forward(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Look the rows up and read them; see `Net.forward`."""
        D, _ = self.check_params(params)
        ids, mask = self.check_inputs(xs, mask, D)
        if self.inner.looks_up_products(params.E_x, ids):
            return EmbeddedPass(ids, self.inner.forward_symbols(params.net, params.E_x, ids, state0, mask))
        rows = params.E_x[ids]  # eq-embedding
        return EmbeddedPass(ids, self.inner.forward(params.net, rows, state0, mask, batched, rng))

    def backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The net's adjoint, then each row's: summed over the steps that looked it up; see `Net.backward`."""
        _check.instance("passed", passed, EmbeddedPass)
        if self.inner.looks_up_products(params.E_x, passed.ids):
            dE_x, dstate0, dnet = self.inner.backward_symbols(
                params.net, params.E_x, passed.ids, passed.net, douts, dstate_T
            )
            return None, dstate0, EmbeddedParams(dE_x, dnet)
        dxs, dstate0, dnet = self.inner.backward(params.net, passed.net, douts, dstate_T, batched)
        dE_x = scatter_add(passed.ids, dxs, len(params.E_x))  # eq-embedding-grad
        return None, dstate0, EmbeddedParams(dE_x, dnet)

    def writer(self, params):
        """The net's, if it takes the rows along."""
        return self.inner.writer(params.net, params.E_x) if isinstance(self.inner, Layer) else None

    def final_backward(self, dfinal, state_T):
        """The net's."""
        return self.inner.final_backward(dfinal, state_T)
