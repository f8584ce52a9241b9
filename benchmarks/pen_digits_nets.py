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
        # chosen on writers held out, as is how far the linear maps that bend each
        # digit are from the identity
        "lr": {
            "MLP": 4e-3,
            "RNN": 4e-3,
            "GRU": 8e-3,
            "both ways": 16e-3,
            "forward": 16e-3,
            "every point": 16e-3,
        },
        "clip": 1.0,
        "jitter": {
            "MLP": 0.1,
            "RNN": 0.2,
            "GRU": 0.2,
            "both ways": 0.1,
            "forward": 0.2,
            "every point": 0.2,
        },
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
        "epochs": {"both ways": 80, "forward": 40},
        "B": 64,
        "lr": {"both ways": 16e-3, "forward": 8e-3},
        "clip": 1.0,
        "jitter": 0,
        "dtype": "float32",
    },
}
NETS = {
    "points": ("MLP", "RNN", "GRU", "both ways", "forward", "every point"),
    "strokes": ("both ways", "forward"),
    "rows": ("both ways", "forward"),
}

STEPS = 8  # points of a digit of which all are read at once
CELLS = {
    # a step from a state of zeros is a layer: the weights between states do nothing
    "MLP": rt.Stacked([rt.RNN("tanh"), rt.RNN("tanh")]),
    "RNN": rt.RNN("tanh"),
    "GRU": rt.GRU(),
}


def build(net, D, H, rng, dtype):
    """A model with about as many parameters as that which reads both ways with H units;
    its parameters.
    """
    readout = "steps" if net == "every point" else "final"
    if net == "both ways":
        cell = rt.Bidirectional(rt.Fast(rt.LSTM()))
    else:
        budget = parameters(4, D, H, directions=2)
        widths = range(H, 8 * H)
        H = min(widths, key=lambda width: abs(size(net, D, width) - budget))
        cell = CELLS.get(net, rt.Fast(rt.LSTM()))
    D = STEPS * D if net == "MLP" else D
    model = rt.Model(cell, D, H, 10, readout=readout)
    return model, model.init(rng, np.dtype(dtype))


def parameters(K, D, H, directions=1, V=10):
    """How many parameters a model has whose cell has K blocks."""
    return directions * (K * H * (D + H + 1) + H * V) + V


def size(net, D, H):
    """How many parameters a net that reads forward has, or a multilayer perceptron of
    which nothing is counted that it does not use.
    """
    if net == "MLP":
        return H * (STEPS * D + 1) + H * (H + 1) + 10 * (H + 1)
    if net == "GRU":  # it has a second bias
        return parameters(3, D + 1, H)
    return parameters(1 if net == "RNN" else 4, D, H)


def used(net, params):
    """How many parameters a trained net uses."""
    if net == "MLP":
        D, H = params.cell[0].W_xh.shape
        return size(net, D // STEPS, H)
    return rt.tree.size(params)


def as_read(net, xs):
    """A batch as a net gets it: for the perceptron all points are one step."""
    return xs.swapaxes(0, 1).reshape(1, xs.shape[1], -1) if net == "MLP" else xs


class AtOnce:
    """Batches of digits of which the perceptron reads all points at once."""

    def __init__(self, batches):
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        for xs, targets in self.batches:
            yield as_read("MLP", xs), targets


def settings_of(net, settings):
    """The settings of one net, where some have a value for each."""
    return {
        key: of[net] if isinstance(of, dict) else of for key, of in settings.items()
    }


def train(net, digits, seed, settings, stop=None, **options):
    """Train a net; returns model, parameters, history."""
    settings, rng = settings_of(net, settings), np.random.default_rng(seed)
    model, params = build(
        net, digits.xs[0].shape[1], settings["H"], rng, settings["dtype"]
    )
    batches = Batches(digits, rng, settings, model.readout)
    if net == "MLP":
        batches = AtOnce(batches)
    updates = settings["epochs"] * len(batches)
    schedule = rt.train.linear_decay(settings["lr"], updates)
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
        if model.D == STEPS * xs.shape[2]:
            xs, mask = as_read("MLP", xs), None
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
    if max(map(len, digits.xs)) == STEPS and digits.xs[0].shape[1] == model.D == 2:
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
