"""Charts show the numbers they are given; nothing is cut off, nothing of the caller's
is changed.
"""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from looks import assert_apart, assert_settings_come_back
from matplotlib.collections import (
    LineCollection,
    PatchCollection,
    PolyCollection,
    QuadMesh,
)
from matplotlib.colors import to_rgb
from matplotlib.patches import StepPatch
from matplotlib.text import Text

from rnntutor import figures
from rnntutor.figures import style
from rnntutor.figures.curves import running_mean
from rnntutor.figures.labels import spread

RNG = np.random.default_rng(5)
STEPS = np.arange(0, 400, 10)
LAGS = np.arange(12)
TEXT = "To be, or not\nto be: that is the question."
SEEDS = 1 + RNG.random((5, len(STEPS)))
EIGENVALUES = np.linalg.eigvals(RNG.standard_normal((9, 9)) / 3)
STATES = np.tanh(RNG.standard_normal((len(TEXT), 10)))

FIGURES = {
    "loss_curve": lambda: figures.loss_curve(
        {"training": (STEPS, 2 + np.exp(-STEPS / 90)), "validation": (STEPS, 2.02 + np.exp(-STEPS / 90))},
        {"bigram": 2.5, "ln V": 4.2, "long run": 2.01},
        smooth={"training": 5},
    ),
    "loss_curve, seeds": lambda: figures.loss_curve({"tanh": (STEPS, SEEDS)}, ylog=True),
    "gradient_norms": lambda: figures.gradient_norms(
        LAGS, [0.5**LAGS, 1.1**LAGS * np.ones((3, 1))], ["small", r"$\rho = 1.1$"], bound=0.7**LAGS
    ),
    "cosine_curve": lambda: figures.cosine_curve([1, 4, 16], {"carried": [0.2, 0.7, 1.0]}, xlog=True),
    "error_curve": lambda: figures.error_curve(
        [1e-8, 1e-5, 1e-2], {"central": [1e-8, 1e-11, 1e-4], "complex step": [0, 0, 1e-4]},
        guides={"$h^2$": [1e-16, 1e-10, 1e-4]},
    ),
    "heatmap": lambda: figures.heatmap(STATES[:3, :4], "abcd", list("xyz"), True, xlabel="c", ylabel="r"),
    "heatmap, panels": lambda: figures.heatmap({"one": STATES[:, :9], "two": STATES}, xlabel="unit"),
    "hidden_states": lambda: figures.hidden_states(TEXT, STATES, units=[1, 4, 9]),
    "text_activation": lambda: figures.text_activation(TEXT * 4, np.tile(STATES[:, 0], 4)),
    "spectrum": lambda: figures.spectrum({"a": EIGENVALUES / 2, "b": EIGENVALUES, "c": 2 * EIGENVALUES}),
    "spectrum, one": lambda: figures.spectrum(EIGENVALUES),
    "bars": lambda: figures.bars({"RNN": [0.2, 0.3, 0.6], "A": 0.97, "B": -0.2}, reference={"one": 0.25}),
    "bars, log": lambda: figures.bars({"right": 3e-11, "wrong": [0.3, 0.5]}, log=True, reference={"ok": 1e-6}),
    "distribution": lambda: figures.distribution("ab $", {"cold": [0.7, 0.2, 0.1, 0.0], "hot": [0.25] * 4}),
}  # fmt: skip


def shown(figure):
    """Every text of the figure that is drawn."""
    figure.draw_without_rendering()
    for axes in figure.axes:
        yield from axes.texts
        if not axes.axison:
            continue
        around = (axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label)
        yield from (text for text in around if text.get_text())
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                inside = (
                    low <= tick.get_loc() * (1 + 1e-9)
                    and tick.get_loc() * (1 - 1e-9) <= high
                )
                if inside and tick.label1.get_visible() and tick.label1.get_text():
                    yield tick.label1


