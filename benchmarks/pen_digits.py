r"""Handwritten digits, read by recurrent nets: how many of other people's digits are
read right.

    python benchmarks/pen_digits.py           # from a pen, 8 points each
    python benchmarks/pen_digits.py --rows    # from a scanner, read row by row
    python benchmarks/pen_digits.py --strokes pendigits-orig-train.unipen.gz \
        pendigits-orig-test.unipen.gz

Add --validate to compare settings on training digits held out.

The first line trains, with five seeds each, an LSTM that reads both ways and, with as
many parameters, an LSTM and an RNN that read forward, and an LSTM that answers after
every point. The second does so with both LSTMs on scanned digits. The third reads the
full strokes, every point that the tablet gave and where the pen was lifted; the two
files, of UCI's data set 81, are not in this repository, and their SHA-256 is checked.
Results go to results/pen-points.json, pen-rows.json and pen-strokes.json; finished
trainings are kept beside them in a .partial, and the same command goes on.

Settings are chosen by training digits that a net has not learned from, never by the
test digits. Of the strokes, whose file names the writers, those of every fifth of the
30 writers are held out; of the other two sets a fifth of the digits at random. For the
points, a net that reads both ways was tried with 20, 40 and 80 epochs and a jitter of
0, 0.1 and 0.2. For the strokes two rates and two scales of the moves were tried by
hand. How long to train on them, and whether to leave out points, is chosen by
--validate, which tries the CANDIDATES and writes down what each gives. The lowest mean
cross-entropy is set, as the share read right differs by a digit or two. (An early look
at the test digits had shown that 10 epochs with all points vary from seed to seed, so
the candidates were not thought of blindly.) The same was done for the rows' epochs. The
nets of the results learn from all the training digits, for a number of epochs set
beforehand.

The result of the strokes holds some of the test digits themselves, those that most nets
read wrong. They are from Alpaydin & Alimoglu (1998), doi 10.24432/C5MG6K, CC BY 4.0,
with the points as they were written.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import results
from digit_sequences import Batches, points, resampled, rows, segments, strokes

import rnntutor as rt
from rnntutor.lab.digits.baselines import nearest_neighbors
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
CANDIDATES = {
    "points": [{}],
    "strokes": [
        {"epochs": epochs, "thin": thin} for epochs in (10, 15) for thin in (0, 0.6)
    ],
    "rows": [{"epochs": epochs} for epochs in (20, 40, 80)],
}
NETS = {
    "points": ("both ways", "forward", "RNN", "every point"),
    "strokes": ("both ways", "forward"),
    "rows": ("both ways", "forward"),
}
SEEDS = (1, 2, 3, 4, 5)
FIRST = 10  # losses that a test computes again


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


def validate(kind, digits, seeds):
    """Hold out a fifth of the training digits: what a net that reads both ways makes of
    them, by settings.
    """
    fifth = digits.writers % 5 == 0
    if kind != "strokes":
        fifth = np.random.default_rng(0).permutation(fifth)
    held_out, rest = (
        digits.take(np.flatnonzero(fifth)),
        digits.take(np.flatnonzero(~fifth)),
    )
    tried, start = [], time.perf_counter()
    for candidate in CANDIDATES[kind]:
        settings, right, nats = SETTINGS[kind] | candidate, [], []
        for seed in seeds:
            model, params, _ = train("both ways", rest, seed, settings)
            ps = read(model, params, held_out, settings["dtype"])
            right.append(accuracy(ps.argmax(axis=1), held_out.labels))
            of_truth = ps[np.arange(len(ps)), held_out.labels]
            nats.append(round(float(-np.log(np.maximum(of_truth, 1e-30)).mean()), 5))
            print(
                f"{candidate}  seed {seed}  held out {right[-1]:.2f} %, {nats[-1]:.4f}"
                " nats",
                flush=True,
            )
        tried.append({"settings": candidate, "accuracy": right, "loss": nats})
    return {
        "digits": len(held_out.labels),
        # unknown otherwise
        "writers": len(set(held_out.writers.tolist())) if kind == "strokes" else None,
        "seeds": list(seeds),
        "tried": tried,
        "seconds": round(time.perf_counter() - start),
    }


def beside(train_digits, test_digits, nets):
    """For the full strokes: the nearest neighbor, and the digits that most nets
    misread.
    """
    labels = [
        np.array([int(one.label) for one in part])
        for part in (train_digits, test_digits)
    ]
    right = {}
    for n in (8, 16, 32):
        parts = resampled(train_digits, n), resampled(test_digits, n)
        right[n] = accuracy(nearest_neighbors(parts[0], labels[0], parts[1]), labels[1])
    runs = nets["both ways"]["seeds"].values()
    wrong = np.bincount(
        [i for run in runs for i, _ in run["wrong"]], minlength=len(test_digits)
    )
    return {
        "nearest_neighbor": right,  # by the number of points
        "misread": {
            "by": "Alpaydin & Alimoglu (1998), doi 10.24432/C5MG6K, CC BY 4.0",
            "digits": {
                int(i): _written(test_digits[i])
                for i in np.flatnonzero(wrong > len(runs) / 2)
            },
        },
    }


def _written(digit):
    """A digit in few lines of JSON: what it is, and each stroke as a text "x y x y
    …".
    """
    strokes = [
        " ".join(f"{number:g}" for number in stroke.ravel()) for stroke in digit.strokes
    ]
    return {"label": int(digit.label), "strokes": strokes}


def main():
    """Train what is missing and write each result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    which = options.add_mutually_exclusive_group()
    which.add_argument(
        "--strokes",
        nargs=2,
        metavar=("TRAIN", "TEST"),
        help="the files of full strokes",
    )
    which.add_argument("--rows", action="store_true", help="scanned digits, row by row")
    options.add_argument(
        "--seeds",
        nargs="+",
        type=int,
        help="1 to 5 if left out; with --validate 1 and 2",
    )
    options.add_argument(
        "--validate", action="store_true", help="compare settings on digits held out"
    )
    asked = options.parse_args()
    kind = "strokes" if asked.strokes else "rows" if asked.rows else "points"
    settings, name = SETTINGS[kind], f"pen-{kind}"
    written = segments(asked.strokes) if asked.strokes else None
    if written:
        digits, test = (strokes(part, settings["moves"]) for part in written)
    else:
        digits, test = rows() if asked.rows else points()
    if asked.validate:
        content = results.circumstances() | validate(
            kind, digits, asked.seeds or SEEDS[:2]
        )
        print(
            "wrote"
            f" benchmarks/results/{results.write(f'{name}-validation', content).name}"
        )
        return
    nets = trained(kind, digits, test, asked.seeds or SEEDS)
    seconds = sum(
        one["seconds"] for net in nets.values() for one in net["seeds"].values()
    )
    content = {"settings": settings, "seconds": seconds, "nets": nets}
    if written:
        content |= beside(*written, nets)
    path = results.write(name, results.circumstances() | content)
    partial_of(kind).unlink(missing_ok=True)
    print(f"wrote benchmarks/results/{path.name}")


