"""Sigmoid, softmax and loss where numbers get very large or very small, against more
precise arithmetic.
"""

import numpy as np
import pytest
from cases import each_cell, each_path, largest_difference

from rnntutor import RNN, Model, cross_entropy, sigmoid, softmax
from rnntutor.cells import ACTIVATIONS
from rnntutor.model.losses import log_softmax
from rnntutor.text import temper
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm

PRECISE = np.finfo(np.longdouble).eps < np.finfo(np.float64).eps / 1000
needs_longdouble = pytest.mark.skipif(
    not PRECISE, reason="this platform's long double is no longer than a double"
)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(autouse=True)
def no_flags():
    """An overflow, a division by zero or an invalid operation is an error; going down
    to 0 is not.
    """
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


def sweep(dtype):
    """Numbers of both signs from the smallest to 1e30, dense where the sigmoid is
    interesting.
    """
    small = np.logspace(np.log10(np.finfo(dtype).tiny), 30, 5001)
    x = np.concatenate(
        [
            [0.0],
            small,
            -small,
            np.linspace(-760, 760, 30_001),
            np.linspace(-40, 40, 20_001),
        ]
    )
    return x.astype(dtype)


def precise(function, x):
    # the yardstick may underflow, and overflow to the infinity meant
    with np.errstate(all="ignore"):
        return function(x.astype(np.longdouble))


@needs_longdouble
@pytest.mark.equation("eq-sigmoid")
@each_dtype
def test_sigmoid_to_four_ulp(dtype):
    x = sweep(dtype)
    have, want = sigmoid(x), precise(lambda x: 1 / (1 + np.exp(-x)), x)
    assert have.dtype == dtype
    normal = want >= np.finfo(dtype).tiny
    assert normal.sum() > 20_000
    error = np.abs(have - want)[normal] / want[normal]
    assert error.max() <= 4 * np.finfo(dtype).eps
    assert (
        (have[~normal] <= np.finfo(dtype).tiny).all()
        and (have >= 0).all()
        and (have <= 1).all()
    )


@each_dtype
def test_sigmoid_at_the_ends(dtype):
    x = np.array([-np.inf, -1e30, 0, 1e30, np.inf], dtype)
    np.testing.assert_array_equal(sigmoid(x), np.array([0, 0, 0.5, 1, 1], dtype))


def test_sigmoid_takes_a_number_and_a_list():
    assert sigmoid(0) == 0.5 and sigmoid(0.0) == 0.5
    np.testing.assert_array_equal(sigmoid([0, -1000]), [0.5, 0.0])


