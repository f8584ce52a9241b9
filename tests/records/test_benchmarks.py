"""The committed result files belong to the code as it is: their first losses are
computed again.

War and Peace is not in this repository. Where the environment variable
RNNTUTOR_WAR_AND_PEACE names the file, the first losses on it are computed again, too;
those on a stand-in always are.
"""

import itertools
import json
import os
import runpy
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rnntutor.lab.tensorflow.cudnn import CONDITIONS

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RESULTS = sorted((BENCHMARKS / "results").glob("*.json"))
FIELDS = {"command", "cpu", "cores", "python", "numpy", "date", "seconds"}
WAR_AND_PEACE = sorted(
    path.stem for path in RESULTS if path.stem.startswith("war-and-peace-")
)
TENSORFLOW = sorted(
    path.stem for path in RESULTS if path.stem.startswith("tensorflow-")
)
LANGUAGE = sorted(path.stem for path in RESULTS if path.stem.startswith("language-"))
LANGUAGE, RATES = (
    [name for name in LANGUAGE if name.endswith("-rates") == is_so]
    for is_so in (False, True)
)


@pytest.fixture
def script(monkeypatch):
    """Call it with the name of a script in benchmarks/: what the script defines."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    return lambda name: runpy.run_path(str(BENCHMARKS / f"{name}.py"))


def content_of(name):
    return json.loads(
        (BENCHMARKS / "results" / f"{name}.json").read_text(encoding="utf-8")
    )


def the_text():
    """War and Peace, or the test is skipped."""
    if "RNNTUTOR_WAR_AND_PEACE" not in os.environ:
        pytest.skip("RNNTUTOR_WAR_AND_PEACE names no text")
    return os.environ["RNNTUTOR_WAR_AND_PEACE"]


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_says_how_it_was_made(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert set(content) >= FIELDS, f"missing: {FIELDS - set(content)}"
    script = BENCHMARKS.parent / content["command"].split()[1]
    assert script.is_file(), f"{content['command']!r} names no script of the repository"


@pytest.mark.parametrize(("asked", "said"), [("1", 1), ("", None), (None, None)])
def test_the_number_of_threads_is_said(asked, said, script, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", asked)
    assert script("results")["circumstances"]()["threads"] == said


@pytest.mark.parametrize("name", ["shakespeare", "shakespeare-page"])
def test_a_shakespeare_run_begins_as_its_file_says(name, script):
    code, content = script("train_shakespeare"), content_of(name)
    first = content["first_losses"]
    assert content["settings"] == code["SETTINGS"]
    _, history, _ = code["train"](
        content["settings"], content["updates"], stop=len(first), valid=False
    )
    np.testing.assert_allclose(history.losses, first, rtol=1e-9)


# War and Peace, in float32: a rounding error of a loss is some 1e-7


def begins(code, content, split):
    settings = content["settings"]
    assert settings == code["SETTINGS"] | {
        key: settings[key] for key in ("cell", "size", "seed")
    }
    return code["first_losses"](
        settings["cell"], settings["size"], split, settings["seed"]
    )


@pytest.mark.parametrize("name", WAR_AND_PEACE)
def test_a_war_and_peace_run_begins_as_its_file_says(name, script):
    code, content = script("war_and_peace"), content_of(name)
    np.testing.assert_allclose(
        begins(code, content, code["stand_in"]()), content["stand_in_losses"], rtol=1e-4
    )


@pytest.mark.parametrize("name", WAR_AND_PEACE)
def test_a_war_and_peace_run_begins_so_on_the_text(name, script):
    code, content, path = script("war_and_peace"), content_of(name), the_text()
    split = code["texts"].char_rnn_split(code["texts"].read(path, "war-and-peace"))
    np.testing.assert_allclose(
        begins(code, content, split), content["first_losses"], rtol=1e-4
    )


def test_a_training_goes_on_from_its_checkpoint(script, tmp_path):
    """Stopped after the first of three epochs or not, the result is the same to the
    last bit.
    """
    code = script("war_and_peace")
    corpus = code["rt"].shakespeare()
    split, lines = (
        code["texts"].char_rnn_split(corpus.train[:20_000].encode(), B=10, T=20),
        [],
    )

    def trained(path, epochs):
        settings = code["SETTINGS"] | {
            "B": 10,
            "T": 20,
            "epochs": epochs,
            "decay_after": 2,
        }
        return code["train"](
            "lstm", 6, split, 1, tmp_path / path, lines.append, settings
        )[-1]

    once = trained("once.npz", 3)
    trained("twice.npz", 1)
    twice = trained("twice.npz", 3)
    assert "goes on after epoch 1" in lines
    assert (
        once | {"seconds": 0} == twice | {"seconds": 0}
        and len(once["valid_losses"]) == 3
    )


def test_quotations_end_where_they_should(script):
    code = script("quotes")
    text = b'he said, "Yes." "No\r\n\r\n"And" so\r\non'
    ends, distances = code["closing"](np.frombuffer(text, np.uint8))
    assert ends.tolist() == [14, 27] and distances.tolist() == [5, 4]


def test_closing_marks_are_judged_by_their_distance(script):
    """The net's row is the mean of what it gave to just these bytes; Kneser-Ney is read
    symbol by symbol.
    """
    code, texts = script("quotes"), script("texts")
    data = b"".join(
        b'"%s" said %d.\r\n\r\n' % (b"well " * (i % 9), i) for i in range(900)
    )
    split, values = (
        texts["char_rnn_split"](data, B=4, T=10),
        np.unique(np.frombuffer(data, np.uint8)),
    )
    steps, B = split.test.inputs.shape
    at_each = np.arange(steps * B).reshape(steps, B) / 100
    rows = code["by_distance"](split, values, at_each)
    fitted = code["kneser_ney"].model(7, split.V, split.train.inputs.T.ravel())
    found = {(row["from"], row["to"]): ([], []) for row in rows}
    for b in range(B):
        ids = np.concatenate(
            [
                split.valid.inputs[:, b],
                split.test.inputs[:, b],
                split.test.targets[-1:, b],
            ]
        )
        first = len(split.valid.inputs)
        for end, far in zip(*code["closing"](values[ids]), strict=True):
            for (low, high), (net, counts) in found.items():
                if end > first and low <= far <= high:
                    net.append(at_each[end - first - 1, b])
                    counts.append(
                        -np.log(fitted.next_probs(ids[end - 7 : end])[ids[end]])
                    )
    assert sum(row["quotations"] for row in rows) > 30
    for row in rows:
        net, counts = found[row["from"], row["to"]]
        assert row["quotations"] == len(net)
        if net:
            assert (
                abs(row["net"] - np.mean(net))
                < 1e-4
                > abs(row["kneser_ney"] - np.mean(counts))
            )


def test_a_changed_text_is_refused(script, tmp_path):
    texts = script("texts")
    (tmp_path / "text").write_bytes(b"Well, Prince")
    with pytest.raises(
        ValueError, match="expected war-and-peace with SHA-256 fb66ba999daf"
    ):
        texts["read"](tmp_path / "text", "war-and-peace")


def test_the_split_of_char_rnn(script):
    """Each of the B rows is contiguous text and is cut in time."""
    data = bytes(range(100, 164)) + b"rest"
    split = script("texts")["char_rnn_split"](data, B=2, T=4, fractions=(0.5, 0.25))
    assert split.V == 64 and split.train.inputs.shape == (16, 2)
    rows = np.concatenate([part.inputs for part in split[:3]]).T
    np.testing.assert_array_equal(rows, np.arange(64).reshape(2, 32))
    # the last of all has the first
    np.testing.assert_array_equal(split.test.targets[-1], [32, 0])
    np.testing.assert_array_equal(split.valid.targets[:-1], split.valid.inputs[1:])


# n-grams


def test_kneser_ney_on_the_plays_is_what_its_file_says(script):
    code, content = script("kneser_ney"), content_of("kneser-ney")
    for level, key, contexts in (
        ("char", "plays_characters", (1, 3)),
        ("word", "plays_words", (1, 2)),
    ):
        losses = code["plays"](level, contexts)
        at = [content["contexts"].index(n) for n in contexts]
        for part in ("valid_losses", "test_losses"):
            np.testing.assert_allclose(
                losses[part], [content[key][part][i] for i in at], atol=2e-5
            )


PUBLISHED = {
    "measured elsewhere": (
        "test_losses",
        [2.398, 1.926, 1.518, 1.310, 1.228, 1.199, 1.190],
    ),
    "Karpathy et al. 2015": (
        "test_losses_as_one_text",
        [2.399, 1.928, 1.521, 1.314, 1.232, 1.203, 1.194],
    ),
}


@pytest.mark.parametrize(("key", "row"), PUBLISHED.values(), ids=list(PUBLISHED))
def test_kneser_ney_on_war_and_peace_is_the_published_row(key, row):
    np.testing.assert_allclose(
        content_of("kneser-ney")["war_and_peace"][key], row, atol=0.001
    )


def test_kneser_ney_on_war_and_peace_is_what_its_file_says(script):
    code, path = script("kneser_ney"), the_text()
    have = code["war_and_peace"](
        code["texts"].read(path, "war-and-peace"), contexts=(1, 2, 3)
    )
    for key, losses in content_of("kneser-ney")["war_and_peace"].items():
        np.testing.assert_allclose(have[key], losses[:3], atol=2e-5)


# The language models of chapter 11


@pytest.mark.parametrize("name", LANGUAGE)
def test_a_language_model_begins_as_its_file_says(name, script):
    code, content = script("language_models"), content_of(name)
    unit, cell, part = (content["settings"][key] for key in ("unit", "cell", "part"))
    assert content["settings"] == code["SETTINGS"][unit] | {
        "unit": unit,
        "cell": cell,
        "part": part,
    }
    losses = code["first_losses"](unit, cell, part)
    np.testing.assert_allclose(losses, content["first_losses"], rtol=1e-4)


@pytest.mark.parametrize("name", LANGUAGE)
def test_the_seeds_of_a_command_are_those_of_its_runs(name):
    content = content_of(name)
    words = iter(content["command"].split())
    asked = [1]
    if "--seeds" in words:  # and all before it has been read
        asked = [int(word) for word in itertools.takewhile(str.isdigit, words)]
    assert [run["seed"] for run in content["runs"]] == asked


@pytest.mark.parametrize("name", RATES)
def test_the_learning_rate_is_one_of_those_tried(name, script):
    code, content = script("language_models"), content_of(name)
    tried = {one["lr"]: one["valid_loss"] for one in content["rates"]}
    assert tuple(tried) == code["RATES"][content["cell"]]
    assert code["SETTINGS"][content["unit"]]["lr"][content["cell"]] in tried


ASKED = {  # the seeds are those of the trainings
    "characters-lstm": ("characters --cell lstm --keep --seeds 1 2", [1, 2]),
    "characters-rnn-16": ("characters --cell rnn --part 16", [1]),
    "words-lstm": ("words --cell lstm", [1]),
    "words-rnn": ("words --cell rnn --seeds 3", [3]),
    "words-rnn-rates": ("words --cell rnn --rates", []),
}


@pytest.mark.parametrize("name", ASKED)
def test_each_command_writes_its_result(name, script, tmp_path, monkeypatch):
    """The script in small: few updates, little text. Called again, it trains nothing
    again.
    """
    (command, seeds), code = ASKED[name], script("language_models")
    corpus = code["rt"].shakespeare()
    small = corpus._replace(
        train=corpus.train[:60_000], valid=corpus.valid[:4000], test=corpus.test[:4000]
    )
    inner = code["main"].__globals__
    monkeypatch.setattr(code["results"], "RESULTS", tmp_path)
    monkeypatch.setitem(
        inner,
        "texts_of",
        lambda part: small._replace(train=small.train[: 60_000 // part]),
    )
    monkeypatch.setitem(inner, "SHORT", 2)
    for settings in code["SETTINGS"].values():
        settings |= {
            "B": 2,
            "T": 4,
            "H": {"lstm": 5, "rnn": 9},
            "updates": 4,
            "every": 2,
            "order": 3,
        }
    monkeypatch.setattr(
        sys, "argv", ["benchmarks/language_models.py", *command.split()]
    )
    code["main"]()
    content = json.loads(
        (tmp_path / f"language-{name}.json").read_text(encoding="utf-8")
    )
    assert set(content) >= FIELDS
    if name.endswith("rates"):
        assert [one["lr"] for one in content["rates"]] == [1e-3, 2e-3, 4e-3]
        return
    assert [run["seed"] for run in content["runs"]] == seeds
    assert all(
        run["valid_updates"] == [2, 4] and 0 <= run["weight"] <= 1
        for run in content["runs"]
    )
    assert (tmp_path / f"language-{name}.npz").exists() == ("--keep" in command)
    monkeypatch.setitem(inner, "train", None)
    monkeypatch.setitem(inner, "first_losses", None)
    code["main"]()


# The long-lag tasks of chapter 10


def rows_of(table, **wanted):
    """The rows of a table that have these values."""
    return [
        row for row in table if all(row[key] == value for key, value in wanted.items())
    ]


def solved(table, **wanted):
    """How many sequences each trial took that solved its task."""
    return [row["sequences"] for row in rows_of(table, ended="solved", **wanted)]


def test_long_lag_settings_and_rates_are_those_of_the_file(script):
    """Every trial that the script asks for is there, with the rate that the sweep on
    other seeds gave.
    """
    code, content = script("long_lags"), content_of("long-lags")
    for key in ("SETTINGS", "NETS", "MOMENTUM", "CLIP", "SEEDS", "SWEEP"):
        assert json.loads(json.dumps(code[key])) == content[key.lower()], key
    assert content["guess"] == code["GUESS"] | {"H": code["GUESSED"]}
    assert content["rates"] == code["chosen"](content["tried"])
    assert (
        not set(code["SEEDS"]) & set(code["SWEEP"]["seeds"])
        and len(code["SEEDS"]) == 10
    )
    kinds = {"sweep": "tried", "learn": "trials", "guess": "guesses"}
    rows = {how: iter(content[kind]) for how, kind in kinds.items()}
    for job in [*code["sweep_jobs"](), *code["main_jobs"](content["rates"])]:
        assert job.items() <= (next(rows[job["how"]]) | {"how": job["how"]}).items()
    assert not any(next(rest, None) for rest in rows.values())


@pytest.mark.parametrize("table", ["tried", "trials"])
def test_long_lag_trials_begin_as_their_file_says(script, table):
    """One trial of each task, net and clipping is begun again."""
    code, rows = script("lag_trials"), content_of("long-lags")[table]
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
    code, rows = script("lag_trials"), content_of("long-lags")["guesses"]
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


def test_one_step_back_is_truncation_to_one_step(script):
    import rnntutor as rt

    rng = np.random.default_rng(0)
    xs, targets = rng.normal(size=(9, 4, 7)), rng.integers(0, 7, (9, 4))
    model, stopped = (
        rt.Model(cell("tanh"), 7, 5, 7)
        for cell in (rt.RNN, script("lag_trials")["OneStepBack"])
    )
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
    """Ten seeds each, with clipping, as all nets run it; the guarded LSTM without it as
    well.
    """
    rows = content_of("long-lags")["trials"]
    clipped = rows_of(rows, clip=True)
    for net in ("LSTM, forget bias 0", "LSTM, forget bias 1", "LSTM, guarded"):
        assert len(solved(clipped, task="embedded Reber", net=net)) >= 9
    assert len(solved(clipped, task="embedded Reber", net="RNN")) >= 9
    assert not solved(rows, task="embedded Reber", net="RNN, one step back")
    for task, published in PUBLISHED_SEQUENCES.items():
        took = solved(clipped, task=task, net="LSTM, guarded")
        # a wide band
        assert len(took) == 10 and published / 10 < np.median(took) < published
    assert not solved(rows, task="adding", net="LSTM, forget bias 1")
    assert not solved(rows, task="adding", net="RNN")


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


def test_appendix_a1_draws_what_there_is_of_a_file(tmp_path, monkeypatch, capsys):
    """Where each row failed, and where a part broke off before its first."""
    whole = content_of(TENSORFLOW[0])
    gpu = whole | {"device": {"kind": "GPU", "name": "GPU one"}}
    results = tmp_path / "benchmarks" / "results"
    results.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
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
    for name, content in {
        "a": whole,
        "b": gpu | failed,
        "c": (
            gpu
            | {name: [] for name in rows}
            | {"failed": dict.fromkeys(rows, "MemoryError")}
        ),
    }.items():
        (results / f"tensorflow-{name}.json").write_text(
            json.dumps(content), encoding="utf-8"
        )
    names = {
        "json": json,
        "Path": Path,
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
