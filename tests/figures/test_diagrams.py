"""The diagrams: every symbol where it belongs, nothing cut off, nothing on top of
anything else.
"""

import numpy as np
import pytest
from looks import assert_settings_come_back, overlap, parts, within
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle, PathPatch

from rnntutor import Truncation, figures, one_hot
from rnntutor.figures import style
from rnntutor.figures.primitives import Canvas, Shape
from rnntutor.text import contiguous_batches

SENTENCE = "to be, or not to be, that is the question"

DIAGRAMS = {
    "rnn_loop": figures.rnn_loop,
    "rnn_unit": figures.rnn_unit,
    "unit": lambda: figures.unit([0.9, 0.2], [6, -2], -3, ["gray sky", "wind"], "yes"),
    "layer": figures.layer,
    "lstm_unit": figures.lstm_unit,
    "packed_weights": figures.packed_weights,
    "reber_automaton": figures.reber_automaton,
    "scan_tree": figures.scan_tree,
    "stacked_and_bidirectional": figures.stacked_and_bidirectional,
    "rnn_unit, sigma": lambda: figures.rnn_unit(r"$\sigma$"),
    "unrolled": figures.unrolled,
    "scalar_steps": figures.scalar_steps,
    "scalar_steps, others": lambda: figures.scalar_steps(-0.5, 1, 0),
    "truncated_windows": figures.truncated_windows,
    "truncated_windows, overlap": lambda: figures.truncated_windows(12, 6, 3),
    "truncated_windows, reset": lambda: figures.truncated_windows(
        16, 5, 4, carry=False
    ),
    "batch_layout": lambda: figures.batch_layout(SENTENCE, 3, 4),
    "batch_layout, one chunk": lambda: figures.batch_layout(SENTENCE[:40] * 2, 4, 19),
    "one_hot_picture": lambda: figures.one_hot_picture("hello", "ehlo"),
    "one_hot_picture, wide": lambda: figures.one_hot_picture(
        "hello", "abcdefghijklmnopqrstuvwxyz \n"
    ),
}
for steps in (1, 5):
    DIAGRAMS[f"unrolled, {steps}"] = lambda T=steps: figures.unrolled(T)
for step in (None, 1, 2, 3, 4, 5):
    DIAGRAMS[f"backward_path, {step}"] = lambda step=step: figures.backward_path(step)


