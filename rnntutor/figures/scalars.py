"""The backward pass as a drawing: two scalar steps with their numbers."""

from __future__ import annotations

from .. import _check
from .primitives import Canvas
from .style import drawn


@drawn
def scalar_steps(w=0.5, x_1=2.0, x_2=1.0):
    """Two steps of h_t = w h_{t-1} + x_t from h_0 = 0, with the loss ½ (h_t − 1)² at
    each: on every wire the value, and the derivative of the summed loss. Where h_1 and
    w fork, the derivatives that come back are added up beside them.

    Parameters
    ----------
    w, x_1, x_2 : float

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If an argument is not a finite number.
    """
    w = _check.number("w", w)
    x = [None, _check.number("x_1", x_1), _check.number("x_2", x_2)]
    h = [0.0]
    for t in (1, 2):
        h.append(w * h[t - 1] + x[t])
    delta = [None, None, h[2] - 1]
    delta[1] = (h[1] - 1) + w * delta[2]

    canvas = Canvas(3.7)
    y, up = 1.45, 2.44
    weight = canvas.value(1.98, 3.14, "$w$", "ochre", 0.23)
    canvas.text(1.98, 3.53, _added(delta[1] * h[0], delta[2] * h[1]), "orange", 12)
    at_h_1 = _added(h[1] - 1, w * delta[2])
    canvas.text(2.87, 0.98, at_h_1, "orange", 12, ha="left")
    before = canvas.value(0.42, y, "$h_0$", "blue", 0.24)
    for t in (1, 2):
        left = 0.42 + 2.7 * (t - 1)
        times = canvas.op(left + 0.94, y, r"$\times$")
        plus = canvas.op(left + 1.82, y, "$+$")
        state = canvas.value(left + 2.7, y, f"$h_{t}$", "blue", 0.24)
        entry = canvas.value(plus.x, 0.36, f"$x_{t}$", "teal", 0.23)
        cost = rf"$\frac{{1}}{{2}}(h_{t}-1)^2$"
        loss = canvas.box(state.x - 0.1, up, cost, "gray", 1.16, 0.44, 12)
        _wire(canvas, before, times, h[t - 1], w * delta[t])
        _wire(canvas, times, plus, w * h[t - 1], delta[t])
        _wire(canvas, plus, state, h[t], delta[t])
        _wire(canvas, entry, plus, x[t], delta[t])
        _wire(canvas, state, (state.x, loss.bottom[1]), h[t], h[t] - 1)
        canvas.arrow(weight, (times.x, weight.y), times, color="gray", width=1.1)
        middle = 1.97  # below the loss, whose label the value is not
        canvas.text(times.x - 0.12, middle, f"{w:.2g}", "blue", 12, ha="right")
        share = f"{delta[t] * h[t - 1]:.2g}"
        canvas.text(times.x + 0.12, middle, share, "orange", 12, ha="left")
        before = state
    canvas.text(6.9, 0.5, "values", "blue", 12, ha="right")
    canvas.text(6.9, 0.26, "derivatives", "orange", 12, ha="right")
    return canvas.figure


def _added(own, later):
    sign = "−" if later < 0 else "+"
    return f"{own:.2g} {sign} {abs(later):.2g} = {own + later:.2g}"


def _wire(canvas, start, end, value, derivative):
    """An arrow with its value above or to the left, its derivative on the other
    side.
    """
    canvas.arrow(start, end, color="gray", width=1.1)
    from_, to = start.rim(_center(end)), _center(end)
    if from_[0] == to[0]:
        to_y = to[1] if isinstance(end, tuple) else end.bottom[1]
        x, y = to[0], (from_[1] + to_y) / 2 - 0.03
        canvas.text(x - 0.1, y, f"{value:.2g}", "blue", 12, ha="right")
        canvas.text(x + 0.1, y, f"{derivative:.2g}", "orange", 12, ha="left")
    else:
        x, y = (from_[0] + end.left[0]) / 2 - 0.04, to[1]
        canvas.text(x, y + 0.18, f"{value:.2g}", "blue", 12)
        canvas.text(x, y - 0.2, f"{derivative:.2g}", "orange", 12)


def _center(end):
    return end if isinstance(end, tuple) else end.center
