"""A cell that is linear in its state, over a whole sequence at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor.cells.linear import LinearCell
from rnntutor.nets import scan, unroll
from rnntutor.nets.base import Layer


@dataclass(frozen=True)
class ScannedPass:
    """Record of a forward pass: everything that the backward pass needs."""

    cell: Any
    packed: np.ndarray  # s_0 … s_T, see `LinearCell.pack`
    keep: np.ndarray
    cache: Any
    xs: np.ndarray  # (T, B, D), zero where masked
    mask: np.ndarray | None  # (T, B), False at padding

    @property
    def states(self):
        """The states from t = 0 to T."""
        return [self.cell.unpack(one) for one in self.packed]

    @property
    def state_T(self):
        """The final state."""
        return self.cell.unpack(self.packed[-1])

    @property
    def hs(self):
        """h_0 … h_T, (T+1, B, H)."""
        return self.cell.unpack(self.packed).h

    @property
    def outputs(self):
        """h_1 … h_T, (T, B, H)."""
        return self.hs[1:]

    @property
    def final(self):
        """h_T, (B, H)."""
        return self.hs[-1]


@dataclass(frozen=True)
class Scanned(Layer):
    """A linear cell over time by a scan: the same parameters, outputs and gradients as
    of the cell step by step, up to rounding.

    Parameters
    ----------
    cell : a LinearCell, such as `MinGRU`
    tree : bool
        Whether the states are found by a tree, in about 2 log₂ T products, or in T
        short steps. It is no part of a model that is saved.

    Raises
    ------
    TypeError
        If `cell` is another one, or `tree` no bool.
    """

    cell: Any
    tree: bool = field(default=True, metadata={"saved": False})

    def __post_init__(self):
        if not isinstance(self.cell, LinearCell):
            raise TypeError(
                "cell: expected one that is linear in its state, such as MinGRU(), got"
                f" {_check.short(self.cell)}"
            )
        _check.instance("tree", self.tree, bool)

    @property
    def _scan(self):
        return scan.tree if self.tree else scan.loop

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read a sequence; all gates in one product, then the scan."""
        cell = self.cell
        state0 = unroll.initial_state(cell, params, xs.shape[1], state0)
        keep, add, cache = cell.gates(params, xs)
        if mask is not None:  # a padded step keeps all and adds nothing
            real, one = cell.maps.beside(mask), cell.maps.one.astype(keep.dtype)
            keep, add = np.where(real, keep, one), np.where(real, add, 0)
        state0 = cell.pack(state0)
        states = self._scan(cell.maps, keep, add, state0)
        packed = np.concatenate([state0[None], states])
        return ScannedPass(cell, packed, keep, cache, xs, mask)

    def backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The adjoint of `forward`, by a scan from the end."""
        _check.instance("passed", passed, ScannedPass)
        D, H = passed.xs.shape[-1], passed.hs.shape[-1]
        if self.check_params(params) != (D, H):
            raise ValueError(
                f"params: expected those of the forward pass, of D, H = {D}, {H}, got"
                " others"
            )
        return self.run_backward(params, passed, douts, dstate_T)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """`backward`, for parameters that were checked."""
        cell, packed = self.cell, passed.packed
        T, B, H = passed.outputs.shape
        douts = _check.array("dhs", douts, (T, B, H))
        dstate_T = unroll.final_cotangent(cell, params, B, dstate_T)
        nothing = (np.zeros_like(douts),) * (len(cell.State._fields) - 1)
        dstates = cell.pack(cell.State(douts, *nothing))
        last = dstates[-1] + cell.pack(dstate_T)
        dstates = np.concatenate([dstates[:-1], last[None]])
        dkeep, dadd, dstate0 = scan.backward(
            cell.maps, passed.keep, packed[1:], packed[0], dstates, self._scan
        )
        if passed.mask is not None:
            real = cell.maps.beside(passed.mask)
            dkeep, dadd = np.where(real, dkeep, 0), np.where(real, dadd, 0)
        dxs, dparams, _ = cell.gates_backward(
            params, passed.xs, passed.cache, dkeep, dadd
        )
        return dxs, cell.unpack(dstate0), dparams
