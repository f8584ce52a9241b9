"""What the tests of the figures share: where texts lie, and whether a caller's settings
show.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.text import Text


def within(box, other, margin=0):
    """Whether a box lies inside another, that many pixels from its rim."""
    wide = box.x0 - margin >= other.x0 and box.x1 + margin <= other.x1
    return wide and box.y0 - margin >= other.y0 and box.y1 + margin <= other.y1


def overlap(one, other):
    """Whether two boxes share more than a rim of one pixel."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    tall = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide > 1 and tall > 1


def assert_apart(boxes, page):
    """Every one of the pairs (label, box) lies on the page, and none on another."""
    for i, (label, box) in enumerate(boxes):
        assert within(box, page), f"{label!r} is cut off"
        for other_label, other in boxes[:i]:
            assert not overlap(box, other), f"{label!r} lies on {other_label!r}"


def assert_settings_come_back(draw, **theirs):
    """Drawn under the caller's own settings the figure is the same, and they come back.

    Returns the pixels (rows, columns, RGBA), which are opaque.
    """

    def pixels():
        figure = draw()
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba()).copy()

    plain = pixels()
    with plt.style.context(["dark_background", {"font.size": 23, **theirs}]):
        before = dict(plt.rcParams)
        inside = pixels()
        assert dict(plt.rcParams) == before
    assert np.array_equal(plain, inside)
    assert (plain[..., 3] == 255).all()
    return plain


def parts(figure):
    """The drawn texts, the labeled shapes by gid, and the arrows of a diagram."""
    figure.canvas.draw()
    (axes,) = figure.axes
    texts = [text for text in axes.texts if text.get_text().strip()]
    shapes = {patch.get_gid(): patch for patch in axes.patches if patch.get_gid()}
    arrows = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    return texts, shapes, arrows


def drawn_texts(figure):
    """Every text that is drawn on axes that share their horizontal scale, with its box."""
    figure.draw_without_rendering()
    for axes in figure.axes:
        ticks = [axes.yaxis] + ([axes.xaxis] if axes is figure.axes[-1] else [])
        found = [*axes.texts, axes._left_title, axes.xaxis.label, axes.yaxis.label]
        for axis in ticks:
            low, high = sorted(axis.get_view_interval())
            found += [
                t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high
            ]
        for text in found:
            if text.get_text():  # of an annotation without its line
                yield text.get_text(), Text.get_window_extent(text)
