"""The results of `benchmarks/attention.py` are those of the present code, and say what
chapter 16 says.
"""

import numpy as np
import pytest
from recorded import content_of

from rnntutor.lab.records import arrays

CONTENT = content_of("attention")


@pytest.fixture
def code(script):
    """What the script defines."""
    return script("attention")


def over_seeds(task, net, what):
    """A row for each seed."""
    asked = task, net
    return np.array(
        [run[what] for run in CONTENT["trials"] if (run["task"], run["net"]) == asked]
    )


def at(n):
    """The place of a length among those tested."""
    return CONTENT["settings"]["strings"]["tested"].index(n)


def test_the_settings_are_those_of_the_script(code):
    assert CONTENT["settings"] == code["SETTINGS"]
    assert CONTENT["seeds"] == list(code["SEEDS"])
    found = {(run["task"], run["net"], run["seed"]) for run in CONTENT["trials"]}
    assert found == {
        (task, net, seed)
        for task, nets in code["NETS"].items()
        for one in nets
        for net in (one, code["VARIANTS"].get(one, one))
        for seed in code["SEEDS"][: 1 if net == "attention, no order" else None]
    }


def test_nets_of_a_task_are_of_one_size():
    for run in CONTENT["trials"]:
        most = CONTENT["settings"][run["task"]]["parameters"]
        assert 0.96 * most <= run["parameters"] <= most


def test_each_net_has_the_best_rate_of_those_tried(code):
    for task, nets in code["NETS"].items():
        for net in nets:
            tried = {
                run["lr"]: run["loss"]
                for run in CONTENT["tried"]
                if (run["task"], run["net"]) == (task, net)
            }
            best = min(tried, key=tried.get)
            rates = code["RATES"][task]
            i = rates.index(best)
            assert set(rates[max(0, i - 1) : i + 2]) <= set(tried)
            assert {
                run["lr"]
                for run in CONTENT["trials"]
                if run["net"] == net and run["task"] == task
            } == {best}


@pytest.mark.parametrize(
    ("task", "net"), [("strings", "dot"), ("captions", "attention")]
)
def test_a_training_begins_as_its_row_says(code, task, net):
    (row,) = [
        run
        for run in CONTENT["trials"]
        if (run["task"], run["net"], run["seed"]) == (task, net, 1)
    ]
    _, losses = code["trained"](task, net, 1, row["lr"], stop=3)
    np.testing.assert_allclose(losses, row["first_losses"][:3], rtol=1e-4)  # float32


def test_the_stored_net_has_its_size():
    rows = over_seeds("captions", "attention", "parameters")
    assert sum(array.size for array in arrays("attention").values()) == rows[0]


def test_one_vector_holds_less_than_attention_finds():
    fixed, longer, dot, additive = (
        over_seeds("strings", net, "right")
        for net in ("fixed vector", "fixed vector, longer", "dot", "additive")
    )
    assert (fixed[:, at(4)] > 0.97).all() and (fixed[:, at(16)] < 0.1).all()
    assert (longer[:, at(12)] > fixed[:, at(12)]).all()
    for net in (dot, additive):
        assert (net[:, : at(16) + 1] == 1).all()
        assert (net[:, at(16)] > longer[:, at(16)] + 0.2).all()
        assert (net[:, at(24)] < 0.05).all()  # nobody was trained there


def test_what_it_costs_to_be_fed_the_truth():
    own, true = (over_seeds("strings", "fixed vector", fed) for fed in ("own", "true"))
    assert (true[:, at(16)] - own[:, at(16)] > 0.15).all()
    assert np.abs(true[:, at(4)] - own[:, at(4)]).max() < 0.01


def test_a_beam_gains_where_greedy_writing_errs():
    beams = over_seeds("strings", "fixed vector", "beams").mean(axis=0)
    assert (beams[1:, 1] > beams[1:, 0] + 0.01).all()  # from 8 letters on


def test_captions_with_attention():
    before = [run["right"]["1"] for run in content_of("lrcn-captions")["runs"]]
    right = over_seeds("captions", "attention", "right")
    assert right.min() > max(before)
    lost = over_seeds("captions", "attention, no order", "right")
    heap = over_seeds("captions", "attention, no order", "any order")
    assert lost.max() < right.min() and (heap > lost + 0.1).all()
