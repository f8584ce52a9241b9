"""Arrays in any layout give the same result, and none that is passed in is ever
changed.
"""

import numpy as np
import pytest
from cases import (
    assert_same,
    batch,
    each_cell,
    each_fast,
    each_path,
    largest_difference,
    normal_like,
    problem,
)
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import (
    RNN,
    SGD,
    Embedded,
    Model,
    Truncation,
    backward,
    compare,
    complex_step,
    cross_entropy,
    fit,
    forward,
    sample,
    sigmoid,
    softmax,
)
from rnntutor.gradients import (
    adjoint_test,
    central_differences,
    cosine,
    relative_difference,
)
from rnntutor.model import readout_backward
from rnntutor.model.losses import log_softmax
from rnntutor.text import temper
from rnntutor.train import Validation, clip_by_global_norm, truncated_gradient
from rnntutor.tree import flatten, leaves
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm


def fortran(array):
    return np.asfortranarray(array)


def reversed_axes(array):
    """Negative strides along every axis."""
    back = (slice(None, None, -1),) * array.ndim
    return array[back].copy()[back]


def strided(array):
    """Every second element of a larger array, with rubbish between."""
    out = np.full([2 * n for n in array.shape], 77, array.dtype)
    every_second = (slice(None, None, 2),) * array.ndim
    out[every_second] = array
    return out[every_second]


def transposed(array):
    return array.T.copy().T


def other_byte_order(array):
    return (
        array.astype(array.dtype.newbyteorder()) if array.dtype.itemsize > 1 else array
    )


def subclass(array):
    class Tagged(np.ndarray):
        pass

    return array.view(Tagged)


LAYOUTS = [fortran, reversed_axes, strided, transposed, other_byte_order, subclass]
each_layout = pytest.mark.parametrize(
    "layout", LAYOUTS, ids=lambda layout: layout.__name__
)


def frozen(tree):
    """Make every array read-only: to write into it raises."""
    for _, leaf in leaves(tree):
        leaf.setflags(write=False)
    return tree


def lay_out(layout, tree):
    return frozen(tree_map(layout, tree))


def test_the_layouts_are_what_they_say():
    array = np.arange(24.0).reshape(2, 3, 4)
    for layout in LAYOUTS:
        np.testing.assert_array_equal(layout(array), array)
        assert layout(array).shape == array.shape
    assert (
        not fortran(array).flags.c_contiguous and not strided(array).flags.c_contiguous
    )
    assert all(stride < 0 for stride in reversed_axes(array).strides)
    assert not other_byte_order(array).dtype.isnative


MASK = np.arange(4)[:, None] < [4, 2]


@each_layout
@each_path
@each_cell
def test_gradients(cell, batched, layout, rng):
    model, params, xs, targets, state0 = batch(cell, (4, 2, 3, 5), 6, rng)
    want = model.loss_and_grad(params, xs, targets, state0, MASK, batched=batched)
    inputs = lay_out(layout, (params, xs, targets, state0, MASK))
    have = model.loss_and_grad(*inputs, batched=batched)
    assert abs(have.loss - want.loss) <= 1e-14
    for part in ("grads", "state_T", "dxs", "dstate0"):
        assert largest_difference(getattr(have, part), getattr(want, part)) <= 1e-14


@each_layout
@each_path
@each_cell
def test_cotangents(cell, batched, layout, rng):
    drawn = problem(cell, (4, 2, 3, 5), rng)
    want = backward(
        cell, drawn.params, forward(cell, *drawn.inputs), drawn.dhs, drawn.dstate_T
    )
    drawn = lay_out(layout, drawn)
    unrolled = forward(cell, *drawn.inputs, batched=batched)
    have = backward(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T, batched)
    assert largest_difference(have, want) <= 1e-12


@each_layout
@each_fast
def test_the_fast_schedule(net, layout, rng):
    """Read-only arrays in any layout: outputs, gradients, and what is written."""
    drawn = problem(net.cell, (4, 2, 3, 5), rng)
    laid = lay_out(layout, drawn)
    results = []
    for one, mask in ((drawn, MASK), (laid, frozen(layout(MASK)))):
        passed = net.forward(one.params, one.xs, one.state0, mask)
        back = net.backward(one.params, passed, one.dhs, one.dstate_T)
        results.append((passed.outputs, passed.state_T, *back))
    assert largest_difference(*results) <= 1e-12


@each_layout
@each_fast
def test_the_fast_schedule_on_symbols(net, layout, rng):
    for V in (3, 20):  # products looked up, or rows
        model = Model(Embedded(net, 2), V, 5, V)
        params = normal_like(model.init(rng), rng)
        ids, targets = rng.integers(0, V, (2, 4, 2))
        want = model.loss_and_grad(params, ids, targets, mask=MASK)
        text = sample(model, params, ids[:, 0], 20, np.random.default_rng(0))
        laid, ids, targets, mask = lay_out(layout, (params, ids, targets, MASK))
        have = model.loss_and_grad(laid, ids, targets, mask=mask)
        assert (
            largest_difference((have.grads, have.dstate0), (want.grads, want.dstate0))
            <= 1e-12
        )
        np.testing.assert_array_equal(
            sample(model, laid, ids[:, 0], 20, np.random.default_rng(0)), text
        )


