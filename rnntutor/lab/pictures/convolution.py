"""Two dimensions of space: convolution and max pooling, each beside its adjoint."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnntutor import _check


def convolve(images, W, b):
    r"""One linear map of each pixel's neighborhood, the same everywhere.

    .. math:: a_{r,s,k} = b_k + \sum_{u,v,c} x_{r+u-m,\, s+v-m,\, c} \, W_{u,v,c,k},
        \qquad m = (K - 1) / 2

    Beyond the edge of an image there are zeros, so that the result has as many rows and
    columns. (Mathematics calls this a correlation.)

    Parameters
    ----------
    images : array (N, R, S, C)
        N images of R rows, S columns and C channels.
    W : array (K, K, C, C_out)
        K odd.
    b : array (C_out,)

    Returns
    -------
    array (N, R, S, C_out)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, or K is even.
    """
    images, W = _images_and_weights(images, W)
    b = _check.array("b", b, (W.shape[-1],))
    return (
        np.tensordot(_windows(images, len(W)), W, axes=((3, 4, 5), (2, 0, 1))) + b
    )  # eq-convolution


def convolve_backward(images, W, da):
    """Adjoint of `convolve`.

    Parameters
    ----------
    images, W
        As given to `convolve`.
    da : array (N, R, S, C_out)
        Derivative with respect to its result.

    Returns
    -------
    dimages : array (N, R, S, C)
    dW : array (K, K, C, C_out)
    db : array (C_out,)

    Raises
    ------
    TypeError, ValueError
        As for `convolve`.
    """
    images, W = _images_and_weights(images, W)
    K, m, (N, R, S, C) = len(W), len(W) // 2, images.shape
    da = _check.array("da", da, (N, R, S, W.shape[-1]))
    # (C, K, K, C_out)
    by_place = np.tensordot(_windows(images, K), da, axes=((0, 1, 2), (0, 1, 2)))
    dW = by_place.transpose(1, 2, 0, 3)  # eq-convolution-grads
    dwindows = da @ W.reshape(-1, W.shape[-1]).T
    dpadded = np.zeros((N, R + K - 1, S + K - 1, C), dwindows.dtype)
    for (u, v), dpart in zip(
        np.ndindex(K, K), np.split(dwindows, K * K, axis=-1), strict=True
    ):
        # a pixel lies in K² windows
        dpadded[:, u : u + R, v : v + S] += dpart  # eq-convolution-dx
    return dpadded[:, m : m + R, m : m + S], dW, da.sum(axis=(0, 1, 2))


def _windows(images, K):
    """The neighborhood of each pixel, (N, R, S, C, K, K), as a view."""
    m = K // 2
    padded = np.pad(images, ((0, 0), (m, m), (m, m), (0, 0)))
    return sliding_window_view(padded, (K, K), axis=(1, 2))


def _images_and_weights(images, W):
    images = _check.array("images", images, ("N", "R", "S", "C"))
    W = _check.array("W", W, ("K", "K", images.shape[-1], "C_out"))
    if W.shape[0] != W.shape[1] or W.shape[0] % 2 == 0:
        raise ValueError(
            f"W: expected shape (K, K, C, C_out) with K odd, got {W.shape}"
        )
    return images, W


def max_pool(images):
    """The largest of each block of 2 × 2 pixels, channel by channel.

    Parameters
    ----------
    images : array (N, R, S, C)
        R and S even.

    Returns
    -------
    pooled : array (N, R / 2, S / 2, C)
    where : int array (N, R / 2, S / 2, C)
        Which of the four it was, the first of equals; the backward pass needs it.

    Raises
    ------
    TypeError, ValueError
        If `images` has another shape, or an odd number of rows or columns.
    """
    images = _check.array("images", images, ("N", "R", "S", "C"))
    N, R, S, C = images.shape
    if R % 2 or S % 2:
        raise ValueError(
            f"images: expected an even number of rows and columns, got {R} and {S}"
        )
    pooled, where = images[:, ::2, ::2], np.zeros((N, R // 2, S // 2, C), np.int8)
    for place, (r, s) in enumerate(((0, 1), (1, 0), (1, 1)), start=1):
        other = images[:, r::2, s::2]
        larger = other.real > pooled.real
        pooled = np.where(larger, other, pooled)  # eq-max-pool
        where = np.where(larger, np.int8(place), where)
    return pooled, where


def max_pool_backward(where, dpooled):
    """Adjoint of `max_pool`: the largest of a block gets all, the others nothing.

    Parameters
    ----------
    where : int array (N, R / 2, S / 2, C)
        From `max_pool`.
    dpooled : array (N, R / 2, S / 2, C)

    Returns
    -------
    array (N, R, S, C)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    dpooled = _check.array("dpooled", dpooled, ("N", "R / 2", "S / 2", "C"))
    N, R, S, C = dpooled.shape
    where = _check.array("where", where, (N, R, S, C), kind="integer")
    dimages = np.zeros((N, 2 * R, 2 * S, C), dpooled.dtype)
    for place, (r, s) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
        dimages[:, r::2, s::2] = dpooled * (where == place)
    return dimages
