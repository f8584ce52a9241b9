"""Every gradient of the package against oracles that know nothing of the backward code."""

import numpy as np
import pytest
from cases import CELLS, PATHS, SHAPES, batch, each_cell, each_path, each_shape, problem

from rnntutor import backward, compare, complex_step, forward
from rnntutor.gradients import adjoint_test, central_differences

# Beyond the small shapes, in each of which something is 1: enough numbers to leave no
# entry to chance.
LARGE = [(3, 2, 17, 29), (2, 3, 31, 37), (4, 5, 13, 19)]
LABELS = [
    ((3, 2, 7, 11), 5),
    ((1, 3, 2, 7), 4),
    ((4, 1, 3, 5), 2),
    ((2, 3, 19, 29), 23),
    ((5, 2, 13, 23), 37),
]
SCALES = [0.4, 1.0, 1.6]  # of the weights, in turn
FOUND = []  # (numbers compared, worst error) of what ran in this process


def slow(*arguments):
    """Arguments of a test that takes long with them."""
    return pytest.param(*arguments, marks=pytest.mark.slow)


def through_time(cell, batched, shape, scale):
    """Gradient of a function of all states by parameters, inputs and initial state, and
    its oracle.
    """
    drawn = problem(cell, shape, np.random.default_rng(shape), scale)

    def value(inputs):
        params, xs, state0 = inputs
        return drawn.cotangent(forward(cell, params, xs, state0, batched=batched))

    unrolled = forward(cell, *drawn.inputs, batched=batched)
    dxs, dstate0, dparams = backward(
        cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched
    )
    return (dparams, dxs, dstate0), value, drawn.inputs


def through_the_loss(cell, batched, shape, V):
    """The same for the loss of a model."""
    # Weights so small that no label is near certain, else y − ȳ cancels, here and in
    # the oracle.
    model, params, xs, targets, state0 = batch(
        cell, shape, V, np.random.default_rng(shape), scale=0.4
    )

    def value(inputs):
        params, xs, state0 = inputs
        return model.loss(params, xs, targets, state0)

    result = model.loss_and_grad(params, xs, targets, state0, batched=batched)
    return (result.grads, result.dxs, result.dstate0), value, (params, xs, state0)


def agrees(gradient, oracle, tol):
    report = compare(gradient, oracle, tol)
    FOUND.append((report.size, report.worst.error))
    assert report.ok, report


# Complex step.


@pytest.mark.equation("eq-complex-step")
@pytest.mark.equation("eq-rnn-grads")
@pytest.mark.equation("eq-dx")
@pytest.mark.equation("eq-dh0")
@pytest.mark.equation("eq-min-gru-da")
@pytest.mark.equation("eq-min-lstm-dgates")
@pytest.mark.equation("eq-turn-grads")
@pytest.mark.parametrize("shape", SHAPES + [slow(shape) for shape in LARGE], ids=str)
@each_path
@each_cell
def test_gradients_through_time(cell, batched, shape):
    scale = SCALES[(SHAPES + LARGE).index(shape) % 3]
    gradient, value, at = through_time(cell, batched, shape, scale)
    agrees(gradient, complex_step(value, at), 1e-12)


@pytest.mark.equation("eq-dy-raw")
@pytest.mark.equation("eq-readout-grads")
@pytest.mark.equation("eq-rnn-grads")
@pytest.mark.parametrize(
    ("shape", "V"), LABELS[:3] + [slow(*label) for label in LABELS[3:]], ids=str
)
@each_path
@each_cell
def test_gradients_of_the_loss(cell, batched, shape, V):
    gradient, value, at = through_the_loss(cell, batched, shape, V)
    agrees(gradient, complex_step(value, at), 1e-12)


# A long and wide net in random directions.


@pytest.mark.slow
@pytest.mark.equation("eq-adjoint-test")
@each_path
@each_cell
def test_adjoint_of_a_thousand_steps(cell, batched):
    T, B, D, H = 1000, 2, 64, 128
    rng = np.random.default_rng(T)
    drawn = problem(cell, (T, B, D, H), rng)
    # An orthogonal W_hh, steep enough that the first steps still matter to the last.
    gain = {"sigmoid": 4.0}.get(getattr(cell, "activation", None), 1.0)
    W_hh = np.linalg.qr(rng.standard_normal((H, H)))[0]
    params = drawn.params._replace(
        W_xh=drawn.params.W_xh / np.sqrt(D) / 4, b_h=0 * drawn.params.b_h
    )
    if hasattr(params, "W_hh"):
        K = params.W_hh.shape[1] // H
        params = params._replace(W_hh=np.tile(gain * W_hh, K))
    unrolled = forward(cell, params, drawn.xs, drawn.state0, batched=batched)

    def states(inputs):
        params, xs, state0 = inputs
        return forward(cell, params, xs, state0, batched=batched).hs[1:]

    def pulled_back(dhs):
        dxs, dstate0, dparams = backward(cell, params, unrolled, dhs, batched=batched)
        return dparams, dxs, dstate0

    at = (params, drawn.xs, drawn.state0)
    assert adjoint_test(states, pulled_back, at, np.random.default_rng(0)) <= 1e-14


# Central differences, an oracle that does without complex numbers.


@pytest.mark.equation("eq-central-difference")
@each_shape
@each_path
@each_cell
def test_central_differences(cell, batched, shape):
    drawn = problem(cell, shape, np.random.default_rng(shape), scale=0.7, margin=1e-3)

    def value(inputs):
        params, xs, state0 = inputs
        return drawn.cotangent(forward(cell, params, xs, state0, batched=batched))

    unrolled = forward(cell, *drawn.inputs, batched=batched)
    dxs, dstate0, dparams = backward(
        cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched
    )
    report = compare(
        (dparams, dxs, dstate0),
        central_differences(value, drawn.inputs, eps=1e-5),
        1e-7,
    )
    assert report.ok, report


def test_how_much_was_compared(note):
    """The sweep is large, and says at the end of the run what it found."""

    def numbers(T, B, D, H):
        return D * H + H * H + H + T * B * D + B * H

    plain = sum(numbers(*shape) for shape in SHAPES + LARGE)
    labeled = sum(numbers(*shape) + shape[3] * V + V for shape, V in LABELS)
    # cells with more blocks have more parameters still
    assert (plain + labeled) * len(CELLS) * len(PATHS) >= 60_000
    if FOUND:
        compared, worst = (
            sum(size for size, _ in FOUND),
            max(error for _, error in FOUND),
        )
        note(
            f"complex step: {compared} numbers compared, worst error {worst:.1e} of a"
            " block's largest"
        )
        assert worst <= 1e-12
