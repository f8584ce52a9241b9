"""The texts of published results: verified, and split as char-rnn splits them."""

import gzip

import numpy as np
import pytest


def test_a_changed_text_is_refused(script, tmp_path):
    (tmp_path / "text").write_bytes(b"Well, Prince")
    expected = "text: expected war-and-peace with SHA-256 fb66ba999daf…, got 12 bytes"
    with pytest.raises(ValueError, match=expected):
        script("_lib/texts")["read"](tmp_path / "text", "war-and-peace")


@pytest.mark.parametrize("spoil", ["cut", "head alone", "changed"])
def test_a_text_that_cannot_be_unpacked_is_named(spoil, script, tmp_path):
    """As a download that broke off leaves it, or worse."""
    packed = gzip.compress(b"Well, Prince" * 100)
    middle = len(packed) // 2
    data = {
        "cut": packed[:-9],
        "head alone": packed[:4],
        "changed": packed[:middle] + b"\xff\xff" + packed[middle + 2 :],
    }[spoil]
    (tmp_path / "text.gz").write_bytes(data)
    expected = rf"text\.gz: expected war-and-peace .*, got {len(data)} bytes that gzip"
    with pytest.raises(ValueError, match=expected):
        script("_lib/texts")["read"](tmp_path / "text.gz", "war-and-peace")


def test_the_split_of_char_rnn(script):
    """Each of the B rows is contiguous text and is cut in time."""
    data = bytes(range(100, 164)) + b"rest"
    split = script("_lib/texts")["char_rnn_split"](
        data, B=2, T=4, fractions=(0.5, 0.25)
    )
    assert split.V == 64 and split.train.inputs.shape == (16, 2)
    rows = np.concatenate([part.inputs for part in split[:3]]).T
    np.testing.assert_array_equal(rows, np.arange(64).reshape(2, 32))
    # the last of all has the first
    np.testing.assert_array_equal(split.test.targets[-1], [32, 0])
    np.testing.assert_array_equal(split.valid.targets[:-1], split.valid.inputs[1:])
