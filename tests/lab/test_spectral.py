"""Matrices with eigenvalues made to order."""

import numpy as np
import pytest

from rnntutor.lab.long_lags.spectral import orthogonal, scale_to_radius, spectral_radius


def test_radius_of_matrices_whose_eigenvalues_are_known():
    assert spectral_radius(np.diag([0.5, -2.0, 1.0])) == pytest.approx(2)
    rotation = 3 * np.array([[0.6, 0.8], [-0.8, 0.6]])  # eigenvalues 1.8 ± 2.4 i
    assert spectral_radius(rotation) == pytest.approx(3)
    # not the norm
    assert spectral_radius([[1.0, 100.0], [0.0, 1.0]]) == pytest.approx(1)


@pytest.mark.parametrize("radius", [0.5, 1, 1.5])
def test_scaling_changes_the_size_and_nothing_else(rng, radius):
    W = rng.normal(size=(12, 12))
    scaled = scale_to_radius(W, radius)
    assert spectral_radius(scaled) == pytest.approx(radius, rel=1e-12)
    np.testing.assert_allclose(scaled / W, np.full_like(W, scaled[0, 0] / W[0, 0]))


def test_scaling_keeps_single_precision(rng):
    assert (
        scale_to_radius(rng.normal(size=(4, 4)).astype(np.float32), 0.9).dtype
        == np.float32
    )


def test_orthogonal_matrices_keep_lengths(rng):
    W = orthogonal(rng, 20)
    np.testing.assert_allclose(W @ W.T, np.eye(20), atol=1e-13)
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(W)), 1, atol=1e-13)
    assert orthogonal(rng, 3, np.float32).dtype == np.float32


def test_orthogonal_matrices_are_drawn_evenly(rng):
    # Evenly means that no direction and no sign is preferred: every entry has mean 0
    # and mean square 1/H, and both signs of the determinant come up. QR alone would
    # leave the signs of a diagonal one-sided.
    drawn = np.array([orthogonal(rng, 3) for _ in range(2000)])
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.06)
    np.testing.assert_allclose((drawn**2).mean(axis=0), 1 / 3, atol=0.03)
    assert 0.4 < (np.linalg.det(drawn) > 0).mean() < 0.6


def test_the_same_seed_gives_the_same_matrix():
    one, other = (orthogonal(np.random.default_rng(4), 5) for _ in range(2))
    assert np.array_equal(one, other)


WRONG = [
    (
        lambda: spectral_radius(np.ones((2, 3))),
        ValueError,
        "W: expected as many rows as columns, got shape",
    ),
    (lambda: spectral_radius(np.eye(2) * 1j), TypeError, "W: expected"),
    (lambda: spectral_radius([[np.nan]]), ValueError, "W: expected finite numbers"),
    (
        lambda: scale_to_radius(np.eye(2), 0),
        ValueError,
        "radius: expected a finite number above 0",
    ),
    (
        lambda: scale_to_radius(np.zeros((2, 2)), 1.0),
        ValueError,
        "W: expected an eigenvalue other than 0",
    ),
    (lambda: orthogonal(None, 3), TypeError, "rng: expected"),
    (
        lambda: orthogonal(np.random.default_rng(0), 0),
        ValueError,
        "H: expected an integer of at least 1",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
