"""Which layers of Keras have a counterpart here; the others are refused by name."""

import pytest
from keras_here import needs_tensorflow

from rnntutor.keras import from_keras, loss_and_grad, require_tensorflow

T, B, D, H, V = 5, 2, 4, 4, 6


def steps(k):
    """A layer that says something at every step."""
    return k.LSTM(H, return_sequences=True)


def derived(kind):
    """A class that could do anything."""
    return type(kind.__name__, (kind,), {"__module__": "own"})


def other(name):
    """A function of this name, which is not that of Keras."""
    function = lambda a: 2 * a  # noqa: E731
    function.__name__ = name
    return function


# what from_keras refuses: the layers, once Keras is there, and words of the refusal
REFUSED = {
    "no readout": (lambda k: [k.LSTM(H)], "one Dense layer at the end, got LSTM"),
    "no recurrent layer": (lambda k: [k.Dense(V)], "expected recurrent layers"),
    "other layer": (
        lambda k: [k.LayerNormalization(), k.LSTM(H), k.Dense(V)],
        "got LayerNormalization",
    ),
    "activation": (
        lambda k: [k.LSTM(H, activation="relu"), k.Dense(V)],
        "expected 'tanh', got 'relu'",
    ),
    "of its name": (
        lambda k: [k.LSTM(H, activation=other("tanh")), k.Dense(V)],
        "'tanh', got <function",
    ),
    "gates": (
        lambda k: [k.LSTM(H, recurrent_activation="relu"), k.Dense(V)],
        "expected 'sigmoid', got 'relu'",
    ),
    "no bias": (
        lambda k: [k.SimpleRNN(H, use_bias=False), k.Dense(V)],
        "use_bias: expected True, got False",
    ),
    "dropout inside": (
        lambda k: [k.LSTM(H, recurrent_dropout=0.1), k.Dense(V)],
        "recurrent_dropout: expected",
    ),
    "backwards": (
        lambda k: [k.LSTM(H, go_backwards=True), k.Dense(V)],
        "go_backwards: expected False",
    ),
    "added up": (
        lambda k: [k.Bidirectional(k.LSTM(H), "sum"), k.Dense(V)],
        "'concat', got 'sum'",
    ),
    "two sizes": (lambda k: [steps(k), k.LSTM(9), k.Dense(V)], "one hidden size"),
    "two sizes, both ways": (
        lambda k: [
            k.Bidirectional(k.GRU(H), backward_layer=k.GRU(9, go_backwards=True)),
            k.Dense(V),
        ],
        "one hidden size",
    ),
    "other way back": (
        lambda k: [
            k.Bidirectional(k.GRU(H), backward_layer=k.LSTM(H, go_backwards=True)),
            k.Dense(V),
        ],
        "one cell both ways",
    ),
    "steps lost": (
        lambda k: [k.LSTM(H), k.RepeatVector(3), k.LSTM(H), k.Dense(V)],
        "got RepeatVector",
    ),
    "dropout on top": (
        lambda k: [k.LSTM(H), k.Dropout(0.1), k.Dense(V)],
        "same dropout between any two",
    ),
    "dropout of steps": (
        lambda k: [steps(k), k.SpatialDropout1D(0.5), k.LSTM(H), k.Dense(V)],
        "got SpatialDropout1D",
    ),
    "dropout of groups": (
        lambda k: [
            steps(k),
            k.Dropout(0.5, noise_shape=(None, 1, H)),
            k.LSTM(H),
            k.Dense(V),
        ],
        "noise_shape: expected None, got",
    ),
    "readout squashed": (
        lambda k: [k.LSTM(H), k.Dense(V, activation="tanh")],
        "or 'softmax', got 'tanh'",
    ),
    "squashed by another": (
        lambda k: [k.LSTM(H), k.Dense(V, activation=other("softmax"))],
        "or 'softmax', got <function",
    ),
    "derived LSTM": (
        lambda k: [derived(k.LSTM)(H), k.Dense(V)],
        "LSTM, GRU, got own.LSTM",
    ),
    "derived Dense": (
        lambda k: [k.LSTM(H), derived(k.Dense)(V)],
        "one Dense layer at the end, got own.Dense",
    ),
    "derived wrapper": (
        lambda k: [derived(k.Bidirectional)(k.LSTM(H)), k.Dense(V)],
        "got own.Bidirectional",
    ),
    "derived Dropout": (
        lambda k: [steps(k), derived(k.Dropout)(0.5), k.LSTM(H), k.Dense(V)],
        "got own.Dropout",
    ),
    "masking": (
        lambda k: [k.Masking(), k.LSTM(H), k.Dense(V)],
        "a mask that is an input, or none, got any",
    ),
    "zeros for padding": (
        lambda k: [k.LSTM(H, zero_output_for_mask=True), k.Dense(V)],
        "zero_output_for_mask: expected False",
    ),
    "mixed precision": (
        lambda k: [k.LSTM(H, dtype="mixed_bfloat16"), k.Dense(V)],
        "float32 or float64 in all layers, got mixed_bfloat16, float32",
    ),
    "two precisions": (
        lambda k: [k.Bidirectional(k.LSTM(H, dtype="float64")), k.Dense(V)],
        "in all layers, got float32, float64, float64, float32",
    ),
}


@needs_tensorflow
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_none_of_ours_is_refused(name):
    _, keras = require_tensorflow()
    layers, words = REFUSED[name]
    net = keras.Sequential([keras.Input((None, D)), *layers(keras.layers)])
    with pytest.raises(ValueError) as caught:
        from_keras(net)
    assert words in str(caught.value)
    assert ": expected" in str(caught.value) and ", got" in str(caught.value)


@needs_tensorflow
def test_probabilities_are_not_taken_for_logits(rng):
    """A softmax is read, since it is part of the loss here; the loss of Keras' outputs
    would be another.
    """
    _, keras = require_tensorflow()
    k = keras.layers
    net = keras.Sequential(
        [
            keras.Input((None, D)),
            k.LSTM(H),
            k.Dense(V, activation="softmax", name="top"),
        ]
    )
    assert from_keras(net)[0].V == V
    xs, targets = rng.standard_normal((T, B, D)), rng.integers(0, V, (1, B))
    with pytest.raises(
        ValueError,
        match=r"^top\.activation: expected 'linear', .* logits, got 'softmax'",
    ):
        loss_and_grad(net, xs, targets)
