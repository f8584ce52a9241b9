"""What the tests of the optimisers share: parameters, gradients, and a run of updates."""

import numpy as np
from cases import normal_like

from rnntutor import RNN, Model

PARAMS = Model(RNN(), 2, 3, 4).init(np.random.default_rng(0))


def run(optimiser, gradients, params=PARAMS):
    """Parameters after each of these gradients in turn."""
    state, seen = optimiser.init(params), []
    for grads in gradients:
        params, state, _, _ = optimiser.update(params, grads, state)
        seen.append(params)
    return seen


def gradients(n, seed=1):
    rng = np.random.default_rng(seed)
    return [normal_like(PARAMS, rng) for _ in range(n)]
