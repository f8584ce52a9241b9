"""Training digits held out, by which `pen_digits.py` chooses its settings."""

from __future__ import annotations

import time

import numpy as np
from _lib.rates import climb
from _lib.resume import Trials
from pen_digits_nets import NETS, SETTINGS, accuracy, read, train

HELD_OUT = 5  # every fifth writer
CANDIDATES = {
    "strokes": [
        {"epochs": epochs, "thin": thin} for epochs in (10, 15) for thin in (0, 0.6)
    ],
    "rows": [{"epochs": epochs} for epochs in (20, 40, 80)],
}
START = 4e-3  # the learning rate that is tried first


def parted(kind, digits):
    """The digits held out, the others, and of how many writers the first are; None
    where the set does not say.
    """
    fifth = digits.writers % HELD_OUT == 0
    named = len(set(digits.writers.tolist())) < len(digits.writers)
    if not named:
        fifth = np.random.default_rng(0).permutation(fifth)
    held_out = digits.take(np.flatnonzero(fifth))
    writers = len(set(held_out.writers.tolist())) if named else None
    return held_out, digits.take(np.flatnonzero(~fifth)), writers


def validate(kind, digits, seeds):
    """Write down what nets make of the digits held out, by settings: for the points
    each net, otherwise the one that reads both ways.
    """
    held_out, rest, writers = parted(kind, digits)
    trials = Trials(
        f"pen-{kind}-validation", lambda trial: SETTINGS[kind] | {"lr": None}
    )

    def run(seed, net="both ways", **candidate):
        start, settings = time.perf_counter(), SETTINGS[kind] | candidate
        model, params, _ = train(net, rest, seed, settings)
        ps = read(model, params, held_out, settings["dtype"])
        right = accuracy(ps.argmax(axis=1), held_out.labels)
        of_truth = ps[np.arange(len(ps)), held_out.labels]
        nats = round(float(-np.log(np.maximum(of_truth, 1e-30)).mean()), 5)
        print(
            f"{net} {candidate}  seed {seed}  {right:.2f} %, {nats:.4f} nats", flush=1
        )
        seconds = round(time.perf_counter() - start)
        return {"accuracy": right, "loss": nats, "seconds": seconds}

    tried = []

    def loss_of(settings):
        rows = trials.run(run, [settings | {"seed": seed} for seed in seeds])
        columns = {key: [row[key] for row in rows] for key in ("accuracy", "loss")}
        seconds = sum(row["seconds"] for row in rows)
        tried.append({"settings": settings, **columns, "seconds": seconds})
        return np.mean(columns["loss"])

    if kind == "points":
        for net in NETS[kind][:-1]:
            climb(lambda lr, net=net: loss_of({"net": net, "lr": lr}), START)
    for candidate in CANDIDATES.get(kind, []):
        loss_of(candidate)
    trials.finish(
        {
            "digits": len(held_out.labels),
            "writers": writers,
            "seeds": list(seeds),
            "tried": tried,
            "seconds": sum(one["seconds"] for one in tried),
        }
    )
