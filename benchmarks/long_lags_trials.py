"""What `long_lags.py` runs: settings, nets, one trial, one guess, and the choice of a
learning rate.
"""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

import rnntutor as rt
from rnntutor.lab.long_lags.nets import build
from rnntutor.lab.long_lags.published import PROBLEMS
from rnntutor.lab.long_lags.shortcut import Shortcut
from rnntutor.lab.long_lags.trials import guess, learn

# Of each task: width of the LSTM, sequences in a batch, the optimizer (SGD with
# momentum at a fixed rate, or Adam with one that falls evenly to 0 over the limit), the
# limit of sequences, and whether a sequence's loss is the mean or the sum of its steps.
# No limit is below the number of sequences published in 1997. Where the published net's
# outputs saw the input too, so do ours (`shortcut`). `guard`: see NETS.
SETTINGS = {
    "embedded Reber": {
        "H": 16,
        "B": 10,
        "by": "SGD",
        "limit": 30_000,
        "reduce": "sequence",
    },
    "noise-free lag": {
        "H": 4,
        "B": 2,
        "by": "SGD",
        "limit": 5_400,
        "reduce": "sum",
        "shortcut": True,
        "guard": [6.0, -6.0],
    },
    "adding": {"H": 8, "B": 20, "by": "Adam", "limit": 75_000, "reduce": "sequence"},
    "temporal order": {
        "H": 8,
        "B": 20,
        "by": "Adam",
        "limit": 32_000,
        "reduce": "sequence",
    },
}
# About how far back each task reaches, in steps: what "bias for the lag" is made from.
# All nets have about as many parameters as the LSTM.
LAGS = {
    "embedded Reber": 10,
    "noise-free lag": 100,
    "adding": 100,
    "temporal order": 100,
}
MOMENTUM, CLIP = 0.9, 1.0
SEEDS = list(range(10))
# Rates that are tried for each net on each task, on seeds of their own, with clipping.
# Such a trial is given up after a quarter of the limit if it has made no progress.
# Where no rate solves more than one of the two seeds, luck would choose: there two more
# seeds are tried at every rate.
SWEEP = {
    "rates": {
        "embedded Reber": [2.0, 1.0, 0.5, 0.2, 0.1, 0.03, 0.01],
        "noise-free lag": [2.0, 1.0, 0.5, 0.2, 0.1, 0.03, 0.01],
        "adding": [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003],
        "temporal order": [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003],
    },
    "seeds": [100, 101],
    "more_seeds": [102, 103],
    "give_up": 0.25,
}
# Widths of the nets whose weights are guessed; on the noise-free lag they are those
# that are trained.
GUESSED = {
    "first symbol": {"RNN": 2, "LSTM": 2},
    "embedded Reber": {"RNN": 16, "LSTM": 16},
    "noise-free lag": {"RNN": 10, "LSTM": 4},
    "adding": {"RNN": 4, "LSTM": 4},
    "temporal order": {"RNN": 4, "LSTM": 4},
}
GUESS = {"scale": 20.0, "limit": 1_000}
# losses or errors at the start of each run that are kept, to be computed again by a
# test
KEPT = 5


def built(task, name, seed):
    """The cell or net, its width, and a function from its first parameters to those to
    start with.
    """
    cell, start = build(name, LAGS[task], SETTINGS[task].get("guard"))
    cell, rng = whole(task, cell), np.random.default_rng([seed, 1])
    return cell, width(task, cell), lambda params: start(params, rng)


def width(task, net):
    """The hidden size at which a net has about as many parameters as the LSTM."""
    H, problem = SETTINGS[task]["H"], PROBLEMS[task]
    wanted = count(whole(task, rt.LSTM()), H, problem)
    sizes = {one: count(net, one, problem) for one in range(1, 8 * H)}
    return min(sizes, key=lambda one: abs(sizes[one] - wanted))


def whole(task, cell):
    """The cell, with the shortcut past it where the task has one."""
    return (
        Shortcut(cell, PROBLEMS[task].D)
        if SETTINGS.get(task, {}).get("shortcut")
        else cell
    )


def count(net, H, problem):
    """How many parameters the model has."""
    return rt.tree.size(
        rt.Model(net, problem.D, H, problem.V).init(np.random.default_rng(0))
    )


def optimizer(setting, lr, clip):
    """SGD with momentum, or Adam."""
    norm = CLIP if clip else None
    if setting["by"] == "SGD":
        return rt.SGD(lr, MOMENTUM, norm)
    return rt.Adam(
        rt.train.linear_decay(lr, setting["limit"] // setting["B"]), clip=norm
    )


def trial(task, net, clip, seed, lr, give_up=None, limit=None):
    """One net on one task; a row of the result. `give_up` is a share of the limit."""
    net, H, start = built(task, net, seed)
    return trained(task, net, H, start, clip, seed, lr, give_up, limit)


def trained(task, net, H, start, clip, seed, lr, give_up=None, limit=None):
    """A trial of any cell or net, of this width and from this start."""
    setting, begun = SETTINGS[task], time.process_time()
    outcome = learn(
        PROBLEMS[task],
        net,
        H,
        optimizer(setting, lr, clip),
        np.random.default_rng(seed),
        setting["B"],
        limit or setting["limit"],
        reduce=setting["reduce"],
        start=start,
        give_up=None if give_up is None else int(give_up * setting["limit"]),
    )
    return {
        "ended": outcome.ended,
        "sequences": outcome.sequences,
        "error": round(outcome.error, 6) if np.isfinite(outcome.error) else None,
        "wrong": outcome.wrong,
        "H": H,
        "parameters": rt.tree.size(outcome.params),
        "seconds": round(time.process_time() - begun, 1),
        "first_losses": outcome.first_losses[:KEPT],
    }


def guessing(task, net, seed, limit=None):
    """Random weights; a row of the result."""
    begun, cell = time.process_time(), {"RNN": rt.RNN("tanh"), "LSTM": rt.LSTM()}[net]
    outcome = guess(
        PROBLEMS[task],
        whole(task, cell),
        GUESSED[task][net],
        GUESS["scale"],
        np.random.default_rng(seed),
        limit or GUESS["limit"],
    )
    return {
        "ended": outcome.ended,
        "draws": outcome.sequences,
        "error": round(outcome.error, 6),
        "wrong": outcome.wrong,
        "H": GUESSED[task][net],
        "parameters": rt.tree.size(outcome.params),
        "seconds": round(time.process_time() - begun, 1),
        "first_errors": outcome.first_losses[:KEPT],
    }


def undecided(sweep):
    """The tasks and nets of which a rate solved one seed and none solved more."""
    solved = Counter()
    for row in sweep:
        solved[row["task"], row["net"], row["lr"]] += row["ended"] == "solved"
    best = {}
    for (task, net, _), n in solved.items():
        best[task, net] = max(n, best.get((task, net), 0))
    return [of for of, n in best.items() if n == 1]


def chosen(sweep):
    """The rate of each task and net: most seeds solved, then fewest sequences, then
    smallest error.
    """
    rates = {}
    for task, net in {(row["task"], row["net"]): None for row in sweep}:
        ranks = {}
        for lr in SWEEP["rates"][task]:
            rows = [
                row
                for row in sweep
                if (row["task"], row["net"], row["lr"]) == (task, net, lr)
            ]
            took = [row["sequences"] for row in rows if row["ended"] == "solved"]
            errors = [np.inf if row["error"] is None else row["error"] for row in rows]
            ranks[lr] = (-len(took), np.mean(took) if took else 0, np.mean(errors))
        rates.setdefault(task, {})[net] = min(ranks, key=ranks.get)
    return rates
