"""LRCN in small: who can tell how a digit moves, from features of the frames?

    python benchmarks/lrcn_clips.py

A CNN learns to name the digit in a single frame. Then it stands still, and readers
learn from its features to say which digit a clip shows and how it moves. Of a kind of
clips all readers learn from the same ones, in the same number of updates; a learning
rate is chosen for each by the same rule, on digits that are neither learned from nor
tested on, with a seed that is not reported. Three other seeds are, with clips
and first weights of their own.

The result goes to lrcn-clips.json, the parameters of the CNN to lrcn-clips.npz.
Finished trainings stand in a .partial beside them, and the same command goes on with
those that are missing. The seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import functools
import time

import numpy as np
from _lib import results
from _lib.rates import lowest
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.lab import pictures as vision
from rnntutor.lab.records import arrays
from rnntutor.text.minibatches import Minibatches

SETTINGS = {
    "noise": 0.2,
    "F": 64,  # features
    "cnn": {"clips": 4000, "epochs": 3, "B": 8, "lr": 3e-3},
    "clips": 2000,
    "valid_clips": 500,
    "test_clips": 1000,
    "B": 32,
    "epochs": {"round": 8, "there and back": 24},
    # first the two in the middle, then on to the side where the loss falls, until it
    # rises
    "rates": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
    "H": 64,
    "dtype": "float32",
}
VALID, SEEDS = 0, (1, 2, 3)
FAMILIES = {"round": vision.MOTIONS, "there and back": vision.RETURNS}
# What each reader is shown, and the cell that reads it; a look that no state is carried
# to makes of the RNN a net with one hidden layer.
READERS = {
    "frames": (vision.frames, rt.Fast(rt.RNN("relu"))),
    "mean": (vision.mean, rt.Fast(rt.RNN("relu"))),
    "changes": (vision.changes, rt.Fast(rt.RNN("relu"))),
    "side by side": (vision.side_by_side, rt.Fast(rt.RNN("relu"))),
    "RNN": (None, rt.Fast(rt.RNN("tanh"))),
    "GRU": (None, rt.GRU()),
    "LSTM": (None, rt.Fast(rt.LSTM())),
}
ORDERED = ("changes", "side by side", "RNN", "GRU", "LSTM")  # those that may know it
LONGER = ("RNN", "GRU", "LSTM")  # trained again at the same rates, three times as long
FIRST = 10  # losses that a test computes again
CNN = results.RESULTS / "lrcn-clips.npz"


def cnn_model(settings):
    """The CNN with a readout at every frame."""
    return rt.Model(vision.CNN(), 256, settings["F"], 10)


def train_cnn(settings, stop=None):
    """To name the digit in single frames; the parameters, and the loss of each
    update.
    """
    rng, own = np.random.default_rng(VALID), settings["cnn"]
    source = vision.digit_images().train
    clips = vision.moving_digits(source, own["clips"], rng, settings["noise"])
    digits = np.tile(clips.digits, (len(clips.xs), 1))
    batches = Minibatches.of(clips.xs, digits, own["B"], rng)
    model = cnn_model(settings)
    start = model.init(rng, settings["dtype"])
    fitted = fit(model, start, batches, own["lr"], own["epochs"], stop)
    return fitted.params, fitted.history.losses


def fit(model, params, batches, lr, epochs, stop=None):
    """Adam, with a rate that falls to nothing."""
    optimizer = rt.Adam(rt.train.linear_decay(lr, epochs * len(batches)), clip=1.0)
    lengths = {"epochs": epochs, "updates": stop, "progress": False}
    return rt.fit(model, params, batches, optimizer, **lengths)


@functools.cache
def stored_cnn():
    """The CNN from its file, trained first where there is none."""
    if not CNN.exists():
        results.write_arrays(CNN, rt.tree.leaves(train_cnn(SETTINGS)[0]))
    like = cnn_model(SETTINGS).init(VALID, SETTINGS["dtype"])
    values = iter(arrays(CNN.stem).values())
    return rt.tree.map(lambda _: next(values).astype(SETTINGS["dtype"]), like)


def seen(params, clips, settings):
    """The clips with the CNN's features in place of pixels."""
    model = cnn_model(settings)
    return clips._replace(xs=model.forward(params, clips.xs).unrolled.outputs)


