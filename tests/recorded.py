"""The records of `rnntutor/data/records`, as the tests read them."""

import os

import pytest
from reading import ROOT

from rnntutor.lab.records import RECORDS, record

BENCHMARKS = ROOT / "benchmarks"
RESULTS = sorted(RECORDS.glob("*.json"))
FIELDS = {"command", "cpu", "cores", "python", "numpy", "date", "seconds"}


def names(start):
    """The names of the records that begin so."""
    return [path.stem for path in RESULTS if path.stem.startswith(start)]


def content_of(name):
    """What a record holds."""
    return record(name)


def the_text():
    """War and Peace, or the test is skipped."""
    if "RNNTUTOR_WAR_AND_PEACE" not in os.environ:
        pytest.skip("RNNTUTOR_WAR_AND_PEACE names no text")
    return os.environ["RNNTUTOR_WAR_AND_PEACE"]
