"""The record of `benchmarks/scans.py`: what it measured computes the same, and the
chapter says of it what it shows.
"""

import numpy as np
import pytest
from recorded import content_of

from rnntutor.cells.maps import NUMBERS
from rnntutor.nets import scan

CONTENT = content_of("scans")


def times(way, lanes):
    """{T: microseconds a step} of a way."""
    return {row["T"]: row[way] for row in CONTENT["scans"] if row["lanes"] == lanes}


def step(net):
    """{T: microseconds a step} of loss and gradient."""
    return {row["T"]: row["us"] for row in CONTENT["steps"] if row["net"] == net}


@pytest.mark.parametrize("T", [1, 2, 3, 8, 13, 100])
def test_machine_code_finds_the_same_states(T, script, rng):
    pytest.importorskip("numba")
    compiled = script("scans_compiled")
    keep, add = rng.random((T, 1, 3)), rng.standard_normal((T, 1, 3))
    states = scan.loop(NUMBERS, keep, add, 0 * add[0])
    for way in ("loop", "tree"):
        found = compiled[way](keep, add)
        np.testing.assert_allclose(found, states, rtol=0, atol=1e-14)


def test_the_record_is_whole(script):
    pytest.importorskip("numba")
    code = script("scans")
    want = [
        (lanes, T)
        for lanes in code["LANES"]
        for T in code["LENGTHS"]
        if lanes * T <= code["MOST"]
    ]
    assert [(row["lanes"], row["T"]) for row in CONTENT["scans"]] == want
    assert all(set(code["WAYS"]) < set(row) for row in CONTENT["scans"])
    assert {row["net"] for row in CONTENT["steps"]} == set(code["nets"]())
    assert CONTENT["step"] == code["STEP"] and CONTENT["threads"] == 1


def test_the_scans_are_as_the_chapter_says():
    numpy = {way: times(f"NumPy, {way}", 1) for way in ("loop", "tree")}
    assert all(0.8 < one < 1.3 for one in numpy["loop"].values())
    assert numpy["loop"][16384] > 100 * numpy["tree"][16384]
    wide = {way: times(f"NumPy, {way}", 1024) for way in ("loop", "tree")}
    assert all(wide["loop"][T] < wide["tree"][T] for T in wide["loop"])
    for lanes in (1, 32, 1024):
        loop = times("machine code, loop", lanes)
        tree = times("machine code, tree", lanes)
        assert all(loop[T] <= tree[T] for T in loop)


def test_the_training_steps_are_as_the_chapter_says():
    plain, fast = step("LSTM, step by step"), step("LSTM, machine code")
    tree = step("minGRU, tree")
    assert 28 < plain[4096] / tree[4096] < 34
    assert 1.9 < fast[4096] / tree[4096] < 2.3
