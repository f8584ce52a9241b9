"""What `tensorflow_check.py` measures: parts, each run in a process of its own.

A part is a function of what is asked for, and of `send`, which takes a row, a dict, to
the record at once. A row that could not be had says why under "error"; the others are
there all the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MINUTES = 9.5  # that all parts together may take; the limits below are for these

# What Keras and TensorFlow say before they say what happened.
PREAMBLE = (
    "Exception encountered",
    "Graph execution error",
    "Detected at node",
    "File ",
    "<stack",
    "[[",
)


class Part(NamedTuple):
    """A part, and how it is run."""

    name: str  # of its rows in the record
    group: str  # what --only calls it
    task: str  # module and function
    seconds: int  # the most it may take
    env: tuple = ()  # variables of its process and their values
    gpu: bool = False  # whether it is left out where there is none
    torch: bool = False  # whether it wants the interpreter that has PyTorch
    after: str = ""  # a part whose result it reads


FIRST = Part("versions", "versions", "versions:versions", 120)
BLOCKING = (("CUDA_LAUNCH_BLOCKING", "1"),)
HIDDEN = (("CUDA_VISIBLE_DEVICES", "-1"),)
PARTS = (
    Part("padding", "padding", "padding:padding", 60),
    Part("padding, blocking", "padding", "padding:padding", 60, BLOCKING, True),
    Part("padding, GPU hidden", "padding", "padding:padding", 60, HIDDEN, True),
    Part("times", "times", "times:keras_times", 120),
    Part("times, this package", "times", "times:our_times", 60),
    Part("times, PyTorch", "times", "times:torch_times", 60, torch=True),
    Part("parity", "parity", "parity:parity_and_precision", 120),
    Part("repetition", "repetition", "repetition:repetition", 60),
    Part("net", "net", "net:train", 330),
    Part("evaluation", "evaluation", "evaluation:evaluate", 90, after="net"),
)
GROUPS = tuple(dict.fromkeys(part.group for part in PARTS))


def said(error):
    """What an error says, on one line, without paths."""
    lines = [re.sub(r"\x1b\[\d*m", "", one).strip() for one in str(error).splitlines()]
    lines = [one for one in lines if one and not one.startswith(PREAMBLE)] or [""]
    words = re.sub(r"\S*/\S+", "…", lines[0])[:240]
    return f"{type(error).__name__}: {words}"


def attempt(row, call):
    """The row with what the call gives, a dict; or with the error that it ends in."""
    try:
        return row | call()
    except Exception as error:
        return row | {"error": said(error)}
