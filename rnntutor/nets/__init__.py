"""Nets made of cells: one layer, several on top of each other, both directions of
reading, an embedding.

Each is given to `rnntutor.Model` in place of a cell, and each can be built from the
others.
"""

from rnntutor.nets.base import Layer, Net, as_net
from rnntutor.nets.bidirectional import Bidirectional, BothWays
from rnntutor.nets.embedded import Embedded, EmbeddedParams
from rnntutor.nets.stacked import Stacked

__all__ = [
    "Bidirectional",
    "BothWays",
    "Embedded",
    "EmbeddedParams",
    "Layer",
    "Net",
    "Stacked",
    "as_net",
]
