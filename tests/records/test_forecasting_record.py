"""The record of `benchmarks/forecasting.py` belongs to the code as it is, its settings
are the best on the part held out, and it shows what the chapter says.
"""

import numpy as np
import pytest
from recorded import content_of

from rnntutor.lab import forecasting as fc

CONTENT = content_of("forecasting")
KEPT = fc.Results()
PLAIN = {"alone": False, "changes": False}


@pytest.fixture
def code(script):
    return script("forecasting")


def test_learning_again_gives_the_first_losses(code):
    for way, losses in code["first_losses"]().items():
        assert losses == pytest.approx(CONTENT["first_losses"][way], rel=1e-3), way


def test_the_record_is_whole(code):
    assert CONTENT["settings"] == code["SETTINGS"]
    for net in code["NETS"]:
        how = {name: net[name] for name in net if name not in ("data", "way")}
        runs = KEPT.runs(net["data"], net["way"], **how)
        assert [run["seed"] for run in runs] == list(code["SEEDS"])
        assert len({(run["H"], run["lr"]) for run in runs}) == 1


def test_settings_are_the_best_on_the_part_held_out(code):
    for net in code["NETS"]:
        tried = [
            row
            for row in CONTENT["tried"]
            if all((PLAIN | row)[k] == v for k, v in (PLAIN | net).items())
        ]
        best = min(tried, key=lambda row: row["valid"])
        how = {name: net[name] for name in net if name not in ("data", "way")}
        run = KEPT.runs(net["data"], net["way"], **how)[0]
        assert (run["H"], run["lr"]) == (best["H"], best["lr"])
        rates = {row["lr"] for row in tried if row["H"] == tried[0]["H"]}
        assert min(rates) < best["lr"] < max(rates)  # it lies between others


def test_seeds_that_chose_nothing_are_reported(code):
    assert code["VALID"] not in code["SEEDS"]
    assert all("test" not in row and "intervals" not in row for row in CONTENT["tried"])


def test_the_simple_ones_are_what_they_were(code):
    found = code["simple"](code["task_of"]("traffic"))
    assert found == CONTENT["simple"]["traffic"]


def test_a_net_that_is_not_on_record_is_named():
    with pytest.raises(LookupError, match="no net on record is"):
        KEPT.runs("traffic", "by heart")


# CLAIMS
