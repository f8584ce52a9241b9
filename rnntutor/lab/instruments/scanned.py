"""Eight steps of a linear recurrence, joined round by round."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.cells.maps import NUMBERS
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.nets import scan

KEEP = (0.5, 1, 0.5, 0.8, 0.5, 1, 0.5, 0.8)
ADD = (2, 1, -1, 3, 1, -2, 2, 1)


def scan_stepper(keep=KEEP, add=ADD, step=5):
    """The states h_t = λ_t h_{t-1} + u_t of eight steps from h_0 = 0, found by a tree
    that the reader walks round by round; λ and u of each step are for the reader to
    change, and what changes with them is marked.

    Parameters
    ----------
    keep : sequence of 8 floats
        λ_1 … λ_8, from 0 to 1.
    add : sequence of 8 floats
        u_1 … u_8, from −3 to 3.
    step : int
        Which of them the sliders hold at first.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    keep = _check.array("keep", keep, (8,), kind="real")
    _check.within("keep", keep, 0, 1)
    add = _check.array("add", add, (8,), kind="real")
    _check.within("add", add, -3, 3)
    step = _check.integer("step", step)
    if step > 8:
        raise ValueError(f"step: expected one of the eight steps, got {step}")
    h_0 = np.zeros(1)
    states = scan.tree(NUMBERS, keep[:, None], add[:, None], h_0)[:, 0]
    still = table(
        "The states of eight steps, from <i>h</i><sub>0</sub> = 0",
        range(1, 9),
        [
            ("<i>λ<sub>t</sub></i>", keep),
            ("<i>u<sub>t</sub></i>", add),
            ("<i>h<sub>t</sub></i>", states),
        ],
    )
    given = {
        "keep": keep.tolist(),
        "add": add.tolist(),
        "step": str(step),
        "lam": keep[step - 1],
        "u": add[step - 1],
    }
    label = "Eight steps, joined round by round"
    return Instrument("scan-stepper", label, given, still, "scanned.js")
