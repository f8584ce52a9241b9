"""Losses and activations."""

from unittest import mock

import numpy as np
from cases import assert_same

from mutation.judges.common import (
    LABELS,
    LENGTHS,
    LOGITS,
    MASK,
    NUMBERS,
    B,
    T,
    V,
    asked,
    close,
    draw,
    memory,
    raises,
    slopes,
    weights,
)
from rnntutor.model.losses import REDUCE


def losses(world):
    """test_losses.py, test_squared_error.py: value and gradient, with and without a mask, for each mean."""
    if not world.concerns((), "loss"):
        return
    loss = world["rnntutor.model.losses"]
    own = -np.log(np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True))
    costs = [
        (loss.cross_entropy, LABELS, np.take_along_axis(own, LABELS[..., None], -1)[..., 0]),
        (loss.squared_error, NUMBERS, ((LOGITS - NUMBERS) ** 2).sum(axis=-1)),
    ]
    for function, targets, cost in costs:
        for mask in (None, LENGTHS, MASK):
            there = np.ones((T, B), bool) if mask is None else mask
            for reduce in REDUCE:
                value, gradient = function(LOGITS, targets, mask, reduce)
                close(value, (weights(there, reduce) * cost).sum())
                slopes(lambda z, f=(function, targets, mask, reduce): f[0](z, *f[1:])[0], LOGITS, gradient)
                assert (gradient[~there] == 0).all()
            spoilt = np.where(there[..., None], LOGITS, np.nan)
            wrong = np.where(there if targets.ndim == 2 else there[..., None], targets, -100)
            assert_same(function(spoilt, wrong, mask, reduce), (value, gradient))
        close(function(LOGITS, targets)[0], cost.mean())
        some = np.ones((T, B), bool) & [True, False, True]
        for reduce in ("token", "sum"):
            close(function(LOGITS, targets, some, reduce)[0], (weights(some, reduce) * cost).sum())
        empty = "mask: expected steps to average over, got "
        raises(lambda f=(function, targets, some): f[0](LOGITS, *f[1:]), empty + "sequence 1 of the batch")
        for reduce in ("token", "sum"):
            call = (LOGITS, targets, some & False, reduce)
            raises(lambda function=function, call=call: function(*call), empty + "all of it masked out")
        single = LOGITS.astype(np.float32)
        found = function(single, targets)
        assert {part.dtype for part in found} == {np.dtype(np.float32)}
        rounded = targets if targets.ndim == 2 else targets.astype(np.float32)
        assert_same(found, function(single, rounded))  # as if the targets had come in that precision


def loss_in_place(world):
    """test_losses.py: the exponentials stand where the gradient will, which is all the memory there is."""
    if world.concerns((), "loss"):
        ys_raw = draw(0).standard_normal((20, 10, 100))
        targets = np.zeros((20, 10), int)
        assert memory(lambda: world["rnntutor.model.losses"].cross_entropy(ys_raw, targets)) < 1.5 * ys_raw.nbytes


def loss_cut(world):
    """test_threads.py, test_readout.py: in parts and blocks the loss is the same, if it is worth it."""
    if not world.concerns((), "loss"):
        return
    module, threads = world["rnntutor.model.losses"], world["rnntutor.threads"]
    for function, targets in ((module.cross_entropy, LABELS), (module.squared_error, NUMBERS)):
        whole = function(LOGITS, targets, MASK)
        with (
            asked(module, "parts") as parts,
            asked(module, "blocks") as blocks,
            mock.patch.multiple(threads, WORTHWHILE=0, CACHED=2 * V),
            threads.threads(2),
        ):
            assert_same(function(LOGITS, targets, MASK), whole)
        assert parts.call_args == mock.call(T * B, T * B * V)
        assert {(call.args[1]) for call in blocks.call_args_list} == {V}


def large_numbers(world):
    """test_numerics.py: sigmoid and softmax up to 1e30, NaN, and the units of a loss."""
    if not world.concerns((), "loss", "activations"):
        return
    loss, act = world["rnntutor.model.losses"], world["rnntutor.cells.activations"]
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        for dtype, low in ((np.float64, -708), (np.float32, -87)):
            x = np.array([-np.inf, -1e30, low - 30, low, -1, 0, 1, 1e30, np.inf], dtype)
            want = [0, 0, 0, np.exp(np.longdouble(low)), 1 / (1 + np.e), 0.5, 1 / (1 + 1 / np.e), 1, 1]
            have = act.sigmoid(x)
            assert have.dtype == dtype
            np.testing.assert_allclose(
                have, np.array(want, float), rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny
            )
            for name, (f, df) in act.ACTIVATIONS.items():
                x = np.array([-1e30, -1, 0, 1, 1e30, np.nan], dtype)
                assert f(x).dtype == df(f(x)).dtype == dtype
                assert_same(np.isnan(f(x)), np.isnan(x))
                assert df(f(np.zeros(1, dtype))) == {"sigmoid": 0.25, "tanh": 1, "relu": 0}[name]
                a = np.array([-30.0, -1, 0, 1, 30])  # the slope from the output, at the kink as well
                close(df(f(a)), f(a + 1e-30j).imag / 1e-30)
            rows = np.array([[1e30, 1e30, -1e30], [-1e30, -1e30, -1e30], [800, 801, 0]], dtype)
            y = 1 / (1 + np.e)
            close(loss.softmax(rows), np.array([[0.5, 0.5, 0], [1 / 3] * 3, [y, 1 - y, 0]]), 1e-6)
            close(loss.log_softmax(rows)[:, 0], np.array([-np.log(2), -np.log(3), np.log(y)]), 1e-6)
    for function in (loss.softmax, loss.log_softmax):
        assert np.isfinite(function([1.0, -np.inf])[0])
        for bad in ([np.inf, 0.0], [-np.inf, -np.inf], [0.0, np.nan], 1.0, []):
            raises(lambda bad=bad, function=function: function(bad), "y_raw: expected")
    raises(lambda: act.sigmoid([0.0, np.nan, np.nan]), "x: expected numbers, got NaN at 2 of 3 places")
    (
        close(loss.perplexity(np.log(65)), 65),
        close(loss.perplexity(709), np.exp(709)),
        close(loss.perplexity(0), 1),
    )
    close(loss.bits(np.log(8)), 3), close(loss.bits(0), 0)
    for wrong in (-1e-9, 709.1):
        raises(lambda wrong=wrong: loss.perplexity(wrong), "nats: expected")
    raises(lambda: loss.bits(-1e-9), "nats: expected")
