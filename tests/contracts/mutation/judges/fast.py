"""The fast schedule in NumPy, beside the cell's own path."""

from unittest import mock

import numpy as np
from cases import RNNS, assert_same, normal_like

from mutation.judges.common import (
    MASK,
    PROBLEMS,
    B,
    D,
    H,
    T,
    V,
    arrays,
    close,
    concerned,
    draw,
    locked,
    slopes,
)
from rnntutor import LSTM, Model, backward, forward, sample, tree_map
from rnntutor.fast import Fast
from rnntutor.nets import Embedded


def _passes():
    """Each cell with and without padding: a pass forward and one back, by its own steps."""
    for cell, drawn in PROBLEMS:
        if cell in (*RNNS, LSTM()):
            for mask in (None, MASK):
                unrolled = forward(cell, *drawn.inputs, mask)
                back = backward(cell, drawn.params, unrolled, drawn.dhs, drawn.dstate_T)
                yield Fast(cell, compiled=False), drawn, mask, unrolled, back


def _texts():
    """A model of each cell that reads one-hot vectors or rows, and what it writes."""
    for k, (cell, temperature) in enumerate([*zip(RNNS, (1.0, 0.4, 0.0), strict=True), (LSTM(), 0.7)]):
        for net, fast in ((cell, Fast(cell, False)), (Embedded(cell, 2), Embedded(Fast(cell, False), 2))):
            model = Model(net, V, H, V)
            params = locked(normal_like(model.init(draw(k)), draw(k)))
            written = sample(model, params, np.array([1, 2]), 25, draw(k), temperature)
            yield Model(fast, V, H, V), params, temperature, k, written


PASSES, TEXTS = list(_passes()), list(_texts())


def _poisoned(world):
    """Memory that is used again holds NaN."""
    module = world["rnntutor.fast.buffers"]
    pool = mock.Mock(take=lambda size: np.full(size, 255, np.uint8))
    return mock.patch.multiple(module, POOL=pool, WORTHWHILE=0)


def alike(have, want):
    for a, b in zip(arrays(have), arrays(want), strict=True):
        assert a.dtype == b.dtype
        close(a, b)


def fast_passes(world):
    """test_fast.py: outputs, states and gradients, from a state and with a final cotangent; twice."""
    for net, drawn, *rest in concerned(world, PASSES):
        there_and_back(world, *world.own((net, drawn)), *rest)


def there_and_back(world, net, own, mask, unrolled, back):
    """What a net of a world computes, beside what the cell's own steps did."""
    xs = own.xs if mask is None else np.where(mask[..., None], own.xs, np.nan)
    mask = None if mask is None else np.asfortranarray(mask)
    with _poisoned(world):
        passed = net.forward(own.params, xs, own.state0, mask)
        close(passed.hs, unrolled.hs)
        alike((passed.outputs, passed.final), (unrolled.outputs, unrolled.final))
        assert len(passed.states) == T + 1
        for have in (tuple(passed.states), tuple(passed.states[0:])):
            alike(have, tuple(unrolled.states))
        alike((*passed.states[1:3], passed.states[-2]), (*unrolled.states[1:3], unrolled.states[-2]))
        assert all(part.flags.c_contiguous for part in passed.state_T)
        assert [type(state) for state in (passed.state_T, passed.states[1])] == [type(own.state0)] * 2
        for _ in range(2):
            found = net.backward(own.params, passed, own.dhs, own.dstate_T)
            alike(found, back)
            assert type(found[1]) is type(own.state0)
        rest = net.forward(own.params, xs[2:], passed.states[2], None if mask is None else mask[2:])
        alike((rest.outputs, rest.state_T), (unrolled.outputs[2:], unrolled.state_T))


def fast_gradients(world):
    """test_nets.py: complex numbers take the cell's own way, by the path that was asked for."""
    for net, drawn, mask, _, _ in concerned(world, PASSES):
        net, drawn = world.own((net, drawn))
        xs, dhs = drawn.xs[:1], drawn.dhs[:1]
        found = net.backward(drawn.params, net.forward(drawn.params, xs), dhs)

        def value(at, net=net, dhs=dhs):
            return (dhs * net.forward(at[0], at[2], at[1]).outputs).sum()

        at = (drawn.params, tree_map(np.zeros_like, drawn.state0), xs)
        slopes(value, at, (found[2], found[1], found[0]))
        for turned in ((drawn.params, drawn.xs + 0j), (tree_map(lambda a: a + 0j, drawn.params), drawn.xs)):
            passed = net.forward(*turned, drawn.state0, mask)
            assert isinstance(passed, world["rnntutor.nets.unroll"].Unrolled)
            alike(
                tree_map(np.real, net.backward(turned[0], passed, drawn.dhs, drawn.dstate_T)),
                backward(
                    net.cell, drawn.params, forward(net.cell, *drawn.inputs, mask), drawn.dhs, drawn.dstate_T
                ),
            )
        unroll = world["rnntutor.nets.unroll"]
        for batched in (True, False):
            with mock.patch.multiple(unroll, forward=mock.Mock(), backward=mock.Mock()):
                net.forward(drawn.params, drawn.xs + 0j, batched=batched)
                net.backward(drawn.params, passed, drawn.dhs, batched=batched)
                assert unroll.forward.call_args.args[-1] is unroll.backward.call_args.args[-1] is batched


def fast_precision(world):
    """test_fast.py: all is computed in the precision of the parameters."""
    for net, drawn, *rest in concerned(world, PASSES):
        in_single_precision(*world.own((net, drawn)), *rest)


