"""A language model in one object: vocabulary, net, parameters, and a line each to train, judge and sample."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.batches import contiguous_batches, one_hot
from rnntutor.loss import cross_entropy
from rnntutor.model import Model
from rnntutor.rnn import RNN
from rnntutor.sampling import sample
from rnntutor.sgd import SGD
from rnntutor.training import fit
from rnntutor.tree import size
from rnntutor.vocabulary import Vocabulary


class LanguageModel:
    """A net that reads symbols and gives each possible next symbol a probability.

    Parameters
    ----------
    vocabulary : Vocabulary
        Characters or words.
    rng : numpy.random.Generator
        For the first parameters.
    H : int
        Hidden size.
    cell : a cell
        ``RNN("tanh")`` if left out.
    dtype : dtype
        Precision to train in.

    Attributes
    ----------
    vocabulary, model, params
    history : History or None
        Of the last `fit`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """

    def __init__(self, vocabulary, rng, H=128, cell=None, dtype=np.float64):
        _check.instance("vocabulary", vocabulary, Vocabulary)
        V = len(vocabulary)
        self.vocabulary = vocabulary
        self.model = Model(RNN("tanh") if cell is None else cell, V, H, V)
        self.params = self.model.init(rng, dtype)
        self.history = None

    def __repr__(self):
        D, H, V = self.model.D, self.model.H, self.model.V
        return f"LanguageModel({self.model.cell!r}, D={D}, H={H}, V={V}, {size(self.params)} parameters)"

    def fit(self, text, valid=None, optimiser=None, B=32, T=64, valid_chars=50_000, **options):
        """Train on a text, read as B contiguous rows with the state carried along.

        Parameters
        ----------
        text : str
        valid : str, optional
            Text to validate on; the parameters that do best on it are kept.
        optimiser : SGD, optional
            ``SGD(lr=0.5, momentum=0.9, clip=1.0)`` if left out.
        B, T : int
            Rows of a batch, and steps that the gradient reaches back.
        valid_chars : int
            How much of `valid` is used, from its start: validation is repeated often.
        **options
            Further arguments of `rnntutor.fit`: epochs, updates, every, patience,
            log, digits, watch, progress.

        Returns
        -------
        History

        Raises
        ------
        TypeError, ValueError, NonFiniteError
            As for `rnntutor.fit`; the parameters then stay the last good ones.
        """
        optimiser = SGD(lr=0.5, momentum=0.9, clip=1.0) if optimiser is None else optimiser
        batches = _OneHotBatches(
            contiguous_batches(self._ids("text", text), B, T), self.model.V, self.params.W_hy.dtype
        )
        valid_chars = _check.integer("valid_chars", valid_chars)
        if valid is not None:
            valid_ids = self._ids("valid", _check.instance("valid", valid, str)[:valid_chars])
            options["validate"] = lambda params: self._evaluate(valid_ids, params)
        try:
            fitted = fit(self.model, self.params, batches, optimiser, carry_state=True, **options)
        except Exception as error:
            self._keep(getattr(error, "fitted", None))
            raise
        self._keep(fitted)
        return fitted.history

    def _keep(self, fitted):
        if fitted is not None:
            # after Ctrl-C the newest parameters: a reader who stops the training wants what it has reached
            self.params = fitted.params if fitted.stopped == "interrupted" else fitted.best
            self.history = fitted.history

    def evaluate(self, text, params=None, B=32, T=64):
        """Mean cross-entropy of a text the model is asked to continue symbol by symbol.

        The text is read as B contiguous rows, each from the state 0 on; what is left over at the
        end (fewer than B symbols) is not counted.  Fewer rows are taken where the text is short.

        Parameters
        ----------
        text : str
            At least two symbols.
        params : ModelParams, optional
            The model's own if left out.

        Returns
        -------
        float
            Nats per symbol.

        Raises
        ------
        TypeError, ValueError
            If `text` is too short or holds a symbol that is not in the vocabulary.
        """
        B, T = _check.integer("B", B), _check.integer("T", T)
        params = self.params if params is None else params
        self.model.check_params(params)
        return self._evaluate(self._ids("text", text), params, B, T)

    def _ids(self, name, text):
        """The ids of a text that has something to predict."""
        ids = self.vocabulary.encode(text)
        if len(ids) < 2:
            raise ValueError(f"{name}: expected at least 2 symbols, got {len(ids)}")
        return ids

    def _evaluate(self, ids, params, B=32, T=64):
        B = min(B, len(ids) - 1)
        steps = (len(ids) - 1) // B
        inputs = ids[: steps * B].reshape(B, steps).T
        targets = ids[1 : steps * B + 1].reshape(B, steps).T
        total, state = 0.0, None
        for start in range(0, steps, T):
            xs = one_hot(inputs[start : start + T], self.model.V, params.W_hy.dtype)
            ys_raw, unrolled = self.model.forward(params, xs, state)
            total += cross_entropy(ys_raw, targets[start : start + T], reduce="sum")[0]
            state = unrolled.state_T
        return float(total / (steps * B))

    def sample(self, prompt, n, rng, temperature=1.0, params=None):
        """Continue a prompt by n symbols.

        Parameters
        ----------
        prompt : str
            At least one symbol of the vocabulary.
        n : int
        rng : numpy.random.Generator
            The same seed gives the same text.
        temperature : float
            See `rnntutor.temper`.
        params : ModelParams, optional
            The model's own if left out.

        Returns
        -------
        str
            Without the prompt.

        Raises
        ------
        TypeError, ValueError
            As for `rnntutor.sample`.
        """
        _check.instance("prompt", prompt, str)
        params = self.params if params is None else params
        ids = sample(self.model, params, self.vocabulary.encode(prompt), n, rng, temperature)
        return self.vocabulary.decode(ids)


class _OneHotBatches:
    """Contiguous batches of ids, turned into one-hot inputs as they are used."""

    def __init__(self, batches, V, dtype):
        self.batches, self.V, self.dtype = batches, V, dtype

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        for inputs, targets in self.batches:
            yield one_hot(inputs, self.V, self.dtype), targets
