"""Nets of several cells: stacked, reading both ways, reading symbols, with dropout,
read out at the end.
"""

import numpy as np
import pytest
from cases import (
    COMPILED,
    PATHS,
    RNNS,
    SHAPES,
    assert_same,
    counting,
    largest_difference,
    normal_like,
)

from rnntutor import (
    GRU,
    LSTM,
    RNN,
    SGD,
    Bidirectional,
    Embedded,
    Fast,
    Model,
    Stacked,
    Truncation,
    compare,
    complex_step,
    fit,
    forward,
    one_hot,
    sample,
)
from rnntutor.cells import Diagonal, GRUResetBefore, MinGRU, MinLSTM
from rnntutor.lab.long_lags.shortcut import Shortcut
from rnntutor.model.losses import LOSSES
from rnntutor.nets import Additive, Attending, Dot, Scanned
from rnntutor.nets.base import Layer, as_net
from rnntutor.nets.embedded import scatter_add
from rnntutor.train import window_gradients
from rnntutor.tree import map as tree_map

NETS = [
    Stacked((LSTM(), LSTM())),
    Stacked((RNN("tanh"), LSTM(), RNN("relu"), RNN("sigmoid")), dropout=0.4),
    Bidirectional(LSTM()),
    Bidirectional(RNN("sigmoid")),
    Stacked((GRU(), GRUResetBefore())),
    Bidirectional(GRU()),
    Stacked((Bidirectional(LSTM()), RNN("tanh")), dropout=0.3),
    Bidirectional(Stacked((RNN("tanh"), LSTM()))),
    Embedded(LSTM(), 3),
    Embedded(Stacked((Bidirectional(RNN("tanh")), LSTM()), dropout=0.2), 2),
    Stacked((Embedded(RNN("tanh"), 2), LSTM(), Bidirectional(RNN("tanh")))),
    Bidirectional(Embedded(RNN("tanh"), 2)),
    Bidirectional(Stacked((RNN("tanh"), Bidirectional(RNN("tanh"))))),
]
NETS += [
    Scanned(MinGRU()),
    Scanned(MinLSTM(), tree=False),
    Scanned(Diagonal()),
    Bidirectional(Scanned(Diagonal(), tree=False)),
    Embedded(Stacked((Scanned(MinLSTM()), MinGRU()), dropout=0.2), 3),
]
NETS += [
    Attending(LSTM(), Dot(3), 2),
    Attending(Stacked((RNN("tanh"), LSTM()), dropout=0.3), Additive(2), 3),
    Embedded(Attending(RNN("tanh"), Additive(3), 1), 2),
    Bidirectional(Attending(LSTM(), Dot(2), 3)),
]
NETS += [Fast(cell, compiled) for cell in (LSTM(), *RNNS) for compiled in COMPILED]
NETS += [
    Embedded(Fast(LSTM(), COMPILED[-1]), 3),
    Bidirectional(Fast(LSTM(), COMPILED[-1])),
    Stacked((Fast(RNN("tanh"), COMPILED[-1]), Fast(LSTM(), False)), dropout=0.2),
]
OBJECTIVES = list(LOSSES)
V = 5
FOUND = []  # (numbers compared, worst error) of what ran in this process

each_net = pytest.mark.parametrize("net", NETS, ids=str)
each_causal = pytest.mark.parametrize(
    "net", [net for net in NETS if net.causal], ids=str
)
each_blind = pytest.mark.parametrize(
    "net", [net for net in NETS if not net.causal], ids=str
)


def inputs(net, rng, T, B, D):
    return (
        rng.integers(0, D, (T, B))
        if net.reads_symbols
        else rng.standard_normal((T, B, D))
    )


def start(net, params, xs, rng):
    """An initial state that is not zero."""
    return normal_like(net.forward(params, xs).state_T, rng)


def targets_for(model, rng, T, B):
    T = T if model.readout == "steps" else 1
    return (
        rng.integers(0, V, (T, B))
        if model.objective == "cross_entropy"
        else rng.standard_normal((T, B, V))
    )


def dropping(seed=7):
    return np.random.default_rng(seed)


# Gradients.


