"""The records that appendix A1 reads: they belong to the code as it is, and the
appendix shows whatever a file holds.
"""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from reading import ROOT, code_cells, load, source
from recorded import content_of, names

from rnntutor.lab.records import record
from rnntutor.lab.tensorflow.cudnn import CONDITIONS
from rnntutor.lab.tensorflow.records import made, rows

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


# What the appendix makes of them


def cells_of_a1(words):
    """The sources of the code cells of appendix A1 in which these words stand."""
    cells = code_cells(load(ROOT / "notebooks" / "a1_tensorflow_gpu.ipynb"))
    return [source(cell) for cell in cells if words in source(cell)]


def test_appendix_a1_shows_every_row_of_every_device(capsys):
    """Also of a device that comes to the records later, whose rows failed in part."""
    new, old = record(names("keras-")[0]), record("tensorflow-nvidia-h200")
    one = json.loads(json.dumps(new)) | {"device": {"kind": "GPU", "name": "GPU one"}}
    for part in one["parts"].values():
        for row in part["rows"][::2]:
            for measured in ("differences", "gradient_error", "different"):
                if row.pop(measured, None) is not None:
                    row["error"] = "E: no"
    given = {"keras-a": new, "keras-b": one, "tensorflow-nvidia-h200": old}
    inside = {
        "names": lambda start: [name for name in given if name.startswith(start)],
        "record": given.get,
        "made": made,
        "rows": rows,
    }
    head, *tables = cells_of_a1("in records:")
    assert len(tables) == 2
    for text in (head, *tables):
        exec(text, inside)
        said = capsys.readouterr().out
        assert [said.count(made(each)) for each in given.values()] == [1, 1, 1]
        keys = next(
            keys
            for keys in (("how", "differences"), ("gradient_error",), ("different",))
            if f'rows(one, "{keys[0]}"' in text
        )
        shown = sum(len(rows(each, *keys)) for each in given.values())
        failed = len(rows(new, *keys)) - len(rows(one, *keys))
        assert failed > 0 and shown > 10
        lines = [line for line in said.splitlines() if line[:3].strip()[:1].isdigit()]
        assert len(lines) == shown


def test_appendix_a1_draws_the_times_of_its_caption(capsys):
    h200, drawn = record("tensorflow-nvidia-h200"), []
    inside = {
        "h200": h200,
        "rows": rows,
        "made": made,
        "figures": SimpleNamespace(bars=lambda values, **_: drawn.append(values)),
        "plt": SimpleNamespace(show=lambda: None),
    }
    (text,) = cells_of_a1("figures.bars")
    exec(text, inside)
    timed = {row["by"]: row for row in h200["timing"] if "H 512" in row["model"]}
    assert drawn == [
        {
            way: timed[f"Keras, {way}"]["median_ms"]
            for way in (
                "graph, step by step",
                "eager, cuDNN",
                "XLA, step by step",
                "graph, cuDNN",
            )
        }
    ]
    assert capsys.readouterr().out == made(h200) + "\n"


@pytest.mark.parametrize("name", names("keras-") + TENSORFLOW)
def test_rows_of_a_record_have_what_is_asked_for(name):
    content = content_of(name)
    assert {row["how"] for row in rows(content, "how")} == {"eager", "graph", "xla"}
    assert len(rows(content, "condition", "runs")) == len(CONDITIONS)
    assert rows(content, "no such key") == []
    device, versions = made(content).splitlines()
    assert device == f"{content['device']['name']}, {content['date']}"
    assert versions == f"TensorFlow {content['tensorflow']}, Keras {content['keras']}"
