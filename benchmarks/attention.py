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
from functools import cache

import numpy as np
from _lib import results
from _lib.rates import lowest
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.lab import pictures as vision
from rnntutor.lab import reversal
from rnntutor.model import EncoderDecoder
from rnntutor.nets import Additive, Attending, Dot
from rnntutor.text.beam import beam_search

NAME = "attention"
LSTM = rt.Fast(rt.LSTM())
SETTINGS = {
    "strings": {
        "lengths": [1, 16],
        "parameters": 30_000,
        "A": 24,
        "E": 16,
        "B": 32,
        "updates": 1500,
        "longer": 3,  # how much, where a net may train longer
        "tested": [*range(2, 17, 2), 18, 20, 24],
        "tests": 200,
        "held_out": 1000,
        "beams": [1, 4],
        "beam_lengths": [6, 8, 10, 12],
        "beam_tests": 50,
    },
    "captions": {
        "noise": 0.2,
        "stride": 2,
        "parameters": 56_000,  # those of chapter 13's captioner
        "A": 32,
        "E": 16,
        "strips": 12_000,
        "epochs": 5,
        "epochs_to_choose": 2,  # in which rates are compared
        "B": 32,
        "tests": 500,
        "held_out": 500,
    },
}
# the rates that are tried, from a smaller one to a larger one by a factor of 2
RATES = {
    "strings": [2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2],
    "captions": [1.5e-3, 3e-3, 6e-3, 1.2e-2, 2.4e-2],
}
NETS = {"strings": ["fixed vector", "dot", "additive"], "captions": ["attention"]}
# the same net, longer or with another encoder, at the rate that was chosen for it
VARIANTS = {"fixed vector": "fixed vector, longer", "attention": "attention, no order"}
SEEDS, TRY, KEPT = (1, 2, 3), 11, 10


def settings_of(trial):
    """What a trial that is there has to agree with to be taken over."""
    return SETTINGS[trial["task"]]


def decoder(H, V, kind, settings):
    """A model that writes symbols, with attention of this kind or without."""
    net = rt.Embedded(LSTM, settings["E"])
    if kind is not None:
        net = Attending(net, kind(settings["A"]), H)
    return rt.Model(net, V, H, V)


def of_size(task, net, H):
    """Encoder and decoder of a task, of this hidden size."""
    settings = SETTINGS[task]
    if task == "strings":
        kind = {"fixed vector": None, "dot": Dot, "additive": Additive}[net]
        writes = decoder(H, reversal.V, kind, settings)
        return EncoderDecoder(rt.Embedded(LSTM, settings["E"]), reversal.V, writes)
    kind = None if net == "fixed vector" else Dot
    writes = decoder(H, len(vision.ALPHABET), kind, settings)
    cnn, ordered = vision.CNN(8, 8), net != "attention, no order"
    encoder = rt.Stacked((cnn, LSTM)) if ordered else cnn
    return EncoderDecoder(encoder, 64, writes, start=ordered)


@cache
def model_of(task, net):
    """The largest of at most so many parameters."""
    net = net.removesuffix(", longer")
    H = 8
    while size(task, net, H + 1) <= SETTINGS[task]["parameters"]:
        H += 1
    return of_size(task, net, H)


def size(task, net, H):
    """The number of parameters."""
    return rt.tree.size(of_size(task, net, H).init(0))


def lessons(task, rng, settings, times=1):
    """All batches of a training, and how often they are gone through."""
    B = settings["B"]
    if task == "strings":
        low, high = settings["lengths"]
        lengths = rng.integers(low, high + 1, times * settings["updates"] * B)
        return reversal.reversals(lengths, rng).batches(B, rng), 1
    digits, noise = vision.digit_images().train, settings["noise"]
    strips = vision.digit_strips(digits, settings["strips"], rng, noise)
    batches = vision.window_batches(strips, B, rng, settings["stride"])
    return batches, settings["epochs"]


def trained(task, net, seed, lr, stop=None):
    """Parameters, and the loss of each update, or of the first ones with the same
    schedule.
    """
    rng, model, settings = (
        np.random.default_rng(seed),
        model_of(task, net),
        SETTINGS[task],
    )
    times = settings["longer"] if net.endswith(", longer") else 1
    batches, epochs = lessons(task, rng, settings, times)
    if seed == TRY:
        epochs = settings.get("epochs_to_choose", epochs)
    optimizer = rt.Adam(rt.train.linear_decay(lr, epochs * len(batches)), clip=1.0)
    fitted = rt.fit(
        model,
        model.init(rng, np.float32),
        batches,
        optimizer,
        epochs=epochs,
        updates=stop,
        progress=False,
    )
    return fitted.params, fitted.history.losses


