"""The record of speed: whole, counted as it says, and what the book says of it is so."""

import math
import statistics
import subprocess
import sys

import numpy as np
import pytest
from recorded import content_of, names

from rnntutor import GRU, LSTM, RNN, Embedded, Model
from rnntutor.tree import leaves

NAMES = names("speed-2") + names("speed-avx2")
RECORDS = {name: content_of(name) for name in NAMES}
RECORD = RECORDS[names("speed-2")[-1]]
OURS = ("machine code", "machine code, all cores")
OTHERS = {
    "PyTorch": ("PyTorch",),
    "TensorFlow": ("TensorFlow, graph", "TensorFlow, XLA"),
    "JAX": ("JAX",),
}

each_record = pytest.mark.parametrize("name", NAMES)


def rows(record, contenders, shape, what="lstm"):
    """The rows of some contenders, one for each setting."""
    return [
        row
        for row in record["rows"]
        if row["what"] == what
        and row["contender"] in contenders
        and row["shape"] == list(shape)
    ]


def best(record, contenders, *place):
    """The row of the fastest setting."""
    return min(rows(record, contenders, *place), key=lambda row: row["ms_median"])


@each_record
def test_everybody_ran_every_shape(name, script):
    settings = script("speed_settings")
    for shape in settings["SHAPES"]:
        for contender in [*settings["OURS"], *settings["OTHERS"]]:
            assert rows(RECORDS[name], [contender], shape), (contender, shape)


@each_record
def test_all_rounds_are_there(name):
    record = RECORDS[name]
    assert record["rounds"] >= 3
    for row in record["rows"]:
        assert len(row["ms_rounds"]) == record["rounds"]
        assert all(math.isfinite(ms) and ms > 0 for ms in row["ms_rounds"])
        median = statistics.median(row["ms_rounds"])
        assert row["ms_median"] == pytest.approx(median, rel=1e-3)
        assert row["ms_min"] <= row["ms_median"] * 1.001


@each_record
def test_nothing_is_faster_than_the_machine(name, script):
    record, code = RECORDS[name], script("speed_table")
    for row in record["rows"]:
        if row["what"] in code["BLOCKS"]:
            nominal = code["flops"](row["what"], *row["shape"])
            assert row["gflops"] == pytest.approx(nominal / row["ms_median"] / 1e6)
            row["least_gflops"] = (
                code["least_flops"](row["what"], *row["shape"]) / row["ms_median"] / 1e6
            )
    assert code["above_peak"](record["rows"], record["machine"]) == []


def test_what_is_above_the_peak_is_named(script):
    row = {"contender": "A", "setting": {"threads": 1}, "shape": [1], "gflops": 9}
    machine = {"sgemm_gflops": 100}
    above = script("speed_table")["above_peak"]
    assert above([row | {"least_gflops": 99}], machine) == []
    assert above([row | {"least_gflops": 211}], machine) == [
        "A {'threads': 1} at [1]: 211%"
    ]
    assert above([row | {"contender": "A, GPU", "least_gflops": 211}], machine) == []


@pytest.mark.parametrize("cell", [LSTM(), GRU(), RNN("tanh")])
def test_operations_are_six_for_each_weight_that_is_multiplied(cell, script):
    V, D, H, T, B = 7, 3, 5, 4, 2
    params = Model(Embedded(cell, D), V, H, V).init(np.random.default_rng(0))
    weights = sum(leaf.size for name, leaf in leaves(params) if "W_" in name)
    code = script("speed_table")
    code["BLOCKS"]["cell"] = cell.blocks
    assert code["flops"]("cell", V, D, H, T, B) == 6 * T * B * weights
    # where symbols are fewer than places their products are looked up
    saved = 6 * (T * B - V) * D * cell.blocks * H
    assert code["least_flops"]("cell", V, D, H, T, B) == 6 * T * B * weights - saved


