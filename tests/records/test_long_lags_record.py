"""The record of the long-lag tasks of chapter 10 belongs to the code as it is."""

import json

import numpy as np
import pytest
from recorded import content_of

import rnntutor as rt
from rnntutor.lab.long_lags.nets import ONE_STEP, OneStepBack
from rnntutor.lab.long_lags.results import Results


def rows_of(table, **wanted):
    """The rows of a table that have these values."""
    return [
        row for row in table if all(row[key] == value for key, value in wanted.items())
    ]


def test_long_lag_settings_and_rates_are_those_of_the_file(script):
    """Every trial that the script asks for is there, with the rate that the sweep on
    other seeds gave.
    """
    code, content = script("long_lags"), content_of("long-lags")
    for key in ("SETTINGS", "NETS", "LAGS", "MOMENTUM", "CLIP", "SEEDS", "SWEEP"):
        assert json.loads(json.dumps(code[key])) == content[key.lower()], key
    assert content["guess"] == code["GUESS"] | {"H": code["GUESSED"]}
    assert content["rates"] == code["chosen"](content["tried"])
    tried, more = code["SWEEP"]["seeds"], code["SWEEP"]["more_seeds"]
    assert not set(code["SEEDS"]) & {*tried, *more} and len(code["SEEDS"]) == 10
    first = [row for row in content["tried"] if row["seed"] in tried]
    sweep = [*code["sweep_jobs"](), *code["sweep_jobs"](more, code["undecided"](first))]
    kinds = {"sweep": "tried", "learn": "trials", "guess": "guesses"}
    rows = {how: iter(content[kind]) for how, kind in kinds.items()}
    for job in [*sweep, *code["main_jobs"](content["rates"])]:
        assert job.items() <= (next(rows[job["how"]]) | {"how": job["how"]}).items()
    assert not any(next(rest, None) for rest in rows.values())


@pytest.mark.parametrize("table", ["tried", "trials"])
def test_long_lag_trials_begin_as_their_file_says(script, table):
    """One trial of each task, net and clipping is begun again."""
    code, rows = script("long_lags_trials"), content_of("long-lags")[table]
    one_of_each = {(row["task"], row["net"], row["clip"]): row for row in rows}
    for (task, net, clip), row in one_of_each.items():
        limit = len(row["first_losses"]) * code["SETTINGS"][task]["B"]
        again = code["trial"](task, net, clip, row["seed"], row["lr"], limit=limit)
        np.testing.assert_allclose(
            again["first_losses"],
            row["first_losses"],
            rtol=1e-9,
            err_msg=f"{task}, {net}",
        )
        assert (again["H"], again["parameters"]) == (row["H"], row["parameters"])


def test_no_long_lag_trial_was_cut_short_of_the_published_number():
    content = content_of("long-lags")
    for task, published in PUBLISHED_SEQUENCES.items():
        limit = content["settings"][task]["limit"]
        assert limit >= published
        for row in rows_of(content["trials"], task=task):
            assert row["ended"] == "solved" or (row["ended"], row["sequences"]) == (
                "limit",
                limit,
            )


def test_guesses_are_those_of_the_file(script):
    """The first draws of one seed of each task and net; where weights were found, all
    draws of two seeds.
    """
    code, rows = script("long_lags_trials"), content_of("long-lags")["guesses"]
    for row in rows_of(rows, seed=0):
        again = code["guessing"](
            row["task"], row["net"], 0, limit=len(row["first_errors"])
        )
        np.testing.assert_allclose(
            again["first_errors"], row["first_errors"], rtol=1e-9
        )
        assert (again["H"], again["parameters"]) == (row["H"], row["parameters"])
    for row in rows_of(rows, task="first symbol", net="RNN")[:2]:
        again = code["guessing"](row["task"], row["net"], row["seed"])
        assert again["ended"] == row["ended"] == "solved"
        assert (again["draws"], again["wrong"]) == (row["draws"], row["wrong"])
        assert np.isclose(again["error"], row["error"], rtol=0, atol=1e-6)
    assert not [
        row
        for row in rows
        if row["ended"] == "solved" and row["task"] != "first symbol"
    ]


def test_one_step_back_is_truncation_to_one_step():
    rng = np.random.default_rng(0)
    xs, targets = rng.normal(size=(9, 4, 7)), rng.integers(0, 7, (9, 4))
    model, stopped = (rt.Model(cell("tanh"), 7, 5, 7) for cell in (rt.RNN, OneStepBack))
    params = model.init(rng)
    loss, wanted = rt.train.truncated_gradient(
        model, params, xs, targets, rt.Truncation(1)
    )
    have = stopped.loss_and_grad(params, xs, targets, reduce="token")
    assert np.isclose(have.loss, loss, rtol=1e-12)
    for one, other in zip(
        [*have.grads.cell, *have.grads[1:]], [*wanted.cell, *wanted[1:]], strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-14)


PUBLISHED_SEQUENCES = {
    "embedded Reber": 8_440,
    "noise-free lag": 5_040,
    "adding": 74_000,
    "temporal order": 31_390,
}


def test_the_long_lags_are_bridged_as_the_book_says():
    """Ten seeds each, with clipping, as all nets run it."""
    results = Results()

    def done(task, net):
        took = results.took(task, net)
        return took[np.isfinite(took)]

    for net in results.nets:
        assert len(done("embedded Reber", net)) >= 9 or net == ONE_STEP
    assert not len(done("embedded Reber", ONE_STEP))
    for task, published in PUBLISHED_SEQUENCES.items():
        took = done(task, "LSTM, guarded")
        assert len(took) == 10 and np.median(took) < published
        if task != "embedded Reber":
            assert not len(done(task, "LSTM, bias for the lag"))
            assert len(done(task, "LSTM, forget bias 10")) <= 2
            assert not len(done(task, "LSTM, forget bias 0"))
            assert len(done(task, "LSTM, forget bias 1")) <= 1
    for task in ("adding", "temporal order"):
        gru = done(task, "GRU, bias for the lag")
        assert len(gru) == 10 and len(done(task, "GRU")) >= 8
        assert len(done(task, "LSTM, lag, input shut")) == 10
        assert np.median(gru) < np.median(done(task, "LSTM, guarded"))
        assert not len(done(task, "RNN")) + len(done(task, "RNN, orthogonal"))
    assert len(done("temporal order", "RNN, identity")) == 9
    assert not len(done("adding", "RNN, identity"))
    assert results.errors("adding", "RNN, identity").max() < 0.05
