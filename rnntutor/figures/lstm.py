"""The LSTM as a picture: the memory along the top, the gates that guard it below; and
the same with what comes back.
"""

from __future__ import annotations

from .. import _check
from .primitives import PALE, Canvas
from .style import COLORS, drawn

_MEMORY, _INNER, _GATES, _FUNCTIONS, _LOW = 3.72, 2.78, 1.95, 1.27, 0.5
_X = {"f": 1.85, "i": 2.7, "g": 3.7, "o": 5.15}
_WIDE = {"c": {"color": "purple", "width": 1.9}, "h": {"color": "blue", "width": 1.9}}
_BACK = {"color": "orange", "width": 1.9}


def _shapes(canvas, affine="$a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h$"):
    """Everything of the unit but its arrows, by name."""
    at = {
        "c_prev": canvas.value(0.42, _MEMORY, "$c_{t-1}$", "purple", r=0.3),
        "h_prev": canvas.value(0.42, _FUNCTIONS, "$h_{t-1}$", "blue", r=0.3),
        "x": canvas.value(0.42, _LOW, "$x_t$", "teal", r=0.3),
        "a": canvas.box(3.45, _LOW, affine, w=4.6, h=0.4, size=12),
    }
    for name, x in _X.items():
        label, size = ("tanh", 9) if name == "g" else (r"$\sigma$", 13)
        at["s" + name] = canvas.op(x, _FUNCTIONS, label, r=0.2, size=size)
        color = "blue" if name == "g" else "ochre"
        at[name] = canvas.value(x, _GATES, f"${name}_t$", color, r=0.24)
    return at | {
        "keep": canvas.op(_X["f"], _MEMORY, r"$\odot$"),
        "write": canvas.op(3.2, _INNER, r"$\odot$"),
        "plus": canvas.op(3.2, _MEMORY, "$+$"),
        "c": canvas.value(4.2, _MEMORY, "$c_t$", "purple", r=0.27),
        "squash": canvas.op(4.2, _INNER, "tanh", r=0.2, size=9),
        "read": canvas.op(_X["o"], _INNER, r"$\odot$"),
        "h": canvas.value(5.9, _INNER, "$h_t$", "blue", r=0.27),
        "next c": (6.9, _MEMORY),
        "next h": (6.9, _INNER),
        "readout": (5.9, 1.95),
    }


def _ways(at):
    """The arrows of the forward pass: from, to, and the corners between."""
    for pair in ("c_prev keep", "keep plus", "plus c", "f keep", "write plus"):
        yield *pair.split(), ()
    for pair in ("c squash", "squash read", "o read", "read h", "h readout"):
        yield *pair.split(), ()
    yield "c", "next c", ()
    yield "h", "next h", ()
    yield "x", "a", ()
    yield "h_prev", "a", ((1.28, _FUNCTIONS),)
    for name, x in _X.items():
        yield "a", "s" + name, ()
        yield "s" + name, name, ()
        if name in "ig":
            yield name, "write", ((x, _INNER),)


_THIN = {"width": 1.3}
_LOOK = {
    ("c_prev", "keep"): _WIDE["c"],
    ("keep", "plus"): _WIDE["c"],
    ("plus", "c"): _WIDE["c"],
    ("c", "next c"): _WIDE["c"],
    ("h", "next h"): _WIDE["h"],
}
# What each equation computes, from what: the arrows it takes.
_STEPS = {
    1: ["x a", "h_prev a", "a sf", "sf f", "a si", "si i", "a so", "so o"],
    2: ["x a", "h_prev a", "a sg", "sg g"],
    3: ["c_prev keep", "f keep", "keep plus", "i write", "g write", "write plus",
        "plus c", "c next c"],
    4: ["c next c", "c squash", "squash read", "o read", "read h", "h next h",
        "h readout"],
}  # fmt: skip


def _foot(shape, at):
    """Where an arrow between a column, or h_{t-1}, and the wide box meets the box."""
    return at[shape].x if shape != "h_prev" else 1.28, _LOW + 0.2


def _points(at, start, end, corners):
    """Where an arrow runs: shapes, or points on the wide box."""
    first = _foot(end, at) if start == "a" else at[start]
    last = _foot(start, at) if end == "a" and start != "x" else at[end]
    return first, *corners, last


@drawn
def lstm_unit(step=None):
    """What happens inside one LSTM unit at step t, each value with its symbol.

    Parameters
    ----------
    step : int, optional
        From 1 to 4: color only what one equation takes and makes. 1, the gates; 2, the
        candidate; 3, the memory; 4, the state.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `step` is not an integer from 1 to 4.
    """
    if step is not None and _check.integer("step", step) > len(_STEPS):
        raise ValueError(f"step: expected an integer from 1 to 4, got {step}")
    canvas = Canvas(4.5)
    canvas.frame(0.95, 0.14, 6.3, 4.3, "the unit at step $t$")
    before = len(canvas.axes.texts)
    at = _shapes(canvas)
    taken = None
    if step is not None:
        taken = {tuple(way.split(maxsplit=1)) for way in _STEPS[step]}
        _fade(canvas, at, {name for way in taken for name in way}, before)
    for start, end, corners in _ways(at):
        look = _LOOK.get((start, end), _THIN)
        if taken is not None and (start, end) not in taken:
            look = look | {"color": "faint"}
        canvas.arrow(*_points(at, start, end, corners), **look)
    if step is None:
        canvas.text(1.97, 2.9, "forget", "gray", 9.5, ha="left")
        canvas.text(2.58, 2.42, "input", "gray", 9.5, ha="right")
        canvas.text(3.82, 2.42, "candidate", "gray", 9.5, ha="left")
        canvas.text(5.05, 2.38, "output", "gray", 9.5, ha="right")
        canvas.text(2.52, _MEMORY + 0.2, "memory", "purple", 10)
        canvas.text(6.6, _MEMORY - 0.42, "to step\n$t+1$", "gray", 9, linespacing=1.3)
        canvas.text(5.9, 1.8, "to the readout", "gray", 9)
    return canvas.figure


