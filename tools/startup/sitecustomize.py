"""What every Python process of a test run does first: stay off the network and, if
asked, move what is drawn.

Python imports `sitecustomize` at its start from a folder on PYTHONPATH. The Makefile
and tests/conftest.py put this folder there, for the tests, for the kernels that run the
notebooks and for the build of the book.
"""

import os
import runpy
from pathlib import Path

HERE = Path(__file__).resolve().parent

runpy.run_path(str(HERE / "offline.py"))
if os.environ.get("RNNTUTOR_JITTER"):
    runpy.run_path(str(HERE / "jitter.py"))["install"](
        int(os.environ["RNNTUTOR_JITTER"])
    )
