"""Gradients of LSTMs below padding: right or not, on cuDNN's kernel and without it.

TensorFlow's issue 60192 reports masked layers that give corrupted results at random on
that kernel, and that CUDA_LAUNCH_BLOCKING=1 steadies them. So every net is compared
with this package many times, since a fault need not show every time, and the controls
as often as what is on trial: the same nets on the same batches. `tensorflow_check.py`
runs this in three processes: as it is, with that variable set, and with the GPU hidden.
"""

from __future__ import annotations

import os
import re
from collections import Counter

import numpy as np

import rnntutor as rt
from rnntutor.lab.tensorflow.parity import ParityCase, nets, parity, parity_cases
from tensorflow_parts import attempt
from tensorflow_parts.parity import largest
from tensorflow_parts.versions import start

ISSUE = "tensorflow#60192"
OFF = 1e-13  # a difference that is more than rounding in float64
RUNS = 20
ARMS = {  # whether there is a mask, and what is said of the kernel
    "no mask": (False, "auto"),
    "a mask, without the kernel": (True, False),
    "a mask, on the kernel": (True, True),
}


def padding(asked, send):
    """A row for each arm; the one on trial comes last, in case it ends the process."""
    kernel = "cuDNN's" if start()[2] == "GPU" else "none: cuDNN's needs a GPU"
    blocking = os.environ.get("CUDA_LAUNCH_BLOCKING") == "1"
    send({"issue": ISSUE, "kernel": kernel, "launches_blocking": blocking})
    runs = 2 if asked.quick else RUNS
    chosen = cases()
    for arm, (masked, use_cudnn) in ARMS.items():
        row = {"arm": arm, "nets": len(chosen), "runs": runs}
        send(attempt(row, lambda m=masked, u=use_cudnn: compared(chosen, runs, m, u)))


def cases():
    """LSTMs whose batch is padded at the end, as the kernel takes it: those of the
    configurations, and one of a size to train.
    """
    found = [case for case in parity_cases() if case.model.cell in nets(rt.LSTM())]
    return [case for case in found if "at the end" in case.name and padded(case)] + [
        larger()
    ]


def padded(case):
    """Whether anything is masked out."""
    return case.mask is not None and not case.mask.all()


def larger(T=32, B=16, H=64, V=16):
    """An LSTM that reads sequences of different lengths."""
    rng = np.random.default_rng(0)
    model = rt.Model(rt.LSTM(), V, H, V)
    params, ids = model.init(rng), rng.integers(0, V, (T + 1, B))
    xs, mask = rt.one_hot(ids[:-1], V), np.arange(T)[:, None] < np.linspace(T, 1, B)
    state_T = model.forward(params, xs)[1].state_T
    state0 = rt.tree.map(lambda a: rng.normal(size=a.shape), state_T)
    name = f"LSTM, T, B, D, H = {(T, B, V, H)}, padding at the end"
    return ParityCase(name, model, params, xs, ids[1:], state0, mask, "token")


def short(case):
    """The net of a configuration and its sizes, without what is as always."""
    name = case.name.partition(", padding")[0].replace("T, B, D, H = ", "")
    return re.sub(r"\(forget_bias=1\.0\)|, dropout=0\.0|(layers|cell)=", "", name)


def compared(cases, runs, masked, use_cudnn):
    """The largest differences, in how many runs anything was off, and which nets how
    often.
    """
    found, off, runs_off = [], Counter(), 0
    for _ in range(runs):
        before = off.total()
        for case in cases:
            batch = case if masked else case._replace(mask=None)
            found.append(parity(batch, use_cudnn=use_cudnn))
            worst = np.max(list(found[-1].values()))
            off[short(case)] += not worst <= OFF  # NaN is off, too
        runs_off += off.total() > before
    return {
        "runs_off": runs_off,
        "off": dict(sorted((+off).items())),
        "differences": largest(found),
    }
