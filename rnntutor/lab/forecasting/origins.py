"""Cutting a series at an origin: what lies before it is known, what comes is to be
forecast.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check


def ahead(values, origins, steps):
    """What comes after each origin.

    Parameters
    ----------
    values : array (N, ...)
    origins : int array (B,)
        An origin n is the place of the first value that is not known yet.
    steps : int
        How far to look ahead.

    Returns
    -------
    array (steps, B, ...)
        ``values[n], values[n + 1], …`` for each origin n.

    Raises
    ------
    TypeError, ValueError
        If an origin does not leave so many values, or an argument is of the wrong kind.
    """
    steps, origins = _check.integer("steps", steps), _origins(origins)
    if len(origins) and not 0 <= origins.min() <= origins.max() <= len(values) - steps:
        raise ValueError(
            f"origins: expected 0 to {len(values) - steps}, that {steps} of"
            f" {len(values)} values come after, got {origins.min()} to {origins.max()}"
        )
    return values[origins + np.arange(steps)[:, None]]


def before(values, origins, steps):
    """The last values before each origin, the earliest first: (steps, B, ...).

    Parameters, raises
        As `ahead`.
    """
    steps, origins = _check.integer("steps", steps), _origins(origins)
    if len(origins) and not steps <= origins.min() <= origins.max() <= len(values):
        raise ValueError(
            f"origins: expected {steps} to {len(values)}, that {steps} values come"
            f" before, got {origins.min()} to {origins.max()}"
        )
    return values[origins - np.arange(steps, 0, -1)[:, None]]


def _origins(origins):
    return _check.array("origins", origins, ("B",), kind="integer")


def inputs(z, known, origins, steps):
    """What a net reads before each origin: at every step the values, and what is known
    of the next step.

    Parameters
    ----------
    z : array (N, S)
        The series, scaled.
    known : array (N + 1, C)
    origins : int array (B,)
    steps : int

    Returns
    -------
    array (steps, B, S + C)

    Raises
    ------
    TypeError, ValueError
        As `before`.
    """
    next_one = before(known[1:], origins, steps)
    return np.concatenate([before(z, origins, steps), next_one], axis=-1)


class Scaling(NamedTuple):
    """Mean and standard deviation of each series, of the part that may be looked at."""

    mean: np.ndarray  # (S,)
    std: np.ndarray  # (S,)

    @classmethod
    def of(cls, values):
        """Fitted on these values (N, S)."""
        return cls(values.mean(axis=0), values.std(axis=0))

    def apply(self, values):
        """In units of the standard deviation, from the mean."""
        return (values - self.mean) / self.std

    def undo(self, z):
        """Back in the unit of the values."""
        return z * self.std + self.mean
