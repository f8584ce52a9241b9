"""LRCN in small: strips of digits, captioned. (The clips are in lrcn_clips.py.)

    python benchmarks/lrcn.py captions
    python benchmarks/lrcn.py captions --validate       # to choose settings by

For each seed a CNN and an LSTM are trained together to write what stands on a strip.
Results go to lrcn-captions.json; finished seeds are kept beside it in a .partial, and
the same command goes on with those that are missing. With --validate the first seed
alone is evaluated, on digits set aside from those to learn from, and nothing is
written. The seconds in the file are those of the processor.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.lab import pictures as vision

SETTINGS = {
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
}
SEEDS = (1, 2, 3, 4, 5)
FIRST = 10  # losses that a test computes again


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


def means(losses, n=50):
    """The mean loss of each n updates."""
    return [
        round(float(np.mean(losses[i : i + n])), 4) for i in range(0, len(losses), n)
    ]


def run_captions(seed, settings, part, log):
    """All that one seed gives."""
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
    return {
        "losses": means(losses),
        "right": right,
        "mean_scores": {
            width: round(float(np.mean(found)), 4) for width, found in scores.items()
        },
        "likelier_than_greedy": better,
    }


def main():
    """Run the seeds that are not there yet, then write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("what", choices=("captions",))
    options.add_argument("--validate", action="store_true")
    if options.parse_args().validate:
        print(run_captions(SEEDS[0], SETTINGS, "valid", print))
        return

    def one(seed):
        start = time.process_time()
        row = run_captions(seed, SETTINGS, "test", print)
        print(f"seed {seed}: {row['right']}")
        return row | {"seconds": time.process_time() - start}

    trials = Trials("lrcn-captions", lambda trial: SETTINGS)
    runs = trials.run(one, [{"seed": seed} for seed in SEEDS])
    trials.finish(
        {
            "settings": SETTINGS,
            "seconds": round(sum(run.pop("seconds") for run in runs)),
            "first_losses": train_captioner(SEEDS[0], SETTINGS, FIRST)[1],
            "runs": runs,
        }
    )


if __name__ == "__main__":
    main()
