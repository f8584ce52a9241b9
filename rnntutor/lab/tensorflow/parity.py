"""Every net of the book on random batches, and how far another library's loss and
gradients lie from ours.

The batches need no TensorFlow: the tests against PyTorch use them, too.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells import GRUResetBefore
from rnntutor.cells.gru import GRU
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN
from rnntutor.gradients.comparison import compare
from rnntutor.keras.build import to_keras
from rnntutor.keras.gradients import loss_and_grad
from rnntutor.lab.tensorflow.cudnn import cudnn_for
from rnntutor.model.losses import LOSSES, REDUCE
from rnntutor.model.model import READOUT, Model
from rnntutor.nets import Bidirectional, Embedded, Stacked
from rnntutor.tree import flatten
from rnntutor.tree import map as tree_map

Array = np.ndarray

CELLS = (RNN("sigmoid"), RNN("tanh"), RNN("relu"), LSTM(), GRU(), GRUResetBefore())
# (T, B, D, H), each once 1, otherwise all different; every net gets the first and, in
# turn, one of the others
SHAPES = (
    (5, 2, 3, 4),
    (1, 2, 3, 4),
    (5, 1, 3, 4),
    (5, 2, 1, 4),
    (5, 2, 3, 1),
    (17, 3, 8, 7),
)
PADDING = (None, "at the end", "at the start")
OPTIONS = tuple(product(LOSSES, READOUT, PADDING, REDUCE))
V = 6
SCALE = 0.5  # of the weights: sigmoid and tanh leave their linear range


class ParityCase(NamedTuple):
    """A model and a batch, all of whose numbers differ from zero."""

    name: str
    model: Model
    params: Any
    xs: Array
    targets: Array
    state0: Any
    mask: Array | None
    reduce: str


def nets(cell):
    """The result of this package for a cell."""
    return (
        cell,
        Stacked((cell, cell)),
        Bidirectional(cell),
        Stacked((Bidirectional(cell), cell)),
        Stacked((RNN("tanh"), Bidirectional(cell))),
        Embedded(cell, 3),
        Embedded(Stacked((cell, cell, cell)), 2),
    )


def parity_cases(dtype=np.float64):
    """Batches for every net of every cell; shape, loss, readout, padding and reduction
    take turns.

    Parameters
    ----------
    dtype : {float64, float32}

    Returns
    -------
    list of ParityCase

    Raises
    ------
    TypeError
        If `dtype` is no floating-point type.
    """
    dtype = _check.dtype("dtype", dtype)
    every_net = [net for cell in CELLS for net in nets(cell)]
    return [
        _case(
            2 * i + second,
            net,
            SHAPES[1 + i % (len(SHAPES) - 1) if second else 0],
            dtype,
        )
        for i, net in enumerate(every_net)
        for second in (0, 1)
    ]


def _case(i, net, shape, dtype):
    T, B, D, H = shape
    rng = np.random.default_rng(i)
    # 7 and the number of options, 36, have no divisor in common: all of them come up
    objective, readout, padding, reduce = OPTIONS[7 * i % len(OPTIONS)]
    model = Model(net, D, H, V, objective, readout)

    def draw(shape, scale=1.0):
        return (scale * rng.standard_normal(shape)).astype(dtype)

    params = tree_map(lambda a: draw(a.shape, SCALE), model.init(rng))
    xs = rng.integers(0, D, (T, B)) if model.net.reads_symbols else draw((T, B, D))
    steps = T if readout == "steps" else 1
    targets = (
        rng.integers(0, V, (steps, B))
        if objective == "cross_entropy"
        else draw((steps, B, V))
    )
    state0 = tree_map(
        lambda a: draw(a.shape), model.net.forward(params.cell, xs).state_T
    )
    name = (
        f"{net}, T, B, D, H = {shape}, padding {padding}, {objective}, {reduce},"
        f" readout {readout}"
    )
    return ParityCase(
        name, model, params, xs, targets, state0, _mask(padding, T, B), reduce
    )


def _mask(padding, T, B):
    """Padding of another length in each sequence but one."""
    if padding is None or T == 1:
        return None
    lengths = np.maximum(T - np.arange(B), 1)
    mask = np.arange(T)[:, None] < lengths
    return mask if padding == "at the end" else mask[::-1]


def differences(case, found, each_array=False):
    """How far a result lies from that of this package, in outputs, state and each
    gradient.

    Parameters
    ----------
    case : ParityCase
    found : ByKeras
        Or anything with its fields.
    each_array : bool
        Measure each array by its own largest entry. An array may hold a single number
        in which terms cancel, so that this can be much larger than what the part as a
        whole says.

    Returns
    -------
    dict of float
        For each part (outputs, gradient of the parameters, …) its largest difference,
        relative to the largest entry of that part.

    Raises
    ------
    TypeError
        If `case` is no ParityCase.
    """
    _check.instance("case", case, ParityCase)
    ours = case.model.loss_and_grad(
        case.params, case.xs, case.targets, case.state0, case.mask, case.reduce
    )
    ys_raw = case.model.forward(case.params, case.xs, case.state0, case.mask).ys_raw
    theirs = found.ys_raw
    # outputs at padding count for nothing
    if case.mask is not None and case.model.readout == "steps":
        ys_raw, theirs = (
            np.where(case.mask[..., None], ys, 0) for ys in (ys_raw, theirs)
        )
    pairs = {
        "loss": (np.array(ours.loss), np.array(found.loss)),
        "outputs": (ys_raw, theirs),
        "final state": (ours.state_T, found.state_T),
        "by parameters": (ours.grads, found.grads),
        "by inputs": (ours.dxs, found.dxs),
        "by initial state": (ours.dstate0, found.dstate0),
    }
    form = (lambda tree: tree) if each_array else flatten
    return {
        name: compare(form(theirs), form(mine)).worst.error
        for name, (mine, theirs) in pairs.items()
        if mine is not None
    }


def parity(case, how="eager", each_array=False, use_cudnn=None):
    """The `differences` between Keras and this package for a case.

    Parameters
    ----------
    case : ParityCase
    how : {"eager", "graph", "xla"}
        As for `loss_and_grad`. On a GPU, cuDNN's kernel is left out where this cannot
        have it.
    each_array : bool
        As for `differences`.
    use_cudnn : {None, "auto", False, True}
        As for `to_keras`; None is what `cudnn_for` says.

    Returns
    -------
    dict of float

    Raises
    ------
    ImportError
        If there is no TensorFlow.
    TypeError, ValueError
        If an argument is of the wrong kind.
    """
    _check.instance("case", case, ParityCase)
    if use_cudnn is None:
        use_cudnn = cudnn_for(how, case.mask)
    keras_model = to_keras(
        case.model, case.params, case.mask is not None, True, use_cudnn
    )
    batch = case.xs, case.targets, case.state0, case.mask, case.reduce
    found = loss_and_grad(keras_model, *batch, how, case.model.objective)
    return differences(case, found, each_array)
