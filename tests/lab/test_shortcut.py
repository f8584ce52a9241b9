"""A net whose readout sees the input too: its gradient, and what it cannot do."""

import numpy as np
import pytest

from rnntutor import LSTM, RNN, Bidirectional, Embedded, Model, compare, complex_step
from rnntutor.lab.long_lags.shortcut import Shortcut

D, H, V, T, B = 3, 4, 5, 6, 2
NETS = [
    Shortcut(LSTM(), D),
    Shortcut(RNN("tanh"), D),
    Shortcut(Bidirectional(LSTM()), D),
]


def problem(net, rng, masked):
    model = Model(net, D, H, V)
    params, xs = model.init(rng), rng.standard_normal((T, B, D))
    targets = rng.integers(0, V, (T, B))
    mask = None if not masked else np.arange(T)[:, None] < np.array([T, T - 2])
    return model, params, xs, targets, mask


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("net", NETS, ids=str)
def test_gradient_by_complex_step(net, masked, rng):
    model, params, xs, targets, mask = problem(net, rng, masked)
    got = model.loss_and_grad(params, xs, targets, mask=mask)
    assert params.W_hy.shape == (net.width(H), V) and net.width(H) > H
    oracle = complex_step(lambda p: model.loss(p, xs, targets, mask=mask), params)
    assert compare(got.grads, oracle).worst.error < 1e-12
    by_xs = complex_step(lambda x: model.loss(params, x, targets, mask=mask), xs)
    np.testing.assert_allclose(got.dxs, by_xs, rtol=0, atol=1e-14)


def test_the_readout_sees_the_present_input(rng):
    model, params, xs, _, _ = problem(NETS[0], rng, False)
    plain = Model(LSTM(), D, H, V)
    without = plain.forward(params._replace(W_hy=params.W_hy[:H]), xs).ys_raw
    np.testing.assert_allclose(
        model.forward(params, xs).ys_raw, without + xs @ params.W_hy[H:], atol=1e-14
    )


def test_what_it_has_is_the_net_s(rng):
    net = NETS[0]
    params = net.init(rng, D, H)
    passed = net.forward(params, rng.standard_normal((T, B, D)))
    assert (
        net.causal and not net.dropout and not Shortcut(Bidirectional(LSTM()), D).causal
    )
    assert passed.state_T is passed.states[-1] and len(passed.states) == T + 1


P = LSTM().init(np.random.default_rng(0), D, H)
XS = np.zeros((T, B, D))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Shortcut(3, D), TypeError, r"cell: expected a cell such as RNN\(\), got 3"),
        (lambda: Shortcut(Embedded(LSTM(), 2), D), ValueError, "cell: expected a net that reads vectors"),
        (lambda: Shortcut(LSTM(), 0), ValueError, "D: expected an integer of at least 1, got 0"),
        (lambda: Model(Shortcut(LSTM(), D), D + 1, H, V).init(np.random.default_rng(0)), ValueError,
         "D: expected 3, got 4"),
        (lambda: Shortcut(LSTM(), D + 1).forward(P, XS), ValueError, "params: expected D = 4, got 3"),
        (lambda: Shortcut(LSTM(), D).forward(P, XS[..., :2]), ValueError, r"xs: expected shape \(T, B, 3\)"),
        (lambda: Shortcut(LSTM(), D).backward(P, None, XS), TypeError, "passed: expected ShortcutPass, got"),
        (lambda: Shortcut(LSTM(), D).backward(P, Shortcut(LSTM(), D).forward(P, XS), XS), ValueError,
         r"douts: expected shape \(6, 2, 7\), got \(6, 2, 3\)"),
        (lambda: Model(Shortcut(LSTM(), D), D, H, V, readout="final").forward(
            Model(Shortcut(LSTM(), D), D, H, V).init(np.random.default_rng(0)), XS), ValueError,
         "readout: expected 'steps' for a net with a shortcut, got 'final'"),
        (lambda: Shortcut(LSTM(), D).final_backward(None, None), ValueError, "readout: expected 'steps'"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
