"""A net that writes: temperature, what a cut keeps, and one letter after the other."""

from __future__ import annotations

import functools
import html
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.lab.instruments.packed import net, unpacked
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.model.model import Model, ModelParams
from rnntutor.text.batches import one_hot
from rnntutor.text.sampling import nucleus, sample, temper, top_k

NET, SHOWN, LETTERS, SEEDS = "next-letter-net.js", 9, 120, 5


def next_letter(prompt="What th", temperature=1.0, cut=None, k=5, p=0.9, seed=1):
    """An LSTM that has read the plays goes on from a prompt, letter by letter; prompt,
    temperature, cut and seed are for the reader to choose.

    Parameters
    ----------
    prompt : str
        At least one of the characters that it knows.
    temperature : float
        From 0 to 2.
    cut : {"none", "top-k", "nucleus"}, optional
        None: no cut, and none to choose.
    k : int
        How many letters top-k keeps, from 1 to 20.
    p : float
        How much probability the nucleus has, from 0.05 to 1.
    seed : int
        From 1 to 5; the letters are those of `sample` with this seed.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    if cut is not None:
        _check.choice("cut", cut, ("none", "top-k", "nucleus"))
    given = {
        "prompt": _check.instance("prompt", prompt, str).replace("\n", "↵"),
        "temperature": _check.number("temperature", temperature, minimum=0, maximum=2),
        "cut": cut,
        "k": _check.integer("k", k),
        "p": _check.number("p", p, above=0, maximum=1),
        "seed": _check.integer("seed", seed),
    }
    if k > 20 or seed > SEEDS:
        raise ValueError(f"k, seed: expected at most 20 and {SEEDS}, got {k}, {seed}")
    letters, model, params = writer()
    if not prompt or set(prompt) - set(letters):
        raise ValueError(f"prompt: expected characters of the plays, got {prompt!r}")
    keep = cut_of(cut, k, p)
    ids = writer().encode(prompt)
    written = sample(model, params, ids, LETTERS, seed, temperature, keep)
    text = "".join(letters[k] for k in written)
    still = (
        _chances(letters, writer().scores(prompt), temperature, keep)
        + f"<p>So it goes on, {LETTERS} letters: <b>{html.escape(prompt)}</b>"
        f"{html.escape(text)}</p>".replace("\n", "↵<br>")
    )
    given["seeds"] = {n: _state(n) for n in range(1, SEEDS + 1)}
    label = "A net goes on from a prompt"
    return Instrument("next-letter", label, given, still, "letters.js", NET)


class Writer(NamedTuple):
    """The net that writes in the page, as the page computes with it."""

    letters: list
    model: Model
    params: ModelParams

    def encode(self, text):
        """Ids (N,)."""
        return np.array([self.letters.index(letter) for letter in text])

    def scores(self, text):
        """y_raw (V,) of the letter that comes after a text."""
        xs = one_hot(self.encode(text), len(self.letters))[:, None]
        return self.model.forward(self.params, xs).ys_raw[-1, 0]


@functools.cache
def writer():
    """The `Writer`: an LSTM with 128 units that has read the plays, its weights rounded
    to eight bits.
    """
    letters, parts = (net(NET)[part] for part in ("letters", "p"))
    params, V = unpacked(parts), len(letters)
    return Writer(letters, Model(LSTM(), V, len(params.cell.W_hh), V), params)


def cut_of(cut, k, p):
    """What `sample` takes as its cut."""
    return {
        None: None,
        "none": None,
        "top-k": lambda y: top_k(y, k),
        "nucleus": lambda y: nucleus(y, p),
    }[cut]


def _chances(letters, y_raw, temperature, keep):
    """The likeliest letters, and what the cut leaves of them."""
    y, tempered = temper(y_raw, 1), temper(y_raw, temperature)
    drawn = keep(tempered) if keep else tempered
    order = np.argsort(-y, kind="stable")
    rows = [
        (
            f"“{_shown(letters[i])}”",
            [*map(_small, (y[i], tempered[i])), _small(drawn[i], tempered[i])],
        )
        for i in order[:SHOWN]
    ]
    rest = order[SHOWN:]
    rows.append(
        (
            f"{len(rest)} others",
            [_small(part[rest].sum()) for part in (y, tempered, drawn)],
        )
    )
    heads = ["the net says", f"at <i>τ</i> = {temperature:.2f}", "drawn from"]
    return table("What comes next", heads, rows)


def _small(v, before=0):
    """A probability, small ones in words; "cut" if it was more before."""
    if v == 0 and before > 0:
        return "cut"
    return "&lt;0.01" if 0 < v < 0.005 else v


def _shown(letter):
    return {" ": "␣", "\n": "↵"}.get(letter, html.escape(letter))


def _state(seed):
    """Where the generator of NumPy begins with this seed."""
    found = np.random.default_rng(seed).bit_generator.state["state"]
    return [str(found["state"]), str(found["inc"])]