def test_a_step_of_each_contender_of_this_package_trains(script):
    """All stages make the same step."""
    steps = script("speed_steps")["STEPS"]
    for name in script("speed_settings")["OURS"]:
        if "machine" in name:
            pytest.importorskip("numba")
        steps[name]("lstm", 7, 3, 4, 5, 2)()


def test_a_worker_times_its_step_whenever_it_is_asked(script):
    code, settings = script("speed_worker"), script("speed_settings")
    job = {
        "what": "lstm",
        "shape": [7, 3, 4, 5, 2],
        "contender": "steps",
        "setting": {"threads": 1},
    }
    worker = code["Worker"](job, settings["environment"]("own"), 100)
    try:
        for _ in range(2):
            found = worker.timed(0.0)
            assert 0 < found["min"] <= found["median"]
    finally:
        worker.close()
    with pytest.raises(code["NotReady"], match="KeyError: 'nobody'"):
        code["Worker"](
            job | {"contender": "nobody"}, settings["environment"]("own"), 100
        )


def test_a_row_is_the_median_of_its_rounds(script):
    code = script("speed_table")
    place = {"what": "lstm", "shape": [5, 4, 3, 2, 1], "setting": {"threads": 1}}
    found = [
        place | {"contender": "A", "median": ms, "min": ms / 2}
        for ms in (1.0, 4.0, 2.0)
    ]
    found += [place | {"contender": "B", "failed": "not ready after 60 seconds"}]
    found += [
        place | {"contender": "peak, NumPy", "median": 9.0, "min": ms} for ms in (8, 4)
    ]
    (row,) = code["rows_of"](found)
    assert row["ms_rounds"] == [1.0, 4.0, 2.0]
    assert (row["ms_median"], row["ms_min"]) == (2.0, 0.5)
    machine = code["machine_of"](found)
    most = 2 * 2048**3 / 4 / 1e6
    assert machine["sgemm_gflops"] == pytest.approx(most, abs=0.01)
    assert machine["copy_gb_s"] is None
    assert " 2.000 0%" in code["table"]([row], machine)


def test_avx2_is_asked_of_every_library(script, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    environment = script("speed_settings")["environment"]
    assert "OPENBLAS_CORETYPE" not in environment("own")
    env = environment("avx2")
    assert env["OPENBLAS_CORETYPE"] == "Haswell"
    pytest.importorskip("numba")
    code = "from rnntutor.fast.compiled import tiles; print(tiles.BYTES, tiles.ROWS)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["32", "2"]


def test_this_package_is_ahead_where_the_book_says_so(script):
    """Every round of ours against every round of theirs, at each side's best."""

    def rounds(other, shape):
        """Ours and theirs, each from the fastest to the slowest."""
        return (
            sorted(best(RECORD, who, shape)["ms_rounds"])
            for who in (OURS, OTHERS[other])
        )

    tiny, *batches, words = script("speed_settings")["SHAPES"]
    for other, shape in [
        *(("TensorFlow", shape) for shape in batches),
        *(("JAX", shape) for shape in (*batches, words)),
        *(("PyTorch", shape) for shape in batches if shape[2] != 256),
    ]:
        ours, theirs = rounds(other, shape)
        assert ours[-1] < theirs[0], (other, shape)
    ours, theirs = rounds("PyTorch", batches[1])
    assert ours[-2] < theirs[0] < ours[-1]
    ours, theirs = rounds("JAX", tiny)
    assert theirs[-1] < ours[0] and 2.5 < ours[2] / theirs[2] < 3.5


def test_there_is_as_little_room_as_the_book_says(script):
    """With 256 units, over PyTorch, for a step of nothing but products at the peak."""
    shape = script("speed_settings")["SHAPES"][2]
    least = script("speed_table")["least_flops"]("lstm", *shape)
    floor = least / RECORD["machine"]["sgemm_gflops"] / 1e6
    room = best(RECORD, OTHERS["PyTorch"], shape)["ms_median"] / floor
    assert 2 < room < 2.5 and 0.6 < 1.5 / room < 0.7
    assert 0.45 < floor / best(RECORD, OURS, shape)["ms_median"] < 0.55