def strings_right(model, params, seed):
    """Of each length: the share of strings without a mistake, and of letters that are
    right, with the net's own letters fed back and with the true ones.
    """
    settings, rng = SETTINGS["strings"], np.random.default_rng([seed, 1])
    found = {"right": [], "own": [], "true": []}
    for n in settings["tested"]:
        pairs = reversal.reversals(np.full(settings["tests"], n), rng)
        said = reversal.written(model, params, pairs.sources, longest=n + 1)
        found["right"].append(float(reversal.right(said, pairs).mean()))
        said = np.pad(said, ((0, n + 1 - len(said)), (0, 0)))
        found["own"].append(float((said[:n] == pairs.targets[:n]).mean()))
        start = model.encode(params, pairs.sources)
        fed = model.decoder.forward(params.decoder, pairs.inputs, start).ys_raw
        fed = fed.argmax(axis=-1)
        found["true"].append(float((fed[:n] == pairs.targets[:n]).mean()))
    return {key: [round(share, 4) for share in shares] for key, shares in found.items()}


def beams_right(model, params, seed):
    """For each width of a beam: the share right of each length, and how often its best
    string is likelier than the greedy one.
    """
    settings, rng = SETTINGS["strings"], np.random.default_rng([seed, 2])
    found = {"beams": [], "likelier": []}
    for n in settings["beam_lengths"]:
        pairs = reversal.reversals(np.full(settings["beam_tests"], n), rng)
        best = np.array(
            [
                [one_beam(model, params, source, width) for source in pairs.sources.T]
                for width in settings["beams"]
            ],
            object,
        )
        strings = np.array([reversal.string(one) for one in pairs.targets.T])
        found["beams"].append(
            [round(float(np.mean(b == strings)), 3) for b in best[..., 0]]
        )
        more = [int(np.sum(b - best[0, :, 1] > 1e-3)) for b in best[..., 1]]
        found["likelier"].append(more)
    return found


def one_beam(model, params, source, width):
    """The string that a beam finds, and its score."""
    state, longest = model.encode(params, source[:, None]), len(source) + 2
    best = beam_search(
        model.decoder,
        params.decoder,
        [reversal.END],
        width,
        longest,
        reversal.END,
        state0=state,
    )[0]
    return reversal.string(best.symbols), best.score


def captions_right(model, params, seed):
    """The share of captions without a mistake, by how many digits there are; and of
    those that name the right digits in whatever order.
    """
    settings, rng = SETTINGS["captions"], np.random.default_rng([seed, 1])
    digits = vision.digit_images().test
    strips = vision.digit_strips(digits, settings["tests"], rng, settings["noise"])
    seen = vision.windows(strips.images, settings["stride"])
    said = [
        vision.read_caption(one)
        for one in reversal.written(model, params, seen, longest=18).T
    ]
    true = strips.captions
    right = np.array([a == b for a, b in zip(said, true, strict=True)])
    words = [
        sorted(a.split()) == sorted(b.split()) for a, b in zip(said, true, strict=True)
    ]
    digits = np.array([caption.count(" ") + 1 for caption in true])
    return {
        "right": round(float(right.mean()), 4),
        "of two": round(float(right[digits == 2].mean()), 4),
        "of three": round(float(right[digits == 3].mean()), 4),
        "any order": round(float(np.mean(words)), 4),
    }


def held_out(task, model, params):
    """The loss on new strings, or on strips of digits that are set aside."""
    settings, rng = SETTINGS[task], np.random.default_rng(TRY + 1)
    n = settings["held_out"]
    if task == "strings":
        low, high = settings["lengths"]
        lengths = rng.integers(low, high + 1, n)
        batches = reversal.reversals(lengths, rng).batches(n, rng)
    else:
        digits, noise = vision.digit_images().valid, settings["noise"]
        strips = vision.digit_strips(digits, n, rng, noise)
        batches = vision.window_batches(strips, n, rng, settings["stride"])
    xs, targets, masks = next(iter(batches))
    return float(model.loss(params, xs, targets, **masks))


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
