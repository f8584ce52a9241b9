// <gradient-lags>: how much of a gradient is left so many steps back, in an RNN, or in an LSTM beside it.
(() => {
  const { zeros, deep, fromThousandths } = rnntutor;
  const length = (row) => Math.hypot(...row);

  // The length of what comes back to `part` of each state, from lag 0, when a loss at the last step alone sends a row of length 1.
  function byLag(cell, p, xs, part) {
    const H = p.W_hh.length, T = xs.length;
    const own = (s) => (s.t === T ? zeros(H).map(() => 1 / Math.sqrt(H)) : zeros(H));
    const net = { forward: cell.forward, backward: { own, ...cell.backward } };
    return rnntutor.backward(net, rnntutor.forward(net, p, xs)).slice(1).reverse().map((s) => length(s[part]));
  }
  rnntutor.byLag = byLag;

  const LOW = -12, HIGH = 4;

  class GradientLags extends rnntutor.Instrument {
    frame() {
      const starts = { gaussian: "drawn at random", orthogonal: "orthogonal", identity: "identity" };
      return `<p class="name">What is left of a gradient</p><div data-part="picture"></div>${this.said()}
        <div class="controls"><b>RNN</b>${this.range("radius", "spectral radius", 0.1, 2.5, 0.05)}
        ${this.choice("activation", "function", { tanh: "tanh", sigmoid: "sigmoid", relu: "ReLU" })}
        ${this.choice("start", "matrix", starts)}</div>
        ${this.given.lstm ? `<div class="controls"><b>LSTM</b>${this.range("forget", "forget gate’s bias", -2, 6, 0.25)}</div>` : ""}
        <div data-part="table"></div>`;
    }

    draw() {
      const { rnn, lstm, starts, radius, activation, start, forget } = this.given, H = rnn.b_h.length;
      const xs = fromThousandths(this.given.xs), numbers = (p) => Object.fromEntries(Object.entries(p).map(([name, part]) => [name, fromThousandths(part)]));
      const W_hh = deep((w) => w * radius, fromThousandths(starts[start]));
      this.curves = { RNN: byLag(rnntutor.rnn(activation), { ...numbers(rnn), W_hh }, xs, "dh") };
      if (lstm) {
        const b_h = zeros(4 * H).map((_, k) => (k >= H && k < 2 * H ? forget : 0));
        this.curves.LSTM = byLag(rnntutor.lstm(), { ...numbers(lstm), b_h }, xs, "dc");
      }
      this.put("picture", this.picture());
      const last = xs.length - 1, lags = [0, 1, 2, 3, 4].map((k) => Math.round(k * last / 4));
      this.put("table", this.table("What is left after so many steps back", lags, Object.entries(this.curves).map(([name, lengths]) =>
        `<tr class="${name === "RNN" ? "state" : "gradient"}"><th scope="row">${name}</th>${lags.map((lag) => `<td>${this.power(lengths[lag])}</td>`).join("")}</tr>`)));
    }

    // Near 1 as a decimal, else with a power of ten.
    power(v) {
      if (v === 0) return "0";
      if (v >= 0.01 && v < 99) return v.toPrecision(2);
      const [digits, exponent] = v.toExponential(0).split("e");
      return `${digits}·10<sup>${exponent.replace("+", "").replace("-", "−")}</sup>`;
    }

    factor(lengths) { return (lengths[lengths.length - 1] / lengths[0]) ** (1 / (lengths.length - 1)); }

    picture() {
      const last = this.given.xs.length - 1, x = (lag) => 42 + 270 * lag / last, y = (exponent) => 12 + 190 * (HIGH - exponent) / (HIGH - LOW);
      let svg = "";
      for (let exponent = LOW; exponent <= HIGH; exponent += 4) {
        svg += `<path class="${exponent ? "rule" : "one"}" d="M42 ${y(exponent)}H312"/>` +
          this.text(36, y(exponent) + 4, exponent ? `10<tspan class="index" dy="-4">${this.number(exponent, 0)}</tspan>` : "1", "small", "", "end");
      }
      for (let lag = 0; lag <= last; lag += 10) svg += this.text(x(lag), 219, lag, "small");
      svg += this.text(177, 236, "steps back", "small");
      const ends = Object.entries(this.curves).map(([name, lengths]) => {
        const seen = lengths.map((v) => (v > 0 ? Math.log10(v) : -Infinity));
        const cut = seen.findIndex((v) => v < LOW || v > HIGH), until = cut < 0 ? seen.length : Math.max(cut, 1);
        const way = seen.slice(0, until).map((v, lag) => [x(lag), y(v)]), [lastX, lastY] = way[until - 1];
        let words = name;
        if (cut > 0) { // on to the frame
          const edge = seen[cut] < LOW ? LOW : HIGH, some = lengths[cut] > 0;
          way.push([some ? lastX + (x(cut) - lastX) * (edge - seen[cut - 1]) / (seen[cut] - seen[cut - 1]) : x(cut), y(edge)]);
          words += some ? edge === LOW ? " ↓" : " ↑" : ": 0";
        }
        const [endX, endY] = way[way.length - 1];
        svg += `<path class="line ${name}" d="M${way.map((place) => place.map((v) => v.toFixed(1)).join(" ")).join("L")}"/>`;
        return [name, endX, endY, words];
      });
      const near = ends[1] && Math.abs(ends[0][2] - ends[1][2]) < 15 && Math.abs(ends[0][1] - ends[1][1]) < 40;
      ends.forEach(([name, at, height, words], k) => {
        const moved = near ? (ends[0][2] <= ends[1][2]) === (k === 0) ? -7 : 8 : 0;
        svg += this.text(at + 6, height + 4 + moved, words, name === "RNN" ? "state" : "gradient", "", "start");
      });
      return this.svg(366, 240, `Length of the gradient over the number of steps back, ${ends.length > 1 ? "one line for the RNN and one for the LSTM" : "for the RNN"}`, svg);
    }

    say() {
      const last = this.given.xs.length - 1;
      return Object.entries(this.curves).map(([name, lengths]) => {
        const f = this.factor(lengths);
        return lengths[last] === 0 ? `${name}: nothing is left.` : `${name}: each step back multiplies by about ${f.toFixed(2)}, on average; after ${last} steps the length is ${this.power(lengths[last])}.`;
      }).join(" ");
    }
  }
  if (!customElements.get("gradient-lags")) customElements.define("gradient-lags", GradientLags);
})();
