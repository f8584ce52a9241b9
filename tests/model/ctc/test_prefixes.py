"""Prefix search against all readings of short sequences."""

import math

import numpy as np
import pytest
from every_path import every_reading

from rnntutor.model.ctc import best_path, forward_backward, prefix_search


@pytest.mark.parametrize(("T", "V"), [(1, 3), (4, 3), (5, 2), (4, 4)])
def test_a_beam_that_holds_everything_finds_every_reading(T, V, rng):
    ys_raw = 2 * rng.standard_normal((T, 2, V))
    found = prefix_search(ys_raw, V**T)
    for b, beam in enumerate(found):
        want = every_reading(ys_raw[:, b].tolist())
        ranked = sorted(want, key=want.get, reverse=True)
        assert [tuple(one.labels) for one in beam[: len(want)]] == ranked
        for one in beam[: len(want)]:
            assert math.isclose(math.exp(one.log_p), want[tuple(one.labels)])
        # what is too long for its steps has no probability
        assert all(one.log_p == -math.inf for one in beam[len(want) :])


def test_probabilities_are_those_of_the_loss(rng):
    ys_raw = rng.standard_normal((6, 3, 4))
    mask = np.arange(6)[:, None] < [6, 2, 0]
    for b, beam in enumerate(prefix_search(ys_raw, 10_000, mask)):
        for one in beam[:5]:
            if one.log_p > -math.inf:
                log_ps = forward_backward(
                    ys_raw[:, b : b + 1], [one.labels], mask[:, b : b + 1]
                ).log_ps
                assert math.isclose(one.log_p, log_ps[0], rel_tol=1e-13, abs_tol=1e-14)
    assert [one.labels.tolist() for one in beam] == [[]] and beam[0].log_p == 0


@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_narrow_beam_gives_lower_bounds(width, rng):
    ys_raw = rng.standard_normal((7, 4, 4))
    for b, beam in enumerate(prefix_search(ys_raw, width)):
        assert len(beam) == width
        scores = [one.log_p for one in beam]
        assert scores == sorted(scores, reverse=True)
        for one in beam:
            log_p = forward_backward(ys_raw[:, b : b + 1], [one.labels]).log_ps[0]
            assert one.log_p <= log_p + 1e-13
        assert len({tuple(one.labels) for one in beam}) == width


def test_many_paths_may_outweigh_the_likeliest():
    """The blank twice has 0.36, the label in any of the three other ways 0.64."""
    ys_raw = np.log([[[0.4, 0.6]], [[0.4, 0.6]]])
    assert best_path(ys_raw)[0].tolist() == []
    best, other = prefix_search(ys_raw, 2)[0]
    assert best.labels.tolist() == [0] and math.isclose(math.exp(best.log_p), 0.64)
    assert other.labels.tolist() == [] and math.isclose(math.exp(other.log_p), 0.36)
