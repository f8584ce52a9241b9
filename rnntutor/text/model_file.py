"""A language model in a file: vocabulary, cell, parameters, history."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from rnntutor.text.net_config import build, describe
from rnntutor.text.vocabulary import Vocabulary
from rnntutor.train.checkpoint.container import CheckpointError, Contents
from rnntutor.train.checkpoint.entries import from_entries, to_entries
from rnntutor.train.checkpoint.run import from_history, history_entries


def about_language(language):
    """What makes a language model besides its parameters, as JSON can say it."""
    vocabulary = language.vocabulary
    return {
        "language_model": {
            "cell": describe(language.model.cell),
            "H": language.model.H,
            "dtype": str(language.params.W_hy.dtype),
            "vocabulary": {
                one.name: getattr(vocabulary, one.name)
                for one in fields(vocabulary)
                if one.init
            },
        }
    }


def to_contents(language):
    """What a file holds of a language model."""
    entries = to_entries(language.params, "params")
    if language.history is not None:
        entries |= history_entries(language.history)
    return Contents(about_language(language), entries)


def from_contents(make, contents, cells):
    """The language model again, with the parameters that `LanguageModel.fit` would have
    kept.

    Of a training that has ended these are the ones that did best in validation,
    otherwise the newest. `make` is the class. A file of anything else raises
    `CheckpointError`.
    """
    about, entries = contents
    if "language_model" not in about:
        raise CheckpointError(
            "path: expected the file of a language model, got one of something else"
        )
    said = about["language_model"]
    try:
        vocabulary = Vocabulary(**said["vocabulary"])
        cell = build(said["cell"], cells)
        language = make(
            vocabulary, np.random.default_rng(0), said["H"], cell, said["dtype"]
        )
    except (TypeError, LookupError) as error:
        raise CheckpointError(
            f"path: expected a language model, got {error}"
        ) from error
    kept = "best" if entries.get("closing") == "best" else "params"
    language.params = from_entries(entries, kept, language.params)
    if "history.losses" in entries:
        language.history = from_history(entries)
    return language
