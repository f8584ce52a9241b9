"""Dynamic time warping against every way to lay two sequences side by side."""

import numpy as np
import pytest

from rnntutor.lab.digits.warping import warping_distances


def every_way(T, S, band):
    """All walks from (0, 0) to (T − 1, S − 1) that never turn back, within the band."""

    def on(i, j):
        if i >= T or j >= S or abs(i - j) > band:
            return
        if (i, j) == (T - 1, S - 1):
            yield [(i, j)]
        for di, dj in ((1, 1), (1, 0), (0, 1)):
            for rest in on(i + di, j + dj):
                yield [(i, j), *rest]

    return list(on(0, 0))


@pytest.mark.equation("eq-warping")
@pytest.mark.parametrize(("T", "S"), [(1, 1), (1, 4), (4, 4), (5, 3), (4, 6)])
@pytest.mark.parametrize("band", [None, 2, 3])
def test_the_distance_is_the_smallest_over_every_way(rng, T, S, band):
    if band is not None and band < abs(T - S):
        pytest.skip("the ends would not meet")
    query, many = rng.normal(size=(T, 2)), rng.normal(size=(S, 3, 2))
    found = warping_distances(query, many, band)
    ways = every_way(T, S, 9 if band is None else band)
    for n, distance in enumerate(found):
        sums = [
            sum(((query[i] - many[j, n]) ** 2).sum() for i, j in way) for way in ways
        ]
        assert distance == pytest.approx(min(sums), rel=1e-14)


def test_of_a_longer_pair_by_the_recursion_in_plain_python(rng):
    query, one = rng.normal(size=(30, 3)), rng.normal(size=(27, 3))
    sums = {(-1, -1): 0.0}
    for i in range(30):
        for j in range(27):
            came = min(
                sums.get(at, np.inf) for at in ((i - 1, j - 1), (i - 1, j), (i, j - 1))
            )
            sums[i, j] = came + ((query[i] - one[j]) ** 2).sum()
    (found,) = warping_distances(query, one[:, None])
    assert found == pytest.approx(sums[29, 26], rel=1e-13)


def test_a_band_of_nothing_is_the_euclidean_distance(rng):
    query, many = rng.normal(size=(7, 2)), rng.normal(size=(7, 5, 2))
    squared = ((many - query[:, None]) ** 2).sum(axis=(0, 2))
    np.testing.assert_allclose(warping_distances(query, many, 0), squared, rtol=1e-14)


def test_a_pace_does_not_matter(rng):
    one = rng.normal(size=(6, 2))
    slower = np.repeat(one, [1, 3, 1, 2, 1, 4], axis=0)
    assert warping_distances(one, slower[:, None])[0] == 0
    assert warping_distances(slower, one[:, None])[0] == 0


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"query": np.ones(4)}, ValueError, r"query: expected shape \(T, D\)"),
        ({"query": "pen"}, TypeError, "query: expected an array of floating"),
        (
            {"sequences": np.ones((4, 2, 3))},
            ValueError,
            r"sequences: expected shape \(S, N, 2\)",
        ),
        ({"band": 0.5}, TypeError, "band: expected an integer"),
        ({"band": -1}, ValueError, "band: expected an integer of at least 0"),
        (
            {"sequences": np.ones((7, 2, 2)), "band": 2},
            ValueError,
            "band: expected at least 3 for 4 and 7 steps, got 2",
        ),
    ],
)
def test_what_it_cannot_use_is_refused(changed, error, message):
    right = {"query": np.ones((4, 2)), "sequences": np.ones((4, 3, 2)), "band": None}
    with pytest.raises(error, match=message):
        warping_distances(**right | changed)
