r"""Train the character model of chapter 6 for longer than a notebook should run.

    python benchmarks/train_shakespeare.py  # half an hour on a busy core
    python benchmarks/train_shakespeare.py --updates 2000 --every 100 \
        --name shakespeare-page --stages 500 2000 --stage-chars 3000

The net, its data and its first parameters are those of the chapter; only the number of
updates differs.  The second line is the chapter's own training, for the sake of its
samples: a sampled text hangs on the last digits of the probabilities, which differ
between processors. Writes NAME.json, and its log to NAME.log.  Ctrl-C
stops early and still writes both.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib import results

import rnntutor as rt

SETTINGS = {
    "H": 128,
    "B": 64,
    "T": 32,
    "lr": 0.5,
    "momentum": 0.9,
    "clip": 0.5,
    "seed": 6,
}
PROMPT = "HAMLET:\n"


def build(settings):
    """The model, the texts and the optimizer's fixed part, as chapter 6 has them."""
    corpus = rt.shakespeare()
    vocabulary = rt.Vocabulary.from_text(corpus.train)
    cell, H = rt.RNN("tanh"), settings["H"]
    model = rt.LanguageModel(vocabulary, settings["seed"], H=H, cell=cell, dtype=float)
    return model, corpus


def train(settings, updates, stop=None, valid=True, **options):
    """Train for `updates`, or fewer with the same schedule; returns the model, the
    history and the texts.
    """
    model, corpus = build(settings)
    optimizer = rt.SGD(
        rt.train.linear_decay(settings["lr"], updates),
        settings["momentum"],
        settings["clip"],
    )
    history = model.fit(
        corpus.train,
        corpus.valid if valid else None,
        optimizer=optimizer,
        B=settings["B"],
        T=settings["T"],
        epochs=10_000,
        updates=stop or updates,
        renew=None,
        **options,
    )
    return model, history, corpus


def main():
    """Train, write the log as it comes, then the result file."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("--updates", type=int, default=60_000)
    options.add_argument(
        "--every", type=int, default=1000, help="updates between validations"
    )
    options.add_argument(
        "--stages", type=int, nargs="+", help="updates after which the net writes"
    )
    options.add_argument(
        "--stage-chars", type=int, default=180, help="how much it writes then"
    )
    options.add_argument(
        "--name", default="shakespeare", help="name of the result file"
    )
    asked = options.parse_args()
    start = time.perf_counter()
    stages = {0: build(SETTINGS)[0].params}
    wanted = asked.stages or {asked.every, 3 * asked.every, asked.updates}
    with results.logged(asked.name) as log:

        def watch(update, loss, params):
            if update in wanted:
                stages[update] = params

        model, history, corpus = train(
            SETTINGS, asked.updates, every=asked.every, log=log, watch=watch
        )
    seconds = time.perf_counter() - start

    def sample(n, seed, temperature, params=None):
        return model.sample(PROMPT, n, np.random.default_rng(seed), temperature, params)

    content = {
        "settings": SETTINGS,
        "updates": history.updates,
        "seconds": round(seconds),
        "first_losses": history.losses[:20],
        "valid_updates": history.valid_updates,
        "valid_losses": [round(loss, 5) for loss in history.valid_losses],
        "test_loss": round(model.evaluate(corpus.test), 5),
        "prompt": PROMPT,
        "samples": {str(tau): sample(600, 1, tau) for tau in (0.5, 0.8, 1.0)},
        "stages": {
            str(update): sample(asked.stage_chars, 3, 0.7, params)
            for update, params in stages.items()
        },
    }
    results.write(asked.name, content)


if __name__ == "__main__":
    main()
