"""A net whose readout sees the input as well: a way past the cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import Net, as_net


class ShortcutPass:
    """A forward pass."""

    def __init__(self, net, xs):
        self.net, self.xs = net, xs  # the pass of the net; (T, B, D), zero where masked
        self.outputs = np.concatenate([net.outputs, xs], axis=-1)  # (T, B, width + D)

    @property
    def final(self):
        """There is no last input that would mean the same for sequences of all lengths."""
        raise ValueError("readout: expected 'steps' for a net with a shortcut, got 'final'")

    @property
    def state_T(self):
        """The net's final state."""
        return self.net.state_T

    @property
    def states(self):
        """The net's states."""
        return self.net.states


@dataclass(frozen=True)
class Shortcut(Net):
    r"""A net that hands its input on beside its output, so that the readout sees both.

    .. math:: y^{raw}_t = [h_t \,|\, x_t] \, W_{hy} + b_y

    What the present input tells by itself is then learned without the cell, which is left to what
    the past tells. The nets of Hochreiter & Schmidhuber 1997, section 5.2, are built so.

    Parameters
    ----------
    cell : a cell or a net
    D : int
        Input size.

    Raises
    ------
    TypeError, ValueError
        If `cell` is neither, or `D` is below 1.
    """

    cell: Any
    D: int

    def __post_init__(self):
        net = as_net("cell", self.cell)
        if net.reads_symbols:
            raise ValueError(f"cell: expected a net that reads vectors, got {self.cell!r}")
        _check.integer("D", self.D)

    @property
    def inner(self):
        """The net beside the shortcut."""
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
        """Draw the net's parameters; the shortcut has none but the rows of the readout."""
        if _check.integer("D", D) != self.D:
            raise ValueError(f"D: expected {self.D}, got {D}")
        return self.inner.init(rng, D, H, dtype)

    def check_params(self, params, name="params"):
        """Raise unless `params` are the net's; return (D, H)."""
        D, H = self.inner.check_params(params, name)
        if D != self.D:
            raise ValueError(f"{name}: expected D = {self.D}, got {D}")
        return D, H

    def check_inputs(self, xs, mask, D):
        """Raise unless `xs` is what the net takes."""
        return self.inner.check_inputs(xs, mask, D)

    def width(self, H):
        """That of the net, and D more."""
        return self.inner.width(H) + self.D

    def forward(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read, and keep the inputs beside; see `Net.forward`."""
        D, _ = self.check_params(params)
        xs, mask = self.check_inputs(xs, mask, D)
        return ShortcutPass(self.inner.forward(params, xs, state0, mask, batched, rng), xs)

    def backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The net's adjoint, and what came back along the shortcut; see `Net.backward`."""
        _check.instance("passed", passed, ShortcutPass)
        douts = _check.array("douts", douts, passed.outputs.shape)
        at = douts.shape[-1] - self.D
        dxs, dstate0, dparams = self.inner.backward(params, passed.net, douts[..., :at], dstate_T, batched)
        return dxs + douts[..., at:], dstate0, dparams

    def final_backward(self, dfinal, state_T):
        """There is none, as there is no final output."""
        raise ValueError("readout: expected 'steps' for a net with a shortcut, got 'final'")
