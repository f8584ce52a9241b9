"""How long a lag RNNs learn from different starts: the ladder of chapter 7.

    python benchmarks/first_symbol.py  # some minutes of one core

Each net is trained for 200 updates on each lag, at three learning rates, from five
seeds. Writes first-symbol.json: for each net the norm of the Jacobian at each lag
before training, and the share of right answers of each trained net, with one list for
each lag, in it one for each rate.
"""

from __future__ import annotations

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

LAGS = (2, 5, 10, 20, 40, 80, 160, 320)


def main():
    """Train them all and write the record."""
    start, nets = time.perf_counter(), {}
    for name, one in STARTS.items():
        nets[name] = {
            "norms": [float(f"{norm:.4g}") for norm in norms_at_start(one, LAGS)],
            "accuracy": [
                [
                    [round(trained_accuracy(one, lag, lr, s), 3) for s in SEEDS]
                    for lr in RATES
                ]
                for lag in LAGS
            ],
        }
        print(name, nets[name]["accuracy"], flush=True)
    seconds = round(time.perf_counter() - start)
    settings = {"lags": LAGS, "rates": RATES, "seeds": len(SEEDS), "updates": UPDATES}
    results.write("first-symbol", settings | {"seconds": seconds, "nets": nets})


if __name__ == "__main__":
    main()
