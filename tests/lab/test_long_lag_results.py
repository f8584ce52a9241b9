"""The record of the long-lag trials, as chapter 10 reads it."""

import numpy as np
import pytest

from rnntutor.lab.long_lags.results import Results, summary


def trial(net, seed, ended, sequences, **more):
    row = {"task": "adding", "net": net, "clip": True, "seed": seed, "lr": 0.1}
    return row | {"ended": ended, "sequences": sequences, "error": 0.1} | more


@pytest.fixture
def results():
    return Results(
        {
            "settings": {"adding": {}},
            "nets": {"GRU": None, "LSTM": None},
            "sweep": {"rates": {"adding": [0.1, 0.01]}},
            "tried": [
                trial("GRU", 100, "solved", 10),
                trial("GRU", 101, "solved", 20),
                trial("GRU", 100, "limit", 90, lr=0.01),
            ],
            "trials": [
                trial("GRU", 0, "solved", 600),
                trial("GRU", 1, "limit", 9000, error=0.4),
                trial("GRU", 2, "solved", 1280),
                trial("GRU", 0, "solved", 7, clip=False),
            ],
            "guesses": [trial("GRU", 0, "solved", 0, draws=3)],
        }
    )


def test_what_each_trial_took(results):
    took = results.took("adding", "GRU")
    np.testing.assert_array_equal(took, [600, np.nan, 1280])
    assert summary(took) == " 2 of 3      940 (600–1,280)"
    np.testing.assert_array_equal(results.took("adding", "GRU", clip=False), [7])
    assert len(results.took("adding", "LSTM")) == 0
    np.testing.assert_array_equal(results.drawn("adding", "GRU"), [3])
    np.testing.assert_array_equal(results.errors("adding", "GRU"), [0.4])
    assert summary(np.array([np.nan])) == " 0 of 1"


def test_how_many_were_solved_at_each_rate(results):
    assert results.solved_at("adding", "GRU") == {0.1: 2, 0.01: 0}


def test_the_record_of_the_book_is_read():
    results = Results()
    assert results.tasks[0] == "embedded Reber" and "LSTM, guarded" in results.nets
    assert len(results.took("adding", "RNN")) == 10
