"""The convolutional net against loops over every pixel, and its gradient against the
complex step.
"""

import numpy as np
import pytest
from cases import largest_difference, normal_like

from rnntutor import (
    LSTM,
    SGD,
    Checkpoint,
    Model,
    Stacked,
    Truncation,
    compare,
    complex_step,
    fit,
    softmax,
)
from rnntutor.gradients import adjoint_test
from rnntutor.lab.pictures import CNN, Captioner, average_softmax
from rnntutor.lab.pictures.convolution import (
    convolve,
    convolve_backward,
    max_pool,
    max_pool_backward,
)
from rnntutor.train import window_gradients

# N, R, S, C, C_out, K
SHAPES = [(2, 5, 7, 3, 4, 3), (1, 4, 4, 1, 2, 5), (3, 1, 6, 2, 1, 1)]
SMALL = CNN(8, 4, channels=(2, 3))


def arrays(shape, rng):
    N, R, S, C, made, K = shape
    sizes = (N, R, S, C), (K, K, C, made), (made,), (N, R, S, made)
    return [rng.standard_normal(size) for size in sizes]


@pytest.mark.equation("eq-convolution")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_convolution_is_its_sum(shape, rng):
    N, R, S, C, made, K = shape
    images, W, b, _ = arrays(shape, rng)
    expected = np.zeros((N, R, S, made))
    for n, r, s, k in np.ndindex(expected.shape):
        expected[n, r, s, k] = b[k]
        for u, v, c in np.ndindex(K, K, C):
            row, column = r + u - K // 2, s + v - K // 2
            if 0 <= row < R and 0 <= column < S:
                expected[n, r, s, k] += images[n, row, column, c] * W[u, v, c, k]
    np.testing.assert_allclose(convolve(images, W, b), expected, rtol=0, atol=1e-13)


@pytest.mark.equation("eq-convolution-grads")
@pytest.mark.equation("eq-convolution-dx")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_adjoint_of_a_convolution(shape, rng):
    images, W, b, da = arrays(shape, rng)
    numeric = complex_step(lambda at: (da * convolve(*at)).sum(), (images, W, b))
    report = compare(convolve_backward(images, W, da), numeric, 1e-12)
    assert report.ok, report


@pytest.mark.equation("eq-max-pool")
def test_the_largest_of_four(rng):
    images = rng.standard_normal((2, 6, 4, 3))
    pooled, where = max_pool(images)
    for n, r, s, c in np.ndindex(pooled.shape):
        block = images[n, 2 * r : 2 * r + 2, 2 * s : 2 * s + 2, c]
        assert pooled[n, r, s, c] == block.max() and where[n, r, s, c] == block.argmax()
    dpooled = rng.standard_normal(pooled.shape)
    numeric = complex_step(lambda x: (dpooled * max_pool(x)[0]).sum(), images)
    np.testing.assert_allclose(
        max_pool_backward(where, dpooled), numeric, rtol=0, atol=1e-15
    )


def test_of_equals_one_gets_all():
    pooled, where = max_pool(np.zeros((1, 4, 4, 2)))
    dimages = max_pool_backward(where, np.ones_like(pooled))
    assert dimages.sum() == pooled.size and set(np.unique(dimages)) == {0.0, 1.0}
    assert (where == 0).all()  # the first


def problem(net, rng, T=3, B=2, **options):
    model = Model(net, 32, 5, 4, **options)
    params = normal_like(model.init(rng), rng, 0.5)
    steps = 1 if model.readout == "final" else T
    return (
        model,
        params,
        rng.standard_normal((T, B, 32)),
        rng.integers(0, 4, (steps, B)),
    )


NETS = {
    "CNN": SMALL,
    "CNN, K = 5": CNN(4, 8, (1, 2), K=5),
    "CNN below an LSTM": Stacked((SMALL, LSTM())),
}


@pytest.mark.equation("eq-features")
@pytest.mark.parametrize("readout", ["steps", "final"])
@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_gradients_of_the_loss(net, readout, rng):
    """By parameters and pixels; and with an LSTM on top the two are one net, trained as
    one.
    """
    model, params, xs, targets = problem(net, rng, readout=readout)
    result = model.loss_and_grad(params, xs, targets)
    numeric = complex_step(lambda at: model.loss(at[0], at[1], targets), (params, xs))
    report = compare((result.grads, result.dxs), numeric, 1e-12)
    assert report.ok, report


def test_the_adjoint_at_full_size(rng):
    cnn = CNN()
    params = cnn.init(rng, 256, 64)
    xs = rng.standard_normal((2, 3, 256))
    passed = cnn.forward(params, xs)

    def outputs(at):
        return cnn.forward(at[0], at[1]).outputs

    def back(douts):
        dxs, _, grads = cnn.backward(params, passed, douts)
        return grads, dxs

    for seed in range(3):
        assert (
            adjoint_test(outputs, back, (params, xs), np.random.default_rng(seed))
            <= 1e-14
        )