def labels(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_text_has_its_place(name):
    """Inside the page and inside its own shape; on no other text, no other shape and no
    arrow.
    """
    figure = DIAGRAMS[name]()
    texts, shapes, arrows = parts(figure)
    assert texts
    boxes = [text.get_window_extent() for text in texts]
    for i, (text, box) in enumerate(zip(texts, boxes, strict=True)):
        label, own = text.get_text(), text.get_gid()
        assert within(box, figure.bbox, margin=3), f"{label} is cut off, or nearly"
        for gid, shape in shapes.items():
            around = shape.get_window_extent()
            if gid == own:
                assert within(box, around), f"{label} is wider than its shape"
                if isinstance(shape, Circle):
                    # of the circle around the text
                    radius = np.hypot(box.width, box.height) / 2
                    assert radius <= around.width / 2, f"{label} pierces its circle"
            else:
                assert not overlap(box, around), f"{label} lies on a shape"
        for other, other_box in zip(texts[:i], boxes, strict=False):
            assert not overlap(box, other_box), f"{label} lies on {other.get_text()}"
        for arrow in arrows:
            way = arrow.get_path().transformed(arrow.get_transform())
            assert not way.intersects_bbox(box.padded(-1), filled=False), (
                f"an arrow runs through {label}"
            )


@pytest.mark.parametrize(
    "name", ["rnn_unit", "scalar_steps", "truncated_windows", "one_hot_picture"]
)
def test_the_callers_settings_come_back_and_do_not_show(name):
    plain = assert_settings_come_back(DIAGRAMS[name], **{"mathtext.fontset": "stix"})
    assert (plain[0, 0] == 255).all()
    assert plain.shape[1] == style.WIDTH * style.RC["figure.dpi"]


def test_the_loop_names_the_layers_the_weights_and_the_delay():
    assert {
        "$x_t$",
        "$h_t$",
        "$h_{t-1}$",
        "$y_t$",
        "$W_{xh}$",
        "$W_{hh}$",
        "$W_{hy}$",
    } < set(labels(figures.rnn_loop()))
    assert "delay of\none step" in labels(figures.rnn_loop())


def test_the_unit_names_every_value_as_the_book_does():
    texts, shapes, _ = parts(figures.rnn_unit(r"$\sigma$"))
    inside = [text.get_text() for text in texts if text.get_gid() in shapes]
    values = ["$h_{t-1}$", "$x_t$", "$a_t$", "$h_t$", r"$y_t^{\mathrm{raw}}$", "$y_t$"]
    weights = ["$W_{xh}$", "$W_{hh}$", "$b_h$", "$W_{hy}$", "$b_y$"]
    assert sorted(inside) == sorted(
        [*values, *weights, "$+$", "$+$", r"$\sigma$", "softmax"]
    )


@pytest.mark.parametrize("losses", [True, False])
@pytest.mark.parametrize("T", [1, 4])
def test_unrolled_repeats_the_weights_in_one_color(T, losses):
    texts, shapes, arrows = parts(figures.unrolled(T, losses=losses))
    for weight in ("$W_{xh}$", "$W_{hh}$", "$W_{hy}$"):
        copies = [text for text in texts if text.get_text() == weight]
        assert len(copies) == T and len({text.get_color() for text in copies}) == 1
    inside = {text.get_text() for text in texts if text.get_gid() in shapes}
    steps = range(1, T + 1)
    expected = {f"${name}_{t}$" for name in "xhy" for t in steps} | {"$h_0$"}
    if losses:
        expected |= {rf"$\mathcal{{L}}_{t}$" for t in steps}
    assert inside == expected
    # x→h, h→h, h→y, with the losses y→L and target→L, and time
    assert len(arrows) == (5 if losses else 3) * T + 1


def test_the_scalar_net_shows_values_and_derivatives():
    """On every wire: the value above, and below it what a nudge there does to the
    loss; at the two forks how that is added up.
    """
    w, x_1, x_2, eps = 0.5, 2.0, 1.0, 1e-6

    def loss(*nudges):
        """Nudged in turn: w as step 1 uses it, w as step 2 does, x_1, x_2, h_0."""
        one, two, x1, x2, h_0 = np.array([w, w, x_1, x_2, 0.0]) + nudges
        h_1 = one * h_0 + x1
        return (h_1 - 1) ** 2 / 2 + (two * h_1 + x2 - 1) ** 2 / 2

    slopes = [(loss(*e) - loss(*-e)) / (2 * eps) for e in eps * np.eye(5)]
    texts = parts(figures.scalar_steps(w, x_1, x_2))[0]
    said = [(text.get_color(), text.get_text()) for text in texts]
    sums = [text for _, text in said if "=" in text]
    assert sums == ["0 + 2 = 2", "1 + 0.5 = 1.5"]
    by_color = {
        color: [
            float(text)
            for shade, text in said
            if shade == style.COLORS[color]
            and text not in ("values", "derivatives", *sums)
        ]
        for color in ("blue", "orange")
    }
    # of a step: from h_{t-1}, w h_{t-1}, h_t, x_t, into the loss, w
    assert by_color["blue"] == [0, 0, 2, 2, 2, 0.5, 2, 1, 2, 1, 2, 0.5]
    first, second, dx_1, dx_2, dh_0 = slopes
    own = [1, 1]  # h_1 - 1 and h_2 - 1
    assert (first, second, dx_1 - own[0]) == pytest.approx((0, 2, 0.5), abs=1e-8)
    expected = [dh_0, dx_1, dx_1, dx_1, own[0], first]
    expected += [dx_1 - own[0], dx_2, dx_2, dx_2, own[1], second]
    assert by_color["orange"] == pytest.approx(expected, abs=1e-8)


def test_a_lit_path_runs_back_and_names_what_it_brings():
    names = {
        1: [r"$dy_2^{\mathrm{raw}}$"],
        2: ["$dW_{hy}$", *(rf"$dy_{t}^{{\mathrm{{raw}}}}$" for t in (1, 2, 3))],
        3: [r"$dy_2^{\mathrm{raw}}$", "$da_3$", r"$\delta_2$", "$da_4=0$"],
        4: [r"$\delta_2$", "$da_2$"],
        5: ["$dW_{xh}$", "$dW_{hh}$", "$da_1$", "$da_2$", "$da_3$"],
    }
    orange = to_rgba(style.COLORS["orange"])
    for step, expected in names.items():
        texts, _, arrows = parts(figures.backward_path(step))
        said = [t.get_text() for t in texts if t.get_color() == style.COLORS["orange"]]
        assert sorted(said) == sorted(expected)
        lit = [a for a in arrows if a.get_edgecolor() == orange]
        assert lit
        for arrow in lit:  # to the left or down, or up to the line where copies add up
            start, end = arrow.get_path().vertices[[0, -1]]
            assert end[0] < start[0] - 0.05 or end[1] < start[1] - 0.05
    texts, _, arrows = parts(figures.backward_path())
    assert not [a for a in arrows if a.get_edgecolor() == orange]
    for copies in ("$W_{xh}$", "$W_{hh}$", "$W_{hy}$"):
        assert [t.get_text() for t in texts].count(copies) == 3


def test_each_curve_has_its_panel_with_the_reference_behind():
    x, middle = np.arange(4), np.array([[3.0, 2, 1, 1]])
    seeds = np.concatenate([middle - 0.5, middle, middle + 0.5])
    curves = {"one": seeds, "two": middle[0] + 1, "three": middle[0] + 2}
    figure = figures.against(x, curves, ("right", middle[0]), ylog=True)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title("left") for axes in shown] == list(curves)
    for axes, values in zip(shown, curves.values(), strict=True):
        behind, own = (line.get_ydata() for line in axes.lines)
        np.testing.assert_array_equal(behind, middle[0])
        np.testing.assert_array_equal(own, np.median(np.atleast_2d(values), axis=0))
        assert len(axes.collections) == (np.ndim(values) > 1)  # the band over seeds
    assert [text.get_text() for text in shown[0].texts] == ["right"]
    assert_settings_come_back(lambda: figures.against(x, curves, ("right", middle[0])))


