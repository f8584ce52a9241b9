"""What every net can do, and the smallest net: one cell unrolled over time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor.nets import unroll
from rnntutor.tree import map as tree_map


class Net(ABC):
    """Maps a sequence of inputs to a sequence of outputs, and output gradients to input
    gradients.

    `forward` returns a record of the pass, of the net's own class, with

    - ``outputs``, array (T, B, width): the output at each step,
    - ``final``, array (B, width): the output when the whole sequence has been read,
    - ``state_T``, to carry on from, and ``states``, the T + 1 states of a causal net.
    """

    causal = True  # an output depends on the inputs up to its own step alone
    reads_symbols = False  # integers (T, B) in place of vectors (T, B, D)
    dropout = 0.0  # whether a generator is wanted in training
    # what does readout and loss in one go, as `rnntutor.fast.kernels` does
    kernels = None

    @abstractmethod
    def init(self, rng, D, H, dtype=np.float64):
        """Draw parameters for inputs of size D and hidden size H."""

    @abstractmethod
    def check_params(self, params, name="params"):
        """Raise unless `params` are this net's and their shapes agree; return (D,
        H).
        """

    @abstractmethod
    def check_inputs(self, xs, mask, D):
        """Raise unless `xs` and `mask` are what `forward` takes; return both, padding
        set to zero.
        """

    @abstractmethod
    def width(self, H):
        """How many numbers an output has."""

    def forward(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read a sequence.

        Parameters
        ----------
        params : tree
            As from `init`.
        xs : array (T, B, D)
        state0 : the net's state, optional
            Zeros if left out.
        mask : bool array (T, B), optional
            False marks padding: there the state is kept.
        batched : bool
            As for `rnntutor.forward`.
        rng : numpy.random.Generator, optional
            Draws the dropout masks; nothing is dropped without it.

        Returns
        -------
        A forward pass, see the class.

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape, or is not finite where it
            counts.
        """
        D, _ = self.check_params(params)
        xs, mask = self.check_inputs(xs, mask, D)
        rng = None if rng is None else _check.generator("rng", rng)
        return self.run(params, xs, state0, mask, batched, rng)

    def backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The adjoint of `forward`.

        Parameters
        ----------
        params : tree
        passed : a forward pass
        douts : array (T, B, width)
            Derivative of the loss with respect to the outputs.
        dstate_T : the net's state, optional
            Derivative with respect to the final state; zeros if left out.
        batched : bool
            As for `rnntutor.backward`.

        Returns
        -------
        dxs : array like xs
            None where the inputs are symbols.
        dstate0 : the net's state
        dparams : tree

        Raises
        ------
        TypeError, ValueError
            As for `forward`.
        """
        self.check_params(params)
        return self.run_backward(params, passed, douts, dstate_T, batched)

    @abstractmethod
    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """`forward`, for parameters and inputs that were checked."""

    @abstractmethod
    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """`backward`, for parameters that were checked."""

    @abstractmethod
    def final_backward(self, dfinal, state_T):
        """The adjoint of ``final``: from the derivative with respect to it to that with
        respect to the final state.
        """

    def looks_up_products(self, E_x, ids):
        """Whether the rows `ids` of `E_x` are better multiplied before they are looked
        up.

        A net that answers True has `forward_symbols` and `backward_symbols`, as
        `rnntutor.fast.Fast` has.
        """
        return False


@dataclass(frozen=True)
class Layer(Net):
    """One cell, unrolled over time by `rnntutor.nets.unroll`.

    Parameters
    ----------
    cell : a cell, such as `RNN`
    """

    cell: Any

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the cell's parameters."""
        return self.cell.init(rng, D, H, dtype)

    def check_params(self, params, name="params"):
        """Raise unless `params` are the cell's; return (D, H)."""
        return self.cell.check_params(params, name)

    def check_inputs(self, xs, mask, D):
        """Raise unless `xs` is (T, B, D) and finite outside the padding."""
        return unroll.check_inputs(xs, mask, D)

    def width(self, H):
        """An output is the cell's h."""
        return H

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Unroll the cell; nothing is dropped inside a layer."""
        return unroll.run(self.cell, params, xs, state0, mask, batched)

    def backward(self, params, passed, douts, dstate_T=None, batched=True):
        """`rnntutor.backward`."""
        return unroll.backward(self.cell, params, passed, douts, dstate_T, batched)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The same, for parameters that were checked."""
        return unroll.run_backward(self.cell, params, passed, douts, dstate_T, batched)

    def final_backward(self, dfinal, state_T):
        """The final output is the final state's h."""
        return tree_map(np.zeros_like, state_T)._replace(h=dfinal)


class Wrapper(Net):
    """A net around another one, `inner`, which it is like in all that it does not
    change itself.

    A subclass is a frozen dataclass with a field `cell`, a cell or a net.
    """

    def __post_init__(self):
        # made once; the class is frozen
        object.__setattr__(self, "inner", as_net("cell", self.cell))

    @property
    def causal(self):
        """Whether the inner net is."""
        return self.inner.causal

    @property
    def reads_symbols(self):
        """Whether the inner net does."""
        return self.inner.reads_symbols

    @property
    def dropout(self):
        """That of the inner net."""
        return self.inner.dropout

    @property
    def kernels(self):
        """Those of the inner net."""
        return self.inner.kernels

    def check_inputs(self, xs, mask, D):
        """As the inner net has it."""
        return self.inner.check_inputs(xs, mask, D)

    def width(self, H):
        """That of the inner net."""
        return self.inner.width(H)

    def final_backward(self, dfinal, state_T):
        """The inner net's."""
        return self.inner.final_backward(dfinal, state_T)


@dataclass(frozen=True)
class WrappedPass:
    """A forward pass of a net around another: outputs and states are those of the pass
    inside.
    """

    net: Any  # the pass of the inner net

    @property
    def outputs(self):
        """The inner net's outputs, (T, B, width)."""
        return self.net.outputs

    @property
    def final(self):
        """The inner net's final output, (B, width)."""
        return self.net.final

    @property
    def state_T(self):
        """The inner net's final state."""
        return self.net.state_T

    @property
    def states(self):
        """The inner net's states."""
        return self.net.states


def causal(name, model, purpose):
    """Raise unless the model's net reads in one direction and is read out at every
    step.
    """
    if not model.net.causal:
        raise ValueError(
            f"{name}: expected a net that reads in one direction {purpose}, got"
            f" {model.cell!r}"
        )
    if model.readout != "steps":
        raise ValueError(
            f"{name}: expected readout='steps' {purpose}, got {model.readout!r}"
        )


def as_net(name, cell):
    """A net as it is, a cell as a net of one layer."""
    return cell if isinstance(cell, Net) else Layer(_check.cell(name, cell))
