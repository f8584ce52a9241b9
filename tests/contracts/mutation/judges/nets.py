"""Nets of several cells."""

import numpy as np
from cases import PATHS, assert_same, counting, normal_like

from mutation.judges.common import (
    LENGTHS,
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
    raises,
    slopes,
)
from rnntutor import LSTM, RNN, Model, tree_map
from rnntutor.fast import Fast
from rnntutor.lab.long_lags.shortcut import Shortcut
from rnntutor.nets import Bidirectional, Embedded, Stacked

SMALL = RNN("tanh")
# A net, the width of its output, and what it is: causal, with dropout, a reader of symbols.
NETS = [
    (Stacked((SMALL, LSTM(), RNN("relu"), RNN("sigmoid")), dropout=0.4), H, {"causal", "dropout"}),
    (Bidirectional(Stacked((SMALL, LSTM()), 0.3)), 2 * H, {"dropout"}),
    (Stacked((Bidirectional(SMALL), LSTM())), H, set()),
    (Embedded(Stacked((SMALL, RNN("relu")), dropout=0.2), 2), H, {"causal", "dropout", "reads_symbols"}),
    (Stacked((Embedded(SMALL, 2), RNN("relu"), Bidirectional(LSTM()))), 2 * H, {"reads_symbols"}),
    (Stacked((Bidirectional(Stacked((SMALL, Bidirectional(SMALL)), 0.3)), SMALL), 0.2), H, {"dropout"}),
    (Bidirectional(Embedded(SMALL, 2)), 2 * H, {"reads_symbols"}),
    (Shortcut(Stacked((SMALL, SMALL), dropout=0.3), D), H + D, {"causal", "dropout"}),
    (Bidirectional(Shortcut(SMALL, D)), 2 * (H + D), set()),
    (
        Stacked((Embedded(Fast(LSTM(), False), 2), Bidirectional(Fast(SMALL, False)))),
        2 * H,
        {"reads_symbols"},
    ),
]


