"""The script that measures Keras on a device: its records belong to the code as it is,
and whatever a part does, the others are kept.
"""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from keras_here import needs_tensorflow
from recorded import BENCHMARKS, RESULTS

ROOT = BENCHMARKS.parent
RECORDS = [path for path in RESULTS if path.stem.startswith("keras-")]
HIDDEN = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}


@pytest.fixture
def check(script, monkeypatch):
    """What the script defines."""
    inner = script("tensorflow_check")["main"].__globals__
    monkeypatch.setitem(inner, "signal", SimpleNamespace(signal=print, SIGTERM=0))
    return inner


def called(*arguments):
    """The script in a process of its own, without a GPU."""
    command = [sys.executable, str(BENCHMARKS / "tensorflow_check.py"), *arguments]
    env = os.environ | HIDDEN
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT)


# What a record must show, one from a GPU or one in miniature


def rows_of(record, part, key):
    return [row for row in record["parts"][part]["rows"] if key in row]


def the_net_is_that_of_its_file(record, path, parts, quick=False):
    """Its weights give the loss that the record has of the start of the test text."""
    evaluation, net = parts("evaluation"), parts("net")
    language = evaluation.read(path.with_suffix(".npz"), net.settings_of(quick))
    (row,) = rows_of(record, "evaluation", "loss_of_start")
    text = net.texts(quick).test[: evaluation.START]
    assert evaluation.loss(language, text) == pytest.approx(
        row["loss_of_start"], abs=1e-4
    )
    epochs = rows_of(record, "net", "epoch")
    (end,) = rows_of(record, "net", "best_valid_loss")
    assert min(row["valid_loss"] for row in epochs) == end["best_valid_loss"]
    samples = rows_of(record, "evaluation", "text")
    assert [row["temperature"] for row in samples] == list(evaluation.TEMPERATURES)
    assert {len(row["text"]) for row in samples} == {evaluation.WRITTEN}
    (row,) = rows_of(record, "evaluation", "past_the_ngrams")
    ngrams = [one["test_loss"] for one in rows_of(record, "evaluation", "ngram")]
    assert len(ngrams) == 2 and row["past_the_ngrams"] == (
        row["test_loss"] < min(ngrams)
    )


def controls_are_right(record, name):
    """Whatever the kernel does below padding: without it, or without padding, nothing is
    off.
    """
    arms = rows_of(record, name, "arm")
    assert len(arms) == 3 and len({row["runs"] for row in arms}) == 1
    for row in arms[:2]:
        assert row["runs_off"] == 0 and max(row["differences"].values()) < 1e-13
    (about,) = rows_of(record, name, "issue")
    assert about["issue"] == "tensorflow#60192"
    return arms[2]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_that_of_the_code(path, parts):
    record = json.loads(path.read_text(encoding="utf-8"))
    gpu = record["device"]["kind"] == "GPU"
    expected = [part.name for part in parts().PARTS if gpu or not part.gpu]
    assert set(record["parts"]) <= set(expected)
    if "parity" in record["parts"]:
        steps = parts("steps")
        step = steps.numpy_step(*steps.problem(*steps.SMALL))
        (row,) = rows_of(record, "parity", "first_losses")
        ours = [step() for _ in row["first_losses"]]
        np.testing.assert_allclose(ours, row["first_losses"], rtol=1e-5)
    for name in record["parts"]:
        if name.startswith("padding"):
            controls_are_right(record, name)
    if "evaluation" in record["parts"]:
        the_net_is_that_of_its_file(record, path, parts)


