"""Appendix A1 needs TensorFlow: where there is none it is left out, and the run says so
at its head.
"""

import importlib.util
import os

WITHOUT = importlib.util.find_spec("tensorflow") is None and not os.environ.get(
    "RNNTUTOR_REQUIRE_TENSORFLOW"
)
# As when the outputs were made (tools/refresh.py): the pages bring the scripts along.
os.environ["RNNTUTOR_SCRIPTS_APART"] = "1"
collect_ignore_glob = ["a1_*.ipynb"] if WITHOUT else []


def pytest_report_header(config):
    """Name what is left out."""
    if WITHOUT:
        return (
            "a1_tensorflow_gpu.ipynb is skipped: TensorFlow is not installed (pip"
            " install -e '.[tensorflow]')"
        )
    return None
