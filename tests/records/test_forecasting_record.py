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


def line(data, steps):
    return float(KEPT.other(data, "line", steps))


def test_an_hour_ahead_and_on_changes_the_net_is_level_with_the_line():
    for data, how in (("traffic", {}), ("co2", {"changes": True})):
        ratio = KEPT.nets(data, "one step", 1, **how) / line(data, 1)
        assert abs(ratio.mean() - 1) < 0.03
    ratio = KEPT.nets("co2", "one step", 52, changes=True) / line("co2", 52)
    assert ratio.min() < 1 < ratio.max()


def test_a_day_ahead_and_in_the_weather_the_net_is_behind():
    for data, way, steps in (
        ("traffic", "one step", 24),
        ("traffic", "direct", 24),
        ("traffic", "feedback", 24),
        ("weather", "one step", 1),
        ("weather", "one step", 7),
    ):
        assert (KEPT.nets(data, way, steps) > line(data, steps)).all()


def test_levels_that_rise_leave_the_net_far_behind_everything():
    worst = max(float(KEPT.other("co2", name, 1)) for name in CONTENT["simple"]["co2"])
    assert (KEPT.nets("co2", "one step", 1) > 3 * worst).all()


def test_the_three_ways_are_as_the_chapter_says():
    one, direct, feedback = (
        {K: KEPT.nets("traffic", way, K) for K in (1, 24)}
        for way in ("one step", "direct", "feedback")
    )
    assert one[1].max() < feedback[1].min() < direct[1].max()
    assert feedback[24].mean() < direct[24].mean()
    assert abs(feedback[24].mean() / one[24].mean() - 1) < 0.02
    ahead = np.median(KEPT.nets("traffic", "one step", 24, "ahead"), axis=0)
    assert (ahead[1:] > KEPT.other("traffic", "line", 24, "ahead")[1:]).all()
    recursive, own = (
        KEPT.nets("traffic", way, 24, "ahead").mean(axis=0)
        for way in ("one step", "feedback")
    )
    ratio = own / recursive
    assert (ratio[:8] > 1).all() and (ratio[8:23] < 0.995).all() and ratio.min() > 0.94


def test_the_intervals_are_as_the_chapter_says():
    same, by_hour = (
        CONTENT["intervals"][name] for name in ("one width", "by the hour")
    )
    nets = [run["intervals"] for run in KEPT.runs("traffic", "quantiles")]
    assert same["coverage"]["night"] > 0.98 and same["coverage"]["rush"] < 0.83
    lower = [one["pinball"] < by_hour["pinball"] - 0.1 for one in nets]
    assert sum(lower) == 4
    for at in ("all", "night", "rush"):
        mean = np.mean([one["coverage"][at] for one in nets])
        off = [abs(one["coverage"][at] - 0.9) for one in (same, by_hour)]
        assert abs(mean - 0.9) < min(off)
    width = np.mean([one["width"]["all"] for one in nets])
    assert by_hour["width"]["all"] < width < same["width"]["all"]
