"""The backward pass as a drawing: the unrolled net with one path lit."""

from __future__ import annotations

from itertools import pairwise

from .. import _check
from .primitives import Canvas
from .style import COLORS, drawn

_T = 3  # steps of the unrolled net: one with a past and a future, and both ends
_R = 0.22
_Y = {"x": 0.36, "W_xh": 0.93, "h": 1.52, "bus": 1.95, "W_hy": 2.32, "y": 2.99}
_LOSS = 3.68
_LEFT, _PITCH = 0.38, 2.03  # inches from the edge to h_0, and from a state to the next
_SYMBOLS = {
    "x": "$x_{t}$",
    "a": "$a_{t}$",
    "h": "$h_{t}$",
    "y": r"$y_{t}^{{\mathrm{{raw}}}}$",
    "loss": r"$\mathcal{{L}}_{t}$",
    "W_xh": "$W_{{xh}}$",
    "W_hh": "$W_{{hh}}$",
    "W_hy": "$W_{{hy}}$",
}
_COLORS = {"x": "teal", "a": "blue", "h": "blue", "y": "purple", "loss": "gray"}
_WEIGHTS = {"W_xh": "teal", "W_hh": "blue", "W_hy": "purple"}
_BACK = {"color": "orange", "width": 2.2}


@drawn
def backward_path(step=None):
    """The net unrolled over three steps, every copy of a weight drawn, with the path
    lit that one step of the backward pass takes.

    1, from the loss to the output's pre-activation; 2, on to the copies of W_hy, which
    are added; 3, the two ways out of a state, walked back; 4, through f; 5, to the
    copies of W_xh and W_hh.  Steps 1, 3 and 4 are drawn at t = 2.

    Parameters
    ----------
    step : int, optional
        From 1 to 5; without it the whole net is in color and nothing runs backward.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `step` is not an integer from 1 to 5.
    """
    if step is not None:
        step = _check.integer("step", step)
        if step > 5:
            raise ValueError(f"step: expected an integer from 1 to 5, got {step}")
    canvas = Canvas(3.96)
    lit = _lit(step)
    nodes = {}
    for name, t, x, y in _places():
        color = (_COLORS | _WEIGHTS)[name] if (name, t) in lit else "faint"
        label = _SYMBOLS[name].format(t=t)
        if name in _WEIGHTS:
            shape = canvas.box(x, y, label, color, 0.5, 0.32, 12.5)
        elif name == "loss":
            shape = canvas.box(x, y, label, color, 0.46, 0.34, 12.5)
        else:
            r, size = (0.3, 12) if name == "y" else (_R, 14.5)
            shape = canvas.value(x, y, label, color, r, size)
        if color == "faint":
            canvas.axes.texts[-1].set_color(COLORS["gray"])
        nodes[name, t] = shape
    walked = set() if step is None else _WALKS[step](canvas, nodes)
    for start, end in _wires():
        if (end, start) not in walked:
            color = "gray" if start in lit and end in lit else "faint"
            canvas.arrow(nodes[start], nodes[end], color=color, width=1.0)
    return canvas.figure


def _places():
    """Name, step, x and y of everything that is drawn."""
    yield "h", 0, _LEFT, _Y["h"]
    for t in range(1, _T + 1):
        left = _LEFT + _PITCH * (t - 1)
        a, h = left + 1.32, left + _PITCH
        yield "x", t, a, _Y["x"]
        yield "W_xh", t, a, _Y["W_xh"]
        yield "W_hh", t, left + 0.66, _Y["h"]
        yield "a", t, a, _Y["h"]
        yield "h", t, h, _Y["h"]
        yield "W_hy", t, h, _Y["W_hy"]
        yield "y", t, h, _Y["y"]
        yield "loss", t, h, _LOSS


def _wires():
    for t in range(1, _T + 1):
        yield from pairwise((name, t) for name in ("x", "W_xh", "a", "h"))
        yield from pairwise((name, t) for name in ("h", "W_hy", "y", "loss"))
        yield ("h", t - 1), ("W_hh", t)
        yield ("W_hh", t), ("a", t)


