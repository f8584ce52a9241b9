"""Trained nets for the page: eight bits a weight, with a scale for each row."""

from __future__ import annotations

import base64
import functools
import json

import numpy as np

from rnntutor.cells.lstm import LSTM
from rnntutor.lab.records import arrays
from rnntutor.model.model import ModelParams
from rnntutor.text.corpora import shakespeare
from rnntutor.text.vocabulary import Vocabulary


def packed(named):
    """What the page gets of parameters by name: lists of numbers for rows; for a matrix
    a scale for each row, and its entries in units of it, as bytes.
    """
    return {
        name: _matrix(W) if np.ndim(W) == 2 else _row(W) for name, W in named.items()
    }


def unpacked(parts):
    """The `ModelParams` of an LSTM that the page computes with, in float64."""
    named = {
        name: np.array(part) if isinstance(part, list) else _weights(part)
        for name, part in parts.items()
    }
    W_hy, b_y = named.pop("W_hy"), named.pop("b_y")
    return ModelParams(LSTM.Params(**named), W_hy, b_y)


def _row(b):
    return np.round(np.asarray(b, float), 4).tolist()


def _matrix(W):
    scale = np.abs(np.asarray(W, float)).max(axis=1) / 127
    # few digits, and no row without a scale
    scale = np.array([float(f"{s:.4g}") or 1.0 for s in scale])
    q = np.clip(np.rint(W / scale[:, None]), -127, 127).astype(np.int8)
    return {
        "scale": scale.tolist(),
        "bytes": base64.b64encode(q.tobytes()).decode("ascii"),
    }


def _weights(part):
    q = np.frombuffer(base64.b64decode(part["bytes"]), np.int8)
    scale = np.array(part["scale"])[:, None]
    return q.reshape(len(scale), -1) * scale


def plays_lstm():
    """The LSTM that wrote in chapter 11, with 128 units, and its letters."""
    letters = Vocabulary.from_text(shakespeare().train).symbols
    return {"letters": list(letters), "p": _recorded("language-characters-lstm")}


def pen_reader():
    """The LSTM that reads digits from a pen and is asked after every point."""
    return {"p": _recorded("pen-reader")}


def _recorded(name):
    """The parameters of a record, packed."""
    named = arrays(name)
    return packed({key.removeprefix("cell."): W for key, W in named.items()})


# By the name of the file that the pages load.
NETS = {"next-letter-net.js": plays_lstm, "pen-net.js": pen_reader}


@functools.cache
def net(name):
    """A net of `NETS`, packed."""
    return NETS[name]()


def net_script(name):
    """The line of JavaScript that brings a net."""
    content = json.dumps(net(name), separators=(",", ":"))
    return f"(globalThis.rnntutorNets ??= {{}})[{json.dumps(name)}] = {content};\n"