def words(figure):
    return [
        text.get_text()
        for axes in figure.axes
        for text in axes.texts
        if text.get_text()
    ]


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_inside_the_figure_and_none_overlaps(name):
    figure = FIGURES[name]()
    texts = [text for text in shown(figure) if text.get_text().strip()]
    assert len(texts) >= 3 and all(isinstance(text, Text) for text in texts)
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    assert_apart(boxes, figure.bbox)


@pytest.mark.parametrize("name", FIGURES)
def test_the_callers_settings_come_back_and_do_not_show(name):
    plain = assert_settings_come_back(
        FIGURES[name],
        **{
            "lines.linewidth": 9,
            "axes.grid": False,
            "axes.labelpad": 30,
            "axes.titlepad": 30,
        },
    )
    assert (plain[[0, 0, -1, -1], [0, -1, 0, -1], :3] == 255).all()


@pytest.mark.parametrize("name", ["bars", "text_activation"])
def test_a_cropped_figure_keeps_the_width_of_the_column(name):
    figure = FIGURES[name]()
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight", pad_inches=0)
    file.seek(0)
    assert plt.imread(file).shape[1] == round(style.WIDTH * figure.dpi)


# -- what the charts show


def test_loss_curve_draws_the_values_and_the_baselines():
    values = 2 + np.exp(-STEPS / 90)
    figure = figures.loss_curve(
        {"training": (STEPS, values)}, {"bigram": 2.5}, xlabel="epochs"
    )
    (axes,) = figure.axes
    curve = next(line for line in axes.lines if len(line.get_xdata()) > 2)
    np.testing.assert_array_equal(curve.get_data(), [STEPS, values])
    assert any(list(line.get_ydata()) == [2.5, 2.5] for line in axes.lines)
    assert words(figure) == ["training", "bigram  2.50"]
    assert axes.get_xlabel() == "epochs"


def test_a_few_steps_on_a_logarithmic_axis_are_written_out():
    figure = figures.loss_curve(
        {"a": ([2, 8], [1.0, 2.0]), "b": ([2, 30], [1.0, 3.0])}, xlog=True
    )
    axis = figure.axes[0].xaxis
    assert [tick.get_text() for tick in axis.get_ticklabels()] == ["2", "8", "30"]
    assert not len(axis.get_minorticklocs())
    crowded = figures.cosine_curve([1, 2, 3, 64], {"a": [0.1, 0.2, 0.3, 1.0]}).axes[0]
    assert [tick.get_text() for tick in crowded.get_xticklabels()][:3] != [
        "1",
        "2",
        "3",
    ]


def test_loss_curve_marks_places():
    values = np.array([3.0, 2.0, 1.0])
    figure = figures.loss_curve({"net": (np.arange(3), values)}, marks={"here": 1.5})
    (axes,) = figure.axes
    (line,) = [one for one in axes.lines if list(one.get_xdata()) == [1.5, 1.5]]
    (text,) = [one for one in axes.texts if one.get_text() == "here"]
    assert text.xy[0] == 1.5 and line.get_zorder() < 1


def test_loss_curve_smooths_over_the_raw_curve():
    noise = RNG.random(40)
    lines = (
        figures.loss_curve({"a": (STEPS, noise), "b": (STEPS, noise)}, smooth={"a": 7})
        .axes[0]
        .lines
    )
    naive = [noise[max(0, i - 6) : i + 1].mean() for i in range(40)]
    drawn = [np.asarray(line.get_ydata()) for line in lines]
    assert sum(np.array_equal(one, noise) for one in drawn) == 2
    assert sum(np.allclose(one, naive) for one in drawn) == 1
    np.testing.assert_allclose(running_mean(noise, 7), naive, rtol=1e-13)


