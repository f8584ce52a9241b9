"""The first parameters: weights from U(−1/√H, 1/√H), biases zero but for the forget gate."""

import numpy as np
from cases import each_cell

from rnntutor import LSTM
from rnntutor.cells import LinearCell

D, H = 30, 100


@each_cell
def test_weights_fill_the_interval_of_the_hidden_size(cell, rng):
    weights = [array for array in cell.init(rng, D, H) if array.ndim == 2]
    assert len(weights) == (1 if isinstance(cell, LinearCell) else 2)
    for array in weights:
        assert -0.1 <= array.min() < -0.099 and 0.099 < array.max() <= 0.1
        assert abs(array.mean()) < 5 * 0.1 / np.sqrt(3 * array.size)


@each_cell
def test_biases_start_at_zero(cell, rng):
    blocks = np.split(cell.init(rng, D, H).b_h, cell.blocks)
    for i, block in enumerate(blocks):
        is_forget_gate = isinstance(cell, LSTM) and i == 1
        assert (block == (cell.forget_bias if is_forget_gate else 0)).all()
