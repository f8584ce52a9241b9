r"""Full strokes of a pen, read by methods that learn no state: what the nets of
`pen_digits.py --strokes` are held against.

    python benchmarks/pen_warping.py pendigits-orig-train.unipen.gz \
        pendigits-orig-test.unipen.gz

The nearest neighbor by dynamic time warping (Sakoe & Chiba 1978), and the nearest by
the Euclidean distance, which is the same without warping. For them a digit is resampled
to n points, at equal distances along the way of the pen or at equal shares of the
points that the tablet gave. Of each they know what a net knows: where it is, in which
direction the pen goes on, and whether it is lifted; the last two with weights.

Every setting is moved along its grid as long as more of the digits of every fifth of
the 30 writers, held out, are read right, twice through all of them. Then, as the nets
learn from digits that are turned, slanted and stretched a little, such copies are added
if that helps, as far bent as helps. (While all this is chosen, a third of the digits of
the other writers are known, which takes less time.) Only then the test digits are read,
once all training digits are known, with one draw of the copies.

Finished trials are kept in pen-warping.partial, and the same command goes on. The
search for the nearest is machine code (numba, of the extra ``fast``); a test holds it
against `warping_distances`. Writes pen-warping.json.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib.rates import lowest
from _lib.resume import Trials
from pen_baselines import with_copies
from pen_digits_nets import accuracy
from pen_digits_sequences import segments, strokes
from pen_digits_validation import parted
from pen_warping_compiled import nearest

# From each the search goes up and down. A band is a share of the n points.
POINTS = {
    "lifted": (0.0, 0.25, 0.5, 1.0, 2.0),
    "direction": (0.0, 0.125, 0.25, 0.5, 1.0),
    "along": ("way", "points"),
    "n": (8, 16, 32),
}
GRIDS = {
    "warping": {"band": (0.03125, 0.0625, 0.125, 0.25, 0.5)} | POINTS,
    "neighbors": POINTS,
}
START = {"warping": {"band": 0.125}, "neighbors": {}}
FIRST = {"lifted": 0.5, "direction": 0.25, "along": "way", "n": 16}
FIRST |= {"copies": 0, "jitter": 0.0}
COPIES, JITTERS = {"copies": 4, "jitter": 0.1}, (0.05, 0.1, 0.2, 0.4)
ROUNDS, THIRD, DRAWS = 2, 3, (1,)
CHUNK = 100  # queries at a time


def resampled(one, n, along, direction, lifted):
    """A digit's `features` (T, 5) as n points (n, 5): places, the direction in which
    the pen goes on, and whether it is lifted there.
    """
    steps = np.hypot(*np.diff(one[:, :2], axis=0).T)
    if along == "points":
        steps = np.ones(len(steps))
    way = np.append(0, np.cumsum(steps))
    at = np.linspace(0, way[-1], n)
    places = np.column_stack([np.interp(at, way, axis) for axis in one[:, :2].T])
    moves = np.diff(places, axis=0)
    moves = np.vstack([moves, moves[-1:]])
    lengths = np.hypot(*moves.T)[:, None]
    moves = moves / np.where(lengths > 0, lengths, 1)
    from_ = np.searchsorted(way, at, side="right") - 1
    in_air = (one[from_, 4] == 1) & (from_ < len(one) - 1)
    return np.column_stack([places, direction * moves, lifted * in_air])


def prepared(digits, settings):
    """Digits as an array (N, n, 5)."""
    asked = {name: settings[name] for name in POINTS}
    return np.array([resampled(one, **asked) for one in digits.xs])


def flat(points):
    return points.reshape(len(points), -1)


def nearest_by_warping(known, queries, band):
    """Which of the known points (N, n, D) is nearest to each of the queries."""
    rows, squares = flat(known), (known**2).sum(axis=(1, 2))
    found = []
    for start in range(0, len(queries), CHUNK):
        some = queries[start : start + CHUNK]
        likely = (squares - 2 * flat(some) @ rows.T).argmin(axis=1)  # without warping
        found += [nearest(*one, known, band) for one in zip(some, likely, strict=True)]
    return np.array(found)


def read_by(method, known, queries, settings):
    """What a method says of queries, once it knows some digits."""
    labels = known.labels
    known, queries = prepared(known, settings), prepared(queries, settings)
    band = round(settings["n"] * settings["band"]) if method == "warping" else 0
    return labels[nearest_by_warping(known, queries, band)]


def trial(parts, how, method, seed=0, **settings):
    """How many digits a method reads right: "chosen by" those held out, or "tested"."""
    start = time.process_time()
    known, queries = parts[how]
    known = with_copies(known, settings["copies"], settings["jitter"], seed)
    said = read_by(method, known, queries, settings)
    right = accuracy(said, queries.labels)
    print(f"{how}  {method}  {settings}  {right:.2f} %", flush=True)
    row = {"accuracy": right, "seconds": round(time.process_time() - start)}
    if how == "tested":
        wrong = np.flatnonzero(said != queries.labels)
        row["wrong"] = [[int(i), int(said[i])] for i in wrong]
    return row


def climbed(right_at, settings, name, grid):
    """Settings of which one is moved along its grid as long as that helps."""

    def loss_at(i):
        return -right_at(settings | {name: grid[i]})

    best = lowest(loss_at, [grid.index(settings[name])], 0, len(grid) - 1)
    return settings | {name: grid[best]}


def chosen(method, right_at):
    """The settings with which a method reads most of the digits held out right."""
    best = FIRST | START[method]
    for _ in range(ROUNDS):
        for name, grid in GRIDS[method].items():
            best = climbed(right_at, best, name, grid)
    bent = climbed(right_at, best | COPIES, "jitter", JITTERS)
    return bent if right_at(bent) > right_at(best) else best


def main():
    """Try what is missing and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("train", help="the file of the training digits")
    options.add_argument("test", help="the file of the test digits")
    asked = options.parse_args()
    train, test = (strokes(part, 1) for part in segments([asked.train, asked.test]))
    held_out, rest, _ = parted("strokes", train)
    some = rest.take(range(0, len(rest.labels), THIRD))
    parts = {"chosen by": (some, held_out), "tested": (train, test)}
    trials = Trials("pen-warping", lambda trial: None)

    def run(**job):
        return trial(parts, **job)

    tried, found = {}, {}
    for method in GRIDS:

        def right_at(settings, method=method):
            job = {"how": "chosen by", "method": method} | settings
            (row,) = trials.run(run, [job])
            tried[str(job)] = row
            return row["accuracy"]

        best = chosen(method, right_at)
        jobs = [
            {"how": "tested", "method": method, "seed": seed} | best for seed in DRAWS
        ]
        found[method] = {"settings": best, "seeds": trials.run(run, jobs)}
    rows = [*tried.values(), *(row for one in found.values() for row in one["seeds"])]
    trials.finish(
        {
            "seconds": sum(row["seconds"] for row in rows),
            "held_out": len(held_out.labels),
            "tried": list(tried.values()),
            "methods": found,
        }
    )


if __name__ == "__main__":
    main()
