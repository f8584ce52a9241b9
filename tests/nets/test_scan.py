"""The states of a linear recurrence, step by step, by a tree, and by the net that uses
them; the adjoint of all three.
"""

import numpy as np
import pytest
from cases import CELLS, assert_same, largest_difference, normal_like, problem

from rnntutor import GRU, LSTM, backward, complex_step, forward
from rnntutor.cells import LinearCell, MinGRU
from rnntutor.cells.maps import MATRICES, NUMBERS, TURNS
from rnntutor.nets import Scanned, scan
from rnntutor.nets.base import Layer
from rnntutor.text.net_config import build, describe

LINEAR = [cell for cell in CELLS if isinstance(cell, LinearCell)]
LENGTHS = [1, 2, 3, 4, 5, 8, 13]
each_linear = pytest.mark.parametrize("cell", LINEAR, ids=str)
each_maps = pytest.mark.parametrize("maps", [NUMBERS, TURNS, MATRICES])
each_way = pytest.mark.parametrize("tree", [True, False])


def recurrence(maps, T, rng):
    """λ, u and the initial state."""
    shape = {NUMBERS: (2, 3), TURNS: (2, 2, 3), MATRICES: (2, 3, 3)}[maps]
    state = (2, 3) if maps is MATRICES else shape
    return (
        rng.standard_normal((T, *shape)),
        rng.standard_normal((T, *state)),
        rng.standard_normal(state),
    )


@pytest.mark.equation("eq-linear-step")
@pytest.mark.equation("eq-join")
@pytest.mark.parametrize("T", LENGTHS)
@each_maps
def test_the_tree_finds_the_states_of_the_loop(maps, T, rng):
    drawn = recurrence(maps, T, rng)
    states = scan.loop(maps, *drawn)
    size = np.abs(states).max()
    np.testing.assert_allclose(
        scan.tree(maps, *drawn), states, rtol=0, atol=1e-14 * size
    )
    state = drawn[2]
    for t in range(T):
        state = maps.apply(drawn[0][t], state) + drawn[1][t]
        assert_same(states[t], state)


@pytest.mark.equation("eq-linear-dh")
@pytest.mark.equation("eq-linear-dgates")
@pytest.mark.parametrize("how", [scan.tree, scan.loop])
@pytest.mark.parametrize("T", [1, 2, 5, 8])
@each_maps
def test_the_adjoint_is_the_derivative(maps, T, how, rng):
    keep, add, state0 = recurrence(maps, T, rng)
    dstates = rng.standard_normal(add.shape)

    def value(at):
        return (dstates * how(maps, *at)).sum()

    oracle = complex_step(value, (keep, add, state0))
    states = how(maps, keep, add, state0)
    found = scan.backward(maps, keep, states, state0, dstates, how)
    size = max(np.abs(one).max() for one in oracle)
    assert largest_difference(found, oracle) <= 1e-13 * size


class Counting(type(NUMBERS)):
    """Numbers that count how many steps are taken, and in how many calls."""

    def __init__(self):
        self.steps = self.calls = 0

    def apply(self, keep, state):
        self.steps, self.calls = self.steps + np.size(keep), self.calls + 1
        return keep * state


@pytest.mark.parametrize("T", [16, 1000, 1024])
def test_work_and_depth(T):
    counts = Counting()
    scan.tree(counts, np.ones((T, 1, 1)), np.ones((T, 1, 1)), np.zeros((1, 1)))
    levels = int(np.floor(np.log2(T)))
    # at each level: two of which one is a step and one a product of λ, and the way down
    assert counts.calls <= 3 * levels + 1
    assert counts.steps <= 3 * T


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("T", LENGTHS)
@each_way
@each_linear
def test_a_scanned_net_is_the_layer(cell, tree, T, masked, rng):
    drawn = problem(cell, (T, 2, 3, 4), rng)
    mask = rng.random((T, 2)) < 0.7 if masked else None
    results = []
    for net in (Layer(cell), Scanned(cell, tree)):
        passed = net.forward(*drawn.inputs[:2], drawn.state0, mask)
        back = net.backward(drawn.params, passed, drawn.dhs, drawn.dstate_T)
        results.append((passed.outputs, passed.final, tuple(passed.states), *back))
    assert largest_difference(*results) <= 1e-12


