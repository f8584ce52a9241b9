"""The diagram of an encoder and a decoder, and where a caption looked."""

import numpy as np
import pytest
from looks import assert_settings_come_back, overlap, parts, within
from matplotlib.collections import QuadMesh

from rnntutor import figures

RNG = np.random.default_rng(0)
IMAGE, WEIGHTS = RNG.random((8, 32)), RNG.random((5, 32))
FIGURES = {
    "encoder_decoder": figures.encoder_decoder,
    "encoder_decoder, attention": lambda: figures.encoder_decoder(attention=True),
    "glances": lambda: figures.glances(IMAGE, list("three"), WEIGHTS, limits=(0, 1)),
    "glances, one": lambda: figures.glances(IMAGE, ["a word"], WEIGHTS[:1]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_has_its_place(name):
    figure = FIGURES[name]()
    texts, shapes, _ = parts(figure)
    boxes = [text.get_window_extent() for text in texts]
    for i, (text, box) in enumerate(zip(texts, boxes, strict=True)):
        assert within(box, figure.bbox, margin=2), text.get_text()
        assert not any(overlap(box, other) for other in boxes[:i]), text.get_text()
        for gid, shape in shapes.items():
            extent = shape.get_window_extent()
            inside = within(box, extent)
            assert inside if gid == text.get_gid() else not overlap(box, extent)


@pytest.mark.parametrize("name", FIGURES)
def test_the_callers_settings_come_back_and_do_not_show(name):
    assert_settings_come_back(FIGURES[name], **{"lines.linewidth": 9})


def labels(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("attention", [False, True])
def test_the_diagram_names_its_parts(attention):
    said = labels(figures.encoder_decoder(attention))
    for one in ("encoder", "decoder", "$v_3$", "$h_1$", "$h_4$"):
        assert one in said
    assert ("$u_2$" in said and "$q_1$" in said) == attention
    assert sorted(c for c in said if len(c) == 1) == sorted("abc.cbacba.")


def test_glances_show_the_picture_and_a_row_for_each_letter():
    figure = FIGURES["glances"]()
    found = [one for one in figure.axes[0].collections if isinstance(one, QuadMesh)]
    shown = [np.asarray(mesh.get_array()) for mesh in found]
    np.testing.assert_array_equal(shown[0].reshape(8, 32), IMAGE)
    np.testing.assert_array_equal(np.reshape(shown[1:], (5, 32)), WEIGHTS)
    assert labels(figure) == list("three")
    lefts = {mesh.get_coordinates()[0, 0, 0] for mesh in found}
    assert len(lefts) == 1  # columns stand under those of the picture


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: figures.encoder_decoder(1), r"attention: expected bool, got int 1"),
        (
            lambda: figures.glances(IMAGE[0], ["a"], WEIGHTS[:1]),
            r"image: expected shape \(R, S\)",
        ),
        (
            lambda: figures.glances(IMAGE, ["a"], WEIGHTS),
            r"weights: expected shape \(1, 32\)",
        ),
        (lambda: figures.glances(IMAGE, [], WEIGHTS[:0]), r"rows: expected 1 to 24"),
    ],
)
def test_wrong_arguments_are_named(draw, said):
    with pytest.raises((TypeError, ValueError), match=rf"^{said}"):
        draw()
