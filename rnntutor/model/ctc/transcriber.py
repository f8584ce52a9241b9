"""A model that learns to write down what an unsegmented sequence holds."""

from __future__ import annotations

from dataclasses import dataclass

from rnntutor import _check
from rnntutor._check import BACKWARD, require_finite
from rnntutor.model.ctc.lattice import ctc_loss
from rnntutor.model.model import Model
from rnntutor.model.readout import readout_backward
from rnntutor.model.records import LossAndGrad, ModelParams
from rnntutor.tree import leaves


@dataclass(frozen=True)
class Transcriber:
    """A `Model` whose loss is `ctc_loss`; `rnntutor.fit` trains it as it trains the
    model itself.

    Batches are ``(xs, labels, {"mask": mask})``, with labels as for `ctc_loss`: they do
    not say at which step they are.

    Parameters
    ----------
    model : Model
        With V one more than there are labels, and a readout at every step. Its
        objective is not used.

    Raises
    ------
    TypeError, ValueError
        If it is another one.

    Examples
    --------
    >>> import numpy as np, rnntutor as rt
    >>> from rnntutor.model.ctc import Transcriber, best_path
    >>> xs = np.array([0, 1, 1, 0, 2, 0, 2, 0.0]).reshape(8, 1, 1)
    >>> model = Transcriber(rt.Model(rt.Bidirectional(rt.LSTM()), D=1, H=8, V=3))
    >>> params = model.init(np.random.default_rng(0))
    >>> batches = [(xs, [[0, 1, 1]])]
    >>> fitted = rt.fit(model, params, batches, rt.Adam(0.03), epochs=100)
    >>> best_path(model.forward(fitted.params, xs).ys_raw)
    [array([0, 1, 1])]
    """

    model: Model
    # so that no training carries its state, or cuts a batch in windows: neither knows
    # where in a sequence its labels are
    readout = "labels"

    def __post_init__(self):
        _check.instance("model", self.model, Model)
        if self.model.readout != "steps":
            raise ValueError(
                "model: expected a readout at every step, got readout ="
                f" {self.model.readout!r}"
            )

    @property
    def cell(self):
        """The model's cell or net, as it was given."""
        return self.model.cell

    @property
    def net(self):
        """The model's net."""
        return self.model.net

    def init(self, rng, dtype=float):
        """As for `Model.init`."""
        return self.model.init(rng, dtype)

    def check_params(self, params):
        """As for `Model.check_params`."""
        self.model.check_params(params)

    def forward(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """As for `Model.forward`."""
        return self.model.forward(params, xs, state0, mask, batched, rng)

    def loss_and_grad(
        self,
        params,
        xs,
        labels,
        state0=None,
        mask=None,
        reduce="sequence",
        batched=True,
        rng=None,
    ):
        """Loss of a batch and its gradient with respect to parameters, inputs and
        initial state.

        Parameters
        ----------
        params, xs, state0, batched, rng
            As for `Model.loss_and_grad`.
        labels, mask, reduce
            As for `ctc_loss`.

        Returns
        -------
        LossAndGrad

        Raises
        ------
        TypeError, ValueError, NonFiniteError
            As for `Model.loss_and_grad` and `ctc_loss`.
        """
        ys_raw, unrolled = self.forward(params, xs, state0, mask, batched, rng)
        loss, dys_raw = ctc_loss(ys_raw, labels, mask, reduce)
        dhs, dW_hy, db_y = readout_backward(params, unrolled.outputs, dys_raw)
        dxs, dstate0, dcell = self.net.backward(
            params.cell, unrolled, dhs, batched=batched
        )
        grads = ModelParams(dcell, dW_hy, db_y)
        for name, grad in leaves(grads, "grads"):
            require_finite(name, grad, BACKWARD)
        return LossAndGrad(loss, grads, unrolled.state_T, dxs, dstate0, unrolled)

    def loss(
        self, params, xs, labels, state0=None, mask=None, reduce="sequence", rng=None
    ):
        """The loss alone; arguments and errors as for `loss_and_grad`."""
        ys_raw, _ = self.forward(params, xs, state0, mask, rng=rng)
        return ctc_loss(ys_raw, labels, mask, reduce)[0]
