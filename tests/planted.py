"""Cells with a fault each, for `check_cell` to find: the package's own with a line
replaced.

`NAMED` holds the faults that have a name, `FOUND` those that have none but must be
found all the same.
"""

from typing import Any, NamedTuple

import numpy as np

from rnntutor import GRU, LSTM, RNN
from rnntutor.cells import GRUResetBefore
from rnntutor.cells.affine import AffineCell
from rnntutor.lab.five_steps import plant


class Planted(NamedTuple):
    cell: Any
    fault: str  # the name that check_cell has to give it
    kind: str  # in words, for the test's own name

    def __str__(self):
        return f"{type(self.cell).__mro__[1].__name__} {self.kind}"


def planted(cell, fault, kind, **methods):
    """The cell with some of its methods replaced."""
    return Planted(
        type(f"Faulty{type(cell).__name__}", (type(cell),), methods)(**vars(cell)),
        fault,
        kind,
    )


def blockwise(da, W):
    """Each block of da times its block of W, not transposed."""
    H = len(W)
    return sum(da[:, k : k + H] @ W[:, k : k + H] for k in range(0, W.shape[1], H))


def turned(dW):
    """Each square block transposed."""
    H = len(dW)
    return np.hstack([dW[:, k : k + H].T for k in range(0, dW.shape[1], H)])


# A line of the method, what replaces it; the names are those that the new lines use.


def activate_backward(cell, line, wrong):
    return {"activate_backward": plant(type(cell).activate_backward, (line, wrong))}


def inputs_backward(wrong):
    line = "dx, dh_prev = affine_inputs_backward(params, grads.da)"
    return {
        "state_backward": plant(
            AffineCell.state_backward, (line, wrong), blockwise=blockwise
        )
    }


def weights_backward(change):
    """The step's parameters' gradient, changed: ``change(dparams, tape, grads)``."""
    line = (
        "return dx, dstate_prev, affine_weights_backward(tape.x, tape.h_prev,"
        " grads.da), grads"
    )
    wrong = line.replace("affine_weights", "change(affine_weights").replace(
        "da), ", "da), tape, grads), "
    )
    return {
        "step_backward": plant(AffineCell.step_backward, (line, wrong), change=change)
    }


def step_backward(cell, *changes):
    return {
        "step_backward": plant(
            type(cell).step_backward, *changes, blockwise=blockwise, turned=turned
        )
    }


def new_h(tape):
    """The state after the step, from what the step left behind."""
    cache = tape.cache
    if hasattr(cache, "tanh_c"):
        return cache.o * cache.tanh_c
    return cache.h


WEIGHTS = [  # fault, kind, what becomes of the parameters' gradient d
    ("mean-for-sum", "mean in every weight",
     lambda d, tape, grads: RNN.Params(*(part / len(tape.x) for part in d))),
    ("mean-for-sum", "mean in the bias", lambda d, tape, grads: d._replace(b_h=grads.da.mean(axis=0))),
    ("off-by-one-in-time", "dW_hh with the new h",
     lambda d, tape, grads: d._replace(W_hh=new_h(tape).T @ grads.da)),
    ("transpose-missing", "dW_hh turned", lambda d, tape, grads: d._replace(W_hh=turned(d.W_hh))),
    ("transpose-missing", "dW_xh turned", lambda d, tape, grads: d._replace(W_xh=d.W_xh.T)),
]  # fmt: skip


def affine_faults(cell):
    """What an RNN and an LSTM can both have."""
    for fault, kind, change in WEIGHTS:
        yield planted(cell, fault, kind, **weights_backward(change))
    wrong = "dx, dh_prev = grads.da @ params.W_xh.T, blockwise(grads.da, params.W_hh)"
    yield planted(
        cell, "transpose-missing", "dh_prev by W_hh", **inputs_backward(wrong)
    )


