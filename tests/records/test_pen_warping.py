"""What the nets on full strokes are held against: the points that the methods get, the
search for the nearest, the choice of settings, and the record.
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


def test_what_a_method_gets_of_a_digit(script):
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
    wanted = {"band": 0.25, "n": 16, "along": "points", "direction": 1.0, "lifted": 0.0}

    def right_at(settings):
        grids = script["GRIDS"]["warping"]
        off = sum(
            abs(grids[name].index(settings[name]) - grids[name].index(value))
            for name, value in wanted.items()
        )
        return 90 - off + settings["jitter"]

    best = script["chosen"]("warping", right_at)
    assert best == wanted | {"copies": 4, "jitter": 0.4}
    assert script["chosen"]("warping", lambda s: right_at(s) - s["copies"]) == (
        wanted | {"copies": 0, "jitter": 0.0}
    )


def test_the_record_agrees_with_itself(script):
    found = content_of("pen-warping")
    assert found["held_out"] == 1499
    assert list(found["methods"]) == list(script["GRIDS"])
    for method, one in found["methods"].items():
        own = [row for row in found["tried"] if row["method"] == method]
        chosen = [row for row in own if row.items() >= one["settings"].items()]
        assert chosen[0]["accuracy"] == max(row["accuracy"] for row in own)
        for row in one["seeds"]:
            assert row.items() >= one["settings"].items()
            share = 100 * (1 - len(row["wrong"]) / 3498)
            assert row["accuracy"] == pytest.approx(share, abs=1e-3)
