"""One net reads, another writes: gradients through what is handed over, padding, and
PyTorch.
"""

import importlib.util

import numpy as np
import pytest
from cases import assert_same, largest_difference, normal_like

from rnntutor import (
    LSTM,
    RNN,
    SGD,
    Bidirectional,
    Embedded,
    Fast,
    Model,
    Stacked,
    compare,
    complex_step,
    fit,
)
from rnntutor.model import EncoderDecoder, EncoderDecoderParams
from rnntutor.model.losses import REDUCE
from rnntutor.nets import Additive, Attending, Dot
from rnntutor.text.net_config import build, describe
from rnntutor.tree import map as tree_map

S, T, B, D, H, V = 5, 4, 3, 3, 4, 6
SOURCE_MASK = np.arange(S)[:, None] < [5, 1, 3]
MASK = np.arange(T)[:, None] < [4, 2, 3]
MASKS = {"mask": MASK, "source_mask": SOURCE_MASK}


def decoder(cell=None, kind=None, M=H):
    """A model of one layer that reads symbols, with attention or without."""
    net = Embedded(cell or LSTM(), 2)
    return Model(net if kind is None else Attending(net, kind, M), V, H, V)


MODELS = [
    EncoderDecoder(LSTM(), D, decoder()),
    EncoderDecoder(RNN("tanh"), D, decoder(RNN("tanh"))),
    EncoderDecoder(LSTM(), D, decoder(kind=Dot(3))),
    EncoderDecoder(LSTM(), D, decoder(kind=Additive(3))),
    EncoderDecoder(Bidirectional(LSTM()), D, decoder(kind=Dot(3), M=2 * H)),
    EncoderDecoder(Stacked((RNN("tanh"), LSTM())), D, decoder(kind=Dot(2))),
    EncoderDecoder(Stacked((LSTM(), LSTM())), D, decoder()),
    # three layers, so that neither the second nor the last but one is the last
    EncoderDecoder(Stacked((RNN("tanh"), LSTM(), Bidirectional(LSTM()))), D, decoder()),
    EncoderDecoder(LSTM(), D, decoder(RNN("tanh"), Dot(2)), start=False),
    EncoderDecoder(Embedded(LSTM(), 2), D, decoder(kind=Additive(2))),
    EncoderDecoder(Embedded(Bidirectional(LSTM()), 2), D, decoder()),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=str)


def batch(model, rng):
    """Parameters, what is read and what is to be written."""
    params = normal_like(model.init(rng), rng, 0.7)
    symbols = model.reader.reads_symbols
    sources = rng.integers(0, D, (S, B)) if symbols else rng.standard_normal((S, B, D))
    inputs, targets = rng.integers(0, V, (2, T, B))
    return params, (sources, inputs), targets


@pytest.mark.equation("eq-encoder-decoder")
@pytest.mark.equation("eq-handed-over")
@pytest.mark.parametrize("masks", [{}, MASKS], ids=["whole", "padded"])
@each_model
def test_gradients_are_those_of_the_complex_step(model, masks, rng):
    params, xs, targets = batch(model, rng)
    result = model.loss_and_grad(params, xs, targets, **masks)
    assert (result.dxs is None) == model.reader.reads_symbols
    if result.dxs is None:
        oracle = complex_step(lambda at: model.loss(at, xs, targets, **masks), params)
        report = compare(result.grads, oracle, 1e-12)
    else:

        def value(at):
            return model.loss(at[0], (at[1], xs[1]), targets, **masks)

        report = compare(
            (result.grads, result.dxs), complex_step(value, (params, xs[0])), 1e-12
        )
    assert report.ok, report
    assert result.loss == model.loss(params, xs, targets, **masks)


def test_dropout_and_averages_are_those_of_the_gradient(rng):
    net = Stacked((Embedded(LSTM(), 2), LSTM()), dropout=0.5)
    attending = Model(Attending(net, Dot(3), H), V, H, V)
    model = EncoderDecoder(LSTM(), D, attending, start=False)
    at, losses = batch(model, rng), set()
    for seed in (0, 1):
        for reduce in REDUCE:
            result, loss = (
                one(*at, reduce=reduce, rng=np.random.default_rng(seed), **MASKS)
                for one in (model.loss_and_grad, model.loss)
            )
            assert result.loss == loss
            losses.add(loss)
    assert len(losses) == 2 * len(REDUCE)


@each_model
def test_padded_equals_alone(model, rng):
    params, (sources, inputs), targets = batch(model, rng)
    shown = SOURCE_MASK if sources.ndim == 2 else SOURCE_MASK[..., None]
    spoilt = np.where(shown, sources, -7 if sources.ndim == 2 else np.nan)
    together = model.loss_and_grad(
        params, (spoilt, inputs), targets, reduce="sum", **MASKS
    )
    alone = []
    for b in range(B):
        n, m = SOURCE_MASK[:, b].sum(), MASK[:, b].sum()
        xs = sources[:n, [b]], inputs[:m, [b]]
        alone.append(
            model.loss_and_grad(params, xs, targets[:m, [b]], reduce="sum").grads
        )
    total = tree_map(lambda *grads: sum(grads), *alone)
    assert largest_difference(together.grads, total) <= 1e-13


