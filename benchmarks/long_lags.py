"""RNNs, GRUs and LSTMs on the four long-lag tasks of Hochreiter & Schmidhuber 1997.

    python benchmarks/long_lags.py               # an hour and a half of one core
    python benchmarks/long_lags.py --workers 8

First a few learning rates are tried for each task and net, on seeds of their own. Then
ten other seeds run with the rate that did best, each until the task is solved, as
published, or until its limit of sequences. Beside them weights are guessed, with
nothing learned. Finished trials are kept in long-lags.partial: run again after
Ctrl-C, it goes on with the others.  Writes long-lags.json.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import suppress
from multiprocessing import get_context

from _lib.resume import Trials
from long_lags_trials import (
    CLIP,
    GUESS,
    GUESSED,
    LAGS,
    MOMENTUM,
    SEEDS,
    SETTINGS,
    SWEEP,
    chosen,
    guessing,
    trial,
    undecided,
)

from rnntutor.lab.long_lags.nets import NETS, ONE_STEP


def run(job):
    """A trial or a guess, with its job: what the other processes call."""
    how = {"sweep": trial, "learn": trial, "guess": guessing}[job["how"]]
    return job, how(**{name: job[name] for name in job if name != "how"})


def pool(workers):
    """Processes with one thread each for products of matrices; Ctrl-C is for this one
    alone.
    """
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"  # read as NumPy is imported
    ignore = (signal.SIGINT, signal.SIG_IGN)
    return get_context("spawn").Pool(workers, signal.signal, ignore)


def nets_of(task):
    """One step back is a control for the task of Elman's nets."""
    return [net for net in NETS if net != ONE_STEP or task == "embedded Reber"]


# These run a second time without clipping: on the quick task most, elsewhere one.
UNCLIPPED = {task: ["LSTM, guarded"] for task in SETTINGS} | {
    "embedded Reber": [
        "RNN",
        "LSTM, forget bias 0",
        "LSTM, forget bias 1",
        "LSTM, guarded",
    ]
}


def sweep_jobs(seeds=SWEEP["seeds"], of=None):
    """Each rate of the grid for each of these (task, net), or for all."""
    everything = [(task, net) for task in SETTINGS for net in nets_of(task)]
    for seed in seeds:
        for task, net in everything if of is None else of:
            for lr in SWEEP["rates"][task]:
                job = {"task": task, "net": net, "clip": True, "seed": seed, "lr": lr}
                yield {"how": "sweep"} | job | {"give_up": SWEEP["give_up"]}


def main_jobs(rates):
    """Seed by seed, so that an early end leaves whole rows of the table."""
    for seed in SEEDS:
        for task in SETTINGS:
            for net in nets_of(task):
                yield learning(rates, task, net, True, seed)
        for task in GUESSED:
            for net in GUESSED[task]:
                yield {"how": "guess", "task": task, "net": net, "seed": seed}
    for seed in SEEDS:
        for task in SETTINGS:
            for net in UNCLIPPED[task]:
                yield learning(rates, task, net, False, seed)


def learning(rates, task, net, clip, seed):
    """A trial of the second round."""
    return {
        "how": "learn",
        "task": task,
        "net": net,
        "clip": clip,
        "seed": seed,
        "lr": rates[task][net],
    }


def settings_of(job):
    """What a trial that is there has to agree with to be taken over."""
    if job["how"] == "guess":
        return [GUESSED[job["task"]], GUESS]
    task = job["task"]
    return [SETTINGS[task], NETS[job["net"]], LAGS[task], MOMENTUM, CLIP]


def complete(trials, jobs, workers):
    """Run the jobs that are missing; the rows of all, each with its job."""
    missing = trials.missing(jobs)
    with suppress(KeyboardInterrupt), pool(workers) as processes:
        for job, row in processes.imap_unordered(run, missing):
            trials.add(job, row)
            name = ", ".join(str(value) for value in job.values())
            print(f"{name}: {row['ended']}", file=sys.stderr, flush=True)
    if left := trials.missing(jobs):
        sys.exit(f"{len(left)} trials are missing; run again to go on")
    return trials.rows(jobs)


def main():
    """Run what is not there yet, then write the result file."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument(
        "--workers", type=int, default=2, help="processes side by side"
    )
    workers = options.parse_args().workers
    trials = Trials("long-lags", settings_of)
    jobs = list(sweep_jobs())
    sweep = complete(trials, jobs, workers)
    jobs += sweep_jobs(SWEEP["more_seeds"], undecided(sweep))
    sweep = complete(trials, jobs, workers)
    rates = chosen(sweep)
    rows = complete(trials, list(main_jobs(rates)), workers)
    table = {how: [] for how in ("sweep", "learn", "guess")}
    for row in [*sweep, *rows]:
        table[row.pop("how")].append(row)
    trials.finish(
        {
            "seconds": round(sum(row["seconds"] for row in [*sweep, *rows])),
            "settings": SETTINGS,
            "nets": NETS,
            "lags": LAGS,
            "momentum": MOMENTUM,
            "clip": CLIP,
            "seeds": SEEDS,
            "sweep": SWEEP,
            "rates": rates,
            "guess": GUESS | {"H": GUESSED},
            "tried": table["sweep"],
            "trials": table["learn"],
            "guesses": table["guess"],
        }
    )


if __name__ == "__main__":
    main()
