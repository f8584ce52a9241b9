"""What several tests of records share."""

import importlib
import runpy
import sys

import pytest
from recorded import BENCHMARKS


@pytest.fixture
def script(monkeypatch):
    """Call it with the name of a script in benchmarks/: what the script defines."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    return lambda name: runpy.run_path(str(BENCHMARKS / f"{name}.py"))


@pytest.fixture
def parts(monkeypatch):
    """A module of `benchmarks/tensorflow_parts` by its name; without one, the package."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])

    def module(name=None):
        return importlib.import_module(
            ".".join(filter(None, ["tensorflow_parts", name]))
        )

    return module
