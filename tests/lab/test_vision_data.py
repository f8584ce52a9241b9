"""Clips and strips made to order: what they show, what stays out of them, and what
their labels say.
"""

import itertools

import numpy as np
import pytest

from rnntutor.lab.digits.datasets import scanned_digits
from rnntutor.lab.pictures import (
    ALPHABET,
    END,
    MOTIONS,
    NAMES,
    RETURNS,
    Clips,
    DigitImages,
    changes,
    digit_images,
    digit_of,
    digit_strips,
    frames,
    mean,
    motion_of,
    moving_digits,
    read_caption,
    shuffled,
    side_by_side,
)
from rnntutor.lab.pictures.clips import SIZE, STOPS
from rnntutor.lab.pictures.strips import COLUMNS, ROWS, SLOT

SPLIT = digit_images()
PLAIN = {"noise": 0.0, "jitter": 0, "dtype": np.float64}
DOTS = DigitImages(
    np.arange(1, 11)[:, None, None] * np.ones((10, 8, 8)), np.arange(10)
)  # told apart by shade


def test_the_three_parts_share_no_image():
    parts = [{image.tobytes() for image in part.images} for part in SPLIT]
    assert [len(part.labels) for part in SPLIT] == [3000, 823, 1797]
    assert (
        not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    )
    np.testing.assert_array_equal(SPLIT.test.labels, scanned_digits().test.labels)
    np.testing.assert_array_equal(
        SPLIT.test.images[5], scanned_digits().test.xs[:, 5] / 16
    )
    for images, labels in SPLIT:
        assert images.min() == 0 and images.max() == 1 and set(labels) == set(range(10))


def stops_of(clips):
    """Where the digit of each frame stands, as the number of its stop, (T, N); nothing
    else may be there.
    """
    frames = clips.xs.reshape(len(clips.xs), -1, SIZE, SIZE)
    places = np.full(frames.shape[:2], -1)
    for t, n in np.ndindex(places.shape):
        rows, columns = np.nonzero(frames[t, n])
        (places[t, n],) = np.flatnonzero(
            (STOPS == (rows.min(), columns.min())).all(axis=1)
        )
        assert (
            len(rows) == 64
            and (frames[t, n][frames[t, n] > 0] == clips.digits[n] + 1).all()
        )
    return places


def test_a_digit_goes_round_as_its_label_says(rng):
    clips = moving_digits(DOTS, 60, rng, **PLAIN)
    places, steps = stops_of(clips), np.array(list(MOTIONS.values()))
    np.testing.assert_array_equal(
        (places[1:] - places[:-1]) % 8, steps[clips.motions].T % 8
    )
    assert set(places[0]) == set(range(8)) and set(clips.motions) == set(range(4))
    np.testing.assert_array_equal(clips.labels, clips.digits * 4 + clips.motions)
    np.testing.assert_array_equal(digit_of(clips.labels), clips.digits)
    np.testing.assert_array_equal(motion_of(clips.labels), clips.motions)
    assert clips.xs.shape == (8, 60, 256) and Clips.CLASSES == 40 > clips.labels.max()
    np.testing.assert_array_equal(clips.targets, np.broadcast_to(clips.labels, (8, 60)))


def test_the_stops_go_round_clockwise():
    turns = STOPS - STOPS.mean(axis=0)
    # rows go down: a growing angle is clockwise
    angles = np.unwrap(np.arctan2(turns[:, 0], turns[:, 1]))
    assert (np.diff(angles) > 0).all() and angles[-1] - angles[0] < 2 * np.pi


def test_only_the_order_tells_the_motions_apart(rng):
    """All four show the same eight frames. So no one who does not know the order can
    tell them apart.
    """
    clips = moving_digits(DOTS, 40, rng, **PLAIN)
    for places in stops_of(clips).T:
        assert sorted(places) == list(range(8))


def test_there_and_back_shares_frames_and_pairs(rng):
    """A count of the stops, or of the steps between them, does not tell the two apart:
    only what stands farther apart does.
    """
    clips = moving_digits(DOTS, 60, rng, **PLAIN, motions=RETURNS)
    places, steps = stops_of(clips), np.array(list(RETURNS.values()))
    np.testing.assert_array_equal(
        np.diff(places, axis=0) % 8, steps[clips.motions].T % 8
    )
    assert set(clips.motions) == {0, 1} and clips.xs.shape == (9, 60, 256)
    counts = {
        motion: {
            (tuple(sorted(way)), tuple(sorted(itertools.pairwise(way))))
            for way in places.T[clips.motions == motion].tolist()
        }
        for motion in (0, 1)
    }
    assert counts[0] == counts[1] and len(counts[0]) == 8  # one for each start


