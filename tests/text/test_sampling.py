"""Sampling: temperature, the distribution that symbols are drawn from, the state that
is carried.
"""

import numpy as np
import pytest
from cases import batch, each_cell, normal_like
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import (
    LSTM,
    RNN,
    Embedded,
    Fast,
    Model,
    NonFiniteError,
    one_hot,
    sample,
    softmax,
)
from rnntutor.text import nucleus, temper, top_k
from rnntutor.text.sampling import pieces

logits = st.lists(st.floats(-50, 50), min_size=1, max_size=6).map(np.array)


@pytest.mark.equation("eq-temperature")
@given(logits, st.floats(0.1, 10))
def test_temperature_divides_the_logits(y_raw, temperature):
    np.testing.assert_allclose(
        temper(y_raw, temperature), softmax(y_raw / temperature), rtol=1e-10
    )


@pytest.mark.equation("eq-temperature")
@given(logits)
def test_temperature_one_changes_nothing(y_raw):
    np.testing.assert_allclose(temper(y_raw, 1), softmax(y_raw), rtol=1e-15)


@given(logits, st.floats(0, 10))
def test_a_distribution_whose_order_is_kept(y_raw, temperature):
    y = temper(y_raw, temperature)
    assert abs(y.sum() - 1) <= 1e-14 and (y >= 0).all()
    assert (np.diff(y[np.argsort(y_raw)]) >= 0).all()


@pytest.mark.equation("eq-temperature")
def test_the_limits():
    y_raw = np.array([[1.0, 3.0, 2.0], [5.0, 5.0, 0.0]])
    cold = [[0, 1, 0], [0.5, 0.5, 0]]
    np.testing.assert_array_equal(temper(y_raw, 0), cold)
    np.testing.assert_allclose(temper(y_raw, 1e-3), cold)
    np.testing.assert_allclose(temper(y_raw, 1e9), 1 / 3, rtol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [5e-324, 1e-310, 1e-300, 1e-40, 1e-8])
def test_the_smallest_temperatures_are_as_cold_as_zero(dtype, temperature):
    y_raw = np.array([1.0, 3.0, -1e30, 3.0], dtype)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(temper(y_raw, temperature), [0, 0.5, 0, 0.5])


def bigrams(V, seed=0):
    """A net that has no memory: the next symbol depends on the last one alone, through
    a table of logits.
    """
    table = 1.5 * np.random.default_rng(seed).standard_normal((V, V))
    model = Model(RNN("relu"), V, V, V)
    params = model.init(np.random.default_rng(0))
    cell = params.cell._replace(W_xh=np.eye(V), W_hh=np.zeros((V, V)))
    return model, params._replace(cell=cell, W_hy=table), table


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_symbols_are_drawn_with_the_model_s_probabilities(temperature):
    model, params, table = bigrams(4)
    ids = sample(
        model, params, np.array([0]), 5_000, np.random.default_rng(1), temperature
    )
    counts = np.zeros((4, 4))
    np.add.at(counts, (np.concatenate([[0], ids[:-1]]), ids), 1)
    n = counts.sum(axis=1, keepdims=True)
    assert (n > 100).all()
    expected = softmax(table / temperature)
    deviations = (counts - n * expected) / np.sqrt(n * expected * (1 - expected))
    assert np.max(np.abs(deviations)) < 4  # standard deviations


@each_cell
def test_the_state_is_carried(cell, rng):
    """Against running the net over the whole text anew for each symbol."""
    model, params, *_ = batch(cell, (1, 1, 5, 4), 5, rng, scale=0.8)
    text = [3, 0, 4]
    drawn = sample(
        model, params, np.array(text), 40, np.random.default_rng(0), temperature=1.5
    )
    chances = np.random.default_rng(0).random(40)
    for symbol, chance in zip(drawn, chances, strict=True):
        ys_raw, _ = model.forward(params, one_hot(np.array(text)[:, None], 5))
        edges = np.cumsum(softmax(ys_raw[-1, 0] / 1.5))
        assert symbol == np.argmax(edges > chance)
        text.append(symbol)
    assert len(set(drawn.tolist())) > 2


@each_cell
def test_greedy_sampling_takes_the_likeliest(cell, rng):
    model, params, *_ = batch(cell, (1, 1, 5, 4), 5, rng, scale=0.8)
    drawn = sample(model, params, [3, 0, 4], 6, rng, temperature=0)
    ys_raw, _ = model.forward(
        params, one_hot(np.array([3, 0, 4, *drawn[:-1]])[:, None], 5)
    )
    np.testing.assert_array_equal(drawn, ys_raw[2:, 0].argmax(axis=-1))


