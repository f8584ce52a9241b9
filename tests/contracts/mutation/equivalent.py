"""The planted faults that are none, by reason."""

EQUIVALENT = {
    "the order in which a table is filled does not matter": [
        "activations, module: for kind in (np.float32, np.float64) → for kind in (np.float64, np.float32)",
    ],
    "differs at one number alone, and there σ is no normal number: 0 is as good": [
        "activations, _sigmoid: (x.real > low) / (1 + np.exp(-np.… → (x.real >= low) / (1 + np.exp(-np.…",
    ],
    "NumPy orders complex numbers by their real parts": [
        "activations, _sigmoid: (x.real > low) / (1 + np.exp(-n… → (x > low) / (1 + np.exp(-n…",
        "activations, module: (h.real > 0).astype(h.real.dtype) → (h > 0).astype(h.real.dtype)",
    ],
    "a complex number is multiplied or compared: a real factor may be complex as well": [
        "activations, module: (h.real > 0).astype(h.real.dtype) → (h.real > 0).astype(h.dtype)",
        "loss, _squared_error: targets.astype(ys.real.dtype) → targets.astype(ys.dtype)",
        "loss, _averaged: …(mask, T, B, reduce, ys.real.dtype) → …(mask, T, B, reduce, ys.dtype)",
        "model, Model._counted: …ored), T, B, reduce, hs.real.dtype) → …ored), T, B, reduce, hs.dtype)",
        "nets.stacked, Stacked._keep: …elf.dropout)).astype(xs.real.dtype) → …elf.dropout)).astype(xs.dtype)",
    ],
    "drawn from a symmetric distribution: the negative is as likely": [
        "affine, BlockCell.init: W_xh=rng.uniform(-bound, boun… → W_xh=-rng.uniform(-bound, boun…",
        "affine, BlockCell.init: W_hh=rng.uniform(-bound, boun… → W_hh=-rng.uniform(-bound, boun…",
        "model, Model.init: W_hy = rng.uniform(-bound, boun… → W_hy = -rng.uniform(-bound, boun…",
    ],
    "−0 is 0": [
        "gru, GRU.init: b_hh=np.zeros_like(params.b_h) → b_hh=-np.zeros_like(params.b_h)",
        "model, Model.loss_and_grad: dhs = np.zeros_like(unrolled.o… → dhs = -np.zeros_like(unrolled.o…",
    ],
    "the RNN's W_hh is square": [
        "rnn, RNN.zero_state: params.W_hh.shape[0] → params.W_hh.shape[1]",
    ],
    "parameters have one precision": [
        "rnn, RNN.zero_state: np.zeros((B, H), params.W_hh.dtype) → np.zeros((B, H), params.W_xh.dtype)",
        "lstm, LSTM.zero_state: np.zeros((B, H), params.W_hh.dtype) → np.zeros((B, H), params.W_xh.dtype)",
        "gru, GRU.zero_state: np.zeros((B, H), params.W_hh.dtype) → np.zeros((B, H), params.W_xh.dtype)",
        "fast.net, Fast.forward: params.W_hh.dtype.kind → params.W_xh.dtype.kind",
        "fast.net, Fast.forward: …guousarray(xs, params.W_hh.dtype) → …guousarray(xs, params.W_xh.dtype)",
        "fast.net, Fast.write: dtype = params.W_hh.dtype → dtype = params.W_xh.dtype",
    ],
    "what belongs to one step has two axes, so that axis 1 is the last": [
        "lstm, LSTM.activate: H = a.shape[-1] // 4 → H = a.shape[1] // 4",
        "lstm, LSTM.activate_backward: … * SIGMOID.df(o)], axis=-1) → … * SIGMOID.df(o)], axis=1)",
        "gru, GRU.step: (state.h, state.h.shape[-1]) → (state.h, state.h.shape[1])",
        "gru, GRU.step_backward: …state.h, dstate.h.shape[-1]) → …state.h, dstate.h.shape[1])",
        "gru, GRU.step_backward: … * SIGMOID.df(r)], axis=-1) → … * SIGMOID.df(r)], axis=1)",
        "gru, GRU.step_backward: …([da_gates, da_n], axis=-1) → …([da_gates, da_n], axis=1)",
        "gru, GRU.step_backward: …te([da_gates, ds], axis=-1) → …te([da_gates, ds], axis=1)",
        "nets.bidirectional, BothWaysPass.final: … self.back.final], axis=-1) → … self.back.final], axis=1)",
        "nets.bidirectional, Bidirectional.final_backward: np.split(dfinal, 2, axis=-1) → "
        "np.split(dfinal, 2, axis=1)",
    ],
    "of this result W_xh and b_h are taken; W_hh is computed anew in both forms": [
        "gru, GRU.step_backward: affine_weights_backward(x, h_prev, da) → affine_weights_backward(x, x, da)",
        "gru, GRU.step_backward: affine_weights_backward(x, h_prev, da) → affine_weights_backward(x, z, da)",
    ],
    "h_0 … h_{T−1} are as many as h_1 … h_T": [
        "unroll, backward_steps: unrolled.hs[1:].shape → unrolled.hs[:-1].shape",
    ],
    "both names get an empty list": [
        "unroll, backward: dxs, das, dparams, dstate0 = ([… → das, dxs, dparams, dstate0 = ([…",
        "nets.stacked, Stacked.backward: dstates, dparams = ([], []) → dparams, dstates = ([], [])",
    ],
    "the two factors of a product exchanged": [
        "lstm, LSTM.activate: c = f * state_prev.c + i * g → c = f * state_prev.c + g * i",
        "fast.plain.lstm, activate: i, f, g, o = a.reshape(4, H, -1) → g, f, i, o = a.reshape(4, H, -1)",
        "fast.plain.lstm, activate: np.multiply(f, c_prev, out=c) → np.multiply(c_prev, f, out=c)",
        "fast.plain.lstm, activate: c += np.multiply(i, g, out=h) → c += np.multiply(g, i, out=h)",
    ],
    "a sign above and below the fraction cancels": [
        "loss, softmax: e = np.exp(_shifted(y_raw)) → e = -np.exp(_shifted(y_raw))",
    ],
    "any constant of about the size of the largest entry may be taken off, a complex one too": [
        "loss, _shift: y_raw.real.max(axis=-1, keepdims=True) → y_raw.max(axis=-1, keepdims=True)",
    ],
    "what stands in padding is multiplied by 0: any finite number will do": [
        "loss, _averaged: …hts[..., None] > 0, ys, 0) → …hts[..., None] > 0, ys, 1)",
    ],
    "asked for nothing but whether it is 0 and which is the least": [
        "loss, weights_of: lengths = mask.sum(axis=0) → lengths = mask.mean(axis=0)",
    ],
    "all of a stack's keeps are None, or none is": [
        "nets.stacked, Stacked.forward: xs if keeps[-1] is None else keeps[-1]… → "
        "xs if keeps[-0] is None else keeps[-1]…",
        "nets.stacked, Stacked.backward: passed.keeps[i - 1] is not None → passed.keeps[1 - i] is not None",
        "nets.stacked, Stacked.backward: passed.keeps[i - 1] is not None → passed.keeps[i - 2] is not None",
    ],
    "a number drawn from [0, 1) is p with a probability of 2⁻⁵³": [
        "nets.stacked, Stacked._keep: …= rng.random(xs.shape) >= self.dropout → "
        "…= rng.random(xs.shape) > self.dropout",
    ],
    "the order of the rows of one symbol changes the rounding of their sum, and no more": [
        "nets.scatter, scatter_add: order = np.argsort(ids, kind='stable') → order = np.argsort(ids)",
    ],
    "0 is NumPy's own choice of the axis": [
        "nets.scatter, scatter_add: …at(values[order], starts, axis=0) → …at(values[order], starts)",
    ],
    "h and c, and their adjoints, have one shape and one precision": [
        "fast.plain.lstm, activate: H = len(h) → H = len(c)",
        "fast.plain.lstm, backward: (np.empty_like(dh) for _ in range(4)) → "
        "(np.empty_like(dc) for _ in range(4))",
        "fast.plain.lstm, backward: da.reshape(4, len(dh), -1) → da.reshape(4, len(dc), -1)",
        "fast.plain.lstm, backward: gates[t].reshape(4, len(dh), -1) → gates[t].reshape(4, len(dc), -1)",
    ],
    "a vector is its own transpose": [
        "fast.plain.lstm, write: a = np.dot(W, h) → a = np.dot(W, h.T)",
        "fast.plain.lstm, write: np.dot(W_hy, h, out=y_raw) → np.dot(W_hy, h.T, out=y_raw)",
        "fast.plain.rnn, write: np.dot(W, h) + table[symbol] → np.dot(W, h.T) + table[symbol]",
        "fast.plain.rnn, write: np.dot(W_hy, h, out=y_raw) → np.dot(W_hy, h.T, out=y_raw)",
    ],
    "the gates are squashed one by one, in any order": [
        "fast.plain.lstm, activate: for sigmoids in (a[:2 * H], a[3 * H:]): → "
        "for sigmoids in (a[3 * H:], a[:2 * H]):",
        "fast.plain.lstm, backward: for d, gate in ((da_i, i), (da_f, f), (da_o, o)): → "
        "for d, gate in ((da_f, f), (da_i, i), (da_o, o)):",
        "fast.plain.lstm, backward: …gate in ((da_i, i), (da_f, f), (da_o, o)): → "
        "…gate in ((da_i, i), (da_o, o), (da_f, f)):",
    ],
    "the numbers are the same, and lie in memory in another order": [
        "fast.plain.lstm, forward: …_hh.T), np.array(hs[0].T, order='C')) → …_hh.T), np.array(hs[0].T))",
    ],
    "of the LSTM's two buffers the first is its c; the RNN has none": [
        "fast.schedule, Schedule.state: :len(self.State._fields) - 1 → :1 - len(self.State._fields)",
        "fast.schedule, Schedule.state: :len(self.State._fields) - 1 → :1",
    ],
    "asked for nothing but their product": [
        "fast.net, Fast.backward: T, B, D = passed.xs.shape → B, T, D = passed.xs.shape",
    ],
    "the wider of two precisions, whichever comes first": [
        "threads, matmul: …((M, N), np.result_type(a, b)) → …((M, N), np.result_type(b, a))",
    ],
    "the longer of two axes, whichever comes first, or either if they are of one length": [
        "threads, matmul: parts(max(M, N), M * K * N / PRODUCTS) → parts(max(N, M), M * K * N / PRODUCTS)",
        "threads, matmul: if M >= N: → if M > N:",
    ],
    "about so much is worth a thread, or memory that is kept, or fits a cache: no result depends on it": [
        "memory, module: WORTHWHILE = 2 ** 17 → WORTHWHILE = 2 ** 18",
        "memory, module: POOL = Pool(most=2 ** 28) → POOL = Pool(most=2 ** 29)",
        "fast.net, module: PIECE = 200 → PIECE = 201",
        "threads, module: WORTHWHILE = 100000.0 → WORTHWHILE = 100001.0",
        "threads, module: PRODUCTS = 100 → PRODUCTS = 101",
        "threads, module: MOVES = 4 → MOVES = 5",
    ],
}
