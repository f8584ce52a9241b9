"""The readout's backward pass by itself."""

import numpy as np
import pytest

from rnntutor import RNN, Model, compare, complex_step
from rnntutor.model import readout_backward


@pytest.mark.equation("eq-readout-grads")
def test_the_adjoint_is_the_derivative(rng):
    params = Model(RNN("sigmoid"), 2, 3, 4).init(rng)
    hs, dys_raw = rng.standard_normal((5, 2, 3)), rng.standard_normal((5, 2, 4))

    def value(at):
        hs, W_hy, b_y = at
        return (dys_raw * (hs @ W_hy + b_y)).sum()

    have = readout_backward(params, hs, dys_raw)
    report = compare(have, complex_step(value, (hs, params.W_hy, params.b_y)))
    assert report.ok, report
    with pytest.raises(ValueError, match=r"dys_raw: expected shape \(5, 2, 4\)"):
        readout_backward(params, hs, np.zeros((5, 2, 3)))
