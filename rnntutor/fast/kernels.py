"""What surrounds a net, in blocks that stay in the cache and on several threads:
readout, loss, update.

The equations are those of `rnntutor.model.readout`, `rnntutor.model.losses` and
`rnntutor.train.optimizers`; here they are fused, so that large arrays are read
through once.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor._check import FORWARD, require_finite
from rnntutor.fast.buffers import empty
from rnntutor.fast.threads import MOVES, WORTHWHILE, blocks, matmul, parts, share
from rnntutor.tree import map as tree_map


def read_out(hs, W_hy, b_y):
    """`rnntutor.model.readout.read_out`, its product shared among the threads."""
    ys_raw = matmul(hs, W_hy)
    ys_raw += b_y  # eq-readout
    require_finite("ys_raw", ys_raw, FORWARD)
    return ys_raw


def readout_loss_and_grad(hs, W_hy, b_y, per_step, targets, weights):
    """Readout, loss and readout backward, fused: the gradient is written over the
    outputs.

    Each thread takes a part of the steps for everything but dW_hy, which is a sum over
    all of them. Elementwise work runs over blocks small enough to stay in the cache.

    Parameters
    ----------
    hs : array (T, B, H)
    W_hy, b_y : array (H, V), (V,)
    per_step : callable
        See `rnntutor.model.losses.Loss`.
    targets : array (T, B, ...)
    weights : array (T, B)

    Returns
    -------
    loss, dhs, dW_hy, db_y

    Raises
    ------
    NonFiniteError
        If an output, its derivative or the loss is not finite; it names which.
    """
    (T, B, H), V, N = hs.shape, len(b_y), hs.shape[0] * hs.shape[1]
    hs, targets, weights = (
        hs.reshape(N, H),
        targets.reshape(N, *targets.shape[2:]),
        weights.ravel(),
    )
    ys = empty((N, V), np.result_type(hs, W_hy))
    dhs, losses = empty((N, H), ys.dtype), np.empty(N, ys.dtype)

    def work(part):
        np.matmul(hs[part], W_hy, out=ys[part])
        db_y, finite = np.zeros(V, ys.dtype), True
        for some in blocks(part, V):
            y = ys[some]
            y += b_y  # eq-readout
            if not _check.all_finite(y):
                return "ys_raw", None
            losses[some] = per_step(y, targets[some], weights[some], y)
            finite = finite and _check.all_finite(y)
            db_y += y.sum(axis=0)  # eq-readout-grads
        np.matmul(ys[part], W_hy.T, out=dhs[part])  # eq-dh
        return None if finite else "dys_raw", db_y

    troubles, db_ys = zip(*share(work, parts(N, N * V)), strict=True)
    if "ys_raw" in troubles:
        read_out(hs.reshape(T, B, H), W_hy, b_y)  # raises, since it is not finite
    if "dys_raw" in troubles:
        require_finite("dys_raw", ys.reshape(T, B, V), FORWARD)
    loss = (weights * losses).sum()  # eq-loss
    require_finite("loss", loss, FORWARD)
    return loss, dhs.reshape(T, B, H), matmul(hs.T, ys), sum(db_ys)  # eq-readout-grads


def step(params, direction, lr):
    """`rnntutor.train.optimizers.step`, in blocks that stay in the cache, shared among
    the threads.
    """
    finite = []

    def moved(p, d):
        rate = p.dtype.type(lr)
        if p.size < WORTHWHILE:
            new = p - rate * d  # eq-sgd
            finite.append(_check.all_finite(new))
            return new
        new = empty(p.shape, np.result_type(p, d))

        def work(part):
            for some in blocks(part, p[0].size):
                moved = np.multiply(rate, d[some], out=new[some])
                np.subtract(p[some], moved, out=moved)  # eq-sgd
                finite.append(_check.all_finite(moved))  # while it is in the cache

        share(work, parts(len(p), p.size / MOVES))
        return new

    return tree_map(moved, params, direction), all(finite)
