"""The records of `benchmarks/results`, as the tests read them."""

import json
import os

import pytest
from reading import ROOT

BENCHMARKS = ROOT / "benchmarks"
RESULTS = sorted((BENCHMARKS / "results").glob("*.json"))
FIELDS = {"command", "cpu", "cores", "python", "numpy", "date", "seconds"}


def names(start):
    """The names of the records that begin so."""
    return [path.stem for path in RESULTS if path.stem.startswith(start)]


def content_of(name):
    """What a record holds."""
    path = BENCHMARKS / "results" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def the_text():
    """War and Peace, or the test is skipped."""
    if "RNNTUTOR_WAR_AND_PEACE" not in os.environ:
        pytest.skip("RNNTUTOR_WAR_AND_PEACE names no text")
    return os.environ["RNNTUTOR_WAR_AND_PEACE"]