def in_single_precision(net, drawn, mask, unrolled, back):
    """Parameters in float32, all else in float64."""
    params = tree_map(lambda a: a.astype(np.float32), drawn.params)
    passed = net.forward(params, drawn.xs, drawn.state0, mask)
    found = net.backward(params, passed, drawn.dhs, drawn.dstate_T)
    have = (passed.hs, passed.state_T, *found)
    for one, want in zip(arrays(have), arrays((unrolled.hs, unrolled.state_T, *back)), strict=True):
        close(one, want, 1e-4)
    rows, ids = np.eye(D, dtype=np.float32), np.arange(T * B).reshape(T, B) % D
    read = net.forward_symbols(params, rows, ids)
    have += (read.hs, *net.backward_symbols(params, rows, ids, read, drawn.dhs))
    assert {leaf.dtype for leaf in arrays(have)} == {np.dtype(np.float32)}


def fast_byte_order(world):
    """test_layouts.py: parameters in another order of bytes, and what is computed from them in this one's."""
    for net, drawn, *rest in concerned(world, PASSES):
        in_other_byte_order(*world.own((net, drawn)), *rest)


def in_other_byte_order(net, drawn, mask, unrolled, back):
    """All is: vectors or symbols are read, and symbols written."""
    other = np.dtype(float).newbyteorder()
    turned = tree_map(lambda a: a.astype(other), drawn)
    passed = net.forward(turned.params, turned.xs, turned.state0, mask)
    alike((passed.hs, passed.xs, passed.state_T), (unrolled.hs, unrolled.xs, unrolled.state_T))
    alike(net.backward(turned.params, passed, turned.dhs, turned.dstate_T), back)
    rows, ids = np.eye(D), np.zeros((T, B), int)
    results = []
    for params, read in ((drawn.params, ids), (turned.params, ids.astype(ids.dtype.newbyteorder()))):
        passed = net.forward_symbols(params, rows, read)
        found = net.backward_symbols(params, rows, read, passed, drawn.dhs)
        readout, state = (params.W_hh[:, :2], params.b_h[:2]), net.cell.zero_state(drawn.params, 1)
        written = net.write(params, rows, readout, np.zeros(2), state, 1.0, draw(0).random(5))
        results.append((passed.outputs, *found, *written))
    alike(*results)


def fast_symbols(world):
    """test_fast.py: few symbols, whose products are looked up, and many; sums over each symbol."""
    for net, drawn, mask, _, _ in concerned(world, PASSES, "nets.embedded", "nets.scatter"):
        look_up(world, net.cell, world.own(net), drawn, mask)


def look_up(world, cell, net, drawn, mask):
    """What a net of a world makes of symbols, beside what the cell's own steps make of them."""
    for n in (3, T * B, T * B + 1):
        rng = draw(n)
        slow, fast = Embedded(cell, D), world["rnntutor.nets.embedded"].Embedded(net, D)
        params = slow.init(rng, n, H)._replace(net=drawn.params)
        own, (state0, dhs, dstate_T) = world.own(params), world.own(drawn[2:])
        ids = rng.integers(0, n, (T, B))
        spoilt = ids if mask is None else np.where(mask, ids, -9)
        read = slow.forward(params, ids, drawn.state0, mask)
        want = slow.backward(params, read, drawn.dhs, drawn.dstate_T)
        for _ in range(2):
            passed = fast.forward(own, spoilt.tolist(), state0, mask)
            alike((passed.outputs, passed.state_T), (read.outputs, read.state_T))
            found = fast.backward(own, passed, dhs, dstate_T)
            assert found[0] is None and type(found[2].net) is type(own.net)
            alike(found[1:], want[1:])
        assert fast.inner.looks_up_products(own.E_x, ids) == (n <= T * B) == (passed.net.xs is None)
        assert not fast.inner.looks_up_products(own.E_x + 0j, ids)


def fast_writing(world):
    """test_fast.py: what is written is what the cell writes, up to the first output that is not finite."""
    for model, params, temperature, k, written in concerned(world, TEXTS, "nets.embedded"):
        model, params = world.own((model, params))
        with mock.patch.object(world["rnntutor.fast.net"], "PIECE", 9):  # at a time
            assert_same(sample(model, params, np.array([1, 2]), 25, draw(k), temperature), written)
        state = model.cell.forward(
            params.cell, np.zeros((1, 1) if model.net.reads_symbols else (1, 1, V), int)
        )

        def write(y_raw, uniforms, temperature, model=model, params=params, state=state.state_T):
            writer = model.net.writer(params.cell)
            drawn = writer((params.W_hy, params.b_y), np.array(y_raw), state, temperature, uniforms)
            return list(np.concatenate([*drawn]))

        for bad in (np.inf, -np.inf, np.nan):
            assert write(np.where(np.arange(V) == 2, bad, 1.0), np.zeros(3), 1.0) == [-1] * 3
        assert write(np.zeros(V), [1.0], 1.0) == [V - 1]
        for u, want in ((0.0, 2), (0.4, 2), (0.6, 4)):  # two that are equal
            assert write([1.0, 0, 3, 2, 3, 0], [u], 0.0) == [want]
        wild = params._replace(b_y=np.where(np.arange(V) == 2, np.inf, params.b_y))
        assert write(np.zeros(V), np.zeros(4), 0.0, params=wild) == [0, -1, -1, -1]
        single = tree_map(lambda a: a.astype(np.float32), params)
        y_raw = np.float32([0, -1.1, *[-np.inf] * 0, *[-50] * (V - 2)])
        edge = 1 / np.exp(y_raw.astype(float)).sum()
        for u, want in ((edge - 1e-10, 0), (edge + 1e-10, 1)):
            assert write(y_raw.astype(float), [u, 0.5], 1.0, params=single)[0] == want
