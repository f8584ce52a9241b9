"""n-gram models, against counting in plain Python straight from the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.text.ngram import GRID, SMOOTHING, NGram
from rnntutor.text.ngram.smoothing import discounts


def slow_witten_bell(text, context, symbol, V, k=1.0):
    """P(symbol | context), every count made afresh by running through the text."""
    shorter = slow_witten_bell(text, context[1:], symbol, V, k) if context else 1 / V
    n = len(context)
    followers = [
        text[i + n] for i in range(len(text) - n) if text[i : i + n] == context
    ]
    if not followers:
        return shorter
    kinds = k * len(set(followers))
    return (followers.count(symbol) + kinds * shorter) / (len(followers) + kinds)


def slow_add_k(text, context, symbol, V, k):
    n = len(context)
    followers = [
        text[i + n] for i in range(len(text) - n) if text[i : i + n] == context
    ]
    return (followers.count(symbol) + k) / (len(followers) + k * V)


class SlowKneserNey:
    """Modified Kneser-Ney as Chen & Goodman (1999) define it, read into dicts and
    loops.
    """

    def __init__(self, text, order, V, k=1.0):
        self.text, self.order, self.V, self.k = tuple(text), order, V, k
        self.counts = [self.counted(n) for n in range(1, order + 1)]

    def counted(self, n):
        """Of each n-gram how often it occurs; below the highest order after how many
        different symbols.
        """
        before = {}
        for i in range(len(self.text) - n + 1):
            previous = self.text[i - 1] if i else "beginning"
            before.setdefault(self.text[i : i + n], []).append(previous)
        return {
            gram: len(b if n == self.order else set(b)) for gram, b in before.items()
        }

    def discount(self, n, count):
        if count == 0:
            return 0.0
        found, c = list(self.counts[n - 1].values()), min(count, 3)
        n1, n2, n_c, n_next = (found.count(number) for number in (1, 2, c, c + 1))
        defined = n1 + 2 * n2 > 0 and n_c > 0
        D = c - (c + 1) * n1 / (n1 + 2 * n2) * n_next / n_c if defined else 0
        return min(c, self.k * (D if 0 < D < c else c / 2))

    def p(self, context, symbol):
        n = len(context) + 1
        shorter = self.p(context[1:], symbol) if context else 1 / self.V
        follow = [self.counts[n - 1].get((*context, w), 0) for w in range(self.V)]
        if not any(follow):
            return shorter
        kept = sum(self.discount(n, count) for count in follow)
        count = follow[symbol]
        return (count - self.discount(n, count) + kept * shorter) / sum(follow)


def some_texts(order, V=6):
    """A text to count, over fewer symbols than there are, and one to judge, over all."""
    rng = np.random.default_rng(order)
    return rng.integers(0, V - 1, 300), rng.integers(0, V, 80)


@pytest.mark.parametrize("k", [1.0, 0.3, 7.0])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_witten_bell_is_the_definition(order, k):
    V, (text, other) = 6, some_texts(order)
    model = NGram(order, V, k=k).fit(text)
    text, judged = text.tolist(), other.tolist()
    expected = [
        math.log(
            slow_witten_bell(text, judged[max(0, i - order + 1) : i], judged[i], V, k)
        )
        for i in range(len(judged))
    ]
    np.testing.assert_allclose(model.log_prob(other), expected, rtol=1e-12)
    assert model.cross_entropy(other) == pytest.approx(
        -sum(expected) / len(expected), rel=1e-12
    )


@pytest.mark.parametrize("k", [1.0, 0.01])
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_add_k_is_the_definition(order, k):
    V, (text, other) = 6, some_texts(order)
    log_prob = NGram(order, V, "add-k", k).fit(text).log_prob(other)
    text, judged = text.tolist(), other.tolist()
    expected = [
        math.log(slow_add_k(text, judged[i - order + 1 : i], judged[i], V, k))
        for i in range(order - 1, len(judged))
    ]
    np.testing.assert_allclose(log_prob[order - 1 :], expected, rtol=1e-12)
    np.testing.assert_allclose(log_prob[: order - 1], -math.log(V))


@pytest.mark.equation("eq-kneser-ney")
@pytest.mark.equation("eq-continuation")
@pytest.mark.parametrize("k", [1.0, 0.3, 7.0])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_kneser_ney_is_the_definition(order, k):
    V, (text, other) = 6, some_texts(order)
    slow, judged = SlowKneserNey(text.tolist(), order, V, k), other.tolist()
    expected = [
        math.log(slow.p(tuple(judged[max(0, i - order + 1) : i]), judged[i]))
        for i in range(len(judged))
    ]
    model = NGram(order, V, "kneser-ney", k).fit(text)
    np.testing.assert_allclose(model.log_prob(other), expected, rtol=1e-12)


def test_kneser_ney_is_the_definition_where_counts_are_as_in_language():
    """Few frequent symbols and many rare ones, so that all the discounts come from
    their formula.
    """
    text = (np.random.default_rng(3).zipf(1.5, 3000) % 97).astype(int)
    slow, judged = SlowKneserNey(text.tolist(), 3, 97), text[::-1][:200].tolist()
    for n, counted in enumerate(slow.counts, start=1):
        D = discounts(np.array(list(counted.values())))
        assert not np.isin(D, [0.5, 1, 1.5]).any()
        np.testing.assert_allclose(
            D, [slow.discount(n, c) for c in (1, 2, 9)], rtol=1e-14
        )
    expected = [
        math.log(slow.p(tuple(judged[max(0, i - 2) : i]), judged[i]))
        for i in range(len(judged))
    ]
    log_prob = NGram(3, 97, "kneser-ney").fit(text).log_prob(judged)
    np.testing.assert_allclose(log_prob, expected, rtol=1e-12)


@pytest.mark.equation("eq-discounts")
def test_discounts_by_hand():
    # n1 … n4 = 8, 4, 2, 1: Y = 1/2
    count = np.array([1] * 8 + [2] * 4 + [3] * 2 + [4] * 1 + [7])
    np.testing.assert_allclose(
        discounts(count), [1 - 2 * 4 / 16, 2 - 3 * 2 / 8, 3 - 4 * 1 / 4]
    )


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        # as with the frequent symbols of an alphabet: nothing to estimate from
        ([5, 6, 9], [0.5, 1, 1.5]),
        ([1, 1], [0.5, 1, 1.5]),  # D_1 = 1 would take all
        # the formula gives D_2 = 2 − 9/2, which is below 0
        ([1, 1, 2, 3, 3, 3, 4], [0.5, 1, 3 - 2 / 3]),
    ],
)
def test_discounts_where_the_formula_has_none(count, expected):
    np.testing.assert_allclose(discounts(np.array(count)), expected)


def test_kneser_ney_asks_after_how_many_symbols_a_symbol_comes():
    """Chen & Goodman's San Francisco: Francisco is frequent, but after one word only."""
    # 9 comes often, 8 after many
    text = ([0, 9] * 40 + [1, 8, 2, 8, 3, 8, 4, 8, 5, 8, 6, 8]) * 2
    new = NGram(2, 11, "kneser-ney").fit(text).next_probs([10])  # a context never seen
    assert new[8] > 2 * new[9]
    assert (
        NGram(2, 11).fit(text).next_probs([10])[9]
        > 2 * NGram(2, 11).fit(text).next_probs([10])[8]
    )


