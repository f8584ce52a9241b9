"""A language model of this package, trained further by Keras."""

from __future__ import annotations

import itertools

import numpy as np

from rnntutor import _check
from rnntutor.keras.backend import require_tensorflow
from rnntutor.keras.build import to_keras
from rnntutor.keras.chain import Drop, chain
from rnntutor.keras.read import from_keras
from rnntutor.nets.base import causal
from rnntutor.text.batches import contiguous_batches
from rnntutor.text.language_model import LanguageModel


def fit(language, text, optimizer, B=32, T=64, updates=1000):
    """What `LanguageModel.fit` does, on whatever device TensorFlow finds. The
    parameters are ours again.

    The text is read as B rows, as often as it takes, with the state carried along. The
    first state is 0.

    Parameters
    ----------
    language : LanguageModel
        Whose net is one that Keras has, without dropout. It computes in the precision
        of the parameters.
    text : str
    optimizer : keras.optimizers.Optimizer
        A new one: Keras ties it to the variables that it is first used for.
    B, T : int
        Rows of a batch, and steps that the gradient reaches back.
    updates : int

    Returns
    -------
    losses : float array (updates,)
        Nats per symbol of each batch before its update.

    Raises
    ------
    ImportError
        If there is no TensorFlow.
    TypeError, ValueError
        If an argument is of the wrong kind, Keras has no such net, it has dropout or
        reads both ways, the optimizer has been used before, or the text is too short.
    """
    _check.instance("language", language, LanguageModel)
    _check.instance("text", text, str)
    updates = _check.integer("updates", updates)
    tf, keras = require_tensorflow()
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise TypeError(
            "optimizer: expected one of keras.optimizers, got"
            f" {_check.short(optimizer)}"
        )
    if optimizer.built:
        raise ValueError(
            "optimizer: expected one that was not used before, got"
            f" {_check.short(optimizer)}"
        )
    causal("language", language.model, "to carry the state along")
    if any(isinstance(link, Drop) for link in chain(language.model.net)):
        raise ValueError(
            f"language: expected a net without dropout, got {language.model.cell!r}"
        )
    batches = contiguous_batches(language.vocabulary.encode(text), B, T)
    model, dtype = language.model, language.params.W_hy.dtype.name
    net = to_keras(model, language.params, state=True)
    optimizer.build(net.trainable_variables)

    @tf.function
    def update(inputs, targets, state):
        xs = (
            inputs
            if model.net.reads_symbols
            else tf.one_hot(inputs, model.D, dtype=dtype)
        )
        with tf.GradientTape() as tape:
            out = net({"xs": xs, "state0": state})
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(
                targets, out["ys_raw"]
            )
            loss = tf.reduce_mean(each)
        optimizer.apply(
            tape.gradient(loss, net.trainable_variables), net.trainable_variables
        )
        return loss, out["state_T"]

    zero = [tf.zeros((B, *array.shape[1:]), dtype) for array in net.input["state0"]]
    losses = []
    for number, (inputs, targets) in itertools.islice(
        _again_and_again(batches), updates
    ):
        if number == 0:
            state = zero
        loss, state = update(
            tf.constant(inputs.T, tf.int32), tf.constant(targets.T, tf.int32), state
        )
        losses.append(loss)
    _, language.params = from_keras(net)
    return np.array([float(loss) for loss in losses])


def _again_and_again(batches):
    """All batches with their numbers, epoch after epoch."""
    while True:
        yield from enumerate(batches)
