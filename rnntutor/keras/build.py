"""From a model of this package to a Keras model with the same weights."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.keras.backend import require_tensorflow
from rnntutor.keras.cells import counterpart
from rnntutor.keras.chain import Drop, Embed, Read, chain
from rnntutor.keras.weights import to_weights
from rnntutor.model.model import Model


def to_keras(model, params, mask=False, state=False, use_cudnn="auto"):
    """Build the Keras model that computes what a model of this package computes.

    It takes a batch as Keras has it, sequences first: (B, T, D), or (B, T) where inputs
    are symbols. It gives output pre-activations ("logits"), (B, T, V), or (B, V) if the
    readout is at the end.

    Parameters
    ----------
    model : Model
        Of RNNs, LSTMs, …, in layers or not, in both directions or not, with an
        embedding or not.
    params : ModelParams
        float32 or float64: the Keras model computes in the same.
    mask, state : bool
        Whether the model is to take a mask (B, T), and an initial state. If either, its
        input is a dict ``{"xs": …, "mask": …, "state0": [h0, c0, …]}``; with `state`
        its output is one, too, ``{"ys_raw": …, "state_T": [h_T, c_T, …]}``. A state is
        a list of arrays, as `leaves` has them. Of a sequence that the mask leaves
        without a step, a readout at the end reads 0 in Keras, and the initial state
        here.
    use_cudnn : {"auto", False, True}
        Whether LSTM and GRU may leave the steps of time to cuDNN's kernel on a GPU. XLA
        cannot compile it, and in a graph it takes no mask but one with padding at the
        end: both need False. With True, Keras raises where the kernel cannot be had.
        Other layers have no such kernel and are left as they are. Below padding at the
        end the kernel's gradients may be wrong: appendix A1 shows measurements.

    Returns
    -------
    keras.Model

    Raises
    ------
    ImportError
        If there is no TensorFlow.
    TypeError, ValueError
        If an argument is of the wrong kind, or Keras has no such net.
    """
    _check.instance("model", model, Model)
    if use_cudnn not in ("auto", False, True):
        raise ValueError(
            f"use_cudnn: expected 'auto', False or True, got {_check.short(use_cudnn)}"
        )
    model.check_params(params)
    dtype = params.W_hy.dtype.name
    if dtype not in ("float32", "float64"):
        raise TypeError(f"params: expected float32 or float64, got {dtype}")
    links = chain(model.net)
    for link in links:
        if isinstance(link, Read):
            counterpart(link.cell)
    _, keras = require_tensorflow()

    symbols = isinstance(links[0], Embed)
    xs = keras.Input(
        (None,) if symbols else (None, model.D),
        dtype="int32" if symbols else dtype,
        name="xs",
    )
    inputs, mask_in = {"xs": xs}, None
    if mask:
        inputs["mask"] = mask_in = keras.Input((None,), dtype="bool", name="mask")
    if state:
        inputs["state0"] = []
    out, states_T = xs, []
    for link, layer in _layers(model, links, keras, dtype, state, use_cudnn):
        if not isinstance(link, Read):
            out = layer(out)
            continue
        state0 = None
        if state:
            state0 = _state_inputs(model, link, keras, dtype, len(inputs["state0"]))
            inputs["state0"] += state0
        out = layer(out, initial_state=state0, mask=mask_in)
        if state:
            out, *state_T = out
            states_T += state_T
    outputs = {"ys_raw": out, "state_T": states_T} if state else out
    keras_model = keras.Model(inputs if mask or state else xs, outputs)
    keras_model.set_weights([np.asarray(weight) for weight in to_weights(params)])
    return keras_model


def _layers(model, links, keras, dtype, state, use_cudnn):
    """Each link with its layer, and last the readout."""
    for link in links:
        if isinstance(link, Embed):
            layer = keras.layers.Embedding(model.D, link.E, dtype=dtype)
        elif isinstance(link, Drop):
            layer = keras.layers.Dropout(link.p, dtype=dtype)
        else:
            entry = counterpart(link.cell)
            kernel = {"use_cudnn": use_cudnn} if entry.kernel else {}
            layer = getattr(keras.layers, entry.layer)(
                model.H,
                return_sequences=link is not links[-1] or model.readout == "steps",
                return_state=state,
                dtype=dtype,
                **entry.options(link.cell),
                **kernel,
            )
            layer = (
                keras.layers.Bidirectional(layer, dtype=dtype)
                if link.both_ways
                else layer
            )
        yield link, layer
    yield None, keras.layers.Dense(model.V, dtype=dtype)


def _state_inputs(model, link, keras, dtype, n):
    """Inputs for a layer's initial state: h, or h and c, of each direction; n were made
    before.
    """
    count = counterpart(link.cell).states * (2 if link.both_ways else 1)
    return [
        keras.Input((model.H,), dtype=dtype, name=f"state0_{i}")
        for i in range(n, n + count)
    ]
