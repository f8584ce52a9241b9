"""Pictures of what a pen wrote show its points and where it was lifted, and what the
net said.
"""

import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.colors import to_hex

from rnntutor import figures
from rnntutor.lab.digits.datasets import pen_digits

FIVE = [
    np.array([[0.0, 10], [0, 6], [4, 6], [4, 0], [0, 0]]),
    np.array([[0.0, 10], [5, 10]]),
]
POINTS = pen_digits().test.xs[:, 7]
SAID = np.random.default_rng(1).dirichlet(np.full(10, 0.3), 8)
ROW = np.concatenate([POINTS + np.array([120 * i, 0]) for i in range(3)])
ROW_SAID = np.eye(11)[[*[10] * 6, 4, 4, *[10] * 7, 7, 10, 10, 10, 0, *[10] * 4]]
FIGURES = {
    "pen_strokes": lambda: figures.pen_strokes(
        [FIVE, POINTS] * 4, [f"{i}, read as 7" for i in range(8)]
    ),
    "pen_strokes, numbers": lambda: figures.pen_strokes(
        [POINTS, FIVE], ["8", "5"], numbers=True, columns=3
    ),
    "pen_moves": lambda: figures.pen_moves(POINTS, SAID),
    "pen_row": lambda: figures.pen_row(ROW, ROW_SAID, ROW_SAID.argmax(axis=1)),
}
each_figure = pytest.mark.parametrize("name", FIGURES)


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def drawn(figure):
    """The straight pieces (n, 2, 2) of each stroke, in inches from the upper left
    corner.
    """
    lines = [
        one for one in figure.axes[0].collections if isinstance(one, LineCollection)
    ]
    return [np.array(one.get_segments()) for one in lines]


@each_figure
def test_text_is_inside_the_figure_and_none_overlaps(name):
    figure = FIGURES[name]()
    figure.draw_without_rendering()
    boxes = [
        (t.get_text(), t.get_window_extent())
        for t in figure.axes[0].texts
        if t.get_text()
    ]
    assert len(boxes) >= 8
    assert_apart(boxes, figure.bbox)


@each_figure
def test_the_callers_settings_come_back_and_do_not_show(name):
    assert_settings_come_back(FIGURES[name], **{"lines.linewidth": 9})


def test_strokes_keep_their_shape_and_order():
    figure = figures.pen_strokes([FIVE])
    first, second = drawn(figure)
    scale = (first[0, 1, 1] - first[0, 0, 1]) / 4  # its first piece goes 4 down
    assert scale > 0.05
    start = first[0, 0]
    for pieces, stroke in zip((first, second), FIVE, strict=True):
        along = np.vstack([pieces[:, 0], pieces[-1:, 1]])
        np.testing.assert_allclose(
            along, start + scale * (stroke - FIVE[0][0]) * (1, -1), atol=1e-9
        )
    dotted = [
        line
        for line in figure.axes[0].lines
        if line.get_linestyle() not in ("-", "None")
    ]
    assert len(dotted) == 1  # the lifted pen
    np.testing.assert_allclose(dotted[0].get_xydata(), [first[-1, 1], second[0, 0]])


def test_a_line_turns_dark_and_its_ends_are_marked():
    for one in (POINTS, FIVE):
        lines = [
            c
            for c in figures.pen_strokes([one]).axes[0].collections
            if isinstance(c, LineCollection)
        ]
        light = np.concatenate([line.get_colors()[:, :3].sum(axis=1) for line in lines])
        assert np.all(np.diff(light) < 0)
    figure = figures.pen_strokes([POINTS])
    (pieces,) = drawn(figure)
    start, end = (line for line in figure.axes[0].lines if line.get_marker() == "o")
    np.testing.assert_allclose(start.get_xydata()[0], pieces[0, 0])
    np.testing.assert_allclose(end.get_xydata()[0], pieces[-1, 1])
    assert (
        to_hex(start.get_markerfacecolor())
        == "#ffffff"
        != to_hex(end.get_markerfacecolor())
    )


def test_titles_and_numbers():
    figure = figures.pen_strokes([POINTS, POINTS], ["one", "two"], numbers=True)
    assert words(figure) == ["one", *"12345678", "two", *"12345678"]


def test_rows_of_drawings():
    assert figures.pen_strokes([POINTS] * 4, columns=2).get_figheight() > 1.7 * (
        figures.pen_strokes([POINTS] * 2, columns=2).get_figheight()
    )


