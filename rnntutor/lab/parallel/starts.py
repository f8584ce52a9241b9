"""The linear cells as they start on the long-lag tasks of chapter 10."""

from __future__ import annotations

from rnntutor import _check
from rnntutor.cells import Diagonal, MinGRU, MinLSTM
from rnntutor.lab.long_lags.nets import bias_for
from rnntutor.nets import Scanned

# A cell, and whether its gates start with a bias for the lag.  The diagonal recurrence
# has a ring in its place, the same for every lag.
STARTS = {
    "minGRU, bias for lag": (MinGRU(), True),
    "minLSTM, bias for lag": (MinLSTM(), True),
    "diagonal": (Diagonal(), False),
}


def build(name, lag):
    """A net of `STARTS`, run by a scan.

    Parameters
    ----------
    name : str
    lag : float
        Of the task, in steps.

    Returns
    -------
    net
    start : callable
        (first parameters, generator) -> the parameters to start with.

    Raises
    ------
    ValueError
        If there is no such net.
    """
    cell, biased = STARTS[_check.choice("name", name, tuple(STARTS))]
    return Scanned(cell), _biased(cell, bias_for(lag)) if biased else _as_drawn


def _as_drawn(params, rng):
    return params


def _biased(cell, value):
    """The gate that keeps starts at this bias, minLSTM's input gate at its negative:
    then f + i = 1, and f is what is kept.
    """

    def start(params, rng):
        b_h = params.cell.b_h.copy()
        H = len(b_h) // cell.blocks
        if isinstance(cell, MinLSTM):
            b_h[:H], b_h[H : 2 * H] = -value, value
        else:
            b_h[:H] = value
        return params._replace(cell=params.cell._replace(b_h=b_h))

    return start
