"""A model: a cell or a net over time, a readout at every step or at the end, a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor._check import BACKWARD, FORWARD, require_finite
from rnntutor.model import readout as plain_readout
from rnntutor.model.averages import weighted_sum, weights_of
from rnntutor.model.losses import LOSSES
from rnntutor.model.records import Forward, LossAndGrad, ModelParams
from rnntutor.model.targets import counted
from rnntutor.nets.base import as_net
from rnntutor.tree import leaves

READOUT = ("steps", "final")


@dataclass(frozen=True)
class Model:
    r"""A recurrent net with a readout of V numbers at every step of a sequence, or once
    at its end.

    .. math:: y^{raw}_t = h_t W_{hy} + b_y, \qquad y_t = \mathrm{softmax}(y^{raw}_t)

    The model holds sizes only; its parameters are passed in and returned.

    Parameters
    ----------
    cell : a cell, such as `RNN`, or a net of cells, such as `Stacked`
    D, H, V : int
        Input size, hidden size, number of labels.
    objective : {"cross_entropy", "squared_error"}
        The loss: for labels, or for numbers.
    readout : {"steps", "final"}
        Whether the outputs are read out at every step, or once when the sequence has
        been read; T of the outputs and targets is then 1, and padding at the end of a
        sequence leaves the state as it is.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
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
    def _kernels(self):
        return self.net.kernels or plain_readout

    @property
    def width(self):
        """The size of what is read out, H for a cell, 2H for a bidirectional net."""
        return self.net.width(self.H)

    def init(self, rng, dtype=np.float64):
        """Draw `ModelParams`: the cell's, W_hy from U(−1/√width, 1/√width), b_y zero.

        Parameters
        ----------
        rng : numpy.random.Generator or seed
        dtype : dtype

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong kind.
        """
        rng = _check.generator("rng", rng)
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
        """Inputs, padding set to zero, and targets (T, B, …); raise unless they fit."""
        xs, mask = self.net.check_inputs(xs, mask, self.D)
        T, B = xs.shape[:2]
        steps = T if self.readout == "steps" else 1
        return xs, self._check_targets(targets, steps, B)

    def forward(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Output pre-activations for a batch of sequences.

        Parameters
        ----------
        params, xs, state0, mask, batched
            As for `loss_and_grad`.
        rng : numpy.random.Generator or seed, optional
            For training a net with dropout: draws the dropout masks. Nothing is dropped
            without it.

        Returns
        -------
        Forward

        Raises
        ------
        TypeError, ValueError, NonFiniteError
            As for `loss_and_grad`.
        """
        unrolled, hs = self._unroll(params, xs, state0, mask, batched, rng)
        with np.errstate(over="ignore", invalid="ignore"):
            ys_raw = self._kernels.read_out(hs, params.W_hy, params.b_y)
        return Forward(ys_raw, unrolled)

    def loss_and_grad(
        self,
        params,
        xs,
        targets,
        state0=None,
        mask=None,
        reduce="token",
        scored=None,
        batched=True,
        rng=None,
    ):
        """Loss of a batch and its gradient with respect to parameters, inputs and
        initial state.

        Parameters
        ----------
        params : ModelParams
        xs : array (T, B, D)
        targets : int array (T, B)
            The true label at each step. For squared error numbers, (T, B, V). For a
            readout at the end T is 1, and (B,) or (B, V) will do.
        state0 : the cell's state, optional
        mask : bool array (T, B), optional
            False marks padding: the state stands still there and nothing is counted.
        reduce : {"token", "sequence", "sum"}
            As for `cross_entropy`.
        scored : bool array (T, B), optional
            Which of the steps count in the loss; the net reads the others all the same.
        batched : bool
            As for `unroll.forward` and `unroll.backward`.
        rng : numpy.random.Generator or seed, optional
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
            If a computed tensor is not finite; it names the tensor.
        """
        unrolled, hs = self._unroll(params, xs, state0, mask, batched, rng)
        targets, weights = self._counted(hs, targets, mask, scored, reduce)
        per_step = LOSSES[self.objective].per_step
        with np.errstate(over="ignore", invalid="ignore"):  # looked for by name
            loss, dhs, dW_hy, db_y = self._kernels.readout_loss_and_grad(
                hs, params.W_hy, params.b_y, per_step, targets, weights
            )
            require_finite("dhs", dhs, BACKWARD)
            dstate_T = None
            # the gradient comes in through the final state; no step was read out
            if self.readout == "final":
                backward = self.net.final_backward
                dstate_T = backward(dhs[0], unrolled.state_T)  # eq-final-dh
                dhs = np.zeros_like(unrolled.outputs)
            dxs, dstate0, dcell = self.net.run_backward(
                params.cell, unrolled, dhs, dstate_T, batched
            )
        grads = ModelParams(dcell, dW_hy, db_y)
        for name, grad in leaves(grads, "grads"):
            require_finite(name, grad, BACKWARD)
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
        reduce="token",
        scored=None,
        rng=None,
    ):
        """The loss alone, for evaluation and numeric differentiation; arguments and
        errors as for `loss_and_grad`.
        """
        ys_raw, _ = self.forward(params, xs, state0, mask, rng=rng)
        targets, weights = self._counted(ys_raw, targets, mask, scored, reduce)
        per_step = LOSSES[self.objective].per_step
        with np.errstate(over="ignore", invalid="ignore"):
            loss, _ = weighted_sum(per_step, ys_raw, targets, weights)
        require_finite("loss", loss, FORWARD)
        return loss

    def _unroll(self, params, xs, state0, mask, batched, rng):
        """The net's forward pass, and the hidden states that the readout receives:
        those of all steps, or the final one as if it were the only step.
        """
        self.check_params(params)
        xs, mask = self.net.check_inputs(xs, mask, self.D)
        rng = None if rng is None else _check.generator("rng", rng)
        with np.errstate(over="ignore", invalid="ignore"):
            unrolled = self.net.run(params.cell, xs, state0, mask, batched, rng)
            steps = self.readout == "steps"
            hs = unrolled.outputs if steps else unrolled.final[None]  # eq-final-readout
            require_finite("hs", hs, FORWARD)
        return unrolled, hs

    def _counted(self, outputs, targets, mask, scored, reduce):
        """Targets, set to 0 where they do not count, and the weight of each step."""
        T, B, _ = outputs.shape
        mask = None if self.readout == "final" else mask  # padding is behind it
        counts = counted(mask, scored, (T, B))
        weights = weights_of(counts, T, B, reduce, outputs.real.dtype)
        return self._check_targets(targets, T, B, weights > 0), weights

    def _check_targets(self, targets, T, B, counts=None):
        check = LOSSES[self.objective].check_targets
        return check(targets, (T, B), self.V, counts, final=self.readout == "final")
