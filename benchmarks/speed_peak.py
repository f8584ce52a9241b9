"""What the machine can do: what `speed.py` times beside the steps.

Each is a function that makes another, which does the work of `WORK` once each time it
is called.
"""

from __future__ import annotations

import numpy as np

N = 2048  # rows and columns of the large matrices
K = 512  # rows of the packed weights; their panels stay in the cache
COPIED = 2**26  # numbers of four bytes
WORK = {  # multiplications and additions, or bytes read and written
    "peak, NumPy": 2 * N**3,
    "peak, packed": 2 * N * K * 4 * K,
    "peak, PyTorch": 2 * N**3,
    "copy": 2 * 4 * COPIED,
}


def matrix(*shape):
    """Numbers in single precision."""
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def numpy_product():
    """By NumPy's BLAS, with threads of its own."""
    a = matrix(N, N)
    out = np.empty_like(a)
    return lambda: np.matmul(a, a, out=out)


def torch_product():
    """By PyTorch."""
    import torch

    a = torch.from_numpy(matrix(N, N))
    out = torch.empty_like(a)
    return lambda: torch.mm(a, a, out=out)


def packed_product():
    """By this package, with packed weights; the threads share the rows."""
    from rnntutor.fast.compiled.kept import kept
    from rnntutor.fast.compiled.tiles import add_product, pack
    from rnntutor.fast.threads import parts, share

    @kept(nogil=True)
    def add(x, lo, hi, panels, apart, out):
        add_product(x, lo, hi, panels, apart, out)

    x, panels, out = matrix(N, K), pack(matrix(K, 4 * K), K), matrix(N, 4 * K)
    cut = parts(N)
    return lambda: share(lambda p: add(x, p.start, p.stop, panels, K, out), cut)


def copying():
    """By NumPy; the threads share the array."""
    from rnntutor.fast.threads import parts, share

    array = np.zeros(COPIED, np.float32)
    copy, cut = np.empty_like(array), parts(COPIED)
    return lambda: share(lambda part: np.copyto(copy[part], array[part]), cut)


PEAKS = {
    "peak, NumPy": numpy_product,
    "peak, packed": packed_product,
    "peak, PyTorch": torch_product,
    "copy": copying,
}