@each_way
@each_linear
def test_nothing_in_the_padding_leaks(cell, tree, rng):
    drawn = problem(cell, (6, 3, 3, 4), rng)
    mask = np.arange(6)[:, None] < [6, 1, 4]
    net, results = Scanned(cell, tree), []
    for rubbish in (np.nan, np.inf, 0.0):
        xs = np.where(mask[..., None], drawn.xs, rubbish)
        passed = net.forward(drawn.params, xs, drawn.state0, mask)
        back = net.backward(drawn.params, passed, drawn.dhs)
        results.append((passed.outputs, *back))
    assert_same(results[0], results[2])
    assert_same(results[1], results[2])
    assert (results[2][1][~mask] == 0).all()


def test_each_way_is_taken(monkeypatch, rng):
    """Or else a comparison of the two would compare one with itself."""
    params, xs = MinGRU().init(rng, 3, 4), rng.standard_normal((5, 2, 3))
    for taken, tree in (("tree", True), ("loop", False)):
        with monkeypatch.context() as only:
            only.delattr(scan, "loop" if tree else "tree")
            assert len(Scanned(MinGRU(), tree).forward(params, xs).hs) == 6, taken


def test_no_argument_is_changed(rng):
    net = Scanned(MinGRU())
    params, xs = net.init(rng, 3, 4), rng.standard_normal((5, 2, 3))
    douts, dstate_T = np.ones((5, 2, 4)), MinGRU.State(np.ones((2, 4)))
    net.backward(params, net.forward(params, xs), douts, dstate_T)
    assert (douts == 1).all() and (dstate_T.h == 1).all()


@each_linear
def test_a_long_sequence(cell, rng):
    """Gates near 0 and near 1, over 5000 steps: products that vanish do no harm."""
    drawn = problem(cell, (5000, 1, 3, 4), rng)
    tree = Scanned(cell).forward(drawn.params, drawn.xs, drawn.state0)
    states = forward(cell, drawn.params, drawn.xs, drawn.state0).hs
    np.testing.assert_allclose(tree.hs, states, rtol=0, atol=1e-12)


def test_the_dtype_stays(rng):
    for cell in LINEAR:
        for dtype in (np.float32, np.float64, np.complex128):
            params = cell.init(rng, 3, 4, dtype)
            xs = rng.standard_normal((5, 2, 3)).astype(dtype)
            mask = np.arange(5)[:, None] < [5, 2]
            passed = Scanned(cell).forward(params, xs, mask=mask)
            back = Scanned(cell).backward(params, passed, passed.outputs)
            arrays = [passed.hs, back[0], *back[1], *back[2]]
            assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_how_it_is_computed_is_not_saved():
    assert build(describe(Scanned(MinGRU(), tree=False))) == Scanned(MinGRU())


@pytest.mark.parametrize("cell", [GRU(), LSTM, None, Scanned(MinGRU())], ids=str)
def test_only_a_linear_cell_is_scanned(cell):
    with pytest.raises(TypeError, match=r"^cell: expected one that is linear in its"):
        Scanned(cell)


def test_arguments_that_do_not_fit(rng):
    with pytest.raises(TypeError, match=r"^tree: expected bool, got"):
        Scanned(MinGRU(), tree=1)
    net = Scanned(MinGRU())
    params, xs = net.init(rng, 3, 4), rng.standard_normal((5, 2, 3))
    passed = net.forward(params, xs)
    with pytest.raises(TypeError, match=r"^passed: expected ScannedPass, got Unrolled"):
        net.backward(params, forward(MinGRU(), params, xs), passed.outputs)
    with pytest.raises(ValueError, match=r"^dhs: expected shape \(5, 2, 4\), got"):
        net.backward(params, passed, passed.outputs[:3])
    with pytest.raises(ValueError, match=r"^params: expected those of the forward"):
        net.backward(net.init(rng, 3, 5), passed, passed.outputs)
    with pytest.raises(TypeError, match=r"^state0: expected LinearCell\.State, got"):
        net.forward(params, xs, GRU.State(np.zeros((2, 4))))


def test_the_gradient_is_that_of_the_layer_to_the_last_parameter(rng):
    """`backward` of the package takes a linear cell like any other."""
    cell = MinGRU()
    params = normal_like(cell.init(rng, 3, 4), rng)
    xs, dhs = rng.standard_normal((7, 2, 3)), rng.standard_normal((7, 2, 4))
    step_by_step = backward(cell, params, forward(cell, params, xs), dhs)
    net = Scanned(cell)
    scanned = net.backward(params, net.forward(params, xs), dhs)
    assert largest_difference(step_by_step, scanned) <= 1e-13
