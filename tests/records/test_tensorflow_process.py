"""A part of the TensorFlow check in its process: whatever becomes of it, its rows stay."""

import sys

import pytest


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
        ("print(json.dumps({'failed': None}), flush=True); time.sleep(60)", None),
        ("", "its process ended early, with status 0"),
        ("sys.exit(3)", "its process ended early, with status 3"),
        ("print(json.dumps({'failed': 'E: no'})); sys.exit(1)", "E: no"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "its process was ended by SIGKILL"),
        ("print('{\"by\"', end='', flush=True); os.abort()", "within a line"),
        ("time.sleep(60)", "not done after 2 s, and ended"),
        ("os.close(1); time.sleep(60)", "and ended"),
    ],
    ids=[
        "whole",
        "early",
        "status",
        "said",
        "signal",
        "cut",
        "hangs",
        "hangs silently",
    ],
)
def test_a_part_that_breaks_off_leaves_its_rows(then, said, broken):
    rows, failed = broken(ROW + then, 2 if "sleep" in then else 30)
    assert rows == [{"by": "one"}]
    assert failed == said or (said and said in failed)


@pytest.mark.skipif(sys.platform == "win32", reason="programs that begin with #!")
def test_another_interpreter_is_told_nothing_of_this_one_s_packages(
    broken, monkeypatch
):
    """PyTorch's libraries and TensorFlow's have the same names."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/one")
    monkeypatch.setenv("PYTHONPATH", "/two")
    names = "('PYTHONPATH', 'LD_LIBRARY_PATH')"
    rows, _ = broken(f"print(json.dumps({{n: os.environ.get(n) for n in {names}}}))")
    assert "/two" not in rows[0]["PYTHONPATH"] and rows[0]["LD_LIBRARY_PATH"] is None


def test_what_tensorflow_reports_of_itself_is_not_shown(broken, capsys):
    noise = (
        "I0000 00:00:1.2 3 port.cc:1] oneDNN is on",
        "WARNING: All log messages before absl",
    )
    said = "\\n".join([*noise, "E0000 cuda: no"])
    broken(f"print('{said}', file=sys.stderr)")
    assert capsys.readouterr().err == "E0000 cuda: no\n"
