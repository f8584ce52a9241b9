"""Beam search: the likeliest sequence of a model, searched with several candidates at
a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.model.losses import log_softmax
from rnntutor.text.batches import one_hot
from rnntutor.text.scoring import as_inputs, feeds_back, symbol
from rnntutor.tree import map as tree_map


class Hypothesis(NamedTuple):
    """A sequence of symbols that a model may write."""

    symbols: np.ndarray  # (n,), the last of them the end symbol if it was reached
    score: float  # log-probability in nats, the sum over the symbols


def beam_search(
    model, params, prompt, width, longest, end=None, context=None, state0=None
):
    r"""Continue a prompt by the likeliest symbols that a beam finds.

    .. math:: s(w_1 \dots w_n) = \sum_{i=1}^{n} \log p(w_i \mid w_1 \dots w_{i-1})

    The beam holds the `width` best sequences found so far. Each that has not ended is
    extended by every symbol, and the best of all these and of those that have ended
    stay. Width 1 is greedy: always the likeliest next symbol. Width V^longest leaves
    nothing out.

    Parameters
    ----------
    model : Model
        With D = V, or D = V + C with a context.
    params : ModelParams
    prompt : int array (N,)
        At least one symbol.
    width : int
    longest : int
        How many symbols at most.
    end : int, optional
        The symbol that ends a sequence; without it all are of length `longest`.
    context : array (C,), optional
        Stands before the one-hot vector of every symbol that is read: the features of a
        picture, say.
    state0 : the model's state, optional
        Where the model starts, for a batch of one; zeros if left out. What an encoder
        hands over, say.

    Returns
    -------
    list of Hypothesis
        The final beam, best first. The prompt is not repeated and does not count in the
        scores.

    Raises
    ------
    TypeError, ValueError
        If the prompt is empty or out of range, `end` is no symbol, `width` or `longest`
        is below 1, or the model's D does not fit.
    """
    _check.protocol("model", model, ("check_params", "forward"), "a Model")
    model.check_params(params)
    prompt = _check.array("prompt", prompt, ("N",), kind="integer")
    _check.below("prompt", prompt, model.V)
    width, longest = _check.integer("width", width), _check.integer("longest", longest)
    end = None if end is None else symbol("end", end, model.V)
    context = (
        None
        if context is None
        else _check.array("context", context, ("C",), kind="real")
    )
    feeds_back("model", model, beside=0 if context is None else len(context))

    def read(symbols, state=None):
        """Log-probabilities of what comes after symbols (T, B), and the state."""
        ys_raw, unrolled = model.forward(
            params, _inputs(model, params, symbols, context), state
        )
        return log_softmax(ys_raw[-1].astype(np.float64)), unrolled.state_T

    ended, growing, scores = [], np.empty((1, 0), np.int64), np.zeros(1)
    log_ps, state = read(prompt[:, None], state0)
    for _ in range(longest):
        totals = scores[:, None] + log_ps  # eq-beam-score
        rivals = np.append([one.score for one in ended], totals)
        best = np.argsort(-rivals, kind="stable")[:width]
        parents, symbols = np.divmod(best[best >= len(ended)] - len(ended), model.V)
        grown, scores = (
            np.column_stack([growing[parents], symbols]),
            totals[parents, symbols],
        )
        ended = [ended[i] for i in best if i < len(ended)]
        going = np.full(len(symbols), True) if end is None else symbols != end
        ended += _hypotheses(grown[~going], scores[~going])
        growing, scores, parents = grown[going], scores[going], parents[going]
        if not len(growing):
            break
        log_ps, state = read(growing[None, :, -1], _rows(state, parents))
    return sorted(ended + _hypotheses(growing, scores), key=lambda one: -one.score)


def _hypotheses(sequences, scores):
    return [
        Hypothesis(row, float(score))
        for row, score in zip(sequences, scores, strict=True)
    ]


def _rows(state, chosen):
    """The states of some of the batch, one for each entry of `chosen`."""
    return tree_map(lambda array: array[chosen], state)


def _inputs(model, params, symbols, context):
    """The model's inputs: symbols (T, B), or the context and the one-hot vector of
    each.
    """
    if context is None:
        return as_inputs(model, symbols, params.W_hy.dtype)
    one_hots = one_hot(symbols, model.V, params.W_hy.dtype)
    contexts = np.broadcast_to(
        context.astype(one_hots.dtype), (*symbols.shape, len(context))
    )
    return np.concatenate([contexts, one_hots], axis=-1)
