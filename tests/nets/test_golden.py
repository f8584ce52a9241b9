"""The equations read out loud: one number at a time, in plain Python, and the package
must agree.

Nothing here knows of arrays.  Each function below is one equation of the book with all
its indices.
"""

import cmath
import math
from types import SimpleNamespace

import numpy as np
import pytest
from cases import batch, each_cell, each_path, largest_difference

from rnntutor import GRU, LSTM, RNN, backward_steps, cross_entropy, forward, softmax
from rnntutor.cells import Diagonal, GRUResetBefore, MinGRU, MinLSTM
from rnntutor.model import readout_backward
from rnntutor.model.losses import perplexity
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

SHAPES = [((5, 2, 3, 4), 6), ((1, 3, 4, 2), 5), ((3, 1, 2, 1), 4), ((4, 3, 1, 5), 2)]
F = {
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "tanh": math.tanh,
    "relu": lambda a: a if a > 0 else 0.0,
}
DF = {
    "sigmoid": lambda a: math.exp(-a) / (1 + math.exp(-a)) ** 2,
    "tanh": lambda a: 1 / math.cosh(a) ** 2,
    "relu": lambda a: 1.0 if a > 0 else 0.0,
}


def affine(x, W, b):
    """One row: Σ_i x_i W_ij + b_j."""
    return [sum(x[i] * W[i][j] for i in range(len(x))) + b[j] for j in range(len(b))]


def rnn_step(cell, params, x, state_prev):
    W_xh, W_hh, b_h = params
    (h_prev,) = state_prev
    from_h = affine(h_prev, W_hh, [0.0] * len(h_prev))
    a = [p + q for p, q in zip(affine(x, W_xh, b_h), from_h, strict=True)]
    return a, ([F[cell.activation](one) for one in a],)


def lstm_step(cell, params, x, state_prev):
    W_xh, W_hh, b_h = params
    h_prev, c_prev = state_prev
    H = len(h_prev)
    from_h = affine(h_prev, W_hh, [0.0] * (4 * H))
    a = [p + q for p, q in zip(affine(x, W_xh, b_h), from_h, strict=True)]
    c, h = [], []
    for j in range(H):
        i, f, o = (F["sigmoid"](a[block * H + j]) for block in (0, 1, 3))
        c.append(f * c_prev[j] + i * math.tanh(a[2 * H + j]))
        h.append(o * math.tanh(c[j]))
    return a, (h, c)


def gru_step(cell, params, x, state_prev):
    W_xh, W_hh, b_h, *second = params
    (h_prev,) = state_prev
    H = len(h_prev)
    from_x = affine(x, W_xh, b_h)
    from_h = affine(h_prev, W_hh, second[0] if second else [0.0] * (3 * H))
    a = [p + q for p, q in zip(from_x, from_h, strict=True)]
    z, r = ([F["sigmoid"](a[block * H + j]) for j in range(H)] for block in (0, 1))
    if second:
        a[2 * H :] = [from_x[2 * H + j] + r[j] * from_h[2 * H + j] for j in range(H)]
    else:
        from_reset = affine([r[j] * h_prev[j] for j in range(H)], W_hh, [0.0] * (3 * H))
        a[2 * H :] = [from_x[2 * H + j] + from_reset[2 * H + j] for j in range(H)]
    return a, (
        [z[j] * h_prev[j] + (1 - z[j]) * math.tanh(a[2 * H + j]) for j in range(H)],
    )


def min_gru_step(cell, params, x, state_prev):
    a, (h_prev,) = affine(x, *params), state_prev
    H, h = len(h_prev), []
    for j in range(H):
        z = F["sigmoid"](a[j])
        h.append(z * h_prev[j] + (1 - z) * a[H + j])
    return a, (h,)


def min_lstm_step(cell, params, x, state_prev):
    a, (h_prev,) = affine(x, *params), state_prev
    H, h = len(h_prev), []
    for j in range(H):
        i, f = F["sigmoid"](a[j]), F["sigmoid"](a[H + j])
        h.append((f * h_prev[j] + i * a[2 * H + j]) / (f + i))
    return a, (h,)


def diagonal_step(cell, params, x, state_prev):
    W_xh, b_h, nu, phi = params
    a, H, h, q = affine(x, W_xh, b_h), len(nu), [], []
    for j in range(H):
        r = math.exp(-math.exp(nu[j]))
        turned = cmath.rect(r, phi[j]) * complex(state_prev[0][j], state_prev[1][j])
        new = turned + math.sqrt(1 - r * r) * complex(a[j], a[H + j])
        h.append(new.real)
        q.append(new.imag)
    return a, (h, q)


# A cell's own reading of its equations for one sequence: from its parameters, x and the
# parts of its state, h first, to the pre-activations and the new state.
STEPS = {
    RNN: rnn_step,
    LSTM: lstm_step,
    GRU: gru_step,
    GRUResetBefore: gru_step,
    MinGRU: min_gru_step,
    MinLSTM: min_lstm_step,
    Diagonal: diagonal_step,
}


