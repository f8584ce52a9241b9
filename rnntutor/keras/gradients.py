"""The loss and all its gradients by TensorFlow's automatic differentiation, in the
words of this package.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.keras.backend import require_tensorflow
from rnntutor.keras.connections import connections
from rnntutor.keras.read import from_keras
from rnntutor.keras.weights import from_weights
from rnntutor.model.losses import REDUCE
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

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
    reduce="token",
    how="eager",
    objective="cross_entropy",
):
    """What `Model.loss_and_grad` computes, by TensorFlow: same arguments, same result,
    no line in common.

    Parameters
    ----------
    keras_model : keras.Model
        As `from_keras` reads it; its readout gives logits.
    xs : array (T, B, D)
        Time first, as everywhere in this package; ids (T, B) for a net that reads
        symbols.
    targets, state0, mask, reduce
        As for `Model.loss_and_grad`. State and mask are given if the Keras model takes
        them, and only then. If the readout is at the end, and a state is given, every
        sequence needs a step.
    how : {"eager", "graph", "xla"}
        Operation by operation, as a graph (`tf.function`), or compiled by XLA. On a
        GPU, XLA wants a model made with ``use_cudnn=False``.
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
    chain = connections(keras_model, keras)
    _require_logits(chain.layers[-1], keras)
    _check.choice("how", how, HOW)
    _check.choice("reduce", reduce, REDUCE)
    if mask is not None:
        mask = _check.array("mask", mask, np.shape(xs)[:2], kind="bool")
        _require_steps(mask, model.readout, reduce, state0)
        # the values at padding may be anything, NaN too: TensorFlow's gradients would
        # spread it
        xs = _zero_outside(mask, xs)
        targets = _zero_outside(mask, targets) if model.readout == "steps" else targets
    xs, targets = model.check_batch(xs, targets)
    dtype = params.W_hy.dtype
    batch = {"xs": xs if model.net.reads_symbols else xs.astype(dtype)}
    if mask is not None:
        batch["mask"] = mask
    if state0 is not None:
        batch["state0"] = _arrays(
            state0, len(chain.state0), (xs.shape[1], model.H), dtype
        )
    _require_inputs(chain, batch)
    variables = [weight.value for layer in chain.layers for weight in layer.weights]
    weights = _weights(
        mask if model.readout == "steps" else None, targets.shape[:2], reduce
    ).astype(dtype)

    def compute(batch, targets, weights):
        floats = {
            name: given
            for name, given in batch.items()
            if tf.nest.flatten(given)[0].dtype.is_floating
        }
        with tf.GradientTape() as tape:
            tape.watch((variables, floats))  # also what is not to be trained
            ys_raw, state_T = _call(tf, keras, keras_model, chain, batch)
            loss = _loss(tf, objective, ys_raw, targets, weights)
        dweights, dfloats = tape.gradient(loss, (variables, floats))
        return (
            loss,
            [tf.convert_to_tensor(d) for d in dweights],
            dfloats,
            state_T,
            ys_raw,
        )

    if how != "eager":
        compute = tf.function(compute, jit_compile=how == "xla")
    given = tf.nest.map_structure(tf.constant, (batch, targets, weights))
    found = tf.nest.map_structure(lambda tensor: tensor.numpy(), compute(*given))
    loss, dweights, dfloats, state_T, ys_raw = found
    if state0 is not None:
        state_T, dstate0 = _like(state0, state_T), _like(state0, dfloats["state0"])
    else:
        state_T = dstate0 = None
    return ByKeras(
        float(loss),
        from_weights(dweights, params),
        state_T,
        dfloats.get("xs"),
        dstate0,
        ys_raw,
    )


