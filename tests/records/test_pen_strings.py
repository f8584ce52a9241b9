"""Strings of digits as the benchmark puts them together and cuts them up, and that it
runs, on strokes that are made up: the real ones are not in this repository. Its record.

Where the environment variable RNNTUTOR_PEN_STROKES names the file of the training
digits, the first losses are computed again, too.
"""

import os
import sys
from itertools import pairwise

import numpy as np
import pytest
from recorded import content_of

import rnntutor as rt
from rnntutor.lab.digits.unipen import Segment
from rnntutor.lab.records import arrays
from rnntutor.model.ctc import error_rate


@pytest.fixture
def script(script):
    """What the script defines, and what its data module does."""
    defined = script("pen_strings")
    return vars(sys.modules["pen_strings_data"]) | defined


def digits(rng, writers, each, numbered=False):
    """Digits of one to three strokes, each of them a random walk up to the right."""
    out = []
    for i, writer in enumerate(np.repeat(writers, each).tolist()):
        strokes = [
            50 * rng.random(2)
            + (9 * rng.random((rng.integers(4, 9), 2))).cumsum(axis=0)
            for _ in range(rng.integers(1, 4))
        ]
        label = i if numbered else rng.integers(10)
        out.append(Segment(str(label), writer, tuple(strokes)))
    return out


@pytest.mark.parametrize("changed", [False, True])
def test_each_digit_is_in_one_string_of_its_writer(script, rng, changed):
    for each in (2, 7, 8, 61):
        some = digits(rng, [1, 4, 9], each, numbered=True)
        made = script["strings"](some, rng, script["SETTINGS"], changed)
        assert sorted(np.concatenate([one.labels for one in made])) == list(
            range(len(some))
        )
        for one in made:
            assert 2 <= len(one.labels) <= 6
            assert len({some[i].writer for i in one.labels}) == 1
            written = [stroke for i in one.labels for stroke in some[i].strokes]
            assert len(one.strokes) == len(written)
            points = [len(stroke) for stroke in one.strokes]
            assert points == [len(stroke) for stroke in written] or changed
    left = sum(len(stroke) for one in made for stroke in one.strokes)
    assert (left < 0.9 * sum(one.points for one in some)) == changed


def test_where_strings_are_cut(script, rng):
    some = digits(rng, [1], 60, numbered=True)
    settings = script["SETTINGS"] | {"gaps": [2.0, 3.0]}  # wider than any digit
    for one in script["strings"](some, rng, settings):
        of_digits = [len(some[i].strokes) for i in one.labels]
        found = script["at_widest_gaps"](one)
        assert [len(piece) for piece in found] == of_digits
        assert [id(s) for piece in found for s in piece] == list(map(id, one.strokes))
        assert [len(piece) for piece in script["at_every_lift"](one)] == [1] * sum(
            of_digits
        )
        edges = [
            (np.concatenate(p)[:, 0].min(), np.concatenate(p)[:, 0].max())
            for p in found
        ]
        assert all(2 <= after[0] - before[1] <= 3 for before, after in pairwise(edges))


def test_what_a_net_reads_of_a_string(script, rng):
    (one, *_) = script["strings"](digits(rng, [1], 4), rng, script["SETTINGS"])
    xs = script["features"](one, 8)
    points = np.concatenate(one.strokes)
    assert xs.shape == (len(points), 4)
    assert xs[:, 0].min() == -1 and xs[:, 0].max() == 1
    half = np.ptp(points[:, 1]) / 2
    np.testing.assert_allclose(
        xs[:, 1:3].sum(axis=0), 8 * (points[-1] - points[0]) / half
    )
    assert xs[:, 3].sum() == len(one.strokes) and xs[-1, 3] == 1


def test_the_writers_are_apart(script, rng):
    train, test = digits(rng, range(1, 31), 3), digits(rng, range(1, 15), 4)
    data = script["setup"](train, test, script["SETTINGS"])
    groups = [{one.writer for one in part} for part in (data.train, data.valid)]
    assert len(groups[0]) == 24 and groups[1] == {5, 10, 15, 20, 25, 30}
    assert len(data.train) + len(data.valid) == len(train) and data.test == test
    for some, part in ((data.valid_strings, data.valid), (data.test_strings, test)):
        assert sum(len(one.labels) for one in some) == len(part)


