"""When Keras hands a layer to cuDNN, NVIDIA's library, and when it silently computes
step by step instead.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnntutor.keras.backend import require_tensorflow

RIGHT = np.array([[True, True, True], [True, True, False]])


class Condition(NamedTuple):
    """A layer, and the mask it is called with."""

    name: str
    layer: Callable  # from keras.layers to the layer
    mask: np.ndarray | None = None


CONDITIONS = (
    Condition("LSTM(H), all else by default", lambda k: k.LSTM(4)),
    Condition("GRU(H), all else by default", lambda k: k.GRU(4)),
    Condition("GRU: reset_after=False", lambda k: k.GRU(4, reset_after=False)),
    Condition("SimpleRNN", lambda k: k.SimpleRNN(4)),
    Condition("LSTM: activation='relu'", lambda k: k.LSTM(4, activation="relu")),
    Condition(
        "recurrent_activation='hard_sigmoid'",
        lambda k: k.LSTM(4, recurrent_activation="hard_sigmoid"),
    ),
    Condition("use_bias=False", lambda k: k.LSTM(4, use_bias=False)),
    Condition("unroll=True", lambda k: k.LSTM(4, unroll=True)),
    Condition("recurrent_dropout=0.1", lambda k: k.LSTM(4, recurrent_dropout=0.1)),
    Condition("dropout=0.1", lambda k: k.LSTM(4, dropout=0.1)),
    Condition("go_backwards=True", lambda k: k.LSTM(4, go_backwards=True)),
    Condition("dtype='float64'", lambda k: k.LSTM(4, dtype="float64")),
    Condition("a mask, padding at the end", lambda k: k.LSTM(4), RIGHT),
    Condition(
        "a mask, padding at the start", lambda k: k.LSTM(4), RIGHT[:, ::-1].copy()
    ),
    Condition(
        "a mask, one sequence all padding",
        lambda k: k.LSTM(4),
        RIGHT & [[True], [False]],
    ),
)


def qualifies(condition):
    """Whether the layer and its mask would do for cuDNN, if there were a GPU: Keras'
    own tests say so.

    They are not part of Keras' public interface. This was written for Keras 3.15.

    Parameters
    ----------
    condition : Condition

    Returns
    -------
    bool

    Raises
    ------
    ImportError
        If there is no TensorFlow, or this Keras keeps its tests elsewhere.
    """
    _, keras = require_tensorflow()
    inside = importlib.import_module("keras.src.backend.tensorflow.rnn")
    layer = condition.layer(keras.layers)
    if not hasattr(layer, "use_cudnn") or layer.recurrent_dropout:
        return False
    options = [
        layer.activation,
        layer.recurrent_activation,
        layer.unroll,
        layer.use_bias,
    ]
    if isinstance(layer, keras.layers.GRU):
        allowed = inside._do_gru_arguments_support_cudnn(*options, layer.reset_after)
    else:
        allowed = inside._do_lstm_arguments_support_cudnn(*options)
    mask = condition.mask
    if mask is not None:
        allowed = allowed and bool(inside._is_sequence_right_padded(mask))
        allowed = allowed and not bool(inside._has_fully_masked_sequence(mask))
    return bool(allowed)


def cudnn_for(how, mask=None):
    """What to give to `to_keras` as `use_cudnn`, so that a graph runs on a GPU, too.

    Called eagerly, Keras looks at the mask and takes the kernel or not. A graph is made
    before there is a mask to look at: it has the kernel and stops when the mask does
    not fit.

    Parameters
    ----------
    how : {"eager", "graph", "xla"}
        As for `loss_and_grad`.
    mask : bool array (T, B), optional

    Returns
    -------
    "auto" or False
    """
    if how == "xla":
        return False
    if how == "graph" and mask is not None:
        at_the_end = bool(mask[0].all() and (mask[1:] <= mask[:-1]).all())
        return "auto" if at_the_end else False
    return "auto"


def runs_on_cudnn(condition):
    """Whether cuDNN's kernel is in the graph that Keras makes of the layer here; False
    where there is no GPU.

    Parameters
    ----------
    condition : Condition

    Returns
    -------
    bool or None
        None if the graph has the kernel but refuses to run on this mask.

    Raises
    ------
    ImportError
        If there is no TensorFlow.
    """
    tf, keras = require_tensorflow()
    layer = condition.layer(keras.layers)
    mask = condition.mask
    xs = tf.zeros((2, 3, 5), layer.dtype)
    layer(xs)  # builds it

    call = tf.function(
        lambda xs: layer(
            xs, mask=None if mask is None else tf.constant(mask), training=True
        )
    )
    graph = call.get_concrete_function(xs).graph
    if not any(operation.type == "CudnnRNNV3" for operation in graph.get_operations()):
        return False
    try:
        call(xs)
    # from Keras' own check of the mask or, if that runs first, from the kernel
    except tf.errors.OpError:
        return None
    return True