@functools.cache
def clips_of(family, seed):
    """Clips to learn from and to be judged by, as the CNN sees them."""
    digits, motions = vision.digit_images(), FAMILIES[family]
    rng = np.random.default_rng([seed, 1, list(FAMILIES).index(family)])
    judged = "valid" if seed == VALID else "test"
    return tuple(
        seen(
            stored_cnn(),
            vision.moving_digits(source, n, rng, SETTINGS["noise"], motions=motions),
            SETTINGS,
        )
        for source, n in (
            (digits.train, SETTINGS["clips"]),
            (getattr(digits, judged), SETTINGS[f"{judged}_clips"]),
        )
    )


def shares(chosen, clips):
    """How often class, digit and motion are right."""
    pairs = (
        (chosen, clips.labels),
        (vision.digit_of(chosen), clips.digits),
        (vision.motion_of(chosen), clips.motions),
    )
    return [round(float((said == true).mean()), 4) for said, true in pairs]


def one(family, reader, seed, H, lr, shuffled=False, times=1):
    """Train a reader, so many times as long as the others, and judge it."""
    look, cell = READERS[reader]
    parts = clips_of(family, seed)
    start = time.process_time()
    if shuffled:
        rng = np.random.default_rng([seed, 2])
        parts = [vision.shuffled(clips, rng) for clips in parts]
    if look:
        parts = [clips._replace(xs=look(clips.xs)) for clips in parts]
    learn, judge = parts
    model = rt.Model(cell, learn.xs.shape[-1], H, vision.Clips.CLASSES)
    rng = np.random.default_rng([seed, 3])
    batches = learn.batches(SETTINGS["B"], rng, alone=look is not None)
    params = model.init(rng, SETTINGS["dtype"])
    epochs = times * SETTINGS["epochs"][family]
    params = fit(model, params, batches, lr, epochs).params
    xs = vision.one_by_one(judge.xs) if look else judge.xs
    ys_raw = model.forward(params, xs).ys_raw.reshape(*judge.xs.shape[:2], -1)
    row = {
        "loss": round(rt.cross_entropy(ys_raw, judge.targets)[0].item(), 4),
        "average": shares(vision.average_softmax(ys_raw).argmax(axis=-1), judge),
        "last": shares(ys_raw[-1].argmax(axis=-1), judge),
        "parameters": rt.tree.size(params) - (H * H if look else 0),
        "seconds": round(time.process_time() - start, 1),
    }
    print(family, reader, seed, H, lr, shuffled, row, flush=True)
    return row


def chosen(run, contest):
    """The rate with the lowest loss on the digits held out."""
    rates = SETTINGS["rates"]

    def loss_at(i):
        (row,) = run(contest | {"seed": VALID, "lr": rates[i]})
        return row["loss"]

    middle = len(rates) // 2
    best = lowest(loss_at, (middle - 1, middle), 0, len(rates) - 1)
    return {"lr": rates[best]}


def main():
    """Run what is not there yet, then write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    argparse.ArgumentParser(description=__doc__, formatter_class=shown).parse_args()
    # more rates may be tried later
    kept = {name: one for name, one in SETTINGS.items() if name not in ("rates", "H")}
    trials, done = Trials("lrcn-clips", lambda trial: kept), []

    def run(trial):
        rows = trials.run(one, [trial])
        done.extend(rows)
        return rows

    contests = [
        {"family": family, "reader": reader, "shuffled": mixed, "H": SETTINGS["H"]}
        for family, mixed, readers in (
            ("round", False, READERS),
            ("round", True, ["LSTM"]),
            ("there and back", False, ORDERED),
        )
        for reader in readers
    ]
    for contest in contests:
        best = chosen(run, contest)
        again = [{}]
        plain = contest["family"] == "round" and not contest["shuffled"]
        if plain and contest["reader"] in LONGER:
            again += [{"times": 3}]
        for seed in SEEDS:
            for how in again:
                run(contest | {"seed": seed} | best | how)
    trials.finish(
        {
            "settings": SETTINGS,
            "seconds": round(sum(row["seconds"] for row in done)),
            "first_losses": train_cnn(SETTINGS, FIRST)[1],
            "tried": [row for row in done if row["seed"] == VALID],
            "runs": [row for row in done if row["seed"] != VALID],
        }
    )


if __name__ == "__main__":
    main()
