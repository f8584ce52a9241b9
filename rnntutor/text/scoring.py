"""The inputs of a model for a text, and its probability for each symbol."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.model.losses import log_softmax
from rnntutor.nets.base import causal
from rnntutor.text.batches import one_hot


def feeds_back(name, model, beside=0):
    """Raise unless a model's outputs can be its next inputs, with so many other numbers
    beside them.
    """
    causal(name, model, "to feed symbols back")
    if model.D != model.V + beside:
        raise ValueError(
            f"{name}: expected D = {model.V + beside} to feed symbols back, got"
            f" D = {model.D}"
        )


def symbol(name, value, V):
    """Return `value` as an int that is a symbol's."""
    value = _check.integer(name, value, minimum=0)
    if value >= V:
        raise ValueError(f"{name}: expected a symbol from 0 to {V - 1}, got {value}")
    return value


def as_inputs(model, ids, dtype=np.float64):
    """The inputs of a model for symbols: the ids where it looks them up, one-hot
    vectors otherwise.

    Parameters
    ----------
    model : Model
    ids : int array (T, B)
        Each 0 … D − 1.
    dtype : dtype
        Of the one-hot vectors.

    Returns
    -------
    array (T, B) or (T, B, D)

    Raises
    ------
    TypeError, ValueError
        If `model` is no Model, or `ids` are out of range.
    """
    _check.protocol("model", model, ("check_params", "forward"), "a Model")
    return ids if model.net.reads_symbols else one_hot(ids, model.D, dtype)


def row_log_probs(model, params, inputs, targets, T=64):
    """Logarithm of the probability of each target, row by row, each row from the state
    0 on.

    An iterator, so that the outputs of a long text need not be held all at once.

    Parameters
    ----------
    model : Model
    params : ModelParams
    inputs, targets : int array (steps, B)
    T : int
        The number of steps that are read at a time.

    Returns
    -------
    iterator of arrays (T, B)
        In nats; the last may have fewer steps.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    inputs = _check.array("inputs", inputs, ("steps", "B"), kind="integer")
    targets = _check.array("targets", targets, inputs.shape, kind="integer")
    _check.below("targets", targets, model.V)
    T = _check.integer("T", T)

    def pieces(state=None):
        for start in range(0, len(inputs), T):
            piece = slice(start, start + T)
            xs = as_inputs(model, inputs[piece], params.W_hy.dtype)
            ys_raw, unrolled = model.forward(params, xs, state)
            chosen = targets[piece, :, None]
            yield np.take_along_axis(log_softmax(ys_raw), chosen, axis=-1)[..., 0]
            state = unrolled.state_T

    return pieces()


class Inputs:
    """Contiguous batches of ids, turned into the model's inputs as they are used."""

    def __init__(self, batches, model, dtype):
        self.batches, self.model, self.dtype = batches, model, dtype

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        for inputs, targets in self.batches:
            yield as_inputs(self.model, inputs, self.dtype), targets
