"""Files: trees, trainings, language models."""

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np

from arguments import bad
from arguments.right import ABOVE_0, LANGUAGE, TREE, Case
from rnntutor import Checkpoint, LanguageModel
from rnntutor.train.checkpoint import CheckpointError, load, read_about, save

FOLDER = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
save(FOLDER / "tree.rnn", TREE)
LANGUAGE.save(FOLDER / "language.rnn")

WRONG_PATH = [
    *bad.instance("a str or a pathlib.Path", None, 3, b"bytes", ""),
    (FOLDER, ValueError, "a file", "the folder"),
    (
        FOLDER / "nowhere" / "file.rnn",
        ValueError,
        "a file in a folder that is there",
        "file.rnn",
    ),
]
WRONG_ABOUT = [
    (value, TypeError, "a dict of what JSON can say", "")
    for value in (3, "text", [1], {"a": np.ones(2)}, {"a": {1, 2}})
]

CASES = {
    "checkpoint.save": Case(
        save,
        {"path": FOLDER / "other.rnn", "tree": TREE},
        {
            "path": WRONG_PATH,
            "tree": [
                (value, TypeError, "a tree of arrays and numbers", "", "|tree.0")
                for value in (([1.0],), ({1},), (object(),))
            ],
            "about": WRONG_ABOUT,
        },
    ),
    "checkpoint.load": Case(
        load,
        {"path": FOLDER / "tree.rnn", "like": TREE},
        {
            "path": WRONG_PATH,
            "like": [
                (TREE[0], CheckpointError, "an entry tree", "none", "|path"),
                (
                    TREE[:1],
                    CheckpointError,
                    "tree to have ['0']",
                    "['0', '1']",
                    "|path",
                ),
                (
                    (TREE[0].T, TREE[1]),
                    CheckpointError,
                    "tree.0 with shape (3, 2)",
                    "shape (2, 3)",
                    "|path",
                ),
                (
                    (TREE[0], 1.0),
                    CheckpointError,
                    "tree.1 to be float",
                    "an array",
                    "|path",
                ),
            ],
        },
    ),
    "checkpoint.read_about": Case(
        read_about, {"path": FOLDER / "tree.rnn"}, {"path": WRONG_PATH}
    ),
    "Checkpoint": Case(
        Checkpoint,
        {"path": FOLDER / "training.rnn"},
        {
            "path": WRONG_PATH,
            "every": bad.integer(),
            "resume": bad.instance("bool", None, 1, "yes"),
            "restart": bad.instance("bool", None, 1, "yes"),
            "about": WRONG_ABOUT,
            "seconds": [case for case in ABOVE_0 if case[0] is not None],
        },
    ),
    "LanguageModel.save": Case(
        LANGUAGE.save, {"path": FOLDER / "other.rnn"}, {"path": WRONG_PATH}
    ),
    "LanguageModel.load": Case(
        LanguageModel.load,
        {"path": FOLDER / "language.rnn"},
        {
            "path": [
                *WRONG_PATH,
                (
                    FOLDER / "tree.rnn",
                    CheckpointError,
                    "the file of a language model",
                    "some",
                ),
            ],
            "cells": bad.instance(
                "a sequence of classes", None, int, [LANGUAGE.model.cell], "LSTM"
            ),
        },
    ),
}
