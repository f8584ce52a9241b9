"""The linear cells as they start on the long-lag tasks of chapter 10."""

from __future__ import annotations

from rnntutor import _check
from rnntutor.cells import Diagonal, MinGRU, MinLSTM
from rnntutor.lab.long_lags.nets import bias_for
from rnntutor.nets import Scanned, Stacked

# A cell, how many layers of it, and whether its gates start with a bias for the lag.
# The diagonal recurrence has a ring in its place, the same for every lag.
STARTS = {
    "minGRU, bias for lag": (MinGRU(), 1, True),
    "minLSTM, bias for lag": (MinLSTM(), 1, True),
    "diagonal": (Diagonal(), 1, False),
    "minGRU, two layers": (MinGRU(), 2, True),
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
    cell, layers, biased = STARTS[_check.choice("name", name, tuple(STARTS))]
    value = bias_for(lag)

    def start(params, rng):
        if not biased:
            return params
        if layers == 1:
            return params._replace(cell=_biased(cell, params.cell, value))
        parts = tuple(_biased(cell, part, value) for part in params.cell)
        return params._replace(cell=parts)

    return Scanned(cell) if layers == 1 else Stacked((Scanned(cell),) * layers), start


def _biased(cell, params, value):
    """The gate that keeps starts at this bias, minLSTM's input gate at its negative:
    then f + i = 1, and f is what is kept.
    """
    b_h = params.b_h.copy()
    H = len(b_h) // cell.blocks
    if isinstance(cell, MinLSTM):
        b_h[:H], b_h[H : 2 * H] = -value, value
    else:
        b_h[:H] = value
    return params._replace(b_h=b_h)
