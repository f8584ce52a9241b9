"""Each exercise as the reader meets it: the stub fails its check, the solution passes
the same one.

An exercise is a Markdown cell with an `exercise` directive, then code cells tagged
`exercise` (the stub), `solution` and `check`. Besides each other they may use what the
notebook's cell tagged `setup` imports, and nothing else.
"""

import re

import pytest
from reading import CHAPTERS, NOTEBOOKS, ROOT, code_cells, load, source, tags

PARTS = ("exercise", "solution", "check")


def exercises(path):
    """{label: {part: source}} of a notebook's exercises, with the setup cell beside the
    parts.
    """
    notebook = load(path)
    setup = "".join(
        source(cell) for cell in code_cells(notebook) if "setup" in tags(cell)
    )
    found, current = {}, None
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            directive = re.search(
                r"^`{3,}\{exercise\}.*\n:label: (\S+)", source(cell), re.MULTILINE
            )
            if directive:
                assert directive[1] not in found, (
                    f"two exercises are called {directive[1]}"
                )
                current = found[directive[1]] = {"setup": setup, "solved": False}
            opened = re.search(
                r"^`{3,}\{solution-start\} (\S+)", source(cell), re.MULTILINE
            )
            if opened:
                found[opened[1]]["solved"] = True
        for part in PARTS:
            if part in tags(cell):
                assert current is not None, (
                    f"{path.name}: a cell tagged `{part}` stands before any exercise"
                )
                assert part not in current, (
                    f"{path.name}: an exercise has two cells tagged `{part}`"
                )
                current[part] = source(cell)
    return found


EXERCISES = [
    (path, label, parts)
    for path in NOTEBOOKS
    for label, parts in exercises(path).items()
]
each_exercise = pytest.mark.parametrize(
    ("path", "parts"),
    [
        pytest.param(path, parts, id=f"{path.stem}-{label}")
        for path, label, parts in EXERCISES
    ],
)


def run(path, monkeypatch, *cells):
    """Run cells one after the other in a fresh namespace, in the notebook's folder."""
    monkeypatch.chdir(ROOT / "notebooks")
    namespace = {"__name__": "__main__"}
    for number, cell in enumerate(cells, start=1):
        exec(compile(cell, f"<{path.stem}, cell {number}>", "exec"), namespace)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_three_exercises(path):
    assert len(exercises(path)) >= 3


@each_exercise
def test_an_exercise_is_whole(path, parts):
    assert set(PARTS) <= set(parts), f"missing: {set(PARTS) - set(parts)}"
    assert parts["solved"], "no solution-start refers to the exercise"


@each_exercise
def test_the_stub_fails(path, parts, monkeypatch):
    with pytest.raises(Exception) as failure:
        run(path, monkeypatch, parts["setup"], parts["exercise"], parts["check"])
    # It must fail because the work is not done, not because the cells do not fit
    # together.
    assert not isinstance(failure.value, (NameError, SyntaxError, ImportError)), (
        failure.value
    )


@each_exercise
def test_the_solution_passes(path, parts, monkeypatch, capsys):
    run(path, monkeypatch, parts["setup"], parts["solution"], parts["check"])
    assert len(capsys.readouterr().out.splitlines()) >= 1, (
        "a check says in a line that it passed"
    )
