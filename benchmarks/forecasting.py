"""Forecasts of traffic, weather and carbon dioxide: baselines, lines, and nets.

    python benchmarks/forecasting.py

Every method learns from the same part; its settings are those with the lowest score on
the part after it. Then, and only then, it forecasts the last part, the nets with five
seeds that chose nothing. Scores are MASE, one step ahead and as many as the plan says.

Finished trials stand in forecasting.partial, and the same command goes on with those
that are missing. The result goes to forecasting.json. Exponential smoothing wants
statsmodels, which is in the extra ``book``. The seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib.rates import lowest
from _lib.resume import Trials
from forecasting_baselines import line, line_intervals, simple, smoothing
from forecasting_nets import Net
from forecasting_scores import (
    SETTINGS,
    horizons,
    interval_scores,
    outcome,
    parts_of,
    task_of,
)

import rnntutor as rt
from rnntutor.lab import forecasting as fc

VALID, SEEDS = 0, (1, 2, 3, 4, 5)
FIRST = 5  # losses that a test computes again
# What is tried: how a net is trained, of which cell, and on what.
NETS = [
    {"data": "traffic", "way": "one step", "cell": "LSTM"},
    {"data": "traffic", "way": "direct", "cell": "LSTM"},
    {"data": "traffic", "way": "feedback", "cell": "LSTM"},
    {"data": "traffic", "way": "quantiles", "cell": "LSTM"},
    {"data": "weather", "way": "one step", "cell": "LSTM"},
    {"data": "weather", "way": "one step", "cell": "LSTM", "alone": True},
    {"data": "co2", "way": "one step", "cell": "LSTM"},
    {"data": "co2", "way": "one step", "cell": "LSTM", "changes": True},
    {"data": "co2", "way": "direct", "cell": "LSTM", "changes": True},
]


def trial(data, way, cell, H, lr, seed, alone=False, changes=False):
    """Train, and score on the part held out; with a seed that is reported, on the last
    part as well.
    """
    begun = time.process_time()
    task = task_of(data, changes)
    updates = SETTINGS["updates"][data]
    scores, forecasts, size = [], {}, 0
    for columns in parts_of(task, alone):
        net = Net(task, way, cell, H, columns)
        rng = np.random.default_rng([seed, *columns])
        params = net.init(rng)
        size += rt.tree.size(params)
        optimizer = rt.Adam(rt.train.linear_decay(lr, updates), clip=1.0)
        every = updates // SETTINGS["looks"]
        batch = net.batch(rng)
        learned = fc.learn(batch, params, optimizer, updates, net.valid, every)
        scores.append(learned.score)
        if seed != VALID:
            for steps, origins in horizons(task):
                found = net.forecast(learned.params, origins, steps)
                forecasts.setdefault(steps, []).append(found)
    row = {"valid": round(float(np.mean(scores)), 5), "parameters": size}
    if seed != VALID and way == "quantiles":
        origins = task.origins("test")
        quantiles = task.scaling.mean[0] + task.scaling.std[0] * forecasts[1][0]
        row["intervals"] = interval_scores(task, quantiles, origins)
    elif seed != VALID:
        row["test"] = {}
        for steps, origins in horizons(task):
            found = task.undo(np.concatenate(forecasts[steps], axis=-1), origins)
            row["test"][str(steps)] = outcome(task, found, origins)
    row["seconds"] = round(time.process_time() - begun, 1)
    print(data, way, cell, H, lr, seed, alone, changes, row["valid"], flush=True)
    return row


def first_losses():
    """The first losses of each way, which a test computes again."""
    found = {}
    for way in ("one step", "direct", "feedback", "quantiles"):
        net = Net(task_of("traffic"), way, "LSTM", 16, [0])
        rng = np.random.default_rng(1)
        params = net.init(rng)
        learned = fc.learn(net.batch(rng), params, rt.Adam(1e-2, clip=1.0), FIRST)
        found[way] = [round(loss, 5) for loss in learned.losses]
    return found


def settings_of(trial):
    """What a trial depends on besides itself; further rates may be tried later."""
    return {
        name: one.get(trial["data"]) if isinstance(one, dict) else one
        for name, one in SETTINGS.items()
        if name not in ("rates", "sizes", "lags", "ridges")
    }


def chosen(trials, net):
    """Rate and size with the lowest score on the part held out: the rate for the first
    size, and with it the other size.
    """
    rates = SETTINGS["rates"]
    first, *others = SETTINGS["sizes"][net["data"]]

    def score(i, H=first):
        (row,) = trials.run(trial, [net | {"H": H, "lr": rates[i], "seed": VALID}])
        return row["valid"]

    at = lowest(score, (2, 3), 0, len(rates) - 1)
    H = min([first, *others], key=lambda H: score(at, H))
    return {"H": H, "lr": rates[at]}


def main():
    """Run what is not there yet, then write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    argparse.ArgumentParser(description=__doc__, formatter_class=shown).parse_args()
    trials = Trials("forecasting", settings_of)
    runs, tried = [], []
    for net in NETS:
        best = chosen(trials, net)
        runs += trials.run(trial, [net | best | {"seed": seed} for seed in SEEDS])
        grid = [
            net | {"H": H, "lr": lr, "seed": VALID}
            for H in SETTINGS["sizes"][net["data"]]
            for lr in SETTINGS["rates"]
        ]
        tried += trials.rows(grid)
    simple_ones = {data: simple(task_of(data)) for data in fc.PLANS}
    others = {
        "line": {data: line(data) for data in fc.PLANS},
        "line alone": {"weather": line("weather", alone=True)},
        "smoothing": {data: smoothing(data) for data in fc.PLANS},
    }
    trials.finish(
        {
            "settings": SETTINGS,
            "seconds": round(sum(row["seconds"] for row in runs + tried)),
            "simple": simple_ones,
            **others,
            "intervals": line_intervals(),
            "first_losses": first_losses(),
            "tried": tried,
            "runs": runs,
        }
    )


if __name__ == "__main__":
    main()
