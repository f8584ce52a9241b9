"""Films and captioned pictures show their pixels, each where it belongs; the diagram
names its parts.
"""

import numpy as np
import pytest
from looks import assert_settings_come_back, overlap, parts, within
from matplotlib.collections import QuadMesh

from rnntutor import figures
from rnntutor.figures import style
from rnntutor.lab.pictures import MOTIONS, digit_images, digit_strips, moving_digits

RNG = np.random.default_rng(0)
CLIPS = (
    moving_digits(digit_images().test, 4, RNG)
    .xs.reshape(8, 4, 16, 16)
    .swapaxes(0, 1)
    .astype(float)
)
STRIPS = digit_strips(digit_images().test, 5, RNG)
IMAGES = STRIPS.images.reshape(-1, 8, 32).astype(float)
SAID = [
    ["true    one two four five", "greedy  nine seven seven eight"],
    ["one"],
    ["a", "b", "c"],
    ["x"],
    ["y"],
]
FIGURES = {
    "films": lambda: figures.films(
        dict(zip(MOTIONS, CLIPS, strict=True)), limits=(0, 1)
    ),
    "films, one": lambda: figures.films({"a name that is long": CLIPS[0, :3, :8]}),
    "captioned": lambda: figures.captioned(IMAGES, SAID, limits=(0, 1)),
    "lrcn": figures.lrcn,
    "lrcn, 4": lambda: figures.lrcn(4),
    "lrcn, 1": lambda: figures.lrcn(1),
}
each_figure = pytest.mark.parametrize("name", FIGURES)


@each_figure
def test_every_text_has_its_place(name):
    figure = FIGURES[name]()
    texts, shapes, _ = parts(figure)
    boxes = [text.get_window_extent() for text in texts]
    meshes = [mesh.get_window_extent() for mesh in meshes_of(figure)]
    for i, (text, box) in enumerate(zip(texts, boxes, strict=True)):
        assert within(box, figure.bbox, margin=2), text.get_text()
        assert not any(overlap(box, other) for other in boxes[:i]), text.get_text()
        assert not any(overlap(box, mesh) for mesh in meshes), text.get_text()
        for gid, shape in shapes.items():
            inside = within(box, shape.get_window_extent())
            assert (
                inside
                if gid == text.get_gid()
                else not overlap(box, shape.get_window_extent())
            )


@each_figure
def test_the_callers_settings_come_back_and_do_not_show(name):
    plain = assert_settings_come_back(FIGURES[name], **{"lines.linewidth": 9})
    assert plain.shape[1] == style.WIDTH * style.RC["figure.dpi"]


def meshes_of(figure):
    return [one for one in figure.axes[0].collections if isinstance(one, QuadMesh)]


def labels(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_films_show_every_frame_in_order():
    figure = FIGURES["films"]()
    meshes = meshes_of(figure)
    np.testing.assert_array_equal(
        [mesh.get_array() for mesh in meshes], CLIPS.reshape(32, 16, 16)
    )
    corners = np.array([mesh.get_coordinates()[0, 0] for mesh in meshes]).reshape(
        4, 8, 2
    )
    assert (np.diff(corners[..., 0], axis=1) > 0).all() and (
        np.diff(corners[..., 1], axis=0) > 0
    ).all()
    assert labels(figure) == [*"12345678", *MOTIONS]
    assert {mesh.get_clim() for mesh in meshes} == {(0.0, 1.0)}
    size = meshes[0].get_coordinates()[-1, -1] - meshes[0].get_coordinates()[0, 0]
    assert (
        abs(size[0] - size[1]) < 1e-9 and figure.axes[0].yaxis_inverted()
    )  # square pixels, first row on top


def test_the_scale_of_films_is_that_of_all():
    figure = figures.films({"a": CLIPS[:1, 0], "b": 3 * CLIPS[:1, 0]})
    low, high = 3 * CLIPS[0, 0].min(), 3 * CLIPS[0, 0].max()
    assert {mesh.get_clim() for mesh in meshes_of(figure)} == {
        (min(low, low / 3), high)
    }


def test_captions_stand_beside_their_picture():
    figure = FIGURES["captioned"]()
    meshes = meshes_of(figure)
    np.testing.assert_array_equal([mesh.get_array() for mesh in meshes], IMAGES)
    assert labels(figure) == [line for lines in SAID for line in lines]
    heights = [text.get_position()[1] for text in figure.axes[0].texts]
    assert heights == sorted(heights)
    at = 0
    for mesh, lines in zip(meshes, SAID, strict=True):
        middle = mesh.get_coordinates()[..., 1].mean()
        assert abs(np.mean(heights[at : at + len(lines)]) - middle) < 1e-9
        at += len(lines)


def test_the_diagram_has_a_column_for_each_frame():
    for T in (1, 3, 4):
        names = labels(figures.lrcn(T))
        assert names.count("CNN") == T + 1 and names.count("mean") == 1
        assert {f"${v}_{t}$" for v in "xhy" for t in range(1, T + 1)} < set(names)


WRONG = [
    (
        lambda: figures.films(CLIPS),
        r"clips: expected a dict of name -> array \(T, R, S\)",
    ),
    (lambda: figures.films({}), r"clips: expected a dict .*, not empty"),
    (
        lambda: figures.films({"a": CLIPS[0], "b": CLIPS[0, :3]}),
        r"clips\['b'\]: expected shape \(8, R, S\)",
    ),
    (
        lambda: figures.films({"a": np.ones((13, 2, 2))}),
        r"clips\['a'\]: expected at most 12 frames, got 13",
    ),
    (
        lambda: figures.films({"a": CLIPS[0]}, limits=(1, 0)),
        r"limits: expected \(low, high\)",
    ),
    (
        lambda: figures.captioned(IMAGES[0], ["a"]),
        r"images: expected shape \(N, R, S\)",
    ),
    (
        lambda: figures.captioned(np.ones((13, 2, 2)), ["a"] * 13),
        r"images: expected at most 12 pictures",
    ),
    (
        lambda: figures.captioned(IMAGES, SAID[1:]),
        r"lines: expected 5 lists of strings, got",
    ),
    (
        lambda: figures.captioned(IMAGES[:1], [["a"] * 4]),
        r"lines\[0\]: expected 1 to 3 labels, got 4",
    ),
    (lambda: figures.lrcn(5), r"T: expected at most 4, got 5"),
    (lambda: figures.lrcn(0), r"T: expected an integer of at least 1, got 0"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        call()
