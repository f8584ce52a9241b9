"""Rooms import only rooms below them; pyproject.toml has the order."""

from importlinter.cli import lint_imports
from reading import ROOT


def test_no_room_imports_one_above_it(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(no_cache=True)
    output = capsys.readouterr().out
    assert status == 0 and "1 kept, 0 broken" in output, output
