"""What goes into a model and comes out of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class ModelParams(NamedTuple):
    """Parameters of a `Model`, or their gradients."""

    cell: Any  # those of the cell or net
    W_hy: Array  # (width, V); the width of a cell is H
    b_y: Array  # (V,)


class Forward(NamedTuple):
    """A forward pass of a `Model`."""

    ys_raw: Array  # (T, B, V); (1, B, V) if the readout is at the end
    unrolled: Any  # an `Unrolled`, or the net's own forward pass


class LossAndGrad(NamedTuple):
    """The loss of a batch and its derivatives."""

    loss: float  # nats, averaged as asked for
    grads: ModelParams
    state_T: Any  # the final state, to carry on from
    dxs: Array | None  # (T, B, D); None for inputs that are symbols
    dstate0: Any  # derivative with respect to the initial state
    unrolled: Any  # an `Unrolled`, or the net's own forward pass
