"""The first parameters: weights from U(−1/√H, 1/√H), biases zero but for the forget gate."""

import numpy as np
import pytest
from cases import each_cell

D, H = 30, 100


@pytest.mark.parametrize("name", ["W_xh", "W_hh"])
@each_cell
def test_weights_fill_the_interval_of_the_hidden_size(cell, name, rng):
    weights = getattr(cell.init(rng, D, H), name)
    low, high = weights.min(), weights.max()
    assert -0.1 <= low < -0.099 and 0.099 < high <= 0.1
    assert abs(weights.mean()) < 5 * 0.1 / np.sqrt(3 * weights.size)
