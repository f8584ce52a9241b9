"""One look: a query among keys, weights, and the mean that is read."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.nets import Dot

KEYS = ((1.5, 0.5), (0.4, 0.3), (-1.2, 1.2), (-1.0, -1.0), (0.8, -1.4))
VALUES = (9, 2, 7, 4, 0)


def look_up(query=(0.7, 0.6), keys=KEYS, values=VALUES, there=None):
    """Attention with two-dimensional queries and keys: the reader moves the query among
    the keys, changes the temperature of the softmax and hides places.

    Parameters
    ----------
    query : two floats
        From −2 to 2, as the keys.
    keys : array (S, 2)
        Two to five: more do not fit on a phone.
    values : sequence of S floats
        From 0 to 10: a value has the width 1 here.
    there : sequence of S bools, optional
        The mask.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    keys = _check.array("keys", keys, ("S", 2), kind="real")
    _check.within("keys", keys, -2, 2)
    if not 2 <= len(keys) <= 5:
        raise ValueError(f"keys: expected two to five, got {len(keys)}")
    values = _check.array("values", values, (len(keys),), kind="real")
    _check.within("values", values, 0, 10)
    query = _check.array("query", query, (2,), kind="real")
    _check.within("query", query, -2, 2)
    there = [True] * len(keys) if there is None else [bool(one) for one in there]
    weights, mean = looked(query, keys, values, there)
    still = table(
        f"What is read: {mean:.2f}",
        range(1, len(keys) + 1),
        [
            ("weight <i>α<sub>s</sub></i>", weights),
            ("value <i>v<sub>s</sub></i>", values),
        ],
    )
    given = {
        "q": query.tolist(),
        "keys": keys.tolist(),
        "values": values.tolist(),
        "there": there,
        "tau": 1,
    }
    label = "A query among keys"
    return Instrument("look-up", label, given, still, "lookup.js")


def looked(query, keys, values, there=None, tau=1.0):
    """The weights (S,) and the mean, by the package's `Dot`: a place of its memory is
    key and value side by side.
    """
    memory = np.concatenate([keys, np.reshape(values, (-1, 1))], axis=1)[None]
    params = Dot.Params(W_q=np.eye(2) / tau, W_k=np.eye(3)[:, :2])
    there = None if there is None else np.array([there])
    look = Dot(2).forward(params, np.reshape(query, (1, 1, 2)), memory, there)
    return look.weights[0, 0], float(look.means[0, 0, 2])
