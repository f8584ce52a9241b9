"""The records that appendix A1 draws: they belong to the code as it is, and the
appendix draws whatever a file holds.
"""

import json
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from recorded import BENCHMARKS, content_of, names

from rnntutor.lab.tensorflow.cudnn import CONDITIONS

TENSORFLOW = names("tensorflow-")


@pytest.mark.parametrize("name", TENSORFLOW)
def test_tensorflow_began_as_this_package_begins(name, script):
    steps, content = script("tensorflow_parts/steps"), content_of(name)
    step = steps["numpy_step"](*steps["problem"](*steps["SMALL"]))
    np.testing.assert_allclose(
        [step() for _ in range(steps["FIRST"])], content["first_losses"], rtol=1e-5
    )
    assert [row["condition"] for row in content["cudnn"]] == [
        one.name for one in CONDITIONS
    ]


GRADIENTS = {"by parameters", "by inputs", "by initial state"}


def off_below_padding(content):
    """Whether a file shows that gradients are wrong where cuDNN's kernel is given a
    mask, and only there.
    """
    off = {
        row["cases"]: max(row.get("differences", {"": 0}).values()) > 1e-13
        for row in content["padding"]
    }
    return content["device"]["kind"] == "GPU" and [
        name for name in off if off[name]
    ] == ["a mask"]


@pytest.mark.parametrize("name", TENSORFLOW)
def test_tensorflow_agreed_with_this_package(name, script):
    """What a device could not do is for it to say; what it did is within the bounds, or
    named TF32.

    Or the file shows, in rows of its own, that and where cuDNN's kernel spoils
    gradients; the rest is right.
    """
    content = content_of(name)
    if content["device"]["kind"] == "CPU":
        assert "error" not in json.dumps(content["parity"])
    plain = [row for row in content["parity"] if not row["tf32"] and "error" not in row]
    assert {(row["how"], row["dtype"]) for row in plain} >= {
        ("eager", "float64"),
        ("eager", "float32"),
    }
    for row in plain:
        assert row["configurations"] >= (50 if row["how"] == "eager" else 7)
        excused = (
            GRADIENTS if row["how"] == "eager" and off_below_padding(content) else set()
        )
        found = [
            difference
            for part, difference in row["differences"].items()
            if part not in excused
        ]
        assert max(found) <= {"float64": 1e-13, "float32": 1e-5}[row["dtype"]], row


@pytest.mark.parametrize("name", TENSORFLOW)
def test_tensorflow_below_padding(name):
    """Only gradients, with a mask, on a GPU, may be off; the row then names nets with
    padding at the end.
    """
    content = content_of(name)
    rows = content["padding"]
    assert [(row["cases"], row["configurations"]) for row in rows] == [
        ("no mask", 6),
        ("a mask", 8),
        ("a mask, without cuDNN", 8),
    ]
    for row in rows:
        beyond = {
            part
            for part, difference in row["differences"].items()
            if difference > 1e-13
        }
        assert set(row["differences"]) == {"loss", "outputs", "final state", *GRADIENTS}
        assert beyond <= GRADIENTS and bool(beyond) == bool(row["off"])
        assert all(net.endswith(", padding at the end") for net in row["off"])
        assert not beyond or (
            row["cases"] == "a mask" and content["device"]["kind"] == "GPU"
        )


def synthetic(name, kind, cpu, by, first):
    """A result file of the comparison with TensorFlow, with times of its own."""
    models = ("small", "large")
    rows = [{"model": model, "by": way} for model, way in product(models, by)]
    rows = [
        row | {"fastest_ms": first + i, "median_ms": first + i}
        for i, row in enumerate(rows)
    ]
    rows[-1] = {
        "model": "large",
        "by": by[-1],
        "error": "InternalError: libdevice not found",
    }
    about = dict.fromkeys(("tensorflow", "keras", "numpy", "python", "date"), "1")
    return about | {"device": {"name": name, "kind": kind}, "cpu": cpu, "timing": rows}


def parts_of(content):
    """The lists of rows in a result file of the comparison with TensorFlow."""
    return {name: found for name, found in content.items() if isinstance(found, list)}


def cells_of_a1(words):
    """The sources of the code cells of appendix A1 in which these words stand."""
    path = BENCHMARKS.parent / "notebooks" / "a1_tensorflow_gpu.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [source for source in sources if words in source]


def test_appendix_a1_draws_a_bar_for_each_row_of_each_file(capsys):
    """Files of two CPUs and of a GPU in a machine with one of them; each lacks a row."""
    ways = ["NumPy, this package", "Keras, graph"]
    given = [
        synthetic("A", "CPU", "A", ways, 1),
        synthetic("B", "CPU", "B", ways, 10),
        synthetic("GPU one", "GPU", "B", [*ways, "Keras, graph, cuDNN"], 100),
    ]
    bars = []
    names = {
        "results": given,
        "figures": SimpleNamespace(bars=lambda values, **_: bars.append(values)),
        "plt": SimpleNamespace(show=lambda: None),
    }
    for source in cells_of_a1('["timing"]'):
        exec(source, names)
    rows = [
        row["fastest_ms"]
        for one in given
        for row in one["timing"]
        if "error" not in row
    ]
    assert sorted(bars[0].values()) == sorted(rows) and len(rows) == 3 + 3 + 5
    assert bars[0]["B (beside GPU one): small; NumPy"] == 100
    said = capsys.readouterr().out
    assert (
        said.count(" ms") == len(rows)
        and said.count("InternalError: libdevice not found") == 3
    )


def test_appendix_a1_draws_what_there_is_of_a_file(capsys):
    """Where each row failed, and where a part broke off before its first."""
    whole = content_of(TENSORFLOW[0])
    gpu = whole | {"device": {"kind": "GPU", "name": "GPU one"}}
    measures = {
        "differences",
        "off",
        "runs",
        "gradient_error",
        "different",
        "calls",
        "fastest_ms",
        "nats",
    }
    rows = {
        name: [row for row in found if isinstance(row, dict)]
        for name, found in parts_of(whole).items()
    }
    failed = {
        name: [
            {k: v for k, v in row.items() if k not in measures} | {"error": "E: no"}
            for row in found
        ]
        for name, found in rows.items()
    }
    given = {
        "tensorflow-a": whole,
        "tensorflow-b": gpu | failed,
        "tensorflow-c": (
            gpu
            | {name: [] for name in rows}
            | {"failed": dict.fromkeys(rows, "MemoryError")}
        ),
    }
    names = {
        "names": lambda start: [name for name in given if name.startswith(start)],
        "record": given.get,
        "CONDITIONS": [
            SimpleNamespace(name=row["condition"]) for row in whole["cudnn"]
        ],
        "parity_cases": list,
        "qualifies": lambda condition: True,
        "figures": SimpleNamespace(bars=lambda values, **_: None),
        "plt": SimpleNamespace(show=lambda: None),
    }
    for source in dict.fromkeys(cells_of_a1("in results:") + cells_of_a1("in on_gpu]")):
        exec(source, names)
    said = capsys.readouterr().out
    assert "2 of 3 result files from a GPU" in said and said.count(
        "MemoryError"
    ) == len(rows)
    assert said.count("E: no") > 20
