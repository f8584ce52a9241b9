"""Each record says how it was made; each is written whole, and trials go on."""

import json

import numpy as np
import pytest
from recorded import BENCHMARKS, FIELDS, RESULTS


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_says_how_it_was_made(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert set(content) >= FIELDS, f"missing: {FIELDS - set(content)}"
    script = BENCHMARKS.parent / content["command"].split()[1]
    assert script.is_file(), f"{content['command']!r} names no script of the repository"


@pytest.mark.parametrize(("asked", "said"), [("1", 1), ("", None), (None, None)])
def test_the_number_of_threads_is_said(asked, said, script, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", asked)
    assert script("_lib/results")["circumstances"]()["threads"] == said


def test_a_record_is_written_whole_or_not_at_all(script, tmp_path, monkeypatch):
    code = script("_lib/results")
    monkeypatch.setitem(code["write"].__globals__, "RESULTS", tmp_path / "results")
    code["write"]("one", {"losses": [0.5]})
    text = (tmp_path / "results" / "one.json").read_text(encoding="utf-8")
    assert json.loads(text) == code["circumstances"]() | {"losses": [0.5]}
    with pytest.raises(TypeError, match="not JSON serializable"):
        code["write"]("one", {"losses": [np.zeros(1)]})
    (file,) = (tmp_path / "results").iterdir()
    assert file.read_text(encoding="utf-8") == text


# Going on


@pytest.fixture
def trials(script, tmp_path, monkeypatch):
    """Call it with settings: the trials of a record."""
    code = script("_lib/resume")
    monkeypatch.setattr(code["results"], "RESULTS", tmp_path / "results")
    return lambda lr: code["Trials"]("one", lambda trial: {"lr": lr, "sizes": (1, 2)})


JOBS = [{"net": net, "seed": seed} for seed in (1, 2) for net in ("RNN", "LSTM")]


def row_of(net, seed):
    return {"loss": seed / len(net), "pair": (seed, net)}


def test_finished_trials_are_not_run_again(trials):
    """Nor after a kill in the middle of a line."""
    asked = []

    def run(net, seed):
        asked.append((net, seed))
        if asked == [("RNN", 1), ("LSTM", 1), ("RNN", 2)]:
            raise KeyboardInterrupt
        return row_of(net, seed)

    with pytest.raises(KeyboardInterrupt):
        trials(0.1).run(run, JOBS)
    path = trials(0.1).path
    with path.open("a", encoding="utf-8") as file:
        file.write('[{"net": "RNN", "se')
    rows = trials(0.1).run(run, JOBS)
    assert asked[2:] == [("RNN", 2), ("RNN", 2), ("LSTM", 2)]
    assert rows == [
        job | row_of(**job) | {"pair": [*job.values()][::-1]} for job in JOBS
    ]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4
    assert trials(0.1).rows(JOBS) == rows and trials(0.1).missing(JOBS) == []


def test_trials_with_other_settings_do_not_count_and_the_last_one_does(trials):
    first, other = trials(0.1), trials(0.2)
    first.add(JOBS[0], {"loss": 1})
    other.add(JOBS[1], {"loss": 2})
    first.add(JOBS[0], {"loss": 3})
    assert trials(0.1).rows(JOBS) == [JOBS[0] | {"loss": 3}]
    assert trials(0.1).missing(JOBS) == JOBS[1:]
    assert trials(0.2).rows(JOBS) == [JOBS[1] | {"loss": 2}]


def test_a_record_takes_the_place_of_its_trials(trials):
    one = trials(0.1)
    one.finish({"rows": one.run(row_of, JOBS)})
    (file,) = one.path.parent.iterdir()
    assert len(json.loads(file.read_text(encoding="utf-8"))["rows"]) == 4
