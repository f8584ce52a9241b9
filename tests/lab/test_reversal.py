"""Strings to be written backwards: what is drawn, what counts as right, and the windows
that see a strip of digits.
"""

import numpy as np
import pytest

from rnntutor.lab import reversal
from rnntutor.lab.pictures import digit_images, digit_strips, window_batches, windows

LENGTHS = np.array([3, 1, 5, 4])


def test_each_answer_is_the_string_backwards(rng):
    pairs = reversal.reversals(LENGTHS, rng)
    assert pairs.sources.shape == (5, 4) and pairs.targets.shape == (6, 4)
    np.testing.assert_array_equal(pairs.lengths, LENGTHS)
    for b, n in enumerate(LENGTHS):
        string = pairs.sources[:n, b]
        assert (string > 0).all() and (pairs.sources[n:, b] == reversal.END).all()
        np.testing.assert_array_equal(pairs.targets[:n, b], string[::-1])
        np.testing.assert_array_equal(pairs.inputs[1 : n + 1, b], string[::-1])
        assert pairs.targets[n, b] == pairs.inputs[0, b] == reversal.END
        assert pairs.mask[:, b].sum() == n + 1
        text = reversal.string(pairs.sources[:, b])
        assert reversal.string(pairs.targets[:, b]) == text[::-1] and len(text) == n
    assert set(np.unique(reversal.reversals(np.full(500, 9), rng).sources)) == set(
        range(1, reversal.V)
    )


def test_a_batch_is_as_long_as_its_longest(rng):
    pairs = reversal.reversals(LENGTHS, rng)
    (sources, inputs), targets, masks = pairs.take([0, 1])
    assert sources.shape == (3, 2) and inputs.shape == targets.shape == (4, 2)
    assert masks["mask"].sum() == 6 and masks["source_mask"].sum() == 4
    assert len(pairs.batches(2, rng)) == 2


def test_right_is_the_string_and_its_end(rng):
    pairs = reversal.reversals(np.array([2, 2, 2, 2]), rng)
    said = np.vstack([pairs.targets, np.zeros((1, 4), int)])
    assert reversal.right(said, pairs).all()
    assert reversal.right(said[:3], pairs).all()
    said[2, 0] = 5  # runs on
    said[0, 1] = 1 + said[0, 1] % (reversal.V - 1)  # a wrong letter
    said[1, 2] = reversal.END  # ends too soon
    said[3, 3] = 7  # writes something behind its end: cannot be, and is not right
    assert reversal.right(said, pairs).tolist() == [False] * 4
    assert not reversal.right(pairs.targets[:1], pairs).any()


def test_a_window_moves_over_the_strip(rng):
    strips = digit_strips(digit_images().test, 6, rng, dtype=float)
    seen = windows(strips.images)
    pictures = strips.images.reshape(6, 8, 32)
    assert seen.shape == (13, 6, 64)
    for place in range(13):
        expected = pictures[:, :, 2 * place : 2 * place + 8].reshape(6, 64)
        np.testing.assert_array_equal(seen[place], expected)
    assert windows(strips.images, 4).shape == (7, 6, 64)
    (xs, inputs), targets, masks = next(iter(window_batches(strips, 3, rng, 4)))
    assert xs.shape == (7, 3, 64) and inputs.shape == targets.shape
    assert masks["mask"].any(axis=1).all()


def test_arguments_that_cannot_be(rng):
    with pytest.raises(ValueError, match=r"^lengths: expected at least 1, got 0"):
        reversal.reversals(np.array([2, 0]), rng)
    with pytest.raises(TypeError, match=r"^rng: expected a numpy\.random\.Generator"):
        reversal.reversals(LENGTHS, "a")
    with pytest.raises(ValueError, match=r"^images: expected shape \(N, 256\)"):
        windows(np.zeros((2, 64)))
    with pytest.raises(ValueError, match=r"^stride: expected an integer of at least"):
        windows(np.zeros((2, 256)), 0)
    with pytest.raises(TypeError, match=r"^strips: expected Strips, got ndarray"):
        window_batches(np.zeros((2, 256)), 1, rng)
