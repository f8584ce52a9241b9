"""A language model in one object: vocabulary, net, parameters, and methods to train, to
evaluate and to sample.
"""

from __future__ import annotations

import itertools

import numpy as np

from rnntutor import _check
from rnntutor.model.model import Model
from rnntutor.text import defaults
from rnntutor.text.evaluation import log_probs, mean_loss
from rnntutor.text.fitting import encoded, fit_text
from rnntutor.text.model_file import from_file, to_contents
from rnntutor.text.sampling import pieces
from rnntutor.text.vocabulary import Vocabulary
from rnntutor.train.checkpoint.container import as_target, write
from rnntutor.tree import size


class LanguageModel:
    """A net that reads symbols and gives each possible next symbol a probability.

    Parameters
    ----------
    vocabulary : Vocabulary or str
        Characters or words; a str is a text, whose characters are taken.
    rng : numpy.random.Generator or seed
        Draws the first parameters.
    H : int
        Hidden size.
    cell : a cell, or a net of cells, optional
        ``Fast(LSTM())`` if left out; for a large vocabulary, such as words, within an
        `Embedded`, which looks its inputs up.
    dtype : dtype
        Precision to train in.

    Attributes
    ----------
    vocabulary, model, params
    history, stopped, kept
        Those of the last `fit`, see `rnntutor.train.Fitted`; None before.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """

    def __init__(
        self,
        vocabulary,
        rng=defaults.SEED,
        *,
        H=defaults.H,
        cell=None,
        dtype=defaults.DTYPE,
    ):
        if isinstance(vocabulary, str):
            vocabulary = Vocabulary.from_text(vocabulary)
        if not isinstance(vocabulary, Vocabulary):
            raise TypeError(
                "vocabulary: expected a Vocabulary or a text, got"
                f" {_check.short(vocabulary)}"
            )
        self.vocabulary, V = vocabulary, len(vocabulary)
        if cell is None:
            cell = defaults.with_lookup(defaults.CELL, V, _check.integer("H", H))
        self.model = Model(cell, V, H, V)
        self.params = self.model.init(rng, dtype)
        self.history = self.stopped = self.kept = None

    def __repr__(self):
        net, n = self.model, size(self.params)
        sizes = f"D={net.D}, H={net.H}, V={net.V}, {n} parameters"
        return f"LanguageModel({net.cell!r}, {sizes})"

    def fit(
        self,
        text,
        valid=None,
        *,
        optimizer=None,
        B=None,
        T=defaults.T,
        valid_chars=50_000,
        **options,
    ):
        """Train on a text, read as B contiguous rows with the state carried along;
        return the `History`.

        Parameters
        ----------
        text : str
        valid : str, optional
            Text to validate on; the parameters that do best on it are kept.
        optimizer : SGD, RMSProp or Adam, optional
            Adam with the gradient clipped to norm 1 if left out; its learning rate
            falls in a straight line from 0.01 to a hundredth of that.
        B, T : int
            Rows of a batch, 32 if left out and fewer for a short text, and steps that
            the gradient reaches back.
        valid_chars : int
            How much of `valid` is used, from its start: validation is repeated often.
        **options
            Of `rnntutor.fit`: epochs (10 if left out), updates, seconds, rng (for a net
            with dropout), renew (32 if left out), truncation, reduce, checkpoint, whose
            file is at any time also a model for `load`, and progress.
            Of `rnntutor.train.Validation`: every (if left out, twice an epoch, but at
            least every 250 updates), patience, log and watch.

        Raises
        ------
        TypeError, ValueError, NonFiniteError
            As for `rnntutor.fit`; the parameters then stay the last good ones.
        """
        fitted = None
        try:
            fitted = fit_text(self, text, valid, optimizer, B, T, valid_chars, options)
            return fitted.history
        except Exception as error:
            fitted = getattr(error, "fitted", None)
            raise
        finally:
            if fitted is not None:
                # after Ctrl-C the newest parameters: whoever stops a training wants
                # what it has reached
                newest = fitted.stopped == "interrupted"
                self.params = fitted.params if newest else fitted.best
                self.history, self.stopped = fitted.history, fitted.stopped
                self.kept = fitted.kept

    def save(self, path):
        """Write the model to a file: vocabulary, cell, parameters and history.

        Parameters
        ----------
        path : str or pathlib.Path
            A file that is there is replaced, in one step; see
            `rnntutor.train.checkpoint`.

        Raises
        ------
        TypeError, ValueError, OSError
            If `path` is no path, its folder is not there, it is something else than a
            file, it cannot be written, or the cell is not a dataclass.
        """
        write(as_target("path", path), to_contents(self))

    @classmethod
    def load(cls, path, cells=()):
        """Read the `LanguageModel` that `save`, or `fit` with a checkpoint, wrote.

        Of a training that has come to its end, the parameters are those that did best
        in validation; of one that was stopped, or goes on, the newest in the file.

        Parameters
        ----------
        path : str or pathlib.Path
        cells : sequence of classes
            Your own cells and nets, if the model has any; they must be dataclasses.

        Raises
        ------
        FileNotFoundError, TypeError
            If there is no such file, or an argument is of the wrong kind.
        CheckpointError
            A ValueError: the file is damaged, from a newer version, or holds something
            else.
        """
        return from_file(cls, path, cells)

    def evaluate(self, text, params=None, B=defaults.B, T=defaults.T):
        """Mean cross-entropy of a text, a float, in nats per symbol.

        The text is read as B contiguous rows, each from the state 0 on; what is left
        over at the end (fewer than B symbols) is not counted.  Fewer rows are taken
        where the text is short.

        Parameters
        ----------
        text : str
            At least two symbols.
        params : ModelParams, optional
            The model's own if left out.
        B, T : int
            Rows, and steps that are read at a time.

        Raises
        ------
        TypeError, ValueError
            If `text` is too short or holds a symbol that is not in the vocabulary.
        """
        return mean_loss(self.model, *self._readable(text, params, B, T))

    def log_prob(self, text, params=None, B=defaults.B, T=defaults.T):
        """Logarithm of the probability of each symbol of a text, given those before it.

        The text is read as for `evaluate`, but to its last symbol: the first rows may
        be one symbol longer than the others. Arguments and errors are those of
        `evaluate`.

        Returns
        -------
        float array (N − 1,)
            In nats; the first of the N symbols is only read.
        """
        return log_probs(self.model, *self._readable(text, params, B, T))

    def _readable(self, text, params, B, T):
        """The arguments of an evaluation, checked."""
        B, T = _check.integer("B", B), _check.integer("T", T)
        params = self.params if params is None else params
        self.model.check_params(params)
        return params, encoded(self.vocabulary, "text", text, 2), B, T

    def sample(self, prompt, n=defaults.LENGTH, rng=None, temperature=1.0, params=None):
        """Continue a prompt by n symbols.

        Parameters
        ----------
        prompt : str
            At least one symbol of the vocabulary.
        n : int
        rng : numpy.random.Generator or seed, optional
            The same seed gives the same text; without it, each text is another.
        temperature, params
            As for `rnntutor.text.temper` and for `evaluate`.

        Returns
        -------
        str
            Without the prompt; `Vocabulary.join` puts the two together.

        Raises
        ------
        TypeError, ValueError
            As for `rnntutor.sample`.
        """
        return "".join(self.pieces(prompt, n, rng, temperature, params))

    def pieces(self, prompt, n=defaults.LENGTH, rng=None, temperature=1.0, params=None):
        """An iterator over the str of `sample` as they are drawn, one after the other;
        arguments and errors are those of `sample`.
        """
        ids = encoded(self.vocabulary, "prompt", prompt, 1)
        params = self.params if params is None else params
        rng = np.random.default_rng() if rng is None else rng
        drawn = pieces(self.model, params, ids, n, rng, temperature)
        # the first ones now, so that a wrong argument is noticed at the call
        return self.vocabulary.spaced(itertools.chain([next(drawn)], drawn))