@st.composite
def views(draw):
    """A random array with a random view of it: steps of either sign, axes in any order."""
    shape = [draw(st.integers(1, 4)) for _ in range(3)]
    steps = [draw(st.sampled_from([-3, -2, -1, 1, 2, 3])) for _ in range(3)]
    base = np.random.default_rng(draw(st.integers(0, 99))).standard_normal(
        [n * abs(step) for n, step in zip(shape, steps, strict=True)]
    )
    view = base[tuple(slice(None, None, step) for step in steps)]
    return view.transpose(draw(st.permutations([0, 1, 2])))


@given(views())
def test_functions_of_one_array_do_not_see_its_layout(view):
    plain = np.ascontiguousarray(view)
    for function in (
        sigmoid,
        softmax,
        log_softmax,
        lambda x: temper(x, 0.5),
        global_norm,
        flatten,
    ):
        np.testing.assert_allclose(
            function(view), function(plain), rtol=1e-14, atol=1e-15
        )


@given(views(), st.integers(1, 3))
def test_inputs_of_any_layout(view, H):
    cell = RNN("tanh")
    params = cell.init(np.random.default_rng(0), view.shape[-1], H)
    want = forward(cell, params, np.ascontiguousarray(view)).hs
    for batched in (True, False):
        assert (
            np.max(np.abs(forward(cell, params, view, batched=batched).hs - want))
            <= 1e-14
        )


# Read-only arrays everywhere: whatever tries to change an argument raises.

PARAMS = frozen(Model(RNN("tanh"), 3, 4, 3).init(np.random.default_rng(0)))
XS = frozen(np.random.default_rng(1).standard_normal((5, 2, 3)))
TARGETS = frozen(np.random.default_rng(2).integers(0, 3, (5, 2)))
GRADS = frozen(
    tree_map(lambda p: np.random.default_rng(3).standard_normal(p.shape), PARAMS)
)
MODEL = Model(RNN("tanh"), 3, 4, 3)
OUTPUTS = frozen(np.random.default_rng(4).standard_normal((5, 2, 3)))
OPTIMIZERS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, clip=0.01),
    SGD(0.1, clip=1e9),
]
CALLS = {
    "cross_entropy": lambda: cross_entropy(OUTPUTS, TARGETS, frozen(np.ones((5, 2), bool))),
    "softmax": lambda: (softmax(OUTPUTS), log_softmax(OUTPUTS), temper(OUTPUTS, 0), temper(OUTPUTS, 0.3)),
    "readout_backward": lambda: readout_backward(PARAMS, frozen(np.ones((5, 2, 4))), OUTPUTS),
    "clip": lambda: (clip_by_global_norm(GRADS, 0.1), clip_by_global_norm(GRADS, 100.0)),
    "truncated": lambda: truncated_gradient(MODEL, PARAMS, XS, TARGETS, Truncation(3, 2)),
    "sample": lambda: sample(MODEL, PARAMS, frozen(np.array([1, 2])), 5, np.random.default_rng(0)),
    "oracles": lambda: [
        oracle(lambda p: MODEL.loss(p, XS, TARGETS), PARAMS) for oracle in (complex_step, central_differences)
    ],
    "compare": lambda: (compare(GRADS, GRADS), cosine(GRADS, PARAMS), relative_difference(GRADS, PARAMS)),
    "adjoint_test": lambda: adjoint_test(
        lambda x: frozen(2 * x), lambda u: frozen(2 * u), XS, np.random.default_rng(0)
    ),
    **{
        f"fit {optimizer}": lambda optimizer=optimizer: fit(
            MODEL, PARAMS, [(XS, TARGETS)] * 2, optimizer, epochs=2, carry_state=True,
            truncation=Truncation(3, 2),
            validation=Validation(lambda params: MODEL.loss(params, XS, TARGETS), every=1),
        )
        for optimizer in OPTIMIZERS
    },
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_arguments_are_not_changed(call):
    before = tree_map(np.copy, (PARAMS, GRADS, XS, TARGETS, OUTPUTS))
    CALLS[call]()
    assert_same((PARAMS, GRADS, XS, TARGETS, OUTPUTS), before)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_an_update_leaves_its_arguments_alone(optimizer):
    state = optimizer.init(PARAMS)
    first = optimizer.update(PARAMS, GRADS, state)
    kept = tree_map(np.copy, first.params)
    velocity = (
        None
        if first.state.velocity is None
        else tree_map(np.copy, first.state.velocity)
    )
    frozen(first.params)
    optimizer.update(first.params, GRADS, first.state)
    assert_same(first.params, kept)
    if velocity is not None:
        assert_same(first.state.velocity, velocity)
    assert state.updates == 0 and first.state.updates == 1


def test_results_do_not_share_memory_with_arguments(rng):
    """Who changes a gradient or new parameters in place does not change what they were
    made from.
    """
    model, params, xs, targets, state0 = batch(RNN("tanh"), (4, 2, 3, 5), 6, rng)
    result = model.loss_and_grad(params, xs, targets, state0)
    update = SGD(0.1, momentum=0.9).update(
        params, result.grads, SGD(0.1, 0.9).init(params)
    )
    before = (*leaves(params), *leaves(state0), ("xs", xs))
    after = (
        *leaves(result.grads),
        *leaves(update.params),
        *leaves(update.state.velocity),
        ("hs", result.unrolled.hs),
    )
    for name, old in before:
        for other, new in after:
            assert not np.shares_memory(old, new), (name, other)
