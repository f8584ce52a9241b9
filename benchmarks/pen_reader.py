"""A small LSTM that is asked after every point learns to read digits from a pen: the
net that reads in the page of chapter 12.

    python benchmarks/pen_reader.py

Takes about a minute. Writes pen-reader.json, with the settings and how many of the test
digits it reads right after each point, and pen-reader.npz: the parameters, in half
precision.
"""

import time

from _lib import results
from pen_digits_nets import SETTINGS, measure, train
from pen_digits_sequences import points

import rnntutor as rt

# Small, so that a page can carry it; it learns longer in exchange.
CHANGED, SEED = {"H": 24, "epochs": 40, "lr": 8e-3, "jitter": 0.2}, 1


def main():
    start = time.perf_counter()
    digits, test = points()
    settings = SETTINGS["points"] | CHANGED
    model, params, history = train("every point", digits, SEED, settings)
    found = measure(model, params, test, settings["dtype"])
    results.write(
        "pen-reader",
        {
            "seconds": round(time.perf_counter() - start),
            "settings": settings | {"units": model.H},
            "seed": SEED,
            "parameters": rt.tree.size(params),
            "first_losses": history.losses[:10],
            "accuracy": found["accuracy"],
            "after_each_point": found["after_each_point"],
        },
    )
    path = results.RESULTS / "pen-reader.npz"
    results.write_arrays(path, rt.tree.leaves(params))


if __name__ == "__main__":
    main()
