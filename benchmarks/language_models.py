"""Train the character model that chapter 11 looks into: an LSTM on Shakespeare.

    python benchmarks/language_models.py --seeds 1 2 3 --keep
    python benchmarks/language_models.py --rates  # three learning rates, nothing else

Finished seeds are kept in a .partial beside the results, and the same command goes on
with those that are missing.

Text and split are those of `rnntutor.shakespeare`. The learning rate was set and not
chosen; for nets that are compared, see `contest.py`. Writes
language-characters-lstm.json; with --keep also the parameters of the first seed,
language-characters-lstm.npz. With --rates three learning rates are tried in a short
training each, on the validation text, and language-characters-lstm-rates.json says what
they gave: the highest is the best, and the other results were made with the middle one.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib import results
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.text.ngram.mixture import best_weight, interpolate

NAME = "language-characters-lstm"
SETTINGS = {
    "H": 128,
    "B": 32,
    "T": 64,
    "updates": 6000,
    "lr": 8e-3,  # not the best; see --rates
    "clip": 1.0,
    "every": 500,
    "order": 7,  # of the n-gram model that it is mixed with
    "dtype": "float32",
}
RATES = (4e-3, 8e-3, 16e-3)
SHORT = 1000  # updates with which the rates are compared
FIRST = 10  # losses that a test computes again


def train(seed, corpus, settings, stop=None, valid=True, **options):
    """Train for `updates`, or fewer with the same schedule; the model at its best on
    the validation text.
    """
    model = rt.LanguageModel(
        rt.Vocabulary.from_text(corpus.train),
        np.random.default_rng(seed),
        H=settings["H"],
        cell=rt.Fast(rt.LSTM()),
        dtype=settings["dtype"],
    )
    rate = rt.train.linear_decay(settings["lr"], settings["updates"])
    if valid:
        options |= {"valid": corpus.valid, "every": settings["every"], "patience": 4}
    model.fit(
        corpus.train,
        optimizer=rt.Adam(rate, clip=settings["clip"]),
        B=settings["B"],
        T=settings["T"],
        valid_chars=100_000,
        epochs=10_000,
        updates=stop or settings["updates"],
        renew=None,
        **options,
    )
    return model


def first_losses(n=FIRST):
    """The losses of the first updates of the first seed."""
    model = train(1, rt.shakespeare(), SETTINGS, stop=n, valid=False)
    return model.history.losses


def evaluate(model, ngram, corpus):
    """Losses of the net, and of its mixture with n-grams; the weight is chosen on the
    validation text.
    """
    (net_valid, net_test), (ngram_valid, ngram_test) = (
        [log_prob(text) for text in (corpus.valid, corpus.test)]
        for log_prob in (
            model.log_prob,
            lambda text: ngram.log_prob(model.vocabulary.encode(text))[1:],
        )
    )
    weight = best_weight(net_valid, ngram_valid)
    mixed = interpolate(net_test, ngram_test, weight)
    return {
        "valid_updates": model.history.valid_updates,
        "valid_losses": [round(loss, 5) for loss in model.history.valid_losses],
        "test_loss": round(float(-net_test.mean()), 5),
        "mixed_test_loss": round(float(-mixed.mean()), 5),
        "weight": round(weight, 3),
    }


def compare_rates(corpus):
    """The validation loss that each of the RATES reaches in SHORT updates, its schedule
    as short.
    """
    settings = SETTINGS | {"updates": SHORT, "every": SHORT}
    found, start = [], time.perf_counter()
    for rate in RATES:
        history = train(1, corpus, settings | {"lr": rate}).history
        found.append({"lr": rate, "valid_loss": round(history.valid_losses[-1], 5)})
        print(f"rate {rate:g}: validation {history.valid_losses[-1]:.4f}", flush=True)
    seconds = round(time.perf_counter() - start)
    return {"updates": SHORT, "rates": found, "seconds": seconds}


def main():
    """Train seed by seed, and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("--seeds", type=int, nargs="+", default=[1])
    options.add_argument(
        "--rates",
        action="store_true",
        help="try learning rates, and train nothing else",
    )
    options.add_argument(
        "--keep", action="store_true", help="write the first seed's parameters, too"
    )
    asked, corpus = options.parse_args(), rt.shakespeare()
    if asked.rates:
        results.write(f"{NAME}-rates", compare_rates(corpus))
        return
    vocabulary = rt.Vocabulary.from_text(corpus.train)
    ngram = rt.NGram(SETTINGS["order"], len(vocabulary), "kneser-ney").fit(
        vocabulary.encode(corpus.train)
    )

    def run(seed):
        start = time.perf_counter()
        model = train(seed, corpus, SETTINGS, log=print)
        row = evaluate(model, ngram, corpus)
        print(
            f"seed {seed}: test {row['test_loss']:.4f}, mixed with {ngram!r}"
            f" {row['mixed_test_loss']:.4f}"
        )
        if asked.keep and seed == asked.seeds[0]:
            path = results.RESULTS / f"{NAME}.npz"
            results.write_arrays(path, rt.tree.leaves(model.params))
        return row | {
            "parameters": rt.tree.size(model.params),
            "seconds": time.perf_counter() - start,
        }

    trials = Trials(NAME, lambda trial: SETTINGS)
    runs = trials.run(run, [{"seed": seed} for seed in asked.seeds])
    seconds, parameters = (
        [run.pop(key) for run in runs] for key in ("seconds", "parameters")
    )
    trials.finish(
        {
            "settings": SETTINGS,
            "parameters": parameters[0],
            "V": len(vocabulary),
            "runs": runs,
            "ngram_test_loss": round(
                ngram.cross_entropy(vocabulary.encode(corpus.test)), 5
            ),
            "seconds": round(sum(seconds)),
            "first_losses": first_losses(),
        }
    )


if __name__ == "__main__":
    main()