def test_a_curve_over_seeds_is_the_median_on_a_band_of_quantiles():
    seeds = RNG.random((9, 12)) + 0.5
    (axes,) = figures.gradient_norms(LAGS, [seeds], ["x"]).axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), np.median(seeds, axis=0))
    (band,) = [one for one in axes.collections if isinstance(one, PolyCollection)]
    corners = band.get_paths()[0].vertices
    for lag, low, high in zip(
        LAGS, *np.quantile(seeds, [0.1, 0.9], axis=0), strict=True
    ):
        there = corners[corners[:, 0] == lag, 1]
        assert np.isclose(there.min(), low) and np.isclose(there.max(), high)


def test_gradient_norms_leaves_zeros_out_and_draws_the_bounds():
    norms = np.array([1.0, 0.1, 0.0, 0.0])
    figure = figures.gradient_norms(
        range(4), [norms], ["a"], bound={"limit": 0.5 ** np.arange(4)}
    )
    curve, bound = figure.axes[0].lines
    assert figure.axes[0].get_yscale() == "log"
    np.testing.assert_array_equal(curve.get_ydata(), [1.0, 0.1, np.nan, np.nan])
    np.testing.assert_array_equal(bound.get_ydata(), 0.5 ** np.arange(4))
    assert "limit" in words(figure) and bound.is_dashed()


def test_cosine_curve_marks_one_and_the_points():
    figure = figures.cosine_curve([1, 4, 16], {"carried": [-0.2, 0.7, 1.0]}, xlog=True)
    (axes,) = figure.axes
    assert any(np.array_equal(line.get_ydata(), [1.0, 1.0]) for line in axes.lines)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "4", "16"]
    assert axes.get_ylim()[0] < -0.2


def test_error_curve_sorts_by_step_and_lifts_zeros_to_the_floor():
    errors, guides = {"a": [1e-3, 0.0, 1e-9]}, {"g": [1, 3, 2]}
    figure = figures.error_curve([1e-2, 1e-8, 1e-5], errors, floor=1e-18, guides=guides)
    curve, guide = figure.axes[0].lines
    np.testing.assert_array_equal(curve.get_xdata(), [1e-8, 1e-5, 1e-2])
    np.testing.assert_array_equal(curve.get_ydata(), [1e-18, 1e-9, 1e-3])
    np.testing.assert_array_equal(guide.get_ydata(), [3, 2, 1])
    assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"


def test_heatmap_shows_the_matrix_with_its_labels_and_numbers():
    values = np.array([[-1.0, 0.5], [0.25, -3.0], [0.0, 2.0]])
    figure = figures.heatmap(values, ["a", "b"], ["x", "y", "z"], diverging=True)
    (image,) = figure.axes[0].images
    np.testing.assert_array_equal(image.get_array(), values)
    assert image.get_clim() == (-3.0, 3.0)
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["x", "y", "z"]
    assert words(figure)[:2] == ["−1.00", "0.50"]
    assert figure.axes[0].yaxis_inverted()


def test_heatmap_panels_have_one_scale():
    figure = figures.heatmap(
        {"one": np.eye(3), "two": np.full((3, 3), 5.0)}, annotate=False
    )
    images = [axes.images[0] for axes in figure.axes[:2]]
    assert [axes.get_title("left") or axes.get_title() for axes in figure.axes[:2]] == [
        "one",
        "two",
    ]
    assert {image.get_clim() for image in images} == {(0.0, 5.0)}
    assert not words(figure)


def test_hidden_states_shows_the_units_asked_for_over_the_characters():
    figure = figures.hidden_states(TEXT, STATES, units=[4, 1])
    (axes,) = figure.axes
    mesh = next(one for one in axes.collections if isinstance(one, QuadMesh))
    np.testing.assert_array_equal(mesh.get_array(), STATES[:, [4, 1]].T)
    assert mesh.get_clim() == (-1.0, 1.0)
    assert "".join(word for word in words(figure) if len(word) == 1)[
        : len(TEXT)
    ] == style.visible(TEXT)
    assert words(figure).index("4") < words(figure).index("1")
    traces = [
        patch.get_data().values
        for patch in axes.patches
        if isinstance(patch, StepPatch)
    ]
    assert len(traces) == 2
    for trace, unit in zip(traces, [4, 1], strict=True):
        assert np.corrcoef(trace, STATES[:, unit])[0, 1] < -0.999  # y is downwards