@pytest.mark.parametrize(
    "shape", [*SHAPES, pytest.param((3, 2, 7, 9), marks=pytest.mark.slow)], ids=str
)
@pytest.mark.parametrize("batched", PATHS, ids=["batched", "stepwise"])
@each_net
def test_gradients_through_the_net(net, batched, shape):
    """By parameters, inputs and initial state, of all outputs and the final state, with
    dropout.
    """
    T, B, D, H = shape
    rng = np.random.default_rng(shape)
    params = normal_like(net.init(rng, D, H), rng)
    xs = inputs(net, rng, T, B, D)
    state0 = start(net, params, xs, rng)
    douts, dstate_T = (
        rng.standard_normal((T, B, net.width(H))),
        normal_like(state0, rng),
    )

    def run(params, xs, state0):
        return net.forward(params, xs, state0, batched=batched, rng=dropping())

    def value(at):
        passed = run(at[0], *((xs, at[1]) if net.reads_symbols else at[1:]))
        total = (douts * passed.outputs).sum()
        for d, s in zip(flat(dstate_T), flat(passed.state_T), strict=True):
            total = total + (d * s).sum()
        return total

    dxs, dstate0, dparams = net.backward(
        params, run(params, xs, state0), douts, dstate_T, batched
    )
    assert (dxs is None) == net.reads_symbols
    got, at = (
        ((dparams, dstate0), (params, state0))
        if dxs is None
        else ((dparams, dxs, dstate0), (params, xs, state0))
    )
    agrees(got, complex_step(value, at))


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("readout", ["steps", "final"])
@pytest.mark.parametrize("net", [LSTM(), *NETS], ids=str)
def test_gradients_of_the_loss(net, readout, objective):
    T, B, D, H = 4, 3, 2, 3
    rng = np.random.default_rng(3)
    model = Model(net, D, H, V, objective, readout)
    params = normal_like(model.init(rng), rng, 0.5)
    xs, targets = inputs(model.net, rng, T, B, D), targets_for(model, rng, T, B)
    mask = np.arange(T)[:, None] < [4, 1, 3]
    options = {"mask": mask, "reduce": "token"}
    result = model.loss_and_grad(params, xs, targets, rng=dropping(), **options)

    def value(params):
        return model.loss(params, xs, targets, rng=dropping(), **options)

    agrees(result.grads, complex_step(value, params))


def flat(tree):
    return (
        [leaf for branch in tree for leaf in flat(branch)]
        if isinstance(tree, tuple)
        else [tree]
    )


def agrees(gradient, oracle):
    report = compare(gradient, oracle, 1e-12)
    FOUND.append((report.size, report.worst.error))
    assert report.ok, report


def test_how_much_was_compared(note):
    if FOUND:
        compared, worst = (
            sum(size for size, _ in FOUND),
            max(error for _, error in FOUND),
        )
        note(
            f"complex step, nets of cells: {compared} numbers, worst error {worst:.1e}"
            " of a block's largest"
        )
        assert worst <= 1e-12


# What the nets compute.


@pytest.mark.equation("eq-stacked")
def test_a_stack_is_its_layers_one_after_the_other(rng):
    net = Stacked((RNN("tanh"), LSTM()))
    below, above = params = net.init(rng, 3, 4)
    xs = rng.standard_normal((5, 2, 3))
    hs = forward(RNN("tanh"), below, xs).hs[1:]
    passed = net.forward(params, xs)
    assert_same(passed.outputs, forward(LSTM(), above, hs).hs[1:])
    assert_same(
        passed.state_T,
        (forward(RNN("tanh"), below, xs).state_T, forward(LSTM(), above, hs).state_T),
    )


@pytest.mark.equation("eq-bidirectional")
def test_reading_both_ways_is_reading_once_more_from_the_end(rng):
    net = Bidirectional(LSTM())
    params = net.init(rng, 3, 4)
    xs = rng.standard_normal((5, 2, 3))
    ahead, back = (
        forward(LSTM(), params.ahead, xs),
        forward(LSTM(), params.back, xs[::-1]),
    )
    passed = net.forward(params, xs)
    for t in range(5):
        # at step t the way back has read x_T … x_t
        assert_same(passed.outputs[t], np.hstack([ahead.hs[t + 1], back.hs[5 - t]]))
    assert_same(passed.final, np.hstack([ahead.hs[5], back.hs[5]]))


