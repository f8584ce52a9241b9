"""Connectionist temporal classification (Graves, Fernández, Gomez & Schmidhuber 2006):
labels for a sequence that nobody has cut into pieces.

A net names at each step one of the labels or the blank, which is the last class, V − 1:
labels keep their numbers, and a net for K labels has V = K + 1 outputs.
"""

from rnntutor.model.ctc.edits import edit_distance, error_rate
from rnntutor.model.ctc.lattice import Lattice, ctc_loss, forward_backward
from rnntutor.model.ctc.paths import Alignment, align, best_path, collapse
from rnntutor.model.ctc.prefixes import Reading, prefix_search
from rnntutor.model.ctc.transcriber import Transcriber

__all__ = [
    "Alignment",
    "Lattice",
    "Reading",
    "Transcriber",
    "align",
    "best_path",
    "collapse",
    "ctc_loss",
    "edit_distance",
    "error_rate",
    "forward_backward",
    "prefix_search",
]
