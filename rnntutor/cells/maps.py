"""How one step of a linear recurrence acts on the state: s_t = λ_t s_{t-1} + u_t, where
λ_t is a number for each unit, a turn of the plane for each pair of units, or a matrix.

What these have in common is all that a scan needs: two of them, one after the other,
are again one of them.  Leading axes (time, for example) are carried along.
"""

from __future__ import annotations

import numpy as np


class Numbers:
    """λ and s are arrays (..., B, H): each unit is multiplied by a number."""

    one = np.array(1.0)  # what changes nothing

    def apply(self, keep, state):
        """The state after the step, without what the step adds."""
        return keep * state

    def compose(self, later, earlier):
        """Two steps as one."""
        return self.apply(later, earlier)

    def transpose(self, keep):
        """The same step for derivatives, which go the other way."""
        return keep

    def by_keep(self, dstate, state_prev):
        """From the derivative with respect to s_t to that with respect to λ_t."""
        return self.apply(self.transpose(state_prev), dstate)

    def beside(self, rows):
        """An array (..., B) with the axes that let it stand beside a state."""
        return rows[..., None]


class Turns(Numbers):
    """λ and s are arrays (..., 2, B, H): real and imaginary part of complex numbers.

    To multiply by r (cos φ + i sin φ) is to turn the plane by φ and to shrink it by r.
    """

    one = np.array([1.0, 0.0]).reshape(2, 1, 1)

    def apply(self, keep, state):
        """The product of two complex numbers, in their parts."""
        (c, s), (p, q) = _parts(keep), _parts(state)
        return np.stack([c * p - s * q, s * p + c * q], axis=-3)  # eq-turn

    def transpose(self, keep):
        """The turn back: the transpose of [[c, −s], [s, c]] is the conjugate."""
        c, s = _parts(keep)
        return np.stack([c, -s], axis=-3)

    def beside(self, rows):
        """An array (..., B) as (..., 1, B, 1)."""
        return rows[..., None, :, None]


class Matrices(Numbers):
    """λ is (..., B, H, H), s is (..., B, H): a row times a matrix."""

    def apply(self, keep, state):
        """S λ, for each sequence of the batch."""
        return (state[..., None, :] @ keep)[..., 0, :]

    def compose(self, later, earlier):
        """The earlier matrix stands next to the row."""
        return earlier @ later

    def transpose(self, keep):
        """Each matrix transposed."""
        return np.swapaxes(keep, -1, -2)

    def by_keep(self, dstate, state_prev):
        """An outer product for each sequence."""
        return state_prev[..., :, None] * dstate[..., None, :]


def _parts(pair):
    """Real and imaginary part, each (..., B, H)."""
    return pair[..., 0, :, :], pair[..., 1, :, :]


NUMBERS, TURNS, MATRICES = Numbers(), Turns(), Matrices()
