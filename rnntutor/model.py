"""A model for labels at every step: a cell unrolled over time, a readout, softmax cross-entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check, unroll
from rnntutor.errors import require_finite
from rnntutor.loss import cross_entropy
from rnntutor.tree import leaves

Array = np.ndarray

_FORWARD = "The parameters have grown too large, or the inputs are: check their scale."
_BACKWARD = "The gradient exploded on its way back through time: try a shorter sequence or smaller weights."


class ModelParams(NamedTuple):
    """Parameters of a `Model`, or their gradients."""

    cell: Any  # the cell's Params
    W_hy: Array  # (H, V)
    b_y: Array  # (V,)


class Forward(NamedTuple):
    """A forward pass of a `Model`."""

    ys_raw: Array  # (T, B, V)
    unrolled: unroll.Unrolled


class LossAndGrad(NamedTuple):
    """The loss of a batch and its derivatives."""

    loss: float  # nats, averaged as asked for
    grads: ModelParams
    state_T: Any  # the cell's final state, to carry on from
    dxs: Array  # (T, B, D)
    dstate0: Any  # derivative by the initial state
    unrolled: unroll.Unrolled


@dataclass(frozen=True)
class Model:
    r"""A recurrent net that gives every step of a sequence a distribution over V labels.

    .. math:: y^{raw}_t = h_t W_{hy} + b_y, \qquad y_t = \mathrm{softmax}(y^{raw}_t)

    The model holds sizes only; its parameters are passed in and returned.

    Parameters
    ----------
    cell : a cell, such as `RNN`
    D, H, V : int
        Input size, hidden size, number of labels.

    Raises
    ------
    TypeError, ValueError
        If a size is not an integer of at least 1.
    """

    cell: Any
    D: int
    H: int
    V: int

    def __post_init__(self):
        _check.cell("cell", self.cell)
        for name in ("D", "H", "V"):
            _check.integer(name, getattr(self, name))

    def init(self, rng, dtype=np.float64):
        """Draw parameters: the cell's own, and W_hy from U(−1/√H, 1/√H), b_y zero.

        Parameters
        ----------
        rng : numpy.random.Generator
        dtype : dtype

        Returns
        -------
        ModelParams

        Raises
        ------
        TypeError
            If `rng` is no generator or `dtype` no floating-point type.
        """
        cell = self.cell.init(rng, self.D, self.H, dtype)
        bound = 1 / np.sqrt(self.H)
        W_hy = rng.uniform(-bound, bound, (self.H, self.V)).astype(dtype)
        return ModelParams(cell, W_hy, np.zeros(self.V, dtype))

    def check_params(self, params):
        """Raise unless `params` are `ModelParams` whose shapes fit this model."""
        _check.instance("params", params, ModelParams)
        D, H = self.cell.check_params(params.cell, "params.cell")
        if (D, H) != (self.D, self.H):
            raise ValueError(f"params.cell: expected D, H = {self.D}, {self.H}, got {D}, {H}")
        _check.array("params.W_hy", params.W_hy, (self.H, self.V), convert=False)
        _check.array("params.b_y", params.b_y, (self.V,), convert=False)

    def forward(self, params, xs, state0=None, mask=None, batched=True):
        """Output pre-activations for a batch of sequences.

        Parameters
        ----------
        params : ModelParams
        xs : array (T, B, D)
        state0 : the cell's state, optional
        mask : bool array (T, B), optional
            False marks padding.
        batched : bool
            As for `unroll.forward`.

        Returns
        -------
        Forward

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape, or is not finite.
        NonFiniteError
            If the hidden states or outputs overflow.
        """
        self.check_params(params)
        with np.errstate(over="ignore", invalid="ignore"):  # looked for below, by name
            unrolled = unroll.forward(self.cell, params.cell, xs, state0, mask, batched)
            require_finite("hs", unrolled.hs, _FORWARD)
            ys_raw = unrolled.hs[1:] @ params.W_hy + params.b_y  # eq-readout
            require_finite("ys_raw", ys_raw, _FORWARD)
        return Forward(ys_raw, unrolled)

    def loss_and_grad(
        self, params, xs, targets, state0=None, mask=None, reduce="sequence", scored=None, batched=True
    ):
        """Loss of a batch and its gradient by parameters, inputs and initial state.

        Parameters
        ----------
        params : ModelParams
        xs : array (T, B, D)
        targets : int array (T, B)
            The true label at each step.
        state0 : the cell's state, optional
        mask : bool array (T, B), optional
            False marks padding: the state stands still there and nothing is counted.
        reduce : {"sequence", "token", "sum"}
            As for `cross_entropy`.
        scored : bool array (T, B), optional
            Which of the steps count in the loss; the net runs through the others all the same.
        batched : bool
            As for `unroll.forward` and `unroll.backward`.

        Returns
        -------
        LossAndGrad

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape, or is not finite where it counts.
        NonFiniteError
            If something computed on the way is not finite; it names the tensor.
        """
        ys_raw, unrolled = self.forward(params, xs, state0, mask, batched)
        loss, dys_raw = cross_entropy(ys_raw, targets, _counted(mask, scored, ys_raw), reduce)
        require_finite("loss", loss, _FORWARD)
        require_finite("dys_raw", dys_raw, _FORWARD)
        with np.errstate(over="ignore", invalid="ignore"):
            dhs, dW_hy, db_y = readout_backward(params, unrolled.hs[1:], dys_raw)
            require_finite("dhs", dhs, _BACKWARD)
            dxs, dstate0, dcell = unroll.backward(self.cell, params.cell, unrolled, dhs, batched=batched)
        grads = ModelParams(dcell, dW_hy, db_y)
        for name, grad in leaves(grads):
            require_finite(f"grads.{name}", grad, _BACKWARD)
        require_finite("dxs", dxs, _BACKWARD)
        for name, grad in leaves(dstate0, "dstate0"):
            require_finite(name, grad, _BACKWARD)
        return LossAndGrad(loss, grads, unrolled.state_T, dxs, dstate0, unrolled)

    def loss(self, params, xs, targets, state0=None, mask=None, reduce="sequence", scored=None):
        """The loss alone, for evaluation and numeric differentiation; arguments as for `loss_and_grad`."""
        ys_raw = self.forward(params, xs, state0, mask).ys_raw
        loss, _ = cross_entropy(ys_raw, targets, _counted(mask, scored, ys_raw), reduce)
        require_finite("loss", loss, _FORWARD)
        return loss


def readout_backward(params, hs, dys_raw):
    """Adjoint of the readout y_raw = h W_hy + b_y, over all steps at once.

    Parameters
    ----------
    params : ModelParams
    hs : array (T, B, H)
        h_1 … h_T.
    dys_raw : array (T, B, V)

    Returns
    -------
    dhs : array (T, B, H)
        Immediate derivative by h_1 … h_T: through each step's own output.
    dW_hy : array (H, V)
    db_y : array (V,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    _check.instance("params", params, ModelParams)
    H, V = params.W_hy.shape
    T, B, _ = _check.array("hs", hs, ("T", "B", H)).shape
    _check.array("dys_raw", dys_raw, (T, B, V))
    dhs = dys_raw @ params.W_hy.T  # eq-dh
    dW_hy = hs.reshape(-1, H).T @ dys_raw.reshape(-1, V)  # eq-readout-grads
    db_y = dys_raw.sum(axis=(0, 1))  # eq-readout-grads
    return dhs, dW_hy, db_y


def _counted(mask, scored, ys_raw):
    """The steps that count in the loss: scored, and not padding."""
    if scored is None:
        return mask
    scored = _check.array("scored", scored, ys_raw.shape[:2], kind="bool")
    counted = scored if mask is None else scored & mask
    if not counted.any():
        raise ValueError("scored: expected steps to average over, got none that are not padding")
    return counted
