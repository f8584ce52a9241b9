r"""Handwritten digits, read by recurrent nets: how many of other people's digits are
read right.

    python benchmarks/pen_digits.py           # from a pen, 8 points each
    python benchmarks/pen_digits.py --rows    # from a scanner, read row by row
    python benchmarks/pen_digits.py --strokes pendigits-orig-train.unipen.gz \
        pendigits-orig-test.unipen.gz

Add --validate to compare settings on training digits held out; for the points with
--writers pendigits-orig-train.unipen.gz, as their own file does not name the writers.

The first line trains, with five seeds each and as many parameters, an LSTM that reads
both ways, an LSTM, a GRU and an RNN that read forward, a multilayer perceptron that
reads all points at once, and an LSTM that answers after every point. The second trains
both LSTMs on scanned digits. The third reads the full strokes, every point that the
tablet gave and where the pen was lifted; the two files, of UCI's data set 81, are not
in this repository, and their SHA-256 is checked. Results go to pen-points.json,
pen-rows.json and pen-strokes.json; finished trainings are kept beside them in a
.partial, and the same command goes on.

Settings are chosen by training digits that a net has not learned from, never by the
test digits: those of every fifth of the 30 writers are held out. The scanned digits
name no writer, and a fifth is drawn at random. --validate writes down what each setting
gives. For the points it is the learning rate of each net and then how far its digits
are bent, by the share read right, as for the other methods; for the rows the rate and
then how long to train, by the mean cross-entropy. Each is doubled and halved as long as
that helps. (The 25 epochs of the points were set beforehand for all nets.) For the
strokes it is how long to train and whether to leave out points, by the mean
cross-entropy; two rates and two scales of the moves were tried by hand before. (An
early look at the test digits had shown that 10 epochs with all points vary from seed to
seed, so these candidates were not thought of blindly.) The nets of the results learn
from all the training digits, for a number of epochs set beforehand.

The result of the strokes holds some of the test digits themselves, those that most nets
read wrong. They are from Alpaydin & Alimoglu (1998), doi 10.24432/C5MG6K, CC BY 4.0,
with the points as they were written.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib.resume import Trials
from pen_digits_nets import NETS, SETTINGS, accuracy, measure, settings_of, train, used
from pen_digits_sequences import points, resampled, rows, segments, strokes
from pen_digits_validation import validate

from rnntutor.lab.digits.baselines import nearest_neighbors
from rnntutor.lab.digits.unipen import features

SEEDS = (1, 2, 3, 4, 5)
FIRST = 10  # losses that a test computes again


def beside(train_digits, test_digits, nets):
    """For the full strokes: the nearest neighbor, and the digits that most nets
    misread.
    """
    labels = [
        np.array([int(one.label) for one in part])
        for part in (train_digits, test_digits)
    ]
    right = {}
    ways = [
        [features(one)[:, :2] for one in part] for part in (train_digits, test_digits)
    ]
    for n in (8, 16, 32):
        parts = [resampled(part, n) for part in ways]
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
    options.add_argument(
        "--writers",
        metavar="TRAIN",
        help="for the points: the file of full strokes, which names who wrote what",
    )
    asked = options.parse_args()
    kind = "strokes" if asked.strokes else "rows" if asked.rows else "points"
    settings, name = SETTINGS[kind], f"pen-{kind}"
    written = segments(asked.strokes) if asked.strokes else None
    if written:
        digits, test = (strokes(part, settings["moves"]) for part in written)
    else:
        named = segments([asked.writers])[0] if asked.writers else None
        digits, test = rows() if asked.rows else points(named)
    if asked.validate:
        validate(kind, digits, asked.seeds or SEEDS[:2])
        return
    trials = Trials(name, lambda trial: settings_of(trial["net"], settings))
    nets = trained(trials, kind, digits, test, asked.seeds or SEEDS)
    seconds = sum(
        one["seconds"] for net in nets.values() for one in net["seeds"].values()
    )
    content = {"settings": settings, "seconds": seconds, "nets": nets}
    if written:
        content |= beside(*written, nets)
    trials.finish(content)


def trained(trials, kind, digits, test, seeds):
    """What each net makes of the test digits, for each seed."""
    settings = SETTINGS[kind]

    def run(net, seed):
        start = time.perf_counter()
        model, params, history = train(net, digits, seed, settings)
        found = measure(model, params, test, settings["dtype"])
        print(f"{net}  seed {seed}  test {found['accuracy']:.2f} %", flush=True)
        return found | {
            "first_losses": history.losses[:FIRST],
            "last_loss": float(np.mean(history.losses[-100:])),
            "seconds": round(time.perf_counter() - start),
            "parameters": used(net, params),
        }

    nets = {}
    for row in trials.run(
        run, [{"net": net, "seed": seed} for net in NETS[kind] for seed in seeds]
    ):
        net, seed, count = (row.pop(key) for key in ("net", "seed", "parameters"))
        of_net = nets.setdefault(net, {"parameters": count, "seeds": {}})
        of_net["seeds"][str(seed)] = row
    return nets


if __name__ == "__main__":
    main()