def test_the_rows_of_hidden_states_may_have_names():
    figure = figures.hidden_states(
        TEXT, STATES, units=[4, 1], labels=["gate", "memory"]
    )
    assert [
        word for word in words(figure) if word in ("gate", "memory", "unit", "4")
    ] == ["gate", "memory"]
    heights = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert heights["gate"] < heights["memory"]  # in the order of the rows, from the top


@pytest.mark.parametrize(
    ("values", "limits", "expected"),
    [([0.0, 0.3], None, (0, 1)), ([-0.1, 0.3], None, (-1, 1)), ([0.0, 4.0], None, (0, 4)),
     ([-5.0, 4.0], None, (-5, 5)), ([0.0, 0.3], (-2, 2), (-2, 2))],
)  # fmt: skip
def test_the_scale_of_activations(values, limits, expected):
    figure = figures.text_activation("ab", values, limits=limits)
    (cells,) = [
        one for one in figure.axes[0].collections if isinstance(one, PatchCollection)
    ]
    assert cells.get_clim() == expected


def test_text_activation_sets_the_text_in_lines():
    text = "ab cd\nefghij"
    values = np.linspace(-1, 1, len(text))
    figure = figures.text_activation(text, values, width=4)
    (cells,) = [
        one for one in figure.axes[0].collections if isinstance(one, PatchCollection)
    ]
    np.testing.assert_array_equal(cells.get_array(), values)
    corners = np.array([path.vertices.min(axis=0) for path in cells.get_paths()])
    lines = np.unique(corners[:, 1], return_inverse=True)[1]
    assert ["".join(np.array(list(text))[lines == i]) for i in range(4)] == [
        "ab c",
        "d\n",
        "efgh",
        "ij",
    ]
    assert "".join(words(figure))[: len(text) - 1] == "abcd↵efghij"


def test_spectrum_shows_every_eigenvalue_the_circle_and_the_radius():
    values = np.array([0.5 + 0.5j, 0.5 - 0.5j, -1.5])
    (axes,) = figures.spectrum(values).axes
    points = axes.lines[-1]
    np.testing.assert_array_equal(points.get_xdata() + 1j * points.get_ydata(), values)
    assert any(np.allclose(np.hypot(*line.get_data()), 1) for line in axes.lines[:-1])
    assert axes.get_title("left") == "ρ = 1.50"
    assert axes.get_xlim()[0] < -1.5 and axes.get_aspect() == 1


def test_bars_are_as_long_as_the_values_and_medians():
    figure = figures.bars(
        {"a": 3.0, "b": [1.0, 5.0, 2.0]}, fmt="{:.1f}", reference={"chance": 0.25}
    )
    (axes,) = figure.axes
    assert [patch.get_width() for patch in axes.patches] == [3.0, 2.0]
    assert words(figure) == ["3.0", "2.0", "chance"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]
    assert axes.yaxis_inverted()
    assert any(sorted(line.get_xdata()) == [1.0, 2.0, 5.0] for line in axes.lines)
    assert any(list(line.get_xdata()) == [0.25, 0.25] for line in axes.lines)


def test_bars_on_a_logarithmic_axis_are_dots():
    figure = figures.bars({"a": 3e-11, "b": 0.4}, log=True)
    (axes,) = figure.axes
    assert axes.get_xscale() == "log" and not axes.patches
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [3e-11, 0.4])
    assert words(figure)[0] == "3×10⁻¹¹"
    assert any(isinstance(one, LineCollection) for one in axes.collections)


def test_distribution_has_a_column_for_each_symbol():
    figure = figures.distribution(["a", "\n"], {"cold": [0.9, 0.1], "hot": [0.5, 0.5]})
    heights = [[patch.get_height() for patch in axes.patches] for axes in figure.axes]
    assert heights == [[0.9, 0.1], [0.5, 0.5]]
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["a", "↵"]
    assert [axes.get_title("left") for axes in figure.axes] == ["cold", "hot"]


