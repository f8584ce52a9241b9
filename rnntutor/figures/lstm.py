"""The LSTM as a picture: the memory along the top, the gates that guard it below."""

from __future__ import annotations

from .primitives import Canvas
from .style import drawn


@drawn
def lstm_unit():
    """What happens inside one LSTM unit at step t, each value with its symbol.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(4.5)
    memory, inner, gates, functions, low = 3.72, 2.78, 1.95, 1.27, 0.5
    canvas.frame(0.95, 0.14, 6.22, 4.3, "the unit at step $t$")
    c_prev = canvas.value(0.42, memory, "$c_{t-1}$", "purple", r=0.3)
    h_prev = canvas.value(0.42, functions, "$h_{t-1}$", "blue", r=0.3)
    x = canvas.value(0.42, low, "$x_t$", "teal", r=0.3)
    affine = canvas.box(
        3.45, low, "$a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h$", w=4.6, h=0.4, size=12
    )

    places = {"f": 1.85, "i": 2.7, "g": 3.7, "o": 5.15}
    values = {}
    for name, at in places.items():
        label, size = ("tanh", 9) if name == "g" else (r"$\sigma$", 13)
        function = canvas.op(at, functions, label, r=0.2, size=size)
        values[name] = canvas.value(
            at, gates, f"${name}_t$", "orange" if name != "g" else "blue", r=0.24
        )
        canvas.arrow((at, low + 0.2), function)
        canvas.arrow(function, values[name])

    keep = canvas.op(places["f"], memory, r"$\odot$")
    write = canvas.op(3.2, inner, r"$\odot$")
    plus = canvas.op(3.2, memory, "$+$")
    c = canvas.value(4.2, memory, "$c_t$", "purple", r=0.27)
    squash = canvas.op(4.2, inner, "tanh", r=0.2, size=9)
    read = canvas.op(places["o"], inner, r"$\odot$")
    h = canvas.value(5.8, inner, "$h_t$", "blue", r=0.27)

    for start, end in ((c_prev, keep), (keep, plus), (plus, c)):
        canvas.arrow(start, end, color="purple", width=1.9)
    canvas.arrow(c, (6.85, memory), color="purple", width=1.9)
    canvas.arrow(values["f"], keep)
    for name in "ig":
        canvas.arrow(values[name], (places[name], inner), write)
    canvas.arrow(write, plus)
    for start, end in ((c, squash), (squash, read), (values["o"], read), (read, h)):
        canvas.arrow(start, end)
    canvas.arrow(h, (6.85, inner), color="blue", width=1.9)
    canvas.arrow(x, affine)
    canvas.arrow(h_prev, (1.28, functions), (1.28, low + 0.2))
    canvas.text(1.97, 2.9, "forget", "gray", 9.5, ha="left")
    canvas.text(2.58, 2.42, "input", "gray", 9.5, ha="right")
    canvas.text(3.82, 2.42, "candidate", "gray", 9.5, ha="left")
    canvas.text(5.27, 2.42, "output", "gray", 9.5, ha="left")
    canvas.text(2.52, memory + 0.2, "memory", "purple", 10)
    canvas.text(6.57, memory - 0.42, "to step\n$t+1$", "gray", 9, linespacing=1.3)
    return canvas.figure
