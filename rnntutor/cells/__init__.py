"""One step of a recurrent net, and its adjoint: the RNN, the LSTM, the GRU, and cells
that are linear in the state: minGRU, minLSTM and a diagonal recurrence.

A cell of your own is a subclass of `AffineCell`; `register` makes it known by name, and
`rnntutor.check_cell` checks it.
"""

from rnntutor.cells.activations import ACTIVATIONS, sigmoid
from rnntutor.cells.affine import AffineCell, BlockCell, Tape
from rnntutor.cells.diagonal import Diagonal
from rnntutor.cells.gru import GRU, GRUResetBefore
from rnntutor.cells.linear import LinearCell
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.minimal import MinGRU, MinLSTM
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
    "Diagonal",
    "GRUResetBefore",
    "LinearCell",
    "MinGRU",
    "MinLSTM",
    "Tape",
    "register",
    "sigmoid",
]