# -- helpers


def test_visible_shows_what_has_no_ink():
    assert style.visible("a b\n\tÉ\x07\U0001d54f") == "a␣b↵⇥É▯▯"


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (-1.25, "{:.1f}", "−1.2"),
        (3.1e-11, "{:.2g}", "3.1×10⁻¹¹"),
        (-2e9, "{:.0e}", "−2×10⁹"),
        (12.0, "{:.3g}", "12"),
    ],
)
def test_numbers_as_they_are_printed(number, form, text):
    assert style.written(number, form) == text


def test_labels_are_spread_apart_and_otherwise_stay():
    np.testing.assert_array_equal(spread([50.0, 10.0, 90.0], 12, 0, 100), [50, 10, 90])
    for wanted in RNG.uniform(0, 100, (50, 6)):
        placed = spread(wanted, 12, 0, 100)
        ranks = np.argsort(wanted)
        assert (np.diff(placed[ranks]) >= 12 - 1e-9).all()
        assert placed.min() >= -1e-9 and placed.max() <= 100 + 1e-9
    np.testing.assert_allclose(spread([50.0, 50.0, 50.0], 12, 0, 100), [38, 50, 62])


# -- colors: both faces of every figure can be read


def css_dark(color, page="#121212"):
    """The color after `filter: invert(1) hue-rotate(180deg)`, blended on the dark page
    by `screen`.

    The matrix is that of the CSS Filter Effects specification for an angle of 180
    degrees.
    """
    cos, sin = -1.0, 0.0
    gray, rest = np.array([0.213, 0.715, 0.072]), np.eye(3)
    skew = np.array(
        [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]]
    )
    rotate = gray + cos * (rest - gray) + sin * skew
    turned = np.clip(rotate @ (1 - np.array(to_rgb(color))), 0, 1)
    return 1 - (1 - turned) * (1 - np.array(to_rgb(page)))


def contrast(one, other):
    """Contrast ratio of WCAG 2."""

    def luminance(color):
        c = np.array(to_rgb(color))
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_of_known_pairs():
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)
    np.testing.assert_allclose(
        css_dark("white"), np.array([18, 18, 18]) / 255, atol=1e-3
    )


@pytest.mark.parametrize("name", ["ink", "gray", *style.CYCLE])
def test_ink_and_lines_stand_out_on_white_and_in_the_dark(name):
    """4.5 also for the lines' colors, as the labels at their ends are set in them."""
    color = style.COLORS[name]
    assert contrast(color, "white") >= 4.5
    for page in ("#121212", "#14181e"):
        assert contrast(css_dark(color, page), page) >= 4.5


@pytest.mark.parametrize(
    "colors",
    [style.BEHIND_TEXT, style.BEHIND_TEXT_SEQUENTIAL],
    ids=lambda one: one.name,
)
def test_letters_can_be_read_on_every_color_of_an_activation(colors):
    ink = style.COLORS["ink"]
    for share in np.linspace(0, 1, 41):
        behind = colors(share)[:3]
        assert contrast(ink, behind) >= 4.5
        assert contrast(css_dark(ink), css_dark(behind)) >= 4.5


def test_numbers_in_a_heatmap_stand_on_colors_for_letters():
    for diverging, colors in (
        (False, style.BEHIND_TEXT_SEQUENTIAL),
        (True, style.BEHIND_TEXT),
    ):
        figure = figures.heatmap(np.eye(3), diverging=diverging)
        assert figure.axes[0].images[0].get_cmap() == colors
        assert {text.get_color() for text in figure.axes[0].texts} == {
            style.COLORS["ink"]
        }


def test_lines_differ_by_more_than_their_color():
    looks = [style.look(i) for i in range(12)]
    assert len({(str(one["linestyle"]), one["marker"]) for one in looks}) == 12