def test_a_frame_is_on_its_own(rng):
    """No path leads from frame to frame, so their order does not matter."""
    model, params, xs, _ = problem(SMALL, rng, T=6)
    order = rng.permutation(6)
    ys_raw = model.forward(params, xs).ys_raw
    np.testing.assert_allclose(
        model.forward(params, xs[order]).ys_raw, ys_raw[order], rtol=0, atol=1e-13
    )
    one = model.forward(params, xs[2:3, :1]).ys_raw
    np.testing.assert_allclose(one, ys_raw[2:3, :1], rtol=0, atol=1e-13)


def test_windows_of_a_clip(rng):
    """Below an LSTM the CNN may be cut in time, too: the losses of the windows are that
    of the whole.
    """
    model, params, xs, targets = problem(Stacked((SMALL, LSTM())), rng, T=7)
    windows = window_gradients(
        model, params, xs, targets, Truncation(4, 2), reduce="sum"
    )
    losses = sum(result.loss for _, result in windows)
    assert abs(losses - model.loss(params, xs, targets, reduce="sum")) <= 1e-13


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype, rng):
    model = Model(SMALL, 32, 5, 4)
    params = model.init(rng, dtype)
    result = model.loss_and_grad(
        params, rng.standard_normal((2, 2, 32)).astype(dtype), np.zeros((2, 2), int)
    )
    assert result.grads.cell.W_1.dtype == result.dxs.dtype == dtype


def test_the_scale_is_kept_at_the_start():
    """He's variance: pixels of unit scale give features of unit scale."""
    rng = np.random.default_rng(0)
    cnn = CNN()
    features = cnn.forward(
        cnn.init(rng, 256, 64), rng.standard_normal((1, 200, 256))
    ).outputs
    assert 0.3 < np.sqrt(np.mean(features**2)) < 3


def test_it_learns(rng):
    """Bars that lie and bars that stand."""
    xs = 0.3 * rng.standard_normal((1, 64, 8, 8))
    labels = rng.integers(0, 2, 64)
    for i, (label, at) in enumerate(zip(labels, rng.integers(0, 8, 64), strict=True)):
        xs[0, i][(at, slice(None)) if label else (slice(None), at)] += 1
    model = Model(CNN(8, 8, (4, 4)), 64, 8, 2)
    fitted = fit(
        model,
        model.init(rng),
        [(xs.reshape(1, 64, 64), labels[None])],
        SGD(0.1, 0.9, clip=1.0),
        epochs=80,
    )
    assert fitted.history.losses[-1] < 0.1 * fitted.history.losses[0]


@pytest.mark.equation("eq-averaged-softmax")
def test_probabilities_are_averaged_and_not_what_they_come_from(rng):
    ys_raw = 3 * rng.standard_normal((4, 2, 5))
    mean = average_softmax(ys_raw)
    np.testing.assert_allclose(
        mean, sum(softmax(y) for y in ys_raw) / 4, rtol=0, atol=1e-15
    )
    np.testing.assert_allclose(mean.sum(axis=-1), 1, rtol=0, atol=1e-15)
    assert largest_difference(mean, softmax(ys_raw.mean(axis=0))) > 1e-2


# The captioner.


def captioner(rng, T=4, B=3):
    model = Captioner(SMALL, 5, 4, 6)
    params = normal_like(model.init(rng), rng, 0.5)
    xs = rng.standard_normal((B, 32)), rng.integers(0, 6, (T, B))
    mask = np.arange(T)[:, None] < [T, 1, 2]
    return model, params, xs, rng.integers(0, 6, (T, B)), mask


@pytest.mark.equation("eq-caption-input")
@pytest.mark.equation("eq-dfeatures")
def test_gradients_of_captions(rng):
    model, params, (images, inputs), targets, mask = captioner(rng)
    result = model.loss_and_grad(params, (images, inputs), targets, mask=mask)
    numeric = complex_step(
        lambda at: model.loss(at[0], (at[1], inputs), targets, mask=mask),
        (params, images),
    )
    report = compare((result.grads, result.dxs), numeric, 1e-12)
    assert report.ok, report


def test_every_step_sees_the_picture(rng):
    """What is written about a picture is what the decoder says of its features and the
    symbols so far.
    """
    model, params, (images, inputs), *_ = captioner(rng)
    features = model.features(params, images)
    seen, read = model._read(params, (images, inputs))
    np.testing.assert_array_equal(seen.outputs[0], features)
    for t in range(len(inputs)):
        np.testing.assert_array_equal(read[t, :, :5], features)
        np.testing.assert_array_equal(read[t, :, 5:], np.eye(6)[inputs[t]])
    best, *_ = model.write(params, images[0], 6**3, 3, end=2)
    caption = np.append(2, best.symbols)[:, None]
    one = tuple(
        part[:1] if part is images else caption[:-1] for part in (images, inputs)
    )
    loss = model.loss(params, one, caption[1:], reduce="sum")
    assert abs(loss + best.score) <= 1e-12


