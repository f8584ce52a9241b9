"""Scores of forecasts."""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def seasonal_error(values, period):
    """The mean absolute error of the seasonal naive forecast one season ahead, of each
    series: the unit of `mase`.

    Parameters
    ----------
    values : array (N, S)
        The part to learn from.
    period : int

    Returns
    -------
    array (S,)

    Raises
    ------
    TypeError, ValueError
        If there is no more than one period, or a series repeats itself exactly.
    """
    values = _check.array("values", values, ("N", "S"))
    period = _check.integer("period", period)
    if len(values) <= period:
        raise ValueError(f"period: expected less than {len(values)}, got {period}")
    error = np.abs(values[period:] - values[:-period]).mean(axis=0)
    if not error.all():
        raise ValueError("values: expected series that change, got a constant season")
    return error


def mase(forecasts, targets, unit):
    """Mean absolute scaled error, averaged over the series (Hyndman & Koehler 2006).

    Parameters
    ----------
    forecasts, targets : array (..., S)
    unit : array (S,)
        From `seasonal_error`.

    Returns
    -------
    float
        Below 1: better than the seasonal naive forecast was on the part to learn from.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit.
    """
    targets = _check.array("targets", targets, None)
    forecasts = _check.array("forecasts", forecasts, targets.shape)
    unit = _check.array("unit", unit, targets.shape[-1:])
    return float((np.abs(forecasts - targets) / unit).mean())  # eq-mase


def coverage(low, high, targets):
    """The share of the targets that lie in their interval.

    Parameters
    ----------
    low, high, targets : array, all of one shape

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit.
    """
    targets = _check.array("targets", targets, None)
    low = _check.array("low", low, targets.shape)
    high = _check.array("high", high, targets.shape)
    return float(((low <= targets) & (targets <= high)).mean())
