"""The embedded Reber grammar: strings from an automaton, and what may come next in
them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.lab.long_lags.base import Task
from rnntutor.text.batches import one_hot

SYMBOLS = "BTPSXVE"

# From each node the two ways on, or one: (symbol, next node). Node 7 is the end.
ARROWS = {
    0: (("B", 1),),
    1: (("T", 2), ("P", 3)),
    2: (("S", 2), ("X", 4)),
    3: (("T", 3), ("V", 5)),
    4: (("X", 3), ("S", 6)),
    5: (("P", 4), ("V", 6)),
    6: (("E", 7),),
}


class ReberTask(NamedTuple):
    """A `Task` that knows what may come next."""

    xs: np.ndarray  # (T, B, 7)
    targets: np.ndarray  # (T, B)
    mask: np.ndarray  # (T, B)
    legal: np.ndarray  # (T, B, 7), True for every legal successor

    pick = Task.pick


def reber_strings(rng, n=256, avoid=()):
    """Draw strings of the embedded Reber grammar.

    A string of the inner grammar is a walk through the automaton `ARROWS` that takes
    each of two ways on with probability 1/2. The embedding puts B and then T or P
    before it, and the same T or P and then E after it. The letter before the last is
    the second one: that is the long lag.

    Parameters
    ----------
    rng : numpy.random.Generator or seed
        The same seed gives the same strings.
    n : int
        How many; some may be equal.
    avoid : iterable of str
        Strings that are not to be drawn: those of the training set, for a test set.

    Returns
    -------
    list of str
        Each with 9 letters or more.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.

    Notes
    -----
    Hochreiter & Schmidhuber 1997, section 5.1: 256 strings to train on and 256 others
    to test. The grammar is Reber's (1967), embedded by Cleeremans, Servan-Schreiber &
    McClelland (1989).
    """
    rng = _check.generator("rng", rng)
    n = _check.integer("n", n)
    if isinstance(avoid, str) or not hasattr(avoid, "__iter__"):
        raise TypeError(
            f"avoid: expected an iterable of strings, got {_check.short(avoid)}"
        )
    avoid, strings = frozenset(avoid), []
    while len(strings) < n:
        frame = "TP"[rng.integers(2)]
        string = f"B{frame}{_walk(rng)}{frame}E"
        if string not in avoid:
            strings.append(string)
    return strings


def _walk(rng):
    node, letters = 0, []
    while node in ARROWS:
        ways = ARROWS[node]
        letter, node = ways[rng.integers(len(ways))]
        letters.append(letter)
    return "".join(letters)


def legal_successors(string):
    """Which letters may follow each letter of a string of the embedded Reber grammar.

    Parameters
    ----------
    string : str

    Returns
    -------
    list of str
        One entry for each letter but the last; its letters in the order of `SYMBOLS`.

    Raises
    ------
    TypeError, ValueError
        If `string` is not a string of the grammar.

    Examples
    --------
    >>> legal_successors("BTBPVVETE")
    ['TP', 'B', 'TP', 'TV', 'PV', 'E', 'T', 'E']
    """
    if not isinstance(string, str):
        raise TypeError(
            f"string: expected a string of the grammar, got {_check.short(string)}"
        )
    out, node, place = [], 0, "start"
    for letter in string:
        if place == "start":
            now, place = "B", "frame"
        elif place == "frame":
            now, place, frame = "TP", "inside", letter
        elif place == "inside":
            ways = dict(ARROWS[node])
            now, node = "".join(ways), ways.get(letter)
            place = "inside" if node in ARROWS else "frame again"
        elif place == "frame again":
            now, place = frame, "end"
        else:
            now, place = "E" if place == "end" else "", "over"
        if letter not in now or not letter:
            raise ValueError(
                f"string: expected a string of the grammar, got {_check.short(string)}"
            )
        out.append("".join(sorted(now, key=SYMBOLS.index)))
    if place != "over":
        raise ValueError(
            f"string: expected a string of the grammar, got {_check.short(string)}"
        )
    return out[1:]


def reber_task(strings, dtype=np.float64):
    """Predict the next letter, at every step of each string.

    Published success: at every step of every string of both sets, the outputs of the
    letters that may come next are larger than those of all others.

    Parameters
    ----------
    strings : list of str
        As `reber_strings` gives them.
    dtype : dtype
        Of `xs`.

    Returns
    -------
    xs : array (T, B, 7)
        One-hot in the order of `SYMBOLS`; T is one less than the longest string.
        Shorter ones are followed by zeros, which no answer depends on.
    targets : int array (T, B)
        The next letter.
    mask : bool array (T, B)
        False after a string's end.
    legal : bool array (T, B, 7)
        Which letters may come next: one or two.

    Raises
    ------
    TypeError, ValueError
        If a string is not one of the grammar, or there is none.
    """
    dtype = _check.dtype("dtype", dtype)
    if isinstance(strings, str) or not isinstance(strings, list | tuple) or not strings:
        raise TypeError(
            "strings: expected a list of at least one string, got"
            f" {_check.short(strings)}"
        )
    successors = [legal_successors(string) for string in strings]
    T, B = max(map(len, successors)), len(strings)
    xs, legal = np.zeros((T, B, 7), dtype), np.zeros((T, B, 7), bool)
    targets, mask = np.zeros((T, B), np.int64), np.zeros((T, B), bool)
    for b, string in enumerate(strings):
        ids, steps = (
            np.array([SYMBOLS.index(letter) for letter in string]),
            len(string) - 1,
        )
        xs[:steps, b] = one_hot(ids[:-1], 7, dtype)
        targets[:steps, b], mask[:steps, b] = ids[1:], True
        for t, letters in enumerate(successors[b]):
            legal[t, b, [SYMBOLS.index(letter) for letter in letters]] = True
    return ReberTask(xs, targets, mask, legal)
