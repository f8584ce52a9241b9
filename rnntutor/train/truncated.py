"""Truncated backpropagation through time and its three knobs.

*stride*: an update is made every so many steps, from the loss of these steps. *chunk*:
its gradient reaches back over so many steps (at least the stride). *carry*: whether the
state is carried from one window to the next, or starts from zero each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import causal
from rnntutor.tree import map as tree_map


class Window(NamedTuple):
    """A stretch of a sequence, as Python slices count: steps start + 1 … stop of the
    book.
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
        Whether each window starts from the state that the net was in there.

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
    """Walk along a batch, window by window, with parameters that may change on the way.

    A generator: send it the new parameters after each window, or advance it with
    ``next`` to keep them.

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
    rng : numpy.random.Generator, optional
        As for `Model.loss_and_grad`.

    Yields
    ------
    Window, LossAndGrad
        Loss of the window's fresh steps, gradient through all its steps.

    Raises
    ------
    TypeError, ValueError, NonFiniteError
        As for `Model.loss_and_grad`, when the first window is asked for.
    """
    _check.protocol("model", model, ("check_batch", "loss_and_grad"), "a Model")
    _check.instance("truncation", truncation, Truncation)
    causal("model", model, "to be read window by window")
    xs, targets = model.check_batch(xs, targets)  # all of it now, not window by window
    windows = truncation.windows(len(xs))
    for window, following in zip(windows, [*windows[1:], None], strict=True):
        state = state0 if truncation.carry else None
        result = window_gradient(model, params, xs, targets, window, state, reduce, rng)
        sent = yield window, result
        params = params if sent is None else sent
        if following:
            state0 = state_at(window, result, following.start)


def window_gradient(model, params, xs, targets, window, state0, reduce, rng):
    """Loss of one window's fresh steps and its gradient through all its steps;
    arguments as above.
    """
    part = slice(window.start, window.stop)
    scored = np.zeros(targets[part].shape[:2], bool)
    scored[window.fresh - window.start :] = True
    return model.loss_and_grad(
        params, xs[part], targets[part], state0, reduce=reduce, scored=scored, rng=rng
    )


def state_at(window, result, start):
    """The state from which a window begins that overlaps with, or follows, the one just
    seen.
    """
    return result.unrolled.states[start - window.start]


def truncated_gradient(model, params, xs, targets, truncation, state0=None):
    """The gradient that truncated BPTT puts in place of the full one, at fixed
    parameters.

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
