"""How long a linear recurrence takes, step by step and by a tree, in NumPy and as
machine code; and a training step of a minGRU beside one of an LSTM.

    python benchmarks/scans.py  # about a minute of one core

Times are of the processor's clock for this process alone, on one thread, the least of
several. Machine code wants the extra ``fast``.  Writes scans.json.
"""

from __future__ import annotations

import time

import numpy as np
from _lib import results
from scans_compiled import loop, tree

import rnntutor as rt
from rnntutor.cells import MinGRU
from rnntutor.cells.maps import NUMBERS
from rnntutor.nets import Scanned, scan

NAME = "scans"
LENGTHS = [2**k for k in range(4, 15, 2)]  # 16 … 16,384
LANES = [1, 32, 1024]  # how many recurrences side by side: B · H
MOST = 2**20  # numbers in an array
STEP = {"D": 8, "H": 32, "V": 4, "B": 1}  # of the training steps
LONGEST = 4096  # of the training steps


def least(repeats, function, *args):
    """Seconds of the fastest of several calls, after one that does not count."""
    function(*args)
    times = []
    for _ in range(repeats):
        began = time.process_time()
        function(*args)
        times.append(time.process_time() - began)
    return min(times)


def recurrence(T, lanes):
    """λ between 0 and 1, and u."""
    rng = np.random.default_rng(0)
    return rng.random((T, 1, lanes)), rng.standard_normal((T, 1, lanes))


WAYS = {
    "NumPy, loop": lambda keep, add: scan.loop(NUMBERS, keep, add, 0 * add[0]),
    "NumPy, tree": lambda keep, add: scan.tree(NUMBERS, keep, add, 0 * add[0]),
    "machine code, loop": loop,
    "machine code, tree": tree,
}


def scan_times(repeats=5):
    """Microseconds a step of each way, for each length and number of lanes."""
    rows = []
    for lanes in LANES:
        for T in (T for T in LENGTHS if T * lanes <= MOST):
            keep, add = recurrence(T, lanes)
            want = WAYS["NumPy, loop"](keep, add)
            row = {"lanes": lanes, "T": T}
            for name, way in WAYS.items():
                assert np.allclose(way(keep, add), want, rtol=0, atol=1e-12)
                seconds = least(repeats, way, keep, add)
                row[name] = round(1e6 * seconds / T, 4)
            rows.append(row)
            print(row, flush=True)
    return rows


def nets():
    """The nets whose training steps are compared."""
    return {
        "LSTM, step by step": rt.LSTM(),
        "LSTM, machine code": rt.Fast(rt.LSTM(), compiled=True),
        "minGRU, step by step": MinGRU(),
        "minGRU, tree": Scanned(MinGRU()),
    }


def step_times(repeats=3):
    """Microseconds of loss and gradient for each step of time."""
    rows = []
    for name, net in nets().items():
        D, H, V, B = STEP.values()
        model = rt.Model(net, D, H, V)
        params = model.init(np.random.default_rng(0))
        for T in (T for T in LENGTHS if T <= LONGEST):
            rng = np.random.default_rng(T)
            xs, targets = rng.standard_normal((T, B, D)), rng.integers(0, V, (T, B))
            seconds = least(repeats, model.loss_and_grad, params, xs, targets)
            rows.append({"net": name, "T": T, "us": round(1e6 * seconds / T, 3)})
            print(rows[-1], flush=True)
    return rows


def main():
    """Measure, and write the record."""
    began = time.process_time()
    content = {"lanes": LANES, "step": STEP, "scans": scan_times()}
    content["steps"] = step_times()
    content["seconds"] = round(time.process_time() - began)
    results.write(NAME, content)


if __name__ == "__main__":
    main()
