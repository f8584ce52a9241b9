"""The vocabulary: the symbols of a text, and the integer that stands for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from rnntutor import _check
from rnntutor.text.tokens import UNKNOWN_WORD, check_symbols, cut, join_words


@dataclass(frozen=True)
class Vocabulary:
    """The symbols of a text in a fixed order; a symbol's id is its place in that order.

    A vocabulary never changes once it is made. Its length is V.

    Parameters
    ----------
    symbols : list of str
        Distinct: single characters at level "char", at level "word" what
        `rnntutor.text.words` cuts.
    level : {"char", "word"}
        How a text is cut into symbols.
    unknown : str, optional
        The one of `symbols` that stands for all others; it may be longer than a
        character or word. Without it `encode` raises for a symbol that it does not
        know.
    lower : bool
        Whether symbols are lower-cased, each on its own; `unknown` is not.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.
    """

    symbols: tuple
    level: str = "char"
    unknown: str | None = None
    lower: bool = False
    _ids: dict = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        symbols = check_symbols(self.symbols, self.level, self.unknown, self.lower)
        ids = {symbol: i for i, symbol in enumerate(symbols)}
        object.__setattr__(self, "symbols", symbols)  # the class is frozen
        object.__setattr__(self, "_ids", ids)

    @classmethod
    def from_text(
        cls, text, level="char", size=None, min_count=1, unknown=None, lower=False
    ):
        """Collect the vocabulary of a text.

        The order depends on the text alone: the unknown symbol first, if there is one,
        then characters by code point, or words from the most to the least frequent.

        Parameters
        ----------
        text : str
            Not empty.
        level : {"char", "word"}
        size : int, optional
            Keep at most this number of symbols, the most frequent (of equals, the first
            by code point); the unknown symbol is one of them.
        min_count : int
            Keep only symbols that occur at least this often.
        unknown : str, optional
            The symbol for those that are not kept: for words "<unk>" unless given, for
            characters none.
        lower : bool
            Whether to lower-case the text.

        Returns
        -------
        Vocabulary

        Raises
        ------
        TypeError, ValueError
            If an argument is not of this kind, or characters are left out and no
            unknown symbol stands for them.
        """
        _check.instance("text", text, str)
        _check.choice("level", level, ("char", "word"))
        _check.integer("min_count", min_count)
        _check.instance("lower", lower, bool)
        if unknown is not None and not _check.instance("unknown", unknown, str):
            raise ValueError("unknown: expected a symbol, got an empty string")
        if level == "word" and unknown is None:
            unknown = UNKNOWN_WORD
        counts = Counter(cut(text, level, lower, unknown))
        counts.pop(unknown, None)
        if not counts:
            raise ValueError(
                f"text: expected at least one symbol, got {_check.short(text)}"
            )
        kept = [one for one in counts if counts[one] >= min_count]
        if not kept:
            raise ValueError(
                f"min_count: expected at most {max(counts.values())}, got {min_count}:"
                " nothing is kept"
            )
        kept.sort(key=lambda one: (-counts[one], one))
        if size is not None:
            others = 0 if unknown is None else 1  # the unknown symbol is one of them
            kept = kept[: _check.integer("size", size, 1 + others) - others]
        if level == "char":
            if unknown is None and len(kept) < len(counts):
                raise ValueError(
                    "unknown: expected a symbol such as '\\ufffd' to stand for the"
                    " characters that size or min_count leave out"
                    f" ({len(counts) - len(kept)} of them), got None"
                )
            kept.sort()
        return cls(
            tuple(kept) if unknown is None else (unknown, *kept), level, unknown, lower
        )

    def __len__(self):
        """V, the number of symbols."""
        return len(self.symbols)

    def __repr__(self):
        """Say how large it is, not all of it."""
        kind = "characters" if self.level == "char" else "words"
        return f"Vocabulary({len(self)} {kind}, unknown={self.unknown!r})"

    def __contains__(self, symbol):
        return symbol in self._ids

    def cut(self, text):
        """Cut a str into symbols, known or not: a list of str; TypeError if it is no
        str.
        """
        _check.instance("text", text, str)
        return cut(text, self.level, self.lower, self.unknown)

    def encode(self, text):
        """Turn a text into ids.

        Parameters
        ----------
        text : str

        Returns
        -------
        int array (N,)
            The empty text gives N = 0.

        Raises
        ------
        TypeError, ValueError
            If `text` is no str, or has an unknown symbol and the vocabulary has none
            for these; the message gives the symbol and its position, counted from 0.
        """
        tokens = self.cut(text)
        if self.unknown is not None:
            other = self._ids[self.unknown]
            return np.array([self._ids.get(one, other) for one in tokens], np.int64)
        try:
            return np.array([self._ids[one] for one in tokens], np.int64)
        except KeyError:
            # lower case may have more characters
            pieces = enumerate(cut(text, self.level, False, None))
            where, what = next(
                (i, one)
                for i, one in pieces
                if not self._ids.keys() >= set(self.cut(one))
            )
            kind = "character" if self.level == "char" else "word"
            raise ValueError(
                f"text: expected only symbols of the vocabulary, got {what!r} at {kind}"
                f" {where}"
            ) from None

    def decode(self, ids):
        """Turn ids into a text.

        Characters stand side by side, so that decoding what was encoded gives the text
        back. Words have a space between them, but none before a closing mark, after an
        opening bracket or around a line break: the spacing may differ from the
        original, the tokens do not.

        Parameters
        ----------
        ids : int array (N,)
            Each 0 … V − 1; N = 0 gives the empty text.

        Returns
        -------
        str

        Raises
        ------
        TypeError, ValueError
            If `ids` are not integers of shape (N,), or out of range.
        """
        if isinstance(ids, (list, tuple)) and not ids:
            return ""
        ids = _check.array("ids", ids, None, kind="integer")
        if ids.ndim != 1:
            raise ValueError(f"ids: expected shape (N,), got {ids.shape}")
        _check.below("ids", ids, len(self))
        tokens = [self.symbols[i] for i in ids.tolist()]
        return (
            "".join(tokens)
            if self.level == "char"
            else join_words(tokens, self.unknown or UNKNOWN_WORD)
        )

    def join(self, text, more):
        """Put a text and what `decode` gave together, spaced as `decode` spaces words.

        Parameters
        ----------
        text, more : str

        Returns
        -------
        str

        Raises
        ------
        TypeError
            If an argument is no str.
        """
        _check.instance("more", more, str)
        last, first = self.cut(text)[-1:], self.cut(more)[:1]
        if self.level == "char" or not last or not first or text[-1].isspace():
            return text + more
        joined = join_words(last + first, self.unknown or UNKNOWN_WORD)
        return text + joined[len(last[0]) : -len(first[0])] + more

    def spaced(self, pieces):
        """Yield the text of each of these arrays of ids, with the space before it where
        there is one.
        """
        before = ""
        for ids in pieces:
            text = self.decode(ids)
            yield self.join(before, text)[len(before) :]
            before = text
