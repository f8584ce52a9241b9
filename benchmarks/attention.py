"""A bottleneck measured: strings written backwards, and pictures captioned, with
attention and without.

    python benchmarks/attention.py      # about fifteen minutes of one core
    python benchmarks/attention.py strings  # a part of it, written down for the whole

The nets of a task have about as many parameters, and learn from as many strings or
strips in as many updates, each at a rate of its own, the best of a grid on another
seed. What is finished is written down at once; begun again, the script goes on from
there. Writes attention.json.
"""

from __future__ import annotations

import argparse
import time

from _lib import results
from _lib.rates import lowest
from _lib.resume import Trials
from attention_nets import SETTINGS, TRY, held_out, model_of, trained
from attention_right import beams_right, captions_right, strings_right

import rnntutor as rt

NAME = "attention"
# the rates that are tried, from a smaller one to a larger one by a factor of 2
RATES = {
    "strings": [2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2, 6.4e-2],
    "captions": [1.5e-3, 3e-3, 6e-3, 1.2e-2, 2.4e-2],
}
NETS = {"strings": ["fixed vector", "dot", "additive"], "captions": ["attention"]}
# the same net, longer or with another encoder, at the rate that was chosen for it
VARIANTS = {"fixed vector": "fixed vector, longer", "attention": "attention, no order"}
SEEDS, KEPT = (1, 2, 3), 10


def settings_of(trial):
    """What a trial that is there has to agree with to be taken over."""
    return SETTINGS[trial["task"]]


def trial(task, net, seed, lr):
    """One training: a row of `Trials`."""
    began = time.process_time()
    params, losses = trained(task, net, seed, lr)
    model = model_of(task, net)
    row = {"H": model.decoder.H, "parameters": rt.tree.size(params)}
    row |= {"loss": round(held_out(task, model, params), 4)}
    row |= {"first_losses": losses[:KEPT]}
    if seed != TRY and task == "strings":
        row |= strings_right(model, params, seed)
        if net == "fixed vector":
            row |= beams_right(model, params, seed)
    elif seed != TRY:
        row |= captions_right(model, params, seed)
    if (task, net, seed) == ("captions", "attention", SEEDS[0]):
        results.write_arrays(results.RESULTS / f"{NAME}.npz", rt.tree.leaves(params))
    row["seconds"] = round(time.process_time() - began, 1)
    print(f"{task} {net:20s} {seed:3d} {lr:7} {row}", flush=True)
    return row


def over_seeds(task, net, lr):
    """A trial for each seed."""
    return [{"task": task, "net": net, "seed": seed, "lr": lr} for seed in SEEDS]


def main():
    """Run what is not there yet, and write the record if all of it is asked for."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("task", nargs="?", choices=tuple(NETS))
    asked = options.parse_args().task
    trials, rows, tried, chosen = Trials(NAME, settings_of), [], [], {}
    for task, nets in NETS.items():
        if asked not in (task, None):
            continue
        for net in nets:
            rates = RATES[task]

            def loss_at(k, task=task, net=net, rates=rates):
                one = {"task": task, "net": net, "seed": TRY, "lr": rates[k]}
                return trials.run(trial, [one])[0]["loss"]

            best = rates[lowest(loss_at, [len(rates) // 2], 0, len(rates) - 1)]
            every = [{"task": task, "net": net, "seed": TRY, "lr": lr} for lr in rates]
            tried += trials.rows(every)
            chosen[task, net] = best
            rows += trials.run(trial, over_seeds(task, net, best))
        for net in set(nets) & set(VARIANTS):
            asked_for = over_seeds(task, VARIANTS[net], chosen[task, net])
            if task == "captions":
                asked_for = asked_for[:1]  # enough to see what it lacks
            rows += trials.run(trial, asked_for)
    if asked is None:
        trials.finish(
            {
                "settings": SETTINGS,
                "seeds": SEEDS,
                "seconds": round(sum(row["seconds"] for row in [*tried, *rows])),
                "tried": tried,
                "trials": rows,
            }
        )


if __name__ == "__main__":
    main()
