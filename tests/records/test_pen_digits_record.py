"""The committed results on handwriting are of the present script, agree with
themselves, reach the goal.

The full strokes are not in this repository. Where the environment variable
RNNTUTOR_PEN_STROKES names the file of the training digits, the first losses on them are
computed again, too.
"""

import json
import os
import sys

import numpy as np
import pytest
from recorded import content_of

from rnntutor.lab.digits.datasets import as_points, pen_digits, scanned_digits
from rnntutor.lab.digits.unipen import Segment, features

# share of test digits to be read right, in per cent
KINDS = {"points": 98.0, "strokes": 98.5, "rows": 95.0}
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def script(script):
    """What the script defines, and what its sequences do."""
    defined = script("pen_digits")
    for name in ("pen_digits_validation", "pen_digits_sequences"):
        defined = vars(sys.modules[name]) | defined
    return defined


def result(kind):
    return content_of(f"pen-{kind}")


@each_kind
def test_the_goal_is_reached(script, kind, note):
    for net, runs in result(kind)["nets"].items():
        right = np.array([seed["accuracy"] for seed in runs["seeds"].values()])
        note(
            f"pen digits, {kind}, {net}: {right.mean():.2f} % of the test digits read"
            f" right, {right.min():.2f} to {right.max():.2f} over {len(right)} seeds"
        )
        assert len(right) >= 5
        if net == "both ways":
            assert right.mean() > KINDS[kind]


@each_kind
def test_a_result_agrees_with_itself(script, kind):
    content = result(kind)
    assert content["settings"] == script["SETTINGS"][kind]
    assert tuple(content["nets"]) == script["NETS"][kind]
    labels = (scanned_digits if kind == "rows" else pen_digits)().test.labels
    for runs in content["nets"].values():
        for run in runs["seeds"].values():
            confusion = np.array(run["confusion"])
            np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels))
            assert confusion.sum() - np.trace(confusion) == len(run["wrong"])
            assert abs(run["accuracy"] - 100 * np.trace(confusion) / len(labels)) < 1e-4
            if kind == "points":
                for i, said in run["wrong"]:
                    assert said != labels[i]
                if "after_each_point" in run:
                    assert run["after_each_point"][-1] == run["accuracy"]


def begin_as_the_file_says(script, kind, digits):
    content = result(kind)
    for net, runs in content["nets"].items():
        for seed, run in runs["seeds"].items():
            first = run["first_losses"]
            history = script["train"](
                net,
                digits,
                int(seed),
                content["settings"],
                stop=len(first),
                progress=False,
            )[-1]
            np.testing.assert_allclose(
                history.losses, first, rtol=1e-4, err_msg=f"{net}, seed {seed}"
            )


@pytest.mark.parametrize("kind", ["points", "rows"])
def test_the_runs_begin_as_the_file_says(script, kind):
    begin_as_the_file_says(script, kind, script[kind]()[0])


def test_the_runs_on_strokes_begin_as_the_file_says(script):
    path = os.environ.get("RNNTUTOR_PEN_STROKES")
    if path is None:
        pytest.skip("RNNTUTOR_PEN_STROKES names no file")
    settings = script["SETTINGS"]["strokes"]
    (segments,) = script["segments"]([path])
    begin_as_the_file_says(
        script, "strokes", script["strokes"](segments, settings["moves"])
    )


def test_settings_of_the_strokes_are_the_best_on_writers_held_out(script):
    content = result("strokes-validation")
    assert [one["settings"] for one in content["tried"]] == script["CANDIDATES"]
    assert all(
        len(one["loss"]) == len(content["seeds"]) >= 2 for one in content["tried"]
    )
    best = min(content["tried"], key=lambda one: np.mean(one["loss"]))
    assert script["SETTINGS"]["strokes"].items() >= best["settings"].items()


