"""Attention: a query is held against the key of each place of a memory, and what is
read is the mean of the places, weighted by how well they fit.

The batch comes first here, (B, T, …) for the T steps that ask and (B, S, …) for the S
places that are asked: a matrix product takes the last two axes and runs over the batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.masked_softmax import attention_weights, attention_weights_backward

Array = np.ndarray


class ScoreParams(NamedTuple):
    """Parameters of `Dot`, or their gradients."""

    W_q: Array  # (H, A)
    W_k: Array  # (M, A)


class AdditiveParams(NamedTuple):
    """Parameters of `Additive`, or their gradients."""

    W_q: Array  # (H, A)
    W_k: Array  # (M, A)
    w: Array  # (A,)


class Look(NamedTuple):
    """Record of `Attention.forward`: what its backward pass needs."""

    means: Array  # (B, T, M), what was read
    weights: Array  # (B, T, S)
    hs: Array  # (B, T, H), who asked
    memory: Array  # (B, S, M)
    queries: Array  # (B, T, A)
    keys: Array  # (B, S, A)
    tape: Any  # what the score itself saves


@dataclass(frozen=True)
class Attention:
    r"""What two scores have in common: queries and keys of width A, and the mean.

    .. math::
        q_t = h_t W_q, \quad k_s = v_s W_k, \qquad
        \bar v_t = \sum_s \alpha_{t,s}\, v_s

    A subclass gives `Params`, `score` and `score_backward`.

    Parameters
    ----------
    A : int
        Width of a query and of a key.

    Raises
    ------
    TypeError, ValueError
        If `A` is no integer of at least 1.
    """

    A: int
    Params = ScoreParams

    def __post_init__(self):
        _check.integer("A", self.A)

    def init(self, rng, H, M, dtype=np.float64):
        """Draw parameters, each from U(−1/√n, 1/√n), n numbers going into each sum.

        Parameters
        ----------
        rng : numpy.random.Generator or seed
        H, M : int
            Width of who asks and of a place of the memory.
        dtype : dtype

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong kind.
        """
        rng, dtype = _check.generator("rng", rng), _check.dtype("dtype", dtype)
        shapes = {"W_q": (_check.integer("H", H), self.A), "w": (self.A,)}
        shapes["W_k"] = (_check.integer("M", M), self.A)
        drawn = {}
        for name in self.Params._fields:
            bound = 1 / math.sqrt(shapes[name][0])
            drawn[name] = rng.uniform(-bound, bound, shapes[name]).astype(dtype)
        return self.Params(**drawn)

    def check_params(self, params, name="params"):
        """Raise unless `params` are this attention's and of its width; return (H,
        M).
        """
        _check.instance(name, params, self.Params)
        shapes = {"W_q": ("H", self.A), "W_k": ("M", self.A), "w": (self.A,)}
        for key in params._fields:
            value = getattr(params, key)
            _check.array(f"{name}.{key}", value, shapes[key], convert=False)
        return len(params.W_q), len(params.W_k)

    def forward(self, params, hs, memory, there=None):
        """Look the memory up, for each of T steps.

        Parameters
        ----------
        params : Params
        hs : array (B, T, H)
            Who asks: a state, for example.
        memory : array (B, S, M)
        there : array (B, S), optional
            Zero where the memory is padding.

        Returns
        -------
        Look

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        """
        H, M = self.check_params(params)
        hs = _check.array("hs", hs, ("B", "T", H))
        memory = _check.array("memory", memory, (len(hs), "S", M))
        if there is not None:
            there = np.asarray(there)
            if there.shape != memory.shape[:2]:
                raise ValueError(
                    f"there: expected shape {memory.shape[:2]}, got {there.shape}"
                )
            there = there[:, None]
        queries, keys = hs @ params.W_q, memory @ params.W_k  # eq-query-key
        scores, tape = self.score(params, queries, keys)
        weights = attention_weights(scores, there)
        means = weights @ memory  # eq-attention-read
        return Look(means, weights, hs, memory, queries, keys, tape)

    def backward(self, params, look, dmeans):
        """The adjoint of `forward`, line by line in reverse.

        Parameters
        ----------
        params : Params
        look : Look
            From `forward`.
        dmeans : array (B, T, M)

        Returns
        -------
        dhs : array (B, T, H)
        dmemory : array (B, S, M)
            The memory is read twice, as values and as keys: the sum of both.
        dparams : Params

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        """
        _check.instance("look", look, Look)
        dmeans = _check.array("dmeans", dmeans, look.means.shape)
        dweights = dmeans @ _turned(look.memory)  # eq-attention-dread
        dmemory = _turned(look.weights) @ dmeans  # eq-attention-dread
        dscores = attention_weights_backward(look.weights, dweights)
        dqueries, dkeys, *own = self.score_backward(params, look, dscores)
        dhs = dqueries @ params.W_q.T  # eq-attention-dinputs
        dmemory = dmemory + dkeys @ params.W_k.T  # eq-attention-dinputs
        dW_q = matrix_grad(look.hs, dqueries)
        dW_k = matrix_grad(look.memory, dkeys)
        return dhs, dmemory, self.Params(dW_q, dW_k, *own)  # eq-attention-dinputs


@dataclass(frozen=True)
class Dot(Attention):
    r"""Scores that are scalar products of query and key.

    .. math:: e_{t,s} = \frac{q_t \cdot k_s}{\sqrt A}

    The root keeps the scores at unit scale, whatever A is (Vaswani et al. 2017, section
    3.2.1).

    Parameters
    ----------
    A : int
        Width of a query and of a key.
    """

    def score(self, params, queries, keys):
        """Scores (B, T, S) of every query and every key, and nothing to save."""
        return queries @ _turned(keys) / math.sqrt(self.A), None  # eq-attention-dot

    def score_backward(self, params, look, dscores):
        """Derivatives with respect to queries and keys; there are no parameters."""
        d = dscores / math.sqrt(self.A)
        return d @ look.keys, _turned(d) @ look.queries  # eq-attention-ddot


@dataclass(frozen=True)
class Additive(Attention):
    r"""Scores from a small net with one hidden layer (Bahdanau et al. 2015, appendix
    A.1.2).

    .. math:: e_{t,s} = \tanh(q_t + k_s) \cdot w

    Parameters
    ----------
    A : int
        Width of a query and of a key, and of the hidden layer.
    """

    Params = AdditiveParams

    def score(self, params, queries, keys):
        """Scores (B, T, S), and the hidden layer (B, T, S, A) of each pair."""
        n = np.tanh(queries[:, :, None] + keys[:, None])
        return n @ params.w, n  # eq-attention-additive

    def score_backward(self, params, look, dscores):
        """Derivatives with respect to queries, keys and w."""
        n, d = look.tape, dscores[..., None]
        da = d * params.w * (1 - n * n)  # eq-attention-dadditive
        dw = (d * n).sum(axis=(0, 1, 2))
        return da.sum(axis=2), da.sum(axis=1), dw  # eq-attention-dadditive


def _turned(array):
    """The last two axes the other way round: each matrix of the batch transposed."""
    return np.swapaxes(array, -1, -2)


def matrix_grad(inputs, douts):
    """Gradient of a matrix that all steps of all sequences went through."""
    flat = inputs.reshape(-1, inputs.shape[-1])
    return flat.T @ douts.reshape(-1, douts.shape[-1])
