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


def sample(model, params, prompt, n, rng, temperature=1.0):
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
    return np.concatenate([*pieces(model, params, prompt, n, rng, temperature)])


def pieces(model, params, prompt, n, rng, temperature=1.0):
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
    net = model.net.inner if isinstance(model.net, Embedded) else model.net
    compiled = isinstance(net, Fast) and net.machine_code
    way = _compiled if compiled and params.W_hy.dtype.kind == "f" else _step_by_step
    yield from way(model, params, prompt, n, rng, temperature)


def _step_by_step(model, params, read, n, rng, temperature):
    """`pieces` of one symbol each."""
    state, dtype = None, params.W_hy.dtype
    for _ in range(n):
        ys_raw, unrolled = model.forward(
            params, as_inputs(model, read[:, None], dtype), state
        )
        cumulative = temper(ys_raw[-1, 0], temperature).cumsum()
        drawn = np.searchsorted(cumulative / cumulative[-1], rng.random(), side="right")
        read, state = np.array([drawn]), unrolled.state_T
        yield read


def _compiled(model, params, prompt, n, rng, temperature):
    """`pieces` of many symbols each, by machine code."""
    from rnntutor.fast.compiled import sampling

    xs = as_inputs(model, prompt[:, None], params.W_hy.dtype)
    ys_raw, unrolled = model.forward(params, xs)
    yield from sampling.pieces(
        model, params, ys_raw[-1, 0], unrolled.state_T, n, rng, temperature
    )
