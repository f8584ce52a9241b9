"""Train the character model of chapter 6 for longer than a notebook should run.

    python benchmarks/train_shakespeare.py                 # about a quarter of an hour on one core
    python benchmarks/train_shakespeare.py --updates 100   # a quick look

The net, its data and its first parameters are those of the chapter; only the number of
updates differs.  Writes results/shakespeare.json, and its log to results/shakespeare.log.  Ctrl-C stops
early and still writes both.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import results

import rnntutor as rt

SETTINGS = {"H": 128, "B": 64, "T": 32, "lr": 0.5, "momentum": 0.9, "clip": 0.5, "seed": 6}
PROMPT = "HAMLET:\n"


def build(settings):
    """The model, the texts and the optimiser's fixed part, as chapter 6 has them."""
    corpus = rt.shakespeare()
    vocabulary = rt.Vocabulary.from_text(corpus.train)
    model = rt.LanguageModel(vocabulary, np.random.default_rng(settings["seed"]), H=settings["H"])
    return model, corpus


def train(settings, updates, stop=None, every=1000, log=None, valid=True):
    """Train for `updates`, or fewer with the same schedule; returns the model, the history and the texts."""
    model, corpus = build(settings)
    optimiser = rt.SGD(rt.linear_decay(settings["lr"], updates), settings["momentum"], settings["clip"])
    history = model.fit(
        corpus.train, corpus.valid if valid else None, optimiser, B=settings["B"], T=settings["T"],
        epochs=10_000, updates=stop or updates, every=every, log=log, progress=log is not None,
    )  # fmt: skip
    return model, history, corpus


def main():
    """Train, write the log as it comes, then the result file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--updates", type=int, default=60_000)
    options.add_argument("--name", default="shakespeare", help="name of the result file")
    asked = options.parse_args()
    start = time.perf_counter()
    results.RESULTS.mkdir(exist_ok=True)
    with open(results.RESULTS / f"{asked.name}.log", "w", encoding="utf-8") as file:

        def log(line):
            print(line, file=file, flush=True)
            print(line, flush=True)

        model, history, corpus = train(SETTINGS, asked.updates, every=max(1, asked.updates // 60), log=log)
    path = results.write(
        asked.name,
        results.circumstances()
        | {
            "settings": SETTINGS,
            "updates": history.updates,
            "seconds": round(time.perf_counter() - start),
            "first_losses": history.losses[:20],
            "valid_updates": history.valid_updates,
            "valid_losses": [round(loss, 5) for loss in history.valid_losses],
            "test_loss": round(model.evaluate(corpus.test), 5),
            "prompt": PROMPT,
            "samples": {
                str(tau): model.sample(PROMPT, 600, np.random.default_rng(1), tau) for tau in (0.5, 0.8, 1.0)
            },
        },
    )
    print(f"wrote benchmarks/results/{path.name}")


if __name__ == "__main__":
    main()
