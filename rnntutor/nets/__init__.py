"""A cell over time, forward and backward, and nets made of cells: one layer, several on
top of each other with dropout between them, both directions of reading, an embedding;
a cell that is linear in its state, by a scan; and a net that looks a memory up.

Each net is given to `rnntutor.Model` in place of a cell, and each can be built from the
others.
"""

from rnntutor.nets.attending import Attending, AttendingParams, AttendingState
from rnntutor.nets.attention import Additive, AdditiveParams, Dot
from rnntutor.nets.base import Layer, Net
from rnntutor.nets.bidirectional import Bidirectional, BothWays
from rnntutor.nets.embedded import Embedded, EmbeddedParams
from rnntutor.nets.masked_softmax import attention_weights, attention_weights_backward
from rnntutor.nets.scanned import Scanned, ScannedPass
from rnntutor.nets.stacked import Stacked
from rnntutor.nets.unroll import BackStep, Unrolled, backward, backward_steps, forward

__all__ = [
    "Additive",
    "AdditiveParams",
    "Attending",
    "AttendingParams",
    "AttendingState",
    "BackStep",
    "Bidirectional",
    "BothWays",
    "Dot",
    "Embedded",
    "EmbeddedParams",
    "Layer",
    "Net",
    "Scanned",
    "ScannedPass",
    "Stacked",
    "Unrolled",
    "attention_weights",
    "attention_weights_backward",
    "backward",
    "backward_steps",
    "forward",
]