def rnn_faults():
    line = "da = dh * ACTIVATIONS[self.activation].df(cache.h)"
    for name in ("sigmoid", "tanh", "relu"):
        cell = RNN(name)
        bare = activate_backward(cell, line, "da = dh")
        yield planted(cell, f"missing-{name}-slope", f"{name} without slope", **bare)
        yield from affine_faults(cell)
    for cell in (RNN("sigmoid"), RNN("tanh")):
        nothing = plant(
            RNN.carry, ("return self.State(dh_prev)", "return self.State(0 * dh_prev)")
        )
        yield planted(cell, "dh-not-carried", "carry gives zero", carry=nothing)
        wrong = "dx, dh_prev = grads.da @ params.W_xh, grads.da @ params.W_hh.T"
        yield planted(cell, "transpose-missing", "dx by W_xh", **inputs_backward(wrong))
        step_with_h_prev = plant(
            AffineCell.state_backward,
            ("grads = self.activate_backward(tape.cache, dstate)",
             "grads = self.activate_backward(tape.cache._replace(h=tape.h_prev), dstate)"),
        )  # fmt: skip
        yield planted(
            cell,
            "off-by-one-in-time",
            "slope at h_prev",
            state_backward=step_with_h_prev,
        )


DA = (
    "da = np.concatenate([di * SIGMOID.df(i), df * SIGMOID.df(f), dg * TANH.df(g),"
    " do * SIGMOID.df(o)], axis=-1)"
)
DC = "dc = dstate.c + dtanh_c * TANH.df(tanh_c)"
GATES = "di, df, dg = dc * g, dc * c_prev, dc * i"
LSTM_LINES = [  # fault, kind, line, what replaces it
    ("missing-sigmoid-slope", "no slope of i", DA, DA.replace(" * SIGMOID.df(i)", "")),
    ("missing-sigmoid-slope", "no slope of f", DA, DA.replace(" * SIGMOID.df(f)", "")),
    ("missing-sigmoid-slope", "no slope of o", DA, DA.replace(" * SIGMOID.df(o)", "")),
    ("missing-tanh-slope", "no slope of g", DA, DA.replace(" * TANH.df(g)", "")),
    ("missing-tanh-slope", "no slope of tanh c", DC, "dc = dstate.c + dtanh_c"),
    ("dc-not-carried", "dc of the step after unused", DC, "dc = dtanh_c * TANH.df(tanh_c)"),
    ("dc-not-carried", "zero to c_prev", "dc_prev = dc * f", "dc_prev = 0 * dc"),
    ("dh-not-carried", "dh of the step after unused", "dh = dstate.h", "dh = 0 * dstate.h"),
    ("off-by-one-in-time", "df with the new c", GATES, "di, df, dg = dc * g, dc * cache.c, dc * i"),
    ("off-by-one-in-time", "tanh c of the step before", DC, DC.replace("(tanh_c)", "(np.tanh(c_prev))")),
    ("swapped-gates", "da in another order", DA,
     "da = np.concatenate([df * SIGMOID.df(f), di * SIGMOID.df(i), dg * TANH.df(g),"
     " do * SIGMOID.df(o)], axis=-1)"),
    ("swapped-gates", "partners of i and f", GATES, "di, df, dg = dc * c_prev, dc * g, dc * i"),
    ("swapped-gates", "i for f on the way to c_prev", "dc_prev = dc * f", "dc_prev = dc * i"),
    ("swapped-gates", "f for o", "dtanh_c = dh * o", "dtanh_c = dh * f"),
    ("swapped-gates", "slopes of i and o", DA,
     "da = np.concatenate([di * SIGMOID.df(o), df * SIGMOID.df(f), dg * TANH.df(g),"
     " do * SIGMOID.df(i)], axis=-1)"),
]  # fmt: skip


def lstm_faults():
    cell = LSTM()
    for fault, kind, line, wrong in LSTM_LINES:
        yield planted(cell, fault, kind, **activate_backward(cell, line, wrong))
    yield from affine_faults(cell)
    line = "return self.State(dh_prev, grads.dc_prev)"
    zero = plant(LSTM.carry, (line, line.replace("dh_prev", "0 * dh_prev")))
    yield planted(cell, "dh-not-carried", "zero to h_prev", carry=zero)


