"""The two gradients of a trial side by side, piece by piece."""

from __future__ import annotations

from typing import NamedTuple

from rnntutor.gradients.cell_check.situations import pieces
from rnntutor.gradients.cell_check.trial import analytic, largest, truth

# of the whole gradient's largest entry: a block that cancels is measured by this
NEGLIGIBLE = 1e-3


class Compared(NamedTuple):
    """{Piece: array}, the cell's and the oracle's, and what they are measured by."""

    analytic: dict
    truth: dict
    scale: float  # largest entry of the true gradient
    tol: float

    @property
    def wrong(self):
        """The pieces that differ."""
        return [piece for piece in self.truth if not self.right(piece)]

    def right(self, piece):
        """Whether a piece agrees within the tolerance."""
        size = max(largest(self.truth[piece]), NEGLIGIBLE * self.scale) or 1.0
        return largest(self.analytic[piece] - self.truth[piece]) <= self.tol * size

    def counts(self, piece):
        """Whether the true piece is large enough for its being right to mean
        something.
        """
        return largest(self.truth[piece]) > NEGLIGIBLE * self.scale

    def absent(self, piece):
        """Whether the cell has nothing where there is something."""
        return self.counts(piece) and largest(self.analytic[piece]) == 0


def compared(trial):
    """Both gradients of a trial."""
    H = trial.sizes[2]
    true = pieces(truth(trial), H)
    scale = max(largest(array) for array in true.values())
    return Compared(pieces(analytic(trial), H), true, scale, trial.tol)


def fits(a, b, tol):
    """Whether two arrays are equal to rounding, and not both nothing."""
    size = max(largest(a), largest(b))
    return 0 < size < float("inf") and largest(a - b) <= 100 * tol * size


def listed(found):
    """Pieces in words: the arrays, each with the numbers of its blocks."""
    blocks = {}
    for piece in found:
        blocks.setdefault((piece.leaf, piece.of), []).append(piece.block)
    words = []
    for (leaf, of), which in blocks.items():
        if len(which) == of:
            words.append(leaf)
        else:
            plural = "s" if len(which) > 1 else ""
            words.append(
                f"{leaf} (block{plural} {', '.join(map(str, sorted(which)))} of {of})"
            )
    return ", ".join(words)
