"""The GRU as a picture, in the house of `lstm_unit`."""

from __future__ import annotations

from .primitives import Canvas
from .style import drawn


@drawn
def gru_unit():
    """What happens inside one gated recurrent unit at step t, with the reset gate after
    the product.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(4.9)
    top, gates, functions, low = 4.1, 1.95, 1.27, 0.5
    canvas.frame(0.95, 0.14, 6.3, 4.7, "the unit at step $t$")
    h_prev = canvas.value(0.42, top, "$h_{t-1}$", "blue", r=0.3)
    x = canvas.value(0.42, low, "$x_t$", "teal", r=0.3)
    canvas.box(3.6, low, "", w=4.9, h=0.42)
    both = "$x_t W_{xh} + b_h$   and   $h_{t-1} W_{hh} + b_{hh}$"
    canvas.text(3.6, low, both, size=12)
    columns = {"z": 2.0, "r": 3.6, "s": 4.45, "x": 5.5}
    values = {}
    for name in "zr":
        at = columns[name]
        function = canvas.op(at, functions, r"$\sigma$", r=0.2)
        values[name] = canvas.value(at, gates, f"${name}_t$", "ochre", r=0.24)
        canvas.arrow((at, low + 0.21), function)
        canvas.arrow(function, values[name])
    s = canvas.value(columns["s"], gates, "$s_t$", "blue", r=0.24)
    canvas.arrow((s.x, low + 0.21), s)

    keep = canvas.op(columns["z"], top, r"$\odot$")
    rest = canvas.op(2.9, 3.5, "$1-$", r=0.2, size=11)
    past = canvas.op(s.x, 2.55, r"$\odot$")
    add = canvas.op(columns["x"], 2.2, "$+$")
    squash = canvas.op(columns["x"], 2.62, "tanh", r=0.2, size=9)
    n = canvas.value(columns["x"], 3.12, "$n_t$", "blue", r=0.22)
    write = canvas.op(4.3, 3.5, r"$\odot$")
    plus = canvas.op(4.3, top, "$+$")
    h = canvas.value(5.3, top, "$h_t$", "blue", r=0.27)

    wide = {"color": "blue", "width": 1.9}
    for start, end in ((h_prev, keep), (keep, plus), (plus, h), (h, (6.9, top))):
        canvas.arrow(start, end, **wide)
    canvas.arrow(values["z"], keep)
    canvas.arrow(values["z"], (rest.x, gates), rest)
    canvas.arrow(rest, write)
    canvas.arrow(write, plus)
    canvas.arrow(n, (columns["x"], 3.5), write)
    canvas.arrow(values["r"], (columns["r"], 2.55), past)
    canvas.arrow(s, past)
    canvas.arrow(past, (4.95, 2.55), (4.95, 2.2), add)
    canvas.arrow((columns["x"], low + 0.21), add)
    canvas.arrow(add, squash)
    canvas.arrow(squash, n)
    canvas.arrow(x, (1.15, low))
    canvas.arrow((0.42, top - 0.3), (0.42, 1.15), (1.3, 1.15), (1.3, low + 0.21))
    canvas.text(1.88, 2.9, "update", "gray", 9.5, ha="right")
    canvas.text(3.48, 2.42, "reset", "gray", 9.5, ha="right")
    canvas.text(5.8, 3.12, "candidate", "gray", 9, ha="left", va="center")
    canvas.text(3.15, top + 0.2, "state", "blue", 10)
    return canvas.figure
