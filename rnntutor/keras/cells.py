"""What each cell is called in Keras, and with which options."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.gru import GRU, GRUResetBefore
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN
from rnntutor.keras.backend import require_tensorflow


class Counterpart(NamedTuple):
    """A cell's layer in Keras."""

    layer: str  # its name in keras.layers
    states: int  # how many arrays a state has
    options: Callable  # from a cell to arguments of the layer
    kernel: bool  # whether Keras can leave it to cuDNN
    cell: Callable  # from a layer to the cell


def _rnn(layer):
    return RNN(activation_of(layer, "activation", tuple(ACTIVATIONS)))


def _lstm(layer):
    _require_gates(layer)
    return LSTM(forget_bias=1.0 if layer.unit_forget_bias else 0.0)


def _gru(layer):
    _require_gates(layer)
    return GRU() if layer.reset_after else GRUResetBefore()


def _require_gates(layer):
    activation_of(layer, "activation", ("tanh",))
    activation_of(layer, "recurrent_activation", ("sigmoid",))


COUNTERPARTS = {
    RNN: Counterpart(
        "SimpleRNN", 1, lambda cell: {"activation": cell.activation}, False, _rnn
    ),
    # the first value of the forget bias is no part of the weights; Keras allows 1 and 0
    LSTM: Counterpart(
        "LSTM", 2, lambda cell: {"unit_forget_bias": cell.forget_bias == 1}, True, _lstm
    ),
    GRU: Counterpart("GRU", 1, lambda cell: {"reset_after": True}, True, _gru),
    GRUResetBefore: Counterpart(
        "GRU", 1, lambda cell: {"reset_after": False}, True, _gru
    ),
}


def counterpart(cell):
    """The entry of a cell.

    Raises
    ------
    ValueError
        If Keras has no such cell.
    """
    if type(cell) not in COUNTERPARTS:
        names = ", ".join(kind.__name__ for kind in COUNTERPARTS)
        raise ValueError(
            f"model.cell: expected cells that Keras has ({names}), got {cell!r}"
        )
    return COUNTERPARTS[type(cell)]


def cell_of(layer):
    """The cell that a recurrent layer of Keras computes.

    Raises
    ------
    ValueError
        If the layer is none of those that have a cell here, or set to something that
        the cell does not do.
    """
    _, keras = require_tensorflow()
    kinds = {getattr(keras.layers, one.layer): one for one in COUNTERPARTS.values()}
    if type(layer) not in kinds:
        names = ", ".join(one.layer for one in kinds.values())
        raise ValueError(f"{layer.name}: expected one of {names}, got {kind_of(layer)}")
    for option, want in (
        ("use_bias", True),
        ("dropout", 0.0),
        ("recurrent_dropout", 0.0),
    ):
        value = getattr(layer, option)
        if value != want:
            raise ValueError(f"{layer.name}.{option}: expected {want!r}, got {value!r}")
    return kinds[type(layer)].cell(layer)


def activation_of(layer, option, allowed):
    """The name of an activation, if it is one of these; another function may have the
    same name.
    """
    tf, keras = require_tensorflow()
    function = getattr(layer, option)
    name = getattr(function, "__name__", "")
    known = any(
        function is getattr(origin, name, None)
        for origin in (keras.activations, keras.ops, tf.nn)
    )
    if name not in allowed or not known:
        words = " or ".join(map(repr, allowed))
        got = repr(name) if known else _check.short(function)
        raise ValueError(f"{layer.name}.{option}: expected {words}, got {got}")
    return name


def kind_of(layer):
    """The name of a layer's class, with its origin if that is not Keras."""
    kind = type(layer)
    own = kind.__module__.startswith("keras.")
    return kind.__name__ if own else f"{kind.__module__}.{kind.__name__}"