def test_looks_show_what_they_say(rng):
    xs = rng.standard_normal((4, 3, 2))
    np.testing.assert_array_equal(frames(xs), xs)
    np.testing.assert_allclose(mean(xs)[0], sum(xs) / 4, rtol=0, atol=1e-15)
    for n in range(3):
        for t in range(3):
            np.testing.assert_array_equal(
                changes(xs)[t, n], [*xs[t, n], *(xs[t + 1, n] - xs[t, n])]
            )
        np.testing.assert_array_equal(side_by_side(xs)[0, n], xs[:, n].ravel())
    assert changes(xs).shape == (3, 3, 4) and side_by_side(xs).shape == (1, 3, 8)


def test_jitter_and_noise(rng):
    clips = moving_digits(DOTS, 500, rng, noise=0.0, dtype=np.float64)
    frames = clips.xs.reshape(8, 500, SIZE, SIZE) > 0
    assert (frames.sum(axis=(2, 3)) == 64).all()  # none leaves the canvas
    corners = np.stack(
        [frames.any(axis=axis).argmax(axis=-1) for axis in (3, 2)], axis=-1
    )
    off = (corners[:, :, None] - STOPS + 0).reshape(-1, 8, 2)
    nearest = off[np.arange(len(off)), np.abs(off).max(axis=-1).argmin(axis=-1)]
    assert {tuple(one) for one in nearest} == {
        (r, s) for r in (-1, 0, 1) for s in (-1, 0, 1)
    }
    blank = DigitImages(np.zeros((1, 8, 8)), np.zeros(1, int))
    noise = moving_digits(blank, 200, rng, noise=0.25).xs
    assert (
        noise.dtype == np.float32
        and abs(noise.std() - 0.25) < 0.005
        and abs(noise.mean()) < 0.005
    )


def test_shuffled_clips_show_the_same_in_another_order(rng):
    clips = moving_digits(DOTS, 300, rng, **PLAIN)
    mixed = shuffled(clips, rng)
    places, others = stops_of(clips), stops_of(mixed)
    np.testing.assert_array_equal(mixed.labels, clips.labels)
    np.testing.assert_array_equal(np.sort(others, axis=0), np.sort(places, axis=0))
    steps = (others[1:] - others[:-1]) % 8
    counts = np.bincount(steps.ravel(), minlength=8)[1:]
    assert counts.min() > 0.7 * counts.mean()  # every step about as often
    # each in an order of its own
    assert len({tuple(np.argsort(one)) for one in others.T}) > 250


