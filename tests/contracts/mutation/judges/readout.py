"""The readout: by itself, and with the loss in one go."""

from unittest import mock

import numpy as np

from mutation.judges.common import (
    LABELS,
    MASK,
    NUMBERS,
    B,
    H,
    T,
    V,
    asked,
    close,
    draw,
    locked,
    raises,
    slopes,
)
from rnntutor import ModelParams

HS, W_HY, B_Y, DYS = locked(
    tuple(draw(4).standard_normal(shape) for shape in ((T, B, H), (H, V), V, (T, B, V)))
)
WEIGHTS = locked((MASK * draw(6).random((T, B)),))[0]


def readout(world):
    """test_golden.py, test_model.py: the readout and its adjoint."""
    if not world.concerns((), "readout", "model"):
        return
    module, model = world["rnntutor.model.readout"], world["rnntutor.model.model"]
    close(module.read_out(HS, W_HY, B_Y), HS @ W_HY + B_Y)

    def value(at):
        hs, W_hy, b_y = at
        return (DYS * (hs @ W_hy + b_y)).sum()

    params = world.own(ModelParams(None, W_HY, B_Y))
    slopes(value, (HS, W_HY, B_Y), model.readout_backward(params, HS, DYS))
    raises(lambda: module.read_out(HS, W_HY, B_Y + np.inf), f"ys_raw: {T * B * V} non-finite")


def readout_and_loss(world):
    """test_readout.py: there and back in one go, in parts and blocks or not."""
    if not world.concerns((), "readout"):
        return
    module, threads, loss = (world[f"rnntutor.{name}"] for name in ("readout", "threads", "loss"))
    ys_raw = HS @ W_HY + B_Y
    y = np.exp(ys_raw) / np.exp(ys_raw).sum(axis=-1, keepdims=True)
    costs = {
        "cross_entropy": (LABELS, -np.log(np.take_along_axis(y, LABELS[..., None], -1)[..., 0])),
        "squared_error": (NUMBERS, ((ys_raw - NUMBERS) ** 2).sum(axis=-1)),
    }
    for objective, (targets, cost) in costs.items():
        rest = loss.LOSSES[objective].judge, targets, WEIGHTS
        for n, cached in ((1, 100 * V), (2, 2 * V), (3, 1)):
            with (
                asked(module, "parts") as parts,
                asked(module, "blocks") as blocks,
                asked(module, "require_finite") as looked,
                mock.patch.multiple(threads, WORTHWHILE=0, CACHED=cached),
                threads.threads(n),
            ):
                value, *gradient = module.judged(HS, W_HY, B_Y, *rest)
            assert parts.call_args == mock.call(T * B, T * B * V)
            assert {call.args[1] for call in blocks.call_args_list} == {V}
            assert [call.args[0] for call in looked.call_args_list] == ["loss"]  # the rest is known to be
            close(value, (WEIGHTS * cost).sum())
            slopes(lambda at, rest=rest: module.judged(*at, *rest)[0], (HS, W_HY, B_Y), tuple(gradient))
        for hs, W_hy, wider in (("f4", "f4", "f4"), ("f8", "f4", "f8"), ("f4", "f8", "f8")):
            mixed = HS.astype(hs), W_HY.astype(W_hy), B_Y.astype("f4")
            found = module.judged(*mixed, rest[0], targets, WEIGHTS.astype("f4"))
            assert {part.dtype for part in found} == {np.dtype(wider)}


def what_is_not_finite(world):
    """test_readout.py, test_non_finite.py: an output, a derivative or the loss is named, with its place."""
    if not world.concerns((), "readout"):
        return
    module, threads, loss = (world[f"rnntutor.{name}"] for name in ("readout", "threads", "loss"))
    judge, spoilt = loss.LOSSES["squared_error"].judge, HS.copy()
    spoilt[1, 2, 3] = np.inf
    first = np.inf * W_HY[3, 0]
    large = NUMBERS.copy()
    large[3, 0, 1] = 1e200
    many = f"non-finite of {T * B * V}, the first"
    for where, hs, targets, weights in (
        (f"ys_raw: {V} {many} {first} at index (1, 2, 0)", spoilt, NUMBERS, WEIGHTS),
        (f"dys_raw: 1 {many} -inf at index (3, 0, 1)", HS, large, MASK * 1e200),
        ("loss: 1 non-finite of 1, the first inf", HS, large, np.ones((T, B))),
    ):
        for n in (1, 2):
            with (
                mock.patch.multiple(threads, WORTHWHILE=0, CACHED=2 * V),
                threads.threads(n),
                np.errstate(all="ignore"),
            ):
                raises(lambda given=(hs, W_HY, B_Y, judge, targets, weights): module.judged(*given), where)
