"""What all methods of `forecasting.py` share: settings, tasks, and scores."""

from __future__ import annotations

import functools

import numpy as np

from rnntutor.lab import forecasting as fc
from rnntutor.model.losses import pinball

SETTINGS = {
    "rates": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1],
    "sizes": {"traffic": [32, 16], "weather": [24, 8], "co2": [24, 8]},
    "context": {"traffic": 48, "weather": 28, "co2": 60},  # steps that a net reads
    "warm": {"traffic": 12, "weather": 7, "co2": 13},  # of them not scored
    "updates": {"traffic": 700, "weather": 500, "co2": 500},
    "B": 32,
    "looks": 7,  # at the part held out, in a training
    "levels": [0.05, 0.5, 0.95],
    "dtype": "float32",
    "lags": {
        "traffic": [3, 24, 48, 168, 192],
        "weather": [1, 2, 4, 7, 14, 28],
        "co2": [4, 13, 26, 52, 104],
    },
    "ridges": [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0],
}
NIGHT, RUSH = (0, 1, 2, 3, 4), (6, 7, 8, 15, 16, 17)


@functools.cache
def task_of(data, changes=False):
    """The task, read once."""
    return fc.Task(data, changes)


def parts_of(task, alone):
    """The series that a net reads: all at once, or each by a net of its own."""
    S = task.z.shape[1]
    return [[s] for s in range(S)] if alone else [list(range(S))]


def horizons(task):
    """The two horizons, and the origins in the last part."""
    plan = task.plan
    return [
        (1, task.origins("test")),
        (plan.steps, task.origins("test", plan.steps, plan.every)),
    ]


def outcome(task, found, origins):
    """The score, that of each series and of each step; one step ahead also the mean
    error in each week.
    """
    steps = len(found)
    error = np.abs(found - task.targets(origins, steps)) / task.unit
    row = {
        "mase": round(float(error.mean()), 5),
        "series": error.mean(axis=(0, 1)).round(4).tolist(),
        "ahead": error.mean(axis=(1, 2)).round(4).tolist(),
    }
    if steps == 1 and task.name == "traffic":
        weeks = len(origins) // 168
        row["weeks"] = (
            error[0, : weeks * 168, 0].reshape(weeks, 168).mean(axis=1).round(4)
        ).tolist()
    return row


def columns_score(task, z, origins, columns):
    """MASE of scaled forecasts of some of the series."""
    steps = len(z)
    whole = np.zeros((steps, len(origins), task.z.shape[1]))
    whole[..., columns] = z
    found = task.undo(whole, origins)[..., columns]
    targets = task.targets(origins, steps)[..., columns]
    return fc.mase(found, targets, task.unit[columns])


def quantile_score(quantiles, targets):
    """Mean pinball loss over steps and levels."""
    levels = SETTINGS["levels"]
    targets = np.broadcast_to(targets, quantiles.shape)
    return float(pinball(quantiles, targets, levels)[0] / len(levels))


def interval_scores(task, quantiles, origins):
    """Of the quantiles (1, B, 3) in the unit of the series."""
    targets = task.targets(origins, 1)
    hour = origins % 24
    low, high, true = quantiles[0, :, 0], quantiles[0, :, -1], targets[0, :, 0]
    at = {"all": hour >= 0, "night": np.isin(hour, NIGHT), "rush": np.isin(hour, RUSH)}
    return {
        "pinball": round(quantile_score(quantiles, targets), 3),
        "width": {k: round(float((high - low)[of].mean()), 1) for k, of in at.items()},
        "coverage": {
            k: round(fc.coverage(low[of], high[of], true[of]), 4)
            for k, of in at.items()
        },
    }
