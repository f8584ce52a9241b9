"""Forecasts without a net: the last value, the last season, a line through the ends,
and least squares on lags.

Origins are as in `origins.ahead`; a forecast is an array (steps, B, S).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.lab.forecasting.origins import ahead, before


def naive(values, origins, steps):
    """The last value again, at every step."""
    return np.repeat(before(values, origins, 1), _check.integer("steps", steps), axis=0)


def seasonal_naive(values, origins, steps, period):
    """The last value from the same place in the season.

    Parameters
    ----------
    values : array (N, S)
    origins : int array (B,)
    steps, period : int

    Returns
    -------
    array (steps, B, S)

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or an origin has no whole period before it.
    """
    last = before(values, origins, _check.integer("period", period))
    return last[np.arange(_check.integer("steps", steps)) % period]


def drift(values, origins, steps):
    """A straight line from the first value through the last one, carried on."""
    first, last = values[:1], before(values, origins, 1)
    slope = (last - first) / (np.asarray(origins)[:, None] - 1)
    return (
        last + slope * np.arange(1, _check.integer("steps", steps) + 1)[:, None, None]
    )


class Line(NamedTuple):
    """Forecasts that are linear in the last values and in what is known of the next
    step: a row of weights for each number that is forecast.
    """

    weights: np.ndarray  # (groups, features, steps · S)
    lags: int
    steps: int

    @classmethod
    def fit(cls, z, known, origins, steps, lags, ridge, group=None):
        """Least squares with a penalty.

        Parameters
        ----------
        z : array (N, S)
        known : array (N + 1, C)
        origins : int array (B,)
            To learn from; all that is forecast from them must be known.
        steps : int
            A weight of its own for each step ahead: a direct forecast.
        lags : int
            How many of the last values are used.
        ridge : float
            The penalty for the square of a weight, above 0.
        group : int array (N + 1,), optional
            A line of its own for each group of origins, such as the hour of the day.

        Returns
        -------
        Line

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong kind or an origin out of bounds.
        """
        ridge = _check.number("ridge", ridge, above=0)
        features = _features(z, known, origins, lags)
        targets = np.moveaxis(ahead(z, origins, steps), 0, 1).reshape(len(origins), -1)
        of = np.zeros(len(origins), int) if group is None else group[origins]
        weights = [
            _least_squares(features[of == g], targets[of == g], ridge)
            for g in range(of.max() + 1)
        ]
        return cls(np.stack(weights), lags, steps)

    def forecast(self, z, known, origins, group=None):
        """The forecasts from these origins, (steps, B, S)."""
        features = _features(z, known, origins, self.lags)
        of = np.zeros(len(origins), int) if group is None else group[origins]
        found = np.empty((len(origins), self.weights.shape[-1]))
        for g in np.unique(of):
            found[of == g] = features[of == g] @ self.weights[g]
        return np.moveaxis(found.reshape(len(origins), self.steps, -1), 1, 0)


def _features(z, known, origins, lags):
    """A row for each origin: the last values, what is known, and a 1."""
    last = np.moveaxis(before(z, origins, lags), 0, 1).reshape(len(origins), -1)
    return np.concatenate([last, known[origins], np.ones((len(origins), 1))], axis=1)


def _least_squares(X, Y, ridge):
    """The weights with the least squared error and penalty."""
    return np.linalg.solve(X.T @ X + ridge * np.eye(X.shape[1]), X.T @ Y)  # eq-ridge