@pytest.mark.equation("eq-embedding")
def test_an_embedding_is_a_product_with_one_hot_vectors(rng):
    net = Embedded(LSTM(), 3)
    params = net.init(rng, 6, 4)
    ids = rng.integers(0, 6, (5, 2))
    rows = one_hot(ids, 6) @ params.E_x
    assert_same(
        net.forward(params, ids).outputs, forward(LSTM(), params.net, rows).hs[1:]
    )


@pytest.mark.equation("eq-embedding-grad")
def test_rows_are_added_up_by_symbol(rng):
    ids, values = rng.integers(0, 4, (5, 3)), rng.standard_normal((5, 3, 2))
    expected = np.zeros((6, 2))
    np.add.at(expected, ids, values)
    np.testing.assert_allclose(
        scatter_add(ids, values, 6), expected, rtol=0, atol=1e-14
    )


def directions(net):
    """In how many directions the top of a net reads."""
    if isinstance(net, Bidirectional):
        return 2 * directions(net.cell)
    if isinstance(net, Stacked):
        return directions(net.layers[-1])
    return directions(net.cell) if isinstance(net, Embedded | Attending) else 1


@each_net
def test_sizes(net, rng):
    D, H = 4, 3
    params = net.init(rng, D, H)
    assert net.check_params(params) == (D, H)
    assert net.forward(params, inputs(net, rng, 5, 2, D)).outputs.shape == (
        5,
        2,
        net.width(H),
    )
    assert net.width(H) == directions(net) * H
    assert Model(net, D, H, V).init(rng).W_hy.shape == (net.width(H), V)


@each_net
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(net, dtype, rng):
    model = Model(net, 4, 3, V)
    params = model.init(rng, dtype)
    xs = inputs(net, rng, 5, 2, 4)
    xs = xs if net.reads_symbols else xs.astype(dtype)
    result = model.loss_and_grad(params, xs, rng.integers(0, V, (5, 2)), rng=dropping())
    assert {
        leaf.dtype for leaf in flat((result.grads, result.state_T, result.dstate0))
    } == {np.dtype(dtype)}


@pytest.mark.parametrize("batched", PATHS, ids=["batched", "stepwise"])
@pytest.mark.parametrize(
    "made_of",
    [
        Layer,
        lambda c: Stacked((c, c)),
        Bidirectional,
        lambda c: Embedded(c, 2),
        lambda c: Shortcut(c, 3),
        lambda c: Attending(c, Dot(2), 3),
    ],
)
def test_every_cell_of_a_net_is_told_how_to_multiply(made_of, batched, rng):
    counted, calls = counting(RNN("tanh"))
    net = made_of(counted)
    times = 2 if isinstance(net, Stacked | Bidirectional) else 1
    params, xs = net.init(rng, 3, 4), inputs(net, rng, 5, 2, 3)
    passed = net.forward(params, xs, batched=batched)
    assert calls == ([] if batched else ["step"] * 5 * times)
    calls.clear()
    net.backward(params, passed, np.ones_like(passed.outputs), batched=batched)
    assert calls == ([] if batched else ["step_backward"] * 5 * times)


def test_what_a_net_passes_on_is_that_of_the_cells_inside():
    fast = Fast(RNN("tanh"), compiled=False)
    assert Stacked((RNN("sigmoid"), RNN("sigmoid"), fast)).kernels is fast.kernels
    assert not Bidirectional(fast).causal and Stacked((fast, RNN("sigmoid"))).causal


# Padding.


@pytest.mark.parametrize("readout", ["steps", "final"])
@each_net
def test_padded_equals_alone(net, readout, rng):
    """A batch of three lengths gives the loss and the gradient of the three sequences,
    each by itself.
    """
    T, D, H, lengths = 6, 3, 4, [6, 1, 4]
    model = Model(net, D, H, V, readout=readout)
    params = normal_like(model.init(rng), rng)
    xs, targets = inputs(net, rng, T, 3, D), targets_for(model, rng, T, 3)
    mask = np.arange(T)[:, None] < lengths
    spoilt = (
        np.where(mask, xs, -9)
        if net.reads_symbols
        else np.where(mask[..., None], xs, np.nan)
    )
    together = model.loss_and_grad(params, spoilt, targets, mask=mask, reduce="sum")
    alone = [
        model.loss_and_grad(params, xs[:n, [b]], targets[:n, [b]], reduce="sum")
        for b, n in enumerate(lengths)
    ]
    assert abs(together.loss - sum(one.loss for one in alone)) <= 1e-13
    total = tree_map(lambda *grads: sum(grads), *(one.grads for one in alone))
    assert largest_difference(together.grads, total) <= 1e-13
    if not net.reads_symbols:
        assert np.all(together.dxs[~mask] == 0)


