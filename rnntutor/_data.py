"""The files in ``rnntutor/data``, with their authors and licenses named beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
INSTALL = "pip install --force-reinstall --no-deps rnntutor"


def read(name, sha256):
    """The bytes of a data file, verified.

    Parameters
    ----------
    name : str
        Of a file in ``rnntutor/data``.
    sha256 : str
        What it must have, in hexadecimal digits.

    Returns
    -------
    bytes

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing or changed. The message gives the command that helps.
    """
    try:
        content = (FOLDER / name).read_bytes()
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{name}: expected this data file of rnntutor in {FOLDER}, but there is"
            f" none. Run: {INSTALL}"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{name}: expected the data file of rnntutor with the SHA-256"
            f" {sha256[:12]}…, got {found[:12]}… ({len(content):,} bytes). Run:"
            f" {INSTALL}"
        )
    return content