def test_pen_moves_shows_the_probabilities_and_the_likeliest_in_bold():
    figure = figures.pen_moves(POINTS, SAID)
    (mesh,) = [one for one in figure.axes[0].collections if isinstance(one, QuadMesh)]
    np.testing.assert_array_equal(mesh.get_array(), SAID.T)
    bold = [t.get_text() for t in figure.axes[0].texts if t.get_fontweight() == "bold"]
    assert sorted(bold) == sorted(f"{p:.2f}" for p in SAID.max(axis=1))
    assert words(figure)[-9:] == [*"12345678", "points read"]
    # step t shows t points, in the frame of the whole drawing
    ends = [
        line.get_xydata()[0]
        for line in figure.axes[0].lines
        if line.get_markersize() == 4.2
    ]
    pitch = (
        ends[1][0]
        - ends[0][0]
        - (POINTS[1, 0] - POINTS[0, 0])
        * (ends[0][1] - ends[1][1])
        / (POINTS[1, 1] - POINTS[0, 1])
    )
    scale = (ends[0][1] - ends[1][1]) / (POINTS[1, 1] - POINTS[0, 1])
    expected = [
        ends[0] + scale * (p - POINTS[0]) * (1, -1) + (t * pitch, 0)
        for t, p in enumerate(POINTS)
    ]
    np.testing.assert_allclose(ends, expected, atol=1e-9)


def test_pen_row_leads_from_each_label_that_is_named_to_its_step():
    figure = FIGURES["pen_row"]()
    (mesh,) = [one for one in figure.axes[0].collections if isinstance(one, QuadMesh)]
    np.testing.assert_array_equal(mesh.get_array(), ROW_SAID.T)
    bold = [t for t in figure.axes[0].texts if t.get_fontweight() == "bold"]
    assert [t.get_text() for t in bold] == ["4", "7", "0"]
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    at = [line.get_xdata()[0] for line in dots]
    assert at == [t.get_position()[0] for t in bold]
    scale = (at[2] - at[0]) / (ROW[19, 0] - ROW[6, 0])
    np.testing.assert_allclose(at[1] - at[0], scale * (ROW[15, 0] - ROW[6, 0]))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: figures.pen_row(ROW.T, ROW_SAID, ROW_SAID.argmax(axis=1)),
            ValueError,
            r"points: expected shape \(T, 2\)",
        ),
        (
            lambda: figures.pen_row(ROW, ROW_SAID[:3], ROW_SAID.argmax(axis=1)),
            ValueError,
            r"probabilities: expected shape \(24, V\)",
        ),
        (
            lambda: figures.pen_row(ROW, 2 * ROW_SAID, ROW_SAID.argmax(axis=1)),
            ValueError,
            "probabilities: expected numbers from 0 to",
        ),
        (
            lambda: figures.pen_row(ROW, ROW_SAID, np.full(24, 11)),
            ValueError,
            "path: expected",
        ),
        (
            lambda: figures.pen_row(ROW, ROW_SAID, ROW_SAID.argmax(axis=1), "012"),
            ValueError,
            "labels: expected 10 labels, got 3",
        ),
        (
            lambda: figures.pen_strokes([]),
            TypeError,
            r"drawings: expected a list of drawings, got \[\]",
        ),
        (
            lambda: figures.pen_strokes(3),
            TypeError,
            "drawings: expected a list of drawings, got 3",
        ),
        (
            lambda: figures.pen_strokes([3]),
            TypeError,
            r"drawings\[0\]: expected an array \(n, 2\) or a list",
        ),
        (
            lambda: figures.pen_strokes([POINTS.T]),
            ValueError,
            r"drawings\[0\]: expected shape \(n, 2\)",
        ),
        (
            lambda: figures.pen_strokes([POINTS], ["a", "b"]),
            ValueError,
            "titles: expected 1 labels, got 2",
        ),
        (
            lambda: figures.pen_strokes([POINTS], columns=0),
            ValueError,
            "columns: expected an integer of at le",
        ),
        (
            lambda: figures.pen_moves(POINTS.T, SAID),
            ValueError,
            r"points: expected shape \(T, 2\)",
        ),
        (
            lambda: figures.pen_moves(np.ones((13, 2)), SAID),
            ValueError,
            "points: expected at most 12, which",
        ),
        (
            lambda: figures.pen_moves(POINTS, SAID[:3]),
            ValueError,
            r"probabilities: expected shape \(8, V\)",
        ),
        (
            lambda: figures.pen_moves(POINTS, 2 * SAID),
            ValueError,
            "probabilities: expected numbers from 0 to",
        ),
        (
            lambda: figures.pen_moves(POINTS, SAID, "012"),
            ValueError,
            "labels: expected 10 labels, got 3",
        ),
    ],
)
def test_wrong_arguments(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
