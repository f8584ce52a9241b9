"""How the layers of a Keras model are connected: a chain is read with the same
gradients, others refused.
"""

import numpy as np
import pytest
from cases import largest_difference
from keras_here import needs_tensorflow

from rnntutor import LSTM, RNN
from rnntutor.keras import from_keras, loss_and_grad, require_tensorflow
from rnntutor.tree import leaves

T, B, D, H, V = 5, 2, 4, 4, 6
MASK = np.arange(T)[:, None] < [T, 2]


def steps(k, **options):
    """A layer that says something at every step."""
    return k.LSTM(H, return_sequences=True, **options)


def read_out(k, keras, xs, h):
    return keras.Model(xs, k.Dense(V)(h))


def reads_a_state(k, keras, xs):
    _, h, _ = k.LSTM(H, return_state=True)(xs)
    return read_out(k, keras, xs, h)


def begins_with_a_state(k, keras, xs):
    h, *state = steps(k, return_state=True)(xs)
    return read_out(k, keras, xs, k.LSTM(H)(h, initial_state=state))


def begins_with_numbers(k, keras, xs):
    return read_out(
        k, keras, xs, k.SimpleRNN(H)(xs, initial_state=[np.ones((1, H), np.float32)])
    )


def only_below_begins_with(k, keras, xs):
    state = [keras.Input((H,)) for _ in range(2)]
    return read_out(
        k, keras, [xs, *state], k.LSTM(H)(steps(k)(xs, initial_state=state))
    )


def begins_twice_with_one(k, keras, xs):
    h = keras.Input((H,))
    return read_out(k, keras, [xs, h], k.LSTM(H)(xs, initial_state=[h, h]))


def only_below_masked(k, keras, xs):
    mask = keras.Input((None,), dtype="bool")
    below = steps(k)
    below.compute_mask = lambda *_: None
    return read_out(k, keras, [xs, mask], k.LSTM(H)(below(xs, mask=mask)))


def masked_by_zeros(k, keras, xs):
    ids = keras.Input((None,), dtype="int32")
    return read_out(k, keras, ids, k.LSTM(H)(k.Embedding(D, 3, mask_zero=True)(ids)))


def used_twice(k, keras, xs):
    layer = steps(k)
    return read_out(k, keras, xs, layer(layer(xs)))


def dropped_always(k, keras, xs):
    return read_out(
        k, keras, xs, k.LSTM(H)(k.Dropout(0.5)(steps(k)(xs), training=True))
    )


def says_two_things(k, keras, xs):
    h = k.LSTM(H)(xs)
    return keras.Model(xs, [k.Dense(V)(h), k.Dense(V)(h)])


def says_h_too(k, keras, xs):
    h = k.LSTM(H)(xs)
    return keras.Model(xs, [k.Dense(V)(h), h])


def says_states_in_disorder(k, keras, xs):
    h, h_T, c_T = k.LSTM(H, return_state=True)(xs)
    return keras.Model(xs, [k.Dense(V)(h), c_T, h_T])


def an_operation_more(k, keras, xs):
    h, h_T, c_T = k.LSTM(H, return_state=True)(xs)
    return keras.Model(xs, [k.Dense(V)(h), h_T, c_T + 1.0])


def an_input_more(k, keras, xs):
    return read_out(k, keras, [xs, keras.Input((H,))], k.LSTM(H)(xs))


def stateful(k, keras, xs):
    xs = keras.Input(batch_shape=(B, T, D))
    return read_out(k, keras, xs, k.Bidirectional(k.LSTM(H, stateful=True))(xs))


def of_another_call(k, keras, xs):
    kind = type("Louder", (keras.Model,), {"call": lambda self, x, **_: 2 * x})
    return kind(xs, k.Dense(V)(k.LSTM(H)(xs)))


