"""LRCN in small: clips of moving digits, read frame by frame and in order; strips of
digits, captioned.

    python benchmarks/lrcn.py clips
    python benchmarks/lrcn.py captions
    python benchmarks/lrcn.py clips --validate          # to choose settings by

For each seed `clips` trains a CNN on single frames, then, on its features, an LSTM on
the clips in order and one on the same clips with their frames shuffled; `captions`
trains a CNN and an LSTM together to write what stands on a strip. Results go to
lrcn-clips.json and lrcn-captions.json; finished seeds are kept beside
them in a .partial, and the same command goes on with those that are missing. The
parameters of the first seed's CNN go to lrcn-clips.npz. With --validate the
first seed alone is evaluated, on digits set aside from those to learn from, and nothing
is written. The seconds in the files are those of the processor.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib import results
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.lab import pictures as vision

SETTINGS = {
    "clips": {
        "noise": 0.2,
        "H": 64,  # features of the CNN, and units of the LSTM
        "cnn": {"clips": 4000, "epochs": 4, "B": 8, "lr": 3e-3},
        "lstm": {"clips": 8000, "epochs": 8, "B": 32, "lr": 5e-3},
        "test_clips": 2000,
        "dtype": "float32",
    },
    "captions": {
        "noise": 0.2,
        "F": 64,
        "H": 64,
        "strips": 12_000,
        "epochs": 5,
        "B": 32,
        "lr": 6e-3,
        "widths": [1, 2, 4],
        "longest": 18,
        "test_strips": 500,
        "dtype": "float32",
    },
}
SEEDS = (1, 2, 3, 4, 5)
FIRST = 10  # losses that a test computes again


def framewise(settings):
    """The CNN with a readout at every frame."""
    return rt.Model(vision.CNN(), 256, settings["H"], vision.Clips.CLASSES)


def through_time(settings):
    """The LSTM on the CNN's features, with a readout at every frame, too."""
    return rt.Model(rt.LSTM(), settings["H"], settings["H"], vision.Clips.CLASSES)


def captioner(settings):
    """CNN and decoder."""
    return vision.Captioner(
        vision.CNN(8, 32), settings["F"], settings["H"], len(vision.ALPHABET)
    )


def train(model, params, batches, lr, epochs, stop=None):
    """The parameters, and the loss of each update, or of the first ones with the same
    schedule.
    """
    total = epochs * len(batches)
    optimizer = rt.Adam(rt.train.linear_decay(lr, total), clip=1.0)
    lengths = {"epochs": epochs, "updates": stop}
    fitted = rt.fit(model, params, batches, optimizer, progress=False, **lengths)
    return fitted.params, fitted.history.losses


def train_cnn(seed, settings, stop=None):
    """On single frames: the label of a clip is that of each of its frames."""
    rng, own = np.random.default_rng(seed), settings["cnn"]
    clips = vision.moving_digits(
        vision.digit_images().train, own["clips"], rng, settings["noise"]
    )
    model = framewise(settings)
    params = model.init(rng, settings["dtype"])
    return train(
        model, params, clips.batches(own["B"], rng), own["lr"], own["epochs"], stop
    )


def train_captioner(seed, settings, stop=None):
    """CNN and decoder together."""
    rng = np.random.default_rng(seed)
    strips = vision.digit_strips(
        vision.digit_images().train, settings["strips"], rng, settings["noise"]
    )
    model = captioner(settings)
    params = model.init(rng, settings["dtype"])
    batches = strips.batches(settings["B"], rng)
    return train(model, params, batches, settings["lr"], settings["epochs"], stop)


def seen(params, clips, settings):
    """The clips with the CNN's features in place of pixels."""
    features = [
        framewise(settings).forward(params, clips.xs[:, i : i + 500]).unrolled.outputs
        for i in range(0, len(clips.labels), 500)
    ]
    return clips._replace(xs=np.concatenate(features, axis=1))


def shares(chosen, clips):
    """Of how many clips class, digit and motion are right; `chosen` are classes (N,) or
    (T, N).
    """
    pairs = (
        (chosen, clips.labels),
        (vision.digit_of(chosen), clips.digits),
        (vision.motion_of(chosen), clips.motions),
    )
    return [round(float((said == true).mean()), 4) for said, true in pairs]


def means(losses, n=50):
    """The mean loss of each n updates."""
    return [
        round(float(np.mean(losses[i : i + n])), 4) for i in range(0, len(losses), n)
    ]


