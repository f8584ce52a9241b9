"""The committed result files belong to the code as it is: their first losses are computed again."""

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
RESULTS = sorted((BENCHMARKS / "results").glob("*.json"))
FIELDS = {"command", "cpu", "cores", "python", "numpy", "date", "seconds"}


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_says_how_it_was_made(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert set(content) >= FIELDS, f"missing: {FIELDS - set(content)}"
    script = BENCHMARKS.parent / content["command"].split()[1]
    assert script.is_file(), f"{content['command']!r} names no script of the repository"


@pytest.mark.parametrize("name", ["shakespeare", "shakespeare-page"])
def test_a_shakespeare_run_begins_as_its_file_says(name, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    script = runpy.run_path(str(BENCHMARKS / "train_shakespeare.py"))
    content = json.loads((BENCHMARKS / "results" / f"{name}.json").read_text(encoding="utf-8"))
    first = content["first_losses"]
    assert content["settings"] == script["SETTINGS"]
    _, history, _ = script["train"](content["settings"], content["updates"], stop=len(first), valid=False)
    np.testing.assert_allclose(history.losses, first, rtol=1e-9)
