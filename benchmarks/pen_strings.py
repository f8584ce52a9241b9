r"""Strings of handwritten digits, read without being cut up: the label error rate of
nets trained with connectionist temporal classification (Graves et al. 2006).

    python benchmarks/pen_strings.py pendigits-orig-train.unipen.gz \
        pendigits-orig-test.unipen.gz

The two files, of UCI's data set 81 (Alpaydin & Alimoglu 1998, doi 10.24432/C5MG6K, CC
BY 4.0), are not in this repository, and their SHA-256 is checked. A string has two to
six digits of one writer, of random sizes and with random gaps; the pen is lifted within
digits, too, in most of the 4s, 5s and 7s. Each digit is in one string, in training in
another one in each epoch.

An LSTM that reads both ways learns to read strings point by point. Beside it is what
can be done by cutting: at every lift of the pen, or at the widest gaps, where the
number of digits is given away. The pieces are read by the net that reads single digits
best, trained on the same digits for as many epochs.

The writers are in three groups: 24 of the 30 in the first file for training, every
fifth for validation, the 14 in the second file for the test. The learning rate of each
net is doubled and halved as long as that lowers the loss on the writers for validation,
with a seed of its own; then three other seeds run with it. (Prefix search, which takes
longer than the training, is done for the first of them.) Epochs and batches were set
beforehand. Finished trainings are kept in pen-strings.partial, and the same command
goes on. Ten minutes of one core. Writes pen-strings.json and, with the parameters of
one net in half precision, pen-strings.npz.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib import results
from _lib.rates import climb
from _lib.resume import Trials
from pen_digits_nets import SETTINGS as DIGIT_SETTINGS
from pen_digits_nets import read
from pen_digits_nets import train as train_on_digits
from pen_digits_sequences import segments
from pen_digits_sequences import strokes as digit_sequences
from pen_strings_data import CUTS, StringBatches, batches_of, pieces, setup

import rnntutor as rt
from rnntutor.model.ctc import Transcriber, best_path, error_rate, prefix_search

SETTINGS = {
    "H": 64,  # units in each direction
    "epochs": 12,
    "B": 16,  # strings, of four digits on average
    "clip": 1.0,
    "jitter": 0.2,
    "thin": 0.6,
    "moves": 8,
    "dtype": "float32",
    # of the strings; the unit is the longer side of a digit of average size
    "sizes": [0.7, 1.3],
    "heights": 0.15,
    "gaps": [-0.2, 0.4],  # a third of the digits overlap the one before
    "beam": 4,
}
NETS = ("strings", "single digits")
START = 8e-3  # the learning rate that is tried first
SWEEP_SEED, SEEDS = 101, (1, 2, 3)
KEPT, WEIGHTS = ("strings", SEEDS[0]), results.RESULTS / "pen-strings.npz"
FIRST = 10  # losses that a test computes again
V = 11  # ten digits and the blank


def settings_of(job):
    """What a training that is there has to agree with to be taken over."""
    if job["net"] != "single digits":
        return SETTINGS
    own = {"epochs": SETTINGS["epochs"], "lr": job["lr"]}
    return SETTINGS | {"digits": DIGIT_SETTINGS["strokes"] | own}


def build(rng):
    """A transcriber and its parameters."""
    cell = rt.Bidirectional(rt.Fast(rt.LSTM()))
    model = Transcriber(rt.Model(cell, D=4, H=SETTINGS["H"], V=V))
    return model, model.init(rng, np.dtype(SETTINGS["dtype"]))


def train(digits, lr, seed, stop=None, **options):
    """Train a net on strings; returns model, parameters, history."""
    rng = np.random.default_rng(seed)
    model, params = build(rng)
    # each digit once an epoch, four in a string on average
    updates = round(SETTINGS["epochs"] * len(digits) / (4 * SETTINGS["B"]))
    optimizer = rt.Adam(rt.train.linear_decay(lr, updates), clip=SETTINGS["clip"])
    fitted = rt.fit(
        model,
        params,
        StringBatches(digits, rng, SETTINGS),
        optimizer,
        epochs=2 * SETTINGS["epochs"],  # more than there will be
        updates=stop or updates,
        reduce="sequence",
        **options,
    )
    return model, fitted.params, fitted.history


def loss_of(model, params, some):
    """Nats a label over all strings."""
    nats = 0.0
    for (xs, labels, how), _ in batches_of(some, SETTINGS):
        nats += model.loss(params, xs, labels, reduce="sum", **how)
    return float(nats) / sum(len(one.labels) for one in some)


def transcribed(model, params, some, search=True):
    """What is read in each string, by the best path and by prefix search."""
    ways = ("best path", "prefix search") if search else ("best path",)
    said = {way: [None] * len(some) for way in ways}
    for (xs, _, how), chosen in batches_of(some, SETTINGS):
        ys_raw = model.forward(params, xs, **how).ys_raw
        for b, labels in enumerate(best_path(ys_raw, how["mask"])):
            said["best path"][chosen[b]] = labels
        if not search:
            continue
        for b, beam in enumerate(prefix_search(ys_raw, SETTINGS["beam"], how["mask"])):
            said["prefix search"][chosen[b]] = beam[0].labels
    return said


def cut_and_read(model, params, some):
    """What is read in each string once it is cut, by the two ways to cut."""
    said = {}
    for name, cut in CUTS.items():
        digits, counts = pieces(some, cut, SETTINGS["moves"])
        labels = read(model, params, digits, SETTINGS["dtype"]).argmax(axis=1)
        said[name] = np.split(labels, np.cumsum(counts)[:-1])
    return said


def measured(said, some):
    """The label error rate of each way of reading, in per cent, and what was read."""
    labels = [one.labels for one in some]
    return {
        how: {
            "label_error_rate": round(100 * error_rate(found, labels), 4),
            "right": round(100 * np.mean(list(map(np.array_equal, found, labels))), 4),
            "said": ["".join(map(str, one)) for one in found],
        }
        for how, found in said.items()
    }


def trial(data, how, net, lr, seed, keep=lambda params: None):
    """A training: what a "sweep" gives on the writers for validation, what it gives
    otherwise on those for the test. `keep` is called with the parameters.
    """
    start = time.perf_counter()
    some = data.valid_strings if how == "sweep" else data.test_strings
    if net == "single digits":
        settings = settings_of({"net": net, "lr": lr})["digits"]
        digits = digit_sequences(data.train, settings["moves"])
        valid = digit_sequences(data.valid, settings["moves"])
        model, params, history = train_on_digits("both ways", digits, seed, settings)
        ps = read(model, params, valid, settings["dtype"])
        ps = ps[np.arange(len(ps)), valid.labels]
        loss = float(-np.log(np.maximum(ps, 1e-30)).mean())
        said = cut_and_read(model, params, some)
    else:
        model, params, history = train(data.train, lr, seed)
        loss = loss_of(model, params, data.valid_strings)
        said = transcribed(
            model, params, some, search=how == "learn" and seed == SEEDS[0]
        )
    keep(params)
    found = measured(said, some)
    rates = {name: one["label_error_rate"] for name, one in found.items()}
    print(f"{how}  {net}  {lr:g}  seed {seed}  {loss:.4f} nats  {rates}", flush=True)
    if how == "sweep":
        found = rates
    return {
        "valid_loss": round(loss, 5),
        "found": found,
        "first_losses": history.losses[:FIRST],
        "last_loss": float(np.mean(history.losses[-100:])),
        "parameters": rt.tree.size(params),
        "seconds": round(time.perf_counter() - start),
    }


def main():
    """Train what is missing and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("train", help="the file of the training digits")
    options.add_argument("test", help="the file of the test digits")
    asked = options.parse_args()
    data = setup(*segments([asked.train, asked.test]), SETTINGS)
    trials = Trials("pen-strings", settings_of)

    def keep(params):
        results.write_arrays(WEIGHTS, rt.tree.leaves(params))

    def run(**job):
        kept = (job["how"], job["net"], job["seed"]) == ("learn", *KEPT)
        return trial(data, **job, **({"keep": keep} if kept else {}))

    sweep, rates = [], {}

    def loss_at(net, lr):
        job = {"how": "sweep", "net": net, "lr": lr, "seed": SWEEP_SEED}
        sweep.extend(trials.run(run, [job]))
        return sweep[-1]["valid_loss"]

    rows = []
    for net in NETS:
        rates[net] = climb(lambda lr, net=net: loss_at(net, lr), START)
        chosen = {"how": "learn", "net": net, "lr": rates[net]}
        rows += trials.run(run, [chosen | {"seed": seed} for seed in SEEDS])
    trials.finish(
        {
            "seconds": sum(row["seconds"] for row in [*sweep, *rows]),
            "settings": SETTINGS,
            "digits": {name: len(getattr(data, name)) for name in data._fields},
            "rates": rates,
            "labels": ["".join(map(str, one.labels)) for one in data.test_strings],
            "tried": sweep,
            "trials": rows,
        }
    )


if __name__ == "__main__":
    main()
