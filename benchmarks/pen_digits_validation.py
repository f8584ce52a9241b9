"""Training digits held out, by which `pen_digits.py` chooses its settings."""

from __future__ import annotations

import time

import numpy as np
from _lib.rates import climb
from _lib.resume import Trials
from pen_digits_nets import NETS, SETTINGS, accuracy, read, train

HELD_OUT = 5  # every fifth writer
# For the net that reads both ways:
CANDIDATES = [
    {"epochs": epochs, "thin": thin} for epochs in (10, 15) for thin in (0, 0.6)
]
# What is tried first for each net; one setting after the other is doubled and halved
# for as long as that helps.
STARTS = {"points": {"lr": 4e-3, "jitter": 0.2}, "rows": {"lr": 4e-3, "epochs": 80}}


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
    """Write down what nets make of the digits held out, by settings: for points and
    rows each net, for strokes the one that reads both ways.
    """
    held_out, rest, writers = parted(kind, digits)
    own = STARTS.get(kind, CANDIDATES[0])
    shared = {key: of for key, of in SETTINGS[kind].items() if key not in own}
    trials = Trials(f"pen-{kind}-validation", lambda trial: shared)

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
        row = {"settings": settings, **columns, "seconds": seconds}
        if row not in tried:
            tried.append(row)
        return judged(kind, row)

    if kind in STARTS:
        for net in chosen_for(kind):
            best = {"net": net} | STARTS[kind]
            for key in STARTS[kind]:
                best[key] = best_of(key, best, loss_of)
    else:
        for candidate in CANDIDATES:
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


def judged(kind, row):
    """What is to be smallest: the cross-entropy, but for the points the share read
    wrong, by which the other methods are chosen, too.
    """
    return -np.mean(row["accuracy"]) if kind == "points" else np.mean(row["loss"])


def best_of(key, settings, loss_of):
    """The best value of one setting, with the others as they are."""
    kind = type(settings[key])  # epochs stay whole
    return kind(climb(lambda at: loss_of(settings | {key: kind(at)}), settings[key]))


def chosen_for(kind):
    """The nets that have settings of their own; the one that answers after every point
    has those of the LSTM that reads forward.
    """
    return [net for net in NETS[kind] if net != "every point"]
