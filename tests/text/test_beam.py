"""Beam search against a search that leaves nothing out, and against greedy writing."""

import itertools

import numpy as np
import pytest
from cases import normal_like

from rnntutor import LSTM, RNN, Embedded, Model, Stacked, one_hot, sample
from rnntutor.model.losses import log_softmax
from rnntutor.text.beam import beam_search

NETS = [RNN("tanh"), LSTM(), Stacked((LSTM(), RNN("tanh"))), Embedded(LSTM(), 3)]
each_net = pytest.mark.parametrize("net", NETS, ids=str)


def drawn(net, V, rng, C=0, scale=2.0):
    """A model of random weights, so large that it has opinions."""
    model = Model(net, V + C, 4, V)
    return model, normal_like(model.init(rng), rng, scale)


def log_prob(model, params, prompt, symbols, context=None):
    """The score of a sequence, by one pass over all of it."""
    read = np.append(prompt, symbols[:-1]).astype(int)[:, None]
    xs = read if model.net.reads_symbols else one_hot(read, model.V)
    if context is not None:
        xs = np.concatenate([np.tile(context, (*read.shape, 1)), xs], axis=-1)
    log_ps = log_softmax(model.forward(params, xs).ys_raw)[len(prompt) - 1 :, 0]
    return log_ps[np.arange(len(symbols)), symbols].sum()


def every_sequence(V, longest, end):
    """All that may be written: up to the first end symbol, or of full length without
    one.
    """
    for n in range(1, longest + 1):
        for one in itertools.product(range(V), repeat=n):
            if end not in one[:-1] and (one[-1] == end or n == longest):
                yield np.array(one)


@pytest.mark.equation("eq-beam-score")
@pytest.mark.parametrize("end", [None, 0, 2])
@each_net
def test_a_beam_that_holds_everything_finds_the_best(net, end, rng):
    V, longest, prompt = 3, 4, [1, 0]
    model, params = drawn(net, V, rng)
    found = beam_search(model, params, prompt, V**longest, longest, end)
    scores = {
        tuple(one): log_prob(model, params, prompt, one)
        for one in every_sequence(V, longest, end)
    }
    assert len(found) == len(scores)
    for one in found:
        assert abs(one.score - scores[tuple(one.symbols)]) <= 1e-12
    assert [tuple(one.symbols) for one in found] == sorted(
        scores, key=scores.get, reverse=True
    )


@each_net
def test_a_beam_of_one_is_greedy(net, rng):
    model, params = drawn(net, 5, rng)
    (found,) = beam_search(model, params, [3, 0], 1, 12)
    np.testing.assert_array_equal(
        found.symbols, sample(model, params, [3, 0], 12, rng, temperature=0)
    )
    assert abs(found.score - log_prob(model, params, [3, 0], found.symbols)) <= 1e-12


@pytest.mark.parametrize("width", [1, 2, 5])
def test_scores_are_those_of_the_sequences(width, rng):
    """However states are handed from beam to beam; with a context, in float32, and when
    some end early.
    """
    context = rng.standard_normal(6)
    model, params = drawn(LSTM(), 4, rng, C=6, scale=1.0)
    found = beam_search(model, params, [1], width, 7, end=2, context=context)
    assert len(found) == width
    assert [one.score for one in found] == sorted(
        (one.score for one in found), reverse=True
    )
    for one in found:
        assert (
            abs(one.score - log_prob(model, params, [1], one.symbols, context)) <= 1e-12
        )
        assert 2 not in one.symbols[:-1] and (
            one.symbols[-1] == 2 or len(one.symbols) == 7
        )
    assert len({tuple(one.symbols) for one in found}) == width


def test_the_context_matters(rng):
    model, params = drawn(LSTM(), 4, rng, C=3)
    scores = {
        beam_search(model, params, [0], 2, 5, context=c)[0].score
        for c in rng.standard_normal((4, 3))
    }
    assert len(scores) == 4


def chain(table):
    """A net without memory: a table has the probability of each symbol after each other
    one.
    """
    V = len(table)
    model = Model(RNN("relu"), V, V, V)
    params = model.init(np.random.default_rng(0))
    cell = params.cell._replace(W_xh=np.eye(V), W_hh=np.zeros((V, V)))
    return model, params._replace(cell=cell, W_hy=np.log(np.array(table)))


