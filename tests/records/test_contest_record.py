"""The contest of nets and n-grams: chosen on the validation text, written trial by
trial, and the record is that of the present code.
"""

import json
import sys

import numpy as np
import pytest
from recorded import FIELDS, content_of, names

import rnntutor as rt


@pytest.fixture
def code(script, monkeypatch):
    """What the script defines, its modules imported for this test alone."""
    monkeypatch.delitem(sys.modules, "contest_nets", raising=False)
    yield script("contest")
    sys.modules.pop("contest_nets", None)


@pytest.mark.parametrize("name", names("contest-"))
def test_a_net_begins_as_its_record_says(name, code):
    content, train = content_of(name), sys.modules["contest_nets"].train
    for title, one in content["nets"].items():
        net = {k: v for k, v in one["net"].items() if k not in ("H", "parameters")}
        made_with = content["settings"]
        assert (
            made_with.items()
            >= json.loads(json.dumps(code["settings_of"](net) | {})).items()
        ), title
        first = one["runs"][0]
        losses = train(net | {"seed": first["seed"]}, 5, valid=False).history.losses
        np.testing.assert_allclose(losses, first["first_losses"], rtol=1e-4)


@pytest.mark.parametrize("name", names("contest-"))
def test_options_are_the_best_of_those_tried_and_between_two_others(name, code):
    for title, one in content_of(name)["nets"].items():
        for option, tried in one["tried"].items():
            known = {float(key): loss for key, loss in tried.items()}
            best = min(known, key=lambda key: known[key] or np.inf)
            assert one["net"][option] == best, title
            at, grid = code["GRID"][option].index(best), code["GRID"][option]
            assert set(grid[max(0, at - 1) : at + 2]) <= set(known), title


@pytest.mark.parametrize("unit", ["words", "characters"])
def test_nets_of_a_size_have_as_many_parameters(unit, code):
    for nets in code["stages"](unit).values():
        for net, _ in nets.values():
            size = sys.modules["contest_nets"].SIZES[unit][net["size"]]
            V, H = len(code["vocabulary_of"](unit)), code["width"](net)
            have = code["parameters"](net["cell"], net["layers"], H, size[1], V)
            budget = code["parameters"]("lstm", 1, *size, V)
            assert abs(have - budget) < 0.01 * budget


@pytest.fixture
def small(code, tmp_path, monkeypatch):
    """The script in small: a function that runs a stage, and one that reads."""
    nets, corpus = sys.modules["contest_nets"], rt.shakespeare()
    texts = (corpus.train[:30_000], corpus.valid[:3000], corpus.test[:3000])
    monkeypatch.setattr(rt, "shakespeare", lambda: rt.text.Corpus(*texts))
    monkeypatch.setattr(code["results"], "RESULTS", tmp_path)
    monkeypatch.setitem(nets.TEXTS["words"], "V", 60)
    for unit in nets.TEXTS.values():
        for key, value in {"B": 2, "T": 4, "every": 2, "order": 3}.items():
            monkeypatch.setitem(unit, key, value)
    monkeypatch.setitem(nets.SIZES["words"], "small", (5, 3))
    monkeypatch.setitem(nets.SIZES["words"], "medium", (6, 4))
    monkeypatch.setitem(code["UPDATES"], "words", 4)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["benchmarks/contest.py", *words])
        code["main"]()
        file = tmp_path / f"contest-{'-'.join(words)}.json"
        return json.loads(file.read_text("utf-8"))

    return code["main"].__globals__, call


def test_a_stage_writes_its_record(small, tmp_path):
    code, call = small
    content = call("words", "small")
    assert set(content) >= FIELDS and list(content["nets"]) == ["RNN", "GRU", "LSTM"]
    for one in content["nets"].values():
        assert [row["seed"] for row in one["runs"]] == list(code["SEEDS"])
        for row in one["runs"]:
            assert row["valid_updates"] == [2, 4] and 0 <= row["weight"] <= 1
            assert set(row["where"]) == set(content["counts"]["1"]["where"])
            assert row["mixed_test_loss"] < row["test_loss"] + 0.1
    members = content["counts"]["1"]["members"]
    of_contexts = sum(n for name, n in members.items() if "two before" in name)
    assert of_contexts == sum(members.values()) - of_contexts
    lines = (tmp_path / "contest-words.partial").read_text("utf-8").splitlines()
    shown_the_test = ["test_loss" in json.loads(line)[2] for line in lines]
    assert sum(shown_the_test) == 9 < len(lines)


def test_it_goes_on_and_shares_what_stages_have_in_common(small, monkeypatch):
    code, call = small
    whole = call("words", "regularized")
    ran = []
    monkeypatch.setitem(code, "run", lambda **net: ran.append(net))
    assert call("words", "regularized")["nets"] == whole["nets"] and not ran
    plain, decayed = (whole["nets"][name] for name in ("LSTM", "LSTM, weight decay"))
    assert plain["tried"]["lr"] == decayed["tried"]["lr"]
    assert set(whole["nets"]["LSTM, 2 layers, dropout"]["tried"]) == {"lr", "dropout"}