def test_a_bigram_by_hand():
    # a b a b b: after a there is b twice; after b there are a and b once each. V = 3.
    model = NGram(2, 3).fit([0, 1, 0, 1, 1])
    unigram = [(2 + 2 / 3) / 7, (3 + 2 / 3) / 7, (0 + 2 / 3) / 7]
    np.testing.assert_allclose(model.next_probs([]), unigram)
    np.testing.assert_allclose(
        model.next_probs([0]), [unigram[0] / 3, (2 + unigram[1]) / 3, unigram[2] / 3]
    )
    # never seen: what the shorter context says
    np.testing.assert_allclose(model.next_probs([2]), unigram)


@pytest.mark.parametrize("smoothing", list(SMOOTHING))
@given(data=st.data())
def test_probabilities_of_the_next_symbol_sum_to_one(smoothing, data):
    V = data.draw(st.integers(1, 5))
    order = data.draw(st.integers(1, 4))
    symbols = st.integers(0, V - 1)
    text = data.draw(st.lists(symbols, min_size=order, max_size=40))
    context = data.draw(st.lists(symbols, max_size=6))
    model = NGram(
        order, V, smoothing, data.draw(st.sampled_from([0.01, 1.0, 20.0]))
    ).fit(text)
    p = model.next_probs(context)
    assert p.shape == (V,) and (p > 0).all()
    assert abs(p.sum() - 1) < 1e-12
    # and they are what log_prob goes by
    last = [model.log_prob([*context, symbol])[-1] for symbol in range(V)]
    np.testing.assert_allclose(np.log(p), last, rtol=1e-10, atol=1e-12)


