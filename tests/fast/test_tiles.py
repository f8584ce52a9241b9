"""The product of a step with packed weights: every shape of a tile, every edge."""

import numpy as np
import pytest

pytest.importorskip("numba")

from rnntutor.fast.compiled.tiles import BYTES, VECTORS, add_product, pack, quarter


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("M", [4, 60, 64, 68, 256, 260])
@pytest.mark.parametrize("rows", [(0, 1), (0, 4), (1, 3), (2, 9), (0, 11)], ids=str)
def test_it_adds_the_product(rows, M, dtype, rng):
    """Columns in four blocks that lie apart, or in quarters of the whole; rows outside
    stay as they are.
    """
    (lo, hi), K = rows, 7
    W, x = (
        rng.standard_normal((K, M)).astype(dtype),
        rng.standard_normal((11, K)).astype(dtype),
    )
    before = rng.standard_normal((11, M)).astype(dtype)
    want = before.copy()
    want[lo:hi] += x[lo:hi] @ W
    for apart in (M // 4, quarter(W)):
        out = before.copy()
        add_product(x, lo, hi, pack(W, apart), apart, out)
        np.testing.assert_allclose(out, want, rtol=0, atol=50 * np.finfo(dtype).eps)
        np.testing.assert_array_equal(out[hi:], before[hi:])


def test_panels_hold_the_weights_row_after_row(rng):
    n = BYTES // 4
    W = rng.standard_normal((3, 8 * n)).astype(np.float32)
    panels = pack(W, 2 * n)
    assert panels.shape == (2, 3, VECTORS * n)
    for p in range(2):
        columns = np.concatenate(
            [np.arange(n) + v * 2 * n + p * n for v in range(VECTORS)]
        )
        np.testing.assert_array_equal(panels[p], W[:, columns])
    turned = pack(W.T, quarter(W.T))
    assert turned.shape == (1, 8 * n, VECTORS * n) and not turned[:, :, 3:n].any()
    np.testing.assert_array_equal(turned[0, :, :3], W.T)
