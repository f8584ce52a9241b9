"""A net whose readout sees the input as well: a way past the cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import WrappedPass, Wrapper


@dataclass(frozen=True)
class ShortcutPass(WrappedPass):
    """A forward pass."""

    xs: np.ndarray  # (T, B, D), zero where masked

    def __post_init__(self):
        outputs = np.concatenate([self.net.outputs, self.xs], axis=-1)
        object.__setattr__(self, "_outputs", outputs)  # made once; the class is frozen

    @property
    def outputs(self):
        """The net's outputs beside the inputs, (T, B, width + D)."""
        return self._outputs

    @property
    def final(self):
        """There is no last input that would mean the same for sequences of all
        lengths.
        """
        raise ValueError(
            "readout: expected 'steps' for a net with a shortcut, got 'final'"
        )


@dataclass(frozen=True)
class Shortcut(Wrapper):
    r"""A net that hands its input on beside its output, so that the readout sees both.

    .. math:: y^{raw}_t = [h_t \,|\, x_t] \, W_{hy} + b_y

    What the present input tells by itself is then learned without the cell, which is
    left to what the past tells. The nets of Hochreiter & Schmidhuber 1997, section 5.2,
    are built so.

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
        super().__post_init__()
        if self.inner.reads_symbols:
            raise ValueError(
                f"cell: expected a net that reads vectors, got {self.cell!r}"
            )
        _check.integer("D", self.D)

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the net's parameters; the shortcut has none but the rows of the
        readout.
        """
        if _check.integer("D", D) != self.D:
            raise ValueError(f"D: expected {self.D}, got {D}")
        return self.inner.init(rng, D, H, dtype)

    def check_params(self, params, name="params"):
        """Raise unless `params` are the net's; return (D, H)."""
        D, H = self.inner.check_params(params, name)
        if D != self.D:
            raise ValueError(f"{name}: expected D = {self.D}, got {D}")
        return D, H

    def width(self, H):
        """That of the net, and D more."""
        return self.inner.width(H) + self.D

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read, and keep the inputs beside."""
        return ShortcutPass(self.inner.run(params, xs, state0, mask, batched, rng), xs)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The net's adjoint, and what came back along the shortcut."""
        _check.instance("passed", passed, ShortcutPass)
        douts = _check.array("douts", douts, passed.outputs.shape)
        at = douts.shape[-1] - self.D
        dxs, dstate0, dparams = self.inner.run_backward(
            params, passed.net, douts[..., :at], dstate_T, batched
        )
        return dxs + douts[..., at:], dstate0, dparams

    def final_backward(self, dfinal, state_T):
        """There is none, as there is no final output."""
        raise ValueError(
            "readout: expected 'steps' for a net with a shortcut, got 'final'"
        )
