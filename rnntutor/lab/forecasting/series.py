"""Series that public bodies measured: traffic by the hour, weather by the day, carbon
dioxide by the week.

The numbers lie in ``rnntutor/data``, with their authors and terms in its README.md.
"""

from __future__ import annotations

import functools
import io
from typing import NamedTuple

import numpy as np

from rnntutor import _data

SHA256 = "4426bb3312e94e6c815656da990f81d3a7afe44f6a3a9e70990dc3edac920e86"
MISSING = 0xFFFF


class Series(NamedTuple):
    """S series measured at the same N times, evenly spaced."""

    values: np.ndarray  # (N, S), float64, nothing missing
    names: tuple  # of the S series, with their unit
    times: np.ndarray  # (N,), datetime64
    period: int  # steps of the season that the scores are scaled by
    known: np.ndarray  # (N + 1, C): what is known of every time beforehand
    measured: np.ndarray  # (N,), bool: False where a gap was filled

    def before(self, date):
        """How many of the times lie before a date, such as "2018-04-01"."""
        return int(np.searchsorted(self.times, np.datetime64(date)))


def traffic():
    """Vehicles an hour on Interstate 94 between Minneapolis and St Paul, westbound,
    November 2016 to September 2018 (Minnesota Department of Transportation).

    What is known of an hour is the hour of the day and the day of the week, as 24 + 7
    numbers of which two are 1. An hour that was not measured has the value of a week
    before, or of a week later at the very beginning.

    Returns
    -------
    Series

    Raises
    ------
    FileNotFoundError, ValueError
        If the package's data file is missing or changed. The message gives the command
        that helps.
    """
    raw = _read()["traffic"]
    values = raw.astype(float)
    measured = raw != MISSING
    for at in np.flatnonzero(~measured):
        values[at] = values[at - 168] if at >= 168 else _next_week(values, measured, at)
    hours = np.arange(len(raw) + 1)
    known = np.concatenate([np.eye(24)[hours % 24], np.eye(7)[hours // 24 % 7]], axis=1)
    times = np.datetime64("2016-10-31T00") + hours[:-1]
    names = ("vehicles an hour",)
    return Series(values[:, None], names, times, 168, known, measured)


def _next_week(values, measured, at):
    later = np.arange(at, len(values), 168)
    return values[later[measured[later]][0]]


def weather():
    """Weather in Seattle by the day, 2012 to 2015 (NOAA): highest and lowest
    temperature in °C, wind in m/s, rain in mm.

    What is known of a day is its place in the year, as two sines and two cosines. The
    period is 1: yesterday is harder to beat than the same day of last year.

    Returns, raises
        As `traffic`.
    """
    values = _read()["weather"] / 10
    times = np.datetime64("2012-01-01") + np.arange(len(values))
    names = ("highest °C", "lowest °C", "wind m/s", "rain mm")
    known = _year(np.arange(len(values) + 1) / 365.25)
    return Series(values, names, times, 1, known, np.ones(len(values), bool))


def carbon_dioxide():
    """Carbon dioxide in the air on Mauna Loa by the week, in parts per million, March
    1958 to December 2001 (Keeling & Whorf 2004).

    What is known of a week is its place in the year. A week that was not measured lies
    on the straight line between its neighbors.

    Returns, raises
        As `traffic`.
    """
    raw = _read()["co2"]
    measured, weeks = raw != MISSING, np.arange(len(raw))
    values = np.interp(weeks, weeks[measured], raw[measured] / 10)
    times = np.datetime64("1958-03-29") + 7 * weeks
    known = _year(np.arange(len(raw) + 1) * 7 / 365.25)
    return Series(values[:, None], ("ppm",), times, 52, known, measured)


def _year(years):
    """Two sines and two cosines of the time of the year."""
    turns = 2 * np.pi * years
    waves = [wave(k * turns) for k in (1, 2) for wave in (np.sin, np.cos)]
    return np.stack(waves, axis=1)


@functools.cache
def _read():
    content = _data.read("series.npz", SHA256)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
