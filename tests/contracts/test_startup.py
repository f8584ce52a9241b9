"""The jitter of a test run: every number drawn moves by a relative 1e-14, and nothing
else changes.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

STARTUP = Path(__file__).resolve().parents[2] / "tools" / "startup"
DRAW = """
import copy, pickle
import numpy as np
rng = np.random.default_rng(3)
numbers = [*rng.normal(size=4), rng.random(), *rng.uniform(-1, 1, 3), *rng.dirichlet([1, 2])]
again = np.random.Generator(np.random.PCG64(3)).normal(size=4)
twin, copied = pickle.loads(pickle.dumps(rng)), copy.deepcopy(rng)
same = rng.random() == twin.random() == copied.random()
print(repr([float(x).hex() for x in numbers]))
print(list(again) == numbers[:4], same, list(rng.integers(9, size=3)), isinstance(rng, np.random.Generator))
"""


def drawn(seed):
    """What DRAW prints in a process of its own: the numbers, and the line below them."""
    env = os.environ | {"PYTHONPATH": str(STARTUP), "RNNTUTOR_JITTER": seed}
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    return (
        np.array(
            [float.fromhex(word.strip("'")) for word in first.strip("[]").split(", ")]
        ),
        second,
    )


@pytest.fixture(scope="module")
def runs():
    """The draws of a process without jitter and of two with different seeds."""
    return drawn(""), drawn("1"), drawn("2")


def test_numbers_move_by_little_and_each_seed_moves_them_otherwise(runs):
    (plain, _), (one, _), (other, _) = runs
    for moved in (one, other):
        by = np.abs(moved / plain - 1)
        assert 0 < by.max() <= 1.01e-14
    assert (one != other).sum() >= len(plain) // 2


def test_equal_draws_stay_equal_and_whole_numbers_stay(runs):
    lines = {line for _, line in runs}
    assert len(lines) == 1
    assert lines.pop().startswith("True True [")