def _fade(canvas, at, lit, before):
    """Gray for the shapes whose names are not lit; labels begin at `before`."""
    named = [name for name, shape in at.items() if not isinstance(shape, tuple)]
    patches = [patch for patch in canvas.axes.patches if patch.get_gid()]
    for name, patch, text in zip(
        named, patches, canvas.axes.texts[before:], strict=True
    ):
        if name not in lit:
            patch.set(facecolor=PALE, edgecolor=COLORS["faint"])
            text.set_color("#9aa3b0")


@drawn
def lstm_backward():
    """The unit of `lstm_unit` with every arrow turned round: what comes back to each
    value, and beside each arrow the factor that it is multiplied by.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(4.5)
    canvas.frame(0.95, 0.14, 6.3, 4.3, "step $t$, backward")
    at = _shapes(canvas, "$a_t$")
    for start, end, corners in _ways(at):
        canvas.arrow(*reversed(_points(at, start, end, corners)), **_BACK)

    def factor(x, y, label, ha="center", size=12.5):
        canvas.text(x, y, label, "ink", size, ha=ha)

    def adjoint(name, dx, dy, label, ha="center"):
        canvas.text(at[name].x + dx, at[name].y + dy, label, "orange", 13.5, ha=ha)

    factor(1.2, _MEMORY + 0.2, "$f_t$")
    factor(1.92, 2.9, "$c_{t-1}$", "left")
    factor(2.58, 2.42, "$g_t$", "right")
    factor(3.82, 2.42, "$i_t$", "left")
    factor(4.27, 3.24, "$1-u_t^2$", "left")
    factor(4.66, _INNER + 0.18, "$o_t$")
    factor(5.22, 2.38, "$u_t$", "left")
    for name, x in _X.items():
        slope = rf"$1-{name}_t^2$" if name == "g" else rf"${name}_t(1-{name}_t)$"
        factor(x + 0.06, 0.86, slope, "left", 10.5)
    factor(1.35, 1.02, r"$W_{hh}^{\top}$", "left", 11)
    factor(0.92, _LOW + 0.22, r"$W_{xh}^{\top}$", "center", 11)
    factor(6.62, _MEMORY + 0.2, "$f_{t+1}$", size=11)
    factor(6.62, _INNER + 0.2, r"$W_{hh}^{\top}$", size=11)
    factor(5.96, 2.2, r"$W_{hy}^{\top}$", "left", 11)
    adjoint("c", 0.0, 0.42, "$dc_t$")
    adjoint("h", 0.0, 0.42, r"$\delta_t$")
    adjoint("squash", 0.06, -0.34, "$du_t$")
    for name in _X:
        adjoint(name, 0.29, 0.0, f"$d{name}_t$", "left")
    adjoint("a", 2.58, 0.0, "$da_t$")
    return canvas.figure


@drawn
def memory_paths():
    """The two ways from the memory at t back to that at t − 1, with their factors:
    along the memory, and round by way of the gates, the candidate and the state.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(2.95)
    top, low = 2.1, 0.56
    canvas.frame(0.12, 0.1, 2.75, 2.82, "step $t-1$")
    canvas.frame(3.35, 0.1, 6.88, 2.82, "step $t$")
    c_prev = canvas.value(2.2, top, "$c_{t-1}$", "purple", r=0.3)
    u_prev = canvas.value(0.68, top, "$u_{t-1}$", "gray", r=0.3)
    h_prev = canvas.value(0.68, low, "$h_{t-1}$", "blue", r=0.3)
    c = canvas.value(6.4, top, "$c_t$", "purple", r=0.3)
    a = canvas.box(4.1, low, "$a_t$", w=0.7, h=0.44, size=14)
    gates = canvas.box(6.1, low, "$i_t,\\ f_t,\\ g_t$", w=1.2, h=0.44, size=13)
    canvas.arrow(c, c_prev, **_BACK)
    canvas.arrow(c, (c.x, low + 0.22), **(_BACK | {"dashed": True}))
    for start, end in ((gates, a), (a, h_prev), (h_prev, u_prev), (u_prev, c_prev)):
        canvas.arrow(start, end, **(_BACK | {"dashed": True}))
    canvas.text(4.6, top + 0.2, "$f_t$", size=13)
    canvas.text(6.3, 1.34, "$g_t,\\ c_{t-1},\\ i_t$", size=12, ha="right")
    canvas.text(4.97, low + 0.2, "slopes", "gray", 10)
    canvas.text(2.2, low + 0.22, r"$W_{hh}^{\top}$", size=12)
    canvas.text(0.76, 1.34, "$o_{t-1}$", size=12, ha="left")
    canvas.text(1.43, top + 0.2, "$1-u_{t-1}^2$", size=11)
    return canvas.figure
