"""Square matrices with eigenvalues made to order: how W_hh is started decides how far
gradients reach.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def spectral_radius(W):
    """The largest modulus of an eigenvalue of `W`.

    Parameters
    ----------
    W : array (H, H)
        Real.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If `W` is not a square array of finite real numbers.
    """
    return float(np.max(np.abs(np.linalg.eigvals(_square("W", W)))))


def scale_to_radius(W, radius):
    """`W` times the number that gives it the spectral radius `radius`.

    Parameters
    ----------
    W : array (H, H)
        Real.
    radius : float
        Above 0.

    Returns
    -------
    array (H, H)
        Of the dtype of `W`.

    Raises
    ------
    TypeError, ValueError
        If `W` is not a square array of finite real numbers or its eigenvalues are all
        0, or `radius` is not above 0.
    """
    W = _square("W", W)
    radius = _check.number("radius", radius, above=0)
    have = spectral_radius(W)
    if have == 0:
        raise ValueError(
            "W: expected an eigenvalue other than 0, got a matrix that has none"
        )
    return W * W.dtype.type(radius / have)


def orthogonal(rng, H, dtype=np.float64):
    """A random orthogonal matrix, drawn evenly from all of them: W Wᵀ = 1.

    Parameters
    ----------
    rng : numpy.random.Generator or seed
    H : int
        Rows and columns.
    dtype : dtype

    Returns
    -------
    array (H, H)

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, or `H` is below 1.
    """
    rng = _check.generator("rng", rng)
    H = _check.integer("H", H)
    dtype = _check.dtype("dtype", dtype)
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    # The signs make the draw even, and independent of how the factors were computed.
    return (Q * np.sign(np.diag(R))).astype(dtype)


def _square(name, W):
    W = _check.array(name, W, ("H", "H"), kind="real")
    if W.shape[0] != W.shape[1]:
        raise ValueError(
            f"{name}: expected as many rows as columns, got shape {W.shape}"
        )
    return W
