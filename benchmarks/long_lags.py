"""Four nets on the four long-lag tasks of Hochreiter & Schmidhuber 1997, with and without clipping.

    python benchmarks/long_lags.py               # more than an hour of two cores
    python benchmarks/long_lags.py --workers 8

Every trial has a seed of its own and runs until the task is solved, as published, or until its limit
of sequences; one without any progress is given up halfway.  Beside it weights are guessed, with
nothing learned.  Finished trials are kept in results/long-lags.partial: run again after Ctrl-C, it
goes on with the others.  Writes results/long-lags.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
import results

import rnntutor as rt
from rnntutor.nets.shortcut import Shortcut
from rnntutor.parallel import side_by_side
from rnntutor.tasks.published import PROBLEMS
from rnntutor.trials import guess, learn

# Of each task: width of the LSTM, sequences in a batch, the rate at the start (of SGD with momentum, or of
# Adam) and whether it falls evenly to 0 over the limit, the limit of sequences, whether a sequence's loss
# is the mean or the sum of its steps, and whether the readout sees the input too, as in 1997 for this task.
SETTINGS = {
    "embedded Reber": {"H": 16, "B": 10, "lr": 0.5, "decay": False, "limit": 30_000, "reduce": "sequence"},
    "noise-free lag": {
        "H": 4,
        "B": 2,
        "lr": 0.5,
        "decay": False,
        "limit": 6_000,
        "reduce": "sum",
        "shortcut": True,
        "guard": [6.0, -6.0],
    },
    "adding": {
        "H": 8,
        "B": 20,
        "lr": 0.03,
        "decay": True,
        "limit": 60_000,
        "reduce": "sequence",
        "adam": True,
    },
    "temporal order": {
        "H": 8,
        "B": 20,
        "lr": 0.01,
        "decay": True,
        "limit": 40_000,
        "reduce": "sequence",
        "adam": True,
    },
}
# Forget bias and input bias at the start. The RNN has about as many parameters as the LSTMs. The guarded LSTM
# begins with its memory kept and shut, as that of 1997 did, which had no forget gate.
NETS = {
    "RNN": None,
    "LSTM, forget bias 0": [0.0, 0.0],
    "LSTM, forget bias 1": [1.0, 0.0],
    "LSTM, guarded": [10.0, -3.0],
}
MOMENTUM, CLIP = 0.9, 1.0
SEEDS = list(range(10))
GUESSED = {"first symbol": 2, "embedded Reber": 16, "noise-free lag": 16, "adding": 4, "temporal order": 4}
GUESS = {"scale": 20.0, "limit": 10_000}
KEPT = 5  # losses of each run that are kept, to be computed again by a test


def build(task, net):
    """The cell or net, its width, and a function that sets the biases to start with."""
    problem, setting = PROBLEMS[task], SETTINGS[task]
    H, beside = setting["H"], setting.get("shortcut", False)

    def whole(cell):
        return Shortcut(cell, problem.D) if beside else cell

    if NETS[net] is None:
        wanted = count(whole(rt.LSTM()), H, problem)
        sizes = {width: count(whole(rt.RNN("tanh")), width, problem) for width in range(1, 60)}
        return whole(rt.RNN("tanh")), min(sizes, key=lambda width: abs(sizes[width] - wanted)), None
    forget, into = setting.get("guard", NETS[net]) if net == "LSTM, guarded" else NETS[net]

    def start(params):
        biases = params.cell.b_h.copy()
        biases[:H] = into
        return params._replace(cell=params.cell._replace(b_h=biases))

    return whole(rt.LSTM(forget)), H, start


def count(net, H, problem):
    """How many parameters the model has."""
    return rt.size(rt.Model(net, problem.D, H, problem.V).init(np.random.default_rng(0)))


def optimiser(setting, clip):
    """SGD with momentum, or Adam."""
    lr, norm = setting["lr"], CLIP if clip else None
    rate = rt.linear_decay(lr, setting["limit"] // setting["B"]) if setting["decay"] else lr
    return rt.Adam(rate, clip=norm) if setting.get("adam") else rt.SGD(rate, MOMENTUM, norm)


def trial(task, net, clip, seed, limit=None):
    """One net on one task; a row of the result."""
    setting, begun = SETTINGS[task], time.process_time()
    net, H, start = build(task, net)
    outcome = learn(
        PROBLEMS[task],
        net,
        H,
        optimiser(setting, clip),
        np.random.default_rng(seed),
        setting["B"],
        limit or setting["limit"],
        reduce=setting["reduce"],
        start=start,
        give_up=setting["limit"] // 2,
    )
    return {
        "ended": outcome.ended,
        "sequences": outcome.sequences,
        "error": round(outcome.error, 6),
        "wrong": outcome.wrong,
        "H": H,
        "parameters": rt.size(outcome.params),
        "seconds": round(time.process_time() - begun, 1),
        "first_losses": outcome.first_losses[:KEPT],
    }


def guessing(task, seed):
    """Random weights for an RNN; a row of the result."""
    begun, H = time.process_time(), GUESSED[task]
    rng = np.random.default_rng(seed)
    outcome = guess(PROBLEMS[task], rt.RNN("tanh"), H, GUESS["scale"], rng, GUESS["limit"])
    return {
        "ended": outcome.ended,
        "draws": outcome.sequences,
        "wrong": outcome.wrong,
        "seconds": round(time.process_time() - begun, 1),
    }


def run(how, **job):
    """A trial or a guess: what the other processes call."""
    return {"learn": trial, "guess": guessing}[how](**job)


def all_jobs():
    """Seed by seed, so that an early end leaves whole rows of the table."""
    for seed in SEEDS:
        for task in SETTINGS:
            for net in NETS:
                for clip in (True, False):
                    yield {"how": "learn", "task": task, "net": net, "clip": clip, "seed": seed}
        for task in GUESSED:
            yield {"how": "guess", "task": task, "seed": seed}


def settings_of(job):
    """What a kept row has to agree with to be taken over."""
    if job["how"] == "guess":
        return [GUESSED[job["task"]], GUESS]
    return [SETTINGS[job["task"]], NETS[job["net"]], MOMENTUM, CLIP]


def main():
    """Run what is not there yet, then write the result file."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("--workers", type=int, default=2, help="processes side by side")
    options.add_argument("--only", nargs="*", metavar="TASK", help="run these tasks alone, and write no file")
    asked = options.parse_args()
    results.RESULTS.mkdir(exist_ok=True)
    partial, rows = results.RESULTS / "long-lags.partial", {}
    if partial.exists():
        for line in partial.read_text(encoding="utf-8").splitlines():
            job, settings, row = json.loads(line)
            if json.dumps(settings) == json.dumps(settings_of(job)):
                rows[json.dumps(job)] = row
    jobs = list(all_jobs())
    missing = [
        job for job in jobs if json.dumps(job) not in rows and (not asked.only or job["task"] in asked.only)
    ]
    with partial.open("a", encoding="utf-8") as file:

        def finished(job, row):
            rows[json.dumps(job)] = row
            print(json.dumps([job, settings_of(job), row]), file=file, flush=True)
            name = ", ".join(str(value) for key, value in job.items() if key != "how")
            print(f"{len(rows):4d} of {len(jobs)}   {name}: {row['ended']}", file=sys.stderr, flush=True)

        side_by_side(run, missing, asked.workers, finished)
    if len(rows) < len(jobs):
        sys.exit(f"{len(jobs) - len(rows)} trials are missing; run again to go on")
    table = {"learn": [], "guess": []}
    for job in jobs:
        row = rows[json.dumps(job)]
        table[job["how"]].append({key: value for key, value in job.items() if key != "how"} | row)
    path = results.write(
        "long-lags",
        results.circumstances()
        | {
            "seconds": round(sum(row["seconds"] for row in rows.values())),
            "settings": SETTINGS,
            "nets": NETS,
            "momentum": MOMENTUM,
            "clip": CLIP,
            "seeds": SEEDS,
            "guess": GUESS | {"H": GUESSED},
            "trials": table["learn"],
            "guesses": table["guess"],
        },
    )
    partial.unlink()
    print(f"wrote benchmarks/results/{path.name}")


if __name__ == "__main__":
    main()
