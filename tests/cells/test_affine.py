"""First parameters of a cell."""

import numpy as np
from cases import each_cell


@each_cell
def test_first_weights_are_drawn_up_to_one_over_root_h_of_either_sign(cell, rng):
    params = cell.init(rng, 40, 25)
    for W in (params.W_xh, params.W_hh):
        assert -0.2 <= W.min() < -0.19 and 0.19 < W.max() <= 0.2
        assert abs(np.mean(W)) < 0.02
