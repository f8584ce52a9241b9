"""What several tests of records share."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def parts(monkeypatch):
    """A module of `benchmarks/tensorflow_parts` by its name; without one, the package."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])

    def module(name=None):
        return importlib.import_module(
            ".".join(filter(None, ["tensorflow_parts", name]))
        )

    return module
