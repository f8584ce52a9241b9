r"""Train a character model on War and Peace as Karpathy, Johnson & Fei-Fei (2015) did.

    python benchmarks/war_and_peace.py --text warpeace_input.txt.gz  # LSTM, 64 units
    python benchmarks/war_and_peace.py --text warpeace_input.txt.gz \
        --cell rnn --size 128

The text, 3,258,246 bytes, is not in this repository; its SHA-256 is checked. The size
of an RNN is that of the LSTM whose number of parameters it is given. A checkpoint is
written after each epoch, and at Ctrl-C, from which the same command goes on; it is
deleted at the end. Writes war-and-peace-CELL-SIZE.json and .log; with --seed
other than 1 the seed stands in the name, too. At the end the net and Kneser-Ney are
asked how surprising each closing quotation mark is (`war_and_peace_quotes.py`).

Settings of the paper and of its program, char-rnn: one-hot bytes, batches of 100 rows
by 100 steps with the state carried on, RMSProp with rate 0.002 and α = 0.95, from the
eleventh epoch on times 0.95 per epoch, 50 epochs, all parameters from U(−0.08, 0.08),
and the gradient clamped to ±5.  char-rnn sums the gradient over the 100 steps of a
batch where this package takes their mean, hence ±5/100 here.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
import war_and_peace_quotes as quotes
from _lib import results, texts
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.nets import EmbeddedParams
from rnntutor.text.scoring import row_log_probs

SETTINGS = {
    "B": 100,
    "T": 100,
    "epochs": 50,
    "lr": 2e-3,
    "alpha": 0.95,
    "decay": 0.95,
    "decay_after": 10,
    "clamp": 5 / 100,
    "bound": 0.08,
    "dtype": "float32",
}
CELLS = {"lstm": rt.LSTM(), "rnn": rt.RNN("tanh")}
FIRST = 10  # losses that a test computes again


def parameters(K, H, V):
    """How many parameters a model of one layer has, whose cell has K blocks."""
    return K * H * (V + H + 1) + H * V + V


def width(cell, size, V):
    """The hidden size: `size` for the LSTM; for the RNN the one with the LSTM's number
    of parameters.
    """
    if cell == "lstm":
        return size
    budget = parameters(4, size, V)
    return min(range(size, 4 * size), key=lambda H: abs(parameters(1, H, V) - budget))


@dataclass(frozen=True)
class OneHot(rt.Embedded):
    """A net that reads one-hot vectors of E symbols. They are looked up, as rows of the
    identity that are not learned, which takes half the time of the products.
    """

    def init(self, rng, D, H, dtype=np.float64):
        return self.inner.init(rng, D, H, dtype)

    def check_params(self, params, name="params"):
        return self.inner.check_params(params, name)

    def run(self, params, *rest):
        return super().run(self._with_rows(params), *rest)

    def run_backward(self, params, *rest):
        _, dstate0, grads = super().run_backward(self._with_rows(params), *rest)
        return None, dstate0, grads.net

    def _with_rows(self, params):
        return EmbeddedParams(np.eye(self.E, dtype=params.W_xh.dtype), params)


def build(settings, V):
    """The model and its first parameters, all from U(−bound, bound)."""
    rng, bound = np.random.default_rng(settings["seed"]), settings["bound"]
    H = width(settings["cell"], settings["size"], V)
    model = rt.Model(OneHot(rt.Fast(CELLS[settings["cell"]]), V), V, H, V)
    params = rt.tree.map(
        lambda p: rng.uniform(-bound, bound, p.shape).astype(settings["dtype"]),
        model.init(rng),
    )
    return model, params


class Epochs:
    """The batches of the training part, all epochs as a single pass: as in char-rnn
    the state is carried on from epoch to epoch, too, and `rnntutor.fit` begins each
    pass with the state zero.
    """

    def __init__(self, split, settings):
        self.split, self.settings = split, settings
        self.updates = len(split.train.inputs) // settings["T"]  # of one epoch

    def __len__(self):
        return self.settings["epochs"] * self.updates

    def __iter__(self):
        (inputs, targets), T = self.split.train, self.settings["T"]
        for i in range(len(self)):
            start = i % self.updates * T
            yield inputs[start : start + T], targets[start : start + T]


def fit(model, params, epochs, **options):
    """Train with a rate that falls by epochs; more arguments are those of
    `rnntutor.fit`.
    """
    settings, n = epochs.settings, epochs.updates
    start = (settings["decay_after"] - 1) * n
    rate = rt.train.exponential_decay(settings["lr"], settings["decay"], n, start)
    optimizer = rt.RMSProp(rate, settings["alpha"], clamp=settings["clamp"])
    return rt.fit(model, params, epochs, optimizer, carry_state=True, **options)


def first_losses(settings, split):
    """The losses of the first updates of a training."""
    model, params = build(settings, split.V)
    epochs = Epochs(split, settings)
    return fit(model, params, epochs, updates=FIRST, progress=False).history.losses


def stand_in():
    """A text that is always at hand, split in the same way: the beginning of
    Shakespeare's plays.
    """
    return texts.char_rnn_split(rt.shakespeare().train[:500_000].encode())


def nats(model, params, part, T):
    """−ln p of every byte of a part, (steps, B), each row read from the state zero
    on.
    """
    return -np.concatenate(list(row_log_probs(model, params, *part, T)))


def train(settings, split, trials):
    """Train to the end, or go on from the checkpoint; returns the model, its best
    parameters, and what there is to write down.

    An epoch is a trial, and its row the time that it took.
    """
    model, params = build(settings, split.V)
    epochs, begun = Epochs(split, settings), time.perf_counter()
    n, path = epochs.updates, checkpoint_of(trials)

    def loss(params, part):
        return float(nats(model, params, part, settings["T"]).mean(dtype=float))

    def watch(update, _, params):
        nonlocal begun
        before, begun = begun, time.perf_counter()
        trials.add({"epoch": update // n}, {"seconds": begun - before})

    with results.logged(trials.name, append=path.exists()) as log:
        fitted = fit(
            model,
            params,
            epochs,
            validation=rt.Validation(
                lambda params: loss(params, split.valid), every=n, log=log, watch=watch
            ),
            checkpoint=rt.Checkpoint(path, n, resume=True, about=settings),
        )
    if fitted.stopped == "interrupted":
        sys.exit("interrupted; the same command goes on")
    history = fitted.history
    took = trials.rows([{"epoch": i + 1} for i in range(settings["epochs"])])
    means = np.reshape(history.losses, (-1, n)).mean(axis=1)
    content = {
        "settings": settings,
        "parameters": rt.tree.size(params),
        "H": model.H,
        "seconds": round(sum(row["seconds"] for row in took)),
        "first_losses": history.losses[:FIRST],
        "train_losses": [round(float(mean), 5) for mean in means],
        "valid_losses": [round(one, 5) for one in history.valid_losses],
        "best_epoch": int(np.argmin(history.valid_losses)) + 1,
        # of the parameters with the lowest validation loss
        "test_loss": round(loss(fitted.best, split.test), 5),
        "test_loss_last": round(loss(fitted.params, split.test), 5),
    }
    return model, fitted.best, content


def checkpoint_of(trials):
    """Where the state of a training is kept until its end."""
    return trials.path.with_suffix(".checkpoint")


def main():
    """Train, with a log, and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument(
        "--text", required=True, help="warpeace_input.txt, gzipped or plain"
    )
    options.add_argument("--cell", choices=tuple(CELLS), default="lstm")
    options.add_argument("--size", type=int, default=64, help="units of the LSTM")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    data = texts.read(asked.text, "war-and-peace")
    split, values = texts.char_rnn_split(data), np.unique(np.frombuffer(data, np.uint8))
    own = {"cell": asked.cell, "size": asked.size, "seed": asked.seed}
    settings = SETTINGS | own
    name = f"war-and-peace-{asked.cell}-{asked.size}"
    name += f"-seed{asked.seed}" if asked.seed != 1 else ""
    trials = Trials(name, lambda trial: settings)
    model, best, content = train(settings, split, trials)
    of_each = nats(model, best, split.test, settings["T"])
    content["by_distance"] = quotes.by_distance(split, values, of_each)
    content["stand_in_losses"] = first_losses(settings, stand_in())
    trials.finish(content)
    checkpoint_of(trials).unlink()


if __name__ == "__main__":
    main()
