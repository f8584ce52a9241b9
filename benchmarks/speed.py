"""Time one training step and the writing of text, against PyTorch, TensorFlow and JAX:
`make bench`.

    python benchmarks/speed.py             # all that is installed: twenty minutes
    python benchmarks/speed.py --rounds 1  # a first look; writes nothing without --name

Each contender runs in a process of its own, one after the other, and all of them again
in each round: threads that wait in one library slow down another.  What counts is the
median over the rounds of each round's median. The machine should have nothing else to
do.  Writes speed-DATE.json and prints a table.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from _lib import results
from speed_steps import OURS
from speed_table import rows_of, table
from speed_writers import WRITERS
from tqdm import tqdm

HERE = Path(__file__).parent
SHAPES = [  # V, D, H, T, B
    (65, 65, 64, 25, 1),
    (65, 64, 128, 64, 32),
    (65, 64, 256, 64, 32),
    (65, 64, 512, 64, 64),
    (10000, 200, 200, 20, 20),
]
OTHERS = {
    "PyTorch": "torch",
    "TensorFlow, graph": "tensorflow",
    "TensorFlow, XLA": "tensorflow",
    "JAX": "jax",
}
ON_GPU = {"PyTorch, GPU": "torch", "JAX, GPU": "jax"}
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


def installed():
    """The contenders there are."""
    there = [
        name
        for name in OURS
        if "machine" not in name or importlib.util.find_spec("numba")
    ]
    others = OTHERS | (ON_GPU if shutil.which("nvidia-smi") else {})
    return there + [
        name for name, module in others.items() if importlib.util.find_spec(module)
    ]


def gpu():
    """The card's name; None if there is none."""
    if not shutil.which("nvidia-smi"):
        return None
    asked = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or None


def alone(task, **arguments):
    """What a task of `speed_tasks.py` finds, in a process of its own."""
    command = [
        sys.executable,
        str(HERE / "speed_tasks.py"),
        task,
        json.dumps(arguments),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{task} {arguments}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def in_turn(jobs, rounds):
    """All jobs once in each round; to each job and place, the rounds' records."""
    found = {}
    bar = tqdm(total=rounds * len(jobs), unit="process")
    for _ in range(rounds):
        for task, arguments in jobs:
            bar.set_postfix_str(arguments["contender"])
            for record in alone(task, **arguments):
                key = (
                    task,
                    arguments.get("cell", "writing"),
                    arguments["contender"],
                    tuple(record["shape"]),
                )
                found.setdefault(key, []).append(record)
            bar.update()
    bar.close()
    return found


def versions():
    """Of the libraries that are installed."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def main():
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--what", nargs="+", choices=["lstm", "rnn", "writing"])
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="CONTENDER",
        help="those named, of the ones installed",
    )
    parser.add_argument(
        "--name", help="of the result file, after `speed-`; the date if left out"
    )
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="for each shape in each round"
    )
    asked = parser.parse_args()
    start = datetime.datetime.now()
    what, whole = (
        asked.what or ["lstm", "rnn", "writing"],
        not (asked.what or asked.only),
    )
    there = [name for name in installed() if not asked.only or name in asked.only]
    jobs = [
        (
            "steps",
            {
                "contender": name,
                "cell": cell,
                "shapes": SHAPES,
                "seconds": asked.seconds,
            },
        )
        for cell in what
        if cell != "writing"
        for name in there
    ]
    if "writing" in what:
        jobs += [("writing", {"contender": name}) for name in WRITERS if name in there]
    machine = alone("machine")
    rows = rows_of(in_turn(jobs, asked.rounds))
    print(table(rows, machine))
    if not (whole or asked.name):
        return
    content = {
        "seconds": (datetime.datetime.now() - start).total_seconds(),
        "rounds": asked.rounds,
        "cores": (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count()
        ),
        "gpu": gpu(),
        "blas": machine.pop("blas"),
        "versions": versions(),
        "machine": machine,
        "rows": rows,
    }
    if whole:
        content["memory"] = [
            {
                "contender": name,
                "shape": list(shape),
                **alone("memory", contender=name, shape=shape),
            }
            for shape in SHAPES[1:]
            for name in there
        ]
        content |= {task: alone(task) for task in ("scaling", "layouts", "sharing")}
    results.write(f"speed-{asked.name or datetime.date.today().isoformat()}", content)


if __name__ == "__main__":
    main()
