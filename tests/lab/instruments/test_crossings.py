"""Where the curve of a number that is fed back meets the diagonal."""

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.lab import instruments
from rnntutor.lab.instruments.fixed import crossings


@pytest.mark.parametrize("w", [0, 0.5, 2, 3.9, 4.1, 5, 10, 12])
@pytest.mark.parametrize("b", [-12, -7.5, -6.25, -5, -2.5, -1, 0, 4])
def test_they_are_all_the_places_that_a_fine_grid_finds(w, b):
    grid = np.r_[0, (np.arange(100_000) + 0.5) / 100_000, 1]
    above = rt.sigmoid(w * grid + b) > grid
    places = grid[:-1][above[1:] != above[:-1]]
    found = [h for h, _ in crossings(w, b)]
    assert found == pytest.approx(places, abs=2e-5)
    assert rt.sigmoid(w * np.array(found) + b) == pytest.approx(found, abs=1e-12)


def test_with_half_the_weight_as_bias_the_middle_is_one_of_three_above_4():
    for w, n in [(3.9, 1), (4.1, 3), (10, 3)]:
        found = crossings(w, -w / 2)
        assert len(found) == n
        assert any(h == pytest.approx(0.5) for h, _ in found)


def test_the_slope_tells_whether_a_state_nearby_comes_or_goes():
    for h, slope in crossings(10, -6.25):
        near = h + 1e-4
        after = rt.sigmoid(10 * near - 6.25)
        assert (abs(after - h) < 1e-4) == (slope < 1)


@pytest.mark.parametrize(
    "given",
    [{"w": 12.5}, {"w": 5, "b": 5}, {"w": 5, "h_0": -0.1}, {"w": 5, "steps": 0}],
)
def test_what_no_slider_reaches_is_refused(given):
    with pytest.raises(ValueError, match="expected"):
        instruments.fixed_points(**given)
