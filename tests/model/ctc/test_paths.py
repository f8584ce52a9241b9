"""What a path reads as, the likeliest path, and the likeliest of given labels, against
all paths written out.
"""

import math

import numpy as np
import pytest
from every_path import every_path, reads_as

from rnntutor.model.ctc import align, best_path, collapse, forward_backward

T, V = 5, 4
LABELS = [[0, 1, 2], [1, 1], [], [2], [0, 0, 1]]
MASK = np.arange(T)[:, None] < [5, 4, 3, 1, 4]
MASK[1, 1], MASK[4, 1] = False, True


@pytest.fixture
def ys_raw(rng):
    return 2 * rng.standard_normal((T, len(LABELS), V))


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ([], []),
        ([9], []),
        ([0], [0]),
        ([9, 9, 1, 1, 9, 1, 2, 2, 9], [1, 1, 2]),
        ([3, 3, 4, 3], [3, 4, 3]),
    ],
)
def test_what_a_path_reads_as(path, labels):
    assert collapse(path, 9).tolist() == labels
    assert collapse(np.array(path, int), 9).dtype == np.int64


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_the_likeliest_path(ys_raw, mask):
    found = best_path(ys_raw, mask)
    assert len(found) == len(LABELS)
    for b, labels in enumerate(found):
        there = slice(None) if mask is None else mask[:, b]
        path, _ = max(every_path(ys_raw[there, b].tolist()), key=lambda one: one[1])
        assert tuple(labels) == reads_as(path, V - 1)


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_the_likeliest_path_of_given_labels(ys_raw, mask):
    found = align(ys_raw, LABELS, mask)
    for b, labels in enumerate(LABELS):
        there = np.ones(T, bool) if mask is None else mask[:, b]
        ways = every_path(ys_raw[there, b].tolist())
        ways = [one for one in ways if reads_as(one[0], V - 1) == tuple(labels)]
        path, p = max(ways, key=lambda one: one[1])
        assert tuple(found.path[there, b]) == path
        assert math.isclose(found.log_ps[b], math.log(p), rel_tol=1e-13)
        assert (found.path[~there, b] == -1).all()
        assert (found.places[~there, b] == -1).all()
        # each label has steps of its own, in their order
        places = found.places[there, b]
        named = [v for v, s in zip(path, places, strict=True) if s % 2]
        assert named == [labels[s // 2] for s in places if s % 2]
        assert sorted({s // 2 for s in places if s % 2}) == list(range(len(labels)))
        assert (np.diff(places) >= 0).all()
    assert (found.log_ps <= forward_backward(ys_raw, LABELS, mask).log_ps).all()


def test_labels_that_fill_every_step(rng):
    """There is but one path."""
    ys_raw = rng.standard_normal((5, 1, V))
    found = align(ys_raw, [[0, 0, 1, 2]])
    assert found.path[:, 0].tolist() == [0, 3, 0, 1, 2]
    assert found.places[:, 0].tolist() == [1, 2, 3, 5, 7]
    log_p = forward_backward(ys_raw, [[0, 0, 1, 2]]).log_ps
    np.testing.assert_allclose(found.log_ps, log_p, rtol=1e-14)