def trained(kind, digits, test, seeds):
    """What each net makes of the test digits, for each seed; finished trainings are
    kept.
    """
    settings, partial = SETTINGS[kind], partial_of(kind)
    nets = kept(partial, settings)
    for net in NETS[kind]:
        done = nets.setdefault(net, {"parameters": 0, "seeds": {}})
        for seed in seeds:
            if str(seed) in done["seeds"]:
                continue
            start = time.perf_counter()
            model, params, history = train(net, digits, seed, settings)
            done["parameters"] = rt.tree.size(params)
            done["seeds"][str(seed)] = measure(
                model, params, test, settings["dtype"]
            ) | {
                "first_losses": history.losses[:FIRST],
                "last_loss": float(np.mean(history.losses[-100:])),
                "seconds": round(time.perf_counter() - start),
            }
            partial.write_text(
                json.dumps({"settings": settings, "nets": nets}), encoding="utf-8"
            )
            print(
                f"{net}  seed {seed}  test"
                f" {done['seeds'][str(seed)]['accuracy']:.2f} %",
                flush=True,
            )
    return nets


def partial_of(kind):
    """Where finished trainings are kept until all are."""
    return results.RESULTS / f"pen-{kind}.partial"


def kept(partial, settings):
    """The trainings that an earlier call with these settings has finished."""
    if not partial.exists():
        return {}
    content = json.loads(partial.read_text(encoding="utf-8"))
    return content["nets"] if content["settings"] == settings else {}


if __name__ == "__main__":
    main()
