"""Tasks made to order: remember the first symbol."""

import numpy as np
import pytest

from rnntutor.lab.long_lags import first_symbol


def rng():
    return np.random.default_rng(3)


def test_the_answer_is_the_first_symbol_and_is_asked_for_at_the_end_only():
    T, B, V = 7, 50, 4
    xs, targets, mask = first_symbol(rng(), T, B, V, noise=3)
    assert xs.shape == (T, B, V + 3) and targets.shape == mask.shape == (T, B)
    assert mask.dtype == bool and mask[-1].all() and not mask[:-1].any()
    assert (targets[-1] == xs[0].argmax(-1)).all() and targets.max() < V
    assert (targets[:-1] == 0).all()


def test_inputs_are_one_hot_symbols_first_and_noise_after():
    xs = first_symbol(rng(), 7, 50, 4, noise=3).xs
    assert (xs.sum(-1) == 1).all() and set(np.unique(xs)) == {0.0, 1.0}
    assert (xs[0, :, :4].sum(-1) == 1).all()
    assert (xs[1:, :, 4:].sum(-1) == 1).all()


def test_symbols_and_noise_are_drawn_evenly():
    B, V, noise = 6000, 3, 2
    xs = first_symbol(rng(), 4, B, V, noise).xs
    np.testing.assert_allclose(xs[0].mean(0)[:V], 1 / V, atol=0.03)
    np.testing.assert_allclose(xs[1:].mean((0, 1))[V:], 1 / noise, atol=0.03)


def test_noise_says_nothing_about_the_answer():
    # Chance level is ln V only if no later input goes with the answer.
    xs, targets, _ = first_symbol(rng(), 5, 20_000, 2)
    noise = xs[1:, :, 2:]
    for answer in (0, 1):
        np.testing.assert_allclose(
            noise[:, targets[-1] == answer].mean(1), 0.5, atol=0.02
        )


def test_a_seed_repeats():
    one, other = first_symbol(rng(), 5, 4, 2), first_symbol(rng(), 5, 4, 2)
    assert all((a == b).all() for a, b in zip(one, other, strict=True))
    generator = rng()
    first, second = (first_symbol(generator, 5, 40, 2).xs for _ in range(2))
    assert (first != second).any()


def test_dtype_and_the_shortest_lag():
    assert first_symbol(rng(), 2, 1, 2, dtype=np.float32).xs.dtype == np.float32
    xs, targets, _ = first_symbol(rng(), 2, 1, 2, noise=1)
    assert xs.shape == (2, 1, 3) and targets[1, 0] == xs[0, 0].argmax()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: first_symbol(None, 5, 4, 2),
            TypeError,
            "rng: expected a numpy.random.Generator .*, got None",
        ),
        (
            lambda: first_symbol(rng(), 1, 4, 2),
            ValueError,
            "T: expected an integer of at least 2, got 1",
        ),
        (lambda: first_symbol(rng(), 5.0, 4, 2), TypeError, "T: expected an integer"),
        (
            lambda: first_symbol(rng(), 5, 0, 2),
            ValueError,
            "B: expected an integer of at least 1, got 0",
        ),
        (
            lambda: first_symbol(rng(), 5, 4, 1),
            ValueError,
            "V: expected an integer of at least 2, got 1",
        ),
        (
            lambda: first_symbol(rng(), 5, 4, 2, 0),
            ValueError,
            "noise: expected an integer of at least 1, got 0",
        ),
        (
            lambda: first_symbol(rng(), 5, 4, 2, dtype=int),
            TypeError,
            "dtype: expected float32, float64",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
