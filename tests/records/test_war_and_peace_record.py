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
