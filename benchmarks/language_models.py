"""Train the language models of chapter 11 on Shakespeare: RNN and LSTM of equal size,
characters and words.

    python benchmarks/language_models.py characters --cell lstm --seeds 1 2 3
    python benchmarks/language_models.py characters --cell rnn --seeds 1 2 3
    python benchmarks/language_models.py characters --cell lstm --part 4  # of a quarter
    python benchmarks/language_models.py words --cell lstm --seeds 1 2 3
    python benchmarks/language_models.py words --cell lstm --rates  # how it was chosen

Finished seeds are kept in a .partial beside the results, and the same command goes on
with those that are missing.

Text and split are those of `rnntutor.shakespeare`. An RNN is as wide as it takes to
have the LSTM's number of parameters. Writes language-UNIT-CELL.json, with
--part language-UNIT-CELL-PART.json; with --keep also the parameters of the first seed,
language-UNIT-CELL.npz. With --rates three learning rates are tried in a short training
each, on the validation text, and language-UNIT-CELL-rates.json says what they gave.
With characters the highest is the best; the results were made with the rates in
SETTINGS, the middle ones.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib import results
from _lib.resume import Trials

import rnntutor as rt
from rnntutor.text.ngram.mixture import best_weight, interpolate

SETTINGS = {
    "characters": {
        "H": {"lstm": 128, "rnn": 269},
        "B": 32,
        "T": 64,
        "updates": 6000,
        "lr": {"lstm": 8e-3, "rnn": 2e-3},  # not the best; see --rates
        "clip": 1.0,
        "every": 500,
        "order": 7,  # of the n-gram model that it is mixed with
        "dtype": "float32",
    },
    "words": {
        "V": 5000,
        "E": 64,
        "H": {"lstm": 128, "rnn": 142},
        "B": 32,
        "T": 32,
        "updates": 2000,
        "lr": {"lstm": 8e-3, "rnn": 2e-3},
        "clip": 1.0,
        "every": 500,
        "order": 5,
        "dtype": "float32",
    },
}
RATES = {"lstm": (4e-3, 8e-3, 16e-3), "rnn": (1e-3, 2e-3, 4e-3)}
SHORT = 1000  # updates with which the rates are compared
CELLS = {"lstm": rt.Fast(rt.LSTM()), "rnn": rt.Fast(rt.RNN("tanh"))}
FIRST = 10  # losses that a test computes again


def vocabulary_of(unit, text, settings):
    """The symbols: all characters, or the most frequent words."""
    if unit == "characters":
        return rt.Vocabulary.from_text(text)
    return rt.Vocabulary.from_text(text, level="word", size=settings["V"])


def build(unit, cell, seed, vocabulary, settings):
    """The untrained model; words are looked up, characters come in one-hot."""
    net = (
        CELLS[cell] if unit == "characters" else rt.Embedded(CELLS[cell], settings["E"])
    )
    rng = np.random.default_rng(seed)
    H, dtype = settings["H"][cell], settings["dtype"]
    return rt.LanguageModel(vocabulary, rng, H=H, cell=net, dtype=dtype)


def train(
    unit, cell, seed, corpus, vocabulary, settings, stop=None, valid=True, **options
):
    """Train for `updates`, or fewer with the same schedule; the model at its best on
    the validation text.
    """
    model = build(unit, cell, seed, vocabulary, settings)
    rate = rt.train.linear_decay(settings["lr"][cell], settings["updates"])
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


def first_losses(unit, cell, part=1, n=FIRST):
    """The losses of the first updates of the first seed."""
    settings, corpus = SETTINGS[unit], texts_of(part)
    vocabulary = vocabulary_of(unit, rt.shakespeare().train, settings)
    return train(
        unit, cell, 1, corpus, vocabulary, settings, stop=n, valid=False
    ).history.losses


def texts_of(part):
    """Shakespeare with the first PARTth of the training text; the vocabulary is always
    that of all.
    """
    corpus = rt.shakespeare()
    return corpus._replace(train=corpus.train[: len(corpus.train) // part])


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
    return {
        "valid_updates": model.history.valid_updates,
        "valid_losses": [round(loss, 5) for loss in model.history.valid_losses],
        "test_loss": round(float(-net_test.mean()), 5),
        "mixed_test_loss": round(
            float(-interpolate(net_test, ngram_test, weight).mean()), 5
        ),
        "weight": round(weight, 3),
    }


def compare_rates(unit, cell, corpus, vocabulary):
    """The validation loss that each of the RATES reaches in SHORT updates, its schedule
    as short.
    """
    settings = SETTINGS[unit] | {"updates": SHORT, "every": SHORT}
    found, start = [], time.perf_counter()
    for rate in RATES[cell]:
        asked = settings | {"lr": {cell: rate}}
        history = train(unit, cell, 1, corpus, vocabulary, asked).history
        found.append({"lr": rate, "valid_loss": round(history.valid_losses[-1], 5)})
        print(f"rate {rate:g}: validation {history.valid_losses[-1]:.4f}", flush=True)
    seconds = round(time.perf_counter() - start)
    return {
        "unit": unit,
        "cell": cell,
        "updates": SHORT,
        "rates": found,
        "seconds": seconds,
    }


def main():
    """Train seed by seed, and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("unit", choices=tuple(SETTINGS))
    options.add_argument("--cell", choices=tuple(CELLS), default="lstm")
    options.add_argument("--seeds", type=int, nargs="+", default=[1])
    options.add_argument(
        "--part", type=int, default=1, help="train on 1/PART of the text"
    )
    options.add_argument(
        "--rates",
        action="store_true",
        help="try learning rates, and train nothing else",
    )
    options.add_argument(
        "--keep", action="store_true", help="write the first seed's parameters, too"
    )
    asked = options.parse_args()
    settings, corpus = SETTINGS[asked.unit], texts_of(asked.part)
    vocabulary = vocabulary_of(asked.unit, rt.shakespeare().train, settings)
    if asked.rates:
        found = compare_rates(asked.unit, asked.cell, corpus, vocabulary)
        results.write(f"language-{asked.unit}-{asked.cell}-rates", found)
        return
    ngram = rt.NGram(settings["order"], len(vocabulary), "kneser-ney").fit(
        vocabulary.encode(corpus.train)
    )
    name = f"language-{asked.unit}-{asked.cell}" + (
        f"-{asked.part}" if asked.part > 1 else ""
    )
    of_record = settings | {"unit": asked.unit, "cell": asked.cell, "part": asked.part}

    def run(seed):
        start = time.perf_counter()
        model = train(
            asked.unit, asked.cell, seed, corpus, vocabulary, settings, log=print
        )
        row = evaluate(model, ngram, corpus)
        print(
            f"seed {seed}: test {row['test_loss']:.4f}, mixed with {ngram!r}"
            f" {row['mixed_test_loss']:.4f}"
        )
        if asked.keep and seed == asked.seeds[0]:
            path = results.RESULTS / f"{name}.npz"
            results.write_arrays(path, rt.tree.leaves(model.params))
        return row | {
            "parameters": rt.tree.size(model.params),
            "seconds": time.perf_counter() - start,
        }

    trials = Trials(name, lambda trial: of_record)
    runs = trials.run(run, [{"seed": seed} for seed in asked.seeds])
    seconds, parameters = (
        [run.pop(key) for run in runs] for key in ("seconds", "parameters")
    )
    trials.finish(
        {
            "settings": of_record,
            "parameters": parameters[0],
            "V": len(vocabulary),
            "runs": runs,
            "ngram_test_loss": round(
                ngram.cross_entropy(vocabulary.encode(corpus.test)), 5
            ),
            "seconds": round(sum(seconds)),
            "first_losses": first_losses(asked.unit, asked.cell, asked.part),
        }
    )


if __name__ == "__main__":
    main()