CONNECTED = {
    "scaled inputs": (
        lambda k, keras, xs: read_out(k, keras, xs, k.LSTM(H)(xs / 10.0)),
        "reading the result of true_divide",
    ),
    "a branch": (
        lambda k, keras, xs: read_out(k, keras, xs, k.LSTM(H)(steps(k)(xs) + xs)),
        "result of add",
    ),
    "a layer of two": (
        lambda k, keras, xs: read_out(
            k, keras, xs, k.LSTM(H)(k.Add()([steps(k, name="low")(xs), xs]))
        ),
        "reading low and",
    ),
    "outputs scaled": (
        lambda k, keras, xs: keras.Model(xs, 2.0 * k.Dense(V)(k.LSTM(H)(xs))),
        "one Dense layer at the end, got Multiply",
    ),
    "reads a state": (reads_a_state, "reading a state of lstm"),
    "begins with a state": (
        begins_with_a_state,
        "an initial state that is an input, or none, got lstm",
    ),
    "begins with numbers": (
        begins_with_numbers,
        "an initial state that is an input, or none, got an array",
    ),
    "one begins with": (
        only_below_begins_with,
        "initial states for all recurrent layers, or for none",
    ),
    "two begin with one": (
        begins_twice_with_one,
        "inputs of which each is used in one place",
    ),
    "one masked": (only_below_masked, "one mask for all recurrent layers, or none"),
    "masked by zeros": (
        masked_by_zeros,
        "a mask that is an input, or none, got not_equal",
    ),
    "used twice": (used_twice, "each layer to be used once, got lstm"),
    "dropped always": (dropped_always, "leaves training open, got training=True"),
    "says two things": (
        says_two_things,
        "one Dense layer at the end, got Dense, Dense",
    ),
    "says h too": (says_h_too, "as outputs those of the Dense layer"),
    "states in disorder": (
        says_states_in_disorder,
        "all final states from the lowest layer",
    ),
    "an operation more": (an_operation_more, "a chain of layers, got add"),
    "an input more": (an_input_more, "inputs of which each is used in one place"),
    "stateful": (stateful, "False, got True"),
    "its own call": (
        of_another_call,
        "Sequential or functional model, .*got Louder with a method call",
    ),
}


@needs_tensorflow
@pytest.mark.parametrize("name", CONNECTED)
def test_what_is_no_chain_is_refused(name):
    _, keras = require_tensorflow()
    make, words = CONNECTED[name]
    with pytest.raises(ValueError, match=f": expected .*{words}"):
        from_keras(make(keras.layers, keras, keras.Input((None, D))))


def masked_in_disorder(k, keras, xs):
    mask = keras.Input((None,), dtype="bool")
    # handed on by Keras
    return keras.Model([mask, xs], k.Dense(V)(k.LSTM(H)(steps(k)(xs, mask=mask))))


def with_states_in_a_list(k, keras, xs):
    state = [keras.Input((H,)) for _ in range(2)]
    h, *state_T = steps(k, return_state=True)(xs, initial_state=state)
    return keras.Model([*state, xs], [*state_T, k.Dense(V)(h)])


def shared_with_another(k, keras, xs):
    layer = steps(k)
    keras.Model(other := keras.Input((None, D)), layer(other))
    return read_out(k, keras, xs, layer(xs))


def frozen(k, keras, xs):
    net = read_out(k, keras, xs, k.GRU(H, activity_regularizer="l2")(xs))
    net.layers[1].trainable = False
    return net


def a_training_step_of_its_own(k, keras, xs):
    kind = type("Trainer", (keras.Model,), {"train_step": lambda self, data: {}})
    return kind(
        {"xs": xs},
        {"said": k.Dense(V)(k.LSTM(H, activation=require_tensorflow()[0].tanh)(xs))},
    )


@needs_tensorflow
@pytest.mark.parametrize(
    "make",
    [
        masked_in_disorder,
        with_states_in_a_list,
        shared_with_another,
        frozen,
        a_training_step_of_its_own,
    ],
)
def test_what_is_a_chain_is_read_with_the_same_gradients(make, rng):
    _, keras = require_tensorflow()
    net = make(keras.layers, keras, keras.Input((None, D), name="xs"))
    model, params = from_keras(net)
    xs = rng.standard_normal((T, B, D)).astype(np.float32)
    targets = rng.integers(0, V, (T if model.readout == "steps" else 1, B))
    state0 = (
        LSTM.State(*rng.standard_normal((2, B, H)).astype(np.float32))
        if len(net.inputs) > 2
        else None
    )
    batch = xs, targets, state0, MASK if make is masked_in_disorder else None
    ours, theirs = model.loss_and_grad(params, *batch), loss_and_grad(net, *batch)
    assert largest_difference(ours.grads, theirs.grads) <= 1e-6
    assert (
        len(leaves(theirs.grads)) == len(leaves(params))
        and abs(ours.loss - theirs.loss) <= 1e-6
    )
    if state0 is not None:
        assert largest_difference(ours.dstate0, theirs.dstate0) <= 1e-6
        assert largest_difference(ours.state_T, theirs.state_T) <= 1e-6


@needs_tensorflow
def test_states_that_go_in_have_to_come_out(rng):
    _, keras = require_tensorflow()
    xs, h = keras.Input((None, D)), keras.Input((H,))
    net = read_out(
        keras.layers, keras, [xs, h], keras.layers.SimpleRNN(H)(xs, initial_state=[h])
    )
    batch = (
        rng.standard_normal((T, B, D)),
        rng.integers(0, V, (1, B)),
        RNN.State(np.zeros((B, H))),
    )
    with pytest.raises(
        ValueError,
        match=r"^keras_model: expected a model that gives its final states, got",
    ):
        loss_and_grad(net, *batch)
