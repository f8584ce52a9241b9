"""One step of a recurrent net, and its adjoint: the RNN, the LSTM and the GRU."""

from rnntutor.cells.activations import ACTIVATIONS, sigmoid
from rnntutor.cells.affine import AffineCell, BlockCell, Params, Tape
from rnntutor.cells.gru import GRU
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN

__all__ = [
    "ACTIVATIONS",
    "GRU",
    "LSTM",
    "RNN",
    "AffineCell",
    "BlockCell",
    "Params",
    "Tape",
    "sigmoid",
]