@pytest.mark.parametrize("how", ["sweep", "learn"])
@pytest.mark.parametrize("net", ["strings", "single digits"])
def test_a_training_gives_what_the_record_holds(script, rng, monkeypatch, net, how):
    changes = {"H": 3, "epochs": 1, "beam": 2}
    for name, value in changes.items():
        monkeypatch.setitem(script["SETTINGS"], name, value)
    monkeypatch.setitem(script["DIGIT_SETTINGS"]["strokes"], "H", 3)
    train, test = digits(rng, range(1, 7), 20), digits(rng, [1, 2], 9)
    data = script["setup"](train, test, script["SETTINGS"])
    rows = [script["trial"](data, how, net, 4e-3, 1) for _ in range(2)]
    assert rows[0] | {"seconds": 0} == rows[1] | {"seconds": 0}
    (row, _), some = rows, data.test_strings
    assert np.isfinite(row["valid_loss"]) and np.isfinite(row["first_losses"]).all()
    wanted = {"every lift", "widest gaps"}
    if net == "strings":
        wanted = {"best path", "prefix search"} if how == "learn" else {"best path"}
    assert set(row["found"]) == wanted
    for name, found in row["found"].items():
        if how == "sweep":
            assert found >= 0
            continue
        lengths = [len(said) for said in found["said"]]
        assert len(lengths) == len(some)
        if name == "widest gaps":
            assert lengths == [len(one.labels) for one in some]
        if name == "every lift":
            assert lengths == [len(one.strokes) for one in some]


# The record


def test_the_record_agrees_with_itself(script):
    found = content_of("pen-strings")
    assert found["settings"] == script["SETTINGS"]
    labels = [[int(c) for c in one] for one in found["labels"]]
    assert len(labels) > 800 and {len(one) for one in labels} == {2, 3, 4, 5, 6}
    for net, rate in found["rates"].items():
        own = [one for one in found["tried"] if one["net"] == net]
        assert min(own, key=lambda one: one["valid_loss"])["lr"] == rate
        assert {rate / 2, rate, rate * 2} <= {one["lr"] for one in own}
        trials = [one for one in found["trials"] if one["net"] == net]
        assert [one["seed"] for one in trials] == list(script["SEEDS"])
        assert {one["lr"] for one in trials} == {rate}
    for trial in found["trials"]:
        for way in trial["found"].values():
            said = [[int(c) for c in one] for one in way["said"]]
            rate = 100 * error_rate(said, labels)
            assert way["label_error_rate"] == pytest.approx(rate, abs=1e-3)


def test_ctc_is_far_ahead_of_one_cut_and_on_a_level_with_the_other(note):
    rates = {}
    for trial in content_of("pen-strings")["trials"]:
        for way, found in trial["found"].items():
            rates.setdefault(way, []).append(found["label_error_rate"])
    for way, some in rates.items():
        note(f"strings of digits, {way}: label error rate {np.mean(some):.2f} %")
    paths, cuts = rates["best path"], rates["widest gaps"]
    assert min(rates["every lift"]) > 25 > 5 * max(paths)
    assert min(paths) < max(cuts) and min(cuts) < max(paths)
    assert rates["prefix search"] == paths[:1]


def test_the_weights_are_those_of_the_net(script, rng):
    _, params = script["build"](rng)
    kept = arrays("pen-strings")
    leaves = dict(rt.tree.leaves(params))
    assert {k: v.shape for k, v in kept.items()} == {
        k: v.shape for k, v in leaves.items()
    }
    (trial, *_) = content_of("pen-strings")["trials"]
    assert rt.tree.size(params) == trial["parameters"]


def test_the_runs_begin_as_the_record_says(script):
    path = os.environ.get("RNNTUTOR_PEN_STROKES")
    if path is None:
        pytest.skip("RNNTUTOR_PEN_STROKES names no file")
    found = content_of("pen-strings")
    (written,) = script["segments"]([path])
    digits = [one for one in written if one.writer % script["HELD_OUT"]]
    for trial in found["trials"]:
        if trial["net"] == "strings":
            history = script["train"](
                digits, trial["lr"], trial["seed"], stop=3, progress=False
            )[-1]
            np.testing.assert_allclose(
                history.losses, trial["first_losses"][:3], rtol=1e-3
            )
