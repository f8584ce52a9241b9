"""Cells that are wrong in other ways than by their gradients, each with what
`check_cell` must say.
"""

import numpy as np

from rnntutor import GRU, LSTM, RNN


class ChangesX(RNN):
    def step(self, params, x, state):
        x += 1.0
        return super().step(params, x, state)


class ChangesItsState(LSTM):
    def step(self, params, x, state):
        state.c[:] *= 0.5
        return super().step(params, x, state)


class ChangesDstate(GRU):
    def step_backward(self, params, tape, dstate):
        dstate.h[:] = 0
        return super().step_backward(params, tape, dstate)


class ChangesItsTape(LSTM):
    def activate_backward(self, cache, dstate):
        grads = super().activate_backward(cache, dstate)
        cache.i[:] = 0
        return grads


class RealBuffer(RNN):
    def activate(self, a, state_prev):
        state, cache = super().activate(a, state_prev)
        h = np.empty(state.h.shape)
        h[:] = state.h
        return RNN.State(h), cache


class RealPart(RNN):
    def activate(self, a, state_prev):
        return super().activate(a.real, state_prev)


class HalfReal(LSTM):
    """Only the output gate drops the imaginary part, and without a warning."""

    def activate(self, a, state_prev):
        H = a.shape[-1] // 4
        return super().activate(
            np.concatenate([a[..., : 3 * H], a.real[..., 3 * H :]], axis=-1), state_prev
        )


class Modulus(RNN):
    """abs is not holomorphic: the complex step does not see through it, central
    differences do.
    """

    def activate(self, a, state_prev):
        return super().activate(
            np.where(a.real > 0, np.abs(a), -np.abs(a)) + 0 * a, state_prev
        )


class Noisy(RNN):
    def activate(self, a, state_prev):
        return super().activate(
            a + np.random.default_rng().normal(size=a.shape), state_prev
        )


class Remembers(RNN):
    """The way back uses the last input seen, whichever that was."""

    def step(self, params, x, state):
        object.__setattr__(self, "last", np.array(x))
        return super().step(params, x, state)

    def step_backward(self, params, tape, dstate):
        return super().step_backward(params, tape._replace(x=self.last), dstate)


class Counts(LSTM):
    def step(self, params, x, state):
        calls = getattr(self, "calls", 0) + 1
        object.__setattr__(self, "calls", calls)
        state, tape = super().step(params, x, state)
        return state._replace(c=state.c + 1e-3 * calls), tape


class DoublePrecision(GRU):
    def step(self, params, x, state):
        state, tape = super().step(params, x, state)
        return state._replace(h=state.h + np.zeros(state.h.shape)), tape


class MixesTheBatch(RNN):
    def activate(self, a, state_prev):
        return super().activate(a - a.mean(axis=0), state_prev)


class InMemoryOrder(RNN):
    def step(self, params, x, state):
        return super().step(params, x.ravel(order="K").reshape(x.shape), state)


class StartsAtOne(RNN):
    def zero_state(self, params, B):
        return RNN.State(super().zero_state(params, B).h + 1)


class TakesAnyParameters(RNN):
    def check_params(self, params, name="params"):
        return params.W_xh.shape[0], params.W_hh.shape[0]


class SaysNothing(RNN):
    def check_params(self, params, name="params"):
        try:
            return super().check_params(params, name)
        except (TypeError, ValueError):
            raise ValueError("no") from None


class CrashesForward(RNN):
    def step(self, params, x, state):
        raise RuntimeError("out of memory")


class CrashesBackward(LSTM):
    def step_backward(self, params, tape, dstate):
        return 1 / 0


class CrashesForOneUnit(GRU):
    def step_backward(self, params, tape, dstate):
        assert dstate.h.shape[1] > 1, "at least two units"
        return super().step_backward(params, tape, dstate)


class CrashesAtInit(RNN):
    def init(self, rng, D, H, dtype=np.float64):
        raise KeyError("W_xh")


class ReturnsOneThing(RNN):
    def step(self, params, x, state):
        return super().step(params, x, state)[0]


class ReturnsThree(RNN):
    def step_backward(self, params, tape, dstate):
        return super().step_backward(params, tape, dstate)[:3]


class ReturnsAList(RNN):
    def step_backward(self, params, tape, dstate):
        dx, dstate_prev, dparams, grads = super().step_backward(params, tape, dstate)
        return dx, dstate_prev, list(dparams), grads


class Squeezes(RNN):
    def step(self, params, x, state):
        state, tape = super().step(params, x, state)
        return RNN.State(state.h.squeeze()), tape


class BatchedOtherwise(RNN):
    """Wrong on the path through all steps at once alone: the step itself overrides what
    that uses.
    """

    def step_backward(self, params, tape, dstate):
        return RNN(self.activation).step_backward(params, tape, dstate)

    def activate_backward(self, cache, dstate):
        grads = super().activate_backward(cache, dstate)
        return grads._replace(da=2 * grads.da)


MISBEHAVING = [
    (ChangesX(), "input-modified"),
    (ChangesItsState(), "input-modified"),
    (ChangesDstate(), "input-modified"),
    (ChangesItsTape(), "input-modified"),
    (RealBuffer(), "imaginary-part-dropped"),
    (RealPart(), "imaginary-part-dropped"),
    (HalfReal(), "imaginary-part-dropped"),
    (Modulus("tanh"), "imaginary-part-dropped"),
    (Noisy(), "not-deterministic"),
    (Counts(), "not-deterministic"),
    (Remembers(), "holds-state"),
    (DoublePrecision(), "dtype"),
    (MixesTheBatch(), "batch-mixed"),
    (InMemoryOrder(), "layout"),
    (StartsAtOne(), "structure"),
    (TakesAnyParameters(), "errors"),
    (SaysNothing(), "errors"),
    (CrashesForward(), "crash"),
    (CrashesBackward(), "crash"),
    (CrashesForOneUnit(), "crash"),
    (CrashesAtInit(), "crash"),
    (ReturnsOneThing(), "structure"),
    (ReturnsThree(), "structure"),
    (ReturnsAList(), "structure"),
    (Squeezes(), "structure"),
    (BatchedOtherwise(), "through-time"),
]