def _cases():
    """Each net with one loss or the other, read out at every step or at the end."""
    for k, (net, _, _) in enumerate(NETS):
        objective, readout = (
            ("cross_entropy", "squared_error")[k // 2 % 2],
            ("final", "steps")[k % 2 or k > 6],
        )
        rng, model = draw(k), Model(net, D, H, V, objective, readout)
        params = normal_like(model.init(rng), rng, 0.5)
        xs = rng.integers(0, D, (T, B)) if net.reads_symbols else rng.standard_normal((T, B, D))
        steps = T if readout == "steps" else 1
        labels, numbers = rng.integers(0, V, (steps, B)), rng.standard_normal((steps, B, V))
        state0 = normal_like(net.forward(params.cell, xs).state_T, rng)
        yield model, *locked((params, xs, labels if objective == "cross_entropy" else numbers, state0))


CASES = list(_cases())


def _spoilt(xs, mask):
    """Something useless in the padding."""
    if mask is None:
        return xs
    return np.where(mask, xs, -9) if xs.ndim == 2 else np.where(mask[..., None], xs, np.nan)


def models_of_nets(world):
    """test_nets.py: loss and gradients of a model with dropout, with and without a mask."""
    for model, params, xs, targets, state0 in concerned(world, CASES):
        model, params, state0 = world.own((model, params, state0))
        for mask, batched in ((LENGTHS, True), (None, False)):
            options = {"mask": mask, "reduce": "token"}

            def value(at, model=model, xs=xs, targets=targets, options=options):
                read = at[2] if len(at) > 2 else xs
                return model.loss(at[0], read, targets, at[1], rng=draw(7), **options)

            result = model.loss_and_grad(
                params, _spoilt(xs, mask), targets, state0, rng=draw(7), batched=batched, **options
            )
            assert (result.dxs is None) == (xs.dtype.kind == "i")
            at, found = (params, state0), (result.grads, result.dstate0)
            if result.dxs is not None:
                at, found = (*at, xs), (*found, result.dxs)
            slopes(value, at, found)
            close(result.loss, value(at))
            read, _ = model.check_batch(_spoilt(xs, mask), targets, mask)
            assert_same(
                read, xs if mask is None else np.where(mask.reshape(T, B, *[1] * (xs.ndim - 2)), xs, 0)
            )


def gradients_through_nets(world):
    """test_nets.py: from derivatives by all outputs and the final states to those by all that comes in."""
    for model, params, xs, _, state0 in concerned(world, CASES):
        net, params, state0 = world.own((model.cell, params.cell, state0))
        rng = draw(5)
        douts, dstate_T = rng.standard_normal((T, B, net.width(H))), normal_like(state0, rng)

        def value(at, net=net, xs=xs, douts=douts, dstate_T=dstate_T):
            passed = net.forward(at[0], at[2] if len(at) > 2 else xs, at[1], rng=draw(7))
            ends = zip(arrays(dstate_T), arrays(passed.state_T), strict=True)
            return (douts * passed.outputs).sum() + sum((d * s).sum() for d, s in ends)

        passed = net.forward(params, xs, state0, rng=draw(7))
        dxs, dstate0, dparams = net.backward(params, passed, douts, dstate_T)
        at, found = (params, state0), (dparams, dstate0)
        slopes(value, *((at, found) if dxs is None else ((*at, xs), (*found, dxs))))


def _by_hand(world, net, params, xs, state0, mask, rng):
    """Outputs, what is known at the end, and the final state, of nothing but unrolled cells."""
    if isinstance(net, Embedded):
        return _by_hand(world, net.cell, params.net, np.eye(D)[xs] @ params.E_x, state0, mask, rng)
    if isinstance(net, Shortcut):
        outputs, _, state_T = _by_hand(world, net.cell, params, xs, state0, mask, rng)
        read = xs if mask is None else np.where(mask[..., None], xs, 0)
        return np.concatenate([outputs, read], axis=2), None, state_T
    if isinstance(net, Bidirectional):
        turned = None if mask is None else mask[::-1]
        ahead = _by_hand(world, net.cell, params.ahead, xs, state0.ahead, mask, rng)
        back = _by_hand(world, net.cell, params.back, xs[::-1], state0.back, turned, rng)
        outputs = np.concatenate([ahead[0], back[0][::-1]], axis=2)
        final = None if ahead[1] is None else np.concatenate([ahead[1], back[1]], axis=1)
        return outputs, final, type(state0)(ahead[2], back[2])
    if isinstance(net, Stacked):
        states = ()
        for k, layer in enumerate(net.layers):
            if k and net.dropout:
                xs = xs * (rng.random(xs.shape) >= net.dropout) / (1 - net.dropout)
            xs, final, state = _by_hand(world, layer, params[k], xs, state0[k], mask, rng)
            states += (state,)
        return xs, final, states
    cell = net.cell if isinstance(net, Fast) else net
    unrolled = world["rnntutor.nets.unroll"].forward(world.own(cell), params, xs, state0, mask)
    return unrolled.hs[1:], unrolled.hs[-1], unrolled.state_T


def nets_by_hand(world):
    """test_nets.py: a stack is its layers, two directions are two runs, and so on."""
    for model, params, xs, _, state0 in concerned(world, CASES):
        net, model = model.cell, world.own(model)
        params, state0 = world.own((params, state0))
        for mask in (None, LENGTHS):
            passed = model.cell.forward(params.cell, _spoilt(xs, mask), state0, mask, rng=draw(8))
            outputs, final, state_T = _by_hand(world, net, params.cell, xs, state0, mask, draw(8))
            close(passed.outputs, outputs)
            if final is None:
                raises(lambda passed=passed: passed.final, "readout: expected 'steps'")
            else:
                close(passed.final, final)
            assert type(passed.state_T) is type(state_T)
            for have, want in zip(arrays(passed.state_T), arrays(state_T), strict=True):
                close(have, want)
            ys_raw = model.forward(params, _spoilt(xs, mask), state0, mask, rng=draw(8)).ys_raw
            close(ys_raw, (outputs if model.readout == "steps" else final[None]) @ params.W_hy + params.b_y)


def what_nets_promise(world):
    """test_nets.py: sizes, first parameters, what is left out is zero, states to carry on from."""
    for (model, params, xs, targets, state0), (net, width, is_) in zip(CASES, NETS, strict=True):
        if not world.concerns(model):
            continue
        model, params, net = world.own((model, params, net))
        assert net.check_params(params.cell) == (D, H)
        assert is_ == {name for name in ("causal", "dropout", "reads_symbols") if getattr(net, name)}
        assert model.width == net.width(H) == width
        first = model.init(draw(0), np.float32)
        assert [(leaf.shape, leaf.dtype) for leaf in arrays(first)] == [
            (leaf.shape, np.float32) for leaf in arrays(params)
        ]
        passed = net.forward(params.cell, xs)
        zero = tree_map(np.zeros_like, world.own(state0))
        assert_same(passed.state_T, net.forward(params.cell, xs, zero).state_T)
        douts = np.ones((T, B, model.width))
        without, given = (net.backward(params.cell, passed, douts, dstate_T) for dstate_T in (None, zero))
        assert_same(without[1:], given[1:])
        if net.causal:
            rest = net.forward(params.cell, xs[2:], passed.states[2])
            close(rest.outputs, passed.outputs[2:])
            assert len(passed.states) == T + 1
        single = world.own(tree_map(lambda a: a.astype(np.float32), params))
        read = xs if xs.ndim == 2 else xs.astype(np.float32)
        result = model.loss_and_grad(single, read, targets, rng=draw(0))
        assert {leaf.dtype for leaf in arrays((result.grads, result.dstate0))} == {np.dtype(np.float32)}
        if net.reads_symbols:
            wrong = (params.cell, np.full((T, B), D))
            raises(
                lambda net=net, wrong=wrong: net.forward(*wrong), f"xs: expected integers from 0 to {D - 1}"
            )


def paths_of_nets(world):
    """test_nets.py: a net hands `batched` on to each of its cells, and draws nothing without dropout."""
    for net in (Stacked((SMALL, SMALL)), Bidirectional(SMALL), Embedded(SMALL, 2), Shortcut(SMALL, D)):
        if not world.concerns(net):
            continue
        counted, calls = counting(world.own(SMALL))
        params = world.own(net.init(draw(0), D, H))
        cells = {"layers": (counted, counted)} if hasattr(net, "layers") else {"cell": counted}
        own = type(world.own(net))(**{**vars(world.own(net)), **cells})
        xs = np.zeros((T, B), int) if net.reads_symbols else np.zeros((T, B, D))
        rng, number = draw(0), 2 if isinstance(net, Stacked | Bidirectional) else 1
        for batched in PATHS:
            passed = own.forward(params, xs, batched=batched, rng=rng)
            own.backward(params, passed, np.ones_like(passed.outputs), batched=batched)
            back = ["step_backward"] * T * number
            assert sorted(calls) == ([] if batched else ["step"] * T * number + back)
        assert rng.random() == draw(0).random()
