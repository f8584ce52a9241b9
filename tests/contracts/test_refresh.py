"""`make refresh`: a notebook that is run again differs only in what its code changed."""

import json
import shutil
import subprocess
import sys

import pytest
from reading import ROOT, load

PLOT = "import matplotlib.pyplot as plt\n\n_ = plt.plot([1, 2])\nplt.show()"


def cell(text, **more):
    """A code cell that was never run."""
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": text,
    } | more


def write(folder, name, *cells):
    """A notebook with these cells, and a machine's traces in its metadata."""
    metadata = {
        "language_info": {"name": "python", "version": "3.9"},
        "kernelspec": {"name": "mine"},
    }
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path = folder / "notebooks" / f"{name}.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    """A folder like the repository, with the tool and no notebook yet."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "refresh.py", tmp_path / "tools")
    return tmp_path


def refresh(folder, *names):
    """Run the tool; its exit status and what it said."""
    command = [sys.executable, str(folder / "tools" / "refresh.py"), *names]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    return done.returncode, done.stdout + done.stderr


def test_only_what_the_code_changed_differs(folder):
    prose = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "Text with ☃.\n\n* kept",
        "id": "prose",
    }
    cells = [
        prose,
        cell("print('one')\nprint('two')", id="mine"),
        cell(""),
        cell(PLOT),
        cell(PLOT),
    ]
    path = write(folder, "01_a", *cells)
    assert refresh(folder, "01")[0] == 0

    once, notebook = path.read_bytes(), load(path)
    assert [c["id"] for c in notebook["cells"][:2]] == ["prose", "mine"]
    assert len({c["id"] for c in notebook["cells"]}) == 5
    assert [c.get("execution_count") for c in notebook["cells"]] == [
        None,
        1,
        None,
        2,
        3,
    ]
    assert notebook["cells"][0]["source"] == ["Text with ☃.\n", "\n", "* kept"]
    assert [out["text"] for out in notebook["cells"][1]["outputs"]] == [
        ["one\n", "two\n"]
    ]
    assert notebook["metadata"]["language_info"] == {"name": "python"}

    status, said = refresh(folder, "all")
    assert (status, path.read_bytes()) == (0, once) and "unchanged" in said

    path.write_text(
        path.read_text(encoding="utf-8").replace("print('two')", "print('six')"),
        encoding="utf-8",
    )
    assert refresh(folder, "01")[0] == 0
    pairs = list(zip(once.splitlines(), path.read_bytes().splitlines(), strict=True))
    assert [new.strip() for old, new in pairs if old != new] == [
        b'"six\\n"',
        b"\"print('six')\"",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings\nwarnings.warn('look')", "stderr"),
    ],
    ids=["raises", "warns"],
)
def test_a_notebook_that_fails_is_not_written(folder, text, reason):
    path = write(folder, "02_b", cell("print(1)"), cell(text))
    before = path.read_bytes()
    status, said = refresh(folder, "02")
    assert (status, path.read_bytes()) == (1, before)
    assert reason in said


def test_a_name_that_is_none(folder):
    write(folder, "02_b")
    status, said = refresh(folder, "07")
    assert status == 1
    assert "no notebook is called 07_*.ipynb; there are: 02" in said
