"""SGD: the update rule and momentum. What it shares with the other optimizers is in
test_optimizers.py.
"""

import math

import numpy as np
import pytest
from cases import largest_difference
from optimizing import PARAMS, gradients, run

from rnntutor import SGD
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm


@pytest.mark.equation("eq-sgd")
def test_plain_steps():
    g = gradients(2)
    first, second = run(SGD(lr=0.1), g)
    assert (
        largest_difference(first, tree_map(lambda p, g: p - 0.1 * g, PARAMS, g[0]))
        <= 1e-16
    )
    assert (
        largest_difference(second, tree_map(lambda p, g: p - 0.1 * g, first, g[1]))
        <= 1e-16
    )


@pytest.mark.equation("eq-momentum")
def test_momentum_sums_past_gradients_with_falling_weight():
    g = gradients(4)
    have = run(SGD(lr=0.1, momentum=0.9), g)[-1]

    def expected(p, *g):
        # step n takes Σ_k μ^{n−k} g_k; the steps add up
        return p - 0.1 * sum(
            sum(0.9 ** (n - k) * g[k] for k in range(n + 1)) for n in range(len(g))
        )

    assert largest_difference(have, tree_map(expected, PARAMS, *g)) <= 1e-15


@pytest.mark.equation("eq-momentum")
def test_momentum_under_a_constant_gradient_approaches_a_factor():
    steps = run(SGD(lr=0.1, momentum=0.9), gradients(1) * 400)
    last = tree_map(np.subtract, steps[-2], steps[-1])
    assert (
        largest_difference(
            last, tree_map(lambda g: 0.1 / (1 - 0.9) * g, gradients(1)[0])
        )
        <= 1e-12
    )


def test_momentum_remembers_the_clipped_gradient():
    grads = gradients(1)[0]
    update = SGD(lr=1.0, momentum=0.5, clip=1.0).update(
        PARAMS, grads, SGD(1.0, 0.5).init(PARAMS)
    )
    assert math.isclose(global_norm(update.state.velocity), 1.0, rel_tol=1e-12)