@each_causal
def test_the_end_is_the_last_step(net, rng):
    xs = inputs(net, rng, 6, 2, 3)
    at_end, always = Model(net, 3, 4, V, readout="final"), Model(net, 3, 4, V)
    params = always.init(rng)
    assert_same(
        at_end.forward(params, xs).ys_raw, always.forward(params, xs).ys_raw[-1:]
    )


@each_net
def test_a_batch_is_checked_by_what_reads_it(net, rng):
    xs, targets = inputs(net, rng, 5, 2, 3), rng.integers(0, V, (5, 2))
    mask = np.arange(5)[:, None] < [5, 2]
    spoilt = (
        np.where(mask, xs, -9)
        if net.reads_symbols
        else np.where(mask[..., None], xs, np.nan)
    )
    read, _ = Model(net, 3, 4, V).check_batch(spoilt, targets, mask)
    assert_same(read, xs * (mask if net.reads_symbols else mask[..., None]))


# Dropout.


@pytest.mark.equation("eq-dropout")
def test_dropout_drops_its_share_and_keeps_the_mean():
    net = Stacked((RNN("sigmoid"), RNN("sigmoid")), dropout=0.3)
    params, xs = net.init(dropping(), 3, 50), np.ones((40, 20, 3))
    passed = net.forward(params, xs, rng=dropping())
    (keep,) = passed.keeps
    assert set(np.unique(keep)) == {0.0, 1 / (1 - 0.3)}
    assert abs((keep == 0).mean() - 0.3) < 0.01 and abs(keep.mean() - 1) < 0.01
    # it acts between the layers: the lower one and its way through time are as without
    assert_same(passed.layers[0].hs, net.forward(params, xs).layers[0].hs)
    assert np.any(passed.outputs != net.forward(params, xs).outputs)


def test_dropout_is_for_training_alone(rng):
    params, xs = NETS[1].init(rng, 3, 4), rng.standard_normal((5, 2, 3))
    plain = Stacked(NETS[1].layers)
    assert_same(NETS[1].forward(params, xs).outputs, plain.forward(params, xs).outputs)
    assert_same(
        plain.forward(params, xs, rng=dropping()).outputs,
        plain.forward(params, xs).outputs,
    )


