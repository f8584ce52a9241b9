"""Writing: a trained model asked for the next symbol again and again."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.fast.net import Fast
from rnntutor.model.losses import softmax
from rnntutor.nets.base import causal
from rnntutor.nets.embedded import Embedded
from rnntutor.text.scoring import as_inputs


def temper(y_raw, temperature):
    """Probabilities at a temperature: softmax(y_raw / τ).

    Parameters
    ----------
    y_raw : array (..., V)
    temperature : float
        τ. 1 leaves the model as it is, less makes the likely more likely, and 0 stands
        for the limit: all probability on the largest entry (shared between equals).

    Returns
    -------
    array (..., V)

    Raises
    ------
    TypeError, ValueError
        If `temperature` is below 0, or `y_raw` holds no finite numbers.
    """
    temperature = _check.number("temperature", temperature, minimum=0)
    y_raw = _check.array("y_raw", y_raw, None, kind="real").astype(np.float64)
    if y_raw.ndim == 0 or y_raw.size == 0:
        raise ValueError(
            f"y_raw: expected shape (..., V) with V at least 1, got {y_raw.shape}"
        )
    if temperature == 0:
        largest = y_raw == y_raw.max(axis=-1, keepdims=True)
        return largest / largest.sum(axis=-1, keepdims=True)
    # a tiny τ sends the others to −inf, where their probability is 0
    with np.errstate(over="ignore"):
        shifted = y_raw - y_raw.max(axis=-1, keepdims=True)
        return softmax(shifted / temperature)  # eq-temperature


def top_k(y, k):
    """Probabilities with only the k largest kept, made to sum to 1 again.

    Parameters
    ----------
    y : array (V,)
    k : int
        At least 1. Of equal ones those with the smaller index are kept.

    Returns
    -------
    array (V,)

    Raises
    ------
    TypeError, ValueError
        If `k` is below 1, or `y` holds no probabilities.
    """
    y, k = _probabilities(y), _check.integer("k", k)
    return _only(y, _likeliest_first(y)[:k])


def nucleus(y, p):
    """Probabilities with only the nucleus kept, made to sum to 1 again: the likeliest
    symbols, so many as it takes to have p together.

    Parameters
    ----------
    y : array (V,)
    p : float
        Above 0, at most 1, which keeps all that can happen.

    Returns
    -------
    array (V,)

    Raises
    ------
    TypeError, ValueError
        If `p` is out of bounds, or `y` holds no probabilities.
    """
    y, p = _probabilities(y), _check.number("p", p, above=0, maximum=1)
    order = _likeliest_first(y)
    before = y[order].cumsum() - y[order]
    return _only(y, order[(before < p) | (p == 1)])  # eq-nucleus


def sample(model, params, prompt, n, rng, temperature=1.0, cut=None):
    """Read a prompt, then draw n symbols, each fed back as the next input.

    Parameters
    ----------
    model : Model
        With D = V: its outputs can be its inputs.
    params : ModelParams
    prompt : int array (N,)
        At least one symbol.
    n : int
        How many to draw.
    rng : numpy.random.Generator or seed
        The same seed gives the same symbols.
    temperature : float
        As for `temper`.
    cut : callable, optional
        From the probabilities (V,) to those that a symbol is drawn from, such as
        ``lambda y: nucleus(y, 0.9)``.

    Returns
    -------
    int array (n,)
        The prompt is not repeated.

    Raises
    ------
    TypeError, ValueError
        If the prompt is empty or out of range, `n` below 1, `temperature` below 0, or D
        ≠ V.
    NonFiniteError
        If the hidden states or outputs overflow.
    """
    return np.concatenate([*pieces(model, params, prompt, n, rng, temperature, cut)])


def pieces(model, params, prompt, n, rng, temperature=1.0, cut=None):
    """`sample`, as it is written: yield some symbols after the other, n together.

    Parameters and errors are those of `sample`.
    """
    _check.protocol("model", model, ("check_params", "forward"), "a Model")
    if model.D != model.V:
        raise ValueError(
            f"model: expected D = V to feed symbols back, got D = {model.D}, V ="
            f" {model.V}"
        )
    causal("model", model, "to feed symbols back")
    model.check_params(params)
    prompt = _check.array("prompt", prompt, ("N",), kind="integer")
    _check.below("prompt", prompt, model.V)
    n = _check.integer("n", n)
    rng = _check.generator("rng", rng)
    _check.number("temperature", temperature, minimum=0)
    if cut is not None:
        _check.function("cut", cut, "of the probabilities")
    net = model.net.inner if isinstance(model.net, Embedded) else model.net
    compiled = isinstance(net, Fast) and net.machine_code
    if cut is None and compiled and params.W_hy.dtype.kind == "f":
        yield from _compiled(model, params, prompt, n, rng, temperature)
    else:
        yield from _step_by_step(model, params, prompt, n, rng, temperature, cut)


def _step_by_step(model, params, read, n, rng, temperature, cut):
    """`pieces` of one symbol each."""
    state, dtype = None, params.W_hy.dtype
    for _ in range(n):
        ys_raw, unrolled = model.forward(
            params, as_inputs(model, read[:, None], dtype), state
        )
        y = temper(ys_raw[-1, 0], temperature)
        cumulative = (cut(y) if cut else y).cumsum()
        drawn = np.searchsorted(cumulative / cumulative[-1], rng.random(), side="right")
        read, state = np.array([drawn]), unrolled.state_T
        yield read


def _probabilities(y):
    y = _check.array("y", y, ("V",), kind="real")
    if y.min() < 0 or not np.isclose(y.sum(), 1):
        raise ValueError("y: expected probabilities that sum to 1")
    return y


def _likeliest_first(y):
    return np.argsort(-y, kind="stable")


def _only(y, kept):
    out = np.zeros_like(y)
    out[kept] = y[kept]
    return out / out.sum()


def _compiled(model, params, prompt, n, rng, temperature):
    """`pieces` of many symbols each, by machine code."""
    from rnntutor.fast.compiled import sampling

    xs = as_inputs(model, prompt[:, None], params.W_hy.dtype)
    ys_raw, unrolled = model.forward(params, xs)
    yield from sampling.pieces(
        model, params, ys_raw[-1, 0], unrolled.state_T, n, rng, temperature
    )
