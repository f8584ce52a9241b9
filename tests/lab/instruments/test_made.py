"""Instruments as Python makes them."""

import json
import re

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.figures.style import COLORS
from rnntutor.lab import instruments
from rnntutor.lab.instruments.lstm import small_lstm
from rnntutor.lab.instruments.shown import written
from rnntutor.lab.instruments.trace import traced
from rnntutor.lab.records import record


def small(T=3, D=2, H=3, V=2):
    rng = np.random.default_rng(0)
    params = rt.Model(rt.RNN("sigmoid"), D, H, V).init(rng)
    return params, rng.normal(size=(T, 1, D)), rng.integers(0, V, size=(T, 1))


def test_the_page_gets_what_was_given_rounded_once():
    params, xs, targets = small()
    made = instruments.rnn_stepper(params, xs, targets)
    (text,) = re.findall(r' given="([^"]*)"', made.markup())
    given = json.loads(text.replace("&quot;", '"'))
    assert given == made.given
    assert given["p"]["W_hh"] == params.cell.W_hh.round(6).tolist()
    assert given["xs"] == xs[:, 0].round(6).tolist()


def test_an_output_is_the_same_each_time_and_names_no_machine():
    first, second = (instruments.lstm_stepper()._repr_html_() for _ in range(2))
    assert first == second and not re.search(r"0x[0-9a-f]+|/(?:home|tmp)/", first)
    assert repr(instruments.lstm_stepper()) == "<lstm-stepper>"


def test_the_colors_are_those_of_the_figures():
    style = (instruments.ASSETS / "instruments.css").read_text(encoding="utf-8")
    colors = dict(re.findall(r"--(input|state|output|gradient): (#\w+);", style)[:4])
    assert colors == {
        "input": COLORS["teal"],
        "state": COLORS["blue"],
        "output": COLORS["purple"],
        "gradient": COLORS["orange"],
    }


def test_the_shares_of_a_trace_add_up():
    params, xs, targets = small(T=5)
    steps = traced(rt.Model(rt.RNN("sigmoid"), 2, 3, 2), params, xs, targets)
    assert sorted(steps) == [1, 2, 3, 4, 5] and not steps[5]["future"].any()
    for step in steps.values():
        assert np.allclose(step["own"] + step["future"], step["dh"], rtol=0, atol=1e-15)


def test_the_small_lstm_knows_its_line():
    letters, params, line = small_lstm()
    ids = np.array([letters.index(letter) for letter in line])
    net = rt.Model(rt.LSTM(), len(letters), 6, len(letters))
    xs = rt.one_hot(ids[:-1], len(letters))[:, None]
    assert np.array_equal(net.forward(params, xs).ys_raw[:, 0].argmax(-1), ids[1:])
    loss = net.loss(params, xs, ids[1:, None])
    assert loss == pytest.approx(record("small-lstm")["loss"], abs=1e-5)


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [(-0.004, 2, "0.00"), (-1.5, 1, "−1.5"), (0.0005, 3, "0.001"), (-0.0, 2, "0.00")],
)
def test_a_number_is_written_as_in_print(number, digits, text):
    assert written(number, digits) == text


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: instruments.leaky_sum(xs=(1,)), ValueError, "xs: expected two or three"),
        (lambda: instruments.leaky_sum(w="x"), TypeError, "w: expected"),
        (lambda: instruments.rnn_stepper(1, 2, 3), TypeError, "params: expected"),
        (lambda: instruments.rnn_stepper(*small()[:2], [[0]]), ValueError, "targets: expected"),
        (lambda: instruments.lstm_stepper(5), TypeError, "text: expected"),
        (lambda: instruments.rolling_origin(1), ValueError, "origins: expected"),
        (lambda: instruments.rolling_origin(701), ValueError, "origins: expected"),
        (lambda: instruments.rolling_origin(ahead=2), ValueError, "ahead: expected"),
        (lambda: instruments.look_up(query=(3, 0)), ValueError, "query: expected"),
        (lambda: instruments.look_up(keys=[[0, 0]], values=[1]), ValueError, "keys: expected two"),
        (lambda: instruments.look_up(there=(0,) * 5), ValueError, "there: expected"),
        (lambda: instruments.scan_stepper(add=[1, 2]), ValueError, "add: expected"),
        (lambda: instruments.scan_stepper(keep=[2] * 8), ValueError, "keep: expected"),
        (lambda: instruments.scan_stepper(step=9), ValueError, "step: expected"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named(make, error, words):
    with pytest.raises(error, match=words):
        make()