@pytest.mark.parametrize(
    "around",
    [
        Bidirectional,
        lambda n: Embedded(n, 2),
        lambda n: Shortcut(n, 3),
        lambda n: Attending(n, Dot(2), 3),
        lambda n: Stacked((n, LSTM())),
    ],
)
def test_dropout_inside_a_net_inside_a_net(around, rng):
    net = around(Stacked((RNN("tanh"), RNN("tanh")), dropout=0.5))
    params, xs = net.init(rng, 3, 4), inputs(net, rng, 5, 2, 3)
    plain, dropped = (
        net.forward(params, xs, rng=rng).outputs for rng in (None, dropping())
    )
    for k in range(net.width(4) // 4):  # either direction
        assert np.any(plain[..., 4 * k : 4 * k + 4] != dropped[..., 4 * k : 4 * k + 4])


def test_without_dropout_nothing_is_drawn(rng):
    net = Stacked((RNN("tanh"), LSTM()))
    generator = dropping()
    assert net.forward(
        net.init(rng, 3, 4), np.ones((5, 2, 3)), rng=generator
    ).keeps == (None,)
    assert generator.random() == dropping().random()


def test_training_with_dropout(rng):
    model = Model(NETS[1], 3, 4, V)
    params = model.init(rng)
    batches = [(rng.standard_normal((5, 2, 3)), rng.integers(0, V, (5, 2)))] * 3
    with pytest.raises(
        ValueError,
        match=r"^rng: expected a numpy.random.Generator for a net with dropout",
    ):
        fit(model, params, batches, SGD(0.1))
    runs = [
        fit(model, params, batches, SGD(0.1), rng=dropping(seed)) for seed in (1, 1, 2)
    ]
    assert_same(runs[0].params, runs[1].params)
    assert runs[0].history.losses[0] != runs[2].history.losses[0]
    windows = [
        fit(
            model,
            params,
            batches,
            SGD(0.1),
            truncation=Truncation(2),
            rng=dropping(seed),
        )
        for seed in (1, 2)
    ]
    assert windows[0].history.losses[0] != windows[1].history.losses[0]


# Carrying a state on.


@each_causal
def test_a_sequence_in_two_parts(net, rng):
    params, xs = net.init(rng, 3, 4), inputs(net, rng, 7, 2, 3)
    whole = net.forward(params, xs)
    first = net.forward(params, xs[:3])
    rest = net.forward(params, xs[3:], first.state_T)
    np.testing.assert_allclose(rest.outputs, whole.outputs[3:], rtol=0, atol=1e-15)
    assert largest_difference(whole.states[3], first.state_T) <= 1e-15


@each_causal
def test_windows_that_overlap(net, rng):
    """The windows of truncated backpropagation start from the state that the net was
    in.
    """
    model = Model(net, 3, 4, V)
    params, xs = model.init(rng), inputs(net, rng, 7, 2, 3)
    targets = rng.integers(0, V, (7, 2))
    losses = [
        r.loss
        for _, r in window_gradients(
            model, params, xs, targets, Truncation(4, 2), reduce="sum"
        )
    ]
    assert abs(sum(losses) - model.loss(params, xs, targets, reduce="sum")) <= 1e-13


@each_blind
def test_a_net_that_reads_both_ways_carries_nothing(net, rng):
    model = Model(net, V, 4, V)
    params, xs = model.init(rng), inputs(net, rng, 5, 2, V)
    batches = [(xs, rng.integers(0, V, (5, 2)))]
    message = (
        r"^model: expected a net that reads in one direction to .*, got .*Bidirectional"
    )
    for call in (
        lambda: fit(model, params, batches, SGD(0.1), carry_state=True, rng=rng),
        lambda: fit(
            model, params, batches, SGD(0.1), truncation=Truncation(2), rng=rng
        ),
        lambda: sample(model, params, np.zeros(1, int), 3, rng),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_readout_at_the_end_carries_nothing(rng):
    model = Model(LSTM(), 3, 4, V, readout="final")
    batches = [(rng.standard_normal((5, 2, 3)), rng.integers(0, V, (1, 2)))]
    with pytest.raises(
        ValueError,
        match=r"^model: expected readout='steps' to carry its state, got 'final'",
    ):
        fit(model, model.init(rng), batches, SGD(0.1), carry_state=True)


def test_a_net_that_reads_symbols_writes_them(rng):
    model = Model(Embedded(LSTM(), 2), V, 4, V)
    drawn = sample(
        model, model.init(rng), np.array([1, 2]), 10, np.random.default_rng(1)
    )
    assert drawn.shape == (10,) and set(drawn) <= set(range(V))


# Learning.


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_net_reads_both_ways_what_one_way_cannot_know(objective, rng):
    """Say at every step what came first and what comes last."""
    T, B = 5, 64
    bits = rng.integers(0, 2, (T, B))
    label = 2 * bits[0] + bits[-1]
    targets = np.broadcast_to(label, (T, B)).copy()
    values = one_hot(targets, 4)
    batches = [(one_hot(bits, 2), targets if objective == "cross_entropy" else values)]
    losses = {}
    for net in (LSTM(), Bidirectional(LSTM())):
        model = Model(net, 2, 8, 4, objective)
        fitted = fit(
            model, model.init(dropping()), batches, SGD(0.5, 0.9, clip=1.0), epochs=200
        )
        losses[str(net)] = model.loss(fitted.params, *batches[0])
    one_way, both_ways = losses.values()
    # before the end one way can only guess the last bit: ln 2 nats, or two errors of ½
    floor = {"cross_entropy": np.log(2), "squared_error": 0.5}[objective] * (T - 1) / T
    assert one_way > 0.9 * floor and both_ways < 0.5 * floor


# Wrong arguments.

P2 = Stacked((RNN("tanh"), LSTM())).init(np.random.default_rng(0), 3, 4)
PB = Bidirectional(LSTM()).init(np.random.default_rng(0), 3, 4)
PE = Embedded(LSTM(), 2).init(np.random.default_rng(0), 3, 4)
IDS = np.zeros((5, 2), int)
XS = np.zeros((5, 2, 3))
WRONG = [
    (lambda: Stacked(()), TypeError, r"^layers: expected a tuple of cells, got "),
    (lambda: Stacked(LSTM()), TypeError, r"^layers: expected a tuple of cells, got "),
    (
        lambda: Stacked((LSTM(), "tanh")),
        TypeError,
        r"^layers\[1\]: expected a cell such as RNN\(\), got 'tanh'",
    ),
    (
        lambda: Stacked((LSTM(),), dropout=1),
        ValueError,
        r"^dropout: expected .* at least 0 and below 1, got 1",
    ),
    (
        lambda: Stacked((LSTM(),), dropout="x"),
        TypeError,
        r"^dropout: expected a finite number",
    ),
    (
        lambda: Bidirectional(None),
        TypeError,
        r"^cell: expected a cell such as RNN\(\), got None",
    ),
    (
        lambda: Embedded(3, 2),
        TypeError,
        r"^cell: expected a cell such as RNN\(\), got 3",
    ),
    (
        lambda: Embedded(LSTM(), 0),
        ValueError,
        r"^E: expected an integer of at least 1, got 0",
    ),
    (
        lambda: NETS[0].forward(P2[:1], XS),
        TypeError,
        r"^params: expected a tuple of 2, a layer each, got ",
    ),
    (
        lambda: NETS[0].forward((PB.ahead, PB.ahead), XS),
        ValueError,
        r"^params\[1\]: expected D, H = 4, 4, got 3, 4",
    ),
    (lambda: NETS[0].forward((P2[1], P2[0]), XS), ValueError, r"^params\[1\]"),
    (
        lambda: Stacked((RNN("tanh"), LSTM())).forward(P2, XS, (None,)),
        TypeError,
        r"^state0: expected a tuple of 2",
    ),
    (
        lambda: NETS[2].forward(P2, XS),
        TypeError,
        r"^params: expected BothWays, got tuple",
    ),
    (
        lambda: NETS[2].forward(PB, XS, (None, None)),
        TypeError,
        r"^state0: expected BothWays, got tuple",
    ),
    (
        lambda: NETS[2].forward(
            PB._replace(back=NETS[2].init(np.random.default_rng(0), 3, 5).back), XS
        ),
        ValueError,
        r"^params\.back: expected D, H = 3, 4, got 3, 5",
    ),
    (
        lambda: NETS[2].backward(PB, NETS[2].forward(PB, XS), XS),
        ValueError,
        r"^douts: expected shape \(5, 2, 8\)",
    ),
    (
        lambda: NETS[2].backward(PB, XS, XS),
        TypeError,
        r"^passed: expected BothWaysPass, got ndarray",
    ),
    (
        lambda: Embedded(LSTM(), 2).forward(PE, XS),
        TypeError,
        r"^xs: expected an array of integers",
    ),
    (
        lambda: Embedded(LSTM(), 2).forward(PE, IDS + 3),
        ValueError,
        r"^xs: expected integers from 0 to 2, got 3",
    ),
    (
        lambda: Embedded(LSTM(), 2).forward(PE, IDS, mask=np.ones(5)),
        TypeError,
        r"^mask: expected",
    ),
    (
        lambda: Embedded(LSTM(), 5).forward(PE, IDS),
        ValueError,
        r"^params\.E_x: expected shape \(D, 5\) .*, got \(3, 2\)",
    ),
    (
        lambda: Embedded(RNN("tanh"), 2).forward(tuple(PE), IDS),
        TypeError,
        r"^params: expected EmbeddedParams",
    ),
    (
        lambda: as_net("cell", LSTM),
        TypeError,
        r"^cell: expected a cell such as RNN\(\), got ",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_is_named(call, error, message):
    with pytest.raises((TypeError, ValueError), match=message) as caught:
        call()
    assert type(caught.value) is error


def test_a_seed_is_one_generator_for_all_layers():
    """Or layers of the same size would begin alike."""
    layers, both = Stacked((LSTM(), LSTM()), dropout=0.5), Bidirectional(LSTM())
    first, second = layers.init(3, 4, 4)
    assert (first.W_xh != second.W_xh).all()
    ahead, back = both.init(3, 4, 4)
    assert (ahead.W_xh != back.W_xh).all()
    xs = np.ones((5, 2, 4))
    for seed in (7, np.int64(7)):
        assert_same(
            layers.forward((first, second), xs, rng=seed).outputs,
            layers.forward((first, second), xs, rng=np.random.default_rng(7)).outputs,
        )
