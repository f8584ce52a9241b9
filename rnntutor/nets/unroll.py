"""Time: a cell unrolled over a sequence, forward and backward.  Nothing here depends on
what a cell computes.

Arrays are time-major.  ``hs[t]`` is the book's h_t; x_t is ``xs[t-1]``, since the
inputs start at t = 1.  ``hs[0]`` comes from `initial_state`: the cell's `zero_state`,
unless a state is given.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.affine import AffineCell, Tape, affine_weights_backward
from rnntutor.tree import map as tree_map

Array = np.ndarray


class Unrolled(NamedTuple):
    """Record of a forward pass: everything that the backward pass needs."""

    hs: Array  # (T+1, B, H), h_0 … h_T
    states: list  # T+1 states of the cell; states[t] is the state at t
    tapes: list  # T tapes; tapes[t-1] belongs to step t
    xs: Array  # (T, B, D), zero where masked
    mask: Array | None  # (T, B), False at padding

    @property
    def outputs(self):
        """The hidden states h_1 … h_T, of shape (T, B, H)."""
        return self.hs[1:]

    @property
    def state_T(self):
        """The final state."""
        return self.states[-1]

    @property
    def final(self):
        """The last hidden state h_T, of shape (B, H)."""
        return self.hs[-1]


class BackStep(NamedTuple):
    """One step of the backward pass."""

    t: int  # T … 1
    grads: Any  # the cell's StepGrads: every adjoint by name
    dx: Array  # (B, D)
    dstate_prev: Any  # what reaches the state at t − 1 through this step
    dparams: Any  # the parameters' immediate derivative; None if not asked for


def forward(cell, params, xs, state0=None, mask=None, batched=True):
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : a cell, such as `RNN`
    params : Params
    xs : array (T, B, D)
    state0 : the cell's state, optional
        The state at t = 0; zeros if left out.
    mask : bool array (T, B), optional
        False marks padding.  There the input is ignored and the state stays as it was.
    batched : bool
        Multiply all inputs by W_xh in one product, where the cell allows it, instead of
        step by step.

    Returns
    -------
    Unrolled

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, or is not finite where it counts.
    """
    _check.cell("cell", cell)
    D, _ = cell.check_params(params)
    xs, mask = check_inputs(xs, mask, D)
    return run(cell, params, xs, state0, mask, batched)


def run(cell, params, xs, state0=None, mask=None, batched=True):
    """`forward`, for parameters and inputs that were checked."""
    T, B, _ = xs.shape
    state = initial_state(cell, params, B, state0)
    batched = batched and isinstance(cell, AffineCell)
    if batched:
        a_xs = xs @ params.W_xh + params.b_h  # eq-rnn-preactivation
    states, tapes = [state], []
    for t in range(1, T + 1):
        if batched:
            new, cache = cell.activate(
                a_xs[t - 1] + state.h @ params.W_hh, state
            )  # eq-rnn-preactivation
            tape = Tape(xs[t - 1], state.h, cache)
        else:
            new, tape = cell.step(params, xs[t - 1], state)
        state = new if mask is None else _where(mask[t - 1], new, state)  # eq-padding
        states.append(state)
        tapes.append(tape)
    hs = np.stack([state.h for state in states])
    return Unrolled(hs, states, tapes, xs, mask)


def backward_steps(cell, params, unrolled, dhs, dstate_T=None, weights=True):
    """The backward pass from t = T to t = 1, one `BackStep` at a time.

    Parameters
    ----------
    cell, params
        As given to `forward`.
    unrolled : Unrolled
        What `forward` returned.
    dhs : array (T, B, H)
        Immediate derivative of the loss with respect to h_1 … h_T: the part that does
        not pass through time.
    dstate_T : the cell's state, optional
        Derivative with respect to the final state, from whatever comes after T; zeros
        if left out: nothing does.
    weights : bool
        Whether each step also gives the parameters' immediate derivative.

    Yields
    ------
    BackStep

    Raises
    ------
    TypeError, ValueError
        As for `forward`.
    """
    _check_backward(cell, params, unrolled)
    yield from _backward_steps(cell, params, unrolled, dhs, dstate_T, weights)


def _check_backward(cell, params, unrolled):
    """Raise unless the parameters are of the sizes of the forward pass."""
    _check.cell("cell", cell)
    _check.instance("unrolled", unrolled, Unrolled)
    D, H = unrolled.xs.shape[-1], unrolled.hs.shape[-1]
    if cell.check_params(params) != (D, H):
        raise ValueError(
            f"params: expected those of the forward pass, of D, H = {D}, {H}, got"
            " others"
        )


