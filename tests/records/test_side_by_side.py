"""Long-lag trials side by side: the same results with any number of workers, and Ctrl-C
keeps those that are finished.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
QUICK = [
    {"how": "guess", "task": "first symbol", "net": "RNN", "seed": seed, "limit": 3}
    for seed in range(4)
]
LONG = [QUICK[0] | {"task": "adding", "seed": seed, "limit": 10**5} for seed in (0, 1)]


@pytest.fixture
def long_lags(monkeypatch):
    """The script, as a module that other processes find, too."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import long_lags

    return long_lags


def test_results_do_not_depend_on_the_number_of_workers(long_lags, tmp_path):
    rows = []
    for workers in (1, 2):
        kept = long_lags.Kept(tmp_path / f"{workers}.partial")
        rows.append([row | {"seconds": 0} for row in kept.complete(QUICK, workers)])
        assert [row["seed"] for row in rows[-1]] == [0, 1, 2, 3]
        # nothing is left to do for one that comes later
        assert long_lags.Kept(kept.path).rows == kept.rows
    assert (
        rows[0] == rows[1] and rows[0][0]["first_errors"] != rows[0][1]["first_errors"]
    )


def test_workers_have_one_thread_each(long_lags, monkeypatch):
    for library in ("OPENBLAS", "OMP", "MKL"):
        monkeypatch.setenv(f"{library}_NUM_THREADS", "2")
    with long_lags.pool(1) as processes:
        assert processes.apply(os.getenv, ["OPENBLAS_NUM_THREADS"]) == "1"
        assert processes.apply(os.getpid) != os.getpid()


def test_a_failure_ends_the_run_and_keeps_what_is_finished(long_lags, tmp_path):
    kept = long_lags.Kept(tmp_path / "long-lags.partial")
    with pytest.raises(KeyError, match="no such task"):
        kept.complete([QUICK[0], QUICK[1] | {"task": "no such task"}], 1)
    assert list(long_lags.Kept(kept.path).rows) == [json.dumps(QUICK[0])]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to a group of processes")
def test_ctrl_c_stops_all_at_once_and_keeps_what_is_finished(long_lags, tmp_path):
    path = tmp_path / "long-lags.partial"
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(BENCHMARKS)!r})
from long_lags import Kept
Kept(Path({str(path)!r})).complete({[QUICK[0], *LONG]!r}, 2)
"""
    run = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert b"2 trials are missing; run again to go on" in said and run.returncode == 1
    assert list(long_lags.Kept(path).rows) == [json.dumps(QUICK[0])]
