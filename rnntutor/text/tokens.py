"""Tokenizers: how a text is cut into symbols, and how words are put together again."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from rnntutor import _check

UNKNOWN_WORD = "<unk>"
_CLOSING = frozenset(".,;:!?)]}")  # no space before these when words are joined
_OPENING = frozenset("([{")  # no space after these
# Inside a word: apostrophes, hyphens, the dot of Catalan, Hebrew's and Armenian's
# marks.
_INNER = "'\u2018\u2019\u2010\u2011\u00b7\u05f3\u05f4\u055b\u055c\u055e-"
_SPACE, _JOINER = "\u200b", "\u200d"  # both without width


def characters(text):
    """Return the characters of the str `text` as a list; raises TypeError if it is no
    str.
    """
    return list(_check.instance("text", text, str))


def words(text, lower=False):
    """Cut a text into words and marks.

    Every punctuation mark is a token of its own, and so are a run of hyphens and every
    line break; other white space only separates. An apostrophe or a hyphen between
    letters belongs to the word (o'er, heart-ache), and what Unicode calls a combining
    mark to the character before it. Where a script has no spaces, all letters up to the
    next mark are one word. "<unk>" is one token.

    Parameters
    ----------
    text : str
    lower : bool
        Whether to lower-case the words, each on its own.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If an argument is not of this kind.
    """
    _check.instance("text", text, str)
    _check.instance("lower", lower, bool)
    return cut_words(text, lower)


def cut(text, level, lower, unknown):
    """The symbols of a text at level "char" or "word"."""
    if level == "word":
        return cut_words(text, lower, unknown or UNKNOWN_WORD)
    return cut_characters(text, lower, unknown)


def check_symbols(symbols, level, unknown, lower):
    """Return the symbols of a `Vocabulary` as a tuple; raise unless `cut` cuts them."""
    if not isinstance(symbols, (list, tuple)) or not all(
        isinstance(one, str) and one for one in symbols
    ):
        raise TypeError(
            f"symbols: expected a list of non-empty str, got {_check.short(symbols)}"
        )
    symbols = tuple(symbols)
    if not symbols:
        raise ValueError("symbols: expected at least one, got none")
    if len(set(symbols)) < len(symbols):
        twice = next(one for one, count in Counter(symbols).items() if count > 1)
        raise ValueError(
            f"symbols: expected distinct strings, got {twice!r} more than once"
        )
    by_word = _check.choice("level", level, ("char", "word")) == "word"
    _check.instance("lower", lower, bool)
    if unknown is not None and unknown not in symbols:
        raise ValueError(
            f"unknown: expected None or one of symbols, got {_check.short(unknown)}"
        )
    if by_word and unknown != "\n" and re.search(rf"[\s{_SPACE}]", unknown or ""):
        raise ValueError(
            f"unknown: expected no white space at level 'word', got {unknown!r}"
        )
    # all at once: faster
    fit = by_word and cut(" ".join(symbols), level, lower, unknown) == list(symbols)
    for one in () if fit else symbols:
        if cut(one, level, lower, unknown) != [one]:
            kind = "words or marks" if by_word else "characters"
            kind += " in lower case" * lower
            raise ValueError(
                f"symbols: expected single {kind} at level {level!r}, got {one!r}"
            )
    return symbols


def cut_words(text, lower=False, unknown=UNKNOWN_WORD):
    """`words`, of which one is `unknown`, whatever it is made of; it is not
    lower-cased.
    """
    tokens = _pattern(text, unknown).findall(text)
    return (
        [one if one == unknown else one.lower() for one in tokens] if lower else tokens
    )


def cut_characters(text, lower=False, unknown=None):
    """`characters`, of which one is `unknown`, however long it is; it is not
    lower-cased.

    Each is lower-cased on its own, so that no symbol depends on where a text is cut: Σ
    becomes σ at the end of a word, too.
    """
    tokens = list(text)
    if unknown is not None and len(unknown) > 1:
        tokens = re.findall(f"{re.escape(unknown)}|.", text, re.DOTALL)
    if lower:
        tokens = [
            low for one in tokens for low in ([one] if one == unknown else one.lower())
        ]
    return tokens


def join_words(tokens, unknown=UNKNOWN_WORD):
    """Put words together: a space between two, but none before a closing mark, after an
    opening bracket or around a line break. `cut_words` of the result gives the tokens
    back.

    Parameters
    ----------
    tokens : list of str
        As `cut_words` gives them.
    unknown : str
        The spaces around the marks that this is made of stay, so that none is made of
        other words.

    Returns
    -------
    str
    """
    closing, opening = _CLOSING.difference(unknown), _OPENING.difference(unknown)
    text, last = [], "\n"
    for token in tokens:
        glued = last == "\n" or token == "\n" or token in closing
        if not glued and (last not in opening or _belongs_before(token[0])):
            text.append(" ")
        text.append(token)
        last = token
    return "".join(text)


def _pattern(text, unknown):
    """The pattern of the words of this text."""
    marks = "".join(
        sorted({one for one in {*text, *unknown} if _belongs_before(one)} | {_JOINER})
    )
    word, sign = rf"\w[\w{marks}]*", rf"[^\w\s{_SPACE}][{marks}]*"
    kinds = [
        r"\n",
        UNKNOWN_WORD,
        rf"-{{2,}}[{marks}]*",  # a dash
        rf"{word}(?:[{_INNER}]{word})*",
        "[\U0001f1e6-\U0001f1ff]{2}",  # a flag
        # a mark, or a picture made of several
        rf"{sign}(?:(?<={_JOINER})(?![\0-\x7f]){sign})*",
    ]
    if not re.fullmatch("|".join(kinds), unknown):
        kinds.insert(
            0,
            re.escape(unknown)
            + (rf"(?![\w{marks}])" if re.match(r"\w", unknown[-1]) else ""),
        )
    return re.compile("|".join(kinds))


def _belongs_before(one):
    """Whether a character belongs to the one before it: a mark, an invisible character,
    a skin color.
    """
    return "\U0001f3fb" <= one <= "\U0001f3ff" or (
        one != _SPACE and unicodedata.category(one) in ("Mn", "Mc", "Me", "Cf")
    )
