"""The loss and all its gradients by TensorFlow's automatic differentiation, in the words of this package."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.keras_bridge.backend import require_tensorflow
from rnntutor.keras_bridge.read import from_keras
from rnntutor.keras_bridge.weights import from_weights
from rnntutor.loss import REDUCE
from rnntutor.tree import leaves, tree_map

Array = np.ndarray

HOW = ("eager", "graph", "xla")


class ByKeras(NamedTuple):
    """The fields of `LossAndGrad`, and the outputs."""

    loss: float
    grads: Any  # ModelParams
    state_T: Any  # None if the model takes no state
    dxs: Array | None
    dstate0: Any  # None if the model takes no state
    ys_raw: Array


def loss_and_grad(
    keras_model,
    xs,
    targets,
    state0=None,
    mask=None,
    reduce="sequence",
    how="eager",
    objective="cross_entropy",
):
    """What `Model.loss_and_grad` computes, by TensorFlow: same arguments, same result, no line in common.

    Parameters
    ----------
    keras_model : keras.Model
        As from `to_keras`; its readout gives logits.
    xs : array (T, B, D)
        Time first, as everywhere in this package; ids (T, B) for a net that reads symbols.
    targets, state0, mask, reduce
        As for `Model.loss_and_grad`. State and mask are given if the Keras model takes them, and only then.
    how : {"eager", "graph", "xla"}
        Operation by operation, as a graph (`tf.function`), or compiled by XLA. On a GPU, XLA wants a model
        made with ``use_cudnn=False``.
    objective : {"cross_entropy", "squared_error"}
        As for `from_keras`.

    Returns
    -------
    ByKeras

    Raises
    ------
    ImportError
        If there is no TensorFlow.
    TypeError, ValueError
        If an argument is of the wrong kind or shape, or the model does not take it.
    """
    tf, keras = require_tensorflow()
    model, params = from_keras(keras_model, objective)
    _check.choice("how", how, HOW)
    _check.choice("reduce", reduce, REDUCE)
    if mask is not None:
        mask = _check.array("mask", mask, np.shape(xs)[:2], kind="bool")
        # what stands in padding may be anything, NaN too: TensorFlow's gradients would spread it
        xs = _zero_outside(mask, xs)
        targets = _zero_outside(mask, targets) if model.readout == "steps" else targets
    xs, targets = model.check_batch(xs, targets)
    dtype = params.W_hy.dtype
    batch = {"xs": xs if model.net.reads_symbols else xs.astype(dtype)}
    if mask is not None:
        batch["mask"] = mask
    if state0 is not None:
        batch["state0"] = [array.astype(dtype) for _, array in leaves(state0, "state0")]
    inputs = None if isinstance(keras_model, keras.Sequential) else keras_model.input
    by_name = isinstance(inputs, dict)
    _require_inputs(set(inputs) if by_name else {"xs"}, batch)
    weights = _weights(mask if model.readout == "steps" else None, targets.shape[:2], reduce).astype(dtype)

    def compute(batch, targets, weights):
        floats = {name: given for name, given in batch.items() if tf.nest.flatten(given)[0].dtype.is_floating}
        with tf.GradientTape() as tape:
            tape.watch(floats)
            ys_raw, state_T = _call(tf, keras_model, batch, by_name)
            loss = _loss(tf, objective, ys_raw, targets, weights)
        dweights, dfloats = tape.gradient(loss, (keras_model.trainable_weights, floats))
        return loss, [tf.convert_to_tensor(d) for d in dweights], dfloats, state_T, ys_raw

    if how != "eager":
        compute = tf.function(compute, jit_compile=how == "xla")
    given = tf.nest.map_structure(tf.constant, (batch, targets, weights))
    found = tf.nest.map_structure(lambda tensor: tensor.numpy(), compute(*given))
    loss, dweights, dfloats, state_T, ys_raw = found
    if state0 is not None:
        state_T, dstate0 = _like(state0, state_T), _like(state0, dfloats["state0"])
    else:
        state_T = dstate0 = None
    return ByKeras(float(loss), from_weights(dweights, params), state_T, dfloats.get("xs"), dstate0, ys_raw)


def _call(tf, keras_model, batch, by_name):
    """Outputs (T, B, V) and final state for a batch with time first, which Keras wants second."""

    def turned(array):
        return tf.transpose(array, (1, 0, *range(2, len(array.shape))))

    given = {name: value if name == "state0" else turned(value) for name, value in batch.items()}
    out = keras_model(given if by_name else given["xs"])
    ys_raw, state_T = (out["ys_raw"], list(out["state_T"])) if isinstance(out, dict) else (out, [])
    return turned(ys_raw) if len(ys_raw.shape) == 3 else ys_raw[None], state_T


def _loss(tf, objective, ys_raw, targets, weights):
    if objective == "cross_entropy":
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, ys_raw)
    else:
        each = tf.reduce_sum((ys_raw - tf.cast(targets, ys_raw.dtype)) ** 2, axis=-1)
    return tf.reduce_sum(weights * each)


def _weights(mask, shape, reduce):
    """How much each step counts, (T, B)."""
    counted = np.ones(shape, bool) if mask is None else mask
    _, B = shape
    return counted / {"sum": 1, "token": counted.sum(), "sequence": counted.sum(axis=0) * B}[reduce]


def _zero_outside(mask, array):
    array = np.asarray(array)
    return np.where(mask.reshape(mask.shape + (1,) * (array.ndim - 2)), array, 0)


def _require_inputs(takes, batch):
    """Raise unless the model takes what is given, no more and no less."""
    if takes != set(batch):
        raise ValueError(
            f"keras_model: expected a model that takes {', '.join(sorted(batch))}, got one that takes "
            f"{', '.join(sorted(takes))}; see the arguments mask and state of to_keras"
        )


def _like(tree, arrays):
    """The arrays as a tree like this one."""
    arrays = iter(arrays)
    return tree_map(lambda _: next(arrays), tree)
