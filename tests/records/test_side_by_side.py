"""Long-lag trials side by side: the same results with any number of workers, and Ctrl-C
keeps those that are finished.
"""

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


@pytest.fixture
def kept(long_lags, tmp_path, monkeypatch):
    """From a name to the trials in a folder of that name."""
    results = sys.modules["_lib.results"]

    def of(name):
        monkeypatch.setattr(results, "RESULTS", tmp_path / name)
        return long_lags.Trials("long-lags", long_lags.settings_of)

    return of


def test_results_do_not_depend_on_the_number_of_workers(long_lags, kept):
    rows = []
    for workers in (1, 2):
        found = long_lags.complete(kept(str(workers)), QUICK, workers)
        rows.append([row | {"seconds": 0} for row in found])
        assert [row["seed"] for row in rows[-1]] == [0, 1, 2, 3]
        # nothing is left to do for one that comes later
        assert not kept(str(workers)).missing(QUICK)
    assert (
        rows[0] == rows[1] and rows[0][0]["first_errors"] != rows[0][1]["first_errors"]
    )


def test_workers_have_one_thread_each(long_lags, monkeypatch):
    for library in ("OPENBLAS", "OMP", "MKL"):
        monkeypatch.setenv(f"{library}_NUM_THREADS", "2")
    with long_lags.pool(1) as processes:
        assert processes.apply(os.getenv, ["OPENBLAS_NUM_THREADS"]) == "1"
        assert processes.apply(os.getpid) != os.getpid()


def test_a_failure_ends_the_run_and_keeps_what_is_finished(long_lags, kept):
    jobs = [QUICK[0], QUICK[1] | {"how": "no such thing"}]
    with pytest.raises(KeyError, match="no such thing"):
        long_lags.complete(kept("failing"), jobs, 1)
    assert kept("failing").missing(QUICK) == QUICK[1:]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to a group of processes")
def test_ctrl_c_stops_all_at_once_and_keeps_what_is_finished(kept, tmp_path):
    path = tmp_path / "stopped" / "long-lags.partial"
    # a run in the background may have been started with SIGINT ignored, which is
    # handed down
    code = f"""
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {str(BENCHMARKS)!r})
import long_lags
from _lib import results
results.RESULTS = Path({str(path.parent)!r})
trials = long_lags.Trials("long-lags", long_lags.settings_of)
long_lags.complete(trials, {[QUICK[0], *LONG]!r}, 2)
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
    assert kept("stopped").missing([QUICK[0], *LONG]) == LONG
