"""Cells that are linear in the state, on the ladder of chapter 8 and the long-lag tasks
of chapter 10.

    python benchmarks/linear_lags.py  # about half an hour of one core

Everything but the nets is that of `lstm_ladder.py` and `long_lags.py`: the lags, the
updates and the rates of the ladder, of which the best counts; of each task the widths
by the number of parameters, the batches, the optimizer and its rates, chosen by two or
four seeds of their own, the limit and the criterion. What is finished is written down
at once; begun again, the script goes on from there.  Writes linear-lags.json.
"""

from __future__ import annotations

import time

import lstm_ladder
import numpy as np
from _lib.resume import Trials
from long_lags_trials import (
    CLIP,
    KEPT,
    LAGS,
    SEEDS,
    SETTINGS,
    SWEEP,
    trained,
    undecided,
    width,
)
from long_lags_trials import chosen as best_rates

from rnntutor.lab.parallel import STARTS, build

NAME = "linear-lags"
# which run on which task; adding is beyond a net that is linear in its inputs
TASKS = {
    "temporal order": list(STARTS),
    "embedded Reber": list(STARTS),
    "adding": [net for net in STARTS if net != "diagonal"],
}
# widths of about as many parameters as the 336 of the ladder's other cells
H = {"minGRU, bias for lag": 33, "minLSTM, bias for lag": 22, "diagonal": 28}


def settings_of(trial):
    """What a trial that is there has to agree with to be taken over."""
    if "task" in trial:
        return [SETTINGS[trial["task"]], LAGS[trial["task"]], CLIP]
    return [lstm_ladder.SETTINGS, H]


def rung(net, lag):
    """One net at one lag of the ladder: a row of `Trials`."""
    began, settings = time.process_time(), lstm_ladder.SETTINGS
    cell, start = build(net, lag)
    runs = [
        [
            lstm_ladder.train(cell, H[net], start, lag, lr, seed)
            for seed in range(settings["seeds"])
        ]
        for lr in settings["lr"]
    ]
    right = [[round(share, 3) for _, share in one] for one in runs]
    print(f"lag {lag:3d}  {net:22s}", *right, flush=True)
    return {
        "right": right,  # rates × seeds
        "first_losses": runs[0][0][0][:KEPT],
        "seconds": round(time.process_time() - began, 1),
    }


def on_task(task, net, seed, lr, give_up=None, limit=None):
    """One net on one task: a row of `Trials`. `give_up` is a share of the limit."""
    cell, start = build(net, LAGS[task])
    H, rng = width(task, cell), np.random.default_rng([seed, 1])
    row = trained(
        task,
        cell,
        H,
        lambda params: start(params, rng),
        clip=True,
        seed=seed,
        lr=lr,
        give_up=give_up,
        limit=limit,
    )
    print(f"{task:15s} {net:22s} {seed:3d} {lr:6} {row['ended']}", flush=True)
    return row


def sweep(task, net, seeds=SWEEP["seeds"]):
    """Each rate, on seeds of their own."""
    for seed in seeds:
        for lr in SWEEP["rates"][task]:
            trial = {"task": task, "net": net, "seed": seed, "lr": lr}
            yield trial | {"give_up": SWEEP["give_up"]}


def main():
    """Run what is not there yet, and write the record."""
    trials, lags = Trials(NAME, settings_of), lstm_ladder.SETTINGS["lags"]
    rungs = trials.run(
        rung, [{"net": net, "lag": lag} for net in STARTS for lag in lags]
    )
    tried, rows, rates = [], [], {}
    for task, nets in TASKS.items():
        for net in nets:
            seen = trials.run(on_task, list(sweep(task, net)))
            if undecided(seen):
                more = sweep(task, net, SWEEP["more_seeds"])
                seen += trials.run(on_task, list(more))
            lr = best_rates(seen)[task][net]
            rates.setdefault(task, {})[net] = lr
            trial = {"task": task, "net": net, "lr": lr}
            rows += trials.run(on_task, [trial | {"seed": seed} for seed in SEEDS])
            tried += seen
    trials.finish(
        {
            "seconds": round(sum(row["seconds"] for row in [*rungs, *tried, *rows])),
            "lags": lags,
            "H": H,
            "seeds": SEEDS,
            "rates": rates,
            "rungs": rungs,
            "tried": tried,
            "trials": rows,
        }
    )


if __name__ == "__main__":
    main()
