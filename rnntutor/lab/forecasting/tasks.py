"""What is to be forecast, from which part, and how it is scored: the same for every
method.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.lab.forecasting.origins import Scaling, ahead
from rnntutor.lab.forecasting.scores import mase, seasonal_error
from rnntutor.lab.forecasting.series import Series, carbon_dioxide, traffic, weather


class Plan(NamedTuple):
    """Where a series is cut, and how far it is forecast."""

    load: object
    train_until: str
    valid_until: str
    steps: int  # the farther of the two horizons; the nearer is 1
    every: int  # between two origins of the farther


# Every place in the season is an origin as often as any other: 7 and 24 have no common
# divisor, nor 5 and 52.
PLANS = {
    "traffic": Plan(traffic, "2018-04-01", "2018-07-01", 24, 7),
    "weather": Plan(weather, "2014-01-01", "2015-01-01", 7, 1),
    "co2": Plan(carbon_dioxide, "1990-01-01", "1996-01-01", 52, 5),
}
PARTS = ("train", "valid", "test")


@dataclass
class Task:
    """A series in three parts, later ones never looked at by what is fitted on earlier
    ones.

    Parameters
    ----------
    name : {"traffic", "weather", "co2"}
    changes : bool
        Whether the methods are given the changes from step to step, in place of the
        values; scores are of the values all the same.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """

    name: str
    changes: bool = False
    series: Series = field(init=False, repr=False)
    z: np.ndarray = field(init=False, repr=False)  # (N, S): scaled, as methods see it

    def __post_init__(self):
        self.plan = PLANS[_check.choice("name", self.name, tuple(PLANS))]
        _check.instance("changes", self.changes, bool)
        self.series = self.plan.load()
        values = self.series.values
        self.ends = {
            "train": self.series.before(self.plan.train_until),
            "valid": self.series.before(self.plan.valid_until),
            "test": len(values),
        }
        seen = values
        if self.changes:
            seen = np.diff(values, axis=0, prepend=values[:1])
        self.scaling = Scaling.of(seen[self.changes : self.ends["train"]])
        self.z = self.scaling.apply(seen)
        self.unit = seasonal_error(values[: self.ends["train"]], self.series.period)

    def origins(self, part, steps=1, every=1, first=0):
        """The places to forecast from, so that all that is forecast lies in a part.

        Parameters
        ----------
        part : {"train", "valid", "test"}
        steps : int
            That are forecast from each.
        every : int
            Between two of them.
        first : int
            How many values have to lie before.

        Returns
        -------
        int array (B,)
        """
        at = PARTS.index(_check.choice("part", part, PARTS))
        start = self.ends[PARTS[at - 1]] if at else 0
        return np.arange(max(start, first), self.ends[part] - steps + 1, every)

    def undo(self, z, origins):
        """Forecasts (K, B, S) in the unit of the series."""
        found = self.scaling.undo(z)
        if self.changes:
            found = self.series.values[origins - 1] + np.cumsum(found, axis=0)
        return found

    def targets(self, origins, steps):
        """What is to be forecast, (K, B, S)."""
        return ahead(self.series.values, origins, steps)

    def score(self, forecasts, origins):
        """MASE of forecasts (K, B, S) in the unit of the series."""
        return mase(forecasts, self.targets(origins, len(forecasts)), self.unit)
