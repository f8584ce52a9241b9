// <lstm-stepper>: a small trained LSTM reads a line letter by letter; then back, adjoint by adjoint.
(() => {
  const { times, zeros, tanhSlope } = rnntutor;
  const net = rnntutor.model(rnntutor.lstm());
  // name in the kernel, its symbol, its equation; a t is left out where all have it
  const i = (letter, index = "t") => `<i>${letter}</i><sub>${index === "t" ? "<i>t</i>" : index}</sub>`;
  // a name, the lines that are put in, and the equations that they are
  const faults = {
    none: ["none", {}, {}],
    noMemory: ["no path along c", { dc: (s) => times(s.dtanh_c, s.tanh_c.map(tanhSlope)) }, { dc: `${i("du")} ⊙ (1 − tanh² ${i("c")})` }],
    swapped: ["f for o", { dtanh_c: (s) => times(s.dh, s.f) }, { dtanh_c: `${i("δ")} ⊙ ${i("f")}` }],
    slope: ["tanh’s slope left out", { dc: (s) => rnntutor.plus(s.dtanh_c, s.next.dc_prev) }, { dc: `${i("du")} + along c` }],
    wrongStep: ["c of step t for t − 1", { df: (s) => times(s.dc, s.c) }, { df: `${i("dc")} ⊙ ${i("c")}` }],
  };
  rnntutor.lstmFaults = faults;

  const next = "<i>t</i>+1", before = "<i>t</i>−1";
  const FORWARD = [
    ["i", i("i"), "<i>σ</i>(<i>a<sub>i</sub></i>)"],
    ["f", i("f"), "<i>σ</i>(<i>a<sub>f</sub></i>)"],
    ["g", i("g"), "tanh(<i>a<sub>g</sub></i>)"],
    ["o", i("o"), "<i>σ</i>(<i>a<sub>o</sub></i>)"],
    ["c", i("c"), `${i("f")} ⊙ ${i("c", before)} + ${i("i")} ⊙ ${i("g")}`],
    ["h", i("h"), `${i("o")} ⊙ tanh ${i("c")}`],
  ];
  const BACKWARD = [
    ["own", "own", `${i("dy")}<sup>raw</sup> <i>W<sub>hy</sub></i><sup>⊤</sup>`],
    ["future", "future", `${i("da", next)} <i>W<sub>hh</sub></i><sup>⊤</sup>`],
    ["dh", i("δ"), "own + future"],
    ["do", i("do"), `${i("δ")} ⊙ tanh ${i("c")}`],
    ["dtanh_c", i("du"), `${i("δ")} ⊙ ${i("o")}`],
    ["along", "along c", `${i("dc", next)} ⊙ ${i("f", next)}`],
    ["dc", i("dc"), `${i("du")} ⊙ (1 − tanh² ${i("c")}) + along c`],
    ["di", i("di"), `${i("dc")} ⊙ ${i("g")}`],
    ["df", i("df"), `${i("dc")} ⊙ ${i("c", before)}`],
    ["dg", i("dg"), `${i("dc")} ⊙ ${i("i")}`],
    ["da_i", "<i>da<sub>i</sub></i>", `${i("di")} ⊙ ${i("i")} (1 − ${i("i")})`],
    ["da_f", "<i>da<sub>f</sub></i>", `${i("df")} ⊙ ${i("f")} (1 − ${i("f")})`],
    ["da_g", "<i>da<sub>g</sub></i>", `${i("dg")} ⊙ (1 − ${i("g")}²)`],
    ["da_o", "<i>da<sub>o</sub></i>", `${i("do")} ⊙ ${i("o")} (1 − ${i("o")})`],
    ["dc_prev", `to ${i("c", before)}`, `${i("dc")} ⊙ ${i("f")}`],
    ["dh_prev", `to ${i("h", before)}`, `${i("da")} <i>W<sub>hh</sub></i><sup>⊤</sup>`],
  ];
  const shown = (letter) => (letter === " " ? "␣" : letter);
  const LONGEST = 20;

  class LSTMStepper extends rnntutor.Instrument {
    frame() {
      const names = Object.fromEntries(Object.entries(faults).map(([name, [words]]) => [name, words]));
      return `<p class="name">An LSTM, letter by letter</p>
        <div class="controls"><label class="control"><span>text</span> <input type="text" name="text" maxlength="${LONGEST}" value="${
          this.given.text}" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
        ${this.range("shift", "forget gate’s bias +", -6, 6, 0.5)}</div>
        <div data-part="picture"></div>
        ${this.walk("Step of the walk, forward and back", '<button type="button" data-jump>Next letter</button>')}
        <div class="dense" data-part="table"></div>
        <div class="controls">${this.choice("fault", "plant a fault:", names)}</div><p class="check" data-part="check"></p>`;
    }

    connectedCallback() {
      const fresh = !this.live;
      super.connectedCallback();
      if (fresh) this.live.querySelector("[data-jump]").addEventListener("click", () => this.go(this.jump()));
    }

    steps() { return this.T * (1 + BACKWARD.length) + 1; }

    // where the walk stands: step t, and how many rows of the way back are seen
    where(at = this.at) {
      const T = this.T;
      if (at <= T) return { t: Math.max(at, 1), row: 0 };
      if (at === this.steps()) return { t: 1, row: BACKWARD.length };
      const k = at - T - 1;
      return { t: T - Math.floor(k / BACKWARD.length), row: (k % BACKWARD.length) + 1 };
    }

    jump() {
      const { T } = this;
      if (this.at < T) return this.at + 1;
      return T + (Math.floor((this.at - T) / BACKWARD.length) + 1) * BACKWARD.length + (this.at - T >= T * BACKWARD.length ? 1 : 0);
    }

    draw() {
      const { letters, p, text, shift, fault } = this.given;
      const known = [...text].filter((letter) => letters.includes(letter)).slice(0, LONGEST);
      this.strange = [...new Set([...text].filter((letter) => !letters.includes(letter)))];
      this.letters = known.length > 1 ? known : [...letters].slice(0, 2);
      const ids = this.letters.map((letter) => letters.indexOf(letter)), H = p.W_hh.length;
      this.T = ids.length - 1;
      this.p = { ...p, b_h: p.b_h.map((v, k) => (k >= H && k < 2 * H ? v + shift : v)) };
      this.xs = ids.slice(0, -1).map((id) => letters.map((_, k) => Number(k === id)));
      this.targets = ids.slice(1);
      const broken = { ...net, backward: { ...net.backward, ...faults[fault][1] } };
      this.net = rnntutor.backward(broken, rnntutor.forward(net, this.p, this.xs, this.targets));
      for (const s of this.net.slice(1)) {
        s.along = s.next.dc_prev;
        ["i", "f", "g", "o"].forEach((name, k) => { s[`da_${name}`] = s.da.slice(k * H, (k + 1) * H); });
      }
      const key = `${this.letters.join("")}|${shift}`;
      if (key !== this.key) Object.assign(this, { key, right: null });
      this.put("picture", this.picture());
    }

    shown() {
      const { t, row } = this.where(), s = this.net[t], back = this.at > this.T;
      const heads = [...s.h.map((_, j) => j + 1), null];
      const most = Math.max(1e-12, ...BACKWARD.flatMap(([name]) => s[name]).map(Math.abs));
      const now = (k) => (back && k === row - 1 && this.at < this.steps() ? " now" : "");
      this.put("table", back
        ? this.table(`Back at step ${t}, which read “${shown(this.letters[t - 1])}”, unit by unit`, heads,
          this.equations().map(([name, symbol, equation], k) => this.row(symbol, s[name],
            { kind: `gradient${k >= row ? " later" : ""}${now(k)}`, most, beside: equation })))
        : this.table(`Step ${t} reads “${shown(this.letters[t - 1])}”, unit by unit`, heads,
          FORWARD.map(([name, symbol, equation]) => this.row(symbol, s[name],
            { kind: `state${this.at ? "" : " later"}`, most: name === "c" ? Math.max(1, ...s.c.map(Math.abs)) : 1, beside: equation }))));
      for (const node of this.live.querySelectorAll("[data-t]")) {
        const k = Number(node.dataset.t), seen = node.dataset.way === "back" ? back && (k > t || (k === t && row > 6)) : k <= (back ? this.T : this.at);
        node.classList.toggle("later", !seen);
      }
      this.live.querySelector(".here").setAttribute("x", this.x(t) - this.pitch / 2);
      this.put("check", this.at === this.steps() ? this.checked() : "");
    }

    // The rows of the way back, with the fault's equation where one is planted.
    equations() {
      const planted = faults[this.given.fault][2];
      return BACKWARD.map(([name, symbol, right]) =>
        [name, symbol, planted[name] ? `<b class="wrong">${planted[name]}</b>` : right]);
    }

    checked() {
      this.right ||= rnntutor.nudged(net, this.p, this.xs, this.targets);
      const apart = rnntutor.compare(rnntutor.gradient(this.net), this.right);
      this.wrong = Object.values(apart).filter((off) => off > 1e-5).length;
      return `Held against a nudge of each parameter: ${Object.entries(apart).map(([name, off]) =>
        `<span><i>${name[0]}</i><sub>${name.slice(2)}</sub> ${off > 1e-5 ? `<b class="wrong">✗ off by ${this.number(off)}</b>` : "✓"}</span>`).join(", ")}.`;
    }

    x(t) { return 62 + this.pitch * (t - 0.5); }

    picture() {
      const { T } = this, H = this.p.W_hh.length;
      this.pitch = Math.min(26, 302 / (T + 1));
      const most = Math.max(1, ...this.net.slice(1).flatMap((s) => s.c).map(Math.abs));
      const mostBack = Math.max(1e-12, ...this.net.slice(1).flatMap((s) => s.dc).map(Math.abs));
      const bars = (s, values, scale, y, kind, way) => values.map((v, j) => {
        const tall = Math.max(0.5, Math.abs(v) / scale * 17), wide = (this.pitch - 4) / H;
        return `<rect class="mark ${kind}" data-t="${s.t}" data-way="${way}" x="${(this.x(s.t) - this.pitch / 2 + 2 + j * wide).toFixed(2)}" y="${
          (v < 0 ? y : y - tall).toFixed(2)}" width="${(wide * 0.85).toFixed(2)}" height="${tall.toFixed(2)}"/>`;
      }).join("");
      let svg = `<rect class="here" x="0" y="4" width="${this.pitch}" height="146" rx="3"/>` +
        [["reads", 18, "input"], ["memory", 55, "state"], ["says", 94, "outcome"], ["d<tspan class='letter'>c</tspan>", 130, "gradient"]]
          .map(([words, y, kind]) => this.text(0, y, words, kind, "", "start")).join("");
      this.letters.forEach((letter, k) => { svg += this.text(this.x(k + 1), 18, shown(letter), "input typed"); });
      for (const s of this.net.slice(1)) {
        const best = s.y.indexOf(Math.max(...s.y)), kind = `outcome typed${best === s.target ? "" : " missed"}`;
        svg += bars(s, s.c, most, 50, "state", "forward") + bars(s, s.dc, mostBack, 126, "gradient", "back");
        svg += `<text class="${kind}" text-anchor="middle" x="${this.x(s.t)}" y="94" data-t="${s.t}" data-way="forward">${shown(this.given.letters[best])}</text>`;
      }
      return this.svg(366, 154, "The line, the memory after each letter, what the net says comes next, and what comes back to the memory", svg);
    }

    say() {
      const { t, row } = this.where(), s = this.net[t], n = (v) => this.number(v);
      const strange = this.strange.length ? ` (It knows no “${this.strange.map(shown).join("”, “").replace(/&/g, "&amp;").replace(/</g, "&lt;")}”.)` : "";
      if (this.at === 0) return `It has learned one line by heart, and knows the letters ${this.given.letters.map(shown).join(" ")}. What will it need to remember?${strange}`;
      if (this.at <= this.T) {
        const order = s.y.map((v, k) => [v, this.given.letters[k]]).sort((a, b) => b[0] - a[0]).slice(0, 3);
        return `After “${this.letters.slice(0, t).map(shown).join("")}” it says ${order.map(([v, letter]) => `“${shown(letter)}” ${n(v)}`).join(", ")}.` +
          ` Next is “${shown(this.letters[t])}”: a loss of ${n(s.loss)}.${strange}`;
      }
      if (this.at === this.steps()) return this.wrong
        ? `All steps are added up, and the check finds <strong>${this.wrong} of 5 blocks wrong</strong>.` : "All steps are added up: all five blocks are what the nudges say.";
      const [name, symbol, equation] = this.equations()[row - 1];
      return `Back at step ${t}: ${symbol} = ${equation}, from ${this.number(Math.min(...s[name]), 3)} to ${this.number(Math.max(...s[name]), 3)}.`;
    }
  }
  if (!customElements.get("lstm-stepper")) customElements.define("lstm-stepper", LSTMStepper);
})();
