"""What holds for every test: no network, one thread, no window, no chance."""

import os
import runpy
import sys
from pathlib import Path

# Before NumPy is imported. Two BLAS threads on a loaded machine were ten times slower
# than one.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

STARTUP = Path(__file__).resolve().parent.parent / "tools" / "startup"
if (
    Path(getattr(sys.modules.get("sitecustomize"), "__file__", None) or "").parent
    != STARTUP
):
    runpy.run_path(str(STARTUP / "sitecustomize.py"))  # for this process
    paths = [str(STARTUP), os.environ.get("PYTHONPATH")]
    # for those that it starts
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))

import hypothesis
import matplotlib
import numpy as np
import pytest

# Not by MPLBACKEND: the kernels of the notebooks would inherit that and show no figure.
matplotlib.use("Agg")

# The same examples on every run and every machine, however slow it is: what fails,
# fails again.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None
)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture
def rng():
    """A fresh generator, the same for each test."""
    return np.random.default_rng(2015)


@pytest.fixture
def note(record_property):
    """Call it with a line of text, such as a figure that was measured: it stands at the
    end of the run.
    """
    return lambda line: record_property("note", line)


def pytest_terminal_summary(terminalreporter):
    """Print what tests noted. It came here with their reports, from whichever worker
    ran them.
    """
    reports = [
        report
        for kind in ("passed", "failed")
        for report in terminalreporter.stats.get(kind, [])
    ]
    notes = [
        text
        for report in reports
        for name, text in report.user_properties
        if name == "note"
    ]
    if notes:
        terminalreporter.section("figures")
        for text in notes:
            terminalreporter.line(text)


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no figure open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
