"""The record of the small LSTM belongs to the code as it is."""

import pytest
from recorded import content_of


def test_learning_again_gives_the_loss_on_record(script):
    letters, params, loss = script("small_lstm")["learned"]()
    found = content_of("small-lstm")
    assert list(letters.symbols) == found["letters"]
    assert loss == pytest.approx(found["loss"], rel=0.01)
    assert params.W_hy.shape == (6, len(found["letters"]))
