"""The training of a language model: the batches, the validation and the checkpoint of a
text.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from rnntutor import _check
from rnntutor.text import defaults
from rnntutor.text.batches import contiguous_batches
from rnntutor.text.evaluation import mean_loss
from rnntutor.text.model_file import about_language
from rnntutor.text.scoring import Inputs
from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.training import fit
from rnntutor.train.validation import Validation

_WATCHING = ("every", "patience", "log", "watch")  # options of `Validation`


_AT_LEAST = {
    "char": ("one character", "two characters"),
    "word": ("one word or mark", "two words or marks"),
}


def encoded(vocabulary, name, text, least):
    """The ids of a text of at least one or two symbols; `name` is the argument's."""
    try:
        ids = vocabulary.encode(_check.instance(name, text, str))
    except ValueError as error:
        raise ValueError(name + str(error).removeprefix("text")) from None
    if len(ids) < least:
        expected = _AT_LEAST[vocabulary.level][least - 1]
        raise ValueError(
            f"{name}: expected at least {expected}, got {_check.short(text)}"
        )
    return ids


def fit_text(language, text, valid, optimizer, B, T, valid_chars, options):
    """Train a language model, whose attributes stay as they are; arguments as for
    `LanguageModel.fit`. Returns a `Fitted`.
    """
    model, params = language.model, language.params
    ids, T = encoded(language.vocabulary, "text", text, 2), _check.integer("T", T)
    batches = contiguous_batches(
        ids, defaults.rows(len(ids), T=T) if B is None else B, T
    )
    options = {"epochs": defaults.EPOCHS, "renew": defaults.RENEW} | options
    watching = {name: options.pop(name) for name in _WATCHING if name in options}
    watching = {name: one for name, one in watching.items() if one is not None}
    valid_chars = _check.integer("valid_chars", valid_chars)
    if valid is not None:
        head = _check.instance("valid", valid, str)[:valid_chars]
        valid_ids = encoded(language.vocabulary, "valid", head, 2)
        options["validation"] = Validation(
            lambda params: mean_loss(model, params, valid_ids),
            **{"every": defaults.validate_every(len(batches))} | watching,
        )
    elif watching:
        name, one = watching.popitem()
        raise ValueError(
            f"{name}: expected None without valid, got {_check.short(one)}"
        )
    if optimizer is None:
        total = _check.integer("epochs", options["epochs"]) * len(batches)
        if options.get("updates") is not None:
            total = min(total, _check.integer("updates", options["updates"]))
        optimizer = defaults.optimizer(total)
    if isinstance(options.get("checkpoint"), Checkpoint):
        # one that knows the model and what it learns from
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        data = {"data": {"text": digest, "B": batches.B, "T": batches.T}}
        about = options["checkpoint"].about | about_language(language) | data
        options["checkpoint"] = replace(options["checkpoint"], about=about)
    inputs = Inputs(batches, model, params.W_hy.dtype)
    return fit(model, params, inputs, optimizer, carry_state=True, **options)
