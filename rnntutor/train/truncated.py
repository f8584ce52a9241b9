"""Truncated backpropagation through time and its three knobs.

*stride*: the steps between two updates, each from the loss of these steps. *chunk*: the
steps that the gradient reaches back (at least the stride). *carry*: whether the state
is carried from one window to the next, or starts from zero each time.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import causal
from rnntutor.tree import map as tree_map


class Window(NamedTuple):
    """A part of a sequence, in the indices of Python slices: steps start + 1 … stop of
    the book.
    """

    start: int  # the gradient reaches back to here
    fresh: int  # the loss counts from here
    stop: int


@dataclass(frozen=True)
class Truncation:
    """The three knobs (Williams & Peng 1990, who write the chunk as h and the stride as
    h').

    Parameters
    ----------
    chunk : int
        Steps that a gradient reaches back.
    stride : int, optional
        Steps between updates, at most `chunk`; `chunk` if left out, so that windows do
        not overlap.
    carry : bool
        Whether each window starts from the state that the net had there.

    Raises
    ------
    TypeError, ValueError
        If `chunk` or `stride` is below 1, or `stride` above `chunk`.
    """

    chunk: int
    stride: int | None = None
    carry: bool = True

    def __post_init__(self):
        _check.integer("chunk", self.chunk)
        if (
            self.stride is not None
            and _check.integer("stride", self.stride) > self.chunk
        ):
            raise ValueError(
                f"stride: expected at most chunk, {self.chunk}, got {self.stride}"
            )
        _check.instance("carry", self.carry, bool)

    def windows(self, T):
        """Cut T steps into windows whose fresh parts cover each step once.

        Returns
        -------
        list of Window
        """
        T = _check.integer("T", T)
        stride = self.stride or self.chunk
        stops = [min(fresh + stride, T) for fresh in range(0, T, stride)]
        return [
            Window(max(0, stop - self.chunk), fresh, stop)
            for fresh, stop in zip(range(0, T, stride), stops, strict=True)
        ]


def window_gradients(
    model, params, xs, targets, truncation, state0=None, reduce="token", rng=None
):
    """Loss and gradient of a batch, window by window, at fixed parameters.

    Parameters
    ----------
    model : Model
    params : ModelParams
    xs : array (T, B, D)
    targets : int array (T, B)
    truncation : Truncation
    state0 : the cell's state, optional
        Where the first window starts, if states are carried.
    reduce : {"sequence", "token", "sum"}
        Over the fresh steps of a window.
    rng : numpy.random.Generator or seed, optional
        As for `Model.loss_and_grad`.

    Returns
    -------
    iterator of (Window, LossAndGrad)
        Loss of the window's fresh steps, gradient through all its steps.

    Raises
    ------
    TypeError, ValueError, NonFiniteError
        As for `Model.loss_and_grad`, at the call if it concerns the first window.
    """
    _check.protocol("model", model, ("check_batch", "loss_and_grad"), "a Model")
    model.check_params(params)
    xs, targets = model.check_batch(xs, targets)
    _check.instance("truncation", truncation, Truncation)
    causal("model", model, "to be read window by window")
    rng = None if rng is None else _check.generator("rng", rng)
    along = walk(
        model,
        lambda: params,
        xs,
        targets,
        truncation.windows(len(xs)),
        state0,
        carry=truncation.carry,
        reduce=reduce,
        rng=rng,
    )
    # the first one now, so that a wrong argument is noticed at the call
    along = itertools.chain([next(along)], along)
    return ((window, found) for window, found, _ in along)


def walk(model, params, xs, targets, windows, state, *, carry, reduce, rng):
    """Walk along a batch with parameters, ``params()``, that may change on the way.

    Yields
    ------
    Window, LossAndGrad, state
        The state is that in which the next window begins.
    """
    for window, following in zip(windows, [*windows[1:], None], strict=True):
        part = slice(window.start, window.stop)
        scored = np.zeros(targets[part].shape[:2], bool)
        scored[window.fresh - window.start :] = True
        found = model.loss_and_grad(
            params(),
            xs[part],
            targets[part],
            state if carry else None,
            reduce=reduce,
            scored=scored,
            rng=rng,
        )
        if following:  # it may overlap with this one
            state = found.unrolled.states[following.start - window.start]
        yield window, found, state


def truncated_gradient(model, params, xs, targets, truncation, state0=None):
    """The gradient of truncated BPTT at fixed parameters, an approximation to the full
    one.

    Parameters
    ----------
    As for `window_gradients`.

    Returns
    -------
    loss : float
        Mean over all T·B steps, in nats.
    grads : ModelParams
        With chunk = T and carry, the full gradient whatever the stride.

    Raises
    ------
    TypeError, ValueError
        As for `Model.loss_and_grad`.
    """
    loss, grads = 0.0, None
    for _, result in window_gradients(
        model, params, xs, targets, truncation, state0, reduce="sum"
    ):
        loss += result.loss
        grads = result.grads if grads is None else tree_map(np.add, grads, result.grads)
    n = np.size(targets)
    return loss / n, tree_map(lambda g: g / n, grads)
