"""Layers on top of each other: each reads the outputs of the one below, with dropout
between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import Net, as_net


class StackedPass(NamedTuple):
    """A forward pass through a stack."""

    layers: tuple  # a forward pass of each layer, from the input upwards
    # between two layers what their outputs were multiplied by, or None without dropout
    keeps: tuple

    @property
    def outputs(self):
        """Outputs of the top layer, (T, B, width)."""
        return self.layers[-1].outputs

    @property
    def final(self):
        """Final output of the top layer, (B, width)."""
        return self.layers[-1].final

    @property
    def state_T(self):
        """The final states, a layer each."""
        return tuple(layer.state_T for layer in self.layers)

    @property
    def states(self):
        """T + 1 states of the stack."""
        return list(zip(*(layer.states for layer in self.layers), strict=True))


@dataclass(frozen=True)
class Stacked(Net):
    r"""Layers on top of each other, with dropout between them.

    Layer 1 reads the inputs, layer l the outputs of layer l − 1, all of hidden size H.
    In training each number that passes from a layer to the next is set to 0 with
    probability p, and divided by 1 − p otherwise, so that its expectation stays
    (Srivastava et al. 2014); states are not touched on their way through time (Zaremba
    et al. 2014).

    Parameters
    ----------
    layers : sequence of cells or nets
        From the input upwards.
    dropout : float
        p in [0, 1).

    Raises
    ------
    TypeError, ValueError
        If there is no layer, one is no cell and no net, or `dropout` is not in [0, 1).
    """

    layers: tuple
    dropout: float = 0.0

    def __post_init__(self):
        if not isinstance(self.layers, tuple | list) or not self.layers:
            raise TypeError(
                f"layers: expected a tuple of cells, got {_check.short(self.layers)}"
            )
        object.__setattr__(self, "layers", tuple(self.layers))
        nets = tuple(
            as_net(f"layers[{i}]", layer) for i, layer in enumerate(self.layers)
        )
        object.__setattr__(self, "nets", nets)  # made once; the class is frozen
        _check.number("dropout", self.dropout, minimum=0, below=1)

    @property
    def causal(self):
        """Whether every layer is."""
        return all(net.causal for net in self.nets)

    @property
    def kernels(self):
        """Those of the top layer, which is read out."""
        return self.nets[-1].kernels

    @property
    def reads_symbols(self):
        """Whether the lowest layer does."""
        return self.nets[0].reads_symbols

    def init(self, rng, D, H, dtype=np.float64):
        """Draw each layer's parameters: a tuple, from the input upwards."""
        rng, drawn = _check.generator("rng", rng), []
        for net in self.nets:
            drawn.append(net.init(rng, D, H, dtype))
            D = net.width(H)
        return tuple(drawn)

    def check_params(self, params, name="params"):
        """Raise unless each layer's parameters fit it and the layer below; return (D,
        H).
        """
        pairs = zip(self.nets, parts(name, params, self.nets), strict=True)
        sizes = [
            net.check_params(p, f"{name}[{i}]") for i, (net, p) in enumerate(pairs)
        ]
        D, H = sizes[0]
        below = D
        for i, (net, size) in enumerate(zip(self.nets, sizes, strict=True)):
            if size != (below, H):
                raise ValueError(
                    f"{name}[{i}]: expected D, H = {below}, {H}, got {size[0]},"
                    f" {size[1]}"
                )
            below = net.width(H)
        return D, H

    def check_inputs(self, xs, mask, D):
        """As the lowest layer has it."""
        return self.nets[0].check_inputs(xs, mask, D)

    def width(self, H):
        """That of the top layer."""
        return self.nets[-1].width(H)

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read a sequence layer by layer."""
        state0 = parts("state0", state0 or (None,) * len(self.layers), self.nets)
        passes, keeps = [], []
        for net, p, s in zip(self.nets, params, state0, strict=True):
            if passes:
                xs = passes[-1].outputs
                keeps.append(self._keep(rng, xs))
                xs = xs if keeps[-1] is None else keeps[-1] * xs  # eq-stacked
            passes.append(net.run(p, xs, s, mask, batched, rng))
        return StackedPass(tuple(passes), tuple(keeps))

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """From the top layer down."""
        _check.instance("passed", passed, StackedPass)
        dstate_T = parts("dstate_T", dstate_T or (None,) * len(self.layers), self.nets)
        dstates, dparams = [], []
        for i in reversed(range(len(self.layers))):
            douts, dstate, dp = self.nets[i].run_backward(
                params[i], passed.layers[i], douts, dstate_T[i], batched
            )
            if i and passed.keeps[i - 1] is not None:
                douts = passed.keeps[i - 1] * douts
            dstates.append(dstate)
            dparams.append(dp)
        return douts, tuple(dstates[::-1]), tuple(dparams[::-1])

    def final_backward(self, dfinal, state_T):
        """The top layer's; nothing reaches the states below but through it."""
        return (
            *(None,) * (len(self.layers) - 1),
            self.nets[-1].final_backward(dfinal, state_T[-1]),
        )

    def _keep(self, rng, xs):
        if rng is None or not self.dropout:
            return None
        kept = rng.random(xs.shape) >= self.dropout
        return (kept / (1 - self.dropout)).astype(xs.real.dtype)  # eq-dropout


def parts(name, value, nets):
    """Return `value` if it is a tuple with as many entries as there are nets."""
    if not isinstance(value, tuple) or len(value) != len(nets):
        raise TypeError(
            f"{name}: expected a tuple of {len(nets)}, a layer each, got"
            f" {_check.short(value)}"
        )
    return value
