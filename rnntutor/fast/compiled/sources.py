"""A name for the present state of this folder.

Machine code is kept on disk, and Numba looks only at the file of the outermost function
to see whether it is of today. A function that mentions this name is compiled again when
any of the files here has changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_FILES = sorted(Path(__file__).parent.glob("*.py"))
SOURCES = hashlib.sha256(b"".join(path.read_bytes() for path in _FILES)).hexdigest()
