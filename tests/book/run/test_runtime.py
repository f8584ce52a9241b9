"""The Python of the pages: what the lock names and nothing else, and no button without
it.
"""

import hashlib
import io
import json
import re
import sys
import zipfile

import pytest
from reading import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import runtime

SETS = json.loads(runtime.LOCK.read_text(encoding="utf-8"))


def wheel(**files):
    """A zip file with these files; their names have `__` for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/") + ".ttf", content)
    return made.getvalue()


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_whole(name):
    kind = SETS[name]
    for package in kind["packages"].values():
        assert set(package["depends"]) <= set(kind["packages"])
    for sha256 in runtime.names(kind).values():
        assert re.fullmatch("[0-9a-f]{64}", sha256)
    assert {"numpy", "matplotlib"} <= set(kind["packages"])
    assert "pyodide.asm.wasm" in kind["files"]


def test_what_is_not_in_the_lock_is_refused():
    sha256 = hashlib.sha256(b"right").hexdigest()
    assert runtime.checked("a.whl", b"right", sha256) == b"right"
    with pytest.raises(ValueError, match=f"a.whl: expected the SHA-256 {sha256}, got"):
        runtime.checked("a.whl", b"wrong", sha256)


def test_fonts_that_no_figure_uses_are_left_out_and_the_rest_stays():
    fonts = "matplotlib__mpl-data__fonts__ttf__"
    files = {f"{fonts}{name}": name for name in ("DejaVuSans", "STIXGeneral", "cmr10")}
    made = runtime.slim(wheel(**files))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert [name.rsplit("/", 1)[1] for name in archive.namelist()] == [
            "DejaVuSans.ttf",
            "cmr10.ttf",
        ]
    assert made == runtime.slim(wheel(**dict(reversed(files.items()))))


def test_where_nothing_can_be_had_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runtime, "RUNTIME", tmp_path / "runtime")
    runtime.main("newest")  # tests have no network
    said = capsys.readouterr().out
    assert "cannot be had" in said and "without the button" in said
    assert not (tmp_path / "runtime").exists()


@pytest.mark.skipif(not runtime.version(), reason="no runtime: `make runtime`")
def test_what_is_here_is_what_the_lock_names():
    (kind,) = (kind for kind in SETS.values() if kind["version"] == runtime.version())
    lock = json.loads((runtime.RUNTIME / "pyodide-lock.json").read_text("utf-8"))
    slimmed = lock["packages"]["matplotlib"]
    expected = runtime.names(kind) | {slimmed["file_name"]: slimmed["sha256"]}
    for name, sha256 in expected.items():
        data = (runtime.RUNTIME / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256, name
