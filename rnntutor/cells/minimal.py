r"""minGRU and minLSTM (Feng et al. 2024): GRU and LSTM whose gates look at the input
alone, and whose candidate is not squashed.

As everywhere in this package the update gate z is 1 where the state is kept; in the
authors' code it is 1 where the state is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.affine import options_by_name
from rnntutor.cells.linear import LinearCell, affine_backward
from rnntutor.cells.registry import register

Array = np.ndarray

SIGMOID = ACTIVATIONS["sigmoid"]


@options_by_name
@dataclass(frozen=True)
class MinGRU(LinearCell):
    r"""One gate and a candidate, in blocks z | n.

    .. math::
        z &= \sigma(x W_{xz} + b_z), \qquad n = x W_{xn} + b_n \\
        h_t &= z \odot h_{t-1} + (1 - z) \odot n
    """

    blocks = 2

    class Cache(NamedTuple):
        """What `gates` saves; each (..., B, H)."""

        z: Array  # update gate: 1 keeps the old state
        n: Array  # candidate

    class StepGrads(NamedTuple):
        """Total derivatives of the loss with respect to what one step computed."""

        dh: Array  # (B, H)
        dz: Array  # (B, H)
        dn: Array  # (B, H)
        da: Array  # (B, 2H), blocks z | n

    def gates(self, params, x):
        """λ and u from x, (B, D) or (T, B, D), and the cache."""
        a = x @ params.W_xh + params.b_h
        a_z, n = np.split(a, 2, axis=-1)
        z = SIGMOID.f(a_z)  # eq-min-gru
        add = (1 - z) * n  # eq-min-gru
        return z, add, self.Cache(z, n)

    def gates_backward(self, params, x, cache, dkeep, dadd):
        """Adjoint of `gates`: dx, the parameters' gradient, and (dz, dn, da)."""
        z, n = cache
        dz = dkeep - dadd * n  # eq-min-gru-da
        dn = dadd * (1 - z)  # eq-min-gru-da
        da = np.concatenate([dz * SIGMOID.df(z), dn], axis=-1)  # eq-min-gru-da
        dx, *dparams = affine_backward(params, x, da)
        return dx, self.Params(*dparams), (dz, dn, da)


@options_by_name
@dataclass(frozen=True)
class MinLSTM(LinearCell):
    r"""Two gates, of which only their ratio counts, and a candidate, in blocks i | f |
    g.

    .. math::
        i, f &= \sigma(x W_{xi} + b_i), \sigma(x W_{xf} + b_f),
        \qquad g = x W_{xg} + b_g \\
        h_t &= \frac{f}{f + i} \odot h_{t-1} + \frac{i}{f + i} \odot g
    """

    blocks = 3

    class Cache(NamedTuple):
        """What `gates` saves; each (..., B, H)."""

        i: Array  # input gate
        f: Array  # forget gate
        g: Array  # candidate
        keep: Array  # f / (f + i)

    class StepGrads(NamedTuple):
        """Total derivatives of the loss with respect to what one step computed."""

        dh: Array  # (B, H)
        dkeep: Array  # (B, H)
        di: Array  # (B, H)
        df: Array  # (B, H)
        dg: Array  # (B, H)
        da: Array  # (B, 3H), blocks i | f | g

    def gates(self, params, x):
        """λ and u from x, (B, D) or (T, B, D), and the cache."""
        a = x @ params.W_xh + params.b_h
        a_i, a_f, g = np.split(a, 3, axis=-1)
        i, f = SIGMOID.f(a_i), SIGMOID.f(a_f)  # eq-min-lstm
        keep = f / (f + i)  # eq-min-lstm
        add = (1 - keep) * g  # eq-min-lstm
        return keep, add, self.Cache(i, f, g, keep)

    def gates_backward(self, params, x, cache, dkeep, dadd):
        """Adjoint of `gates`: dx, the parameters' gradient, and (dkeep, …, da)."""
        i, f, g, keep = cache
        dkeep = dkeep - dadd * g
        dg = dadd * (1 - keep)  # eq-min-lstm-dgates
        di = -dkeep * keep / (f + i)  # eq-min-lstm-dgates
        df = dkeep * (1 - keep) / (f + i)  # eq-min-lstm-dgates
        da = np.concatenate([di * SIGMOID.df(i), df * SIGMOID.df(f), dg], axis=-1)
        dx, *dparams = affine_backward(params, x, da)
        return dx, self.Params(*dparams), (dkeep, di, df, dg, da)


register("min-gru", MinGRU())
register("min-lstm", MinLSTM())
