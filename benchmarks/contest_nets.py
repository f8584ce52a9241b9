"""What `contest.py` trains: texts, nets of a given number of parameters, their
training, and what there is to say about a net on text that it has not seen.
"""

from __future__ import annotations

import time
from functools import cache

import numpy as np

import rnntutor as rt
from rnntutor.text.ngram.counts import count
from rnntutor.text.ngram.mixture import best_weight, interpolate

CELLS = {"rnn": rt.Fast(rt.RNN("tanh")), "gru": rt.GRU(), "lstm": rt.Fast(rt.LSTM())}
TEXTS = {
    "words": {"V": 5000, "B": 32, "T": 32, "every": 250, "order": 5},
    "characters": {"V": None, "B": 32, "T": 64, "every": 500, "order": 7},
}
COMMON = {
    "clip": 1.0,
    "dtype": "float32",
    "passage": 100_000,  # characters of the validation text, for the curves
    "every_of_a_part": 50,  # of a part of the text, validation is this frequent
    "patience_of_a_part": 20,
}
# An LSTM of one layer, its units and the width of its embedding; every other net of
# the size has as many parameters, nearly. Characters come in one-hot.
SIZES = {
    "words": {"small": (64, 32), "medium": (128, 64), "large": (256, 128)},
    "characters": {"small": (128, 0), "medium": (256, 0), "large": (512, 0)},
}


def settings_of(net):
    """All that a training depends on beside the net itself."""
    return TEXTS[net["unit"]] | COMMON | {"size": SIZES[net["unit"]][net["size"]]}


@cache
def vocabulary_of(unit):
    """All characters, or the most frequent words, of the whole training text."""
    text, V = rt.shakespeare().train, TEXTS[unit]["V"]
    return rt.Vocabulary.from_text(text, level=unit.removesuffix("s")[:4], size=V)