def read_forward(case):
    """Everything of the forward pass, as nested lists."""
    *cell_params, W_hy, b_y = [leaf.tolist() for _, leaf in leaves(case.params)]
    step, xs, (T, B, _) = STEPS[type(case.model.cell)], case.xs.tolist(), case.xs.shape
    seen = SimpleNamespace(a=[], h=[case.state0.h.tolist()], y_raw=[], y=[], ce=[])
    states = [[part[b].tolist() for part in case.state0] for b in range(B)]
    for t in range(T):
        rows = [
            step(case.model.cell, cell_params, xs[t][b], states[b]) for b in range(B)
        ]
        states = [state for _, state in rows]
        seen.a.append([a for a, _ in rows])
        seen.h.append([h for h, *_ in states])
        seen.y_raw.append([affine(h, W_hy, b_y) for h in seen.h[-1]])
        seen.y.append(
            [
                [math.exp(one) / sum(map(math.exp, row)) for one in row]
                for row in seen.y_raw[t]
            ]
        )
        seen.ce.append([-math.log(seen.y[t][b][case.targets[t, b]]) for b in range(B)])
    seen.loss = sum(sum(seen.ce[t][b] for t in range(T)) / T for b in range(B)) / B
    return seen


@pytest.fixture(params=SHAPES, ids=str)
def case(request, cell):
    shape, V = request.param
    return batch(cell, shape, V, np.random.default_rng(shape), scale=0.8)


def close(array, nested, tol=1e-13):
    nested = np.array(nested)
    assert array.shape == nested.shape
    # NaN would compare as false: the condition is written so that it fails
    assert np.max(np.abs(array - nested)) <= tol * max(1, np.max(np.abs(nested)))


@pytest.mark.equation("eq-rnn-preactivation")
@pytest.mark.equation("eq-rnn-cell")
@pytest.mark.equation("eq-min-gru")
@pytest.mark.equation("eq-min-lstm")
@pytest.mark.equation("eq-turn")
@pytest.mark.equation("eq-radius")
@each_path
@each_cell
def test_hidden_states(cell, batched, case):
    unrolled = forward(cell, case.params.cell, case.xs, case.state0, batched=batched)
    close(unrolled.hs, read_forward(case).h)


@pytest.mark.equation("eq-readout")
@pytest.mark.equation("eq-softmax")
@each_path
@each_cell
def test_outputs(cell, batched, case):
    ys_raw, _ = case.model.forward(case.params, case.xs, case.state0, batched=batched)
    seen = read_forward(case)
    close(ys_raw, seen.y_raw)
    close(softmax(ys_raw), seen.y)


@pytest.mark.equation("eq-cross-entropy")
@pytest.mark.equation("eq-loss")
@pytest.mark.equation("eq-perplexity")
@each_cell
def test_losses(cell, case):
    seen = read_forward(case)
    T, B = case.targets.shape
    for t in range(T):
        for b in range(B):
            one, _ = cross_entropy(
                np.array([[seen.y_raw[t][b]]]), case.targets[t : t + 1, b : b + 1]
            )
            close(np.array(one), seen.ce[t][b])
    loss = case.model.loss(case.params, case.xs, case.targets, case.state0)
    close(np.array(loss), seen.loss)
    close(np.array(perplexity(loss)), math.exp(seen.loss))


@pytest.mark.equation("eq-dy-raw")
@each_cell
def test_gradient_of_the_outputs(cell, case):
    seen = read_forward(case)
    T, B = case.targets.shape
    _, dys_raw = cross_entropy(np.array(seen.y_raw), case.targets, reduce="sum")
    V = case.model.V
    expected = [
        [
            [
                seen.y[t][b][k] - (1.0 if k == case.targets[t, b] else 0.0)
                for k in range(V)
            ]
            for b in range(B)
        ]
        for t in range(T)
    ]
    close(dys_raw, expected)


@pytest.mark.equation("eq-readout-grads")
@each_cell
def test_gradient_of_the_readout(cell, case):
    hs = forward(cell, case.params.cell, case.xs, case.state0).hs[1:]
    T, B, H = hs.shape
    V = case.model.V
    dys_raw = np.random.default_rng(1).standard_normal((T, B, V))
    dhs, dW_hy, db_y = readout_backward(case.params, hs, dys_raw)
    h, d, W = hs.tolist(), dys_raw.tolist(), case.params.W_hy.tolist()
    steps = [(t, b) for t in range(T) for b in range(B)]
    close(
        dW_hy,
        [
            [sum(h[t][b][j] * d[t][b][k] for t, b in steps) for k in range(V)]
            for j in range(H)
        ],
    )
    close(db_y, [sum(d[t][b][k] for t, b in steps) for k in range(V)])
    rows = [
        [
            [sum(d[t][b][k] * W[j][k] for k in range(V)) for j in range(H)]
            for b in range(B)
        ]
        for t in range(T)
    ]
    close(dhs, rows)