def test_a_model_has_its_color_where_models_are_compared():
    names = ["Kneser-Ney", "LSTM, forget bias 1", "RNN", "LSTM, guarded"]
    colors = [one["color"] for one in style.looks(names)]
    assert colors[1] == colors[3] == style.COLORS["orange"]
    assert colors[2] == style.COLORS["blue"]
    one_model = [one["color"] for one in style.looks(names[1::2])]
    assert one_model == [style.look(i)["color"] for i in range(2)]
    line, net = (one["color"] for one in style.looks(["line", "LSTM, recursive"]))
    assert net == style.COLORS["orange"] and line == style.COLORS["ink"]
    assert len(set(style.MODELS.values())) == len(style.MODELS)


# -- arguments


PAIR = {"a": ([1, 2, 3], [3.0, 2.0, 1.0])}
WRONG_KIND = [
    (lambda: figures.loss_curve([1, 2]), r"series: expected a dict .* got \[1, 2\]"),
    (
        lambda: figures.loss_curve({1: PAIR["a"]}),
        "series: expected names that are strings, got 1",
    ),
    (
        lambda: figures.loss_curve({"a": [1, 2, 3]}),
        r"series\['a'\]: expected a pair \(steps, values\)",
    ),
    (
        lambda: figures.loss_curve(PAIR, {"b": "x"}),
        r"baselines\['b'\]: expected a finite number, got 'x'",
    ),
    (
        lambda: figures.gradient_norms([1, 2], 3, ["a"]),
        "norms: expected a list of arrays, got 3",
    ),
    (lambda: figures.heatmap({"a": "b"}), r"values\['a'\]: expected an array"),
    (lambda: figures.hidden_states(3, STATES), "text: expected a string, got 3"),
    (
        lambda: figures.hidden_states("abc", np.ones((3, 2)), labels=3),
        "labels: expected a list of 2 labels",
    ),
    (
        lambda: figures.hidden_states("abc", np.ones((3, 2)), [0.5]),
        "units: expected an array of integers",
    ),
    (lambda: figures.bars({"a": "x"}), r"values\['a'\]: expected an array"),
    (
        lambda: figures.bars({"a": 1.0}, reference={"b": None}),
        r"reference\['b'\]: expected a finite number",
    ),
]

