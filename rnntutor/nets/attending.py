"""A net that looks a memory up at every step (Luong et al. 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.attention import Attention, Look, matrix_grad
from rnntutor.nets.base import WrappedPass, Wrapper

Array = np.ndarray


class AttendingParams(NamedTuple):
    """Parameters of an `Attending` net, or their gradients."""

    net: Any  # those of the net that asks
    look: Any  # those of the attention
    W_u: Array  # (width + M, width)
    b_u: Array  # (width,)


class AttendingState(NamedTuple):
    """What such a net carries along; the memory and the mask stay as they are."""

    net: Any  # the state of the net that asks
    u: Array  # (B, width), the last output
    memory: Array  # (B, S, M)
    there: Array  # (B, S), 0 where the memory is padding; not differentiated


@dataclass(frozen=True)
class AttendingPass(WrappedPass):
    """A forward pass."""

    us: Array  # (T, B, width)
    read: Array  # (B, T, width + M), the state beside what it read
    look: Look
    there: Array

    @property
    def outputs(self):
        """The outputs of all steps, (T, B, width)."""
        return self.us

    @property
    def final(self):
        """The last output, (B, width)."""
        return self.us[-1]

    @property
    def weights(self):
        """Where each step looked, (B, T, S); each row sums to 1."""
        return self.look.weights

    @property
    def state_T(self):
        """The final state."""
        return self._state(self.net.state_T, self.us[-1])

    @property
    def states(self):
        """T + 1 states, of which the first has no output yet."""
        us = np.concatenate([np.zeros_like(self.us[:1]), self.us])
        return [self._state(*pair) for pair in zip(self.net.states, us, strict=True)]

    def _state(self, state, u):
        return AttendingState(state, u, self.look.memory, self.there)


@dataclass(frozen=True)
class Attending(Wrapper):
    r"""A net whose output sees, beside its own state, what the state looked up in a
    memory.

    .. math:: u_t = \tanh([h_t \,|\, \bar v_t] \, W_u + b_u)

    The memory is a part of the initial state; what comes back to it is a part of the
    initial state's derivative. Without one the net looks at a single place of zeros.
    As the states do not depend on what was read, all steps look at once (in Bahdanau et
    al. 2015 what was read goes into the next state).

    Parameters
    ----------
    cell : a cell or a net
        Who asks.
    attention : Dot or Additive
    M : int
        Width of a place of the memory.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """

    cell: Any
    attention: Attention
    M: int
    Params = AttendingParams
    State = AttendingState

    def __post_init__(self):
        super().__post_init__()
        _check.instance("attention", self.attention, Attention)
        _check.integer("M", self.M)

    @property
    def kernels(self):
        """None: the readout's schedule belongs to the net inside."""
        return None

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the net's parameters, the attention's, and W_u from U(−1/√n, 1/√n), n
        numbers going into each sum; b_u is zero.
        """
        rng = _check.generator("rng", rng)
        net = self.inner.init(rng, D, H, dtype)
        width = self.inner.width(H)
        look = self.attention.init(rng, width, self.M, dtype)
        n = width + self.M
        W_u = rng.uniform(-1 / np.sqrt(n), 1 / np.sqrt(n), (n, width)).astype(dtype)
        return AttendingParams(net, look, W_u, np.zeros(width, dtype))

    def check_params(self, params, name="params"):
        """Raise unless all parts fit together; return (D, H)."""
        _check.instance(name, params, AttendingParams)
        D, H = self.inner.check_params(params.net, f"{name}.net")
        width = self.inner.width(H)
        sizes = self.attention.check_params(params.look, f"{name}.look")
        if sizes != (width, self.M):
            raise ValueError(
                f"{name}.look: expected H, M = {width}, {self.M}, got {sizes[0]},"
                f" {sizes[1]}"
            )
        shape = (width + self.M, width)
        _check.array(f"{name}.W_u", params.W_u, shape, convert=False)
        _check.array(f"{name}.b_u", params.b_u, (width,), convert=False)
        return D, H

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read the sequence, then look up for all its steps."""
        B, width = xs.shape[1], len(params.b_u)
        if state0 is None:
            nothing = np.zeros((B, 1, self.M), params.b_u.dtype)
            state0 = AttendingState(None, None, nothing, np.ones_like(nothing[..., 0]))
        _check.instance("state0", state0, AttendingState)
        memory = _check.array("state0.memory", state0.memory, (B, "S", self.M))
        there = _check.array("state0.there", state0.there, memory.shape[:2])
        if state0.u is not None:
            _check.array("state0.u", state0.u, (B, width))
        net = self.inner.run(params.net, xs, state0.net, mask, batched, rng)
        look = self.attention.forward(
            params.look, np.swapaxes(net.outputs, 0, 1), memory, there
        )
        read = np.concatenate([look.hs, look.means], axis=-1)
        us = np.tanh(read @ params.W_u + params.b_u)  # eq-attending
        us = np.ascontiguousarray(np.swapaxes(us, 0, 1))
        return AttendingPass(net, us, read, look, there)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """From the outputs to the states that asked and to the memory, then through the
        net inside.
        """
        _check.instance("passed", passed, AttendingPass)
        douts = _check.array("douts", douts, passed.us.shape)
        given = dstate_T or AttendingState(None, None, None, None)
        _check.instance("dstate_T", given, AttendingState)
        if given.u is not None:
            douts = np.concatenate([douts[:-1], douts[-1:] + given.u])
        da = np.swapaxes(douts * (1 - passed.us * passed.us), 0, 1)
        dread = da @ params.W_u.T  # eq-attending-grads
        width = len(params.b_u)
        dmeans = dread[..., width:]
        dhs, dmemory, dlook = self.attention.backward(params.look, passed.look, dmeans)
        dhs = np.swapaxes(dread[..., :width] + dhs, 0, 1)  # eq-attending-grads
        dxs, dnet0, dnet = self.inner.run_backward(
            params.net, passed.net, np.ascontiguousarray(dhs), given.net, batched
        )
        if given.memory is not None:
            dmemory = dmemory + given.memory
        dthere = np.zeros_like(passed.there) if given.there is None else given.there
        dstate0 = AttendingState(dnet0, np.zeros_like(passed.us[0]), dmemory, dthere)
        dW_u, db_u = matrix_grad(passed.read, da), da.sum(axis=(0, 1))
        dparams = AttendingParams(dnet, dlook, dW_u, db_u)
        return dxs, dstate0, dparams

    def final_backward(self, dfinal, state_T):
        """The final output is a part of the final state."""
        return AttendingState(None, dfinal, None, None)
