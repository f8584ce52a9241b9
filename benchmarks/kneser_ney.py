r"""n-gram models on the texts of published results, and on Shakespeare's plays.

    python benchmarks/kneser_ney.py --war-and-peace warpeace_input.txt.gz \
        --tiny-shakespeare input.txt.gz

All losses are cross-entropies in nats per symbol. The two files are
not in this repository; their SHA-256 is checked. War and Peace is split in the way of
char-rnn, 100 rows each cut in time. Each row of the validation and of the test part is
read with the bytes before it as its context; the test part also as one text, where a
row begins with the end of the row before as a false context. Writes kneser-ney.json.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _lib import results, texts

import rnntutor as rt

# how many symbols a prediction looks back at: in the published row,
PUBLISHED = range(1, 8)
CONTEXTS = range(1, 10)  # and on the plays
WORDS = 5000  # in the vocabulary of the plays, as for the nets of contest.py


def model(context, V, train, smoothing="kneser-ney", valid=None):
    """The model that looks back at `context` symbols; with `valid` its k is chosen
    there.
    """
    return rt.NGram(context + 1, V, smoothing).fit(train, valid)


def row_losses(context, split):
    """The readings of a split of rows: the validation part and the test part with the
    context of each row, and the latter as one text.
    """
    fitted = model(context, split.V, split.train.inputs.T.ravel())

    def loss(before, part):
        ends, rows = before.inputs.T[:, -context:], part.inputs.T
        log_ps = [
            fitted.log_prob(np.append(end, row))[context:]
            for end, row in zip(ends, rows, strict=True)
        ]
        return float(-np.mean(log_ps))

    return (
        loss(split.train, split.valid),
        loss(split.valid, split.test),
        fitted.cross_entropy(split.test.inputs.T.ravel()),
    )


def war_and_peace(data, contexts=PUBLISHED):
    """The readings for every length of context."""
    split = texts.char_rnn_split(data)
    of_each = [row_losses(context, split) for context in contexts]
    names = ("valid_losses", "test_losses", "test_losses_as_one_text")
    return {
        name: _rounded(losses)
        for name, losses in zip(names, zip(*of_each, strict=True), strict=True)
    }


def tiny_shakespeare(data, contexts=PUBLISHED):
    """Nine tenths to learn from, one to be tested on."""
    numbers, V = texts.ids(data)
    cut = int(0.9 * len(numbers))
    losses = [model(n, V, numbers[:cut]).cross_entropy(numbers[cut:]) for n in contexts]
    return {"test_losses": _rounded(losses)}


def plays(level, contexts=CONTEXTS, smoothing="kneser-ney", choose=False):
    """Shakespeare's plays by characters or words.

    With `choose` the k of the smoothing is chosen on the validation plays; Kneser-Ney's
    is 1 as published.
    """
    corpus = rt.shakespeare()
    vocabulary = rt.Vocabulary.from_text(
        corpus.train, level, size=WORDS if level == "word" else None
    )
    train = vocabulary.encode(corpus.train)
    valid, test = (vocabulary.encode(text) for text in corpus[1:])
    models = [
        model(n, len(vocabulary), train, smoothing, valid if choose else None)
        for n in contexts
    ]
    return {
        "valid_losses": _rounded(one.cross_entropy(valid) for one in models),
        "test_losses": _rounded(one.cross_entropy(test) for one in models),
    }


def _rounded(losses):
    return [round(loss, 5) for loss in losses]


def main():
    """Everything, into one file."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("--war-and-peace", required=True, metavar="PATH")
    options.add_argument("--tiny-shakespeare", required=True, metavar="PATH")
    asked = options.parse_args()
    start = time.perf_counter()
    content = {
        "contexts": list(CONTEXTS),
        "published_contexts": list(PUBLISHED),
        "war_and_peace": war_and_peace(
            texts.read(asked.war_and_peace, "war-and-peace")
        ),
        "tiny_shakespeare": tiny_shakespeare(
            texts.read(asked.tiny_shakespeare, "tiny-shakespeare")
        ),
        "plays_characters": plays("char"),
        "plays_characters_chosen": plays("char", choose=True),
        "plays_words": plays("word"),
        "plays_characters_witten_bell": plays("char", smoothing="witten-bell"),
        "plays_characters_witten_bell_chosen": plays(
            "char", smoothing="witten-bell", choose=True
        ),
        "plays_words_witten_bell_chosen": plays(
            "word", smoothing="witten-bell", choose=True
        ),
    }
    results.write(
        "kneser-ney", {"seconds": round(time.perf_counter() - start)} | content
    )


if __name__ == "__main__":
    main()
