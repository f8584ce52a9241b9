"""The gradient over the lag, moved by keyboard, against the package."""

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.lab import instruments
from rnntutor.lab.instruments.lags import drawn, with_forget_bias
from rnntutor.lab.long_lags.spectral import spectral_radius

pytestmark = pytest.mark.site


def by_lag(cell, params, xs, part):
    """The length of one adjoint, from the last step back."""
    unrolled = rt.forward(cell, params, xs)
    dhs = np.zeros_like(unrolled.hs[1:])
    dhs[-1] = 1 / np.sqrt(12)
    steps = rt.backward_steps(cell, params, unrolled, dhs)
    return [np.linalg.norm(getattr(step.grads, part)) for step in steps]


def choose(page, radius=1.0, activation="tanh", start="gaussian", forget=1.0):
    page.locator("[name=activation]").select_option(activation)
    page.locator("[name=start]").select_option(start)
    for name, from_, to, step in [("radius", 1.0, radius, 0.05), ("forget", 1.0, forget, 0.25)]:  # fmt: skip
        page.locator(f"[name={name}]").focus()
        for _ in range(round(abs(to - from_) / step)):
            page.keyboard.press("ArrowRight" if to > from_ else "ArrowLeft")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"radius": 0.5, "forget": -1.0},
        {"radius": 2.5, "activation": "sigmoid", "forget": 6.0},
        {"radius": 1.5, "activation": "relu", "start": "orthogonal"},
        {"radius": 0.9, "start": "identity", "forget": 3.0},
    ],
)
def test_every_length_is_that_of_the_package(show, given):
    page = show(instruments.gradient_lags())
    choose(page, **given)
    full = {"radius": 1.0, "activation": "tanh", "start": "gaussian", "forget": 1.0} | given  # fmt: skip
    xs, rnn, lstm, starts = drawn(40, 0)
    rnn = rnn._replace(W_hh=full["radius"] * starts[full["start"]])
    wanted = {
        "RNN": by_lag(rt.RNN(full["activation"]), rnn, xs, "dh"),
        "LSTM": by_lag(rt.LSTM(), with_forget_bias(lstm, full["forget"]), xs, "dc"),
    }
    curves = page.evaluate("document.querySelector('gradient-lags').curves")
    for name, lengths in wanted.items():
        np.testing.assert_allclose(curves[name], lengths, rtol=1e-9)
        factor = (lengths[-1] / lengths[0]) ** (1 / 40)
        said = page.locator(".said").inner_text()
        assert f"{name}: each step back multiplies by about {factor:.2f}" in said
    # the line says what the table has at the last lag
    last = page.locator(".live tbody tr td:last-child").all_inner_texts()
    assert [said.count(f"the length is {one}.") > 0 for one in last] == [True] * 2


def test_an_rnn_stands_alone_where_the_chapter_has_no_lstm_yet(show):
    page = show(instruments.gradient_lags(radius=1.5, forget=None))
    assert "LSTM" not in page.locator("gradient-lags").inner_text()
    assert page.locator("[name=forget]").count() == 0
    curves = page.evaluate("document.querySelector('gradient-lags').curves")
    xs, rnn, _, starts = drawn(40, 0)
    rnn = rnn._replace(W_hh=1.5 * starts["gaussian"])
    wanted = by_lag(rt.RNN("tanh"), rnn, xs, "dh")
    np.testing.assert_allclose(curves["RNN"], wanted, rtol=1e-9)
    assert list(curves) == ["RNN"]


def test_a_curve_that_leaves_the_frame_goes_on_to_it(show):
    page = show(instruments.gradient_lags(radius=2.5, activation="relu", forget=-2.0))
    names = page.locator("svg text:is(.state, .gradient)").all_text_contents()
    assert names == ["RNN ↑", "LSTM ↓"]
    page = show(instruments.gradient_lags(activation="relu", start="identity"))
    assert page.locator("svg text.state").text_content() == "RNN: 0"


def test_a_larger_forget_bias_keeps_more(show):
    page = show(instruments.gradient_lags())
    left = []
    for bias in (-1, 1, 4):
        choose(page, forget=bias)
        left.append(
            page.evaluate("document.querySelector('gradient-lags').curves.LSTM[40]")
        )
        choose(page, forget=2 - bias)  # back to 1
    assert left[0] < left[1] < left[2]


def test_the_matrices_have_the_radius_that_the_slider_says():
    for name, W in drawn(40, 0)[3].items():
        assert spectral_radius(W) == pytest.approx(1.0, abs=3e-3), name


@pytest.mark.parametrize(
    "given", [{"start": "x"}, {"activation": "x"}, {"radius": 0}, {"lags": 3}]
)
def test_what_there_is_not_is_refused(given):
    with pytest.raises(ValueError, match="expected"):
        instruments.gradient_lags(**given)