@pytest.mark.parametrize(
    ("chunk", "stride", "carry"), [(4, None, True), (6, 3, True), (5, 4, False)]
)
def test_windows_are_those_of_the_truncation(chunk, stride, carry):
    figure = figures.truncated_windows(12, chunk, stride, carry)
    windows = Truncation(chunk, stride, carry).windows(12)
    said = labels(figure)
    assert [s for s in said if s.startswith("update")] == [
        f"update {k + 1}" for k in range(len(windows))
    ]
    assert [s for s in said if "mathcal" in s] == [
        rf"$\mathcal{{L}}_{{{t}}}$" for t in range(1, 13)
    ]
    states = [s for s in said if s.startswith("$h_") or s == "$0$"]
    assert states == [
        f"$h_{{{w.start}}}$" if carry or w.start == 0 else "$0$" for w in windows
    ]
    cells = [
        p
        for p in figure.axes[0].patches
        if p.get_linewidth() == 0.7 and p.get_height() > 0.3
    ]
    assert len(cells) == sum(w.stop - w.start for w in windows)
    assert ("run again" in said) == any(w.fresh > w.start for w in windows)
    assert ("state carried" in said) == carry


def test_batches_are_those_of_contiguous_batches():
    said = labels(figures.batch_layout(SENTENCE, 3, 4))
    ids = np.arange(len(SENTENCE))
    shown = style.visible(SENTENCE)
    grid = [
        shown[i]
        for inputs, _ in contiguous_batches(ids, 3, 4)
        for i in inputs.T.ravel()
    ]
    letters = [s for s in said if len(s) == 1]
    assert letters == [*shown, *grid]
    assert [s for s in said if s.startswith("chunk")] == [
        "chunk 1",
        "chunk 2",
        "chunk 3",
    ]


def test_the_one_hot_picture_is_the_one_hot_matrix():
    said = labels(figures.one_hot_picture("hello", "ehlo"))
    cells = [int(s) for s in said if s in ("0", "1")]
    expected = one_hot(["ehlo".index(c) for c in "hello"], 4)
    np.testing.assert_array_equal(np.reshape(cells, (5, 4)), expected)


# -- primitives


