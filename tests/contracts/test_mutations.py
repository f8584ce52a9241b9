"""The tests notice faults in what they test: some are planted here, all by `make
mutants`.
"""

import re
import subprocess
import sys

import pytest
from reading import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")

# A fault between two copies without one.
ONE_FAULT = """
import sys

sys.path.insert(0, "tools/mutants")
from faults import faults
from trial import ROOT, collected, failing, forked

path = ROOT / "rnntutor/cells/affine.py"
planted = faults(path, "cells.affine")
(fault,) = (one for one in planted if one.change.endswith("da @ params.{W_hh.T → W_hh}"))
none = fault._replace(code=compile(path.read_text(encoding="utf-8"), path, "exec"))
((_, _, tests),) = forked(collected, [()], 1)
tests = {name: test for name, test in tests.items() if "eq-dh" in test["labels"]}
for _, failed, _ in forked(failing, [(tests, one) for one in (none, fault, none)], 1):
    print(failed)
assert "rnntutor" not in sys.modules
"""


def test_a_fault_is_noticed_and_stays_where_it_was_planted():
    run = [sys.executable, "-c", ONE_FAULT]
    before, noticed, after = subprocess.run(
        run, cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout.splitlines()
    assert before == after == "None"
    assert re.match(r"tests/\w+/test_\w+\.py::test_\w+", noticed)


def test_a_hundred_faults_are_noticed(note):
    """Of those in all the rooms, drawn by a fixed seed; and those that change nothing
    are still where they are said to be.
    """
    run = [sys.executable, "tools/mutants", "--draw", "100"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    note(f"planted: {done.stdout.splitlines()[-1]}")
