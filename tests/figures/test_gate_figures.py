"""The figures of the cells with gates: the LSTM forward, one equation of it, backward;
the ways from memory to memory; the GRU.
"""

import pytest
from looks import assert_apart, assert_settings_come_back, parts, within
from matplotlib.colors import to_rgba

from rnntutor import figures
from rnntutor.figures.style import COLORS

FIGURES = {
    "lstm": figures.lstm_unit,
    **{f"equation {k}": lambda k=k: figures.lstm_unit(k) for k in (1, 2, 3, 4)},
    "backward": figures.lstm_backward,
    "paths": figures.memory_paths,
    "gru": figures.gru_unit,
}
ORANGE = to_rgba(COLORS["orange"])


def lines(figure, color):
    """The arrows of a color, as rounded coordinates of their two ends."""
    _, _, arrows = parts(figure)
    return [
        tuple(arrow.get_path().vertices[[0, -1]].round(1).ravel())
        for arrow in arrows
        if arrow.get_edgecolor() == to_rgba(COLORS[color])
    ]


def bold(figure):
    """The labels that are written in ink."""
    texts, _, _ = parts(figure)
    return {one.get_text() for one in texts if one.get_color() == COLORS["ink"]}


@pytest.mark.parametrize("name", FIGURES)
def test_texts_lie_apart_and_labels_inside_their_shapes(name):
    figure = FIGURES[name]()
    texts, shapes, _ = parts(figure)
    assert_apart(
        [(text.get_text(), text.get_window_extent()) for text in texts], figure.bbox
    )
    labels = [text for text in texts if text.get_gid()]
    assert len(labels) >= 6
    for text in labels:
        box = shapes[text.get_gid()].get_window_extent()
        assert within(text.get_window_extent(), box), text.get_text()


@pytest.mark.parametrize("name", ["lstm", "equation 3", "backward", "paths", "gru"])
def test_the_callers_settings_come_back_and_do_not_show(name):
    assert_settings_come_back(FIGURES[name])


@pytest.mark.parametrize(
    ("step", "taken"),
    [
        (1, {"$f_t$", "$i_t$", "$o_t$", "$x_t$", "$h_{t-1}$"}),
        (2, {"$g_t$", "$x_t$", "$h_{t-1}$"}),
        (3, {"$c_{t-1}$", "$f_t$", "$i_t$", "$g_t$", "$c_t$"}),
        (4, {"$o_t$", "$c_t$", "$h_t$"}),
    ],
)
def test_an_equation_lights_what_it_takes_and_makes(step, taken):
    symbols = {"$c_{t-1}$", "$h_{t-1}$", "$x_t$", "$c_t$", "$h_t$"}
    symbols |= {f"${name}_t$" for name in "ifgo"}
    assert bold(figures.lstm_unit(step)) & symbols == taken
    assert symbols <= bold(figures.lstm_unit())


def test_backward_every_arrow_is_turned_round():
    forward = figures.lstm_unit()
    ahead = [
        line for color in ("ink", "purple", "blue") for line in lines(forward, color)
    ]
    back = lines(figures.lstm_backward(), "orange")
    assert len(back) == len(ahead) == 24
    assert not lines(figures.lstm_backward(), "ink")
    # an arrow stops a little short of where it points to
    for x0, y0, x1, y1 in ahead:
        assert any(
            max(abs(x0 - u1), abs(y0 - v1), abs(x1 - u0), abs(y1 - v0)) < 0.25
            for u0, v0, u1, v1 in back
        )


def test_backward_each_factor_and_each_adjoint_stands_there():
    texts, _, _ = parts(figures.lstm_backward())
    said = [text.get_text() for text in texts]
    for factor in ("$c_{t-1}$", "$g_t$", "$i_t$", "$o_t$", "$f_t$"):
        assert said.count(factor) == 2  # the value, and the factor beside an arrow
    assert {"$u_t$", "$1-u_t^2$", "$1-g_t^2$"} <= set(said)
    adjoints = {text.get_text() for text in texts if text.get_color() == ORANGE[:3]}
    orange = {t.get_text() for t in texts if t.get_color() == COLORS["orange"]}
    assert adjoints | orange == {r"$\delta_t$"} | {f"$d{n}_t$" for n in "caifgou"}


def test_one_way_is_direct_and_the_other_has_five_arrows():
    _, _, arrows = parts(figures.memory_paths())
    dashed = [arrow.get_linestyle() != "-" for arrow in arrows
              if arrow.get_edgecolor() == ORANGE]  # fmt: skip
    assert sorted(dashed) == [False] + 5 * [True]


@pytest.mark.parametrize("step", [0, 5])
def test_only_equations_that_there_are(step):
    with pytest.raises(ValueError, match=r"^step: expected an integer"):
        figures.lstm_unit(step)
