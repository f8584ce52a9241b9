"""A model: a cell or a net over time, a readout at every step or at the end, a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import BACKWARD, FORWARD, require_finite
from rnntutor.model.losses import LOSSES, weighted_sum, weights_of
from rnntutor.model.readout import read_out, read_out_backward
from rnntutor.nets.base import as_net
from rnntutor.tree import leaves

Array = np.ndarray

READOUT = ("steps", "final")


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
    dstate0: Any  # derivative by the initial state
    unrolled: Any  # an `Unrolled`, or the net's own forward pass


@dataclass(frozen=True)
class Model:
    r"""A recurrent net that says V numbers at every step of a sequence, or once at its
    end.

    .. math:: y^{raw}_t = h_t W_{hy} + b_y, \qquad y_t = \mathrm{softmax}(y^{raw}_t)

    The model holds sizes only; its parameters are passed in and returned.

    Parameters
    ----------
    cell : a cell, such as `RNN`, or a net of cells, such as `Stacked`
    D, H, V : int
        Input size, hidden size, number of labels.
    objective : {"cross_entropy", "squared_error"}
        Labels to choose from, or numbers to hit.
    readout : {"steps", "final"}
        Whether it speaks at every step, or once when all is read; T of the outputs and
        targets is then 1, and padding at the end of a sequence is skipped by the
        state's standing still.

    Raises
    ------
    TypeError, ValueError
        If a size is not an integer of at least 1, or another argument is none of these.
    """

    cell: Any
    D: int
    H: int
    V: int
    objective: str = "cross_entropy"
    readout: str = "steps"
    Params = ModelParams

    def __post_init__(self):
        # made once; the class is frozen
        object.__setattr__(self, "net", as_net("cell", self.cell))
        for name in ("D", "H", "V"):
            _check.integer(name, getattr(self, name))
        _check.choice("objective", self.objective, LOSSES)
        _check.choice("readout", self.readout, READOUT)

    @property
    def width(self):
        """How many numbers the readout reads, H for a cell and 2H for a net that reads
        both ways.
        """
        return self.net.width(self.H)

    def init(self, rng, dtype=np.float64):
        """Draw parameters: the cell's own, and W_hy from U(−1/√width, 1/√width), b_y
        zero.

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
        cell = self.net.init(rng, self.D, self.H, dtype)
        bound = 1 / np.sqrt(self.width)
        W_hy = rng.uniform(-bound, bound, (self.width, self.V)).astype(dtype)
        return ModelParams(cell, W_hy, np.zeros(self.V, dtype))

    def check_params(self, params):
        """Raise unless `params` are `ModelParams` whose shapes fit this model."""
        _check.instance("params", params, ModelParams)
        D, H = self.net.check_params(params.cell, "params.cell")
        if (D, H) != (self.D, self.H):
            raise ValueError(
                f"params.cell: expected D, H = {self.D}, {self.H}, got {D}, {H}"
            )
        _check.array("params.W_hy", params.W_hy, (self.width, self.V), convert=False)
        _check.array("params.b_y", params.b_y, (self.V,), convert=False)

    def check_batch(self, xs, targets, mask=None):
        """Raise unless inputs and targets are what this model takes; return both,
        padding set to zero.
        """
        xs, mask = self.net.check_inputs(xs, mask, self.D)
        T, B = xs.shape[:2]
        steps = T if self.readout == "steps" else 1
        return xs, LOSSES[self.objective].check_targets(targets, steps, B, self.V)

    def forward(self, params, xs, state0=None, mask=None, batched=True, rng=None):
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
        rng : numpy.random.Generator, optional
            For training a net with dropout: draws what is dropped. Without it nothing
            is.

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
        unrolled = self._unroll(params, xs, state0, mask, batched, rng)
        with np.errstate(over="ignore", invalid="ignore"):  # looked for by name
            read = read_out if self.net.kernels is None else self.net.kernels.read_out
            return Forward(
                read(self._read(unrolled), params.W_hy, params.b_y), unrolled
            )

    def loss_and_grad(
        self,
        params,
        xs,
        targets,
        state0=None,
        mask=None,
        reduce="sequence",
        scored=None,
        batched=True,
        rng=None,
    ):
        """Loss of a batch and its gradient by parameters, inputs and initial state.

        Parameters
        ----------
        params : ModelParams
        xs : array (T, B, D)
        targets : int array (T, B)
            The true label at each step. For squared error numbers, (T, B, V); for a
            readout at the end T is 1.
        state0 : the cell's state, optional
        mask : bool array (T, B), optional
            False marks padding: the state stands still there and nothing is counted.
        reduce : {"sequence", "token", "sum"}
            As for `cross_entropy`.
        scored : bool array (T, B), optional
            Which of the steps count in the loss; the net runs through the others all
            the same.
        batched : bool
            As for `unroll.forward` and `unroll.backward`.
        rng : numpy.random.Generator, optional
            As for `forward`.

        Returns
        -------
        LossAndGrad

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape, or is not finite where it
            counts.
        NonFiniteError
            If something computed on the way is not finite; it names the tensor.
        """
        unrolled = self._unroll(params, xs, state0, mask, batched, rng)
        hs = self._read(unrolled)
        targets, weights = self._counted(hs, targets, mask, scored, reduce)
        per_step, fused = LOSSES[self.objective].per_step, self.net.kernels
        with np.errstate(over="ignore", invalid="ignore"):  # looked for by name
            if fused is None:
                ys_raw = read_out(hs, params.W_hy, params.b_y)  # eq-readout
                loss, dys_raw = weighted_sum(
                    per_step, ys_raw, targets, weights
                )  # eq-loss
                require_finite("dys_raw", dys_raw, FORWARD)
                require_finite("loss", loss, FORWARD)
                dhs, dW_hy, db_y = read_out_backward(hs, params.W_hy, dys_raw)  # eq-dh
            else:
                loss, dhs, dW_hy, db_y = fused.readout_loss_and_grad(
                    hs, params.W_hy, params.b_y, per_step, targets, weights
                )
            require_finite("dhs", dhs, BACKWARD)
            dstate_T = None
            # it comes in by the final state; no step was read out
            if self.readout == "final":
                dstate_T = self.net.final_backward(
                    dhs[0], unrolled.state_T
                )  # eq-final-dh
                dhs = np.zeros_like(unrolled.outputs)
            dxs, dstate0, dcell = self.net.run_backward(
                params.cell, unrolled, dhs, dstate_T, batched
            )
        grads = ModelParams(dcell, dW_hy, db_y)
        for name, grad in leaves(grads):
            require_finite(f"grads.{name}", grad, BACKWARD)
        if dxs is not None:
            require_finite("dxs", dxs, BACKWARD)
        for name, grad in leaves(dstate0, "dstate0"):
            require_finite(name, grad, BACKWARD)
        return LossAndGrad(loss, grads, unrolled.state_T, dxs, dstate0, unrolled)

    def loss(
        self,
        params,
        xs,
        targets,
        state0=None,
        mask=None,
        reduce="sequence",
        scored=None,
        rng=None,
    ):
        """The loss alone, for evaluation and numeric differentiation; arguments as for
        `loss_and_grad`.
        """
        ys_raw = self.forward(params, xs, state0, mask, rng=rng).ys_raw
        mask = self._scored(ys_raw, mask, scored)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = LOSSES[self.objective].function(ys_raw, targets, mask, reduce)[0]
        require_finite("loss", loss, FORWARD)
        return loss

    def _unroll(self, params, xs, state0, mask, batched, rng):
        """The net's pass, its outputs finite."""
        self.check_params(params)
        xs, mask = self.net.check_inputs(xs, mask, self.D)
        if rng is not None:
            _check.generator("rng", rng)
        with np.errstate(over="ignore", invalid="ignore"):
            unrolled = self.net.run(params.cell, xs, state0, mask, batched, rng)
            require_finite("hs", self._read(unrolled), FORWARD)
        return unrolled

    def _read(self, unrolled):
        """What is read out: the outputs of all steps, or the final one as if it were
        the only step.
        """
        return (
            unrolled.outputs if self.readout == "steps" else unrolled.final[None]
        )  # eq-final-readout

    def _scored(self, outputs, mask, scored):
        """The steps (T, B) that count in the loss: scored, and not padding; None if all
        do.
        """
        if self.readout == "final":
            mask = None  # padding is behind it
        if scored is None:
            return mask
        scored = _check.array("scored", scored, outputs.shape[:2], kind="bool")
        counted = scored if mask is None else scored & mask
        if not counted.any():
            raise ValueError(
                "scored: expected steps to average over, got none that are not padding"
            )
        return counted

    def _counted(self, hs, targets, mask, scored, reduce):
        """Targets, harmless where they do not count, and how much each step counts."""
        T, B, _ = hs.shape
        weights = weights_of(
            self._scored(hs, mask, scored), T, B, reduce, hs.real.dtype
        )
        return LOSSES[self.objective].check_targets(
            targets, T, B, self.V, weights > 0
        ), weights


def readout_backward(params, hs, dys_raw):
    """Adjoint of the readout y_raw = h W_hy + b_y, over all steps at once.

    Parameters
    ----------
    params : ModelParams
    hs : array (T, B, width)
        h_1 … h_T.
    dys_raw : array (T, B, V)

    Returns
    -------
    dhs : array (T, B, width)
        Immediate derivative by h_1 … h_T: through each step's own output.
    dW_hy : array (width, V)
    db_y : array (V,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    _check.instance("params", params, ModelParams)
    H, V = _check.array("params.W_hy", params.W_hy, ("H", "V"), convert=False).shape
    hs = _check.array("hs", hs, ("T", "B", H))
    dys_raw = _check.array("dys_raw", dys_raw, (*hs.shape[:2], V))
    return read_out_backward(hs, params.W_hy, dys_raw)