def test_the_training_of_a_captioner_goes_on_from_its_file(rng, tmp_path):
    """It carries no state, of which there would be none to ask for."""
    model, params, xs, targets, mask = captioner(rng)
    given = model, params, [(xs, targets, {"mask": mask})] * 4, SGD(0.1)
    path = tmp_path / "training.rnn"
    fit(*given, updates=2, checkpoint=Checkpoint(path))
    fitted = fit(*given, checkpoint=Checkpoint(path, resume=True))
    assert fitted.history == fit(*given).history


RNG = np.random.default_rng(0)
P, X, IMAGES = SMALL.init(RNG, 32, 5), np.ones((2, 1, 32)), np.ones((1, 4, 4, 1))
PASSED = SMALL.forward(P, X)
C = Captioner(SMALL, 5, 4, 6)
CP, PICTURE = C.init(RNG), np.ones((1, 32))
OTHER = Captioner(SMALL, 6, 4, 6).init(RNG)
W = np.ones((3, 3, 1, 2))
WRONG = [
    (lambda: CNN(10, 8), r"rows: expected a multiple of 4, got 10"),
    (lambda: CNN(8, 2), r"columns: expected an integer of at least 4, got 2"),
    (lambda: CNN(channels=8), r"channels: expected two integers, got 8"),
    (lambda: CNN(channels=(8, 0)), r"channels\[1\]: expected an integer of at least 1, got 0"),
    (lambda: CNN(K=4), r"K: expected an odd number, got 4"),
    (lambda: SMALL.init(RNG, 33, 5), r"D: expected 8 · 4 = 32 pixels, got 33"),
    (lambda: SMALL.init(0.5, 32, 5), r"rng: expected a numpy.random.Generator .*, got 0.5"),
    (lambda: SMALL.forward((1, 2), X), r"params: expected CNNParams, got tuple"),
    (lambda: SMALL.forward(P, X[..., 1:]), r"xs: expected shape \(T, B, 32\) .*, got \(2, 1, 31\)"),
    (lambda: SMALL.forward(P, X, mask=X[..., 0] > 0), r"mask: expected None, .*, got an array of shape"),
    (lambda: SMALL.forward(P._replace(b_2=np.ones(4)), X), r"params\.b_2: expected shape \(3,\), got \(4,\)"),
    (lambda: SMALL.forward(P._replace(W_zh=W), X), r"params\.W_zh: expected shape \(6, 5\), got"),
    (lambda: SMALL.backward(P, X, X), r"passed: expected CNNPass, got ndarray"),
    (lambda: SMALL.backward(P, PASSED, X), r"douts: expected shape \(2, 1, 5\), got \(2, 1, 32\)"),
    (lambda: convolve(IMAGES, W[1:, 1:], np.ones(2)), r"W: expected shape .* with K odd, got \(2, 2, 1, 2\)"),
    (lambda: convolve(IMAGES, W[:, :1], np.ones(2)), r"W: expected shape .* with K odd, got \(3, 1, 1, 2\)"),
    (lambda: convolve(IMAGES, W[..., [0, 0], :], np.ones(2)), r"W: expected shape \(K, K, 1, C_out\)"),
    (lambda: convolve(IMAGES, W, np.ones(1)), r"b: expected shape \(2,\), got \(1,\)"),
    (lambda: convolve(IMAGES[0], W, np.ones(2)), r"images: expected shape \(N, R, S, C\) .*, got"),
    (lambda: convolve_backward(IMAGES, W, IMAGES), r"da: expected shape \(1, 4, 4, 2\), got \(1, 4, 4, 1\)"),
    (lambda: max_pool(IMAGES[:, 1:]), r"images: expected an even number of rows and columns, got 3 and 4"),
    (lambda: max_pool_backward(np.zeros((1, 2, 2, 2), int), IMAGES), r"where: expected shape \(1, 4, 4, 1\)"),
    (lambda: average_softmax("x"), r"y_raw: expected an array"),
    (lambda: Captioner(LSTM(), 5, 4, 6), r"cnn: expected CNN, got LSTM"),
    (lambda: Captioner(SMALL, 0, 4, 6), r"F: expected an integer of at least 1, got 0"),
    (lambda: Captioner(SMALL, 5, 4, 6, "x"), r"cell: expected a cell such as RNN\(\), got 'x'"),
    (lambda: C.check_params(OTHER), r"params\.cnn: expected F = 5 features, got 6"),
    (lambda: C.features(None, PICTURE), r"params: expected CaptionerParams, got NoneType"),
    (lambda: C.features(CP, PICTURE[:, 1:]), r"images: expected shape \(N, 32\) .*, got \(1, 31\)"),
    (lambda: C.loss_and_grad(CP, PICTURE, [[0]]), r"xs: expected \(images, inputs\), got an array"),
    (lambda: C.loss_and_grad(CP, (PICTURE, [[6]]), [[0]]), r"inputs: expected integers from 0 to 5, got 6"),
    (lambda: C.loss(CP, (np.ones((2, 32)), [[0]]), [[0]]), r"images: expected shape \(1, 32\), got"),
    (lambda: C.write(CP, PICTURE[0], 1, 5, 6), r"prompt: expected integers from 0 to 5, got 6"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        call()