WRONG_VALUE = [
    (lambda: figures.loss_curve({}), r"series: expected a dict .* not empty, got \{\}"),
    (
        lambda: figures.loss_curve({"a": ([1, 2], [1.0])}),
        r"values of series\['a'\]: expected shape \(2,\)",
    ),
    (
        lambda: figures.loss_curve({"a": ([1], [np.nan])}),
        r"values of series\['a'\]: expected finite",
    ),
    (
        lambda: figures.loss_curve({"a": ([1], [-1.0])}, ylog=True),
        r"series\['a'\]: .* above 0, got -1",
    ),
    (
        lambda: figures.loss_curve({"a": ([0], [1.0])}, xlog=True),
        r"steps of series\['a'\]: .* above 0, got 0",
    ),
    (
        lambda: figures.loss_curve(PAIR, smooth=0),
        "smooth: expected an integer of at least 1, got 0",
    ),
    (
        lambda: figures.loss_curve(PAIR, ylim=(2, 1)),
        r"ylim: expected \(low, high\) with low < high",
    ),
    (
        lambda: figures.loss_curve(PAIR, height=0),
        "height: expected a finite number above 0, got 0",
    ),
    (
        lambda: figures.gradient_norms([1, 2], [[1.0]], ["a"]),
        r"norms\[0\]: expected shape \(2,\)",
    ),
    (
        lambda: figures.gradient_norms([1], [[-1.0]], ["a"]),
        r"norms\[0\]: .* at least 0, got -1",
    ),
    (
        lambda: figures.gradient_norms([1], [[1.0]], ["a", "b"]),
        "labels: expected 1 labels, got 2",
    ),
    (
        lambda: figures.gradient_norms([1], [[1.0]], ["a"], bound=[0.0]),
        "bound 'bound': .* above 0, got 0",
    ),
    (
        lambda: figures.cosine_curve([1], {"a": [1.5]}),
        r"cosines\['a'\]: expected numbers from -1 to 1, got 1.5",
    ),
    (
        lambda: figures.cosine_curve([0], {"a": [1.0]}, xlog=True),
        "x: expected numbers above 0, got 0",
    ),
    (
        lambda: figures.error_curve([0.0], {"a": [1.0]}),
        "steps: expected numbers above 0, got 0",
    ),
    (
        lambda: figures.error_curve([1.0], {"a": [-1.0]}),
        r"errors\['a'\]: expected numbers of at least 0",
    ),
    (
        lambda: figures.error_curve([1.0], {"a": [1.0]}, floor=0),
        "floor: expected a finite number above 0",
    ),
    (
        lambda: figures.error_curve([1.0], {"a": [1.0]}, guides={"g": [1, 2]}),
        r"guides\['g'\]: expected shape",
    ),
    (lambda: figures.heatmap([1.0, 2.0]), r"values: expected shape \(R, C\)"),
    (lambda: figures.heatmap(np.eye(2), ["a"]), "xlabels: expected 2 labels, got 1"),
    (lambda: figures.heatmap(np.eye(2), limits=(0, 0)), "limits: expected"),
    (
        lambda: figures.hidden_states("", STATES),
        "text: expected a string of at least 1 character",
    ),
    (
        lambda: figures.hidden_states("a" * 81, STATES),
        "text: expected at most 80 characters, got 81",
    ),
    (
        lambda: figures.hidden_states("abc", np.ones((4, 2))),
        r"hs: expected shape \(3, H\).*got \(4, 2\)",
    ),
    (
        lambda: figures.hidden_states("abc", np.ones((3, 2)), labels=["i"]),
        "labels: expected 2 labels, got 1",
    ),
    (
        lambda: figures.hidden_states("abc", np.ones((3, 2)), [2]),
        "units: expected integers from 0 to 1, got 2",
    ),
    (
        lambda: figures.text_activation("abc", [1.0]),
        r"values: expected shape \(3,\), got \(1,\)",
    ),
    (
        lambda: figures.text_activation("a", [1.0], width=91),
        "width: expected at most 90 characters, got 91",
    ),
    (lambda: figures.spectrum([]), r"eigenvalues: expected shape \(n,\)"),
    (
        lambda: figures.spectrum({k: [1.0] for k in "abcd"}),
        "eigenvalues: expected at most 3 panels, got 4",
    ),
    (
        lambda: figures.bars({"a": 0.0}, log=True),
        r"values\['a'\]: expected numbers above 0, got 0",
    ),
    (
        lambda: figures.distribution("ab", [0.5, 0.4]),
        "probabilities: expected a sum of 1 .* got 0.9",
    ),
    (
        lambda: figures.distribution("ab", [1.5, -0.5]),
        "probabilities: expected numbers of at least 0, got -0.5",
    ),
    (
        lambda: figures.distribution("abc", [0.5, 0.5]),
        "labels: expected 2 labels, got 3",
    ),
    (
        lambda: figures.distribution("ab", [0.5, 0.5], titles=["a", "b"]),
        "titles: expected 1 labels, got 2",
    ),
]


CASES = [(call, TypeError, text) for call, text in WRONG_KIND] + [
    (call, ValueError, text) for call, text in WRONG_VALUE
]


@pytest.mark.parametrize(("call", "error", "message"), CASES, ids=range(len(CASES)))
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_every_chart_is_in_the_tables_above():
    charts = {"charts", "curves", "logcurves", "matrices", "states"}
    names = set(figures.__all__) - {"style"}
    names = {
        name
        for name in names
        if getattr(figures, name).__module__.rpartition(".")[2] in charts
    }
    assert len(names) == 10
    assert {name.partition(",")[0] for name in FIGURES} == names
