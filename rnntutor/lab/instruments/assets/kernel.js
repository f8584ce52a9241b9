// The nets of the book, forward and backward, for one sequence: a row is an array, a matrix an array of rows.
// A quantity is a line, `name: (s) => value`. In s is what step t knows: x, target, the parameters p, the steps
// before and after it, prev and next, and what the lines above have computed. A fault is another line of that name.
var rnntutor = (() => {
  "use strict";

  const each = (f, ...rows) => rows[0].map((_, j) => f(...rows.map((row) => row[j])));
  const plus = (...rows) => each((...parts) => parts.reduce((sum, part) => sum + part), ...rows);
  const times = (...rows) => each((...parts) => parts.reduce((product, part) => product * part), ...rows);
  const less = (one, other) => each((a, b) => a - b, one, other);
  const rest = (row) => row.map((v) => 1 - v);
  const zeros = (n) => new Array(n).fill(0);
  // row W, and row Wᵀ: forward the sums run over the rows of a matrix, backward over its columns
  const through = (row, W) => W[0].map((_, k) => row.reduce((sum, v, j) => sum + v * W[j][k], 0));
  const back = (row, W) => W.map((line) => line.reduce((sum, w, k) => sum + row[k] * w, 0));
  const outer = (x, da) => x.map((v) => da.map((d) => v * d));
  const block = (row, k, H) => row.slice(k * H, (k + 1) * H);
  const columns = (W, from, to) => W.map((line) => line.slice(from, to));

  const sigmoid = (a) => 1 / (1 + Math.exp(-a)); // eq-sigmoid
  const slope = (h) => h * (1 - h);
  const tanhSlope = (h) => 1 - h * h;
  const activations = { // f, and f' written with its output
    sigmoid: [sigmoid, slope],
    tanh: [Math.tanh, tanhSlope],
    relu: [(a) => Math.max(a, 0), (h) => (h > 0 ? 1 : 0)],
  };

  const affine = (s) => plus(through(s.x, s.p.W_xh), through(s.prev.h, s.p.W_hh), s.p.b_h);
  const total = { // what comes back to h: of the step's own loss, and of all later ones
    future: (s) => s.next.dh_prev, // eq-dh
    dh: (s) => plus(s.own, s.future), // eq-dh
  };
  const toParameters = {
    dx: (s) => back(s.da, s.p.W_xh), // eq-dx
    dh_prev: (s) => back(s.da, s.p.W_hh), // eq-dh
    dW_xh: (s) => outer(s.x, s.da), // eq-rnn-grads
    dW_hh: (s) => outer(s.prev.h, s.da), // eq-rnn-grads
    db_h: (s) => s.da, // eq-rnn-grads
  };

  const rnn = (activation) => ({
    forward: {
      a: affine, // eq-rnn-preactivation
      h: (s) => s.a.map(activations[activation][0]), // eq-rnn-cell
    },
    backward: {
      ...total,
      da: (s) => times(s.dh, s.h.map(activations[activation][1])), // eq-da
      ...toParameters,
    },
  });

  const lstm = () => ({ // blocks i | f | g | o
    forward: {
      a: affine, // eq-rnn-preactivation
      i: (s) => block(s.a, 0, s.H).map(sigmoid), // eq-lstm-gates
      f: (s) => block(s.a, 1, s.H).map(sigmoid), // eq-lstm-gates
      g: (s) => block(s.a, 2, s.H).map(Math.tanh), // eq-lstm-candidate
      o: (s) => block(s.a, 3, s.H).map(sigmoid), // eq-lstm-gates
      c: (s) => plus(times(s.f, s.prev.c), times(s.i, s.g)), // eq-lstm-cell
      tanh_c: (s) => s.c.map(Math.tanh),
      h: (s) => times(s.o, s.tanh_c), // eq-lstm-hidden
    },
    backward: {
      ...total,
      do: (s) => times(s.dh, s.tanh_c), // eq-lstm-do
      dtanh_c: (s) => times(s.dh, s.o), // eq-lstm-dtanh-c
      dc: (s) => plus(times(s.dtanh_c, s.tanh_c.map(tanhSlope)), s.next.dc_prev), // eq-lstm-dc
      di: (s) => times(s.dc, s.g), // eq-lstm-dgates
      df: (s) => times(s.dc, s.prev.c), // eq-lstm-dgates
      dg: (s) => times(s.dc, s.i), // eq-lstm-dgates
      da: (s) => [
        times(s.di, s.i.map(slope)), times(s.df, s.f.map(slope)),
        times(s.dg, s.g.map(tanhSlope)), times(s.do, s.o.map(slope)),
      ].flat(), // eq-lstm-da
      dc_prev: (s) => times(s.dc, s.f), // eq-lstm-dc-prev
      ...toParameters,
    },
  });

  // blocks z | r | n; in the paper's form the reset gate acts before the product with W_hn
  const gru = (before) => ({
    forward: {
      fromX: (s) => plus(through(s.x, s.p.W_xh), s.p.b_h),
      q: (s) => (before ? through(s.prev.h, s.p.W_hh) : plus(through(s.prev.h, s.p.W_hh), s.p.b_hh)),
      z: (s) => plus(block(s.fromX, 0, s.H), block(s.q, 0, s.H)).map(sigmoid), // eq-gru-gates
      r: (s) => plus(block(s.fromX, 1, s.H), block(s.q, 1, s.H)).map(sigmoid), // eq-gru-gates
      s: (s) => (before ? s.prev.h : block(s.q, 2, s.H)),
      n: before
        ? (s) => plus(block(s.fromX, 2, s.H), through(times(s.r, s.s), columns(s.p.W_hh, 2 * s.H))).map(Math.tanh) // eq-gru-before
        : (s) => plus(block(s.fromX, 2, s.H), times(s.r, s.s)).map(Math.tanh), // eq-gru-after
      h: (s) => plus(times(s.z, s.prev.h), times(rest(s.z), s.n)), // eq-gru-hidden
    },
    backward: {
      ...total,
      dz: (s) => times(s.dh, less(s.prev.h, s.n)),
      dn: (s) => times(s.dh, rest(s.z)),
      da_n: (s) => times(s.dn, s.n.map(tanhSlope)),
      drs: (s) => (before ? back(s.da_n, columns(s.p.W_hh, 2 * s.H)) : s.da_n),
      dr: (s) => times(s.drs, s.s),
      ds: (s) => times(s.drs, s.r),
      gates: (s) => [times(s.dz, s.z.map(slope)), times(s.dr, s.r.map(slope))].flat(),
      da: (s) => [...s.gates, ...s.da_n],
      dq: (s) => [...s.gates, ...s.ds],
      ...toParameters,
      dh_prev: (s) => (before
        ? plus(times(s.dh, s.z), back(s.gates, columns(s.p.W_hh, 0, 2 * s.H)), s.ds)
        : plus(times(s.dh, s.z), back(s.dq, s.p.W_hh))),
      dW_hh: (s) => (before
        ? each((one, other) => [...one, ...other], outer(s.prev.h, s.gates), outer(times(s.r, s.s), s.da_n))
        : outer(s.prev.h, s.dq)),
      ...(before ? {} : { db_hh: (s) => s.dq }),
    },
  });

  const softmax = (y_raw) => {
    const top = Math.max(...y_raw);
    const parts = y_raw.map((v) => Math.exp(v - top));
    const A = parts.reduce((sum, part) => sum + part);
    return parts.map((part) => part / A);
  };

  // a cell with a readout and a loss: the lines of the readout stand after the cell's, and backward before them
  const model = (cell) => ({
    forward: {
      ...cell.forward,
      y_raw: (s) => plus(through(s.h, s.p.W_hy), s.p.b_y), // eq-readout
      y: (s) => softmax(s.y_raw), // eq-softmax
      loss: (s) => Math.log(s.y_raw.reduce((sum, v) => sum + Math.exp(v - s.y_raw[s.target]), 0)), // eq-cross-entropy
    },
    backward: {
      dy_raw: (s) => s.y.map((v, k) => v - (k === s.target)), // eq-dy-raw
      dW_hy: (s) => outer(s.h, s.dy_raw), // eq-readout-grads
      db_y: (s) => s.dy_raw, // eq-readout-grads
      own: (s) => back(s.dy_raw, s.p.W_hy), // eq-dh
      ...cell.backward,
    },
  });

  // ---- over time ----

  function compute(s, lines) {
    for (const name in lines) s[name] = lines[name](s);
    return s;
  }

  // The steps 1 … T in places 1 … T; in place 0 the state before the first.
  function forward(net, p, xs, targets = [], start = {}) {
    const H = p.W_hh.length;
    const steps = [{ t: 0, h: zeros(H), c: zeros(H), ...start }];
    xs.forEach((x, k) => {
      steps.push(compute({ t: k + 1, H, p, x, target: targets[k], prev: steps[k] }, net.forward));
    });
    return steps;
  }

  // Every derivative, from T down to 1, beside the values; `after` is what comes back from beyond T.
  function backward(net, steps, after = {}) {
    const H = steps[0].h.length;
    let next = { t: steps.length, dh_prev: zeros(H), dc_prev: zeros(H), h: zeros(H), own: zeros(H), ...after };
    for (let t = steps.length - 1; t > 0; t--) {
      steps[t].next = next; // eq-dh0
      next = compute(steps[t], net.backward);
    }
    return steps;
  }

  const names = (p) => Object.keys(p);
  const deep = (f, ...all) => (Array.isArray(all[0]) ? all[0].map((_, k) => deep(f, ...all.map((a) => a[k]))) : f(...all));
  const fromThousandths = (rows) => deep((v) => v / 1000, rows);
  const loss = (steps) => steps.slice(1).reduce((sum, s) => sum + s.loss, 0); // eq-loss

  // The gradient: what the steps contribute to each parameter, summed.
  function gradient(steps) {
    const sums = {};
    for (const name of names(steps[1].p)) {
      sums[name] = steps.slice(1).map((s) => s["d" + name]).reduce((a, b) => deep((u, v) => u + v, a, b)); // eq-rnn-grads
    }
    return sums;
  }

  // The same by nudging each parameter up and down: it knows nothing of any derivation.
  function nudged(net, p, xs, targets, start) {
    const eps = 1e-5, found = {};
    for (const name of names(p)) {
      const copy = deep((v) => v, p[name]);
      const at = (row, j) => [eps, -eps].map((nudge) => {
        const kept = row[j];
        row[j] = kept + nudge;
        const value = loss(forward(net, { ...p, [name]: copy }, xs, targets, start));
        row[j] = kept;
        return value;
      });
      const slopeAt = (row, j) => { const [up, down] = at(row, j); return (up - down) / (2 * eps); }; // eq-central-difference
      found[name] = copy.map((row, k) => (Array.isArray(row) ? row.map((_, j) => slopeAt(row, j)) : slopeAt(copy, k)));
    }
    return found;
  }

  // How far two gradients are apart, block by block, as a share of the block's largest entry.
  function compare(one, other) {
    const apart = {};
    for (const name of names(other)) {
      const flat = [other[name]].flat(2), mine = [one[name]].flat(2);
      const worst = Math.max(...flat.map((v, k) => Math.abs(mine[k] - v)));
      apart[name] = worst / (Math.max(...flat.map(Math.abs)) || 1);
    }
    return apart;
  }

  return {
    each, deep, fromThousandths, plus, times, less, zeros, through, back, outer, sigmoid, slope, tanhSlope, softmax,
    rnn, lstm, gru, model, forward, backward, loss, gradient, nudged, compare,
  };
})();