H_NEW = "(z * h_prev + (1 - z) * n)"
SLOPES = "da_gates = np.concatenate([dz * SIGMOID.df(z), dr * SIGMOID.df(r)], axis=-1)"
RETURN = "return dx, self.State(dh_prev), dparams, grads"
GRU_LINES = [
    ("missing-sigmoid-slope", "no slope of z", SLOPES, SLOPES.replace(" * SIGMOID.df(z)", "")),
    ("missing-sigmoid-slope", "no slope of r", SLOPES, SLOPES.replace(" * SIGMOID.df(r)", "")),
    ("missing-tanh-slope", "no slope of n", "da_n = dn * TANH.df(n)", "da_n = dn"),
    ("dh-not-carried", "zero to h_prev", RETURN, RETURN.replace("(dh_prev)", "(0 * dh_prev)")),
    ("dh-not-carried", "path along h alone", RETURN, RETURN.replace("(dh_prev)", "(dh * z)")),
    ("transpose-missing", "dW_xh turned", RETURN,
     RETURN.replace("dparams", "dparams._replace(W_xh=dparams.W_xh.T)")),
    ("transpose-missing", "dW_hh turned", RETURN,
     RETURN.replace("dparams", "dparams._replace(W_hh=turned(dparams.W_hh))")),
    ("swapped-gates", "z and r in da", SLOPES,
     "da_gates = np.concatenate([dr * SIGMOID.df(r), dz * SIGMOID.df(z)], axis=-1)"),
    ("swapped-gates", "slopes of z and r", SLOPES,
     "da_gates = np.concatenate([dz * SIGMOID.df(r), dr * SIGMOID.df(z)], axis=-1)"),
    ("swapped-gates", "z for 1 - z", "dz, dn = dh * (h_prev - n), dh * (1 - z)",
     "dz, dn = dh * (h_prev - n), dh * z"),
    ("mean-for-sum", "mean in every weight", RETURN,
     RETURN.replace("dparams", "type(dparams)(*(part / len(x) for part in dparams))")),
    ("mean-for-sum", "mean in a bias", RETURN,
     RETURN.replace("dparams", "dparams._replace(b_h=da.mean(axis=0))")),
]  # fmt: skip
AFTER_STATE = "dh_prev = dh * z + dq @ params.W_hh.T"
AFTER_LINES = [
    ("dh-not-carried", "path along h missing", AFTER_STATE, "dh_prev = dq @ params.W_hh.T"),
    ("transpose-missing", "gates' W_hh in dh_prev", AFTER_STATE,
     "H2 = da_gates.shape[-1]; dh_prev = (dh * z + blockwise(da_gates, params.W_hh[:, :H2])"
     " + ds @ params.W_hh[:, H2:].T)"),
    ("swapped-gates", "1 - z for z", AFTER_STATE, AFTER_STATE.replace("dh * z", "dh * (1 - z)")),
    ("transpose-missing", "W_hn in dh_prev", AFTER_STATE,
     "H2 = da_gates.shape[-1]; dh_prev = (dh * z + da_gates @ params.W_hh[:, :H2].T"
     " + ds @ params.W_hh[:, H2:])"),
    ("off-by-one-in-time", "dW_hh with the new h",
     "dparams = self.Params(dW_xh, h_prev.T @ dq, db_h, dq.sum(axis=0))",
     f"dparams = self.Params(dW_xh, {H_NEW}.T @ dq, db_h, dq.sum(axis=0))"),
]  # fmt: skip
BEFORE_STATE = "dh_prev = dh * z + da_gates @ W_gates.T + ds"
BEFORE_LINES = [
    ("dh-not-carried", "path along h missing", BEFORE_STATE,
     "dh_prev = da_gates @ W_gates.T + ds"),
    ("transpose-missing", "gates' W_hh in dh_prev", BEFORE_STATE,
     "dh_prev = dh * z + blockwise(da_gates, W_gates) + ds"),
    ("swapped-gates", "1 - z for z", BEFORE_STATE, BEFORE_STATE.replace("dh * z", "dh * (1 - z)")),
    ("transpose-missing", "W_hn on the way to r",
     "drs = da_n @ W_n.T", "drs = da_n @ W_n"),
    ("off-by-one-in-time", "dW_hh with the new h",
     "dW_hh = np.concatenate([h_prev.T @ da_gates, (r * s).T @ da_n], axis=1)",
     f"dW_hh = np.concatenate([{H_NEW}.T @ da_gates, (r * s).T @ da_n], axis=1)"),
]  # fmt: skip


