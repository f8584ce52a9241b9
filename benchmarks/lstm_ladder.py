r"""The task of chapter 7 over longer and longer lags: RNNs beside LSTMs and GRUs.

    python benchmarks/lstm_ladder.py  # fifteen minutes, on a busy core forty-five

The nets of a row start from five seeds and are trained at three learning rates, with
200 updates each, as in the chapter; at each lag the best of the rates counts. The cells
have the same number of parameters: 336, which are 16 units of an RNN, 7 of an LSTM and
8 of a GRU. In one row the LSTM has 16 units, too. What is finished at a lag is written
down at once; begun again, the script goes on from there. Writes lstm-ladder.json.
"""

from __future__ import annotations

import time

import numpy as np
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.lab.long_lags import first_symbol
from rnntutor.lab.long_lags.nets import bias_for, build

NAME = "lstm-ladder"
SETTINGS = {
    "H": {"RNN": 16, "LSTM": 7, "GRU": 8, "the same, 16 units": 16},
    "B": 32,
    "updates": 200,
    "lr": [0.01, 0.03, 0.3],
    "momentum": 0.9,
    "clip": 1.0,
    "seeds": 5,
    "lags": [10, 20, 40, 80, 160],
}


def nets(lag):
    """The rows: a cell, its width, and what is done to its first parameters."""
    H, fitting = SETTINGS["H"], bias_for(lag)
    of_lstm = {
        "LSTM, bias 0": (0.0, H["LSTM"]),
        "LSTM, bias 1": (1.0, H["LSTM"]),
        "LSTM, bias 5": (5.0, H["LSTM"]),
        "LSTM, bias for lag": (fitting, H["LSTM"]),
        "the same, 16 units": (fitting, H["the same, 16 units"]),
    }

    def built(name, width):
        cell, start = build(name, lag)
        return cell, width, start

    return {
        "RNN": built("RNN", H["RNN"]),
        "RNN, orthogonal": built("RNN, orthogonal", H["RNN"]),
        **{
            name: (rt.LSTM(forget_bias=bias), width, lambda params, _: params)
            for name, (bias, width) in of_lstm.items()
        },
        "GRU": built("GRU", H["GRU"]),
        "GRU, bias for lag": built("GRU, bias for the lag", H["GRU"]),
    }


def train(cell, H, start, lag, lr, seed, updates=SETTINGS["updates"]):
    """Train a net; returns the losses, and the share of right answers to 500 new
    sequences.
    """
    rng = np.random.default_rng(seed)
    model = rt.Model(cell, D=4, H=H, V=2)
    params = start(model.init(rng), rng)
    tasks = (first_symbol(rng, lag + 1, SETTINGS["B"], 2) for _ in range(updates))
    batches = ((xs, targets, {"scored": last}) for xs, targets, last in tasks)
    optimizer = rt.SGD(lr, momentum=SETTINGS["momentum"], clip=SETTINGS["clip"])
    fitted = rt.fit(
        model, params, batches, optimizer, reduce="sequence", progress=False
    )
    test = first_symbol(np.random.default_rng(99), lag + 1, 500, 2)
    answers = model.forward(fitted.params, test.xs).ys_raw[-1].argmax(axis=-1)
    return fitted.history.losses, float(np.mean(answers == test.targets[-1]))


def at(net, lag):
    """Train one net of `nets` at one lag: a row of `Trials`."""
    began, built = time.perf_counter(), nets(lag)[net]
    runs = [
        [train(*built, lag, lr, seed) for seed in range(SETTINGS["seeds"])]
        for lr in SETTINGS["lr"]
    ]
    right = [[round(share, 3) for _, share in one] for one in runs]
    print(f"lag {lag:3d}  {net:20s}", *right, flush=True)
    return {
        "right": right,  # rates × seeds
        "first_losses": runs[0][0][0][:5],
        "seconds": round(time.perf_counter() - began, 1),
    }


def main():
    """Train every net at every lag, and write the record."""
    names, lags = list(nets(1)), SETTINGS["lags"]
    trials = Trials(NAME, lambda trial: SETTINGS)
    series = [{"net": net, "lag": lag} for net in names for lag in lags]
    rows = trials.run(at, series)

    def of_each(what):
        return {
            name: [row[what] for row in rows if row["net"] == name] for name in names
        }

    trials.finish(
        {
            "settings": SETTINGS,
            "seconds": round(sum(row["seconds"] for row in rows)),
            "right": of_each("right"),  # of each net: lags × rates × seeds
            "first_losses": of_each("first_losses"),  # of the first rate and seed
        }
    )


if __name__ == "__main__":
    main()