# The backward equations hold between the named adjoints that `backward_steps` yields.
# That these are the right adjoints, and not only consistent ones, test_unroll.py shows
# with an independent oracle.


@pytest.fixture
def walked(cell, case):
    """Adjoints by t = 1 … T, as lists of lists, and what they follow from."""
    if not isinstance(cell, RNN):
        pytest.skip("another cell has equations of its own")
    rng = np.random.default_rng(2)
    params = case.params.cell
    unrolled = forward(cell, params, case.xs, case.state0)
    T, B, H = unrolled.hs[1:].shape
    dhs, dh_T = rng.standard_normal((T, B, H)), rng.standard_normal((B, H))
    steps = backward_steps(cell, params, unrolled, dhs, type(case.state0)(dh_T))
    return SimpleNamespace(
        steps={step.t: step for step in steps}, dhs=dhs, dh_T=dh_T, unrolled=unrolled, a=read_forward(case).a,
        T=T, B=B, H=H, D=params.W_xh.shape[0], params=SimpleNamespace(**params._asdict()),
    )  # fmt: skip


@pytest.mark.equation("eq-dh")
@each_cell
def test_delta_has_two_sources(cell, walked):
    for t in range(1, walked.T + 1):
        for b in range(walked.B):
            for j in range(walked.H):
                future = walked.dh_T[b, j]
                if t < walked.T:
                    da = walked.steps[t + 1].grads.da
                    future = sum(
                        da[b, m] * walked.params.W_hh[j, m] for m in range(walked.H)
                    )
                delta = walked.steps[t].grads.dh[b, j]
                assert math.isclose(
                    delta,
                    walked.dhs[t - 1, b, j] + future,
                    rel_tol=1e-13,
                    abs_tol=1e-13,
                )


@pytest.mark.equation("eq-da")
@each_cell
def test_da_is_delta_times_the_slope(cell, walked):
    for t, step in walked.steps.items():
        for b in range(walked.B):
            for j in range(walked.H):
                slope = DF[cell.activation](walked.a[t - 1][b][j])
                delta = step.grads.dh[b, j]
                assert math.isclose(
                    step.grads.da[b, j], delta * slope, rel_tol=1e-13, abs_tol=1e-13
                )


@pytest.mark.equation("eq-rnn-grads")
@each_cell
def test_weight_gradients_of_one_step(cell, walked):
    xs, hs = walked.unrolled.xs, walked.unrolled.hs
    rows = range(walked.B)
    for t, step in walked.steps.items():
        da = step.grads.da
        for m in range(walked.H):
            for i in range(walked.D):
                expected = sum(xs[t - 1, b, i] * da[b, m] for b in rows)
                assert math.isclose(
                    step.dparams.W_xh[i, m], expected, rel_tol=1e-13, abs_tol=1e-13
                )
            for j in range(walked.H):
                expected = sum(hs[t - 1, b, j] * da[b, m] for b in rows)
                assert math.isclose(
                    step.dparams.W_hh[j, m], expected, rel_tol=1e-13, abs_tol=1e-13
                )
            expected = sum(da[b, m] for b in rows)
            assert math.isclose(
                step.dparams.b_h[m], expected, rel_tol=1e-13, abs_tol=1e-13
            )


@pytest.mark.equation("eq-dx")
@pytest.mark.equation("eq-dh0")
@each_cell
def test_gradients_of_the_inputs_and_of_the_step_before(cell, walked):
    for step in walked.steps.values():
        da = step.grads.da
        for b in range(walked.B):
            for i in range(walked.D):
                expected = sum(
                    da[b, m] * walked.params.W_xh[i, m] for m in range(walked.H)
                )
                assert math.isclose(
                    step.dx[b, i], expected, rel_tol=1e-13, abs_tol=1e-13
                )
            for j in range(walked.H):
                expected = sum(
                    da[b, m] * walked.params.W_hh[j, m] for m in range(walked.H)
                )
                assert math.isclose(
                    step.dstate_prev.h[b, j], expected, rel_tol=1e-13, abs_tol=1e-13
                )


@each_cell
def test_float32_follows_the_same_equations(cell, case):
    single = tree_map(
        lambda a: a.astype(np.float32), (case.params, case.xs, case.state0)
    )
    ys_raw, unrolled = case.model.forward(*single)
    assert ys_raw.dtype == np.float32 and unrolled.hs.dtype == np.float32
    close(ys_raw, read_forward(case).y_raw, tol=1e-5)
    result = case.model.loss_and_grad(single[0], single[1], case.targets, single[2])
    double = case.model.loss_and_grad(case.params, case.xs, case.targets, case.state0)
    assert {
        leaf.dtype
        for leaf in (*result.grads.cell, *result.grads[1:], result.dxs, *result.dstate0)
    } == {np.dtype(np.float32)}
    assert result.loss.dtype == np.float32
    assert largest_difference(result.grads, double.grads) < 1e-4