def test_arrows_meet_the_rim_of_circles_and_boxes():
    circle = Shape(1.0, 1.0, 0.6, 0.6, True)
    assert circle.rim((5.0, 1.0)) == pytest.approx((1.3, 1.0))
    x, y = circle.rim((5.0, 1.0), shift=0.1)
    assert y == pytest.approx(1.1) and np.hypot(x - 1, y - 1) == pytest.approx(0.3)
    box = Shape(1.0, 1.0, 0.6, 0.2, False)
    assert box.rim((1.0, 9.0), shift=0.1) == pytest.approx((0.9, 1.1))
    assert box.rim((4.0, 4.0)) == pytest.approx((1.1, 1.1))


def test_two_arrows_between_two_shapes_run_side_by_side():
    canvas = Canvas(2.0)
    one, two = canvas.value(1, 1, "a"), canvas.value(3, 1, "b")
    canvas.arrow(one, two, shift=0.1, head=False)
    canvas.arrow(two, one, shift=0.1, head=False)
    there, back = (
        p.get_path().vertices for p in canvas.axes.patches if isinstance(p, PathPatch)
    )
    np.testing.assert_allclose(there[:, 1], 1.1)
    np.testing.assert_allclose(back[:, 1], 0.9)
    assert there[0, 0] < there[-1, 0] and back[0, 0] > back[-1, 0]


# -- arguments


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: figures.rnn_unit(3),
            TypeError,
            "activation: expected a string, got 3",
        ),
        (
            lambda: figures.rnn_unit(""),
            ValueError,
            "activation: expected a string of at least 1 character",
        ),
        (
            lambda: figures.unrolled(0),
            ValueError,
            "T: expected an integer of at least 1, got 0",
        ),
        (lambda: figures.unrolled(6), ValueError, "T: expected at most 5 steps.*got 6"),
        (
            lambda: figures.backward_path(2.5),
            TypeError,
            "step: expected an integer of at least 1, got 2.5",
        ),
        (
            lambda: figures.backward_path(6),
            ValueError,
            "step: expected an integer from 1 to 5, got 6",
        ),
        (
            lambda: figures.scalar_steps("0.5"),
            TypeError,
            "w: expected a .*number, got '0.5'",
        ),
        (
            lambda: figures.against([1, 2], {"a": [1, 2]}, "right"),
            TypeError,
            "reference: expected a pair",
        ),
        (
            lambda: figures.against([1], {c: [1] for c in "abcde"}, ("r", [1])),
            ValueError,
            "curves: expected at most 4 curves, got 5",
        ),
        (
            lambda: figures.against([1], {"a": [0]}, ("r", [1]), ylog=True),
            ValueError,
            "expected numbers above 0",
        ),
        (
            lambda: figures.truncated_windows(17),
            ValueError,
            "T: expected at most 16 steps.*got 17",
        ),
        (
            lambda: figures.truncated_windows(12, 4, 5),
            ValueError,
            "stride: expected at most chunk, 4, got 5",
        ),
        (
            lambda: figures.truncated_windows(12, 4, 1),
            ValueError,
            "stride: expected at most 6 updates.*got 12",
        ),
        (lambda: figures.batch_layout(5), TypeError, "text: expected a string, got 5"),
        (
            lambda: figures.batch_layout("a" * 81),
            ValueError,
            "text: expected at most 80 characters, got 81",
        ),
        (
            lambda: figures.batch_layout("a" * 60, 7, 4),
            ValueError,
            "B: expected at most 6 rows, got 7",
        ),
        (
            lambda: figures.batch_layout("a" * 60, 1, 4),
            ValueError,
            "text: expected rows of at most 24.*got 56",
        ),
        (
            lambda: figures.batch_layout("abc", 3, 4),
            ValueError,
            "expected at least B.T",
        ),
        (
            lambda: figures.one_hot_picture("", "ab"),
            ValueError,
            "word: expected 1 to 12 labels, got 0",
        ),
        (
            lambda: figures.one_hot_picture(7, "ab"),
            TypeError,
            "word: expected a list of 1 to 12 labels, got 7",
        ),
        (
            lambda: figures.one_hot_picture("a", "aba"),
            ValueError,
            "symbols: expected each symbol once, got",
        ),
        (
            lambda: figures.one_hot_picture("ax", "ab"),
            ValueError,
            "word: expected symbols .* got 'x'",
        ),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