def test_a_likely_beginning_may_lead_nowhere():
    """The likeliest first symbol stands for two sequences, each less likely than the
    one that it hides.
    """
    # 0 is the start and the end; 1 leads to 2 or 3 with one half each, 4 to 5 with
    # certainty
    tiny = 1e-9
    table = np.full((6, 6), tiny)
    table[0, [1, 4]] = 0.6, 0.4
    table[1, [2, 3]] = 0.5, 0.5
    table[4, 5] = 1.0
    table[[2, 3, 5], 0] = 1.0
    model, params = chain(table)
    (greedy,) = beam_search(model, params, [0], 1, 5, end=0)
    best, *_ = beam_search(model, params, [0], 2, 5, end=0)
    assert list(greedy.symbols) == [1, 2, 0] and abs(greedy.score - np.log(0.3)) < 1e-6
    assert list(best.symbols) == [4, 5, 0] and abs(best.score - np.log(0.4)) < 1e-6


def test_what_has_ended_competes_with_what_goes_on():
    """An early end of probability 0.1 is in the beam, until both places go to sequences
    of 0.45.
    """
    tiny = 1e-9
    table = np.full((4, 4), tiny)
    table[0, [0, 1]] = 0.1, 0.9
    table[1, [2, 3]] = 0.5, 0.5
    table[[2, 3], 0] = 1.0
    model, params = chain(table)
    first = beam_search(model, params, [0], 2, 1, end=0)
    assert [list(one.symbols) for one in first] == [[1], [0]]
    found = beam_search(model, params, [0], 2, 3, end=0)
    assert sorted(list(one.symbols) for one in found) == [[1, 2, 0], [1, 3, 0]]


def test_the_search_ends_when_all_have_ended():
    model, params = chain([[0.9, 0.1], [0.9, 0.1]])
    calls = []

    class Counting(Model):
        def forward(self, *args):
            calls.append(1)
            return super().forward(*args)

    found = beam_search(Counting(model.cell, 2, 2, 2), params, [0], 1, 1000, end=0)
    assert len(found) == 1 and len(calls) == 1


def test_parameters_stay_as_they_are(rng):
    model, params = drawn(LSTM(), 4, rng)
    for leaf in (*params.cell, *params[1:]):
        leaf.setflags(write=False)
    beam_search(model, params, [0], 3, 5)


MODEL, PARAMS = drawn(RNN("tanh"), 3, np.random.default_rng(0))
RIGHT = {"model": MODEL, "params": PARAMS, "prompt": [0], "width": 2, "longest": 4}
WRONG = [
    ({"model": None}, TypeError, r"^model: expected a Model"),
    ({"params": PARAMS.cell}, TypeError, r"^params: expected ModelParams"),
    ({"prompt": []}, (TypeError, ValueError), r"^prompt: expected"),
    ({"prompt": [3]}, ValueError, r"^prompt: expected integers from 0 to 2, got 3"),
    ({"width": 0}, ValueError, r"^width: expected an integer of at least 1, got 0"),
    (
        {"longest": 2.0},
        TypeError,
        r"^longest: expected an integer of at least 1, got 2.0",
    ),
    ({"end": 3}, ValueError, r"^end: expected a symbol from 0 to 2, got 3"),
    ({"end": -1}, ValueError, r"^end: expected an integer of at least 0, got -1"),
    ({"context": np.ones((2, 2))}, ValueError, r"^context: expected shape \(C,\)"),
    ({"context": np.array([np.nan])}, ValueError, r"^context: expected finite numbers"),
    (
        {"context": np.ones(2)},
        ValueError,
        r"^model: expected D = 5 to feed symbols back, got D = 3",
    ),
]


@pytest.mark.parametrize(("changed", "error", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(changed, error, message):
    with pytest.raises(error, match=message):
        beam_search(**(RIGHT | changed))


def test_a_search_goes_on_from_a_state(rng):
    """As if what was read before stood in front of the prompt."""
    model, params = drawn(LSTM(), 4, rng)
    whole = beam_search(model, params, [1, 3, 2], 3, 4)
    read = model.forward(params, one_hot(np.array([[1], [3]]), 4)).unrolled
    rest = beam_search(model, params, [2], 3, 4, state0=read.state_T)
    for one, other in zip(whole, rest, strict=True):
        np.testing.assert_array_equal(one.symbols, other.symbols)
        assert abs(one.score - other.score) <= 1e-13
    two = model.forward(params, one_hot(np.array([[1, 1]]), 4)).unrolled.state_T
    with pytest.raises(ValueError, match=r"^state0\.h: expected shape \(1, 4\), got"):
        beam_search(model, params, [2], 3, 4, state0=two)
