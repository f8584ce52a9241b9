"""An origin that moves: simple forecasts of real traffic, and what many origins say."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.lab.forecasting import Task, seasonal_naive
from rnntutor.lab.instruments.shown import Instrument, table

FIRST, LONGEST = "2018-05-23T07", 24  # a Wednesday in the validation part
# how far each looks back; the last value is a season of one hour
WAYS = {"last value": 1, "yesterday": 24, "last week": 168}


def rolling_origin(origins=313, ahead=24):
    """Forecasts of the traffic on an interstate from an origin that the reader moves
    hour by hour, over Memorial Day 2018: the last value, yesterday, last week; with the
    error from this origin, and the mean over the origins so far.

    Parameters
    ----------
    origins : int
        From 7:00 of Wednesday, 23 May 2018 on; up to 700.
    ahead : {24, 1}
        How many hours are forecast at first; the reader may change it.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    origins = _check.integer("origins", origins, 2)
    if origins > 700:
        raise ValueError(f"origins: expected at most 700, got {origins}")
    if _check.integer("ahead", ahead) not in (1, LONGEST):
        raise ValueError(f"ahead: expected 1 or 24, got {ahead}")
    road = Task("traffic")
    n = road.series.before(FIRST)
    found = scores(road, n + np.arange(origins))
    still = table(
        f"MASE, mean over {origins} origins",
        ["1 hour ahead", "24 hours ahead"],
        [(name, both) for name, both in found.items()],
    )
    values = road.series.values[n - 168 : n + origins - 1 + LONGEST, 0]
    given = {
        "y": values.astype(int).tolist(),
        "first": FIRST,
        "unit": round(float(road.unit[0]), 6),
        "ahead": str(ahead),
        "way": "all",
    }
    label = "A forecast from an origin that moves"
    return Instrument("rolling-origin", label, given, still, "origin.js")


def scores(road, origins):
    """The MASE of each way from these origins, one hour ahead and 24."""
    y, found = road.series.values, {}
    for name, back in WAYS.items():
        far = seasonal_naive(y, origins, LONGEST, back)
        found[name] = (road.score(far[:1], origins), road.score(far, origins))
    return found
