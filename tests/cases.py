"""What the tests of the core share: the cells, the paths through time, and random
problems of every shape.

A cell that is registered is in `CELLS`, and every test that is parametrized by
`each_cell` holds for it, too.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest

from rnntutor import LSTM, Fast, Model
from rnntutor.cells import registry
from rnntutor.cells.affine import AffineCell, affine
from rnntutor.fast.schedule import compiles
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

RNNS = list(registry.CELLS["rnn"])
CELLS = [cell for forms in registry.CELLS.values() for cell in forms]
# have a path that is batched
AFFINE = [cell for cell in CELLS if isinstance(cell, AffineCell)]
PATHS = [True, False]  # `batched`: products over all steps at once, or step by step
# (T, B, D, H), each once 1, otherwise all different: an array in the wrong place does
# not fit
SHAPES = [(5, 2, 3, 4), (1, 2, 3, 4), (5, 1, 3, 4), (5, 2, 1, 4), (5, 2, 3, 1)]

# schedules of `Fast`: in NumPy, as machine code
COMPILED = [False, True] if compiles() else [False]
FAST = [Fast(cell, compiled) for compiled in COMPILED for cell in (*RNNS, LSTM())]

each_cell = pytest.mark.parametrize("cell", CELLS, ids=str)
each_affine_cell = pytest.mark.parametrize("cell", AFFINE, ids=str)
each_fast = pytest.mark.parametrize("net", FAST, ids=str)
# for what only the state h is needed
each_rnn = pytest.mark.parametrize("cell", RNNS, ids=str)
each_path = pytest.mark.parametrize("batched", PATHS, ids=["batched", "stepwise"])
each_shape = pytest.mark.parametrize(
    "shape", SHAPES, ids=lambda shape: "T{} B{} D{} H{}".format(*shape)
)


class Problem(NamedTuple):
    """All that a cell's way forward and back takes."""

    params: Any
    xs: np.ndarray
    state0: Any
    dhs: np.ndarray
    dstate_T: Any

    @property
    def inputs(self):
        """What the gradient is taken by."""
        return self.params, self.xs, self.state0

    def cotangent(self, unrolled):
        """A number whose derivatives by h_1 … h_T and the final state are `dhs` and
        `dstate_T`.
        """
        at_the_end = sum(
            (d * s).sum() for d, s in zip(self.dstate_T, unrolled.state_T, strict=True)
        )
        return (self.dhs * unrolled.hs[1:]).sum() + at_the_end


def normal_like(tree, rng, scale=1.0):
    """A tree of the same shapes, drawn from a normal distribution."""
    return tree_map(lambda a: scale * rng.standard_normal(a.shape), tree)


def problem(cell, shape, rng, scale=1.0, margin=0.0):
    """A random problem: initial state, final cotangent and biases all differ from zero.

    Pre-activations lie at least `margin` away from the kink of a ReLU, for the sake of
    finite differences.
    """
    T, B, D, H = shape
    while True:
        params = normal_like(cell.init(rng, D, H), rng, scale)
        state0, dstate_T = (
            normal_like(cell.zero_state(params, B), rng) for _ in range(2)
        )
        drawn = Problem(
            params,
            rng.standard_normal((T, B, D)),
            state0,
            rng.standard_normal((T, B, H)),
            dstate_T,
        )
        if (
            not margin
            or getattr(cell, "activation", None) != "relu"
            or margin < _from_kink(cell, drawn)
        ):
            return drawn


def _from_kink(cell, drawn):
    """How close a pre-activation of this problem comes to zero."""
    state, nearest = drawn.state0, np.inf
    for x in drawn.xs:
        nearest = min(nearest, np.abs(affine(drawn.params, x, state.h)).min())
        state, _ = cell.step(drawn.params, x, state)
    return nearest


class Batch(NamedTuple):
    """A model with parameters, and a batch for it."""

    model: Model
    params: Any
    xs: np.ndarray
    targets: np.ndarray
    state0: Any


def batch(cell, shape, V, rng, scale=1.0):
    """A random model and batch; all parameters and the initial state differ from zero."""
    T, B, D, H = shape
    model = Model(cell, D, H, V)
    params = normal_like(model.init(rng), rng, scale)
    state0 = normal_like(cell.zero_state(params.cell, B), rng)
    return Batch(
        model,
        params,
        rng.standard_normal((T, B, D)),
        rng.integers(0, V, (T, B)),
        state0,
    )


def counting(cell):
    """A cell like this one, and the list of the calls of its step and of the adjoint."""
    calls = []

    class Counting(type(cell)):
        def step(self, *args):
            calls.append("step")
            return super().step(*args)

        def step_backward(self, *args):
            calls.append("step_backward")
            return super().step_backward(*args)

    return Counting(**vars(cell)), calls


def largest_difference(tree, other):
    """Largest difference of any two entries of trees of one structure."""
    pairs = zip(leaves(tree), leaves(other), strict=True)
    differences = []
    for (name, a), (same, b) in pairs:
        assert name == same and a.shape == b.shape, (name, a.shape, same, b.shape)
        differences.append(float(np.max(np.abs(a - b))))
    return max(differences)  # NaN is compared with False and so fails any bound


def assert_same(tree, other):
    """Equal to the last bit."""
    for (name, a), (same, b) in zip(leaves(tree), leaves(other), strict=True):
        assert name == same
        np.testing.assert_array_equal(a, b, err_msg=name)
