"""Learning-rate schedules: functions from the number of updates so far to the rate of
the next one.
"""

from __future__ import annotations

import sys

from rnntutor import _check


def exponential_decay(lr, rate, every=1, start=0):
    """``lr`` until `start` updates were made, then multiplied by `rate` once per
    `every` updates.

    Parameters
    ----------
    lr : float
        Above 0.
    rate : float
        In (0, 1].
    every : int
    start : int

    Returns
    -------
    callable
        For the `lr` of `SGD`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of these bounds.
    """
    lr = _check.number("lr", lr, above=0)
    rate = _check.number("rate", rate, above=0, maximum=1)
    every = _check.integer("every", every)
    start = _check.integer("start", start, minimum=0)
    smallest = sys.float_info.min  # a rate of 0 would raise
    return lambda update: max(smallest, lr * rate ** (max(0, update - start) // every))


def warmup(lr, updates, then=None):
    """Rise in a straight line to `lr` over the first `updates`, then stay, or follow
    another schedule.

    Parameters
    ----------
    lr : float
        Above 0.
    updates : int
    then : callable, optional
        Schedule of what follows, counted from the end of the rise.

    Returns
    -------
    callable

    Raises
    ------
    TypeError, ValueError
        If `lr` is not above 0, or `updates` is below 1.
    """
    lr = _check.number("lr", lr, above=0)
    updates = _check.integer("updates", updates)
    if then is not None:
        _check.function("then", then, "of the update number (a schedule)")

    def schedule(update):
        if update < updates:
            return lr * (update + 1) / updates
        return then(update - updates) if then else lr

    return schedule


def linear_decay(lr, updates, final=0.01):
    """Fall in a straight line from `lr` to ``final * lr`` over `updates`, then stay
    there.

    Parameters
    ----------
    lr : float
        Above 0.
    updates : int
    final : float
        In (0, 1].

    Returns
    -------
    callable

    Raises
    ------
    TypeError, ValueError
        If an argument is out of these bounds.
    """
    lr = _check.number("lr", lr, above=0)
    updates = _check.integer("updates", updates)
    final = _check.number("final", final, above=0, maximum=1)
    return lambda update: lr * (1 - (1 - final) * min(1.0, update / updates))
