r"""Nets against Kneser-Ney on Shakespeare: each net with options chosen on the
validation text.

    python benchmarks/contest.py words small  # RNN, GRU, LSTM of half a million numbers
    python benchmarks/contest.py words  # all stages, one after the other

Stages with words: `small`, `medium`, `large` (RNN, GRU and LSTM of one layer with
equally many parameters), `regularized` (longer, with weight decay, with two layers,
with dropout between them); on one core, about 20, 40, 60 and 130 minutes. With
characters: `small`, `medium`, `large` (the LSTM alone), `little` (a sixteenth and a
sixty-fourth of the text) and `past` (the large LSTM four times as long, as one layer
and as two with dropout); about 40, 80, 70, 100 and 600 minutes.

Each net is first trained from a seed of its own at two learning rates, and at further
ones until the best of them is not the outermost; the other options are found in the
same way after it. Then it is trained from each of SEEDS, and only these nets are shown
the test text. Order of the n-grams: see `kneser_ney.py`.

Every training is written down at once, in contest-UNIT.partial; the same command goes
on from there. A stage that is whole is written to contest-UNIT-STAGE.json. Without a
stage, the partial file is removed at the end.
"""

from __future__ import annotations

import argparse

import numpy as np
from _lib import results
from _lib.rates import lowest
from _lib.resume import Trials
from contest_nets import (
    CELLS,
    TEXTS,
    about_counts,
    parameters,
    run,
    settings_of,
    vocabulary_of,
    width,
)

CHOOSING, SEEDS = 11, (1, 2, 3)  # the seed for the choice, those for the contest
SEEDS_OF_A_PART = (1, 2, 3, 4, 5)
GRID = {
    "lr": (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064),
    "decay": (0.0, 0.003, 0.01, 0.03, 0.1, 0.3),
    "dropout": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
}
LOW = {"rnn": 0.004, "gru": 0.008, "lstm": 0.008}  # the lower of the first two rates
UPDATES = {"words": 2000, "characters": 6000}


def net_of(unit, cell, size, **more):
    """A net, without the options that are to be chosen."""
    plain = {"layers": 1, "dropout": 0.0, "decay": 0.0, "part": 1}
    own = {"unit": unit, "cell": cell, "size": size, "updates": UPDATES[unit]}
    return plain | own | more


def stages(unit):
    """For each stage its nets by name: what they are, and what is chosen beside the
    rate.
    """
    cells = {
        size: {cell.upper(): (net_of(unit, cell, size), ()) for cell in CELLS}
        for size in ("small", "medium", "large")
    }
    if unit == "words":
        longer = {"updates": 3 * UPDATES[unit]}
        one = net_of(unit, "lstm", "medium", **longer)
        two = net_of(unit, "lstm", "medium", layers=2, **longer)
        return cells | {
            "regularized": {
                "LSTM": (one, ()),
                "LSTM, weight decay": (one, ("decay",)),
                "LSTM, 2 layers": (two, ()),
                "LSTM, 2 layers, dropout": (two, ("dropout",)),
            }
        }
    long = {"updates": 4 * UPDATES[unit]}
    little = {
        f"{name}, 1/{part}": (
            net_of(unit, cell, "small", part=part, layers=2, updates=2000),
            chosen,
        )
        for part in (16, 64)
        for cell in ("rnn", "lstm")
        for name, chosen in (
            (cell.upper(), ()),
            (cell.upper() + ", dropout", ("dropout",)),
        )
    }
    past = {
        "LSTM": (net_of(unit, "lstm", "large", **long), ()),
        "LSTM, 2 layers, dropout": (
            net_of(unit, "lstm", "large", layers=2, **long),
            ("dropout",),
        ),
    }
    cells["large"] = {"LSTM": cells["large"]["LSTM"]}
    return cells | {"little": little, "past": past}


class Contest:
    """The trainings of one unit, and what is left of them."""

    def __init__(self, unit):
        self.unit, self.done, self.spent, self.left = unit, 0, 0, 0
        self.trials = Trials(f"contest-{unit}", settings_of)

    def row(self, net, seed):
        """Train a net from a seed, unless it is in the file."""
        trial = net | {"seed": seed}
        self.left = max(0, self.left - cost(net))
        if self.trials.missing([trial]):
            row = run(judged=seed != CHOOSING, **trial)
            self.trials.add(trial, row)
            self.spent, self.done = self.spent + row["seconds"], self.done + cost(net)
            losses = {name: row[name] for name in row if name.endswith("_loss")}
            print(brief(trial), losses, f"{row['seconds']:.0f} s", flush=True)
            minutes = self.left * self.spent / self.done / 60
            print(f"  of the stage about {minutes:.0f} minutes left", flush=True)
        return self.trials.rows([trial])[0]

    def climb(self, net, option, first):
        """Try neighbors on the grid until the best is between two others, or at the
        end of the grid; the best and the losses of all.
        """
        grid, found = GRID[option], {}

        def loss(at):
            tried = net | {option: grid[at]}
            found[grid[at]] = self.row(tried, CHOOSING)["valid_loss"]
            return np.inf if found[grid[at]] is None else found[grid[at]]

        low = grid.index(first)
        best = lowest(loss, (low, low + 1), 0, len(grid) - 1)
        return grid[best], dict(sorted(found.items()))

    def stage(self, name):
        """All nets of a stage, each chosen and then judged; written when it is
        whole.
        """
        nets, content = stages(self.unit)[name], {}
        self.left = sum(  # three rates, three seeds, two of each other option
            cost(net) * (6 + 2 * len(further)) for net, further in nets.values()
        )
        for title, (net, further) in nets.items():
            tried = {}
            for option in ("lr", *further):
                first = LOW[net["cell"]] if option == "lr" else 0.0
                best, tried[option] = self.climb(net, option, first)
                net = net | {option: best}
            seeds = SEEDS if net["part"] == 1 else SEEDS_OF_A_PART
            runs = [self.row(net, seed) for seed in seeds]
            own = ("H", "parameters", *net)
            content[title] = {
                "net": {key: runs[0][key] for key in own},
                "tried": tried,
                "runs": [
                    {key: one for key, one in row.items() if key not in own}
                    for row in runs
                ],
            }
        parts = sorted({net["part"] for net, _ in nets.values()})
        seconds = sum(row["seconds"] for one in content.values() for row in one["runs"])
        results.write(
            f"contest-{self.unit}-{name}",
            {
                "unit": self.unit,
                "settings": settings_of(net) | {"seed_of_choice": CHOOSING},
                "V": len(vocabulary_of(self.unit)),
                "seconds": round(seconds),
                "counts": {part: about_counts(self.unit, part) for part in parts},
                "nets": content,
            },
        )


def cost(net):
    """What a training costs, in units of no importance."""
    V, E = len(vocabulary_of(net["unit"])), settings_of(net)["size"][1]
    size = parameters(net["cell"], net["layers"], width(net), E, V) - V * E
    return net["updates"] * size


def brief(net):
    """A net in a few words."""
    return " ".join(f"{value}" for value in net.values())


def main():
    """Go through the stages that were asked for."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("unit", choices=tuple(TEXTS))
    options.add_argument("stage", nargs="?", help="all of them if left out")
    asked = options.parse_args()
    contest = Contest(asked.unit)
    known = stages(asked.unit)
    if asked.stage not in (None, *known):
        options.error(f"stage: expected one of {', '.join(known)}, got {asked.stage}")
    for name in [asked.stage] if asked.stage else known:
        contest.stage(name)
    if asked.stage is None:
        contest.trials.path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
