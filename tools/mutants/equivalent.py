"""The planted faults that are none, by reason."""

EQUIVALENT = {
    "the order in which a table is filled does not matter": [
        (
            "cells.activations, module: for kind in (np.{float32, np.float64 → "
            "float64, np.float32})"
        )
    ],
    "differs at one number alone, and there σ is no normal number: 0 is as good": [
        "cells.activations, _sigmoid: (x.real >{ → =} low) / (1 + np.…"
    ],
    "NumPy orders complex numbers by their real parts": [
        "cells.activations, _sigmoid: ({x.real → x} > low) / (1 + n…",
        "cells.activations, module: ({h.real → h} > 0).astype(h.r…",
    ],
    "what multiplies a complex number may be complex as well": [
        "cells.activations, module: …l > 0).astype(h.{real.dtype → dtype})",
        "model.losses, _squared_error: targets.astype(ys.{real.dtype → dtype})",
        "model.losses, _averaged: …, B, reduce, ys.{real.dtype → dtype})",
        "model.model, Model._counted: …, B, reduce, hs.{real.dtype → dtype})",
        "nets.stacked, Stacked._keep: …out)).astype(xs.{real.dtype → dtype})",
    ],
    "drawn from a symmetric distribution: the negative is as likely": [
        "cells.affine, BlockCell.init: W_xh={rng → -rng}.uniform(-bound,…",
        "cells.affine, BlockCell.init: W_hh={rng → -rng}.uniform(-bound,…",
        "model.model, Model.init: W_hy = {rng → -rng}.uniform(-bound,…",
    ],
    "the RNN's W_hh is square": [
        "cells.rnn, RNN.zero_state: params.W_hh.shape[{0 → 1}]"
    ],
    "parameters have one precision": [
        "cells.rnn, RNN.zero_state: …((B, H), params.{W_hh → W_xh}.dtype)",
        "cells.lstm, LSTM.zero_state: …((B, H), params.{W_hh → W_xh}.dtype)",
        "cells.gru, GRU.zero_state: …((B, H), params.{W_hh → W_xh}.dtype)",
    ],
    "what belongs to one step has two axes, so that axis 1 is the last": [
        "cells.lstm, LSTM.activate: H = a.shape[{- → }1] // 4",
        "cells.lstm, LSTM.activate_backward: …ID.df(o)], axis={- → }1)",
        "cells.gru, GRU.step: …, state.h.shape[{- → }1])",
        "cells.gru, GRU.step_backward: … dstate.h.shape[{- → }1])",
        "cells.gru, GRU.step_backward: …ID.df(r)], axis={- → }1)",
        "cells.gru, GRU.step_backward: …es, da_n], axis={- → }1)",
        "cells.gru, GRU.step_backward: …ates, ds], axis={- → }1)",
        "nets.bidirectional, BothWaysPass.final: …ck.final], axis={- → }1)",
        "nets.bidirectional, Bidirectional.final_backward: …dfinal, 2, axis={- → }1)",
    ],
    "of this result W_xh and b_h are taken; W_hh is computed anew in both forms": [
        "cells.gru, GRU.step_backward: …hts_backward(x, {h_prev → x}, da)"
    ],
    "the two factors of a product exchanged": [
        "cells.lstm, LSTM.activate: … state_prev.c + {i * g → g * i}"
    ],
    "a sign above and below the fraction cancels": [
        "model.losses, softmax: e = {np → -np}.exp(_shifted(y_…"
    ],
    (
        "any constant of about the size of the largest entry may be taken off, a "
        "complex one too"
    ): ["model.losses, _shift: y_raw.{real.max → max}(axis=-1, keepdi…"],
    "what stands in padding is multiplied by 0: any finite number will do": [
        "model.losses, _averaged: … None] > 0, ys, {0 → 1})"
    ],
    "asked for nothing but whether it is 0 and which is the least": [
        "model.losses, weights_of: lengths = mask.{sum → mean}(axis=0)"
    ],
    "a number drawn from [0, 1) is p with a probability of 2⁻⁵³": [
        "nets.stacked, Stacked._keep: …ndom(xs.shape) >{= → } self.dropout"
    ],
    (
        "the order of the rows of one symbol changes the rounding of their sum, and "
        "no more"
    ): ["nets.embedded, scatter_add: order = np.argsort({ids, kind='stable' → ids})"],
    "0 is NumPy's own choice of the axis": [
        "nets.embedded, scatter_add: …(values[order], {starts, axis=0 → starts})"
    ],
}
