"""The nets of chapter 10 start as their names say."""

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.lab.long_lags.nets import NETS, bias_for, build


@pytest.mark.parametrize("name", NETS)
def test_a_start_changes_what_its_name_says_and_nothing_else(name):
    cell, start = build(name, 50)
    params = rt.Model(cell, D=3, H=4, V=2).init(np.random.default_rng(0))
    begun = start(params, np.random.default_rng(1))
    assert begun.cell.W_xh is params.cell.W_xh and begun.W_hy is params.W_hy
    square = begun.cell.W_hh[:, :4]
    if "orthogonal" in name:
        np.testing.assert_allclose(square @ square.T, np.eye(4), atol=1e-12)
    elif "identity" in name:
        np.testing.assert_array_equal(square, np.eye(4))
    else:
        np.testing.assert_array_equal(begun.cell.W_hh, params.cell.W_hh)
    gates = {
        "GRU": [0.0],
        "GRU, bias for the lag": [bias_for(50)],
        "LSTM, forget bias 0": [0.0, 0.0],
        "LSTM, forget bias 1": [0.0, 1.0],
        "LSTM, bias for the lag": [0.0, bias_for(50)],
        "LSTM, guarded": [-3.0, 10.0],
    }
    for block, value in enumerate(gates.get(name, [])):
        np.testing.assert_array_equal(begun.cell.b_h[4 * block :][:4], value)


@pytest.mark.parametrize("lag", [10, 100, 1000])
def test_half_is_left_after_the_lag(lag):
    assert rt.sigmoid(np.array(bias_for(lag))) ** lag == pytest.approx(0.5, abs=0.02)


def test_the_guard_can_be_another():
    cell, start = build("LSTM, guarded", 100, guard=(6.0, -6.0))
    params = rt.Model(cell, D=3, H=2, V=2).init(np.random.default_rng(0))
    b_h = start(params, np.random.default_rng(1)).cell.b_h
    np.testing.assert_array_equal(b_h[:4], [-6.0, -6.0, 6.0, 6.0])


def test_an_unknown_net_is_named():
    with pytest.raises(ValueError, match=r"name: expected one of 'RNN'.*got 'Elman'"):
        build("Elman", 10)
