"""One step of a recurrent net, and its adjoint: the RNN, the LSTM and the GRU.

A cell of your own is a subclass of `AffineCell`; `register` makes it known by name, and
`rnntutor.check_cell` checks it.
"""

from rnntutor.cells.activations import ACTIVATIONS, sigmoid
from rnntutor.cells.affine import AffineCell, BlockCell, Tape
from rnntutor.cells.gru import GRU, GRUResetBefore
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.registry import CELLS, register
from rnntutor.cells.rnn import RNN

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "GRU",
    "LSTM",
    "RNN",
    "AffineCell",
    "BlockCell",
    "GRUResetBefore",
    "Tape",
    "register",
    "sigmoid",
]
