"""How the layers of a Keras model are connected: as a chain, or as no model of this
package is.
"""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from rnntutor import _check
from rnntutor.keras.cells import kind_of

EXPECTED = "keras_model: expected a chain of layers"


class Chain(NamedTuple):
    """Layers, each of which reads the output of the one before, and what else goes in
    and comes out.
    """

    layers: list  # from the input upwards
    xs: Any  # the symbolic input of the lowest
    mask: Any  # the input that is the mask of each recurrent layer; None without
    state0: list  # the inputs that are their initial states, in order; or empty
    ys: Any  # output of the top layer
    state_T: list  # the outputs that are their final states, in order; or empty


class Call(NamedTuple):
    """A layer that was called."""

    layer: Any
    read: Any  # the first argument
    mask: Any
    state0: list
    state_T: list


def connections(keras_model, keras):
    """Follow a model from its top layer, a Dense, to the input.

    Raises
    ------
    ValueError
        If it is no chain.
    """
    _require_graph(keras_model)
    ys = _top(keras_model, keras)
    calls, tensor = [], ys
    while not _among(tensor, keras_model.inputs):
        calls.insert(0, _call(tensor, keras_model, keras, calls))
        tensor = calls[0].read
    layers = [call.layer for call in calls]
    _require_nothing_else(keras_model, layers, keras)
    over_time = keras.layers.RNN, keras.layers.Bidirectional
    recurrent = [call for call in calls if isinstance(call.layer, over_time)]
    chain = Chain(
        layers,
        tensor,
        _mask(recurrent),
        _state0(recurrent),
        ys,
        _state_T(keras_model, ys, recurrent),
    )
    used = [chain.xs, *chain.state0] + [chain.mask] * (chain.mask is not None)
    if not _same(sorted(used, key=id), sorted(keras_model.inputs, key=id)):
        raise ValueError(
            "keras_model: expected inputs of which each is used in one place, got"
            f" {_names(keras_model.inputs)}, of which layers read, are masked by or"
            f" begin with {_names(used)}"
        )
    return chain


def _require_graph(keras_model):
    """Raise unless the connections are there to be followed."""
    kind = next(kind for kind in type(keras_model).__mro__ if "call" in vars(kind))
    if not kind.__module__.startswith("keras.") or not hasattr(keras_model, "outputs"):
        raise ValueError(
            "keras_model: expected a Sequential or functional model, whose connections"
            f" can be read, got {type(keras_model).__name__} with a method call of"
            " its own"
        )


def _top(keras_model, keras):
    """Output of the only Dense layer that gives one."""
    makers = [output._keras_history.operation for output in keras_model.outputs]
    pairs = zip(keras_model.outputs, makers, strict=True)
    found = [output for output, maker in pairs if type(maker) is keras.layers.Dense]
    if len(found) != 1:
        kinds = ", ".join(map(kind_of, makers))
        raise ValueError(
            f"keras_model: expected one Dense layer at the end, got {kinds}"
        )
    return found[0]


def _call(tensor, keras_model, keras, above):
    """The call that gave a tensor."""
    layer, number, which = tensor._keras_history
    if not isinstance(layer, keras.Layer) or which:
        what = "a state" if which else "the result"
        raise ValueError(
            f"{EXPECTED}, got {above[0].layer.name} reading {what} of {layer.name}"
        )
    if any(layer is call.layer for call in above):
        raise ValueError(
            f"keras_model: expected each layer to be used once, got {layer.name} twice"
        )
    node = layer._inbound_nodes[number]
    given = (
        inspect.signature(layer.call)
        .bind(*node.arguments.args, **node.arguments.kwargs)
        .arguments
    )
    if given.get("training"):
        raise ValueError(
            f"{layer.name}: expected a call that leaves training open, got"
            " training=True"
        )
    read, mask, state0 = (
        next(iter(given.values())),
        given.get("mask"),
        given.get("initial_state"),
    )
    state0 = [] if state0 is None else keras.tree.flatten(state0)
    if not isinstance(read, keras.KerasTensor):
        raise ValueError(f"{EXPECTED}, got {layer.name} reading {_origin(read)}")
    given_too = [("a mask", mask)] * (mask is not None) + [
        ("an initial state", one) for one in state0
    ]
    for what, one in given_too:
        if not _among(one, keras_model.inputs):
            raise ValueError(
                f"{layer.name}: expected {what} that is an input, or none, got"
                f" {_origin(one)}"
            )
    return Call(layer, read, mask, state0, node.outputs[1:])


def _require_nothing_else(keras_model, layers, keras):
    """Raise unless these are all the layers, and there are no operations beside
    them.
    """
    parts = getattr(keras_model, "operations", keras_model.layers)
    others = [
        part
        for part in parts
        if not isinstance(part, keras.layers.InputLayer) and part not in layers
    ]
    if others:
        raise ValueError(f"{EXPECTED}, got {_names(others)} beside {_names(layers)}")


def _mask(recurrent):
    """The mask of all recurrent layers."""
    masks = [call.mask for call in recurrent]
    if not _same(masks, masks[:1] * len(masks)):
        named = ", ".join(
            f"{one.mask.name if one.mask is not None else None} for {one.layer.name}"
            for one in recurrent
        )
        raise ValueError(
            "keras_model: expected one mask for all recurrent layers, or none, got"
            f" {named}"
        )
    return masks[0] if masks else None


def _state0(recurrent):
    """The initial states of all layers."""
    without = [call.layer for call in recurrent if not call.state0]
    if 0 < len(without) < len(recurrent):
        raise ValueError(
            "keras_model: expected initial states for all recurrent layers, or for"
            f" none, got none for {_names(without)}"
        )
    return [state for call in recurrent for state in call.state0]


def _state_T(keras_model, ys, recurrent):
    """The final states of all layers, if they are given."""
    others = [output for output in keras_model.outputs if output is not ys]
    states = [state for call in recurrent for state in call.state_T]
    if others and not _same(others, states):
        origins = ", ".join(map(_origin, keras_model.outputs))
        raise ValueError(
            "keras_model: expected as outputs those of the Dense layer and, if more,"
            f" all final states from the lowest layer to the highest, got {origins}"
        )
    return others


def _origin(value):
    """Where a value comes from: of a tensor the layer or operation, and which of its
    results it is.
    """
    if isinstance(value, list | tuple):
        return " and ".join(map(_origin, value))
    if not hasattr(value, "_keras_history"):
        return _check.short(value)
    part, _, which = value._keras_history
    return f"{part.name}[{which}]" if which else part.name


def _among(one, others):
    return any(one is other for other in others)


def _same(some, others):
    return len(some) == len(others) and all(
        one is other for one, other in zip(some, others, strict=True)
    )


def _names(parts):
    return ", ".join(part.name for part in parts) or "none"
