"""A page that is measured in inches from its upper left corner."""

from __future__ import annotations

from .style import WIDTH, page


def sheet(height):
    """A page whose one axes covers it all, with inches as data units and y
    downwards.
    """
    axes = page(height).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    return axes
