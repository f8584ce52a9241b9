"""A sequence read from both ends (Schuster & Paliwal 1997)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import Wrapper


class BothWays(NamedTuple):
    """Parameters, states or passes of the two directions."""

    ahead: Any  # reads x_1 … x_T
    back: Any  # reads x_T … x_1


class BothWaysPass(NamedTuple):
    """A forward pass in both directions."""

    ahead: Any
    back: Any  # of the reversed sequence

    @property
    def outputs(self):
        """At step t the outputs of both directions after reading x_t, (T, B,
        2·width).
        """
        return np.concatenate(
            [self.ahead.outputs, self.back.outputs[::-1]], axis=-1
        )  # eq-bidirectional

    @property
    def final(self):
        """Final outputs of both directions, (B, 2·width)."""
        return np.concatenate([self.ahead.final, self.back.final], axis=-1)

    @property
    def state_T(self):
        """The final states of both directions, after x_T and after x_1."""
        return BothWays(self.ahead.state_T, self.back.state_T)


@dataclass(frozen=True)
class Bidirectional(Wrapper):
    """Two nets of one kind, of which the second reads the sequence backwards; their
    outputs side by side.

    Padding may be at either end: it leaves the state as it is, so the backward
    direction starts with each sequence's own last input.

    Parameters
    ----------
    cell : a cell or a net
        Each direction has parameters of its own.

    Raises
    ------
    TypeError
        If `cell` is neither.
    """

    cell: Any
    causal = False
    Params = State = BothWays

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the parameters of both directions."""
        rng = _check.generator("rng", rng)
        return BothWays(*(self.inner.init(rng, D, H, dtype) for _ in range(2)))

    def check_params(self, params, name="params"):
        """Raise unless both directions' parameters fit and agree in sizes; return (D,
        H).
        """
        _check.instance(name, params, BothWays)
        D, H = self.inner.check_params(params.ahead, f"{name}.ahead")
        other = self.inner.check_params(params.back, f"{name}.back")
        if other != (D, H):
            raise ValueError(
                f"{name}.back: expected D, H = {D}, {H}, got {other[0]}, {other[1]}"
            )
        return D, H

    def width(self, H):
        """Twice that of one direction."""
        return 2 * self.inner.width(H)

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read a sequence from both ends."""
        state0 = (
            BothWays(None, None)
            if state0 is None
            else _check.instance("state0", state0, BothWays)
        )
        turned = None if mask is None else mask[::-1]
        return BothWaysPass(
            self.inner.run(params.ahead, xs, state0.ahead, mask, batched, rng),
            self.inner.run(params.back, xs[::-1], state0.back, turned, batched, rng),
        )

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """Each direction for itself; both add to the inputs' gradient."""
        _check.instance("passed", passed, BothWaysPass)
        T, B, width = passed.outputs.shape
        douts = _check.array("douts", douts, (T, B, width))
        dstate_T = (
            BothWays(None, None)
            if dstate_T is None
            else _check.instance("dstate_T", dstate_T, BothWays)
        )
        by_ahead, by_back = np.split(douts, 2, axis=-1)
        dxs, *ahead = self.inner.run_backward(
            params.ahead, passed.ahead, by_ahead, dstate_T.ahead, batched
        )
        more, *back = self.inner.run_backward(
            params.back, passed.back, by_back[::-1], dstate_T.back, batched
        )
        dxs = None if dxs is None else dxs + more[::-1]
        return dxs, BothWays(ahead[0], back[0]), BothWays(ahead[1], back[1])

    def final_backward(self, dfinal, state_T):
        """Each direction gets its half."""
        halves = np.split(dfinal, 2, axis=-1)
        pairs = zip(halves, state_T, strict=True)
        return BothWays(
            *(self.inner.final_backward(half, state) for half, state in pairs)
        )
