"""``rnntutor sample`` and ``rnntutor evaluate``: using a trained model."""

from __future__ import annotations

import math

import numpy as np

from rnntutor.model.losses import bits, perplexity
from rnntutor.text.files import read_text
from rnntutor.text.language_model import LanguageModel

UNITS = {"char": "character", "word": "word"}
LARGEST = math.log(1e308)  # nats, of a perplexity that is still a number


def sample(arguments):
    """Print a prompt and its continuation."""
    model = LanguageModel.load(arguments.model)
    prompt = arguments.prompt or any_prompt(model.vocabulary)
    _known(model.vocabulary, prompt, "--prompt")
    rng = np.random.default_rng(arguments.seed)
    begun = False
    try:
        for piece in continued(
            model, prompt, arguments.length, rng, arguments.temperature
        ):
            begun = True
            print(piece, end="", flush=True)
    finally:  # Ctrl-C, too, leaves what was written
        if begun:
            print()
    return 0


def evaluate(arguments):
    """Print the mean cross-entropy of a text."""
    model = LanguageModel.load(arguments.model)
    text = read_text(arguments.file, arguments.encoding)
    _known(model.vocabulary, text, str(arguments.file))
    print(
        f"{in_words(model.evaluate(text), model.vocabulary)}"
        f" ({len(model.vocabulary.encode(text)):,} in all)"
    )
    return 0


def continued(model, prompt, n, rng, temperature):
    """Yield prompt and continuation, piece by piece as they are written."""
    for i, piece in enumerate(model.pieces(prompt, n, rng, temperature)):
        yield piece if i else model.vocabulary.join(prompt, piece)


def any_prompt(vocabulary):
    """The default prompt: a line break if the model knows it, otherwise some symbol."""
    known = [one for one in vocabulary.symbols if one != vocabulary.unknown]
    return "\n" if "\n" in known else known[0]


def in_words(nats, vocabulary):
    """A loss in all units."""
    unit = UNITS[vocabulary.level]
    as_hard_as = _short(perplexity(nats), 2) if nats < LARGEST else "beyond 10^308"
    return (
        f"{_short(nats, 3)} nats = {_short(bits(nats), 3)} bits per {unit}, perplexity"
        f" {as_hard_as}"
    )


def _short(number, digits):
    """The number with so many decimals; with its power of ten if it is large."""
    return f"{number:.{digits}f}" if number < 1e6 else f"{number:.3g}"


def _known(vocabulary, text, where):
    """Raise if a text has unknown symbols and the model has none for these."""
    if vocabulary.unknown is not None:
        return
    other = sorted({one for one in vocabulary.cut(text) if one not in vocabulary})
    if other:
        listed = " ".join(repr(one) for one in other[:10]) + " ..." * (len(other) > 10)
        raise ValueError(
            f"{where}: {listed}: not in the text that the model learned from, so that"
            " it has no idea of it. Leave it out, or write it otherwise"
        )
