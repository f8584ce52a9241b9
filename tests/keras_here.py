"""TensorFlow in the tests: one thread, all bits of float32, skipped where it is missing
and not asked for.
"""

import importlib.util
import os

import pytest

# Before TensorFlow is imported, which happens in the tests themselves: not every worker
# needs it.
for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")

# A GPU, where one is not hidden as `make test` does, must not round factors to 10 bits.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")

REQUIRED = "RNNTUTOR_REQUIRE_TENSORFLOW"
INSTALLED = importlib.util.find_spec("tensorflow") is not None

needs_tensorflow = pytest.mark.skipif(
    not INSTALLED and not os.environ.get(REQUIRED),
    reason=(
        f"TensorFlow is not installed (pip install -e '.[tensorflow]'); {REQUIRED}=1"
        " makes that an error"
    ),
)
