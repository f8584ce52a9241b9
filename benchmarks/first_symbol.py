"""How long a lag RNNs learn from different starts: the ladder of chapter 7.

    python benchmarks/first_symbol.py  # some minutes of one core
    python benchmarks/first_symbol.py "tanh, Adam"  # this net only

Each net is trained for 200 updates on each lag, at three learning rates, from five
seeds. Writes first-symbol.json: for each net the norm of the Jacobian at each lag
before training, and the share of right answers of each trained net, with one list for
each lag, in it one for each rate. Where nets are named, the others keep what the record
has of them.
"""

from __future__ import annotations

import sys
import time

from _lib import results

from rnntutor.lab.long_lags.ladder import (
    RATES,
    SEEDS,
    STARTS,
    UPDATES,
    norms_at_start,
    trained_accuracy,
)

NAME = "first-symbol"
LAGS = (2, 5, 10, 20, 40, 80, 160, 320)


def row(start):
    """What the record says of the nets of one start."""
    return {
        "norms": [float(f"{norm:.4g}") for norm in norms_at_start(start, LAGS)],
        "accuracy": [
            [
                [round(trained_accuracy(start, lag, lr, s), 3) for s in SEEDS]
                for lr in RATES
            ]
            for lag in LAGS
        ],
    }


def main(names):
    """Train these, or all, and write the record."""
    start, nets = time.perf_counter(), {}
    for name in names or STARTS:
        nets[name] = row(STARTS[name])
        print(name, nets[name]["accuracy"], flush=True)
    seconds = round(time.perf_counter() - start)
    settings = {"lags": LAGS, "rates": RATES, "seeds": len(SEEDS), "updates": UPDATES}
    content = settings | {"seconds": seconds, "nets": nets}
    if not names:
        results.write(NAME, content)
        return
    record = results.read(NAME)
    both = record["nets"] | nets
    content["seconds"] += record["seconds"]
    content["nets"] = {name: both[name] for name in STARTS if name in both}
    results.write_json(results.RESULTS / f"{NAME}.json", record | content)


if __name__ == "__main__":
    main(sys.argv[1:])