@pytest.mark.parametrize("kind", ["points", "rows"])
def test_each_net_has_the_settings_that_are_best_on_digits_held_out(script, kind):
    """And each of them has been doubled and halved."""
    content, settings = result(f"{kind}-validation"), script["SETTINGS"][kind]
    assert content["writers"] == (6 if kind == "points" else None)
    assert len(content["seeds"]) >= 2
    for net in script["chosen_for"](kind):
        own = [one for one in content["tried"] if one["settings"]["net"] == net]
        best = min(own, key=lambda one: script["judged"](kind, one))["settings"]
        assert best == {"net": net} | {
            key: settings[key][net] for key in script["STARTS"][kind]
        }
        tried = [one["settings"] for one in own]
        for key in script["STARTS"][kind]:
            assert {best[key] / 2, best[key] * 2} <= {one[key] for one in tried}
    if kind == "points":
        for key in script["STARTS"][kind]:
            assert settings[key]["every point"] == settings[key]["forward"]


def test_who_wrote_a_digit_of_eight_points_is_found(script, rng):
    places = [rng.normal(size=(20, 2)).cumsum(axis=0) for _ in range(6)]
    written = [Segment(str(i), 7 + i, (one,)) for i, one in enumerate(places)]
    order = rng.permutation(6)
    xs = [as_points([places[i]]).round() / 50 - 1 for i in order]
    digits = script["Sequences"](xs, order, np.arange(6))
    assert (
        script["attributed"](digits, written).writers.tolist() == (7 + order).tolist()
    )
    with pytest.raises(ValueError, match="expected the strokes of the same digits"):
        script["attributed"](digits, written[:1] * 6)


def test_the_strokes_that_are_shown_are_those_misread(script):
    content = result("strokes")
    runs = content["nets"]["both ways"]["seeds"].values()
    times = np.bincount([i for run in runs for i, _ in run["wrong"]])
    shown = content["misread"]["digits"]
    assert [int(i) for i in shown] == np.flatnonzero(times > len(runs) / 2).tolist()
    assert "CC BY 4.0" in content["misread"]["by"]
    for i, digit in shown.items():
        assert all(
            said != digit["label"]
            for run in runs
            for j, said in run["wrong"]
            if j == int(i)
        )
        assert all(len(stroke.split()) % 2 == 0 for stroke in digit["strokes"])


def test_points_along_the_way_are_at_equal_distances(script):
    square = np.array([(0, 0), (0, 4), (4, 4), (4, 0)], float)
    one = Segment("0", 1, (square[:2], square[2:]))
    (row,) = script["resampled"]([features(one)[:, :2]], 7)
    np.testing.assert_allclose(
        row.reshape(7, 2),
        [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1)],
        atol=1e-12,
    )


@each_kind
def test_the_nets_have_equally_many_parameters(script, kind):
    counts = {net: runs["parameters"] for net, runs in result(kind)["nets"].items()}
    assert max(counts.values()) < 1.02 * min(counts.values()), counts


def test_the_command_writes_what_its_record_holds(script, tmp_path, monkeypatch):
    """In small: one epoch, few digits, two seeds."""
    inner, digits = script["main"].__globals__, script["points"]()
    monkeypatch.setattr(sys.modules["_lib.results"], "RESULTS", tmp_path)
    monkeypatch.setitem(script["SETTINGS"]["points"], "epochs", 1)
    few = [part.take(range(99)) for part in digits]
    monkeypatch.setitem(inner, "points", lambda named: few)
    monkeypatch.setattr(sys, "argv", ["pen_digits.py", "--seeds", "1", "2"])
    script["main"]()
    (path,) = tmp_path.iterdir()
    content, record = json.loads(path.read_text(encoding="utf-8")), result("points")
    assert path.name == "pen-points.json" and set(content) >= set(record)
    for net, runs in content["nets"].items():
        of_record = record["nets"][net]
        assert runs["parameters"] == of_record["parameters"]
        assert list(runs["seeds"]) == ["1", "2"]
        for run in runs["seeds"].values():
            assert set(run) == set(of_record["seeds"]["1"])


