"""The record of speed: whole, counted as it says, and what the book says of it is so."""

import itertools
import math

import numpy as np
import pytest
from recorded import content_of, names

from rnntutor import LSTM, RNN, Embedded, Model
from rnntutor.tree import leaves

NAMES = names("speed-2")
RECORDS = {name: content_of(name) for name in NAMES}
RECORD = RECORDS[NAMES[-1]]
FASTEST = "machine code, all cores"

each_cell = pytest.mark.parametrize("what", ["lstm", "rnn"])


def times(record, what, contender):
    """Milliseconds by shape."""
    return {
        tuple(row["shape"]): row["ms_median"]
        for row in record["rows"]
        if (row["what"], row["contender"]) == (what, contender)
    }


@pytest.mark.parametrize("name", NAMES)
@each_cell
def test_every_contender_ran_every_shape(name, what, script):
    speed, flops = script("speed"), script("speed_table")["flops"]
    contenders = [*speed["OURS"], *speed["OTHERS"]]
    for contender in contenders:
        assert list(times(RECORDS[name], what, contender)) == [
            tuple(shape) for shape in speed["SHAPES"]
        ]
    assert RECORDS[name]["rounds"] >= 5
    for row in RECORDS[name]["rows"]:
        assert (
            math.isfinite(row["ms_median"])
            and 0 < row["ms_min"] <= row["ms_median"] * 1.001
        )
        torch = times(RECORDS[name], row["what"], "PyTorch")[tuple(row["shape"])]
        assert row["ratio_to_torch"] == pytest.approx(torch / row["ms_median"])
        if row["what"] != "writing":
            nominal = flops(row["what"], *row["shape"])
            assert row["gflops"] == pytest.approx(nominal / row["ms_median"] / 1e6)


@pytest.mark.parametrize(("what", "cell"), [("lstm", LSTM()), ("rnn", RNN("tanh"))])
def test_operations_are_six_for_each_weight_that_is_multiplied(what, cell, script):
    V, D, H, T, B = 7, 3, 5, 4, 2
    params = Model(Embedded(cell, D), V, H, V).init(np.random.default_rng(0))
    weights = sum(leaf.size for name, leaf in leaves(params) if "W_" in name)
    assert script("speed_table")["flops"](what, V, D, H, T, B) == 6 * T * B * weights


def test_a_step_of_each_contender_of_this_package_trains(script):
    """All stages make the same step."""
    code = script("speed_steps")
    for name in code["OURS"]:
        if "machine" in name:
            pytest.importorskip("numba")
        code["STEPS"][name]("lstm", 7, 3, 4, 5, 2)()


def test_the_fastest_is_ahead_on_record():
    """What chapter 14 says of the frameworks."""
    everywhere = list(times(RECORD, "lstm", "PyTorch"))
    claims = {"PyTorch": everywhere} | dict.fromkeys(
        ("TensorFlow, graph", "TensorFlow, XLA", "JAX"), everywhere[1:]
    )
    for what, (other, shapes) in itertools.product(("lstm", "rnn"), claims.items()):
        ours, theirs = (times(RECORD, what, name) for name in (FASTEST, other))
        assert all(ours[shape] < theirs[shape] for shape in shapes), (what, other)
    for H, least in ((128, 5), (512, 2)):
        shape = (65, 64, H)
        writes, torch = (
            times(RECORD, "writing", name)[shape]
            for name in ("machine code", "PyTorch")
        )
        assert torch > least * writes
