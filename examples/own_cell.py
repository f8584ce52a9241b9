"""A cell of your own: its equations, their adjoint, and what checks them.

    python examples/own_cell.py

The cell is an RNN that leaks: h_t = (1 − λ) h_{t−1} + λ tanh(x_t W_xh + h_{t−1} W_hh +
b_h). The parameters' part is inherited; what is left is one line forward, and its
adjoint.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import rnntutor as rt


@dataclass(frozen=True)
class Leaky(rt.cells.AffineCell):
    """An RNN whose state moves by the fraction `rate` of the way to its new value."""

    rate: float = 0.25
    blocks = 1  # one block of H columns in W_xh and W_hh

    class State(NamedTuple):
        h: np.ndarray  # (B, H)

    class StepGrads(NamedTuple):
        dh: np.ndarray  # (B, H)
        da: np.ndarray  # (B, H)

    def activate(self, a, state_prev):
        """From the pre-activations a (B, H) to the new state, and what the adjoint
        needs.
        """
        f = np.tanh(a)
        return self.State((1 - self.rate) * state_prev.h + self.rate * f), f

    def activate_backward(self, f, dstate):
        """The adjoint: from dL/dh to dL/da."""
        return self.StepGrads(dstate.h, dstate.h * self.rate * (1 - f**2))

    def carry(self, grads, dh_prev):
        """What reaches h_{t−1}: through the weights, and along the leak."""
        return self.State(dh_prev + (1 - self.rate) * grads.dh)


rt.cells.register("leaky", Leaky())  # so that it can be saved and loaded by name
print(rt.check_cell(Leaky()))

# It can be trained like any other, and checked within a model, too.
rng = np.random.default_rng(0)
model = rt.Model(Leaky(), D=3, H=8, V=5)
params = model.init(rng)
xs, targets = rng.normal(size=(20, 4, 3)), rng.integers(0, 5, (20, 4))
grads = model.loss_and_grad(params, xs, targets).grads
truth = rt.complex_step(lambda p: model.loss(p, xs, targets), params)
print(rt.compare(grads, truth))
