"""What `pen_digits.py` trains: settings and nets, their training, and what there is to
say about a net on digits that it has not seen.
"""

from __future__ import annotations

import numpy as np
from pen_digits_sequences import Batches

import rnntutor as rt
from rnntutor.text.batches import pad

SETTINGS = {
    "points": {
        # units in each direction of the net that reads both ways; the others' follow
        # from it
        "H": 64,
        "epochs": 25,
        "B": 64,
        "lr": 4e-3,
        "clip": 1.0,
        # how far the linear maps that bend each digit are from the identity
        "jitter": 0.2,
        "dtype": "float32",
    },
    "strokes": {
        "H": 64,
        "epochs": 15,
        "B": 64,
        "lr": 8e-3,
        "clip": 1.0,
        "jitter": 0.2,
        # the largest share of points that is left out of a digit in training
        "thin": 0.6,
        # a move from one point to the next is short; made this many times as long
        "moves": 8,
        "dtype": "float32",
    },
    "rows": {
        "H": 64,
        "epochs": 80,
        "B": 64,
        "lr": 4e-3,
        "clip": 1.0,
        "jitter": 0,
        "dtype": "float32",
    },
}
NETS = {
    "points": ("both ways", "forward", "RNN", "every point"),
    "strokes": ("both ways", "forward"),
    "rows": ("both ways", "forward"),
}


def build(net, D, H, rng, dtype):
    """A model with about as many parameters as that which reads both ways with H units;
    its parameters.
    """
    readout = "steps" if net == "every point" else "final"
    cell = rt.RNN("tanh") if net == "RNN" else rt.LSTM()
    if net == "both ways":
        cell = rt.Bidirectional(cell)
    else:
        budget = parameters(4, D, H, directions=2)
        K = 1 if net == "RNN" else 4
        H = min(
            range(H, 8 * H), key=lambda width: abs(parameters(K, D, width) - budget)
        )
    model = rt.Model(cell, D, H, 10, readout=readout)
    return model, model.init(rng, np.dtype(dtype))


def parameters(K, D, H, directions=1, V=10):
    """How many parameters a model has whose cell has K blocks."""
    return directions * (K * H * (D + H + 1) + H * V) + V


def train(net, digits, seed, settings, stop=None, **options):
    """Train a net; returns model, parameters, history."""
    rng = np.random.default_rng(seed)
    model, params = build(
        net, digits.xs[0].shape[1], settings["H"], rng, settings["dtype"]
    )
    batches = Batches(digits, rng, settings, model.readout)
    schedule = rt.train.linear_decay(settings["lr"], settings["epochs"] * len(batches))
    optimizer = rt.Adam(schedule, clip=settings["clip"])
    fitted = rt.fit(
        model,
        params,
        batches,
        optimizer,
        epochs=settings["epochs"],
        updates=stop,
        **options,
    )
    return model, fitted.params, fitted.history


def read(model, params, digits, dtype):
    """Probabilities (N, 10) of the labels when all is read."""
    order = np.argsort([len(one) for one in digits.xs], kind="stable")
    out = np.empty((len(order), 10))
    for chosen in np.array_split(order, -(-len(order) // 250)):
        xs, mask = pad([digits.xs[i] for i in chosen])
        ys_raw = model.forward(params, xs.astype(dtype), mask=mask).ys_raw
        out[chosen] = rt.softmax(ys_raw[-1])
    return out


def measure(model, params, digits, dtype):
    """What there is to say about a net on digits that it has not seen."""
    said = read(model, params, digits, dtype).argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (digits.labels, said), 1)
    wrong = np.flatnonzero(said != digits.labels)
    found = {
        "accuracy": accuracy(said, digits.labels),
        "confusion": confusion.tolist(),  # row: what it is; column: what the net says
        # which digits, and what the net says
        "wrong": [[int(i), int(said[i])] for i in wrong],
    }
    if max(map(len, digits.xs)) == 8 and digits.xs[0].shape[1] == 2:
        starts = (
            digits._replace(xs=[one[:t] for one in digits.xs]) for t in range(1, 9)
        )
        found["after_each_point"] = [
            accuracy(read(model, params, start, dtype).argmax(axis=1), digits.labels)
            for start in starts
        ]
    return found


def accuracy(said, labels):
    """In per cent."""
    return round(100 * float(np.mean(said == labels)), 4)
