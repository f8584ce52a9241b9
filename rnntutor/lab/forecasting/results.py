"""The record of ``benchmarks/forecasting.py``, as the chapter reads it."""

from __future__ import annotations

import numpy as np

from rnntutor.lab.records import record

_PLAIN = {"cell": "LSTM", "alone": False, "changes": False}


class Results:
    """Scores on the last part: of nets for each seed, of other methods once."""

    def __init__(self):
        self.kept = record("forecasting")

    def runs(self, data, way, **which):
        """The five trainings of a net.

        Parameters
        ----------
        data : {"traffic", "weather", "co2"}
        way : {"one step", "direct", "feedback", "quantiles"}
        which : str or bool
            `cell`, `alone` and `changes`, where they are not "LSTM", False, False.

        Returns
        -------
        list of dict

        Raises
        ------
        LookupError
            If there is no such net.
        """
        wanted = _PLAIN | {"data": data, "way": way} | which
        found = [
            run
            for run in self.kept["runs"]
            if all((_PLAIN | run)[name] == value for name, value in wanted.items())
        ]
        if not found:
            raise LookupError(f"no net on record is {wanted}")
        return found

    def nets(self, data, way, steps, field="mase", **which):
        """A score of each seed, (5,) or, for a list, (5, n)."""
        runs = self.runs(data, way, **which)
        return np.array([run["test"][str(steps)][field] for run in runs])

    def other(self, data, method, steps, field="mase"):
        """The score of a method without a seed: "line", "line alone", "smoothing", or
        one of the simple ones by its name.
        """
        kept = self.kept[method] if method in self.kept else self.kept["simple"]
        of = kept[data]
        of = of["test"] if method in self.kept else of[method]
        return np.array(of[str(steps)][field])
