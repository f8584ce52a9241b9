"""The vocabulary of the diagrams: values in circles, weights in boxes, operations in
small circles, arrows.

A diagram is drawn on a `Canvas` whose unit is the inch, with the origin at the lower
left: what is placed is placed where the reader sees it, and type and shapes keep their
proportions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from .style import COLORS, MONO, WIDTH, page

TINTS = {
    "blue": "#dfeafa",
    "teal": "#d8f0ec",
    "purple": "#ebe0f7",
    "orange": "#fce7da",
    "ochre": "#f7edd3",
    "gray": "#eef0f3",
    "ink": "#ffffff",
    "faint": "#f7f8fa",
}
PALE = TINTS["faint"]  # a panel, an empty cell
_HEAD, _HALF = 0.115, 0.042  # length and half width of an arrow head, inches


@dataclass(frozen=True)
class Shape:
    """A circle (w == h == 2 r) or a box on the canvas, to hang arrows on; everything in
    inches.
    """

    x: float
    y: float
    w: float
    h: float
    round: bool

    def rim(self, toward, shift=0.0):
        """The point on the border that an arrow to or from `toward` meets.

        `shift` moves the arrow to its left (seen in the direction of `toward`), so that
        two arrows between the same shapes run side by side.
        """
        dx, dy = toward[0] - self.x, toward[1] - self.y
        length = np.hypot(dx, dy)
        ux, uy = dx / length, dy / length
        if self.round:
            out = np.sqrt((self.w / 2) ** 2 - shift**2)
        else:
            out = min(
                self.w / 2 / abs(ux) if ux else np.inf,
                self.h / 2 / abs(uy) if uy else np.inf,
            )
        return self.x + ux * out - uy * shift, self.y + uy * out + ux * shift

    @property
    def center(self):
        return self.x, self.y

    @property
    def left(self):
        return self.x - self.w / 2, self.y

    @property
    def right(self):
        return self.x + self.w / 2, self.y

    @property
    def top(self):
        return self.x, self.y + self.h / 2

    @property
    def bottom(self):
        return self.x, self.y - self.h / 2


class Canvas:
    """A sheet of the column's width and `height` inches, and what can be drawn on
    it.
    """

    def __init__(self, height):
        self.figure = page(height)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, WIDTH), ylim=(0, height))
        self.axes.axis("off")
        self._count = 0

    def disc(self, x, y, r, fill, edge="none", width=1.3, dashed=False, zorder=3):
        """A circle; `fill` and `edge` are matplotlib colors."""
        line = (0, (3, 2)) if dashed else "-"
        patch = Circle((x, y), r, fc=fill, ec=edge, lw=width, ls=line, zorder=zorder)
        return self.axes.add_patch(patch)

    def rect(self, x, y, w, h, fill, edge="none", width=1.2, corner=0.0, zorder=3):
        """A rectangle with its lower left corner at (x, y), and rounded corners."""
        style = f"round,pad=0,rounding_size={corner}" if corner else "square,pad=0"
        patch = FancyBboxPatch(
            (x, y), w, h, boxstyle=style, fc=fill, ec=edge, lw=width, zorder=zorder
        )
        return self.axes.add_patch(patch)

    def value(self, x, y, label, color="blue", r=0.25, size=14, dashed=False):
        """A value (a vector of the net): a tinted circle with its symbol."""
        patch = self.disc(x, y, r, TINTS[color], COLORS[color], dashed=dashed)
        return self._labeled(Shape(x, y, 2 * r, 2 * r, True), patch, label, size)

    def box(self, x, y, label, color="ochre", w=0.62, h=0.38, size=12, corner=0.07):
        """Weights, or a function with a name: a tinted box with rounded corners,
        centered at (x, y).
        """
        patch = self.rect(
            x - w / 2, y - h / 2, w, h, TINTS[color], COLORS[color], corner=corner
        )
        return self._labeled(Shape(x, y, w, h, False), patch, label, size)

    def op(self, x, y, label, r=0.155, size=13):
        """An operation (+, ⊙, a function of each element): a small white circle with a
        dark rim.
        """
        patch = self.disc(x, y, r, "white", COLORS["ink"], width=1.2)
        return self._labeled(Shape(x, y, 2 * r, 2 * r, True), patch, label, size)

    def cell(
        self,
        x,
        y,
        w,
        h,
        label="",
        fill="white",
        edge="gray",
        ink="ink",
        size=10,
        mono=False,
    ):
        """A cell of a table, with its lower left corner at (x, y); `mono` for a
        character of a text.
        """
        self.rect(x, y, w, h, fill, COLORS[edge], width=0.7, zorder=1)
        if label:
            self.text(
                x + w / 2,
                y + h / 2,
                label,
                ink,
                size,
                va="center" if mono else None,
                mono=mono,
            )

    def frame(self, x0, y0, x1, y1, label="", size=9):
        """A pale panel behind a group of shapes, with its name in the upper left
        corner.
        """
        self.rect(
            x0, y0, x1 - x0, y1 - y0, PALE, COLORS["faint"], 1.0, corner=0.12, zorder=0
        )
        if label:
            self.text(x0 + 0.12, y1 - 0.17, label, "gray", size, ha="left")

    def text(
        self,
        x,
        y,
        label,
        color="ink",
        size=11,
        ha="center",
        va=None,
        mono=False,
        **style,
    ):
        """A label that stands free; `mono` sets it letter by letter, as a character of
        a text.
        """
        if mono:
            style |= {"family": MONO, "parse_math": False}
        style |= {"color": COLORS.get(color, color), "fontsize": size, "zorder": 6}
        return self.axes.text(x, y, label, ha=ha, va=va or "center_baseline", **style)

    def arrow(
        self,
        *points,
        color="ink",
        width=1.3,
        dashed=False,
        head=True,
        shift=0.0,
        corner=0.14,
        smooth=False,
    ):
        """An arrow through `points`, each a (x, y) or, at the two ends, a `Shape` whose
        rim it meets.

        With ``smooth=True`` the points in between are the control points of one Bézier
        curve; otherwise they are corners, which are rounded.
        """
        middles = [p.center if isinstance(p, Shape) else p for p in points]
        # seen from its end an arrow runs the other way, so that its left is on the
        # other side
        ends = {0: (middles[1], shift), len(points) - 1: (middles[-2], -shift)}
        points = [
            p.rim(*ends[i]) if isinstance(p, Shape) else p for i, p in enumerate(points)
        ]
        points = np.array(points, dtype=float)
        along = points[-1] - points[-2]
        along /= np.hypot(*along)
        tip = points[-1].copy()
        if head:
            points[-1] = tip - along * _HEAD * 0.85
            across = np.array([-along[1], along[0]]) * _HALF
            back = tip - along * _HEAD
            corners = [tip, back + across, back + along * 0.025, back - across]
            self.axes.add_patch(
                Polygon(corners, fc=COLORS[color], ec=COLORS[color], lw=0.6, zorder=4)
            )
        path = _bezier(points) if smooth else _rounded(points, corner)
        line = (0, (3.2, 1.8)) if dashed else "-"
        patch = PathPatch(
            path,
            fc="none",
            ec=COLORS[color],
            lw=width,
            ls=line,
            capstyle="butt",
            zorder=2,
        )
        self.axes.add_patch(patch)

    def _labeled(self, shape, patch, label, size):
        if label:
            text = self.text(shape.x, shape.y, label, size=size, va="center")
            self._count += 1
            # the tests look whether a label stays inside its shape
            for artist in (patch, text):
                artist.set_gid(f"labeled-{self._count}")
        return shape


def _bezier(points):
    code = {3: Path.CURVE3, 4: Path.CURVE4}[len(points)]
    return Path(points, [Path.MOVETO] + [code] * (len(points) - 1))


def _rounded(points, radius):
    """A path along straight lines whose corners are rounded."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        for other, code in ((before, Path.LINETO), (after, Path.CURVE3)):
            length = np.hypot(*(other - at))
            start = at + (other - at) * min(radius, length / 2) / length
            vertices += [start] if code == Path.LINETO else [at, start]
            codes += [code] if code == Path.LINETO else [code, code]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])
