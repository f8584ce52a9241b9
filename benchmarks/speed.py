"""Time a training step, and generation, against PyTorch, TensorFlow and JAX, each at
the best of its settings: `make bench`.

    python benchmarks/speed.py              # all that is installed: 40 minutes
    python benchmarks/speed.py --isa avx2   # as on a processor without AVX-512
    python benchmarks/speed.py --rounds 1 --seconds 0.05 --only PyTorch --name try

Every contender is tried with each of its settings (`speed_settings.py`), each in a
process of its own that makes its step ready once and then sleeps. In each round they
are timed one after the other, and so is what the machine can do: products of large
matrices and copying. What counts is the median over the rounds of each round's median.
The machine should have nothing else to do.

Each row is written at once to speed-NAME.partial; the same command goes on from there.
At the end it writes speed-NAME.json and prints a table. A record in which something is
faster than the machine's peak is refused.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib.metadata
import json
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import speed_tasks
from _lib import resume
from speed_settings import FIRST, SHAPES, environment, installed, jobs
from speed_table import above_peak, machine_of, rows_of, table
from speed_worker import NotReady, Worker
from tqdm import tqdm

LIBRARIES = [
    "numpy",
    "scipy",
    "numba",
    "torch",
    "tensorflow-cpu",
    "tensorflow",
    "keras",
    "jax",
    "jaxlib",
]
REST = 0.1  # seconds between two contenders, so that the threads of the first lie down


def gpu():
    """The card's name; None if there is none."""
    if not shutil.which("nvidia-smi"):
        return None
    asked = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or None


def versions():
    """Of the libraries that are installed."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def place(group, asked, env, trials, bar):
    """All rounds at one place: a cell and a shape, or generation at one width.

    What is not ready in time, or fails, is written down with the reason.
    """
    missing = {}
    for trial in trials.missing(
        [job | {"round": k} for k in range(asked.rounds) for job in group]
    ):
        job = {key: value for key, value in trial.items() if key != "round"}
        missing.setdefault(json.dumps(job), []).append(trial)

    def ready(job):
        try:
            return Worker(json.loads(job), env, asked.limit)
        except NotReady as reason:
            return str(reason)

    with contextlib.ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        workers = {}
        for job, worker in zip(missing, pool.map(ready, missing), strict=True):
            if isinstance(worker, str):
                for trial in missing[job]:
                    trials.add(trial, {"failed": worker})
                    bar.update()
            else:
                stack.callback(worker.close)
                workers[job] = worker
        for k in range(asked.rounds):
            for job, worker in workers.items():
                for trial in missing[job]:
                    if trial["round"] == k:
                        time.sleep(REST)
                        bar.set_postfix_str(trial["contender"])
                        trials.add(trial, worker.timed(asked.seconds))
                        bar.update()


def main():
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--what",
        nargs="+",
        choices=["lstm", "rnn", "writing"],
        default=["lstm", "writing"],
    )
    parser.add_argument("--only", nargs="+", metavar="CONTENDER")
    parser.add_argument(
        "--shapes", nargs="+", type=int, metavar="I", help="of the five, from 0"
    )
    parser.add_argument(
        "--isa", choices=["own", "avx2"], default="own", help="instructions to use"
    )
    parser.add_argument(
        "--name", help="of the record, after `speed-`; else the date, after `avx2-`"
    )
    parser.add_argument(
        "--seconds", type=float, default=0.5, help="for each setting in each round"
    )
    parser.add_argument(
        "--limit", type=float, default=60, help="seconds to make a step ready in"
    )
    asked = parser.parse_args()
    today = datetime.date.today().isoformat()
    name = asked.name or (f"avx2-{today}" if asked.isa == "avx2" else today)
    shapes = [SHAPES[i] for i in asked.shapes or range(len(SHAPES))]
    groups = jobs(asked.what, shapes, asked.only, gpu() is not None)
    made = {"versions": versions(), "isa": asked.isa, "seconds": asked.seconds}
    trials = resume.Trials(f"speed-{name}", lambda trial: made)
    start, env = datetime.datetime.now(), environment(asked.isa)
    for job in FIRST:
        if job["what"] in asked.what and installed(job["contender"]):
            Worker(job, env, limit=None).close()
    every = [
        job | {"round": k} for k in range(asked.rounds) for g in groups for job in g
    ]
    with tqdm(total=len(trials.missing(every)), unit="row", smoothing=0) as bar:
        for group in groups:
            place(group, asked, env, trials, bar)
    found = trials.rows(every)
    rows, machine = rows_of(found), machine_of(found)
    print(table(rows, machine))
    if faster := above_peak(rows, machine):
        raise SystemExit(
            "above the machine's peak, so nothing is written: "
            + "; ".join(faster)
            + f". Remove these rows, or those of the peak, from {trials.path.name}, and"
            " run the command again on a machine with nothing else to do"
        )
    content = {
        "seconds": (datetime.datetime.now() - start).total_seconds(),
        "rounds": asked.rounds,
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "gpu": gpu(),
        "isa": asked.isa,
        "limit": asked.limit,
        "blas": speed_tasks.alone("blas", env),
        "versions": made["versions"],
        "machine": machine,
        "rows": rows,
        "failed": [
            {
                key: row[key]
                for key in ("what", "shape", "contender", "setting", "failed")
            }
            for row in found
            if "failed" in row and row["round"] == 0
        ],
    }
    if installed("machine code") and not asked.only:
        content |= {
            task: speed_tasks.alone(task, env) for task in ("layouts", "sharing")
        }
    trials.finish(content)


if __name__ == "__main__":
    main()
