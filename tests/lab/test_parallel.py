"""Runs side by side give what they give one by one; Ctrl-C keeps what is finished;
failures have a name.
"""

import multiprocessing
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from rnntutor import RNN, SGD
from rnntutor.lab.long_lags.published import PROBLEMS
from rnntutor.lab.long_lags.trials import learn
from rnntutor.lab.parallel import side_by_side


def trial(seed):
    """The first losses of a short trial, and where it ran."""
    outcome = learn(
        PROBLEMS["adding"],
        RNN("tanh"),
        3,
        SGD(0.1),
        np.random.default_rng(seed),
        B=2,
        limit=6,
    )
    return outcome.first_losses, os.getpid(), os.environ.get("OPENBLAS_NUM_THREADS")


def slow(seconds, folder):
    """Leave a mark at the beginning, then wait."""
    open(os.path.join(folder, f"{seconds}"), "w").close()
    time.sleep(seconds)
    return seconds


def fussy(number):
    """Fail for 3."""
    if number == 3:
        raise ZeroDivisionError("no three")
    return number


JOBS = [{"seed": seed} for seed in range(4)]


def test_results_do_not_depend_on_the_number_of_workers(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    alone = side_by_side(trial, JOBS, workers=1)
    told = []
    both = side_by_side(
        trial, JOBS, workers=2, finished=lambda job, result: told.append((job, result))
    )
    assert [one[0] for one in alone] == [one[0] for one in both]
    assert {one[1] for one in alone} == {os.getpid()} and os.getpid() not in {
        one[1] for one in both
    }
    assert {one[2] for one in both} == {
        "1"
    } and "OPENBLAS_NUM_THREADS" not in os.environ
    assert sorted(job["seed"] for job, _ in told) == [0, 1, 2, 3] and all(
        both[j["seed"]] == r for j, r in told
    )
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_says_which_run_it_was(workers):
    with pytest.raises(
        RuntimeError,
        match=r"^run 2 of 4, \{'number': 3\}: ZeroDivisionError\('no three'\)",
    ) as got:
        side_by_side(fussy, [{"number": n} for n in (1, 2, 3, 4)], workers)
    assert isinstance(got.value.__cause__, ZeroDivisionError)
    assert set(got.value.results) <= {1, 2, 4, None} and got.value.results[2] is None
    assert not multiprocessing.active_children()


def test_ctrl_c_keeps_what_is_finished_in_this_process():
    def stop(job, result):
        if result == 2:
            raise KeyboardInterrupt

    assert side_by_side(fussy, [{"number": n} for n in (1, 2, 4)], 1, stop) == [
        1,
        2,
        None,
    ]


def test_ctrl_c_stops_the_others_at_once(tmp_path):
    def stop(job, result):
        deadline = time.time() + 60
        while not (tmp_path / "300").exists() and time.time() < deadline:
            time.sleep(0.01)
        raise KeyboardInterrupt  # while the other one sleeps

    jobs = [{"seconds": s, "folder": str(tmp_path)} for s in (0, 300, 301)]
    begun = time.time()
    assert side_by_side(slow, jobs, 2, stop) == [0, None, None]
    assert time.time() - begun < 120 and not multiprocessing.active_children()


def test_nothing_to_do():
    assert side_by_side(fussy, [], 2) == [] and side_by_side(fussy, [], 1) == []


def test_progress_stays_out_of_a_file():
    code = (
        "from rnntutor.lab.parallel import side_by_side as s; print(s(dict, [{'a':"
        " 1}], 1))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[{'a': 1}]\n" and not done.stderr


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"function": 3},
            TypeError,
            "function: expected a function of the keyword arguments of a job, got 3",
        ),
        ({"jobs": 3}, TypeError, "jobs: expected a list of dicts, got 3"),
        ({"jobs": [3]}, TypeError, r"jobs: expected a list of dicts, got \[3\]"),
        (
            {"workers": 0},
            ValueError,
            "workers: expected an integer of at least 1, got 0",
        ),
        (
            {"finished": 3},
            TypeError,
            "finished: expected a function of a job and its result, got 3",
        ),
    ],
)
def test_bad_input_is_named(change, error, message):
    with pytest.raises(error, match=f"^{message}"):
        side_by_side(
            **{"function": fussy, "jobs": [{"number": 1}], "workers": 1} | change
        )
