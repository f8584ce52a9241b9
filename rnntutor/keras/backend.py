"""The one place where TensorFlow is imported, and the error where it is missing."""

from __future__ import annotations

import importlib
import os
import platform
import sys

MISSING = (
    "rnntutor.keras needs TensorFlow, which is not installed here. In a copy of the"
    " repository: `python -m pip install --editable '.[tensorflow]'`, or '.[gpu,fast]'"
    " on Linux with an NVIDIA GPU."
)

NONE_FOR_MAC = (
    "rnntutor.keras needs TensorFlow. There is none for macOS on an Intel processor in"
    " the versions that this package works with."
)

# TensorFlow reports to stderr what its log level lets pass, and at its import that
# oneDNN is on, whatever the level. With oneDNN the order of sums depends on the
# processor; without, the last digits are the same on more of them. Either is for the
# user to set: what is set already stays.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}


def require_tensorflow():
    """Import TensorFlow and Keras.

    Before the import, and unless they are set, two variables of the environment are:
    the log level, so that only errors are reported, and oneDNN off, which makes sums
    repeatable (and, here and there, slower).

    Returns
    -------
    tensorflow, keras : modules

    Raises
    ------
    ImportError
        If TensorFlow is not installed, or Keras was told to run on another backend.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        tf, keras = (
            importlib.import_module("tensorflow"),
            importlib.import_module("keras"),
        )
    except ModuleNotFoundError as error:
        if error.name not in ("tensorflow", "keras"):
            raise
        intel_mac = (sys.platform, platform.machine()) == ("darwin", "x86_64")
        raise ImportError(NONE_FOR_MAC if intel_mac else MISSING) from error
    if keras.config.backend() != "tensorflow":
        raise ImportError(
            "keras: expected TensorFlow as its backend, got"
            f" {keras.config.backend()!r}; set KERAS_BACKEND=tensorflow before Python"
            " starts"
        )
    return tf, keras
