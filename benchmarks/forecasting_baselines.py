"""What the nets of `forecasting.py` are held against: naive forecasts, least squares on
lags, and exponential smoothing.
"""

from __future__ import annotations

import functools
import itertools
import time
import warnings

import numpy as np
from forecasting_scores import (
    SETTINGS,
    horizons,
    interval_scores,
    outcome,
    parts_of,
    task_of,
)

from rnntutor.lab import forecasting as fc


def simple(task):
    """The baselines that nothing is chosen for."""
    values, ways = task.series.values, {"naive": fc.naive, "drift": fc.drift}
    seasons = {"traffic": [24, 168], "weather": [365], "co2": [52]}[task.name]
    for m in seasons:
        ways[f"seasonal naive {m}"] = functools.partial(fc.seasonal_naive, period=m)
    return {
        name: {
            str(steps): outcome(task, way(values, origins, steps), origins)
            for steps, origins in horizons(task)
        }
        for name, way in ways.items()
    }


@functools.cache
def best_line(data, alone, steps):
    """Of all settings of `lines`: the lowest score on the part held out, and which."""
    return min(
        (lines(data, alone, steps, how, "train", "valid")[0], how)
        for how in settings_of_lines(data)
    )


def settings_of_lines(data):
    """What is tried: lags, ridge, and whether a line forecasts changes, or has weights
    of its own for each hour of the day.
    """
    by_hour = data == "traffic"
    return list(
        itertools.product(
            SETTINGS["lags"][data],
            SETTINGS["ridges"],
            (False,) if by_hour else (False, True),
            (False, True) if by_hour else (False,),
        )
    )


def line(data, alone=False):
    """Least squares on lags, its settings chosen for each horizon by the part held out,
    and then fitted on both parts.
    """
    begun = time.process_time()
    row, tried = {"chosen": {}, "test": {}}, 0
    for steps, origins in horizons(task_of(data)):
        score, how = best_line(data, alone, steps)
        tried += len(settings_of_lines(data))
        _, found = lines(data, alone, steps, how, "valid", "test")
        row["chosen"][str(steps)] = dict(
            zip(("lags", "ridge", "changes", "by the hour"), how, strict=True),
            valid=round(score, 5),
        )
        task = task_of(data, how[2])
        row["test"][str(steps)] = outcome(task, found, origins)
    row["tried"], row["seconds"] = tried, round(time.process_time() - begun, 1)
    return row


def lines(data, alone, steps, how, learn_until, judged):
    """Fit until the end of a part, forecast another: the score and the forecasts."""
    lags, ridge, changes, by_hour = how
    task = task_of(data, changes)
    known, hour = known_to_a_line(task)
    group = hour if by_hour else None
    last = task.ends[learn_until] - steps + 1
    learn = np.arange(max(SETTINGS["lags"][data]) + 1, last)
    plan = task.plan
    every = 1 if steps == 1 else plan.every
    origins = task.origins(judged, steps, every)
    found = np.empty((steps, len(origins), task.z.shape[1]))
    for columns in parts_of(task, alone):
        z = task.z[:, columns]
        fitted = fc.Line.fit(z, known, learn, steps, lags, ridge, group)
        found[..., columns] = fitted.forecast(z, known, origins, group)
    found = task.undo(found, origins)
    return task.score(found, origins), found


def known_to_a_line(task):
    """For traffic the hour of the week, 168 numbers of which one is 1."""
    if task.name != "traffic":
        return task.series.known, None
    hours = np.arange(len(task.z) + 1)
    return np.eye(168)[hours % 168], hours % 24


def line_intervals():
    """Quantiles of the line's errors on the part held out, added to its forecasts: one
    width for all hours, and one for each hour of the day.
    """
    task, (_, how) = task_of("traffic"), best_line("traffic", False, 1)
    _, valid = lines("traffic", False, 1, how, "train", "valid")
    _, test = lines("traffic", False, 1, how, "train", "test")
    held, origins = task.origins("valid"), task.origins("test")
    error = (task.targets(held, 1) - valid)[0, :, 0]
    levels = SETTINGS["levels"]
    same = np.quantile(error, levels)
    of_hour = np.stack([np.quantile(error[held % 24 == h], levels) for h in range(24)])
    return {
        "one width": interval_scores(task, test + same, origins),
        "by the hour": interval_scores(task, test + of_hour[origins % 24], origins),
    }


def smoothing(data):
    """Exponential smoothing of each series by statsmodels, its form chosen by the part
    held out; its parameters are fitted on the part before.
    """
    begun = time.process_time()
    task = task_of(data)
    seasons = {"traffic": [24, 168], "weather": [None], "co2": [52]}[data]
    forms = list(itertools.product((None, "add", "damped"), [None, *seasons]))
    forms = list(dict.fromkeys(forms))
    S = task.z.shape[1]
    fitted = {(form, s): smoothed(task, s, *form) for form in forms for s in range(S)}
    row = {"chosen": {}, "test": {}}
    for steps, origins in horizons(task):
        every = 1 if steps == 1 else task.plan.every
        held = task.origins("valid", steps, every)
        found, row["chosen"][str(steps)] = [], []
        for s in range(S):
            true = task.targets(held, steps)[..., s]
            errors = {
                form: np.abs(carried_on(fitted[form, s], held, steps) - true).mean()
                for form in forms
            }
            form = min(errors, key=errors.get)
            row["chosen"][str(steps)].append(list(form))
            found.append(carried_on(fitted[form, s], origins, steps))
        row["test"][str(steps)] = outcome(task, np.stack(found, axis=-1), origins)
    row["seconds"] = round(time.process_time() - begun, 1)
    return row


def smoothed(task, s, trend, season):
    """Level, slope and season after every step, with parameters from the first part."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    values = task.series.values[:, s]
    how = {
        "trend": "add" if trend else None,
        "damped_trend": trend == "damped",
        "seasonal": "add" if season else None,
        "seasonal_periods": season,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how well the fit has converged
        first = ExponentialSmoothing(
            values[: task.ends["train"]], initialization_method="heuristic", **how
        ).fit()
        found = first.params
        start = {"initial_level": found["initial_level"]}
        rates = {"smoothing_level": found["smoothing_level"]}
        if trend:
            start["initial_trend"] = found["initial_trend"]
            rates["smoothing_trend"] = found["smoothing_trend"]
        if trend == "damped":
            rates["damping_trend"] = found["damping_trend"]
        if season:
            start["initial_seasonal"] = found["initial_seasons"]
            rates["smoothing_seasonal"] = found["smoothing_seasonal"]
        whole = ExponentialSmoothing(
            values, initialization_method="known", **start, **how
        ).fit(optimized=False, **rates)
    none = np.zeros(len(values))
    return {
        "level": np.asarray(whole.level),
        "slope": np.asarray(whole.trend) if trend else none,
        "damping": rates.get("damping_trend", 1.0),
        "season": np.asarray(whole.season) if season else none,
        "period": season or 1,
    }


def carried_on(one, origins, steps):
    """The forecasts (steps, B) from a level, a slope and a season."""
    k = np.arange(1, steps + 1)[:, None]
    slopes = np.cumsum(one["damping"] ** k, axis=0)
    at = origins - one["period"] + (k - 1) % one["period"]
    last = origins - 1
    return one["level"][last] + slopes * one["slope"][last] + one["season"][at]
