"""The planted faults that are none, by reason."""

EQUIVALENT = {
    "differs at one number alone, and there σ is no normal number: 0 is as good": [
        "cells.activations, _sigmoid: (x.real >{ → =} low) / (1 + np.…"
    ],
    "the order in which a table is filled does not matter": [
        (
            "cells.activations, module: for kind in (np.{float32, np.float64 → "
            "float64, np.float32})"
        )
    ],
    "NumPy orders complex numbers by their real parts": [
        "cells.activations, _sigmoid: ({x.real → x} > low) / (1 + n…",
        "cells.activations, module: ({h.real → h} > 0).astype(h.r…",
    ],
    "what multiplies a complex number may be complex as well": [
        "cells.activations, module: …l > 0).astype(h.{real.dtype → dtype})",
        "nets.stacked, Stacked._keep: …out)).astype(xs.{real.dtype → dtype})",
        "model.losses, _squared_error: targets.astype(ys.{real.dtype → dtype})",
        "model.losses, _averaged: …, B, reduce, ys.{real.dtype → dtype})",
        "model.model, Model._counted: …, B, reduce, hs.{real.dtype → dtype})",
    ],
    "drawn from a symmetric distribution: the negative is as likely": [
        "cells.affine, BlockCell.init: W_xh={rng → -rng}.uniform(-bound,…",
        "cells.affine, BlockCell.init: W_hh={rng → -rng}.uniform(-bound,…",
        "model.model, Model.init: W_hy = {rng → -rng}.uniform(-bound,…",
    ],
    "parameters have one precision": [
        "cells.gru, GRU.zero_state: …((B, H), params.{W_hh → W_xh}.dtype)",
        "cells.lstm, LSTM.zero_state: …((B, H), params.{W_hh → W_xh}.dtype)",
        "cells.lstm, LSTM.zero_state: …((B, H), params.{W_hh → W_xh}.dtype) (2)",
        "cells.rnn, RNN.zero_state: …((B, H), params.{W_hh → W_xh}.dtype)",
    ],
    "what belongs to one step has two axes, so that axis 1 is the last": [
        "cells.gru, GRU.step: …, state.h.shape[{- → }1])",
        "cells.gru, GRU.step_backward: … dstate.h.shape[{- → }1])",
        "cells.gru, GRU.step_backward: …ID.df(r)], axis={- → }1)",
        "cells.gru, GRU.step_backward: …es, da_n], axis={- → }1)",
        "cells.gru, GRU.step_backward: …ates, ds], axis={- → }1)",
        "cells.lstm, LSTM.activate: H = a.shape[{- → }1] // 4",
        "cells.lstm, LSTM.activate_backward: …ID.df(o)], axis={- → }1)",
        "nets.bidirectional, BothWaysPass.final: …ck.final], axis={- → }1)",
        "nets.bidirectional, Bidirectional.final_backward: …dfinal, 2, axis={- → }1)",
    ],
    "of this result W_xh and b_h are taken; W_hh is computed anew in both forms": [
        "cells.gru, GRU.step_backward: …hts_backward(x, {h_prev → x}, da)"
    ],
    "the RNN's W_hh is square": [
        "cells.rnn, RNN.zero_state: params.W_hh.shape[{0 → 1}]"
    ],
    (
        "the order of the rows of one symbol changes the rounding of their sum, and "
        "no more"
    ): ["nets.embedded, scatter_add: order = np.argsort({ids, kind='stable' → ids})"],
    "0 is NumPy's own choice of the axis": [
        "nets.embedded, scatter_add: …(values[order], {starts, axis=0 → starts})"
    ],
    "two names for an empty list each": [
        (
            "nets.stacked, Stacked.run_backward: {dstates, dparams → dparams, "
            "dstates} = ([], [])"
        ),
        "nets.unroll, run_backward: {dxs, das → das, dxs}, dparams, dstat…",
    ],
    "all of a stack's keeps are None, or none is": [
        "nets.stacked, Stacked.run_backward: passed.keeps[{i - 1 → 1 - i}] is not None",
        "nets.stacked, Stacked.run_backward: passed.keeps[i - {1 → 2}] is not None",
    ],
    "a number drawn from [0, 1) is p with a probability of 2⁻⁵³": [
        "nets.stacked, Stacked._keep: …ndom(xs.shape) >{= → } self.dropout"
    ],
    "h_0 … h_{T−1} are as many as h_1 … h_T": [
        "nets.unroll, _walk_back: unrolled.hs[{1: → :-1}].shape"
    ],
    "a sign above and below the fraction cancels": [
        "model.losses, softmax: e = {np → -np}.exp(_shifted(y_…"
    ],
    (
        "any constant of about the size of the largest entry may be taken off, a "
        "complex one too"
    ): ["model.losses, _shift: y_raw.{real.max → max}(axis=-1, keepdi…"],
    "the numbers are the same in other memory": [
        "model.losses, _shift: …subtract(y_raw, {largest, out=out → largest})",
        "model.losses, _cross_entropy: z = _shift({ys_raw, out=out → ys_raw})",
    ],
    "rounded to the precision of the outputs before the subtraction or after it": [
        (
            "model.losses, _squared_error: np.subtract(ys, "
            "{targets.astype(ys.real.dtype) → targets}, out=out)"
        )
    ],
    "what stands in padding is multiplied by 0: any finite number will do": [
        "model.losses, _averaged: … None] > 0, ys, {0 → 1})"
    ],
    "asked for nothing but whether it is 0 and which is the least": [
        "model.losses, weights_of: lengths = mask.{sum → mean}(axis=0)"
    ],
    "one product for each step gives what one product for all gives": [
        "model.readout, read_out: {hs.reshape(T * B, H) → hs} @ W_hy"
    ],
}
