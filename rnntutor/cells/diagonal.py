r"""A linear recurrence with a diagonal matrix of complex numbers, written in real ones
(after the linear recurrent unit of Orvieto et al. 2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.affine import options_by_name
from rnntutor.cells.linear import LinearCell, affine_backward
from rnntutor.cells.maps import TURNS
from rnntutor.cells.registry import register

Array = np.ndarray

LARGEST = 80.0  # nu: far below it r is 0, far above it exp(nu) is no number


@options_by_name
@dataclass(frozen=True)
class Diagonal(LinearCell):
    r"""Each unit is a point (h, q) of the plane. A step turns it by φ, shrinks it by r
    and moves it by what the input adds; the rest of the net sees h alone.

    .. math::
        r &= e^{-e^{\nu}}, \qquad \gamma = \sqrt{1 - r^2} \\
        h_t + \mathrm{i}\, q_t &= r e^{\mathrm{i}\varphi}
        (h_{t-1} + \mathrm{i}\, q_{t-1}) + \gamma\, (a_h + \mathrm{i}\, a_q),
        \qquad a = x W_{xh} + b

    Parameters
    ----------
    r_min, r_max : float
        Between these r is drawn by `init`, evenly over the ring.
    max_angle : float
        φ is drawn between 0 and this.

    Raises
    ------
    TypeError, ValueError
        Unless 0 ≤ r_min < r_max < 1, and max_angle is a number of at least 0.
    """

    r_min: float = 0.9
    r_max: float = 0.999
    max_angle: float = 0.3
    blocks = 2
    maps = TURNS

    class Params(NamedTuple):
        """Parameters, or their gradients."""

        W_xh: Array  # (D, 2H), blocks h | q
        b_h: Array  # (2H,)
        nu: Array  # (H,), r = exp(−exp(nu))
        phi: Array  # (H,)

    class State(NamedTuple):
        """All that the cell carries from one step to the next."""

        h: Array  # (B, H), real part
        q: Array  # (B, H), imaginary part

    class Cache(NamedTuple):
        """What `gates` saves."""

        decay: Array  # (H,), exp(nu)
        r: Array  # (H,)
        gamma: Array  # (H,)
        cos: Array  # (H,)
        sin: Array  # (H,)
        pair: Array  # (..., 2, B, H), the pre-activations

    class StepGrads(NamedTuple):
        """Total derivatives of the loss with respect to what one step computed."""

        dh: Array  # (B, H)
        da: Array  # (B, 2H), blocks h | q

    def __post_init__(self):
        _check.number("r_max", self.r_max, above=0, below=1)
        _check.number("r_min", self.r_min, minimum=0, below=self.r_max)
        _check.number("max_angle", self.max_angle, minimum=0)

    def _params(self, W_xh, b_h, rng, H):
        r = np.sqrt(rng.uniform(self.r_min**2, self.r_max**2, H))
        nu = np.log(-np.log(r)).astype(b_h.dtype)
        phi = rng.uniform(0, self.max_angle, H).astype(b_h.dtype)
        return self.Params(W_xh, b_h, nu, phi)

    def gates(self, params, x):
        """λ, the same at each step, and u from x, (B, D) or (T, B, D); the cache."""
        decay = np.exp(np.minimum(params.nu, LARGEST))
        r, gamma = np.exp(-decay), np.sqrt(-np.expm1(-2 * decay))  # eq-radius
        cos, sin = np.cos(params.phi), np.sin(params.phi)
        keep = np.stack([r * cos, r * sin])[:, None]
        a = x @ params.W_xh + params.b_h
        pair = np.stack(np.split(a, 2, axis=-1), axis=-3)
        keep = np.broadcast_to(keep, (*x.shape[:-2], *keep.shape))
        return keep, gamma * pair, self.Cache(decay, r, gamma, cos, sin, pair)

    def gates_backward(self, params, x, cache, dkeep, dadd):
        """Adjoint of `gates`: dx, the parameters' gradient, and (da,)."""
        decay, r, gamma, cos, sin, pair = cache
        H = len(r)
        da = np.concatenate(np.moveaxis(gamma * dadd, -3, 0), axis=-1)
        dgamma = (dadd * pair).reshape(-1, H).sum(axis=0)  # eq-turn-grads
        by_c, by_s = (part.reshape(-1, H).sum(0) for part in np.moveaxis(dkeep, -3, 0))
        # where r is 1 in floating point, gamma is 0, and so is dnu
        over = r / (gamma + (gamma == 0))
        dnu = r * decay * (over * dgamma - cos * by_c - sin * by_s)  # eq-turn-grads
        dphi = r * (by_s * cos - by_c * sin)  # eq-turn-grads
        dx, dW_xh, db_h = affine_backward(params, x, da)
        return dx, self.Params(dW_xh, db_h, dnu, dphi), (da,)


register("diagonal", Diagonal())