def test_no_writer_is_on_both_sides(script, capsys):
    """What is held out to choose settings by: every fifth writer, all of his digits."""
    labels, writers = np.tile(np.arange(10), 5), np.repeat(np.arange(1, 6), 10)
    xs = [np.full((4 + i % 3, 5), i, float) for i in range(50)]
    digits, seen = script["Sequences"](xs, labels, writers), []

    def train(net, digits, *rest):
        seen.append(set(digits.writers))
        raise KeyboardInterrupt

    script["validate"].__globals__["train"], kept = train, script["train"]
    try:
        with pytest.raises(KeyboardInterrupt):
            script["validate"]("strokes", digits, [1])
    finally:
        script["validate"].__globals__["train"] = kept
    assert seen == [{1, 2, 3, 4}]


def test_batches_hold_every_digit_once_and_bend_it_a_little(script):
    rng = np.random.default_rng(1)
    strokes = [
        (rng.standard_normal((4 + i % 13, 2)).cumsum(axis=0),) for i in range(150)
    ]
    xs = [features(Segment("1", 1, one)) for one in strokes]
    digits = script["Sequences"](xs, np.arange(150) % 10, np.ones(150))
    settings = script["SETTINGS"]["strokes"]
    for jitter in (0.0, 0.1):
        batches = script["Batches"](
            digits, rng, settings | {"jitter": jitter, "thin": 0}, "final"
        )
        found = []
        for batch in batches:
            xs, targets, options = (*batch, {})[:3]
            assert xs.dtype == np.float32 and targets.shape == (1, xs.shape[1])
            mask = options.get("mask", np.ones(xs.shape[:2], bool))
            found += [xs[mask[:, b], b] for b in range(xs.shape[1])]
        assert len(found) == 150
        lifts = sorted(one[:, 4].tolist() for one in found)
        assert lifts == sorted(one[:, 4].tolist() for one in digits.xs)  # never touched
        off = min(
            np.abs(found[0] - one).max()
            for one in digits.xs
            if len(one) == len(found[0])
        )
        assert (off < 1e-6) if jitter == 0 else (1e-3 < off < 1)
        for one in found:  # the moves stay the differences of the places
            np.testing.assert_allclose(
                np.diff(one[:, :2], axis=0), one[1:, 2:4], atol=1e-5
            )


def test_points_are_left_out_and_the_rest_fits_together(script):
    rng = np.random.default_rng(1)
    strokes = tuple(rng.standard_normal((n, 2)).cumsum(axis=0) for n in (40, 1, 30))
    whole = features(Segment("1", 1, strokes))
    batches = script["Batches"](None, rng, {"thin": 0.6}, "final")
    lengths = []
    for _ in range(200):
        one = batches.thinned(whole)
        lengths.append(len(one))
        at = [
            int(np.flatnonzero((whole[:, :2] == place).all(axis=1))[0])
            for place in one[:, :2]
        ]
        assert at[0] == 0 and np.all(np.diff(at) > 0)
        assert np.all(one[:, 4] == whole[at, 4]) and one[:, 4].sum() == 3
        np.testing.assert_allclose(
            np.diff(one[:, :2], axis=0, prepend=one[:1, :2]), one[:, 2:4], atol=1e-12
        )
    assert min(lengths) < 40 and max(lengths) > 68 and 45 < np.mean(lengths) < 55


def test_each_lstm_beats_what_reads_a_digit_at_once(script):
    """And the RNN, as the chapter says."""
    nets = result("points")["nets"]
    right = {
        net: [run["accuracy"] for run in runs["seeds"].values()]
        for net, runs in nets.items()
    }
    others = [
        [run["accuracy"] for run in one["seeds"]]
        for one in content_of("pen-baselines")["methods"].values()
    ]
    for net in ("both ways", "forward"):
        best = max(max(one) for one in [*others, right["MLP"], right["RNN"]])
        assert min(right[net]) > best
    assert np.mean(right["GRU"]) > max(np.mean(one) for one in [*others, right["MLP"]])