def test_the_last_context_of_a_text_may_have_no_successor():
    model = NGram(2, 3).fit([0, 1, 0, 2])
    np.testing.assert_allclose(model.next_probs([2]), model.next_probs([]))
    np.testing.assert_allclose(
        NGram(2, 3, "add-k").fit([0, 1, 0, 2]).next_probs([2]), 1 / 3
    )


def test_only_the_last_symbols_matter():
    text, _ = some_texts(3)
    model = NGram(3, 6).fit(text)
    np.testing.assert_array_equal(
        model.next_probs([4, 3, 1, 2]), model.next_probs([1, 2])
    )


def test_words_have_room():
    # 30,000 symbols and order 5: a code for a whole 5-gram would not fit into 64 bits.
    V, order = 30_000, 5
    rng = np.random.default_rng(0)
    text = rng.integers(V - 20, V, 2000)
    model = NGram(order, V).fit(text)
    ids = text[100:110].tolist()
    expected = slow_witten_bell(text.tolist(), ids[5:9], ids[9], V)
    assert model.log_prob(ids)[9] == pytest.approx(math.log(expected), rel=1e-12)


def test_a_repeating_text_is_learned_by_two_symbols_of_context_only():
    text = [0, 0, 1] * 200
    losses = [NGram(order, 2).fit(text).cross_entropy(text) for order in (1, 2, 3)]
    entropy = -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))
    assert losses[0] == pytest.approx(entropy, abs=0.01)
    assert losses[1] == pytest.approx(2 / 3 * math.log(2), abs=0.02)
    assert losses[2] < 0.03


@pytest.mark.parametrize("smoothing", list(SMOOTHING))
def test_k_is_chosen_where_the_second_text_is_least_surprising(smoothing):
    rng = np.random.default_rng(5)
    text, valid = (
        np.cumsum(rng.choice([0, 1, 3], N, p=[0.5, 0.4, 0.1])) % 6 for N in (400, 200)
    )
    chosen = NGram(3, 6, smoothing).fit(text, valid=valid)
    losses = {k: NGram(3, 6, smoothing, k).fit(text).cross_entropy(valid) for k in GRID}
    assert chosen.k == min(losses, key=losses.get)
    assert GRID[0] < chosen.k < GRID[-1]
    assert chosen.cross_entropy(valid) == losses[chosen.k]


def test_fitting_again_forgets_the_first_text():
    a, b = some_texts(2)
    np.testing.assert_array_equal(
        NGram(2, 6).fit(a).fit(b).log_prob(a), NGram(2, 6).fit(b).log_prob(a)
    )


def test_a_refused_text_leaves_the_counts_as_they_were():
    a, b = some_texts(2)
    model = NGram(2, 6).fit(a)
    before = model.log_prob(b)
    with pytest.raises(ValueError, match="valid"):
        model.fit(b, valid=[6])
    np.testing.assert_array_equal(model.log_prob(b), before)


