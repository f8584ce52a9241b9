"""A small convolutional net that looks at one frame at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.rnn import RNN
from rnntutor.lab.pictures.convolution import (
    convolve,
    convolve_backward,
    max_pool,
    max_pool_backward,
)
from rnntutor.nets.base import Net

RELU = ACTIVATIONS["relu"]


class CNNParams(NamedTuple):
    """Parameters of a `CNN`, or their gradients."""

    W_1: np.ndarray  # (K, K, 1, C_1)
    b_1: np.ndarray  # (C_1,)
    W_2: np.ndarray  # (K, K, C_1, C_2)
    b_2: np.ndarray  # (C_2,)
    W_zh: np.ndarray  # (R/4 · S/4 · C_2, H)
    b_h: np.ndarray  # (H,)


class CNNPass(NamedTuple):
    """Record of a `CNN`'s pass over T · B frames: what its backward pass needs."""

    outputs: np.ndarray  # (T, B, H), the features
    # of both convolutions: what came in, where the largest were, what came out
    stages: tuple
    z: np.ndarray  # (T · B, R/4 · S/4 · C_2)

    @property
    def final(self):
        """The features of the last frame, (B, H)."""
        return self.outputs[-1]

    @property
    def state_T(self):
        """The same, since a net without a memory leaves nothing else behind."""
        return RNN.State(self.outputs[-1])

    @property
    def states(self):
        """T + 1 of them, of which the CNN looks at none."""
        return [RNN.State(h) for h in (np.zeros_like(self.outputs[0]), *self.outputs)]


@dataclass(frozen=True)
class CNN(Net):
    """Two convolutions, each with max pooling and ReLU, and a layer that all of it goes
    into.

    It is a net like the others: `Model(CNN(), D=256, H=64, V=10)` gives its H features
    a readout at every frame, and `Stacked((CNN(), LSTM()))` puts an LSTM on top.  A
    frame comes as its D = R · S pixels, row by row.  There is no path from frame to
    frame.

    Parameters
    ----------
    rows, columns : int
        R and S, multiples of 4.
    channels : (int, int)
        C_1 and C_2, how many patterns each convolution looks for.
    K : int
        Width of a neighborhood, odd.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """

    rows: int = 16
    columns: int = 16
    channels: tuple = (8, 16)
    K: int = 3

    def __post_init__(self):
        for name in ("rows", "columns"):
            if _check.integer(name, getattr(self, name), minimum=4) % 4:
                raise ValueError(
                    f"{name}: expected a multiple of 4, got {getattr(self, name)}"
                )
        if not isinstance(self.channels, tuple) or len(self.channels) != 2:
            raise TypeError(
                f"channels: expected two integers, got {_check.short(self.channels)}"
            )
        for i, one in enumerate(self.channels):
            _check.integer(f"channels[{i}]", one)
        if _check.integer("K", self.K) % 2 == 0:
            raise ValueError(f"K: expected an odd number, got {self.K}")

    @property
    def shapes(self):
        """What the weights have before their last axis, which is that of what they
        make.
        """
        c_1, c_2 = self.channels
        return (
            (self.K, self.K, 1),
            (self.K, self.K, c_1),
            (self.rows * self.columns // 16 * c_2,),
        )

    def init(self, rng, D, H, dtype=np.float64):
        """Draw the weights from N(0, 2/n), n numbers going into each sum (He et al.
        2015); biases zero.
        """
        rng = _check.generator("rng", rng)
        self._check_size("D", D)
        drawn = []
        for shape, made in zip(
            self.shapes, (*self.channels, _check.integer("H", H)), strict=True
        ):
            spread = np.sqrt(2 / np.prod(shape))
            drawn += [
                (spread * rng.standard_normal((*shape, made))).astype(
                    _check.dtype("dtype", dtype)
                ),
                np.zeros(made, dtype),
            ]
        return CNNParams(*drawn)

    def check_params(self, params, name="params"):
        """Raise unless `params` are those of such a net; return (D, H)."""
        _check.instance(name, params, CNNParams)
        H = _check.array(f"{name}.b_h", params.b_h, ("H",), convert=False).shape[0]
        fields = zip(params._fields[::2], params._fields[1::2], strict=True)
        for (W, b), shape, made in zip(
            fields, self.shapes, (*self.channels, H), strict=True
        ):
            _check.array(
                f"{name}.{W}", getattr(params, W), (*shape, made), convert=False
            )
            _check.array(f"{name}.{b}", getattr(params, b), (made,), convert=False)
        return self.rows * self.columns, H

    def check_inputs(self, xs, mask, D):
        """Raise unless `xs` is (T, B, R · S) and finite; there is no padding in a
        clip.
        """
        self._check_size("D", D)
        if mask is not None:
            raise ValueError(
                "mask: expected None, a CNN reads whole clips, got"
                f" {_check.short(mask)}"
            )
        return _check.array("xs", xs, ("T", "B", D)), None

    def width(self, H):
        """As many features as there are hidden units."""
        return H

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Look at each frame."""
        (T, B, _), H = xs.shape, len(params.b_h)
        seen, stages = xs.reshape(T * B, self.rows, self.columns, 1), []
        for W, b in ((params.W_1, params.b_1), (params.W_2, params.b_2)):
            pooled, where = max_pool(convolve(seen, W, b))
            # after the maximum: the same result with a quarter of the work
            out = RELU.f(pooled)
            stages.append((seen, where, out))
            seen = out
        z = seen.reshape(T * B, -1)
        h = RELU.f(z @ params.W_zh + params.b_h)  # eq-features
        return CNNPass(h.reshape(T, B, H), tuple(stages), z)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """Layer by layer from the features to the pixels."""
        _check.instance("passed", passed, CNNPass)
        T, B, H = passed.outputs.shape
        douts = _check.array("douts", douts, (T, B, H))
        if dstate_T is not None:
            douts = np.concatenate([douts[:-1], douts[-1:] + dstate_T.h])
        da = (douts * RELU.df(passed.outputs)).reshape(T * B, H)
        grads = [passed.z.T @ da, da.sum(axis=0)]
        dseen = (da @ params.W_zh.T).reshape(passed.stages[-1][2].shape)
        for W, (seen, where, out) in zip(
            (params.W_2, params.W_1), passed.stages[::-1], strict=True
        ):
            dconvolved = max_pool_backward(where, dseen * RELU.df(out))
            dseen, dW, db = convolve_backward(seen, W, dconvolved)
            grads = [dW, db, *grads]
        dxs = dseen.reshape(T, B, -1)
        return dxs, RNN.State(np.zeros_like(passed.outputs[-1])), CNNParams(*grads)

    def final_backward(self, dfinal, state_T):
        """The last frame's features are the final state."""
        return RNN.State(dfinal)

    def _check_size(self, name, D):
        size = self.rows * self.columns
        if _check.integer(name, D) != size:
            raise ValueError(
                f"{name}: expected {self.rows} · {self.columns} = {size} pixels,"
                f" got {D}"
            )