def test_the_decoder_starts_where_the_encoder_ended(rng):
    model = MODELS[0]
    params, (sources, _), _ = batch(model, rng)
    start = model.encode(params, sources)
    passed = model.reader.forward(params.encoder, sources)
    assert_same(start, passed.state_T)
    attends = MODELS[2]
    params, (sources, _), _ = batch(attends, rng)
    start = attends.encode(params, sources, SOURCE_MASK)
    passed = attends.reader.forward(params.encoder, sources, mask=SOURCE_MASK)
    assert_same(start.net, passed.state_T)
    assert_same(start.memory, np.swapaxes(passed.outputs, 0, 1))
    assert_same(start.there, SOURCE_MASK.T.astype(float))


def test_it_learns_and_keeps_its_precision(rng):
    """`fit` takes it like a model."""
    model = EncoderDecoder(Embedded(Fast(LSTM()), 3), V, decoder(kind=Dot(4)))
    sources, start = rng.integers(1, V, (3, 20)), np.zeros((1, 20), int)
    xs = sources, np.concatenate([start, sources[:-1]])
    params = model.init(rng, np.float32)
    result = model.loss_and_grad(params, xs, sources)
    kinds = {leaf.dtype for leaf in leaves_of(result.grads)}
    assert kinds == {np.dtype(np.float32)}
    fitted = fit(
        model, params, [(xs, sources)] * 60, SGD(0.5, momentum=0.9), progress=False
    )
    assert fitted.history.losses[-1] < 0.6 * fitted.history.losses[0]


def leaves_of(tree):
    return (
        [leaf for branch in tree for leaf in leaves_of(branch)]
        if isinstance(tree, tuple)
        else [tree]
    )


def test_a_net_with_attention_is_described_and_built():
    net = Attending(Embedded(LSTM(), 2), Additive(3), 4)
    assert build(describe(net)) == net


@pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed (pip install torch)",
)
@pytest.mark.parametrize("model", [MODELS[0], MODELS[2]], ids=["state", "attention"])
def test_pytorch_finds_the_same(model, rng):
    import torch

    params, (sources, inputs), targets = batch(model, rng)
    leaves = tree_map(lambda a: torch.tensor(a, requires_grad=True), params)
    read = torch.tensor(sources, requires_grad=True)

    def lstm(weights, xs, state=None):
        module = torch.nn.LSTM(xs.shape[-1], H, dtype=torch.float64)
        W_xh, W_hh, b_h = weights
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        values = W_xh.T, W_hh.T, b_h, torch.zeros_like(b_h)
        given = (xs,) if state is None else (xs, state)
        named = dict(zip(names, values, strict=True))
        return torch.func.functional_call(module, named, given)

    outputs, last = lstm(leaves.encoder, read)
    cell = leaves.decoder.cell
    net = cell.net if model.attends else cell
    hs, _ = lstm(net.net, net.E_x[torch.tensor(inputs)], last)
    if model.attends:
        q, v = (one.transpose(0, 1) for one in (hs, outputs))
        means = torch.nn.functional.scaled_dot_product_attention(
            q @ cell.look.W_q, v @ cell.look.W_k, v
        )
        hs = torch.tanh(torch.cat([q, means], dim=-1) @ cell.W_u + cell.b_u)
        hs = hs.transpose(0, 1)
    ys_raw = hs @ leaves.decoder.W_hy + leaves.decoder.b_y
    loss = torch.nn.functional.cross_entropy(
        ys_raw.reshape(T * B, V), torch.tensor(targets).reshape(T * B)
    )
    loss.backward()
    result = model.loss_and_grad(params, (sources, inputs), targets)
    assert abs(result.loss - loss.item()) <= 1e-13
    theirs = tree_map(lambda leaf: leaf.grad.numpy(), leaves)
    assert largest_difference(result.grads, theirs) <= 1e-13
    assert largest_difference(result.dxs, read.grad.numpy()) <= 1e-13


def test_parts_that_do_not_fit():
    with pytest.raises(ValueError, match=r"^decoder: expected a memory as wide as"):
        EncoderDecoder(LSTM(), D, decoder(kind=Dot(3), M=H + 1))
    with pytest.raises(ValueError, match=r"^start: expected True for a decoder"):
        EncoderDecoder(LSTM(), D, decoder(), start=False)
    with pytest.raises(TypeError, match=r"^start: expected bool, got int"):
        EncoderDecoder(LSTM(), D, decoder(), start=1)
    with pytest.raises(TypeError, match=r"^decoder: expected Model, got LSTM"):
        EncoderDecoder(LSTM(), D, LSTM())
    with pytest.raises(ValueError, match=r"^D: expected an integer of at least 1"):
        EncoderDecoder(LSTM(), 0, decoder())
    with pytest.raises(TypeError, match=r"^encoder: expected a cell such as"):
        EncoderDecoder(3, D, decoder())


def test_arguments_that_do_not_fit(rng):
    model = MODELS[2]
    params, xs, targets = batch(model, rng)
    with pytest.raises(TypeError, match=r"^xs: expected \(sources, inputs\), got"):
        model.loss_and_grad(params, xs[0], targets)
    with pytest.raises(ValueError, match=r"^state0: expected None, got 'tuple'"):
        model.loss_and_grad(params, xs, targets, ())
    with pytest.raises(TypeError, match=r"^params: expected EncoderDecoderParams, got"):
        model.loss_and_grad(tuple(params), xs, targets)
    with pytest.raises(ValueError, match=r"^mask: expected shape \(5, 3\)"):
        model.encode(params, xs[0], SOURCE_MASK[:2])
    other = EncoderDecoder(LSTM(), D + 1, decoder()).init(rng)
    with pytest.raises(
        ValueError, match=r"^params\.encoder: expected D, H = 3, 4, got"
    ):
        model.encode(EncoderDecoderParams(other.encoder, params.decoder), xs[0])
