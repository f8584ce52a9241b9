"""The model around a cell."""

import numpy as np
from cases import PATHS, assert_same, counting

from mutation.judges.common import (
    GOLDEN,
    LENGTHS,
    MASK,
    SCORED,
    B,
    D,
    H,
    T,
    V,
    close,
    concerned,
    raises,
    slopes,
    weights,
)
from rnntutor.cells.affine import AffineCell
from rnntutor.model.losses import REDUCE


def models(world):
    """test_losses.py, test_model.py: loss and every gradient of a model, for each mean, scored, with a mask."""
    for k, (_, case, seen) in enumerate(concerned(world, GOLDEN, "model")):
        model, params, state0 = world.own((case.model, case.params, case.state0))
        ys_raw, _ = model.forward(params, case.xs, state0)
        close(ys_raw, seen.y_raw)
        close(model.loss(params, case.xs, case.targets, state0), seen.loss)
        close(model.loss_and_grad(params, case.xs, case.targets, state0).loss, seen.loss)
        for mask, scored, reduce in _options(k):
            options = (state0, mask, reduce, scored)

            def value(at, model=model, case=case, options=options):
                params, xs, state0 = at
                return model.loss(params, xs, case.targets, state0, *options[1:])

            counted = np.ones((T, B), bool) if mask is None else mask
            counted = counted if scored is None else counted & scored
            spoilt = np.where(counted, case.targets, -9)
            for batched in PATHS:
                result = model.loss_and_grad(params, case.xs, spoilt, *options, batched=batched)
                found = (result.grads, result.dxs, result.dstate0)
                slopes(value, (params, case.xs, state0), found)
                close(result.loss, model.loss(params, case.xs, spoilt, *options))
                assert type(result.grads) is type(params)
                assert_same(result.state_T, result.unrolled.state_T)
            ys_raw = model.forward(params, case.xs, state0, mask).ys_raw
            y = np.exp(ys_raw) / np.exp(ys_raw).sum(axis=-1, keepdims=True)
            ce = -np.log(np.take_along_axis(y, case.targets[..., None], -1)[..., 0])
            close(result.loss, (weights(counted, reduce) * ce).sum())
            model.check_batch(case.xs, case.targets, mask)
        nothing = np.zeros((T, B), bool)
        nothing[2, 0] = True  # which is padding
        call = (params, case.xs, case.targets, state0, MASK, "sum", nothing)
        raises(lambda model=model, call=call: model.loss(*call), "scored: expected steps")


def _options(k):
    """Mask, scored, reduce: all three means over the cells, with and without."""
    yield MASK, SCORED, REDUCE[k % 3]
    yield None, SCORED, REDUCE[(k + 1) % 3]
    yield LENGTHS, None, REDUCE[(k + 2) % 3]


def each_path_of_a_model(world):
    """test_model.py: a model hands `batched` on."""
    for cell, case, _ in concerned(world, GOLDEN, "model"):
        if not isinstance(cell, AffineCell):
            continue
        counted, calls = counting(world.own(cell))
        model, params = world["rnntutor.model.model"].Model(counted, D, H, V), world.own(case.params)
        model.forward(params, case.xs, batched=False)
        assert calls == ["step"] * T
        model.loss_and_grad(params, case.xs, case.targets, batched=False)
        assert calls == ["step"] * T * 2 + ["step_backward"] * T
        model.loss_and_grad(params, case.xs, case.targets)
        model.forward(params, case.xs)
        assert len(calls) == 3 * T