@pytest.mark.parametrize(
    "layout",
    [lambda a: a[::-1][::-1], lambda a: np.repeat(a, 2)[::2], np.int8, np.uint16],
)
def test_layout_and_integer_type_do_not_matter_and_ids_stay_as_they_are(layout):
    a, b = some_texts(3)
    changed = layout(a)
    changed.setflags(write=False)
    expected = NGram(3, 6).fit(a).log_prob(b)
    np.testing.assert_array_equal(
        NGram(3, 6).fit(changed).log_prob(layout(b)), expected
    )


def test_the_repr_says_what_it_is():
    assert repr(NGram(2, 65)) == "NGram(order=2, V=65, smoothing='witten-bell', k=1)"


FITTED = NGram(2, 4).fit([0, 1, 2, 3])
ERRORS = [
    (
        lambda: NGram(0, 4),
        ValueError,
        "order: expected an integer of at least 1, got 0",
    ),
    (
        lambda: NGram(2.0, 4),
        TypeError,
        "order: expected an integer of at least 1, got 2.0",
    ),
    (lambda: NGram(2, 0), ValueError, "V: expected an integer of at least 1, got 0"),
    (
        lambda: NGram(2, 4, "laplace"),
        ValueError,
        "smoothing: expected one of 'witten-bell', 'kneser-ney', 'add-k', got 'lap",
    ),
    (
        lambda: NGram(2, 4, k=0),
        ValueError,
        "k: expected a finite number of at least 1e-09 .*, got 0",
    ),
    (
        lambda: NGram(2, 4, k=math.nan),
        ValueError,
        "k: expected a finite number of at least 1e-09 .*, got nan",
    ),
    (
        lambda: NGram(2, 4, k="1"),
        TypeError,
        "k: expected a finite number of at least 1e-09 .*, got '1'",
    ),
    (
        lambda: NGram(2, 4).fit([0]),
        ValueError,
        "ids: expected at least order = 2 symbols, got 1",
    ),
    (
        lambda: NGram(2, 4).fit([0, 4]),
        ValueError,
        r"ids: expected integers from 0 to 3, got 4 at index \(1,\)",
    ),
    (
        lambda: NGram(2, 4).fit([0, -1]),
        ValueError,
        "ids: expected integers from 0 to 3, got -1",
    ),
    (
        lambda: NGram(2, 4).fit([0.0, 1.0]),
        TypeError,
        "ids: expected an array of integers, got dtype float64",
    ),
    (
        lambda: NGram(2, 4).fit([[0, 1]]),
        ValueError,
        r"ids: expected shape \(N,\) .*, got \(1, 2\)",
    ),
    (
        lambda: NGram(2, 4).fit([0, 1], valid=[4]),
        ValueError,
        "valid: expected integers from 0 to 3, got 4",
    ),
    (
        lambda: NGram(2, 4).fit([0, 1], valid="ab"),
        TypeError,
        "valid: expected an array of integers",
    ),
    (
        lambda: FITTED.log_prob(np.zeros(0, int)),
        ValueError,
        r"ids: expected shape \(N,\) .*, got \(0,\)",
    ),
    (
        lambda: FITTED.log_prob([9]),
        ValueError,
        "ids: expected integers from 0 to 3, got 9",
    ),
    (
        lambda: FITTED.cross_entropy([0.5]),
        TypeError,
        "ids: expected an array of integers, got dtype float64",
    ),
    (
        lambda: FITTED.next_probs([4]),
        ValueError,
        "context: expected integers from 0 to 3, got 4",
    ),
    (lambda: FITTED.next_probs(2), ValueError, r"context: expected shape \(N,\)"),
    (
        lambda: NGram(2, 4).log_prob([0]),
        RuntimeError,
        r"NGram: expected fit\(ids\) to be called first",
    ),
    (
        lambda: NGram(2, 4).cross_entropy([0]),
        RuntimeError,
        r"NGram: expected fit\(ids\) to be called first",
    ),
    (
        lambda: NGram(2, 4).next_probs([0]),
        RuntimeError,
        r"NGram: expected fit\(ids\) to be called first",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
