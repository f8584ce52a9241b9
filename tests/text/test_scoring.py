"""What a model reads for symbols, and what it thinks of each."""

import numpy as np
import pytest
from cases import assert_same

from rnntutor import LSTM, RNN, Embedded, Model, one_hot
from rnntutor.model.losses import log_softmax
from rnntutor.text.scoring import as_inputs, row_log_probs

V = 5
RNG = np.random.default_rng(3)
IDS = RNG.integers(0, V, (12, 3))
MODELS = [Model(RNN("tanh"), V, 4, V), Model(Embedded(LSTM(), 2), V, 4, V)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ids_where_they_are_looked_up_and_vectors_elsewhere(dtype):
    one_hot_model, embedded = MODELS
    assert_same(as_inputs(one_hot_model, IDS, dtype), one_hot(IDS, V, dtype))
    assert as_inputs(embedded, IDS, dtype) is IDS


@pytest.mark.parametrize("T", [1, 5, 11, 64])
@pytest.mark.parametrize("model", MODELS, ids=["one-hot", "embedded"])
def test_rows_are_read_to_their_end_however_they_are_cut(model, T):
    params = model.init(RNG)
    pieces = list(row_log_probs(model, params, IDS[:-1], IDS[1:], T))
    assert [len(piece) for piece in pieces] == [T] * (11 // T) + [11 % T] * (11 % T > 0)
    ys_raw, _ = model.forward(params, as_inputs(model, IDS[:-1]))
    expected = np.take_along_axis(log_softmax(ys_raw), IDS[1:, :, None], -1)[..., 0]
    np.testing.assert_allclose(np.concatenate(pieces), expected, rtol=1e-12)


MODEL, PARAMS = MODELS[0], MODELS[0].init(RNG)
ERRORS = [
    (lambda: as_inputs(3, IDS), TypeError, "model: expected a Model, got 3"),
    (
        lambda: as_inputs(MODEL, IDS + 1),
        ValueError,
        "ids: expected integers from 0 to 4, got 5",
    ),
    (
        lambda: list(row_log_probs(MODEL, PARAMS, IDS[0], IDS[0])),
        ValueError,
        r"inputs: expected shape \(steps",
    ),
    (
        lambda: list(row_log_probs(MODEL, PARAMS, IDS, IDS[1:])),
        ValueError,
        r"targets: expected shape \(12, 3\), got \(11, 3\)",
    ),
    (
        lambda: list(row_log_probs(MODEL, PARAMS, IDS, IDS - 1)),
        ValueError,
        "targets: expected integers from 0 to 4, got -1",
    ),
    (
        lambda: list(row_log_probs(MODEL, PARAMS, IDS, IDS, 0)),
        ValueError,
        "T: expected an integer of at least 1, got 0",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