def text_of(part):
    """The first PARTth of the training text."""
    text = rt.shakespeare().train
    return text[: len(text) // part]


@cache
def counts_of(unit, part):
    """The n-gram model that the nets are set against."""
    vocabulary = vocabulary_of(unit)
    ids = vocabulary.encode(text_of(part))
    return rt.NGram(TEXTS[unit]["order"], len(vocabulary), "kneser-ney").fit(ids)


def parameters(cell, layers, H, E, V):
    """How many a net has: embedding, layers, readout."""
    K = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    biases = 2 if cell == "gru" else 1
    widths = [E or V] + [H] * (layers - 1)
    inner = sum(K * H * (D + H + biases) for D in widths)
    return V * E + inner + (H + 1) * V


def width(net):
    """The hidden size with which a net has the number of parameters of its size."""
    V, (units, E) = len(vocabulary_of(net["unit"])), SIZES[net["unit"]][net["size"]]
    budget = parameters("lstm", 1, units, E, V)

    def distance(H):
        return abs(parameters(net["cell"], net["layers"], H, E, V) - budget)

    return min(range(1, 4 * units), key=distance)


def build(net):
    """The untrained model."""
    E, cell = SIZES[net["unit"]][net["size"]][1], CELLS[net["cell"]]
    inner = (
        rt.Stacked((cell,) * net["layers"], net["dropout"])
        if net["layers"] > 1
        else cell
    )
    return rt.LanguageModel(
        vocabulary_of(net["unit"]),
        np.random.default_rng(net["seed"]),
        H=width(net),
        cell=rt.Embedded(inner, E) if E else inner,
        dtype=COMMON["dtype"],
    )


def train(net, stop=None, valid=True):
    """The model at its best on the validation passage; the rate falls in a straight
    line over all updates, also where a training is stopped before.
    """
    model, settings, part = build(net), settings_of(net), net["part"]
    watching = {"valid": rt.shakespeare().valid, "every": settings["every"]}
    if part > 1:
        watching["every"] = settings["every_of_a_part"]
        watching["patience"] = settings["patience_of_a_part"]
    rate = rt.train.linear_decay(net["lr"], net["updates"])
    model.fit(
        text_of(part),
        optimizer=rt.Adam(rate, clip=settings["clip"], decay=net["decay"]),
        B=settings["B"],
        T=settings["T"],
        valid_chars=settings["passage"],
        epochs=10_000,
        updates=stop or net["updates"],
        renew=None,
        rng=net["seed"] if net["dropout"] else None,
        progress=False,
        **watching if valid else {},
    )
    return model


def run(judged=True, **net):
    """Train a net; a row of `Trials`. Only where it is judged does it see the test
    text.
    """
    begun = time.process_time()
    try:
        model = train(net)
    except rt.NonFiniteError as error:
        return {"valid_loss": None, "why": str(error), "seconds": 0}
    seconds, corpus = time.process_time() - begun, rt.shakespeare()
    history = model.history
    row = {
        "H": model.model.H,
        "parameters": rt.tree.size(model.params),
        "seconds": round(seconds, 1),  # of the processor, for the training
        "valid_updates": history.valid_updates,
        "valid_losses": _rounded(history.valid_losses),
        "first_losses": history.losses[:5],
    }
    valid = model.log_prob(corpus.valid)
    row["valid_loss"] = round(-float(valid.mean()), 5)
    return row | judge(net, model, valid) if judged else row


def judge(net, model, valid):
    """Losses on the test text, alone and mixed with the counts; the weight is chosen on
    the validation text.
    """
    unit, test = net["unit"], model.log_prob(rt.shakespeare().test)
    of_counts = {
        name: log_probs[1:] for name, log_probs in counts_say(unit, net["part"]).items()
    }
    weight = best_weight(valid, of_counts["valid"])
    mixed = interpolate(test, of_counts["test"], weight)
    return {
        "test_loss": round(-float(test.mean()), 5),
        "mixed_test_loss": round(-float(mixed.mean()), 5),
        "weight": round(weight, 3),
        "where": by_group(unit, -test),
    }


@cache
def counts_say(unit, part):
    """The ln p of the n-gram model for all symbols of the two texts."""
    vocabulary, corpus = vocabulary_of(unit), rt.shakespeare()
    return {
        name: counts_of(unit, part).log_prob(vocabulary.encode(getattr(corpus, name)))
        for name in ("valid", "test")
    }


def about_counts(unit, part=1):
    """What a record says of the n-gram model."""
    said, corpus = counts_say(unit, part), rt.shakespeare()
    valid, test = (-said[name][1:] for name in ("valid", "test"))
    vocabulary, order = vocabulary_of(unit), TEXTS[unit]["order"]
    passage = vocabulary.encode(corpus.valid[: COMMON["passage"]])
    ids = vocabulary.encode(text_of(part))
    stored = [len(one.codes) for one in count(ids, order, len(vocabulary))]
    return {
        "order": order,
        "ngrams": stored,  # different ones of each order
        "valid_loss": round(float(valid.mean()), 5),
        "passage_loss": round(counts_of(unit, part).cross_entropy(passage), 5),
        "test_loss": round(float(test.mean()), 5),
        "where": by_group(unit, test),
        "members": {name: int(here.sum()) for name, here in groups(unit).items()},
    }


@cache
def groups(unit):
    """Which symbols of the test text, from the second on, belong to which group."""
    if unit != "words":
        return {}
    vocabulary, corpus = vocabulary_of(unit), rt.shakespeare()
    train, test = (vocabulary.encode(text) for text in (corpus.train, corpus.test))
    V, target = len(vocabulary), test[1:]
    pairs, times = np.unique(train[:-1] * V + train[1:], return_counts=True)
    before = np.append(-1, test[:-2] * V + test[1:-1])  # -1: only one word before
    place = np.minimum(np.searchsorted(pairs, before), len(pairs) - 1)
    seen = np.where(pairs[place] == before, times[place], 0)
    often = np.bincount(train, minlength=V)[target]
    unknown, line = (target == vocabulary.encode(one)[0] for one in ("<unk>", "\n"))
    word = np.array([any(map(str.isalpha, one)) for one in vocabulary.symbols])[target]
    word &= ~unknown
    members = {
        "two before: never seen": seen == 0,
        "two before: 1 to 9 times": (seen >= 1) & (seen < 10),
        "two before: 10 to 99 times": (seen >= 10) & (seen < 100),
        "two before: 100 times or more": seen >= 100,
        "line break": line,
        "mark": ~word & ~line & ~unknown,
        "unknown word": unknown,
        "word, below 100 times": word & (often < 100),
        "word, 100 to 999 times": word & (often >= 100) & (often < 1000),
        "word, 1000 times or more": word & (often >= 1000),
    }
    return {name: here for name, here in members.items() if here.any()}


def by_group(unit, nats):
    """The mean loss in each group."""
    return {
        name: round(float(nats[here].mean()), 4) for name, here in groups(unit).items()
    }


def _rounded(losses):
    return [round(loss, 5) for loss in losses]