@each_cell
def test_the_same_seed_gives_the_same_symbols(cell, rng):
    model, params, *_ = batch(cell, (1, 1, 5, 4), 5, rng, scale=0.3)
    one, same, other = (
        sample(model, params, [1, 2], 50, np.random.default_rng(s)) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any() and one.dtype == np.int64 and one.shape == (50,)


def test_a_longer_sample_starts_like_a_shorter_one(rng):
    model, params, *_ = batch(RNN("tanh"), (1, 1, 5, 4), 5, rng)
    short, long = (
        sample(model, params, [1], n, np.random.default_rng(0)) for n in (10, 30)
    )
    np.testing.assert_array_equal(short, long[:10])


@pytest.mark.parametrize(
    "net", [RNN("tanh"), Fast(RNN("tanh")), Embedded(LSTM(), 3)], ids=str
)
def test_pieces_are_those_of_a_sample(net):
    """They come while it is written: whoever takes a few waits for no more."""
    model = Model(net, 5, 4, 5)
    given = model, model.init(np.random.default_rng(0)), [1, 2]
    whole = sample(*given, 450, np.random.default_rng(1), 0.7)
    written = [*pieces(*given, 450, np.random.default_rng(1), 0.7)]
    np.testing.assert_array_equal(np.concatenate(written), whole)
    assert max(map(len, written)) <= 200 and {piece.dtype for piece in written} == {
        np.dtype(np.int64)
    }
    first = next(pieces(*given, 10**7, np.random.default_rng(1), 0.7))
    np.testing.assert_array_equal(first, whole[: len(first)])


@pytest.mark.parametrize("draw", [0.0, np.nextafter(1, 0)])
@given(
    st.lists(
        st.sampled_from([-800.0, -1.0, 0.0, 0.3, 1.7, 2.0]), min_size=2, max_size=7
    )
)
def test_no_draw_falls_outside_or_on_the_impossible(draw, row):
    """At both ends of what `random` can return; a logit of −800 below the others has
    probability 0.
    """

    class Fixed(np.random.Generator):
        def random(self):
            return draw

    V = len(row)
    model, params, _ = bigrams(V)
    params = params._replace(W_hy=np.zeros((V, V)), b_y=np.array(row))
    ids = sample(model, params, [0], 3, Fixed(np.random.PCG64(0)))
    assert (softmax(row)[ids] > 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_of_the_model_does_not_matter_to_the_caller(dtype):
    model = Model(RNN("tanh"), 5, 4, 5)
    params = model.init(np.random.default_rng(0), dtype)
    assert sample(model, params, [0], 5, np.random.default_rng(0)).dtype == np.int64


def test_a_net_that_explodes_is_named(rng):
    model, params, _ = bigrams(3)
    grows = params._replace(
        cell=params.cell._replace(W_hh=10 * np.eye(3)), W_hy=np.zeros((3, 3))
    )
    with pytest.raises(NonFiniteError, match=r"^hs: "):
        sample(model, grows, [0], 400, rng)


def test_parameters_stay_as_they_are(rng):
    model = Model(RNN("tanh"), 5, 4, 5)
    params = normal_like(model.init(rng), rng)
    for leaf in (*params.cell, *params[1:]):
        leaf.setflags(write=False)
    prompt = np.array([1, 2])
    prompt.setflags(write=False)
    sample(model, params, prompt, 5, rng)


likelihoods = st.lists(st.floats(0, 1), min_size=1, max_size=8).filter(sum)


@given(likelihoods, st.integers(1, 9))
def test_top_k_keeps_the_likeliest(parts, k):
    y = np.array(parts) / sum(parts)
    kept = top_k(y, k)
    assert np.isclose(kept.sum(), 1) and np.count_nonzero(kept) <= k
    chosen = sorted(range(len(y)), key=lambda i: -y[i])[:k]
    wanted = [y[i] if i in chosen else 0 for i in range(len(y))]
    np.testing.assert_allclose(kept, np.array(wanted) / sum(wanted), rtol=1e-12)


@pytest.mark.equation("eq-nucleus")
@given(likelihoods, st.floats(0.01, 0.99))
def test_the_nucleus_is_the_smallest_set_that_has_p(parts, p):
    y = np.array(parts) / sum(parts)
    kept = nucleus(y, p)
    inside = np.sort(y[kept > 0])[::-1]
    assert np.isclose(kept.sum(), 1)
    assert inside.sum() >= p - 1e-12 and inside[:-1].sum() < p + 1e-12
    assert y[kept == 0].max(initial=0) <= inside[-1]


def test_a_nucleus_of_1_and_a_k_of_v_keep_all():
    y = np.array([0.1] * 10)
    np.testing.assert_allclose(nucleus(y, 1), y)
    np.testing.assert_allclose(top_k(y, 10), y)


def test_a_sample_is_drawn_from_what_the_cut_leaves():
    for cell in (RNN("tanh"), Fast(RNN("tanh"))):
        model = Model(cell, 5, 4, 5)
        params = model.init(np.random.default_rng(0))
        ids = np.array([1, 2])
        cold = sample(model, params, ids, 20, 1, cut=lambda y: top_k(y, 1))
        np.testing.assert_array_equal(cold, sample(model, params, ids, 20, 1, 0))
        whole = sample(model, params, ids, 20, 1, cut=lambda y: nucleus(y, 1))
        np.testing.assert_array_equal(whole, sample(model, params, ids, 20, 1))


@pytest.mark.parametrize(
    "call",
    [
        lambda: top_k([0.5, 0.5], 0),
        lambda: top_k([0.5, 0.6], 1),
        lambda: nucleus([0.5, 0.5], 0),
        lambda: nucleus([0.5, 0.5], 1.1),
        lambda: nucleus([-0.5, 1.5], 0.5),
    ],
)
def test_a_cut_of_what_is_no_distribution_is_refused(call):
    with pytest.raises(ValueError, match="expected"):
        call()