def run_clips(seed, settings, part, log):
    """All that one seed gives; also the CNN's parameters."""
    cnn, losses = train_cnn(seed, settings)
    log(f"seed {seed}: the CNN's loss has come down to {np.mean(losses[-50:]):.3f}")
    rng, own = np.random.default_rng([seed, 1]), settings["lstm"]
    digits = vision.digit_images()
    train_clips, test_clips = (
        seen(cnn, vision.moving_digits(source, n, rng, settings["noise"]), settings)
        for source, n in (
            (digits.train, own["clips"]),
            (getattr(digits, part), settings["test_clips"]),
        )
    )
    mixed_train, mixed_test = (
        vision.shuffled(clips, rng) for clips in (train_clips, test_clips)
    )
    ys_raw = test_clips.xs @ cnn.W_hy + cnn.b_y
    right = {
        "one frame": shares(ys_raw.argmax(axis=-1), test_clips),
        "averaged": shares(vision.average_softmax(ys_raw).argmax(axis=-1), test_clips),
    }
    model = through_time(settings)
    for name, clips in (("LSTM", train_clips), ("LSTM, shuffled", mixed_train)):
        # the same start and the same order of batches for both
        rng = np.random.default_rng([seed, 2])
        params = model.init(rng, settings["dtype"])
        params, _ = train(
            model, params, clips.batches(own["B"], rng), own["lr"], own["epochs"]
        )
        tests = {"": mixed_test if clips is mixed_train else test_clips}
        if clips is train_clips:
            tests[", shuffled for the test alone"] = mixed_test
        for how, test in tests.items():
            ys_raw = model.forward(params, test.xs).ys_raw
            right[name + how] = shares(
                vision.average_softmax(ys_raw).argmax(axis=-1), test
            )
            right[f"{name}{how}, last step"] = shares(ys_raw[-1].argmax(axis=-1), test)
    return {"cnn_losses": means(losses), "right": right}, cnn


def run_captions(seed, settings, part, log):
    """All that one seed gives; also the parameters."""
    params, losses = train_captioner(seed, settings)
    log(f"seed {seed}: the loss has come down to {np.mean(losses[-50:]):.3f}")
    model, rng = captioner(settings), np.random.default_rng([seed, 1])
    digits = getattr(vision.digit_images(), part)
    strips = vision.digit_strips(
        digits, settings["test_strips"], rng, settings["noise"]
    )
    right, scores = {}, {}
    for width in settings["widths"]:
        best = [
            model.write(params, image, width, settings["longest"], vision.END)[0]
            for image in strips.images
        ]
        written = [vision.read_caption(one.symbols) for one in best]
        pairs = list(zip(written, strips.captions, strict=True))
        right[str(width)] = round(float(np.mean([w == c for w, c in pairs])), 4)
        scores[str(width)] = [round(one.score, 3) for one in best]
    greedy = np.array(scores["1"])
    better = {
        width: int(np.sum(np.array(found) > greedy + 1e-3))
        for width, found in scores.items()
    }
    row = {
        "losses": means(losses),
        "right": right,
        "mean_scores": {
            width: round(float(np.mean(found)), 4) for width, found in scores.items()
        },
        "likelier_than_greedy": better,
    }
    return row, params


RUNS = {"clips": (run_clips, train_cnn), "captions": (run_captions, train_captioner)}


def main():
    """Run the seeds that are not there yet, then write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("what", choices=tuple(RUNS))
    options.add_argument("--validate", action="store_true")
    asked = options.parse_args()
    settings, name = SETTINGS[asked.what], f"lrcn-{asked.what}"
    run, train_first = RUNS[asked.what]
    if asked.validate:
        print(run(SEEDS[0], settings, "valid", print)[0])
        return

    def one(seed):
        start = time.process_time()
        row, params = run(seed, settings, "test", print)
        if seed == SEEDS[0] and asked.what == "clips":  # chapter 13 goes on from there
            path = results.RESULTS / f"{name}.npz"
            results.write_arrays(path, rt.tree.leaves(params))
        print(f"seed {seed}: {row['right']}")
        return row | {"seconds": time.process_time() - start}

    trials = Trials(name, lambda trial: settings)
    runs = trials.run(one, [{"seed": seed} for seed in SEEDS])
    trials.finish(
        {
            "settings": settings,
            "seconds": round(sum(run.pop("seconds") for run in runs)),
            "first_losses": train_first(SEEDS[0], settings, FIRST)[1],
            "runs": runs,
        }
    )


if __name__ == "__main__":
    main()
