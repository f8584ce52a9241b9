r"""Handwritten digits, read by methods that learn no state: what the nets of
`pen_digits.py` are held against.

    python benchmarks/pen_baselines.py pendigits-orig-train.unipen.gz

On the 8 points of a digit in a row, 16 numbers: nearest neighbors, and a support vector
machine with a Gaussian kernel (scikit-learn). As the nets learn from digits that are
turned, slanted and stretched a little, these methods may add such copies to the digits
that they know; how far from the original is chosen after their other settings, and all
by the digits of every fifth of the 30 writers, held out. The setting that reads most of
them right is used on the test digits, with three draws of the copies. The full strokes
are needed because they alone name the writers.

Finished trials are kept in pen-baselines.partial, and the same command goes on. Five
minutes of one core. Writes pen-baselines.json.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib.resume import Trials
from pen_digits_nets import accuracy
from pen_digits_sequences import Sequences, points, segments
from pen_digits_validation import parted

from rnntutor.lab.digits.baselines import nearest_neighbors

CANDIDATES = {
    "neighbors": [{"k": k} for k in (1, 3, 5)],
    "support vectors": [
        {"C": C, "gamma": gamma} for C in (1, 3, 30) for gamma in (0.25, 0.5, 1.0, 2.0)
    ],
}
# How many copies, and how far bent; they are tried with the best of the above.
NONE = {"copies": 0, "jitter": 0.0}
COPIES = [{"copies": 4, "jitter": jitter} for jitter in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)]
SEEDS = (1, 2, 3)


def with_copies(digits, copies, jitter, seed):
    """Digits, and after them copies through linear maps near the identity."""
    rng = np.random.default_rng(seed)
    xs = list(digits.xs)
    for _ in range(copies):
        for one in digits.xs:
            map_ = np.eye(2) + jitter * rng.standard_normal((2, 2))
            planar = one.shape[1] // 2 * 2  # not whether the pen is lifted
            bent = (one[:, :planar].reshape(-1, 2) @ map_).reshape(len(one), planar)
            xs.append(np.hstack([bent, one[:, planar:]]))
    return Sequences(
        xs, np.tile(digits.labels, copies + 1), np.tile(digits.writers, copies + 1)
    )


def flat(digits):
    """Digits of equally many points as rows."""
    return np.array([one.ravel() for one in digits.xs])


def read_by(method, known, queries, settings):
    """What a method says of queries, once it knows some digits."""
    if method == "neighbors":
        k = settings["k"]
        return nearest_neighbors(flat(known), known.labels, flat(queries), k)
    from sklearn.svm import SVC

    machine = SVC(C=settings["C"], gamma=settings["gamma"], cache_size=1000)
    return machine.fit(flat(known), known.labels).predict(flat(queries))


def scored(read, parts, how, copies, jitter, seed):
    """How many digits are read right: "chosen by" those held out, or "tested".

    `read(known, queries)` says the label of each query, once it knows some digits and
    their copies.
    """
    start = time.process_time()
    known, queries = parts[how]
    said = read(with_copies(known, copies, jitter, seed), queries)
    seconds = round(time.process_time() - start)
    row = {"accuracy": accuracy(said, queries.labels), "seconds": seconds}
    if how == "tested":
        wrong = np.flatnonzero(said != queries.labels)
        row["wrong"] = [[int(i), int(said[i])] for i in wrong]
    return row


def trial(parts, how, method, copies, jitter, seed=0, **settings):
    """What is `scored` of a method with these settings."""

    def read(known, queries):
        return read_by(method, known, queries, settings)

    row = scored(read, parts, how, copies, jitter, seed)
    print(how, method, settings, copies, jitter, f"{row['accuracy']:.2f} %", flush=True)
    return row


def main():
    """Try what is missing and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("train", help="the file of the training digits")
    asked = options.parse_args()
    (written,) = segments([asked.train])
    train, test = points(written)
    held_out, rest, _ = parted("points", train)
    parts = {"chosen by": (rest, held_out), "tested": (train, test)}
    trials = Trials("pen-baselines", lambda trial: None)

    def run(**job):
        return trial(parts, **job)

    tried, found = [], {}

    def best_of(method, candidates):
        jobs = [{"how": "chosen by", "method": method} | one for one in candidates]
        rows = trials.run(run, jobs)
        tried.extend(rows)
        right = [row["accuracy"] for row in rows]
        return candidates[right.index(max(right))]

    for method, candidates in CANDIDATES.items():
        best = best_of(method, [one | NONE for one in candidates])
        best = best_of(method, [best] + [best | copies for copies in COPIES])
        jobs = [
            {"how": "tested", "method": method, "seed": seed} | best
            for seed in (SEEDS if best["copies"] else SEEDS[:1])
        ]
        found[method] = {"settings": best, "seeds": trials.run(run, jobs)}
    seconds = sum(row["seconds"] for row in tried)
    seconds += sum(row["seconds"] for one in found.values() for row in one["seeds"])
    trials.finish(
        {
            "seconds": seconds,
            "held_out": len(held_out.labels),
            "tried": tried,
            "methods": found,
        }
    )


if __name__ == "__main__":
    main()
