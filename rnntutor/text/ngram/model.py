"""The n-gram model of integer ids."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.text.ngram.counts import count
from rnntutor.text.ngram.smoothing import SMOOTHING

# where `fit` looks for k
GRID = tuple(m * 10.0**e for e in (-3, -2, -1, 0, 1, 2) for m in (1, 2, 5))


class NGram:
    """An n-gram model of integer ids.

    Parameters
    ----------
    order : int
        n: 1 counts symbols (unigram), 2 pairs (bigram), and so on.
    V : int
        How many symbols there are; ids are 0 … V − 1.
    smoothing : {"witten-bell", "kneser-ney", "add-k"}
        "witten-bell" mixes all orders up to n, each with weights from its counts.
        "kneser-ney" mixes them, too: the modified Kneser–Ney smoothing of Chen &
        Goodman (1999). "add-k" adds k to every count of order n; shorter contexts play
        no part.
    k : float
        From 1e-9 to 1e9: how much is kept back for what was never seen. `fit` can
        choose it. The published Kneser–Ney has k = 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.
    """

    def __init__(self, order, V, smoothing="witten-bell", k=1.0):
        self.order = _check.integer("order", order)
        self.V = _check.integer("V", V)
        self.smoothing = _check.choice("smoothing", smoothing, tuple(SMOOTHING))
        self.k = _check.number("k", k, minimum=1e-9, maximum=1e9)
        self._counts = self._levels = None

    def __repr__(self):
        return (
            f"NGram(order={self.order}, V={self.V}, smoothing={self.smoothing!r},"
            f" k={self.k:g})"
        )

    def fit(self, ids, valid=None):
        """Count the n-grams of a text, in place of what was counted before.

        Parameters
        ----------
        ids : int array (N,)
            At least `order` symbols.
        valid : int array (M,), optional
            Another text, to choose `k` by: the value of `GRID` with the lowest
            cross-entropy there. Without it `k` stays.

        Returns
        -------
        NGram
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If `ids` or `valid` are not integers in 0 … V − 1, or `ids` are fewer than
            `order`.
        """
        ids = self._ids("ids", ids)
        if len(ids) < self.order:
            raise ValueError(
                f"ids: expected at least order = {self.order} symbols, got {len(ids)}"
            )
        if valid is not None:
            valid = self._ids("valid", valid)
        self._counts = count(
            ids, self.order, self.V, SMOOTHING[self.smoothing].continuation
        )
        if valid is not None:
            found = self._find(valid)
            self.k = min(
                GRID, key=lambda k: -np.log(self._mix(found, self._weights(k))).mean()
            )
        self._levels = self._weights(self.k)
        return self

    def log_prob(self, ids):
        """Logarithm of the probability of each symbol, given the symbols before it.

        Parameters
        ----------
        ids : int array (N,)

        Returns
        -------
        float array (N,)
            In nats. The first symbols have a shorter context, the very first none;
            "add-k" gives those before the first whole context 1/V.

        Raises
        ------
        TypeError, ValueError
            If `ids` are not integers in 0 … V − 1, or there are none.
        RuntimeError
            Before `fit`.
        """
        self._fitted()
        return np.log(self._mix(self._find(self._ids("ids", ids)), self._levels))

    def cross_entropy(self, ids):
        """Mean of −log P over the symbols of a text, in nats. Arguments and errors as
        for `log_prob`.
        """
        return float(-self.log_prob(ids).mean())

    def next_probs(self, context):
        """Probability of every symbol after a context.

        Parameters
        ----------
        context : int array (N,)
            The symbols before; only the last order − 1 matter. May be empty.

        Returns
        -------
        float array (V,)
            Sums to 1.

        Raises
        ------
        TypeError, ValueError
            If `context` is not of integers in 0 … V − 1.
        RuntimeError
            Before `fit`.
        """
        self._fitted()
        context = (
            np.zeros(0, np.int64)
            if np.size(context) == 0
            else self._ids("context", context)
        )
        found = self._find(context)
        p, before = np.full(self.V, 1 / self.V), 0
        for n, (counts, (alpha, gamma)) in enumerate(
            zip(self._counts, self._levels, strict=True)
        ):
            here = slice(
                *np.searchsorted(counts.codes, (before * self.V, (before + 1) * self.V))
            )
            p *= gamma[before]
            p[counts.codes[here] % self.V] += alpha[here]
            # the context of the next order
            before = found[n][1][-1] if n < len(context) else -1
        return p

    def _find(self, ids):
        """Per order: number of the context before each symbol, and place of its n-gram;
        −1 if never seen.
        """
        found, before = [], np.zeros(len(ids), np.int64)
        for n, counts in enumerate(self._counts, start=1):
            before = before[: max(0, len(ids) - n + 1)]
            # below 0, hence never found, after a context never seen
            code = before * self.V + ids[n - 1 :]
            place = np.minimum(
                np.searchsorted(counts.codes, code), len(counts.codes) - 1
            )
            place = np.where(counts.codes[place] == code, place, -1)
            found.append((before, place))
            before = place[:-1]
        return found

    def _weights(self, k):
        """Per order: α of each n-gram and γ of each context, with a last entry for what
        was never seen.
        """
        rule, backs_off, _ = SMOOTHING[self.smoothing]
        levels = []
        for n, counts in enumerate(self._counts, start=1):
            used = backs_off or n == self.order
            # The last (n-1)-gram of the text may have no successor; like one that was
            # never seen, it predicts nothing.
            silent = counts.kinds == 0
            alpha, gamma = rule(
                counts._replace(total=np.where(silent, 1, counts.total)), self.V, k
            )
            gamma = np.where(silent, 1.0, gamma) if used else np.ones_like(gamma)
            levels.append((np.append(alpha * used, 0.0), np.append(gamma, 1.0)))
        return levels

    def _mix(self, found, levels):
        p = np.full(len(found[0][0]), 1 / self.V)
        for n, ((before, place), (alpha, gamma)) in enumerate(
            zip(found, levels, strict=True)
        ):
            p[n:] = alpha[place] + gamma[before] * p[n:]
        return p

    def _fitted(self):
        if self._counts is None:
            raise RuntimeError("NGram: expected fit(ids) to be called first")

    def _ids(self, name, ids):
        ids = _check.array(name, ids, ("N",), kind="integer")
        _check.below(name, ids, self.V)
        return ids.astype(np.int64)
