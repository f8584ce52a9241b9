"""RMSProp and Adam: their rules, number by number, and what the two are known for."""

import math

import numpy as np
import pytest
from optimizing import PARAMS, gradients, run

from rnntutor import Adam, RMSProp
from rnntutor.tree import flatten
from rnntutor.tree import map as tree_map


def slow_rmsprop(theta, gs, lr, alpha, eps):
    """The algorithm in PyTorch's documentation of torch.optim.RMSprop (no momentum, not
    centered).
    """
    v = 0.0
    for g in gs:
        v = alpha * v + (1 - alpha) * g**2
        theta = theta - lr * g / (math.sqrt(v) + eps)
    return theta


def slow_adam(theta, gs, lr, beta1, beta2, eps):
    """Algorithm 1 of Kingma & Ba (2015), which is that of torch.optim.Adam as well."""
    m = v = 0.0
    for t, g in enumerate(gs, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - lr * m_hat / (math.sqrt(v_hat) + eps)
    return theta


RULES = [
    (RMSProp(0.1), slow_rmsprop, (0.1, 0.99, 1e-8)),
    (RMSProp(0.02, alpha=0.9, eps=0.5), slow_rmsprop, (0.02, 0.9, 0.5)),
    (RMSProp(0.02, alpha=0), slow_rmsprop, (0.02, 0.0, 1e-8)),
    (Adam(0.1), slow_adam, (0.1, 0.9, 0.999, 1e-8)),
    (Adam(0.02, beta1=0.5, beta2=0.8, eps=0.5), slow_adam, (0.02, 0.5, 0.8, 0.5)),
    (Adam(0.02, beta1=0, beta2=0), slow_adam, (0.02, 0.0, 0.0, 1e-8)),
]


@pytest.mark.equation("eq-rmsprop")
@pytest.mark.equation("eq-adam")
@pytest.mark.parametrize(
    ("optimizer", "slow", "settings"), RULES, ids=[str(rule[0]) for rule in RULES]
)
def test_the_rule_in_scalars(optimizer, slow, settings):
    g = gradients(6)
    have = flatten(run(optimizer, g)[-1])
    expected = [
        slow(theta, gs, *settings)
        for theta, *gs in zip(
            *(flatten(tree).tolist() for tree in (PARAMS, *g)), strict=True
        )
    ]
    np.testing.assert_allclose(have, expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("scale", [10.0, 1e3, 1e6])
@pytest.mark.parametrize("optimizer", [RMSProp(0.1), Adam(0.1)], ids=str)
def test_the_scale_of_the_gradient_does_not_matter(optimizer, scale):
    scaled = [tree_map(lambda g: scale * g, grads) for grads in gradients(5)]
    want, have = (flatten(run(optimizer, g)[-1]) for g in (gradients(5), scaled))
    np.testing.assert_allclose(have, want, rtol=0, atol=1e-3)  # but for ε


def test_the_first_steps():
    """RMSProp's is 1/√(1 − α) times the rate, Adam's is the rate, whatever the
    gradient.
    """
    g = gradients(1)
    for optimizer, length in ((RMSProp(0.1, alpha=0.99), 1.0), (Adam(0.1), 0.1)):
        moved = flatten(tree_map(np.subtract, run(optimizer, g)[0], PARAMS))
        np.testing.assert_allclose(moved, -length * np.sign(flatten(g[0])), rtol=1e-4)


@pytest.mark.parametrize("optimizer", [RMSProp(0.1), Adam(0.1)], ids=str)
def test_where_there_is_no_gradient_nothing_moves(optimizer):
    still = tree_map(np.zeros_like, PARAMS)
    np.testing.assert_array_equal(
        flatten(run(optimizer, [still] * 3)[-1]), flatten(PARAMS)
    )


def test_a_valley_steep_in_one_direction_is_no_obstacle():
    """Gradients of 1000 and 1 along the two axes: both are walked at one pace."""
    at = (np.array([1.0, 1.0]),)
    for optimizer in (RMSProp(0.01), Adam(0.01)):
        here, state = at, optimizer.init(at)
        for _ in range(50):
            here, state, _, _ = optimizer.update(
                here, (here[0] * [1000.0, 1.0],), state
            )
        assert abs(here[0][0] - here[0][1]) < 1e-3 and here[0][0] < 0.8