@each_dtype
@each_cell
def test_bytes_in_another_order_are_the_same_numbers(cell, dtype, rng):
    """As they come from a file that another machine wrote."""
    model, targets = Model(cell, 3, 4, 5), rng.integers(0, 5, (6, 2))
    params, xs = model.init(rng, dtype), rng.standard_normal((6, 2, 3)).astype(dtype)
    turned = [
        tree_map(lambda a: a.astype(a.dtype.newbyteorder()), tree)
        for tree in (params, xs, targets)
    ]
    want, have = model.loss_and_grad(params, xs, targets), model.loss_and_grad(*turned)
    assert largest_difference(want.grads, have.grads) <= 8 * np.finfo(dtype).eps
    assert have.dxs.dtype == dtype and have.dxs.dtype.isnative
    np.testing.assert_array_equal(sigmoid(turned[1]), sigmoid(xs))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slope_from_the_output(name):
    """df(h) is the slope of f at a, by the complex step; at the kink of the ReLU both
    take 0.
    """
    f, df = ACTIVATIONS[name]
    a = np.concatenate([np.linspace(-30, 30, 1001), [-700.0, 0.0, 700.0]])
    slope = f(a + 1e-30j).imag / 1e-30
    assert np.max(np.abs(df(f(a)) - slope)) <= 1e-15
    h_0 = f(np.zeros(1))
    np.testing.assert_array_equal(
        df(h_0), {"sigmoid": [0.25], "tanh": [1.0], "relu": [0.0]}[name]
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
@each_dtype
def test_activations_keep_the_dtype_and_pass_nan_on(name, dtype):
    f, df = ACTIVATIONS[name]
    x = np.array([-1e30, -1, 0, 1, 1e30, np.nan], dtype)
    h = f(x)
    assert h.dtype == dtype and df(h).dtype == dtype
    np.testing.assert_array_equal(np.isnan(h), np.isnan(x))


def rows(dtype):
    """Logits of every size up to 1e30, with ties, far outliers, and everything alike."""
    rng = np.random.default_rng(0)
    for scale in [0.0, 1e-30, 1e-8, 1e-3, 1, 10, 80, 700, 1e5, 1e15, 1e30]:
        for V in [1, 2, 3, 10, 65, 1000]:
            for shift in [0, 1, -scale, 3 * scale]:
                yield (scale * rng.standard_normal((4, V)) + shift).astype(dtype)
    yield np.array([[1e30, 1e30, -1e30], [0, 0, 0], [-1e30, -1e30, -1e30]], dtype)


@needs_longdouble
@each_dtype
def test_log_softmax_to_four_ulp(dtype):
    eps = np.finfo(dtype).eps
    for y_raw in rows(dtype):
        have = log_softmax(y_raw)
        z = y_raw.astype(np.longdouble)
        z = z - z.max(axis=-1, keepdims=True)
        want = precise(lambda z: z - np.log(np.exp(z).sum(axis=-1, keepdims=True)), z)
        assert have.dtype == dtype
        assert (np.abs(have - want) <= 4 * eps * np.maximum(1, np.abs(want))).all(), (
            y_raw
        )
        assert (have <= 0).all()


@needs_longdouble
@pytest.mark.equation("eq-softmax")
@each_dtype
def test_softmax_is_a_distribution(dtype):
    eps = np.finfo(dtype).eps
    for y_raw in rows(dtype):
        y = softmax(y_raw)
        e = precise(lambda z: np.exp(z - z.max(axis=-1, keepdims=True)), y_raw)
        want = e / e.sum(axis=-1, keepdims=True)
        # the exponent, rounded once, is the larger part of the error; y is at most
        # e^{exponent}
        allowed = (
            4 * eps * np.maximum(1, -np.log(np.maximum(want, np.finfo(dtype).tiny)))
        )
        assert (np.abs(y - want) <= allowed * want + np.finfo(dtype).tiny).all(), y_raw
        assert (np.abs(y.sum(axis=-1) - 1) <= 8 * eps).all() and (y >= 0).all()


@each_dtype
def test_softmax_of_an_impossible_label(dtype):
    y_raw = np.array([[0, -np.inf, 0]], dtype)
    np.testing.assert_array_equal(softmax(y_raw), [[0.5, 0.0, 0.5]])
    assert log_softmax(y_raw)[0, 1] == -np.inf


def test_the_whole_range_of_floats():
    largest = np.finfo(np.float64).max
    np.testing.assert_array_equal(softmax([largest, -largest]), [1.0, 0.0])
    np.testing.assert_array_equal(log_softmax([largest, -largest]), [0.0, -np.inf])
    np.testing.assert_array_equal(temper([largest, -largest], 0.5), [1.0, 0.0])


@needs_longdouble
@pytest.mark.equation("eq-cross-entropy")
@each_dtype
def test_cross_entropy_of_extreme_logits(dtype):
    eps = np.finfo(dtype).eps
    for y_raw in rows(dtype):
        V = y_raw.shape[-1]
        targets = np.arange(4)[: len(y_raw)] % V
        for b in range(len(y_raw)):
            loss, dys_raw = cross_entropy(
                y_raw[None, b : b + 1], targets[None, b : b + 1]
            )
            z = y_raw[b].astype(np.longdouble) - y_raw[b].max()
            want = precise(lambda z: np.log(np.exp(z).sum()) - z[targets[b]], z)  # noqa: B023
            assert abs(loss - want) <= 4 * eps * max(1, abs(want))
            assert loss.dtype == dtype and dys_raw.dtype == dtype
            assert abs(dys_raw.sum()) <= 8 * eps and (np.abs(dys_raw) <= 1).all()


@pytest.mark.parametrize("size", [1e3, 1e15, 1e30])
@each_dtype
@each_path
@each_cell
def test_a_model_with_extreme_outputs(cell, batched, dtype, size, rng):
    """Logits of 1e30 in the middle of a model: a loss of that size, a gradient, and no
    flag.
    """
    model = Model(cell, 3, 4, 5)
    params = model.init(rng, dtype)
    params = params._replace(
        W_hy=params.W_hy * dtype(size), b_y=params.b_y + dtype(size)
    )
    xs = rng.standard_normal((6, 2, 3)).astype(dtype)
    result = model.loss_and_grad(
        params, xs, rng.integers(0, 5, (6, 2)), batched=batched
    )
    assert np.isfinite(result.loss) and result.loss >= 0
    assert np.isfinite(global_norm(result.grads)) and global_norm(result.grads) > 0


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@each_dtype
@each_path
def test_a_saturated_net_has_states_but_no_gradient(activation, batched, dtype, rng):
    model = Model(RNN(activation), 3, 4, 5)
    params = model.init(rng, dtype)
    huge = tree_map(lambda p: p * dtype(1e25) + dtype(1e25), params.cell)
    xs = 1e4 * rng.standard_normal((4, 2, 3)).astype(dtype)
    result = model.loss_and_grad(
        params._replace(cell=huge), xs, rng.integers(0, 5, (4, 2)), batched=batched
    )
    assert np.isin(result.unrolled.hs, [-1.0, 0.0, 1.0]).all()
    assert global_norm(result.grads.cell) == 0
