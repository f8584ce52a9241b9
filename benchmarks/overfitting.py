"""What dropout and weight decay do to a net that over-fits: a section of chapter 6.

    python benchmarks/overfitting.py  # some minutes of one core

A net of two layers reads the same 50,000 characters of the plays a hundred times over.
Writes overfitting.json: for each setting the mean training loss and the validation
loss after every 250 updates, from the same first parameters, and the test loss of the
parameters that did best in validation.
"""

from __future__ import annotations

import time

import numpy as np
from _lib import results

import rnntutor as rt

SETTINGS = {
    "characters": 50_000,
    "H": 128,
    "layers": 2,
    "B": 16,
    "T": 32,
    "lr": 0.002,
    "clip": 1.0,
    "updates": 10_000,
    "every": 250,
}
RUNS = [
    {"dropout": dropout, "decay": decay}
    for dropout, decay in [
        (0.0, 0.0), (0.2, 0.0), (0.5, 0.0), (0.0, 0.2), (0.0, 1.0), (0.5, 0.2)
    ]
]  # fmt: skip


def train(corpus, dropout, decay):
    """Train one net; the losses as they go into the record."""
    s = SETTINGS
    net = rt.LanguageModel(
        rt.Vocabulary.from_text(corpus.train),
        np.random.default_rng(1),
        H=s["H"],
        cell=rt.Stacked((rt.Fast(rt.RNN("tanh")),) * s["layers"], dropout),
        dtype=np.float32,
    )
    history = net.fit(
        corpus.train[: s["characters"]],
        corpus.valid,
        optimizer=rt.Adam(s["lr"], clip=s["clip"], decay=decay),
        B=s["B"],
        T=s["T"],
        epochs=s["updates"],
        updates=s["updates"],
        every=s["every"],
        renew=None,
        rng=np.random.default_rng(2),
        progress=False,
    )
    train_losses = np.reshape(history.losses, (-1, s["every"])).mean(axis=1)
    return {
        "train": [round(float(loss), 4) for loss in train_losses],
        "valid": [round(loss, 4) for loss in history.valid_losses],
        "test": round(net.evaluate(corpus.test), 4),
    }


def main():
    """Train with each setting and write the record."""
    start, corpus, runs = time.perf_counter(), rt.shakespeare(), []
    for one in RUNS:
        runs.append(one | train(corpus, **one))
        print(one, min(runs[-1]["valid"]), runs[-1]["valid"][-1], flush=True)
    seconds = round(time.perf_counter() - start)
    results.write(
        "overfitting", {"settings": SETTINGS, "seconds": seconds, "runs": runs}
    )


if __name__ == "__main__":
    main()
