"""A leaky sum over a few steps, forward and back."""

from __future__ import annotations

from rnntutor import _check
from rnntutor.lab.instruments.shown import Instrument, table


def leaky_sum(w=0.5, xs=(2, 1)):
    """The leaky sum h_t = w h_{t-1} + x_t with the loss ½ (h_t − 1)² at each step, to
    be walked backward share by share.

    Parameters
    ----------
    w : float
    xs : sequence of float
        Two or three inputs: more do not fit on a phone.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is not made of finite numbers, or `xs` of two or three.
    """
    w, xs = _check.number("w", w), _check.array("xs", xs, ("T",), kind="real").tolist()
    if len(xs) not in (2, 3):
        raise ValueError(f"xs: expected two or three inputs, got {len(xs)}")
    T, h = len(xs), [0.0]
    for x in xs:
        h.append(w * h[-1] + x)
    own = [value - 1 for value in h[1:]]
    delta = [0.0] * (T + 1)
    for t in range(T, 0, -1):
        delta[t - 1] = own[t - 1] + w * delta[t]
    shares = [delta[t] * h[t] for t in range(T)]
    still = table(
        f"d&Lscr;/d<i>w</i> = {sum(shares):.2f}",
        [f"<i>t</i> = {t}" for t in range(1, T + 1)],
        [
            ("state <i>h<sub>t</sub></i>", h[1:]),
            ("own share, <i>h<sub>t</sub></i> − 1", own),
            (
                "future’s share, <i>w δ</i><sub><i>t</i>+1</sub>",
                [w * later for later in delta[1:]],
            ),
            ("<i>δ<sub>t</sub></i>, their sum", delta[:T]),
            ("to <i>w</i>: <i>δ<sub>t</sub> h</i><sub><i>t</i>−1</sub>", shares),
        ],
    )
    given = {"w": w, "xs": xs, "fault": "none"}
    label = "A leaky sum, stepped backward"
    return Instrument("leaky-sum", label, given, still, "leaky.js")
