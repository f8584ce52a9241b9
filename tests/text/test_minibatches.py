"""Shuffled minibatches: every example once in an epoch, in another order each time."""

import numpy as np
import pytest
from cases import assert_same

from rnntutor import LSTM, SGD, Adam, Model, fit
from rnntutor.text import Minibatches, pad

RNG = np.random.default_rng(0)
XS, LABELS = RNG.standard_normal((4, 9, 2)), RNG.integers(0, 3, 9)
RAGGED = [one[: 1 + i % 4] for i, one in enumerate(XS.swapaxes(0, 1))]


def test_every_example_once_in_an_order_drawn_anew(rng):
    batches = Minibatches(9, 3, rng, lambda chosen: chosen)
    orders = [np.concatenate(list(batches)) for _ in range(2)]
    assert all(sorted(one) == list(range(9)) for one in orders)
    assert (orders[0] != orders[1]).any() and len(batches) == 3
    assert repr(batches) == "Minibatches(3 batches of B = 3 examples)"


def test_what_does_not_fill_a_batch_is_left_out(rng):
    batches = Minibatches(9, 4, rng, lambda chosen: chosen)
    epochs = [np.concatenate(list(batches)) for _ in range(9)]
    assert all(len(set(one)) == 8 for one in epochs) and len(batches) == 2
    assert set(np.concatenate(epochs)) == set(range(9))


@pytest.mark.parametrize(
    "targets", [LABELS, np.tile(LABELS, (4, 1))], ids=["N", "T, N"]
)
def test_sequences_and_their_labels(targets):
    for (xs, labels), chosen in zip(
        Minibatches.of(XS, targets, 3, 5), Minibatches(9, 3, 5, np.array), strict=True
    ):
        np.testing.assert_array_equal(xs, XS[:, chosen])
        np.testing.assert_array_equal(labels, targets[..., chosen])


def test_sequences_of_different_lengths_are_padded():
    for (xs, labels, options), chosen in zip(
        Minibatches.of(RAGGED, LABELS, 3, 5),
        Minibatches(9, 3, 5, np.array),
        strict=True,
    ):
        padded = pad([RAGGED[i] for i in chosen])
        np.testing.assert_array_equal(xs, padded.xs)
        np.testing.assert_array_equal(options["mask"], padded.mask)
        np.testing.assert_array_equal(labels, LABELS[chosen])


def test_a_classifier_in_four_lines():
    """Of sequences that tell their label by a number; a seed for all that is drawn."""
    xs = [np.full((1 + i % 3, 1), i % 2 - 0.5) for i in range(40)]
    model = Model(LSTM(), 1, 4, 2, readout="final")
    batches = Minibatches.of(xs, np.arange(40) % 2, 8, 0)
    fitted = fit(model, model.init(0), batches, Adam(0.05), epochs=20)
    assert fitted.history.losses[-1] < 0.05 < 0.5 < fitted.history.losses[0]


def test_the_same_seed_the_same_training():
    model = Model(LSTM(), 2, 4, 3, readout="final")
    first, second = (
        fit(model, model.init(1), Minibatches.of(XS, LABELS, 3, 2), SGD(0.1), epochs=2)
        for _ in range(2)
    )
    assert_same(first.params, second.params)


WRONG = [
    (lambda: Minibatches(5, 6, RNG, list), r"B: expected at most 5, the number of exam"),
    (lambda: Minibatches(0, 1, RNG, list), r"n: expected an integer of at least 1, got 0"),
    (lambda: Minibatches(5, 1, None, list), r"rng: expected a numpy.random.Generator"),
    (lambda: Minibatches(5, 1, 0, None), r"take: expected a function of the examples' n"),
    (lambda: Minibatches.of(XS[0], LABELS, 3, 0), r"xs: expected shape \(T, N, D\)"),
    (lambda: Minibatches.of(3, LABELS, 3, 0), r"xs: expected a list of arrays \(T_i, D\)"),
    (lambda: Minibatches.of([], LABELS, 3, 0), r"xs: expected at least one array, got none"),
    (lambda: Minibatches.of([XS[0], XS[0, :, :1]], LABELS, 1, 0), r"xs\[1\]: expected shape"),
    (lambda: Minibatches.of(XS, LABELS[1:], 3, 0), r"targets: expected shape \(9,\), got"),
    (lambda: Minibatches.of(XS, LABELS[None], 3, 0), r"targets: expected shape \(4, 9\), got"),
    (lambda: Minibatches.of(RAGGED, LABELS[1:], 3, 0), r"targets: expected shape \(9,\), got"),
    (lambda: Minibatches.of(XS, LABELS + 0.5, 3, 0), r"targets: expected an array of integ"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        call()
