"""Trees: the walk over nested tuples of arrays, and what is computed on it."""

import math
from typing import NamedTuple

import numpy as np
import pytest
from cases import assert_same, normal_like
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import RNN, Model
from rnntutor.model import ModelParams
from rnntutor.tree import flatten, leaves, size
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm


class Pair(NamedTuple):
    left: object
    right: object


TREE = Pair(
    np.arange(6.0).reshape(2, 3),
    (np.array([6.0, 7.0]), Pair(np.float64(8), np.array([9.0]))),
)


def test_leaves_have_dotted_names():
    assert [name for name, _ in leaves(TREE)] == [
        "left",
        "right.0",
        "right.1.left",
        "right.1.right",
    ]
    assert leaves(TREE, "grads")[0][0] == "grads.left"
    assert [name for name, _ in leaves(np.ones(2))] == [""]
    params = Model(RNN("sigmoid"), 2, 3, 4).init(np.random.default_rng(0))
    assert [name for name, _ in leaves(params)] == [
        "cell.W_xh",
        "cell.W_hh",
        "cell.b_h",
        "W_hy",
        "b_y",
    ]


def test_flatten_and_size():
    np.testing.assert_array_equal(flatten(TREE), np.arange(10.0))
    assert size(TREE) == 10
    assert (
        size(Model(RNN("sigmoid"), 2, 3, 4).init(np.random.default_rng(0)))
        == 6 + 9 + 3 + 12 + 4
    )


def test_tree_map_keeps_types_and_order():
    doubled = tree_map(lambda a: 2 * a, TREE)
    assert (
        type(doubled) is Pair
        and type(doubled.right) is tuple
        and type(doubled.right[1]) is Pair
    )
    np.testing.assert_array_equal(flatten(doubled), 2 * np.arange(10.0))
    combined = tree_map(lambda a, b, c: a + b * c, TREE, TREE, doubled)
    np.testing.assert_array_equal(
        flatten(combined), np.arange(10.0) + 2 * np.arange(10.0) ** 2
    )
    params = Model(RNN("sigmoid"), 2, 3, 4).init(np.random.default_rng(0))
    assert type(tree_map(np.zeros_like, params)) is ModelParams


def test_tree_map_does_not_touch_what_it_is_given():
    before = tree_map(np.copy, TREE)
    tree_map(lambda a: a + 1, TREE)
    assert_same(TREE, before)


@given(st.lists(st.floats(-1e150, 1e150), min_size=1, max_size=20), st.integers(0, 20))
def test_global_norm_is_that_of_one_long_vector(numbers, cut):
    numbers = np.array(numbers)
    parts = [part for part in (numbers[:cut], numbers[cut:]) if part.size]
    expected = math.hypot(*numbers)
    assert math.isclose(global_norm(tuple(parts)), expected, rel_tol=1e-14, abs_tol=0)


@pytest.mark.parametrize("factor", [1e-310, 1e-200, 1e200, 1e305])
def test_global_norm_neither_overflows_nor_underflows(factor):
    with np.errstate(over="raise"):
        assert math.isclose(
            global_norm((np.array([3.0]) * factor, np.array([-4.0]) * factor)),
            5 * factor,
        )


def test_global_norm_of_float32_does_not_overflow():
    assert math.isclose(
        global_norm(np.array([3e38, 3e38], np.float32)),
        3e38 * math.sqrt(2),
        rel_tol=1e-6,
    )


def test_global_norm_of_what_is_not_finite():
    assert math.isnan(global_norm((np.array([np.nan]), np.array([1.0]))))
    assert math.isnan(global_norm((np.array([1.0]), np.array([np.nan, 1.0]))))
    assert global_norm((np.array([1.0]), np.array([-np.inf]))) == math.inf
    assert global_norm((np.zeros(3),)) == 0


def test_global_norm_of_a_model(rng):
    tree = normal_like(Model(RNN("sigmoid"), 2, 3, 4).init(rng), rng)
    assert math.isclose(global_norm(tree), np.linalg.norm(flatten(tree)), rel_tol=1e-14)
