"""The script that measures Keras on a device: its records belong to the code as it is,
and whatever a part does, the others are kept.
"""

import importlib
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from keras_here import needs_tensorflow

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
RECORDS = sorted((BENCHMARKS / "results").glob("keras-*.json"))
HIDDEN = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}


@pytest.fixture
def parts(monkeypatch):
    """A module of `benchmarks/tensorflow_parts` by its name; without one, the package."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])

    def module(name=None):
        return importlib.import_module(
            ".".join(filter(None, ["tensorflow_parts", name]))
        )

    return module


@pytest.fixture
def check(parts, tmp_path, monkeypatch):
    """What the script defines; it writes into a folder of its own."""
    names = runpy.run_path(str(BENCHMARKS / "tensorflow_check.py"))
    monkeypatch.setattr(names["results"], "RESULTS", tmp_path)
    inner = names["main"].__globals__
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
    judge, net = parts("judge"), parts("net")
    language = judge.read(path.with_suffix(".npz"), net.settings_of(quick))
    (row,) = rows_of(record, "judge", "loss_of_start")
    text = net.texts(quick).test[: judge.START]
    assert judge.loss(language, text) == pytest.approx(row["loss_of_start"], abs=1e-4)
    epochs = rows_of(record, "net", "epoch")
    (end,) = rows_of(record, "net", "best_valid_loss")
    assert min(row["valid_loss"] for row in epochs) == end["best_valid_loss"]
    samples = rows_of(record, "judge", "text")
    assert [row["temperature"] for row in samples] == list(judge.TEMPERATURES)
    assert {len(row["text"]) for row in samples} == {judge.WRITTEN}
    ngrams = [row["test_loss"] for row in rows_of(record, "judge", "ngram")]
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
    if "judge" in record["parts"]:
        the_net_is_that_of_its_file(record, path, parts)


@needs_tensorflow
def test_the_script_in_miniature(tmp_path, parts, note):
    some = ["--only", "padding", "net", "judge"]
    done = called("--quick", *some, "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = tmp_path.glob("keras-*-quick.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["device"]["kind"] == "CPU" and "tensorflow" in record
    assert list(record["parts"]) == some[1:]
    kernel = controls_are_right(record, "padding")
    assert "cuDNN is not supported" in kernel["error"]  # there is none on a CPU
    the_net_is_that_of_its_file(record, path, parts, quick=True)
    assert "absl" not in done.stderr
    for part in some[1:]:
        assert f"{part} (at most " in done.stdout
    note(f"in miniature: {record['seconds']} s in {', '.join(some[1:])}")


@needs_tensorflow
def test_the_script_needs_a_gpu_if_it_is_told_so(tmp_path):
    done = called("--require-gpu", "--folder", str(tmp_path))
    assert done.returncode == 1 and not any(tmp_path.iterdir())
    last = done.stderr.splitlines()[-1]
    assert last.startswith("TensorFlow finds no GPU here.") and last.endswith(
        "'.[gpu,fast]'"
    )


@needs_tensorflow
def test_gradients_in_every_precision(parts):
    """Float32 to six digits, 16 bits to as many as they have."""
    code = parts("parity")
    tf, keras, _ = parts("versions").start()
    errors = {row["by"]: row for row in code.precision(tf, keras, "CPU")}
    bounds = {"float16": 2e-3, "bfloat16": 2e-2}
    for by, row in errors.items():
        assert 0 < row["gradient_error"] < bounds.get(by.split(", ")[-1], 2e-6), row
    assert len(errors) == 5


# A part in its process


@pytest.fixture
def broken(tmp_path, parts, monkeypatch):
    """Run a part whose process is a program of these lines instead; the rows that came,
    and why it broke off.
    """

    def run(lines, seconds=30):
        program = tmp_path / "program"
        head = f"#!{sys.executable}\nimport json, os, signal, sys, time\n"
        program.write_text(head + lines, encoding="utf-8")
        program.chmod(0o755)
        rows, part = [], parts().FIRST
        monkeypatch.setattr(parts("process"), "GRACE", 1)
        failed = parts("process").run(
            part, {"quick": True}, seconds, rows.append, str(program)
        )
        return rows, failed

    return run


ROW = "print(json.dumps({'by': 'one'}), flush=True)\n"


@pytest.mark.skipif(sys.platform == "win32", reason="programs that begin with #!")
@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("", None),
        ("sys.exit(3)", "its process ended with status 3"),
        ("print(json.dumps({'failed': 'E: no'})); sys.exit(1)", "E: no"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "its process was ended by SIGKILL"),
        ("print('{\"by\"', end='', flush=True); os.abort()", "within a line"),
        ("time.sleep(60)", "not done after 2 s, and ended"),
        ("os.close(1); time.sleep(60)", "and ended"),
    ],
    ids=["whole", "status", "said", "signal", "cut", "hangs", "hangs silently"],
)
def test_a_part_that_breaks_off_leaves_its_rows(then, said, broken):
    rows, failed = broken(ROW + then, 2 if "sleep" in then else 30)
    assert rows == [{"by": "one"}]
    assert failed == said or (said and said in failed)


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
        "repetition", "net", "judge",
    ]  # fmt: skip
    assert record["parts"]["times"]["failed"] == "it crashed"
    assert record["parts"]["parity"]["rows"] == [{"by": "parity"}]
    assert "not whole: times; the same command goes on" in said
    ran, record, said = played([], {})
    assert ran == ["times"] and "failed" not in record["parts"]["times"]
    assert "not whole" not in said and "parity: there already" in said


def test_what_is_there_is_run_again_for_a_reason(played):
    skipped = {"times, PyTorch": {"skipped": "no PyTorch here"}}
    played([], skipped)
    assert played([], {})[0] == ["times, PyTorch"]
    assert played([], {})[0] == []
    # what the judge reads is new
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


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "libdevice not found at /usr/lib/cuda: see /var/x\nand more",
            "libdevice not found at … see …",
        ),
        (
            (
                "Exception encountered when calling LSTM.call().\n\n\x1b[1mno"
                " cuDNN\x1b[0m\n"
            ),
            "no cuDNN",
        ),
        (
            (
                "Graph execution error:\n\nDetected at node L\n  File x, line"
                " 1\nBAD\n\t [[{{node L}}]]"
            ),
            "BAD",
        ),
    ],
)
def test_a_row_that_fails_says_why_in_a_line_without_paths(message, said, parts):
    def call():
        raise ValueError(message)

    row = parts().attempt({"by": "XLA"}, call)
    assert row == {"by": "XLA", "error": f"ValueError: {said}"}


# Padding


def test_padded_batches_are_padded_at_the_end(parts):
    """So that the kernel takes them; no sequence is empty."""
    cases = parts("padding").cases()
    assert len(cases) == 4 and cases[-1].model.H == 64
    for case in cases:
        lengths = case.mask.sum(axis=0)
        assert (case.mask == (np.arange(len(case.mask))[:, None] < lengths)).all()
        assert 0 < lengths.min() < lengths.max() == len(case.mask)
        case.model.loss_and_grad(case.params, case.xs, case.targets, mask=case.mask)


def test_a_kernel_that_spoils_gradients_now_and_then_is_found(parts, monkeypatch):
    """In some runs, in one net; NaN is no number to pass by, and controls stay clean."""
    code, asked, sent = parts("padding"), [], []

    def parity(case, use_cudnn):
        asked.append((case.name, case.mask is not None, use_cudnn))
        spoilt = use_cudnn is True and "Embedded" in case.name
        now = asked.count(asked[-1])
        worst = {2: 2.34e10, 5: np.nan}.get(now, 3.21e-16) if spoilt else 3.21e-16
        return {"loss": 1e-16, "by inputs": worst}

    monkeypatch.setattr(code, "parity", parity)
    monkeypatch.setattr(code, "start", lambda: (None, None, "GPU"))
    monkeypatch.setenv("CUDA_LAUNCH_BLOCKING", "1")
    code.padding(SimpleNamespace(quick=False), sent.append)
    about, *rows = sent
    assert about["launches_blocking"] is True and about["kernel"] == "cuDNN's"
    assert [row["runs_off"] for row in rows] == [0, 0, 2]
    assert [row["runs"] for row in rows] == [20] * 3 and len(asked) == 3 * 20 * 4
    assert [row["off"] for row in rows[:2]] == [{}, {}]
    ((net, times),) = rows[2]["off"].items()
    assert net.startswith("Embedded(LSTM, E=3)") and times == 2
    assert rows[0]["differences"]["by inputs"] == 3.2e-16
    assert np.isnan(rows[2]["differences"]["by inputs"])
    assert {(has, use) for _, has, use in asked} == {
        (False, "auto"),
        (True, False),
        (True, True),
    }


# Versions


@pytest.mark.parametrize(
    ("built", "now", "fits"),
    [
        ("12.5.1", "12.5", True),
        ("12.5.1", "12.9", True),
        ("12.5.1", "13.0", False),
        ("12.5.1", "12.3", False),
        ("9", "9.19.0", True),
        ("9", "8.9.7", False),
    ],
)
def test_libraries_go_with_those_that_were_built_with(built, now, fits, parts):
    assert parts("versions").goes_with(built, now) is fits


def test_libraries_match_if_all_do(parts):
    matching = parts("versions").matching
    build = {"cuda_version": "12.5.1", "cudnn_version": "9"}
    has, good = {"cudart": "12.5", "cudnn": "9.3.0"}, [{"fits": True}]
    assert matching(build, has, good) is True
    assert matching(build, has | {"cudart": "13.0"}, good) is False
    assert matching(build, has, [*good, {"fits": False}]) is False
    assert matching(build, {"cudart": "12.5"}, good) is None
    assert matching(build, has, []) is None


def test_libraries_are_found_where_linux_lists_them(parts, tmp_path, monkeypatch):
    code = parts("versions")
    lines = [
        "7f00-7f01 r-xp 0 08:01 12     /env/nvidia/cudnn/lib/libcudnn.so.9",
        "7f02-7f03 r-xp 0 08:01 12     /env/nvidia/cudnn/lib/libcudnn.so.9",
        "7f04-7f05 r-xp 0 08:01 13     /env/nvidia/runtime/lib/libcudart.so.12",
        "7f06-7f07 r-xp 0 08:01 14     /env/nvidia/cudnn/lib/libcudnn_ops.so.9",
        "7f08-7f09 rw-p 0 00:00 0",
    ]
    (tmp_path / "maps").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(code, "version_of", lambda name, path: f"{name} of {path[-2:]}")
    assert code.loaded(tmp_path / "maps") == {
        "cudnn": "cudnn of .9",
        "cudart": "cudart of 12",
    }
    assert code.loaded(tmp_path / "none") == {}


def test_libraries_say_their_versions_as_numbers(parts, monkeypatch):
    code = parts("versions")

    def set_to(value):
        def call(pointer):
            pointer._obj.value = value

        return call

    def part(which, pointer):
        pointer._obj.value = (12, 4, 5)[which]

    class Library(SimpleNamespace):
        cudaRuntimeGetVersion = staticmethod(set_to(12050))
        cublasGetProperty = staticmethod(part)

    def cudnn():
        return 91900

    Library.cudnnGetVersion = staticmethod(cudnn)
    monkeypatch.setattr(code.ctypes, "CDLL", lambda path: Library())
    found = [code.version_of(name, "") for name in ("cudart", "cudnn", "cublas")]
    assert found == ["12.5", "9.19.0", "12.4.5"]
