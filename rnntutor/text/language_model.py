"""A language model in one object: vocabulary, net, parameters, and a line each to
train, judge and sample.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from rnntutor import _check
from rnntutor.cells.rnn import RNN
from rnntutor.model.model import Model
from rnntutor.text.batches import contiguous_batches
from rnntutor.text.evaluation import log_probs, mean_loss
from rnntutor.text.model_file import about_language, from_contents, to_contents
from rnntutor.text.sampling import pieces
from rnntutor.text.scoring import Inputs
from rnntutor.text.vocabulary import Vocabulary
from rnntutor.train.checkpoint.container import as_target, read, write
from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.optimizers import SGD
from rnntutor.train.training import fit
from rnntutor.tree import size


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
    cell : a cell, or a net of cells
        ``RNN("tanh")`` if left out. For words, whose vocabulary is large, a net that
        looks its inputs up, such as ``Embedded(LSTM(), E=64)``.
    dtype : dtype
        Precision to train in.

    Attributes
    ----------
    vocabulary, model, params
    history : History or None
        Of the last `fit`.
    stopped : str or None
        Why the last `fit` ended, see `rnntutor.train.training.Fitted`.
    kept : int or None
        How many of its updates the checkpoint's file holds.

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
        self.history = self.stopped = self.kept = None

    def __repr__(self):
        D, H, V = self.model.D, self.model.H, self.model.V
        return (
            f"LanguageModel({self.model.cell!r}, D={D}, H={H}, V={V},"
            f" {size(self.params)} parameters)"
        )

    def fit(
        self,
        text,
        valid=None,
        optimizer=None,
        B=32,
        T=64,
        valid_chars=50_000,
        **options,
    ):
        """Train on a text, read as B contiguous rows with the state carried along.

        Parameters
        ----------
        text : str
        valid : str, optional
            Text to validate on; the parameters that do best on it are kept.
        optimizer : SGD, RMSProp or Adam, optional
            ``SGD(lr=0.5, momentum=0.9, clip=1.0)`` if left out.
        B, T : int
            Rows of a batch, and steps that the gradient reaches back.
        valid_chars : int
            How much of `valid` is used, from its start: validation is repeated often.
        **options
            Further arguments of `rnntutor.fit`: epochs, updates, seconds, every,
            patience, log, digits, watch, rng (for a net with dropout), progress,
            checkpoint. The checkpoint's file is at any time also a model for `load`.

        Returns
        -------
        History

        Raises
        ------
        TypeError, ValueError, NonFiniteError
            As for `rnntutor.fit`; the parameters then stay the last good ones.
        """
        optimizer = (
            SGD(lr=0.5, momentum=0.9, clip=1.0) if optimizer is None else optimizer
        )
        batches = Inputs(
            contiguous_batches(self._ids("text", text), B, T),
            self.model,
            self.params.W_hy.dtype,
        )
        valid_chars = _check.integer("valid_chars", valid_chars)
        if valid is not None:
            valid_ids = self._ids(
                "valid", _check.instance("valid", valid, str)[:valid_chars]
            )
            options["validate"] = lambda params: mean_loss(
                self.model, params, valid_ids
            )
        if isinstance(options.get("checkpoint"), Checkpoint):
            options["checkpoint"] = self._checkpoint(
                options["checkpoint"], text, batches.batches
            )
        try:
            fitted = fit(
                self.model, self.params, batches, optimizer, carry_state=True, **options
            )
        except Exception as error:
            self._keep(getattr(error, "fitted", None))
            raise
        self._keep(fitted)
        return fitted.history

    def _keep(self, fitted):
        if fitted is not None:
            # after Ctrl-C the newest parameters: a reader who stops the training wants
            # what it has reached
            self.params = (
                fitted.params if fitted.stopped == "interrupted" else fitted.best
            )
            self.history, self.stopped, self.kept = (
                fitted.history,
                fitted.stopped,
                fitted.kept,
            )

    def _checkpoint(self, checkpoint, text, batches):
        """A checkpoint that knows the model and what it learns from."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        data = {"text": digest, "B": batches.B, "T": batches.T}
        return replace(
            checkpoint, about=checkpoint.about | about_language(self) | {"data": data}
        )

    def save(self, path):
        """Write the model to a file: vocabulary, cell, parameters and history.

        Parameters
        ----------
        path : str or pathlib.Path
            A file that is there is replaced, in one step; see
            `rnntutor.train.checkpoint`.

        Raises
        ------
        TypeError, ValueError
            If `path` is no path, its folder is not there, it is something else than a
            file, such as a pipe, or the cell is not a dataclass.
        OSError
            If it cannot be written.
        """
        write(as_target("path", path), to_contents(self))

    @classmethod
    def load(cls, path, cells=()):
        """Read a model that `save`, or `fit` with a checkpoint, wrote.

        Its parameters are those that `fit` keeps: if the training came to its end, the
        ones that did best in validation; if it was stopped, or has not ended yet, the
        newest in the file.

        Parameters
        ----------
        path : str or pathlib.Path
        cells : sequence of classes
            Your own cells and nets, if the model is made of such; they must be
            dataclasses.

        Returns
        -------
        LanguageModel

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        CheckpointError
            A ValueError: the file is damaged, from a newer version, or holds something
            else.
        TypeError
            If `path` is no path, or `cells` are no classes.
        """
        if not isinstance(cells, tuple | list) or not all(
            isinstance(one, type) for one in cells
        ):
            raise TypeError(
                f"cells: expected a sequence of classes, got {_check.short(cells)}"
            )
        return from_contents(cls, read(path), cells)

    def evaluate(self, text, params=None, B=32, T=64):
        """Mean cross-entropy of a text the model is asked to continue symbol by symbol.

        The text is read as B contiguous rows, each from the state 0 on; what is left
        over at the end (fewer than B symbols) is not counted.  Fewer rows are taken
        where the text is short.

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
        return mean_loss(self.model, *self._judged(text, params, B, T))

    def log_prob(self, text, params=None, B=32, T=64):
        """Logarithm of the probability of each symbol of a text, given those before it.

        The text is read as for `evaluate`, but to its last symbol: the first rows are
        one symbol longer than the others where it takes that.

        Parameters
        ----------
        text, params
            As for `evaluate`.

        Returns
        -------
        float array (N − 1,)
            In nats; the first of the N symbols is only read.

        Raises
        ------
        TypeError, ValueError
            As for `evaluate`.
        """
        return log_probs(self.model, *self._judged(text, params, B, T))

    def _judged(self, text, params, B, T):
        """The arguments of a judgement, checked."""
        B, T = _check.integer("B", B), _check.integer("T", T)
        params = self.params if params is None else params
        self.model.check_params(params)
        return params, self._ids("text", text), B, T

    def _ids(self, name, text):
        """The ids of a text that has something to predict."""
        ids = self.vocabulary.encode(text)
        if len(ids) < 2:
            raise ValueError(f"{name}: expected at least 2 symbols, got {len(ids)}")
        return ids

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
            See `rnntutor.text.temper`.
        params : ModelParams, optional
            The model's own if left out.

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

    def pieces(self, prompt, n, rng, temperature=1.0, params=None):
        """`sample` as it is written: yield one str after the other.

        Parameters and errors are those of `sample`.
        """
        ids, before = self.vocabulary.encode(_check.instance("prompt", prompt, str)), ""
        if not len(ids):
            kind = "character" if self.vocabulary.level == "char" else "word or mark"
            raise ValueError(
                f"prompt: expected at least one {kind}, got {_check.short(prompt)}"
            )
        params = self.params if params is None else params
        for drawn in pieces(self.model, params, ids, n, rng, temperature):
            text = self.vocabulary.decode(drawn)
            yield self.vocabulary.join(before, text)[len(before) :]
            before = text
