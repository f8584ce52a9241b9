"""The records of *War and Peace* belong to the code as it is.

The text is not in this repository. Where the environment variable
RNNTUTOR_WAR_AND_PEACE names the file, the first losses on it are computed again, too;
those on a stand-in always are.
"""

import numpy as np
import pytest
from recorded import content_of, names, the_text

WAR_AND_PEACE = names("war-and-peace-")


def begins(code, content, split):
    own = {key: content["settings"][key] for key in ("cell", "size", "seed")}
    assert content["settings"] == code["SETTINGS"] | own
    return code["first_losses"](content["settings"], split)


# in float32: a rounding error of a loss is some 1e-7


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


@pytest.fixture
def small(script, tmp_path, monkeypatch):
    """The script in small: what it defines, its settings, and a text."""
    code = script("war_and_peace")
    monkeypatch.setattr(code["results"], "RESULTS", tmp_path)
    settings = code["SETTINGS"] | {"B": 10, "T": 20, "epochs": 3, "decay_after": 2}
    settings |= {"cell": "lstm", "size": 6, "seed": 1}
    text = code["rt"].shakespeare().train[:20_000].encode()
    return code, settings, code["texts"].char_rnn_split(text, B=10, T=20)


def trained(small, name):
    """All that a training leaves, but for the time it took."""
    code, settings, split = small
    trials = code["Trials"](name, lambda trial: settings)
    _model, best, content = code["train"](settings, split, trials)
    return code["rt"].tree.flatten(best).tolist(), content | {"seconds": 0}


@pytest.mark.parametrize("at", [1, 85, 150])
def test_a_training_goes_on_from_its_checkpoint(at, small, tmp_path, monkeypatch):
    """Stopped within the first of three epochs, a validation, the second, or not: the
    result is the same to the last bit.
    """
    code, settings, split = small
    assert code["Epochs"](split, settings).updates == 80
    once, run, left = trained(small, "once"), code["OneHot"].run, iter(range(at))

    def interrupted(*given):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return run(*given)

    with monkeypatch.context() as patch:
        patch.setattr(code["OneHot"], "run", interrupted)
        with pytest.raises(SystemExit, match="the same command goes on"):
            trained(small, "twice")
    assert trained(small, "twice") == once and len(once[1]["valid_losses"]) == 3
    said = (tmp_path / "twice.log").read_text(encoding="utf-8")
    assert said == (tmp_path / "once.log").read_text(encoding="utf-8")


def test_the_state_is_carried_from_epoch_to_epoch(small):
    """The plain loop, over two epochs of one rate, with products of one-hot vectors."""
    code, settings, split = small
    rt, (_, params) = code["rt"], code["build"](settings, split.V)
    model = rt.Model(rt.LSTM(), split.V, settings["size"], split.V)
    optimizer = rt.RMSProp(settings["lr"], settings["alpha"], clamp=0.05)
    memory, state, losses = optimizer.init(params), None, []
    for _ in range(2):
        for i in range(0, len(split.train.inputs), settings["T"]):
            xs, targets = (part[i : i + settings["T"]] for part in split.train)
            xs = rt.one_hot(xs, split.V, np.float32)
            result = model.loss_and_grad(params, xs, targets, state, reduce="token")
            params, memory, *_ = optimizer.update(params, result.grads, memory)
            losses.append(result.loss)
            state = result.state_T
    found = code["fit"](
        *code["build"](settings, split.V),
        code["Epochs"](split, settings | {"epochs": 2}),
        progress=False,
    )
    np.testing.assert_allclose(found.history.losses, losses, rtol=1e-5)


def test_quotations_end_where_they_should(script):
    code = script("war_and_peace_quotes")
    text = b'he said, "Yes." "No\r\n\r\n"And" so\r\non'
    ends, distances = code["closing"](np.frombuffer(text, np.uint8))
    assert ends.tolist() == [14, 27] and distances.tolist() == [5, 4]


def test_closing_marks_by_their_distance(script):
    """The net's row is the mean of what it gave to just these bytes; Kneser-Ney is read
    symbol by symbol.
    """
    code, texts = script("war_and_peace_quotes"), script("_lib/texts")
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
