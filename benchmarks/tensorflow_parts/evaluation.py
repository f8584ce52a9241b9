"""The net that `net.py` has trained, read back into this package: its losses, those of
n-grams, and what it writes.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from _lib import results

import rnntutor as rt
from tensorflow_parts.net import language_model, settings_of, texts

NGRAMS = {  # of the record of n-grams, fitted to the same text
    "Kneser-Ney": "plays_characters",
    "Witten-Bell": "plays_characters_witten_bell_chosen",
}
TEMPERATURES, PROMPT, WRITTEN = (0.5, 0.7, 1.0), "HAMLET:\n", 500
START = 4000  # characters of the test text, whose loss a test computes again


def read(path, settings):
    """The trained model."""
    language = language_model(settings)
    with np.load(path) as kept:
        arrays = iter([kept[name] for name, _ in rt.tree.leaves(language.params)])
    language.params = rt.tree.map(
        lambda _: next(arrays).astype(np.float32), language.params
    )
    language.model.check_params(language.params)
    return language


def best_ngrams():
    """Each smoothing with the length of context that does best on the validation
    text.
    """
    record = results.read("kneser-ney")
    for name, key in NGRAMS.items():
        losses = record[key]
        at = int(np.argmin(losses["valid_losses"]))
        said = {part: losses[part][at] for part in ("valid_losses", "test_losses")}
        yield {
            "ngram": f"{name}, context {record['contexts'][at]}",
            "valid_loss": said["valid_losses"],
            "test_loss": said["test_losses"],
        }


def loss(language, text):
    """Nats per character."""
    return round(float(-language.log_prob(text).mean()), 5)


def evaluate(asked, send):
    """Rows of samples, of losses of n-grams, and last, which takes longest, of the
    net's.
    """
    path = Path(asked.folder) / f"{asked.name}.npz"
    if not path.exists():
        raise FileNotFoundError("no weights: --only net evaluation trains a net")
    language, corpus = read(path, settings_of(asked.quick)), texts(asked.quick)
    send({"weights": "float16", "loss_of_start": loss(language, corpus.test[:START])})
    for seed, temperature in enumerate(TEMPERATURES):
        rng = np.random.default_rng(seed)
        text = language.sample(PROMPT, WRITTEN, rng, temperature)
        send({"temperature": temperature, "prompt": PROMPT, "text": text})
    ngrams = list(best_ngrams())
    for one in ngrams:
        send(one)
    began, row = time.perf_counter(), {}
    with rt.threads():
        for part in ("test", "valid"):
            row[f"{part}_loss"] = loss(language, getattr(corpus, part))
    row["seconds"] = round(time.perf_counter() - began, 1)
    row["past_the_ngrams"] = row["test_loss"] < min(one["test_loss"] for one in ngrams)
    send(row)
