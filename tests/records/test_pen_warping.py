"""What the nets on full strokes are held against: the points of a digit, the search for
the nearest, the choice of settings, and the record.
"""

import numpy as np
import pytest
from recorded import content_of

from rnntutor.lab.digits.unipen import Segment, features
from rnntutor.lab.digits.warping import warping_distances


@pytest.fixture
def script(script):
    """What the script defines."""
    pytest.importorskip("numba")
    return script("pen_warping")


def test_the_points_of_a_digit(script):
    """Two strokes of a square; the pen is lifted along its upper side."""
    square = np.array([(0, 0), (0, 4), (4, 4), (4, 0)], float)
    one = features(Segment("0", 1, (square[:2], square[2:])))
    by_way = script["resampled"](one, 7, "way", 0.5, 2.0)
    np.testing.assert_allclose(
        by_way,
        [
            (-1, -1, 0, 0.5, 0),
            (-1, 0, 0, 0.5, 0),
            (-1, 1, 0.5, 0, 2),
            (0, 1, 0.5, 0, 2),
            (1, 1, 0, -0.5, 0),
            (1, 0, 0, -0.5, 0),
            (1, -1, 0, -0.5, 0),
        ],
        atol=1e-12,
    )
    by_points = script["resampled"](one[[0, 1, 1, 1, 2, 3]], 6, "points", 0.0, 0.0)
    np.testing.assert_allclose(by_points[:, :2], one[[0, 1, 1, 1, 2, 3], :2])


@pytest.mark.parametrize("band", [0, 1, 3, 8])
def test_the_nearest_is_the_one_of_the_package(script, rng, band):
    known = rng.normal(size=(60, 8, 3)).cumsum(axis=1)
    queries = rng.normal(size=(20, 8, 3)).cumsum(axis=1)
    found = script["nearest_by_warping"](known, queries, band)
    across = known.swapaxes(0, 1)
    right = [warping_distances(one, across, band).argmin() for one in queries]
    assert found.tolist() == right


def test_every_setting_is_moved_as_long_as_it_helps(script):
    grids = script["GRIDS"]
    wanted = {"band": 0.25, "lifted": 0.0, "direction": 1.0, "along": "points", "n": 32}

    def right_at(settings):
        off = sum(
            abs(grids[name].index(settings[name]) - grids[name].index(value))
            for name, value in wanted.items()
        )
        return 90 - off

    assert script["chosen"](right_at) == wanted | {"copies": 0, "jitter": 0.0}


def test_the_record_agrees_with_itself(script):
    content = content_of("pen-warping")
    assert content["held_out"] == 1499
    plain = [row for row in content["tried"] if not row["copies"]]
    chosen = [row for row in plain if row.items() >= content["settings"].items()]
    best = max(row["accuracy"] for row in plain)
    assert [row["accuracy"] for row in chosen] == [best]
    test = content["test"]
    assert test.items() >= content["settings"].items()
    share = 100 * (1 - len(test["wrong"]) / 3498)
    assert test["accuracy"] == pytest.approx(share, abs=1e-3)


def test_it_is_level_with_the_better_net_as_the_chapter_says():
    right, nets = content_of("pen-warping")["test"]["accuracy"], {}
    for net, runs in content_of("pen-strokes")["nets"].items():
        nets[net] = [run["accuracy"] for run in runs["seeds"].values()]
    assert min(nets["both ways"]) < right < max(nets["both ways"])
    assert right > max(nets["forward"])