@needs_tensorflow
def test_the_script_in_miniature(tmp_path, parts, note):
    some, patient = ["--only", "padding", "net", "evaluation"], ["--minutes", "60"]
    done = called("--quick", *some, *patient, "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = tmp_path.glob("keras-*-quick.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["device"]["kind"] == "CPU" and "tensorflow" in record
    assert list(record["parts"]) == some[1:] and str(tmp_path) not in str(record)
    kernel = controls_are_right(record, "padding")
    assert "cuDNN is not supported" in kernel["error"]  # there is none on a CPU
    the_net_is_that_of_its_file(record, path, parts, quick=True)
    assert "absl" not in done.stderr
    for part in some[1:]:
        assert f"{part} (at most " in done.stdout
    note(f"in miniature: {record['seconds']} s in {', '.join(some[1:])}")


@needs_tensorflow
def test_the_script_needs_a_gpu_if_it_is_told_so(tmp_path):
    done = called("--require-gpu", "--minutes", "60", "--folder", str(tmp_path))
    assert done.returncode == 1 and not any(tmp_path.iterdir())
    last = done.stderr.splitlines()[-1]
    assert last.startswith("TensorFlow finds no GPU here.") and last.endswith(
        "'.[gpu,fast]'"
    )


ABOUT = {
    "device": {"kind": "CPU", "name": "One, two"},
    "tensorflow": "2",
    "keras": "3",
    "numpy": "2",
}


@pytest.fixture
def played(check, tmp_path, monkeypatch, capsys):
    """Call `main` with parts that give what a dict says: a row, or words why they broke
    off. What was run, and the record.
    """

    def play(arguments, given, about=ABOUT):
        ran = []

        def run(part, told, seconds, take, python=None):
            ran.append(part.name)
            assert seconds > 0 and told["name"] == "keras-one-two"
            found = given.get(part.name, {"by": part.name})
            if isinstance(found, dict):
                take(found)
            return None if isinstance(found, dict) else found

        monkeypatch.setitem(check, "run", run)
        monkeypatch.setitem(check, "first", lambda asked: about)
        try:
            check["main"]([*arguments, "--folder", str(tmp_path)])
        except SystemExit as error:
            print(error)
        path = tmp_path / "keras-one-two.json"
        return ran, json.loads(path.read_text("utf-8")), capsys.readouterr().out

    return play


def test_a_part_that_fails_leaves_the_others_and_is_run_again(played):
    ran, record, said = played([], {"times": "it crashed"})
    assert ran == [
        "padding", "times", "times, this package", "times, PyTorch", "parity",
        "repetition", "net", "evaluation",
    ]  # fmt: skip
    assert record["parts"]["times"]["failed"] == "it crashed"
    assert record["parts"]["parity"]["rows"] == [{"by": "parity"}]
    assert "not whole: times; the same command goes on" in said
    ran, record, said = played([], {})
    assert ran == ["times"] and "failed" not in record["parts"]["times"]
    assert "not whole" not in said and "parity: there already" in said


def test_padding_is_tried_in_three_processes_where_there_is_a_gpu(played, parts):
    gpu = ABOUT | {"device": {"kind": "GPU", "name": "One, two"}, "matching": False}
    ran, _, said = played(["--only", "padding"], {}, gpu)
    assert ran == ["padding", "padding, blocking", "padding, GPU hidden"]
    env = [dict(part.env) for part in parts().PARTS[:3]]
    blocking, hidden = {"CUDA_LAUNCH_BLOCKING": "1"}, {"CUDA_VISIBLE_DEVICES": "-1"}
    assert env == [{}, blocking, hidden] and "matching False" in said


def test_what_is_there_is_run_again_for_a_reason(played):
    skipped = {"times, PyTorch": {"skipped": "no PyTorch here"}}
    played([], skipped)
    assert played([], {})[0] == ["times, PyTorch"]
    assert played([], {})[0] == []
    # what the evaluation reads is new
    assert played(["--again", "--only", "net"], {})[0] == ["net"]
    assert played(["--only", "parity", "--again"], {})[0] == ["parity"]
    ran, record, _ = played(["--only", "parity"], {}, ABOUT | {"tensorflow": "2.1"})
    assert ran == ["parity"]
    made = {name: part["made"] for name, part in record["parts"].items()}
    assert made["parity"]["tensorflow"] == "2.1" and made["times"]["tensorflow"] == "2"


def test_a_run_without_rows_does_not_replace_one_that_has_some(played):
    played([], {})
    ran, record, _ = played(["--only", "net", "--again"], {"net": "it hung"})
    assert ran == ["net"] and record["parts"]["net"]["rows"] == [{"by": "net"}]
    assert "failed" not in record["parts"]["net"]


def test_the_last_parts_keep_their_time(check, parts):
    """The net has what is set aside for it, however long the others take."""
    every = {part.name: part for part in parts().PARTS}
    asked = SimpleNamespace(only=parts().GROUPS, minutes=parts().MINUTES)
    limit, now = check["limit"], check["time"].monotonic()
    for ran in ([], ["net"]):
        kept = sum(v for k, v in check["KEPT_BACK"].items() if k not in ran)
        assert limit(every["times"], asked, now + 1000, ran) == every["times"].seconds
        assert limit(every["times"], asked, now + kept + 5, ran) <= 5
    assert 190 < limit(every["net"], asked, now + 260, []) <= 200
    asked.minutes *= 2
    assert limit(every["times"], asked, now + 9999, []) == 2 * every["times"].seconds
