"""What the tests of training share: a small model, its batches, and the training loop
written out.
"""

import numpy as np

from rnntutor import RNN, Model

T, B, D, H, V = 4, 2, 3, 5, 6
MODEL = Model(RNN("tanh"), D, H, V)
PARAMS = MODEL.init(np.random.default_rng(0))


def batches(n, seed=0, T=T):
    rng = np.random.default_rng(seed)
    return [
        (rng.standard_normal((T, B, D)), rng.integers(0, V, (T, B))) for _ in range(n)
    ]


def by_hand(n, data, optimizer, carry=False):
    """Parameters after 0, 1, …, n updates, without `fit`."""
    params, state, optimizer_state, seen = (
        PARAMS,
        None,
        optimizer.init(PARAMS),
        [PARAMS],
    )
    for i in range(n):
        if i % len(data) == 0 or not carry:
            state = None
        result = MODEL.loss_and_grad(
            params, *data[i % len(data)], state, reduce="token"
        )
        params, optimizer_state, _, _ = optimizer.update(
            params, result.grads, optimizer_state
        )
        state = result.state_T
        seen.append(params)
    return seen


class Spy:
    """A model that keeps what it was asked."""

    def __init__(self, model=MODEL):
        self.model, self.asked, self.results = model, [], []
        self.check_params, self.check_batch = model.check_params, model.check_batch
        self.net, self.readout = model.net, model.readout

    def loss_and_grad(self, *args, **options):
        self.asked.append((args, options))
        self.results.append(self.model.loss_and_grad(*args, **options))
        return self.results[-1]


def losses_of(*values):
    """A validation function that returns these values in turn and keeps the parameters
    it was asked about.
    """
    values = list(values)

    def validate(params):
        validate.seen.append(params)
        return values[len(validate.seen) - 1]

    validate.seen = []
    return validate