def test_the_same_seed_gives_the_same_clips_and_strips():
    for make in (moving_digits, digit_strips):
        one, same, other = (
            make(SPLIT.valid, 20, np.random.default_rng(seed)) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(one[0], same[0])
        assert (one[0] != other[0]).any()


def test_a_strip_shows_what_its_caption_says(rng):
    strips = digit_strips(DOTS, 200, rng, noise=0.0, dtype=np.float64)
    lengths = set()
    for image, caption in zip(
        strips.images.reshape(-1, ROWS, COLUMNS), strips.captions, strict=True
    ):
        names = caption.split(" ")
        lengths.add(len(names))
        for slot in range(COLUMNS // SLOT):
            shown = image[:, slot * SLOT : (slot + 1) * SLOT]
            if slot < len(names):
                assert np.unique(shown[shown > 0]) == NAMES.index(names[slot]) + 1
                assert (shown > 0).sum() == 64
            else:
                assert not shown.any()
    assert lengths == {2, 3}


def test_inputs_are_the_targets_one_step_later(rng):
    strips = digit_strips(SPLIT.valid, 50, rng)
    assert (strips.inputs[0] == END).all() and ALPHABET[END] == "."
    np.testing.assert_array_equal(strips.inputs[1:], strips.targets[:-1])
    for column, kept, caption in zip(
        strips.targets.T, strips.mask.T, strips.captions, strict=True
    ):
        n = len(caption) + 1
        assert kept[:n].all() and not kept[n:].any()
        assert column[n - 1] == END and not (column[: n - 1] == END).any()
        assert "".join(ALPHABET[i] for i in column[: n - 1]) == caption
    assert strips.mask[-1].any()


def test_batches_go_through_everything_anew(rng):
    clips = moving_digits(SPLIT.valid, 10, rng)
    batches = clips.batches(3, rng)
    assert len(batches) == 3
    for xs, targets in batches:
        assert xs.shape == (8, 3, 256) and targets.shape == (8, 3)
        for b in range(3):
            (n,) = np.flatnonzero((clips.xs[0] == xs[0, b]).all(axis=1))
            assert (targets[:, b] == clips.labels[n]).all()
            np.testing.assert_array_equal(xs[:, b], clips.xs[:, n])
    for xs, targets in clips.batches(3, rng, alone=True):
        assert xs.shape == (1, 24, 256) and targets.shape == (1, 24)
        for t, b in np.ndindex(8, 3):
            (n,) = np.flatnonzero((clips.xs[t] == xs[0, 3 * t + b]).all(axis=1))
            assert targets[0, 3 * t + b] == clips.labels[n]
    strips = digit_strips(SPLIT.valid, 40, rng)
    for (images, inputs), targets, options in strips.batches(5, rng):
        T = options["mask"].sum(axis=0).max()
        assert inputs.shape == targets.shape == options["mask"].shape == (
            T,
            5,
        ) and images.shape == (5, 256)


WRONG = [
    (
        lambda: moving_digits(SPLIT, 1, RNG),
        r"digits: expected DigitImages, got DigitSplit",
    ),
    (
        lambda: moving_digits(SPLIT.test, 0, RNG),
        r"n: expected an integer of at least 1, got 0",
    ),
    (
        lambda: moving_digits(SPLIT.test, 1, None),
        r"rng: expected a numpy.random.Generator .*, got None",
    ),
    (
        lambda: moving_digits(SPLIT.test, 1, RNG, noise=-1),
        r"noise: expected .* of at least 0, got -1",
    ),
    (
        lambda: moving_digits(SPLIT.test, 1, RNG, jitter=2),
        r"jitter: expected 0 or 1, got 2",
    ),
    (
        lambda: moving_digits(SPLIT.test, 1, RNG, dtype=int),
        r"dtype: expected float32, .*, got int",
    ),
    (
        lambda: moving_digits(SPLIT.test, 1, RNG, motions=[1, 1]),
        r"motions: expected a dict of one to four motions, got",
    ),
    (
        lambda: moving_digits(SPLIT.test, 1, RNG, motions={"a": [1], "b": [1, 2]}),
        r"motions\['b'\]: expected shape \(1,\), got \(2,\)",
    ),
    (lambda: changes(np.ones(3)), r"xs: expected shape \(T, N, F\)"),
    (
        lambda: shuffled(np.ones((8, 1, 256)), RNG),
        r"clips: expected Clips, got ndarray",
    ),
    (
        lambda: shuffled(moving_digits(SPLIT.test, 1, RNG), None),
        r"rng: expected a numpy.random.Generator",
    ),
    (
        lambda: digit_strips(SPLIT.test.images, 1, RNG),
        r"digits: expected DigitImages, got ndarray",
    ),
    (
        lambda: digit_strips(SPLIT.test, 1.5, RNG),
        r"n: expected an integer of at least 1, got 1.5",
    ),
    (
        lambda: digit_strips(SPLIT.test, 1, None),
        r"rng: expected a numpy.random.Generator .*, got None",
    ),
    (
        lambda: digit_strips(SPLIT.test, 1, RNG, noise=np.nan),
        r"noise: expected a finite number",
    ),
    (
        lambda: digit_strips(SPLIT.test, 1, RNG, most=1),
        r"most: expected an integer of at least 2, got 1",
    ),
    (
        lambda: digit_strips(SPLIT.test, 1, RNG, most=4),
        r"most: expected at most 3, got 4",
    ),
    (
        lambda: digit_strips(SPLIT.test, 1, RNG, dtype="x"),
        r"dtype: expected a floating-point dtype",
    ),
    (lambda: read_caption([99]), r"symbols: expected integers from 0 to \d+, got 99"),
    (lambda: read_caption("one"), r"symbols: expected an array of integers"),
]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("call", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        call()
