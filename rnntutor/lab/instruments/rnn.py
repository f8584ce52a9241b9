"""A small RNN over a few steps, forward and back."""

from __future__ import annotations

from rnntutor import _check
from rnntutor.cells.rnn import RNN
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.lab.instruments.trace import one_sequence, plain, rounded, traced
from rnntutor.model.model import Model, ModelParams


def rnn_stepper(params, xs, targets):
    """A small sigmoid RNN, to be walked backward adjoint by adjoint, with the faults of
    the errata to plant.

    Parameters
    ----------
    params : ModelParams
        Of a `Model` with an `RNN`; rounded to six decimals.
    xs : array (T, 1, D)
        Few steps, and few units: more do not fit on a phone.
    targets : int array (T, 1)

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or shape.
    """
    _check.instance("params", params, ModelParams)
    cell = RNN("sigmoid")
    D, H = cell.check_params(params.cell, "params.cell")
    params = rounded(params)
    xs, targets = one_sequence(rounded(xs), targets, D)
    steps = traced(Model(cell, D, H, params.b_y.size), params, xs, targets)
    words = {
        "own": "own share",
        "future": "future’s share",
        "dh": "<i>δ</i>, their sum",
    }
    still = table(
        "What comes back to the states, component by component: <i>δ<sub>t</sub></i> ="
        " <i>dy<sub>t</sub></i><sup>raw</sup> <i>W<sub>hy</sub></i><sup>&top;</sup>"
        " (own share) + <i>da</i><sub><i>t</i>+1</sub> <i>W<sub>hh</sub></i>"
        "<sup>&top;</sup> (future’s share)",
        range(1, H + 1),
        [
            (f"{words[name]}, <i>t</i> = {t}", steps[t][name])
            for t in sorted(steps, reverse=True)
            for name in words
        ],
        digits=3,
    )
    given = {
        "p": plain(params),
        "xs": xs[:, 0].tolist(),
        "targets": targets[:, 0].tolist(),
        "fault": "none",
    }
    label = "A recurrent net, stepped backward"
    return Instrument("rnn-stepper", label, given, still, "rnn.js")