def _backward_steps(cell, params, unrolled, dhs, dstate_T, weights):
    """`backward_steps`, for parameters that were checked."""
    T, B, H = unrolled.hs[1:].shape
    dhs = _check.array("dhs", dhs, (T, B, H))
    dstate = final_cotangent(cell, params, B, dstate_T)
    for t in range(T, 0, -1):
        dstate = dstate._replace(h=dstate.h + dhs[t - 1])  # eq-dh
        past = None
        # a padded step handed the state on: so does its adjoint
        if unrolled.mask is not None:
            m = unrolled.mask[t - 1]
            nothing = tree_map(np.zeros_like, dstate)
            past, dstate = _where(m, nothing, dstate), _where(m, dstate, nothing)
        tape = unrolled.tapes[t - 1]
        if weights or not isinstance(cell, AffineCell):
            dx, dstate_prev, dparams, grads = cell.step_backward(params, tape, dstate)
        else:
            dx, dstate_prev, grads = cell.state_backward(params, tape, dstate)
            dparams = None
        if past is not None:
            dstate_prev = tree_map(np.add, dstate_prev, past)
        yield BackStep(t, grads, dx, dstate_prev, dparams)
        dstate = dstate_prev


def backward(cell, params, unrolled, dhs, dstate_T=None, batched=True):
    """Backpropagation through time: the sum of what `backward_steps` yields.

    Parameters
    ----------
    cell, params, unrolled, dhs, dstate_T
        As for `backward_steps`.
    batched : bool
        Sum the weights' gradients over time in one matrix product, where the cell
        allows it.

    Returns
    -------
    dxs : array (T, B, D)
    dstate0 : the cell's state
    dparams : Params

    Raises
    ------
    TypeError, ValueError
        As for `backward_steps`.
    """
    _check_backward(cell, params, unrolled)
    return run_backward(cell, params, unrolled, dhs, dstate_T, batched)


def run_backward(cell, params, unrolled, dhs, dstate_T=None, batched=True):
    """`backward`, for parameters that were checked."""
    batched = batched and isinstance(cell, AffineCell)
    dxs, das, dparams, dstate0 = [], [], None, None
    for step in _backward_steps(
        cell, params, unrolled, dhs, dstate_T, weights=not batched
    ):
        dxs.append(step.dx)
        dstate0 = step.dstate_prev  # eq-dh0
        if batched:
            das.append(step.grads.da)
        else:
            dparams = (
                step.dparams
                if dparams is None
                else tree_map(np.add, dparams, step.dparams)
            )
    if batched:
        dparams = affine_weights_backward(
            unrolled.xs, unrolled.hs[:-1], np.stack(das[::-1])
        )
    return np.stack(dxs[::-1]), dstate0, dparams


def check_inputs(xs, mask, D):
    """Raise unless xs and mask fit; put zeros where the mask says padding, so that
    nothing there can leak.
    """
    if mask is None:
        return _check.array("xs", xs, ("T", "B", D)), None
    xs = _check.array("xs", xs, ("T", "B", D), finite=False)
    mask = _check.array("mask", mask, xs.shape[:2], kind="bool")
    xs = np.where(mask[..., None], xs, 0)
    return _check.array("xs", xs, xs.shape), mask


def initial_state(cell, params, B, state0):
    """The state at t = 0, checked; zero if None was given."""
    return (
        cell.zero_state(params, B)
        if state0 is None
        else _state("state0", state0, cell, params, B)
    )


def final_cotangent(cell, params, B, dstate_T):
    """The derivative with respect to the final state, from whatever comes after T,
    checked; zero if nothing does.
    """
    if dstate_T is None:
        return cell.zero_state(params, B)  # eq-dh
    return _state("dstate_T", dstate_T, cell, params, B)


def _state(name, state, cell, params, B):
    """Check that a state has the type and the shapes of the cell's own."""
    zero = cell.zero_state(params, B)
    _check.instance(name, state, type(zero))
    parts = [
        _check.array(f"{name}.{field}", given, want.shape)
        for field, given, want in zip(zero._fields, state, zero, strict=True)
    ]
    return type(zero)(*parts)


def _where(mask, yes, no):
    """Choose between two states, sequence by sequence."""
    return tree_map(lambda y, n: np.where(mask[:, None], y, n), yes, no)
