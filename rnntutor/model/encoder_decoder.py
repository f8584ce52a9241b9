"""One net reads a sequence, another writes one of another length (Cho et al. 2014,
Sutskever et al. 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import BACKWARD, require_finite
from rnntutor.model.model import Model
from rnntutor.nets.attending import Attending, AttendingState
from rnntutor.nets.base import Wrapper, as_net
from rnntutor.nets.bidirectional import Bidirectional, BothWays
from rnntutor.nets.stacked import Stacked
from rnntutor.tree import leaves


class EncoderDecoderParams(NamedTuple):
    """Parameters of an `EncoderDecoder`, or their gradients."""

    encoder: Any  # those of the net that reads
    decoder: Any  # ModelParams


@dataclass(frozen=True)
class EncoderDecoder:
    """An encoder and a decoder that are trained as one net.

    The decoder starts in the encoder's last state: that of its top layer, and where it
    reads both ways, of the direction that has come to the end. If the decoder's net is
    `Attending`, the encoder's outputs are its memory.

    Parameters
    ----------
    encoder : a cell or a net
        Its hidden size is the decoder's.
    D : int
        Input size of the encoder.
    decoder : Model
        It reads what has been written so far, one step behind.
    start : bool
        Whether the decoder starts in the encoder's last state. If not, it starts in
        zeros, and must be attending.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these, or they do not fit together.
    """

    encoder: Any
    D: int
    decoder: Model
    start: bool = True

    def __post_init__(self):
        # made once; the class is frozen
        object.__setattr__(self, "reader", as_net("encoder", self.encoder))
        _check.integer("D", self.D)
        _check.instance("decoder", self.decoder, Model)
        _check.instance("start", self.start, bool)
        if self.attends:
            wide = self.reader.width(self.decoder.H)
            if self.net.M != wide:
                raise ValueError(
                    "decoder: expected a memory as wide as the encoder's outputs,"
                    f" M = {wide}, got {self.net.M}"
                )
        elif not self.start:
            raise ValueError(
                "start: expected True for a decoder without attention, got False"
            )

    @property
    def net(self):
        """The decoder's net."""
        return self.decoder.net

    @property
    def attends(self):
        """Whether the decoder has attention."""
        return isinstance(self.net, Attending)

    def init(self, rng, dtype=np.float64):
        """Draw the parameters of both parts."""
        rng = _check.generator("rng", rng)
        encoder = self.reader.init(rng, self.D, self.decoder.H, dtype)
        return EncoderDecoderParams(encoder, self.decoder.init(rng, dtype))

    def check_params(self, params):
        """Raise unless `params` are `EncoderDecoderParams` whose shapes fit."""
        _check.instance("params", params, EncoderDecoderParams)
        sizes = self.reader.check_params(params.encoder, "params.encoder")
        if sizes != (self.D, self.decoder.H):
            raise ValueError(
                f"params.encoder: expected D, H = {self.D}, {self.decoder.H}, got"
                f" {sizes[0]}, {sizes[1]}"
            )
        self.decoder.check_params(params.decoder)

    def encode(self, params, sources, source_mask=None):
        """Read; the state in which the decoder starts.

        Parameters
        ----------
        params : EncoderDecoderParams
        sources : array (S, B, D), or int (S, B) for an encoder that reads symbols
        source_mask : bool array (S, B), optional
            False marks padding.

        Returns
        -------
        The state of the decoder's net, for a batch of B.

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        """
        self.check_params(params)
        return self._encode(params, sources, source_mask)[1]

    def loss_and_grad(
        self,
        params,
        xs,
        targets,
        state0=None,
        mask=None,
        reduce="token",
        rng=None,
        source_mask=None,
    ):
        """Loss of a batch and its gradient, as `fit` asks for them.

        Parameters
        ----------
        params : EncoderDecoderParams
        xs : (sources, inputs)
            What the encoder reads, see `encode`, and what the decoder reads, of length
            T: in training the true symbols, one step behind the targets.
        targets : int array (T, B)
        state0 : None
            The decoder starts in what the encoder hands over.
        mask, reduce, rng
            As for `Model.loss_and_grad`; they are the decoder's.
        source_mask : bool array (S, B), optional

        Returns
        -------
        LossAndGrad
            ``dxs`` is the derivative with respect to the sources; None where they are
            symbols.

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        NonFiniteError
            As for `Model.loss_and_grad`.
        """
        passed, start, inputs = self._start(params, xs, state0, source_mask)
        result = self.decoder.loss_and_grad(
            params.decoder, inputs, targets, start, mask, reduce, rng=rng
        )
        douts, dstate = self._handed_back(passed, result.dstate0)
        with np.errstate(over="ignore", invalid="ignore"):  # looked for by name
            dsources, _, dencoder = self.reader.run_backward(
                params.encoder, passed, douts, dstate
            )
        for name, grad in leaves(dencoder, "grads.encoder"):
            require_finite(name, grad, BACKWARD)
        grads = EncoderDecoderParams(dencoder, result.grads)
        return result._replace(grads=grads, dxs=dsources)

    def loss(
        self,
        params,
        xs,
        targets,
        state0=None,
        mask=None,
        reduce="token",
        rng=None,
        source_mask=None,
    ):
        """The loss alone; arguments as for `loss_and_grad`."""
        _, start, inputs = self._start(params, xs, state0, source_mask)
        return self.decoder.loss(
            params.decoder, inputs, targets, start, mask, reduce, rng=rng
        )

    def _start(self, params, xs, state0, source_mask):
        """The encoder's pass, where the decoder starts, and what it reads."""
        if state0 is not None:
            raise ValueError(
                f"state0: expected None, got {_check.short(type(state0).__name__)}"
            )
        if not isinstance(xs, tuple) or len(xs) != 2:
            raise TypeError(f"xs: expected (sources, inputs), got {_check.short(xs)}")
        self.check_params(params)
        return *self._encode(params, xs[0], source_mask), xs[1]

    def _encode(self, params, sources, source_mask):
        """The encoder's pass, and the decoder's initial state."""
        sources, mask = self.reader.check_inputs(sources, source_mask, self.D)
        with np.errstate(over="ignore", invalid="ignore"):
            passed = self.reader.run(params.encoder, sources, None, mask)
        require_finite("encoder.outputs", passed.outputs, _check.FORWARD)
        return passed, self._handed_over(passed, mask)

    def _handed_over(self, passed, mask):
        """The last state, and for a decoder that attends the outputs as its memory."""
        last = None
        if self.start:
            last = _last(self.reader, passed.state_T)  # eq-encoder-decoder
        if not self.attends:
            return last
        memory = np.swapaxes(passed.outputs, 0, 1)
        there = np.ones(memory.shape[:2]) if mask is None else mask.T
        there = there.astype(memory.real.dtype)
        return AttendingState(last, None, memory, there)

    def _handed_back(self, passed, dstart):
        """The adjoint of `_handed_over`: with respect to outputs and final state."""
        douts, dlast = np.zeros_like(passed.outputs), dstart
        if self.attends:
            douts = np.swapaxes(dstart.memory, 0, 1)  # eq-handed-over
            dlast = dstart.net  # eq-handed-over
        return douts, _as_last(self.reader, dlast) if self.start else None


def _last(net, state):
    """The state of the top layer, in the direction that has come to the end."""
    if isinstance(net, Stacked):
        return _last(net.nets[-1], state[-1])
    if isinstance(net, Bidirectional):
        return _last(net.inner, state.ahead)
    return _last(net.inner, state) if isinstance(net, Wrapper) else state


def _as_last(net, dstate):
    """The adjoint of `_last`: nothing comes back to the other parts of the state."""
    if isinstance(net, Stacked):
        return (*(None,) * (len(net.nets) - 1), _as_last(net.nets[-1], dstate))
    if isinstance(net, Bidirectional):
        return BothWays(_as_last(net.inner, dstate), None)
    return _as_last(net.inner, dstate) if isinstance(net, Wrapper) else dstate
