"""Greedy search for a batch of sources, against a beam of width 1 for each of them."""

import numpy as np
import pytest
from cases import normal_like

from rnntutor import LSTM, RNN, Bidirectional, Embedded, Model
from rnntutor.model import EncoderDecoder
from rnntutor.nets import Attending, Dot
from rnntutor.text import beam_search, greedy_search

V, H, END = 5, 4, 2
MASK = np.arange(6)[:, None] < [6, 1, 4, 3, 6, 2, 5]  # of sources of many lengths


def of(net, reads=None, **own):
    """An encoder, which reads symbols or `reads`, and a decoder with this net."""
    reads = Embedded(LSTM(), 3) if reads is None else reads
    return EncoderDecoder(reads, V, Model(net, **({"D": V, "H": H, "V": V} | own)))


MODELS = [
    of(Embedded(LSTM(), 3)),
    of(LSTM()),  # which reads one-hot vectors
    of(Attending(Embedded(LSTM(), 3), Dot(3), H)),
    of(Embedded(LSTM(), 3), reads=LSTM()),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=range(len(MODELS)))


def drawn(model, rng):
    """Weights so large that the model has opinions, and sources that it reads."""
    params = normal_like(model.init(rng), rng, 2.0)
    if model.reader.reads_symbols:
        return params, rng.integers(0, V, MASK.shape)
    return params, rng.standard_normal((*MASK.shape, V))


@each_model
@pytest.mark.parametrize("end", [0, END])
def test_it_is_a_beam_of_one_for_each_source(model, end, rng):
    params, sources = drawn(model, rng)
    wrote = greedy_search(model, params, sources, end, 9, MASK)
    lengths = []
    for b, n in enumerate(MASK.sum(axis=0)):
        start = model.encode(params, sources[:n, [b]])  # without its padding
        (best,) = beam_search(
            model.decoder, params.decoder, [end], 1, 9, end, state0=start
        )
        lengths.append(len(best.symbols))
        np.testing.assert_array_equal(wrote[: lengths[-1], b], best.symbols)
        assert (wrote[lengths[-1] :, b] == end).all()
    assert len(wrote) == max(lengths)


@each_model
def test_what_is_padding_changes_nothing(model, rng):
    params, sources = drawn(model, rng)
    other = np.where(MASK.reshape(MASK.shape + (1,) * (sources.ndim - 2)), sources, 1)
    found, again = (
        greedy_search(model, params, xs, END, 9, MASK) for xs in (sources, other)
    )
    np.testing.assert_array_equal(found, again)


def scripted(next_symbol):
    """A decoder without memory that writes after each symbol another one."""
    model = of(RNN("relu"), reads=Embedded(RNN("relu"), 3), H=V)
    params = model.init(np.random.default_rng(0))
    cell = params.decoder.cell._replace(W_xh=np.eye(V), W_hh=np.zeros((V, V)))
    decoder = params.decoder._replace(cell=cell, W_hy=np.eye(V)[next_symbol])
    return model, params._replace(decoder=decoder)


def test_it_stops_at_the_end_and_after_the_longest():
    model, params = scripted([END, 3, 1, 4, 0])  # after 2 come 1, 3, 4, 0, 2
    sources = np.ones((1, 2), int)
    for longest in (5, 6, 1000):
        wrote = greedy_search(model, params, sources, END, longest)
        assert wrote.T.tolist() == [[1, 3, 4, 0, END]] * 2
    wrote = greedy_search(model, params, sources, END, 3)
    assert wrote.T.tolist() == [[1, 3, 4]] * 2
    assert wrote.dtype.kind == "i"


def test_parameters_stay_as_they_are(rng):
    model = MODELS[0]
    params, sources = drawn(model, rng)
    kept = [leaf.copy() for leaf in params.decoder[1:]]
    greedy_search(model, params, sources, END, 5)
    for before, now in zip(kept, params.decoder[1:], strict=True):
        np.testing.assert_array_equal(before, now)


RIGHT = {
    "model": MODELS[0],
    "params": MODELS[0].init(0),
    "sources": np.ones((3, 2), int),
    "end": END,
    "longest": 4,
}
WRONG = [
    ({"model": LSTM()}, TypeError, r"^model: expected EncoderDecoder, got LSTM"),
    (
        {"model": of(Embedded(LSTM(), 3), D=7)},
        ValueError,
        r"^model\.decoder: expected D = 5 to feed symbols back, got D = 7$",
    ),
    (
        {"model": of(Embedded(LSTM(), 3), readout="final")},
        ValueError,
        r"^model\.decoder: expected readout='steps' to feed symbols back, got 'final'",
    ),
    (
        {"model": of(Bidirectional(LSTM()))},
        ValueError,
        r"^model\.decoder: expected a net that reads in one direction",
    ),
    ({"params": None}, TypeError, r"^params: expected EncoderDecoderParams"),
    ({"sources": np.ones((3, 2))}, TypeError, r"^xs: expected an array of integers"),
    ({"sources": np.full((3, 2), 5)}, ValueError, r"^xs: expected integers from 0 to"),
    ({"end": 5}, ValueError, r"^end: expected a symbol from 0 to 4, got 5$"),
    ({"end": -1}, ValueError, r"^end: expected an integer of at least 0, got -1$"),
    ({"end": None}, TypeError, r"^end: expected an integer of at least 0, got None$"),
    ({"longest": 0}, ValueError, r"^longest: expected an integer of at least 1, got 0"),
    ({"longest": 2.0}, TypeError, r"^longest: expected an integer of at least 1, got"),
    ({"source_mask": np.ones((2, 2), bool)}, ValueError, r"^mask: expected shape"),
]


@pytest.mark.parametrize(("changed", "error", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(changed, error, message):
    greedy_search(**RIGHT)
    with pytest.raises(error, match=message):
        greedy_search(**(RIGHT | changed))
