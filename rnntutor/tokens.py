"""Tokenisers: how a text is cut into symbols, and how words are put together again."""

from __future__ import annotations

import re

from rnntutor import _check

UNKNOWN_WORD = "<unk>"
_CLOSING = set(".,;:!?)]}")  # no space before these when words are joined
_OPENING = set("([{")  # no space after these
# A newline, a run of hyphens (a dash), a word with inner apostrophes or hyphens, or one other mark.
_WORD = re.compile(r"\n|<unk>|-{2,}|\w+(?:['\u2019-]\w+)*|[^\w\s]")


def characters(text):
    """Return the characters of the str `text` as a list; raises TypeError if it is no str."""
    return list(_check.instance("text", text, str))


def words(text, lower=False):
    """Cut a text into words and marks.

    Every punctuation mark is a token of its own, and so are a run of hyphens and every line
    break; other white space only separates. An apostrophe or a hyphen between letters belongs
    to the word (o'er, heart-ache). "<unk>" is one token.

    Parameters
    ----------
    text : str
    lower : bool
        Whether to lower-case the text first.

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
    return _WORD.findall(text.lower() if lower else text)


def join_words(tokens):
    """Put words together: a space between two, but none before a closing mark, after an opening
    bracket or around a line break. `words` of the result gives the tokens back.

    Parameters
    ----------
    tokens : list of str
        As `words` gives them.

    Returns
    -------
    str
    """
    text, last = [], "\n"
    for token in tokens:
        if not (last == "\n" or token == "\n" or token in _CLOSING or last in _OPENING):
            text.append(" ")
        text.append(token)
        last = token
    return "".join(text)
