r"""The task of chapter 7 over longer and longer lags: RNNs beside LSTMs.

    python benchmarks/lstm_ladder.py  # ten minutes, on a busy core twenty

The nets of a row start from five seeds and are trained at three learning rates, with
200 updates each, as in the chapter; at each lag the best of the rates counts. The cells
have the same number of parameters: 336, which are 16 units of an RNN and 7 of an LSTM.
In the last row the LSTM has 16 units, too. Writes lstm-ladder.json.
"""

from __future__ import annotations

import time

import numpy as np
from _lib import results

import rnntutor as rt
from rnntutor.lab.long_lags import first_symbol
from rnntutor.lab.long_lags.spectral import orthogonal

NAME = "lstm-ladder"
SETTINGS = {
    "H": {"equal width": 16, "equal parameters": 7},
    "B": 32,
    "updates": 200,
    "lr": [0.01, 0.03, 0.3],
    "momentum": 0.9,
    "clip": 1.0,
    "seeds": 5,
    "lags": [10, 20, 40, 80, 160],
}


def from_orthogonal(rng, params):
    """Parameters whose W_hh is orthogonal."""
    W_hh = orthogonal(rng, len(params.cell.W_hh))
    return params._replace(cell=params.cell._replace(W_hh=W_hh))


def nets(lag):
    """The rows: a cell, its width, and what is done to its first parameters."""
    wide, narrow = SETTINGS["H"].values()
    fitting = float(np.log(lag / np.log(2)))
    return {
        "RNN": (rt.RNN("tanh"), wide, None),
        "RNN, orthogonal": (rt.RNN("tanh"), wide, from_orthogonal),
        "LSTM, bias 0": (rt.LSTM(forget_bias=0.0), narrow, None),
        "LSTM, bias 1": (rt.LSTM(forget_bias=1.0), narrow, None),
        "LSTM, bias for lag": (rt.LSTM(forget_bias=fitting), narrow, None),
        "the same, 16 units": (rt.LSTM(forget_bias=fitting), wide, None),
    }


def train(cell, H, change, lag, lr, seed, updates=SETTINGS["updates"]):
    """Train a net; returns the losses, and the share of right answers to 500 new
    sequences.
    """
    rng = np.random.default_rng(seed)
    model = rt.Model(cell, D=4, H=H, V=2)
    params = model.init(rng)
    if change is not None:
        params = change(rng, params)
    tasks = (first_symbol(rng, lag + 1, SETTINGS["B"], 2) for _ in range(updates))
    batches = ((xs, targets, {"scored": last}) for xs, targets, last in tasks)
    optimizer = rt.SGD(lr, momentum=SETTINGS["momentum"], clip=SETTINGS["clip"])
    fitted = rt.fit(
        model, params, batches, optimizer, reduce="sequence", progress=False
    )
    test = first_symbol(np.random.default_rng(99), lag + 1, 500, 2)
    answers = model.forward(fitted.params, test.xs).ys_raw[-1].argmax(axis=-1)
    return fitted.history.losses, float(np.mean(answers == test.targets[-1]))


def main():
    """Train every net at every lag, and write the record."""
    start, right, first = time.perf_counter(), {}, {}
    for lag in SETTINGS["lags"]:
        for name, net in nets(lag).items():
            runs = {
                lr: [train(*net, lag, lr, seed) for seed in range(SETTINGS["seeds"])]
                for lr in SETTINGS["lr"]
            }
            shares = [[round(share, 3) for _, share in one] for one in runs.values()]
            right.setdefault(name, []).append(shares)
            first.setdefault(name, []).append(runs[SETTINGS["lr"][0]][0][0][:5])
            print(f"lag {lag:3d}  {name:20s}", *shares, flush=True)
    content = {
        "settings": SETTINGS,
        "seconds": round(time.perf_counter() - start),
        "right": right,  # of each net: lags × rates × seeds
        "first_losses": first,  # of the first rate and seed, at each lag
    }
    results.write(NAME, content)


if __name__ == "__main__":
    main()