def _lit(step):
    """What has its color: all of it, or what the lit path touches."""
    steps = range(1, _T + 1)
    return {
        None: {(name, t) for name, t, _, _ in _places()},
        1: {("loss", 2), ("y", 2)},
        2: {(name, t) for name in ("y", "W_hy", "h") for t in steps},
        3: {("y", 2), ("W_hy", 2), ("h", 2), ("W_hh", 3), ("a", 3)},
        4: {("h", 2), ("a", 2)},
        5: {(name, t) for name in ("a", "W_xh", "W_hh", "x") for t in steps}
        | {("h", t - 1) for t in steps},
    }[step]


def _name(canvas, shape, label, dx, dy, ha="center"):
    canvas.text(shape.x + dx, shape.y + dy, label, "orange", 14, ha=ha)


def _dy(canvas, nodes, t):
    _name(canvas, nodes["y", t], rf"$dy_{t}^{{\mathrm{{raw}}}}$", -0.35, 0.0, "right")


def _back(canvas, nodes, *way):
    """Orange arrows along `way`, the head at its end only; return the pairs walked."""
    for start, end in pairwise(way):
        canvas.arrow(nodes[start], nodes[end], head=end == way[-1], **_BACK)
    return set(pairwise(way))


def _sum(canvas, y, label, above):
    adder = canvas.op(_LEFT, y, r"$\Sigma$", r=0.16, size=12)
    _name(canvas, adder, label, 0.0, 0.32 if above else -0.33)
    return adder


def _to_output(canvas, nodes):
    _dy(canvas, nodes, 2)
    return _back(canvas, nodes, ("loss", 2), ("y", 2))


def _to_readout(canvas, nodes):
    walked, adder = set(), _sum(canvas, _Y["W_hy"], "$dW_{hy}$", above=True)
    after = adder
    for t in range(1, _T + 1):
        walked |= _back(canvas, nodes, ("y", t), ("W_hy", t))
        _dy(canvas, nodes, t)
        canvas.arrow(nodes["W_hy", t], after, head=after is adder, **_BACK)
        after = nodes["W_hy", t]
    return walked


def _to_state(canvas, nodes):
    _dy(canvas, nodes, 2)
    _name(canvas, nodes["a", 3], "$da_3$", 0.0, 0.37)
    _name(canvas, nodes["h", 2], r"$\delta_2$", 0.0, -0.4)
    last = nodes["h", _T]
    canvas.arrow((6.98, last.y), last, color="orange", width=1.3, dashed=True)
    _name(canvas, last, rf"$da_{_T + 1}=0$", 0.1, -0.4)
    return _back(canvas, nodes, ("y", 2), ("W_hy", 2), ("h", 2)) | _back(
        canvas, nodes, ("a", 3), ("W_hh", 3), ("h", 2)
    )


def _to_preactivation(canvas, nodes):
    _name(canvas, nodes["h", 2], r"$\delta_2$", 0.0, -0.4)
    _name(canvas, nodes["a", 2], "$da_2$", 0.0, 0.37)
    return _back(canvas, nodes, ("h", 2), ("a", 2))


def _to_weights(canvas, nodes):
    inputs = _sum(canvas, _Y["W_xh"], "$dW_{xh}$", above=False)
    states = _sum(canvas, _Y["bus"], "$dW_{hh}$", above=True)
    walked, after, edge = set(), inputs, states
    for t in range(1, _T + 1):
        walked |= _back(canvas, nodes, ("a", t), ("W_xh", t))
        walked |= _back(canvas, nodes, ("a", t), ("W_hh", t))
        _name(canvas, nodes["a", t], f"$da_{t}$", 0.33, -0.29)
        canvas.arrow(nodes["W_xh", t], after, head=after is inputs, **_BACK)
        copy = nodes["W_hh", t]
        corner = (copy.x, _Y["bus"])
        canvas.arrow(copy, corner, edge, head=edge is states, corner=0, **_BACK)
        after, edge = nodes["W_xh", t], corner
    return walked


_WALKS = {
    1: _to_output,
    2: _to_readout,
    3: _to_state,
    4: _to_preactivation,
    5: _to_weights,
}
