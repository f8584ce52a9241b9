"""What each cell is called in Keras, and with which options."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rnntutor.activations import ACTIVATIONS
from rnntutor.gru import GRU
from rnntutor.lstm import LSTM
from rnntutor.rnn import RNN


class Counterpart(NamedTuple):
    """A cell's layer in Keras."""

    layer: str  # its name in keras.layers
    states: int  # how many arrays a state has
    options: Callable  # from a cell to arguments of the layer
    kernel: bool  # whether Keras can leave it to cuDNN
    cell: Callable  # from the arguments of a layer, as `get_config` gives them, to the cell


def _rnn(config):
    return RNN(_one_of(config, "activation", tuple(ACTIVATIONS)))


def _lstm(config):
    _require_gates(config)
    return LSTM(forget_bias=1.0 if config["unit_forget_bias"] else 0.0)


def _gru(config):
    _require_gates(config)
    return GRU("after" if config["reset_after"] else "before")


def _require_gates(config):
    _one_of(config, "activation", ("tanh",))
    _one_of(config, "recurrent_activation", ("sigmoid",))


COUNTERPARTS = {
    RNN: Counterpart("SimpleRNN", 1, lambda cell: {"activation": cell.activation}, False, _rnn),
    # the first value of the forget bias is no part of the weights; Keras knows 1 and 0
    LSTM: Counterpart("LSTM", 2, lambda cell: {"unit_forget_bias": cell.forget_bias == 1}, True, _lstm),
    GRU: Counterpart("GRU", 1, lambda cell: {"reset_after": cell.reset == "after"}, True, _gru),
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
        raise ValueError(f"model.cell: expected cells that Keras has ({names}), got {cell!r}")
    return COUNTERPARTS[type(cell)]


def cell_of(layer):
    """The cell that a recurrent layer of Keras computes.

    Raises
    ------
    ValueError
        If the layer is none of those that have a cell here, or set to something that the cell does not do.
    """
    entry = next((one for one in COUNTERPARTS.values() if one.layer == type(layer).__name__), None)
    if entry is None:
        names = ", ".join(one.layer for one in COUNTERPARTS.values())
        raise ValueError(f"{layer.name}: expected one of {names}, got {type(layer).__name__}")
    config = layer.get_config() | {"name": layer.name}
    for option, want in (("use_bias", True), ("dropout", 0.0), ("recurrent_dropout", 0.0)):
        _one_of(config, option, (want,))
    return entry.cell(config)


def _one_of(config, option, allowed):
    """The value of an option, if it is one of those that a cell of this package has."""
    if config[option] not in allowed:
        words = " or ".join(map(repr, allowed))
        raise ValueError(f"{config['name']}.{option}: expected {words}, got {config[option]!r}")
    return config[option]
