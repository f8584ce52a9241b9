"""Pictures of how sequences are laid out: batches of contiguous text, one-hot
vectors.
"""

from __future__ import annotations

import numpy as np

from rnntutor.text.batches import contiguous_batches

from .. import _check
from . import _args
from .primitives import TINTS, Canvas
from .style import COLORS, WIDTH, drawn, visible


@drawn
def batch_layout(text, B=3, T=4):
    """A contiguous text in B rows, cut in time into chunks of T steps.

    Parameters
    ----------
    text : str, at most 80 characters
        Laid out as `rnntutor.text.contiguous_batches` does it.
    B : int
        Rows, at most 6.
    T : int
        Steps of a chunk.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came; also if the text does not
        fill one chunk.
    """
    text = _args.text("text", text, longest=80)
    if _check.integer("B", B) > 6:
        raise ValueError(f"B: expected at most 6 rows, got {B}")
    chunks = [inputs for inputs, _ in contiguous_batches(np.arange(len(text)), B, T)]
    K = len(chunks)
    if K * T > 24:
        raise ValueError(
            f"text: expected rows of at most 24 characters, got {K * T} (a larger B"
            " helps)"
        )
    shown = visible(text)
    tints = ["teal", "blue", "purple", "orange", "ochre", "gray"][:B]
    canvas = Canvas(1.88 + 0.36 * B)
    top = canvas.axes.get_ylim()[1]
    wide = (WIDTH - 0.3) / len(text)
    for i, character in enumerate(shown):
        row = i // (K * T)
        used = row < B
        x, ink = 0.15 + wide * i, "ink" if used else "gray"
        canvas.rect(
            x,
            top - 0.42,
            wide,
            0.27,
            TINTS[tints[row]] if used else "white",
            width=0,
            zorder=1,
        )
        canvas.text(
            x + wide / 2,
            top - 0.285,
            character,
            ink,
            min(11.0, wide * 72 / 0.62),
            va="center",
            mono=True,
        )
    gap = 0.30
    cell = min(0.32, (WIDTH - 1.0 - gap * K) / (K * T))
    left = 0.15 + (WIDTH - 0.3 - (0.55 + cell * K * T + gap * (K - 1))) / 2 + 0.55
    base = top - 1.0
    for k, inputs in enumerate(chunks):
        x0 = left + k * (cell * T + gap)
        canvas.text(x0 + cell * T / 2, base + 0.14, f"chunk {k + 1}", "gray", 9.5)
        for b in range(B):
            y = base - 0.36 * (b + 1)
            for t in range(T):
                character = shown[inputs[t, b]]
                canvas.cell(
                    x0 + cell * t,
                    y,
                    cell,
                    0.3,
                    character,
                    TINTS[tints[b]],
                    tints[b],
                    size=10.5,
                    mono=True,
                )
            if k + 1 < K:
                end = x0 + cell * T
                canvas.arrow(
                    (end + 0.03, y + 0.15), (end + gap - 0.03, y + 0.15), color="blue"
                )
            if k == 0:
                canvas.text(x0 - 0.12, y + 0.15, f"row {b}", "gray", 9.5, ha="right")
    bottom = base - 0.36 * B
    for t in range(T):
        canvas.text(
            left + cell * (t + 0.5), bottom - 0.16, f"$x_{{{t + 1}}}$", "ink", 11.5
        )
    canvas.rect(
        left - 0.02,
        bottom - 0.035,
        cell + 0.04,
        0.36 * B + 0.04,
        "none",
        COLORS["ink"],
        1.6,
        zorder=4,
    )
    canvas.text(
        left - 0.02,
        bottom - 0.44,
        "one step: a symbol of each row",
        "ink",
        9.5,
        ha="left",
    )
    if K > 1:
        canvas.arrow(
            (WIDTH - 2.0, bottom - 0.44), (WIDTH - 1.72, bottom - 0.44), color="blue"
        )
        canvas.text(
            WIDTH - 1.64, bottom - 0.44, "state carried", "gray", 9.5, ha="left"
        )
    return canvas.figure


@drawn
def one_hot_picture(word, symbols):
    """The (T, V) one-hot matrix of a word: a row for each character, a column for each
    symbol.

    Parameters
    ----------
    word : str, or list of str, length T <= 12
    symbols : str, or list of str, length V <= 30
        The vocabulary, each symbol once.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    word = _args.names("word", word, None, most=12)
    symbols = _args.names("symbols", symbols, None, most=30)
    if len(set(symbols)) != len(symbols):
        raise ValueError(
            f"symbols: expected each symbol once, got {_check.short(symbols)}"
        )
    missing = [one for one in word if one not in symbols]
    if missing:
        raise ValueError(
            f"word: expected symbols that are among the {len(symbols)} in symbols, got"
            f" {missing[0]!r}"
        )
    cell = min(0.42, (WIDTH - 1.6) / len(symbols))
    tall = min(cell, 0.34)
    canvas = Canvas(0.75 + tall * len(word) + 0.42)
    left = (WIDTH - cell * len(symbols)) / 2 + 0.3
    top = 0.42 + tall * len(word)
    for v, symbol in enumerate(symbols):
        canvas.text(
            left + cell * (v + 0.5), top + 0.2, visible(symbol), "ink", 11, mono=True
        )
    for t, one in enumerate(word):
        y = top - tall * (t + 1)
        canvas.text(left - 0.62, y + tall / 2, f"$x_{{{t + 1}}}$", "teal", 13)
        canvas.text(left - 0.25, y + tall / 2, visible(one), "ink", 11, mono=True)
        for v, symbol in enumerate(symbols):
            hot = one == symbol
            fill, ink = (COLORS["teal"], "white") if hot else ("white", "gray")
            canvas.cell(
                left + cell * v, y, cell, tall, "1" if hot else "0", fill, "faint", ink
            )
    canvas.text(
        left + cell * len(symbols) / 2,
        0.2,
        f"T = {len(word)} rows, V = {len(symbols)} columns",
        "gray",
        9.5,
    )
    return canvas.figure
