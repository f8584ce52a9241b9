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
import functools
import itertools
import time
import warnings

import numpy as np
from _lib.rates import lowest
from _lib.resume import Trials

import rnntutor as rt
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
VALID, SEEDS = 0, (1, 2, 3, 4, 5)
FIRST = 5  # losses that a test computes again
CELLS = {"LSTM": rt.Fast(rt.LSTM())}
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
NIGHT, RUSH = (0, 1, 2, 3, 4), (6, 7, 8, 15, 16, 17)


@functools.cache
def task_of(data, changes=False):
    """The task, read once."""
    return fc.Task(data, changes)


# --- what a net forecasts -------------------------------------------------------------


def parts_of(task, alone):
    """The series that a net reads: all at once, or each by a net of its own."""
    S = task.z.shape[1]
    return [[s] for s in range(S)] if alone else [list(range(S))]


class Net:
    """A net of one way, on some of the series of a task."""

    def __init__(self, task, way, cell, H, columns):
        self.task, self.way, self.columns = task, way, columns
        dtype = SETTINGS["dtype"]
        self.z = task.z[:, columns].astype(dtype)
        self.known = task.series.known.astype(dtype)
        self.T = SETTINGS["context"][task.name]
        self.K = task.plan.steps
        S, C = len(columns), self.known.shape[1]
        self.decoder = fc.Feedback(CELLS[cell], S, C, H)
        V = {"direct": self.K * S, "quantiles": len(SETTINGS["levels"])}.get(way, S)
        readout = "final" if way == "direct" else "steps"
        self.model = rt.Model(CELLS[cell], S + C, H, V, "squared_error", readout)

    def init(self, rng):
        """The first parameters."""
        of = self.decoder if self.way == "feedback" else self.model
        return of.init(rng, SETTINGS["dtype"])

    def batch(self, rng):
        """Loss and gradient on origins that are drawn when it is called."""
        steps = self.K if self.way in ("direct", "feedback") else 1
        origins = self.task.origins("train", steps, first=self.T + 1)

        def loss_and_grad(params):
            return self.loss_and_grad(params, rng.choice(origins, SETTINGS["B"]))

        return loss_and_grad

    def later(self, origins, steps):
        """What is known of the steps after the first."""
        if steps == 1:
            return self.known[:0, None].repeat(len(origins), axis=1)
        return fc.ahead(self.known[1:], origins, steps - 1)

    def loss_and_grad(self, params, origins):
        """On a batch."""
        xs = fc.inputs(self.z, self.known, origins, self.T)
        if self.way == "feedback":
            targets = fc.ahead(self.z, origins, self.K)
            return self.decoder.loss_and_grad(
                params, xs, self.later(origins, self.K), targets
            )
        if self.way == "direct":
            targets = fc.ahead(self.z, origins, self.K)
            targets = np.moveaxis(targets, 0, 1).reshape(1, len(origins), -1)
            outcome = self.model.loss_and_grad(params, xs, targets)
            return outcome.loss, outcome.grads
        targets = fc.before(self.z[1:], origins, self.T)
        scored = np.ones(xs.shape[:2], bool)
        scored[: SETTINGS["warm"][self.task.name]] = False
        if self.way == "quantiles":
            return fc.quantile_loss_and_grad(
                self.model, params, xs, targets, SETTINGS["levels"], scored
            )
        outcome = self.model.loss_and_grad(params, xs, targets, scored=scored)
        return outcome.loss, outcome.grads

    def forecast(self, params, origins, steps):
        """Forecasts (steps, B, S), scaled; of quantiles (1, B, V)."""
        found = []
        for some in np.array_split(origins, max(1, len(origins) // 400)):
            xs = fc.inputs(self.z, self.known, some, self.T)
            if self.way == "direct":
                ys = self.model.forward(params, xs).ys_raw[0]
                ys = ys.reshape(len(some), self.K, -1).swapaxes(0, 1)
            elif self.way == "quantiles":
                ys = self.model.forward(params, xs).ys_raw[-1:]
            else:
                both = params if self.way == "feedback" else self.decoder.shared(params)
                ys = self.decoder.forward(both, xs, self.later(some, steps)).ys
            found.append(ys[:steps])
        return np.concatenate(found, axis=1).astype(float)

    def valid(self, params):
        """The score on the part held out: of as many steps as the way is for."""
        task, far = self.task, self.way in ("direct", "feedback")
        steps = self.K if far else 1
        every = 3 * task.plan.every if far else {"traffic": 3}.get(task.name, 1)
        origins = task.origins("valid", steps, every)
        found = self.forecast(params, origins, steps)
        if self.way == "quantiles":
            return self.pinball(found, origins)
        return columns_score(task, found, origins, self.columns)

    def pinball(self, found, origins):
        """Mean pinball loss over the levels, in the unit of the series."""
        scale, mean = self.task.scaling.std[0], self.task.scaling.mean[0]
        return quantile_score(mean + scale * found, self.task.targets(origins, 1))


def quantile_score(quantiles, targets):
    """Mean pinball loss over steps and levels."""
    levels = SETTINGS["levels"]
    targets = np.broadcast_to(targets, quantiles.shape)
    return float(pinball(quantiles, targets, levels)[0] / len(levels))


def columns_score(task, z, origins, columns):
    """MASE of scaled forecasts of some of the series."""
    steps = len(z)
    whole = np.zeros((steps, len(origins), task.z.shape[1]))
    whole[..., columns] = z
    found = task.undo(whole, origins)[..., columns]
    targets = task.targets(origins, steps)[..., columns]
    return fc.mase(found, targets, task.unit[columns])


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


# --- without a net --------------------------------------------------------------------


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


def line(data, alone=False):
    """Least squares on lags, its settings chosen for each horizon by the part held out,
    and then fitted on both parts.
    """
    begun = time.process_time()
    kinds = (False, True) if data != "traffic" else (False,)
    row, tried = {"chosen": {}, "test": {}}, 0
    for steps, origins in horizons(task_of(data)):
        best = (np.inf, None)
        for how in itertools.product(
            SETTINGS["lags"][data],
            SETTINGS["ridges"],
            kinds,
            (False, True) if data == "traffic" else (False,),
        ):
            tried += 1
            found = lines(data, alone, steps, how, "train", "valid")
            best = min(best, (found[0], how))
        score, how = best
        _, found = lines(data, alone, steps, how, "valid", "test")
        row["chosen"][str(steps)] = dict(
            zip(("lags", "ridge", "changes", "by the hour"), how, strict=True),
            valid=round(score, 5),
        )
        task = task_of(data, how[2])
        row["test"][str(steps)] = outcome(task, found, origins)
    row["tried"], row["seconds"] = tried, round(time.process_time() - begun, 1)
    return row


def known_to_a_line(task):
    """For traffic the hour of the week, 168 numbers of which one is 1."""
    if task.name != "traffic":
        return task.series.known, None
    hours = np.arange(len(task.z) + 1)
    return np.eye(168)[hours % 168], hours % 24


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


def line_intervals():
    """Quantiles of the line's errors on the part held out, added to its forecasts: one
    width for all hours, and one for each hour of the day.
    """
    best = (np.inf, None)
    for how in itertools.product(
        SETTINGS["lags"]["traffic"], SETTINGS["ridges"], (False,), (False, True)
    ):
        best = min(best, (lines("traffic", False, 1, how, "train", "valid")[0], how))
    task = task_of("traffic")
    _, valid = lines("traffic", False, 1, best[1], "train", "valid")
    _, test = lines("traffic", False, 1, best[1], "train", "test")
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


def first_losses():
    """The first losses of each way, which a test computes again."""
    found = {}
    for way in ("one step", "direct", "feedback", "quantiles"):
        net, rng = (
            Net(task_of("traffic"), way, "LSTM", 16, [0]),
            np.random.default_rng(1),
        )
        params = net.init(rng)
        learned = fc.learn(net.batch(rng), params, rt.Adam(1e-2, clip=1.0), FIRST)
        found[way] = [round(loss, 5) for loss in learned.losses]
    return found


# --- all of it ------------------------------------------------------------------------


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
