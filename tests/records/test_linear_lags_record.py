"""The record of `benchmarks/linear_lags.py` is that of the present code."""

import numpy as np
import pytest
from recorded import content_of

from rnntutor.lab.long_lags import trials as long_lag_trials
from rnntutor.tree import size

CONTENT = content_of("linear-lags")


@pytest.fixture
def script(script):
    """What the script defines."""
    return script("linear_lags")


def test_the_ladder_begins_as_the_record_says(script):
    ladder = script["lstm_ladder"]
    lr, lag = ladder.SETTINGS["lr"][0], CONTENT["lags"][0]
    assert CONTENT["lags"] == ladder.SETTINGS["lags"] and CONTENT["H"] == script["H"]
    for row in CONTENT["rungs"]:
        assert np.shape(row["right"]) == (3, 5)
        if row["lag"] == lag:
            cell, start = script["build"](row["net"], lag)
            H = script["H"][row["net"]]
            losses, _ = ladder.train(cell, H, start, lag, lr, seed=0, updates=5)
            np.testing.assert_allclose(losses, row["first_losses"], rtol=1e-9)


def test_the_cells_have_about_the_parameters_of_the_others(script, rng):
    for name, H in script["H"].items():
        cell, _ = script["build"](name, 10)
        assert abs(size(cell.init(rng, 4, H)) - 336) <= 6


def test_the_trials_begin_as_the_record_says(script, monkeypatch):
    monkeypatch.setattr(long_lag_trials, "TEST", 2)
    seen = set()
    for row in CONTENT["trials"]:
        task, net = row["task"], row["net"]
        if (task, net) in seen:
            continue
        seen.add((task, net))
        limit = 5 * script["SETTINGS"][task]["B"]
        again = script["on_task"](task, net, row["seed"], row["lr"], limit=limit)
        assert again["parameters"] == row["parameters"]
        np.testing.assert_allclose(
            again["first_losses"], row["first_losses"], rtol=1e-9
        )
    assert seen == {
        (task, net) for task, nets in script["TASKS"].items() for net in nets
    }


def test_the_rates_are_those_that_did_best(script):
    for task, nets in script["TASKS"].items():
        for net in nets:
            tried = [
                row
                for row in CONTENT["tried"]
                if (row["task"], row["net"]) == (task, net)
            ]
            sweep = script["SWEEP"]
            by = sweep["seeds"]
            if script["undecided"]([row for row in tried if row["seed"] in by]):
                by = by + sweep["more_seeds"]
            assert len(tried) == len(sweep["rates"][task]) * len(by)
            assert CONTENT["rates"][task][net] == script["best_rates"](tried)[task][net]
            seeds = [
                row["seed"]
                for row in CONTENT["trials"]
                if (row["task"], row["net"]) == (task, net)
            ]
            assert seeds == CONTENT["seeds"]
