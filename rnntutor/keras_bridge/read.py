"""From a Keras model to a model of this package with the same weights."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from rnntutor import _check
from rnntutor.keras_bridge.backend import require_tensorflow
from rnntutor.keras_bridge.cells import cell_of
from rnntutor.keras_bridge.chain import Drop, Embed, Read, unchain
from rnntutor.keras_bridge.weights import from_weights
from rnntutor.model import Model


def from_keras(keras_model, objective="cross_entropy"):
    """Read a Keras model: one that `to_keras` made, or a reader's own.

    Parameters
    ----------
    keras_model : keras.Model
        Built, and a chain: at most one Embedding; SimpleRNN, LSTM or GRU layers, each alone or in a
        Bidirectional, with Dropout between them or not; one Dense, linear or softmax.
    objective : {"cross_entropy", "squared_error"}
        What it is trained for, which its layers do not say.

    Returns
    -------
    model : Model
    params : ModelParams
        Copies of the weights, in the dtype of the Keras model.

    Raises
    ------
    ImportError
        If there is no TensorFlow.
    TypeError, ValueError
        If it is no Keras model, or has a layer, an option or a connection that no model of this package
        has; the message names it.
    """
    _, keras = require_tensorflow()
    if not isinstance(keras_model, keras.Model):
        raise TypeError(f"keras_model: expected a keras.Model, got {_check.short(keras_model)}")
    if not keras_model.built:
        raise ValueError("keras_model: expected a model that has weights, got one that was not built yet")
    layers = [layer for layer in keras_model.layers if not isinstance(layer, keras.layers.InputLayer)]
    _require_chain(layers, keras)
    if not layers or not isinstance(layers[-1], keras.layers.Dense):
        raise ValueError(f"keras_model: expected a Dense layer at the end, got {_name(layers[-1:])}")
    *below, dense = layers
    links = [_link(layer, keras) for layer in below]
    net = unchain(links)
    recurrent = [layer for layer, link in zip(below, links, strict=True) if isinstance(link, Read)]
    readout = _readout(recurrent)
    _require_readout(dense, objective)
    weights = keras_model.get_weights()
    H, V = _units(recurrent), dense.units
    D = weights[0].shape[0]  # of the embedding, or of the lowest kernel: a row for each symbol or component
    model = Model(net, D, H, V, objective, readout)
    pattern = model.init(np.random.default_rng(0))
    params = from_weights([np.array(weight) for weight in weights], pattern)
    model.check_params(params)
    return model, params


def _link(layer, keras):
    """What a layer is in a chain."""
    kind = keras.layers
    if isinstance(layer, kind.Embedding):
        if layer.mask_zero:
            raise ValueError(f"{layer.name}.mask_zero: expected False (give a mask instead), got True")
        return Embed(layer.output_dim)
    if isinstance(layer, kind.Dropout):
        return Drop(layer.rate)
    if not isinstance(layer, kind.Bidirectional):
        _require(layer, "go_backwards", False)
        return Read(cell_of(layer))
    _require(layer, "merge_mode", "concat")
    ahead, back = cell_of(layer.forward_layer), cell_of(layer.backward_layer)
    if ahead != back:
        raise ValueError(f"{layer.name}: expected one cell both ways, got {ahead!r} and {back!r}")
    _require(layer.forward_layer, "go_backwards", False)
    return Read(ahead, both_ways=True)


def _require(layer, option, want):
    value = getattr(layer, option, want)
    if value != want:
        raise ValueError(f"{layer.name}.{option}: expected {want!r}, got {value!r}")


def _require_chain(layers, keras):
    """Raise unless each layer reads what the one before it says."""
    for below, layer in pairwise(layers):
        try:
            said, read = keras.tree.flatten(below.output)[0], keras.tree.flatten(layer.input)[0]
        except (AttributeError, ValueError) as error:  # never called, or more than once
            raise ValueError(f"keras_model: expected each layer to be used once, got {error}") from error
        if said is not read:
            raise ValueError(
                f"keras_model: expected a chain of layers, got {layer.name} not reading {below.name}"
            )


def _readout(recurrent):
    """Whether the top layer gives all steps or the last one; those below have to give all."""
    for layer in recurrent[:-1]:
        _require(layer, "return_sequences", True)
    return "steps" if recurrent[-1].return_sequences else "final"


def _require_readout(dense, objective):
    """Raise unless the Dense layer gives what the loss takes: logits, or their softmax."""
    allowed = ("linear", "softmax") if objective == "cross_entropy" else ("linear",)
    _check.choice(f"{dense.name}.activation", dense.activation.__name__, allowed)
    _require(dense, "use_bias", True)


def _units(recurrent):
    """The hidden size, which all layers share."""
    units = [getattr(layer, "forward_layer", layer).units for layer in recurrent]
    if len(set(units)) > 1:
        raise ValueError(f"keras_model: expected one hidden size, got {units}")
    return units[0]


def _name(layers):
    return ", ".join(type(layer).__name__ for layer in layers) or "no layer"
