r"""Full strokes of a pen, read by the nearest neighbor under dynamic time warping
(Sakoe & Chiba 1978): what the nets of `pen_digits.py --strokes` are held against.

    python benchmarks/pen_warping.py pendigits-orig-train.unipen.gz \
        pendigits-orig-test.unipen.gz

A digit is resampled to n points, at equal distances along the way of the pen or at
equal shares of the points that the tablet gave. Of each the neighbor knows what a net
knows: where it is, in which direction the pen goes on, and whether it is lifted; the
last two with weights. A band says by how many steps what stands side by side may be
apart, as a share of n; rounded to 0 steps, nothing is warped.

Every setting is moved along its grid as long as more of the digits of every fifth of
the 30 writers, held out, are read right, twice through all of them. (A third of the
digits of the other writers are known meanwhile, which takes less time.) Then it is
tried what copies would bring that are turned, slanted and stretched a little, as the
nets learn from; they are not used. Last the test digits are read, from all training
digits.

Finished trials are kept in pen-warping.partial, and the same command goes on. The
search for the nearest is machine code (numba, of the extra ``fast``); a test holds it
against `warping_distances`. A minute and a half of one core. Writes pen-warping.json.
"""

from __future__ import annotations

import argparse

import numpy as np
from _lib.rates import lowest
from _lib.resume import Trials
from pen_baselines import scored
from pen_digits_sequences import segments, strokes
from pen_digits_validation import parted
from pen_warping_compiled import nearest

# What is tried of each setting; the search starts in between and goes up and down.
GRIDS = {
    "band": (0.03125, 0.0625, 0.125, 0.25, 0.5),
    "lifted": (0.0, 0.25, 0.5, 1.0, 2.0),
    "direction": (0.0, 0.125, 0.25, 0.5, 1.0),
    "along": ("way", "points"),
    "n": (8, 16, 32),
}
START = {"band": 0.125, "lifted": 0.5, "direction": 0.25, "along": "way", "n": 16}
NONE, COPIES = {"copies": 0, "jitter": 0.0}, {"copies": 4, "jitter": 0.1}
ROUNDS, THIRD = 2, 3
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
    names = ("n", "along", "direction", "lifted")
    asked = {name: settings[name] for name in names}
    return np.array([resampled(one, **asked) for one in digits.xs])


def nearest_by_warping(known, queries, band):
    """Which of the known points (N, n, D) is nearest to each of the queries."""
    rows, squares = known.reshape(len(known), -1), (known**2).sum(axis=(1, 2))
    found = []
    for start in range(0, len(queries), CHUNK):
        some = queries[start : start + CHUNK]
        flat = some.reshape(len(some), -1)
        likely = (squares - 2 * flat @ rows.T).argmin(axis=1)  # without warping
        found += [nearest(*one, known, band) for one in zip(some, likely, strict=True)]
    return np.array(found)


def trial(parts, how, copies, jitter, seed=0, **settings):
    """What is `scored` with these settings."""
    band = round(settings["n"] * settings["band"])

    def read(known, queries):
        points = prepared(known, settings), prepared(queries, settings)
        return known.labels[nearest_by_warping(*points, band)]

    row = scored(read, parts, how, copies, jitter, seed)
    print(how, settings, copies, jitter, f"{row['accuracy']:.2f} %", flush=True)
    return row


def climbed(right_at, settings, name, grid):
    """Settings of which one is moved along its grid as long as that helps."""

    def loss_at(i):
        return -right_at(settings | {name: grid[i]})

    best = lowest(loss_at, [grid.index(settings[name])], 0, len(grid) - 1)
    return settings | {name: grid[best]}


def chosen(right_at):
    """The settings with which most of the digits held out are read right."""
    best = START | NONE
    for _ in range(ROUNDS):
        for name, grid in GRIDS.items():
            best = climbed(right_at, best, name, grid)
    return best


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
    trials, tried = Trials("pen-warping", lambda trial: None), {}

    def run(**job):
        return trial(parts, **job)

    def right_at(settings):
        (row,) = trials.run(run, [{"how": "chosen by"} | settings])
        tried[str(settings)] = row
        return row["accuracy"]

    settings = chosen(right_at)
    (found,) = trials.run(run, [{"how": "tested"} | settings])
    right_at(settings | COPIES)
    trials.finish(
        {
            "seconds": found["seconds"] + sum(row["seconds"] for row in tried.values()),
            "held_out": len(held_out.labels),
            "settings": settings,
            "tried": list(tried.values()),
            "test": found,
        }
    )


if __name__ == "__main__":
    main()
