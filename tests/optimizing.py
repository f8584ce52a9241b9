"""What the tests of the optimizers share: parameters, gradients, and a run of updates."""

import numpy as np
from cases import normal_like

from rnntutor import RNN, SGD, Adam, Model, RMSProp

KINDS = [SGD, RMSProp, Adam]
OPTIMIZERS = [SGD(0.1), SGD(0.1, momentum=0.9), RMSProp(0.1), Adam(0.1)]
PARAMS = Model(RNN("sigmoid"), 2, 3, 4).init(np.random.default_rng(0))


def run(optimizer, gradients, params=PARAMS):
    """Parameters after each of these gradients in turn."""
    state, seen = optimizer.init(params), []
    for grads in gradients:
        params, state, _, _ = optimizer.update(params, grads, state)
        seen.append(params)
    return seen


def gradients(n, seed=1):
    rng = np.random.default_rng(seed)
    return [normal_like(PARAMS, rng) for _ in range(n)]