def _call(tf, keras, keras_model, chain, batch):
    """Outputs (T, B, V) and final state for a batch with time first, which Keras wants
    second.
    """

    def turned(array):
        return tf.transpose(array, (1, 0, *range(2, len(array.shape))))

    given = {id(chain.xs): turned(batch["xs"])}
    if chain.mask is not None:
        given[id(chain.mask)] = turned(batch["mask"])
    given |= zip(map(id, chain.state0), batch.get("state0", ()), strict=True)
    flat = [given[id(one)] for one in keras_model.inputs]
    sequential = isinstance(keras_model, keras.Sequential)
    out = keras_model(
        flat[0] if sequential else keras.tree.pack_sequence_as(keras_model.input, flat)
    )
    values = dict(
        zip(map(id, keras_model.outputs), keras.tree.flatten(out), strict=True)
    )
    ys_raw = values[id(chain.ys)]
    return turned(ys_raw) if len(ys_raw.shape) == 3 else ys_raw[None], [
        values[id(h)] for h in chain.state_T
    ]


def _loss(tf, objective, ys_raw, targets, weights):
    if objective == "cross_entropy":
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, ys_raw)
    elif objective == "squared_error":
        each = tf.reduce_sum((ys_raw - tf.cast(targets, ys_raw.dtype)) ** 2, axis=-1)
    else:
        raise NotImplementedError(f"the loss {objective} is not written in TensorFlow")
    return tf.reduce_sum(weights * each)


def _weights(mask, shape, reduce):
    """How much each step counts, (T, B)."""
    counted = np.ones(shape, bool) if mask is None else mask
    _, B = shape
    return (
        counted
        / {"sum": 1, "token": counted.sum(), "sequence": counted.sum(axis=0) * B}[
            reduce
        ]
    )


def _zero_outside(mask, array):
    array = np.asarray(array)
    return np.where(mask.reshape(mask.shape + (1,) * (array.ndim - 2)), array, 0)


def _require_logits(dense, keras):
    if dense.activation is not keras.activations.linear:
        raise ValueError(
            f"{dense.name}.activation: expected 'linear', since the loss takes logits,"
            f" got {dense.activation.__name__!r}"
        )


def _require_steps(mask, readout, reduce, state0):
    """Raise unless Keras has steps to average over, or to read something other than 0
    out at the end.
    """
    lengths = mask.sum(axis=0)
    empty = (
        "all of it"
        if not lengths.any()
        else f"sequence {int(np.argmin(lengths))} of the batch"
    )
    if readout == "steps" and (
        not lengths.any() or (reduce == "sequence" and not lengths.all())
    ):
        raise ValueError(
            f"mask: expected steps to average over, got {empty} masked out"
        )
    if readout == "final" and state0 is not None and not lengths.all():
        raise ValueError(
            "mask: expected a step in every sequence, since without one Keras reads"
            f" out 0 and not the initial state, got {empty} masked out"
        )


def _arrays(state0, count, shape, dtype):
    """The arrays of a state, as many as the Keras model takes; if it takes none, that
    is said elsewhere.
    """
    named = leaves(state0, "state0")
    if count not in (0, len(named)):
        raise ValueError(f"state0: expected {count} arrays, got {len(named)}")
    return [_check.array(name, array, shape).astype(dtype) for name, array in named]


def _require_inputs(chain, batch):
    """Raise unless the model takes what is given, no more and no less, and gives states
    if it takes them.
    """
    takes = (
        {"xs"}
        | ({"mask"} if chain.mask is not None else set())
        | ({"state0"} if chain.state0 else set())
    )
    if takes != set(batch):
        raise ValueError(
            f"keras_model: expected a model that takes {', '.join(sorted(batch))}, got"
            f" one that takes {', '.join(sorted(takes))}; see the arguments mask and"
            " state of to_keras"
        )
    if chain.state0 and not chain.state_T:
        raise ValueError(
            "keras_model: expected a model that gives its final states, got one that"
            " takes states only"
        )


def _like(tree, arrays):
    """The arrays as a tree like this one."""
    arrays = iter(arrays)
    return tree_map(lambda _: next(arrays), tree)
