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
        for net in nets
        for seed in code["SEEDS"]
    }


def test_nets_of_a_task_are_of_one_size():
    for run in CONTENT["trials"]:
        most = CONTENT["settings"][run["task"]]["parameters"]
        assert 0.97 * most <= run["parameters"] <= most


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