def gru_faults():
    forms = (GRU(), "after", AFTER_LINES), (GRUResetBefore(), "before", BEFORE_LINES)
    for cell, form, lines in forms:
        for fault, kind, line, wrong in GRU_LINES + lines:
            yield planted(
                cell, fault, f"{form}: {kind}", **step_backward(cell, (line, wrong))
            )


NAMED = [*rnn_faults(), *lstm_faults(), *gru_faults()]


# Faults without a name of their own.

FOUND = [
    planted(RNN("tanh"), "gradient", "sign of da", **activate_backward(
        RNN("tanh"), "da = dh * ACTIVATIONS[self.activation].df(cache.h)",
        "da = -dh * ACTIVATIONS[self.activation].df(cache.h)")),
    planted(RNN("tanh"), "gradient", "dx forgotten", **inputs_backward(
        "dx, dh_prev = 0 * (grads.da @ params.W_xh.T), grads.da @ params.W_hh.T")),
    planted(RNN("sigmoid"), "gradient", "db_h forgotten", **weights_backward(
        lambda d, tape, grads: d._replace(b_h=0 * d.b_h))),
    planted(LSTM(), "gradient", "twice dW_hh", **weights_backward(
        lambda d, tape, grads: d._replace(W_hh=2 * d.W_hh))),
    planted(LSTM(), "gradient", "one entry of dW_xh", **weights_backward(
        lambda d, tape, grads: d._replace(W_xh=d.W_xh + 1e-6 * np.eye(*d.W_xh.shape, dtype=d.W_xh.dtype)))),
    planted(LSTM(), "gradient", "dh_prev without the path through o", **inputs_backward(
        "H = len(params.W_hh); dx, dh_prev = grads.da @ params.W_xh.T, "
        "grads.da[:, : 3 * H] @ params.W_hh[:, : 3 * H].T")),
    planted(LSTM(), "missing-factor", "no f on the way to c_prev",
            **activate_backward(LSTM(), "dc_prev = dc * f", "dc_prev = dc")),
    planted(LSTM(), "missing-factor", "no g in di",
            **activate_backward(LSTM(), GATES, "di, df, dg = dc, dc * c_prev, dc * i")),
    planted(LSTM(), "dc-not-carried", "what comes to c through h",
            **activate_backward(LSTM(), "dc_prev = dc * f", "dc_prev = dstate.c * f")),
    planted(LSTM(), "adjoint", "the name do holds something else", **activate_backward(
        LSTM(), "return self.StepGrads(dh, do, dtanh_c, dc, di, df, dg, da, dc_prev)",
        "return self.StepGrads(dh, do * o, dtanh_c, dc, di, df, dg, da, dc_prev)")),
    planted(GRU(), "adjoint", "the name da holds something else", **step_backward(
        GRU(), ("grads = self.StepGrads(dh, dz, dn, dr, ds, da)",
                "grads = self.StepGrads(dh, dz, dn, dr, ds, dq)"))),
    planted(GRU(), "missing-factor", "no s in dr", **step_backward(
        GRU(), ("dr, ds = da_n * s, da_n * r", "dr, ds = da_n, da_n * r"))),
    planted(GRUResetBefore(), "gradient", "path through the reset product",
            **step_backward(GRUResetBefore(), (
                BEFORE_STATE, "dh_prev = dh * z + da_gates @ W_gates.T"))),
    # h − n = z (h_prev − n): whether the wrong state stands here or a z too many, no
    # number can tell
    planted(GRUResetBefore(), "gradient", "dz with the new h", **step_backward(
        GRUResetBefore(), ("dz, dn = dh * (h_prev - n), dh * (1 - z)",
                           f"dz, dn = dh * ({H_NEW} - n), dh * (1 - z)"))),
]  # fmt: skip


# One adjoint by name, twice as large as it is; nothing else is.


def doubled(cell):
    """The cell once for each name, with the name."""
    step_backward = type(cell).step_backward
    for name in type(cell).StepGrads._fields:

        def twice(self, *args, name=name):
            *rest, grads = step_backward(self, *args)
            return *rest, grads._replace(**{name: 2 * getattr(grads, name)})

        yield planted(cell, "adjoint", f"twice {name}", step_backward=twice), name


DOUBLED = [
    pair
    for cell in (RNN("tanh"), LSTM(), GRU(), GRUResetBefore())
    for pair in doubled(cell)
]
