"""A language model in a file: vocabulary, cell, parameters, history.

`to_contents` gathers what `rnntutor.train.checkpoint.container` writes; the layout of
the file is described in `rnntutor.train.checkpoint`.
"""

from __future__ import annotations

from dataclasses import fields

from rnntutor import _check
from rnntutor.text.net_config import build, describe
from rnntutor.text.vocabulary import Vocabulary
from rnntutor.train.checkpoint.container import CheckpointError, Contents, read
from rnntutor.train.checkpoint.entries import from_entries, to_entries
from rnntutor.train.checkpoint.run import from_history, history_entries


def about_language(language):
    """The configuration of a language model: all but its parameters, for JSON."""
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
    """The contents of the file of a language model."""
    entries = to_entries(language.params, "params")
    if language.history is not None:
        entries |= history_entries(language.history)
    return Contents(about_language(language), entries)


def from_file(make, path, cells):
    """The result of `LanguageModel.load`; `make` is the class."""
    if not isinstance(cells, tuple | list) or not all(
        isinstance(one, type) for one in cells
    ):
        raise TypeError(
            f"cells: expected a sequence of classes, got {_check.short(cells)}"
        )
    about, entries = read(path)
    if "language_model" not in about:
        raise CheckpointError(
            "path: expected the file of a language model, got one of something else"
        )
    config = about["language_model"]
    try:
        vocabulary = Vocabulary(**config["vocabulary"])
        cell = build(config["cell"], cells)
        language = make(vocabulary, H=config["H"], cell=cell, dtype=config["dtype"])
    except (TypeError, LookupError) as error:
        raise CheckpointError(
            f"path: expected a language model, got {error}"
        ) from error
    kept = "best" if entries.get("closing") == "best" else "params"
    language.params = from_entries(entries, kept, language.params)
    if "history.losses" in entries:
        language.history = from_history(entries)
    return language
