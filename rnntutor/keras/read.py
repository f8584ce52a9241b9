"""From a Keras model to a model of this package with the same weights."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.keras.backend import require_tensorflow
from rnntutor.keras.cells import activation_of, cell_of
from rnntutor.keras.chain import Drop, Embed, Read, unchain
from rnntutor.keras.connections import connections
from rnntutor.keras.weights import from_weights
from rnntutor.model.model import Model


def from_keras(keras_model, objective="cross_entropy"):
    """Read a Keras model: one that `to_keras` made, or a reader's own.

    Parameters
    ----------
    keras_model : keras.Model
        Built, Sequential or functional, and a chain: at most one Embedding; SimpleRNN,
        LSTM or GRU layers, each alone or in a Bidirectional, with Dropout between them
        or not; one Dense, linear or softmax. It may take a mask and the initial states
        of all layers, and give their final states, as from `to_keras`.
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
        If it is no Keras model, or has a layer, an option or a connection that no model
        of this package has; the message names it.
    """
    _, keras = require_tensorflow()
    if not isinstance(keras_model, keras.Model):
        raise TypeError(
            f"keras_model: expected a keras.Model, got {_check.short(keras_model)}"
        )
    if not keras_model.built:
        raise ValueError(
            "keras_model: expected a model that has weights, got one that was not"
            " built yet"
        )
    *below, dense = connections(keras_model, keras).layers
    links = [_link(layer, keras) for layer in below]
    net = unchain(links)
    recurrent = [
        layer
        for layer, link in zip(below, links, strict=True)
        if isinstance(link, Read)
    ]
    readout = _readout(recurrent)
    _require_readout(dense, objective)
    _require_precision([*below, dense])
    weights = [weight for layer in [*below, dense] for weight in layer.get_weights()]
    H, V = _units(recurrent), dense.units
    # of the embedding, or of the lowest kernel: a row for each symbol or component
    D = weights[0].shape[0]
    model = Model(net, D, H, V, objective, readout)
    pattern = model.init(np.random.default_rng(0))
    params = from_weights([np.array(weight) for weight in weights], pattern)
    model.check_params(params)
    return model, params


def _link(layer, keras):
    """What a layer is in a chain; one of a class derived from Keras' may do anything,
    and is none.
    """
    kind = keras.layers
    if type(layer) is kind.Embedding:
        _require(layer, "mask_zero", False, " (give a mask instead)")
        return Embed(layer.output_dim)
    if type(layer) is kind.Dropout:
        _require(layer, "noise_shape", None)
        return Drop(layer.rate)
    if type(layer) is not kind.Bidirectional:
        _require(layer, "zero_output_for_mask", False)
        return Read(_cell(layer))
    _require(layer, "merge_mode", "concat")
    ahead, back = _cell(layer.forward_layer), cell_of(layer.backward_layer)
    if ahead != back:
        raise ValueError(
            f"{layer.name}: expected one cell both ways, got {ahead!r} and {back!r}"
        )
    return Read(ahead, both_ways=True)


def _cell(layer):
    """The cell of a layer that reads from the first step to the last, from a state that
    is given or 0.
    """
    cell = cell_of(layer)
    _require(layer, "go_backwards", False)
    _require(layer, "stateful", False)
    return cell


def _require(layer, option, want, advice=""):
    value = getattr(layer, option, want)
    if value != want:
        raise ValueError(
            f"{layer.name}.{option}: expected {want!r}{advice}, got {value!r}"
        )


def _require_precision(layers):
    """Raise unless all compute in float32, or all in float64, what they hold in the
    same.
    """
    policies = [
        part.dtype_policy.name
        for layer in layers
        for part in {layer: 0} | dict.fromkeys(_parts(layer))
    ]
    if policies[0] not in ("float32", "float64") or set(policies) != {policies[0]}:
        raise ValueError(
            "keras_model: expected float32 or float64 in all layers, got"
            f" {', '.join(policies)}"
        )


def _parts(layer):
    """The layer, or the two of a Bidirectional."""
    return [getattr(layer, f"{way}_layer", layer) for way in ("forward", "backward")]


def _readout(recurrent):
    """Whether the top layer gives all steps or the last one; those below have to give
    all.
    """
    for layer in recurrent[:-1]:
        _require(layer, "return_sequences", True)
    return "steps" if recurrent[-1].return_sequences else "final"


def _require_readout(dense, objective):
    """Raise unless the Dense layer gives what the loss takes: logits, or their
    softmax.
    """
    allowed = ("linear", "softmax") if objective == "cross_entropy" else ("linear",)
    activation_of(dense, "activation", allowed)
    _require(dense, "use_bias", True)


def _units(recurrent):
    """The hidden size, which all layers share."""
    units = {part.name: part.units for layer in recurrent for part in _parts(layer)}
    if len(set(units.values())) > 1:
        raise ValueError(f"keras_model: expected one hidden size, got {units}")
    return next(iter(units.values()))
