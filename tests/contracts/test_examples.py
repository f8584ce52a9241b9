"""The programs in examples/ run, and do what they say; here with small options."""

import re
import runpy
import sys

import pytest
from reading import ROOT

from rnntutor.cells import CELLS


@pytest.fixture
def run(capsys, monkeypatch):
    def one(name, *options):
        path = ROOT / "examples" / name
        monkeypatch.setattr(sys, "argv", [str(path), *options])
        runpy.run_path(str(path), run_name="__main__")
        return capsys.readouterr().out

    return one


def test_char_rnn(run):
    said = run("char_rnn.py", "--updates", "3", "--hidden", "8")
    update, written = said.split("\n", 1)
    assert re.fullmatch(r" +3 updates, loss \d\.\d{3}", update)
    assert len(written) == 300 + len("\n")


def test_classifier(run):
    said = run("classifier.py", "--digits", "600", "--hidden", "16", "--epochs", "10")
    right = re.search(r"stopped: epochs; (.*)% of the test digits", said)
    assert float(right[1]) > 50
    assert len(said.splitlines()) == 10 + 1  # the loss of each epoch, and the end


def test_own_cell(run, monkeypatch):
    monkeypatch.setattr("rnntutor.cells.registry.CELLS", dict(CELLS))
    said = run("own_cell.py")
    assert "nothing found" in said
    assert said.count("agree within") == 5  # the arrays of parameters
