// <lstm-stepper>: a small trained LSTM reads a line letter by letter; then back, adjoint by adjoint. Or one way alone.
(() => {
  const { times, zeros, tanhSlope, fromThousandths } = rnntutor;
  const net = rnntutor.model(rnntutor.lstm());
  // name in the kernel, its symbol, its equation; a t is left out where all have it
  const i = (letter, index = "t") => `<i>${letter}</i><sub>${index === "t" ? "<i>t</i>" : index}</sub>`;
  // a name, the lines that are put in, the equations that they are, and the factors in the picture (null: its way is not taken)
  const faults = {
    none: ["none", {}, {}, {}],
    noMemory: ["no path along c", { dc: (s) => times(s.dtanh_c, s.tanh_c.map(tanhSlope)) }, { dc: `${i("du")} ⊙ (1 − ${i("u")}²)` }, { "next_c c": null }],
    swapped: ["du uses f instead of o", { dtanh_c: (s) => times(s.dh, s.f) }, { dtanh_c: `${i("δ")} ⊙ ${i("f")}` }, { dtanh_c: "f" }],
    slope: ["tanh’s slope left out", { dc: (s) => rnntutor.plus(s.dtanh_c, s.next.dc_prev) }, { dc: `${i("du")} + along c` }, { dc: "1" }],
    wrongStep: ["df uses c of step t, not t − 1", { df: (s) => times(s.dc, s.c) }, { df: `${i("dc")} ⊙ ${i("c")}` }, { df: "c<sub>t" }],
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
    ["do", i("do"), `${i("δ")} ⊙ ${i("u")}`],
    ["dtanh_c", i("du"), `${i("δ")} ⊙ ${i("o")}`],
    ["along", "along c", `${i("dc", next)} ⊙ ${i("f", next)}`],
    ["dc", i("dc"), `${i("du")} ⊙ (1 − ${i("u")}²) + along c`],
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
  // The unit, backward: where things stand, with their radius and what is written there; the ways, with their corners.
  const COLUMNS = { f: 92, i: 135, g: 185, o: 258 }, ROWS = { memory: 36, inner: 83, gates: 125, functions: 159, low: 197 };
  const PLACES = {
    c_prev: [21, ROWS.memory, 16, "c", "t−1"], h_prev: [21, ROWS.functions, 16, "h", "t−1"], x: [21, ROWS.low, 13, "x", "t"],
    keep: [COLUMNS.f, ROWS.memory, 9, "⊙"], plus: [160, ROWS.memory, 9, "+"], c: [210, ROWS.memory, 13, "c", "t"],
    write: [160, ROWS.inner, 9, "⊙"], u: [210, ROWS.inner, 13, "u", "t"], read: [COLUMNS.o, ROWS.inner, 9, "⊙"], h: [295, ROWS.inner, 13, "h", "t"],
    next_c: [348, ROWS.memory, 0], next_h: [348, ROWS.inner, 0], readout: [295, 125, 0], foot: [64, 187, 0], side: [58, ROWS.low, 0],
    ...Object.fromEntries(Object.entries(COLUMNS).flatMap(([name, x]) => [
      [name, [x, ROWS.gates, 12, name, "t"]], ["s" + name, [x, ROWS.functions, name === "g" ? 13 : 9.5, name === "g" ? "tanh" : "σ"]], ["a" + name, [x, 187, 0]]])),
  };
  const CORNERS = { "write i": [COLUMNS.i, ROWS.inner], "write g": [COLUMNS.g, ROWS.inner], "foot h_prev": [64, ROWS.functions] };
  // what a row of the way back takes: ways, where it ends, its factor and the factor's place
  const gate = (name, factor) => [[`${name} s${name}`, `s${name} a${name}`], "a", factor, COLUMNS[name] + 5, 182, "start"];
  const LIT = {
    own: [["readout h"], "h", "W<sub>hy", 299, 117, "start"], future: [["next_h h"], "h", "W<sub>hh", 331, 76, "middle"],
    dh: [["readout h", "next_h h"], "h"], do: [["h read", "read o"], "o", "u", 263, 104, "start"],
    dtanh_c: [["h read", "read u"], "u", "o", 236, 78, "middle"], along: [["next_c c"], "c", "f<sub>t+1", 332, 29, "middle"],
    dc: [["u c", "next_c c"], "c", "1 − u²", 214, 64, "start"], di: [["c plus", "plus write", "write i"], "i", "g", 130, 106, "end"],
    df: [["c plus", "plus keep", "keep f"], "f", "c<sub>t−1", 97, 84, "start"], dg: [["c plus", "plus write", "write g"], "g", "i", 190, 106, "start"],
    da_i: gate("i", "i (1 − i)"), da_f: gate("f", "f (1 − f)"), da_g: gate("g", "1 − g²"), da_o: gate("o", "o (1 − o)"),
    dc_prev: [["c plus", "plus keep", "keep c_prev"], "c_prev", "f", 62, 29, "middle"], dh_prev: [["foot h_prev"], "h_prev", "W<sub>hh", 58, 148, "middle"],
  };
  const WAYS = [...new Set(Object.values(LIT).flatMap(([ways]) => ways)), "side x"];
  const shown = (letter) => (letter === " " ? "␣" : letter);
  const LONGEST = 20;

  class LSTMStepper extends rnntutor.Instrument {
    frame() {
      const names = Object.fromEntries(Object.entries(faults).map(([name, [words]]) => [name, words]));
      return `<p class="name">An LSTM, letter by letter</p>
        <div class="controls"><label class="control"><span>text</span> <input type="text" name="text" maxlength="${LONGEST}" value="${
          this.given.text}" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
        ${this.range("shift", "added to the forget gate’s bias", -6, 6, 0.5)}</div>
        ${this.given.way === "forward" ? `<div data-part="picture"></div>${this.walk("Letters that are read")}` : `<div class="side"><div><div data-part="picture"></div>
        ${this.walk("Step of the walk", `<button type="button" data-jump>${this.given.way === "both" ? "Next letter" : "Whole step"}</button>`)}</div>${this.unit()}</div>`}
        <p class="check" data-part="check"></p><div class="dense" data-part="table"></div>
        ${this.given.way === "forward" ? "" : `<div class="controls">${this.choice("fault", "plant a fault:", names)}
        <span class="control narrow"><button type="button" data-go="-999">To the start</button></span></div>`}`;
    }

    connectedCallback() {
      const fresh = !this.live;
      super.connectedCallback();
      if (fresh) this.live.querySelector("[data-jump]")?.addEventListener("click", () => this.go(this.jump()));
    }

    changed(control) {
      if (control.name === "text" || (control.name === "shift" && this.given.way !== "forward")) this.at = 0;
      super.changed(control);
    }

    // how many steps of the walk go forward
    get ahead() { return this.given.way === "backward" ? 0 : this.T; }

    steps() { return this.short ? 0 : this.given.way === "forward" ? this.T : this.ahead + this.T * BACKWARD.length + 1; }

    // where the walk stands: step t, and how many rows of the way back are seen
    where(at = this.at) {
      const { T, ahead } = this;
      if (at <= ahead) return { t: ahead ? Math.max(at, 1) : T, row: 0 };
      if (at === this.steps()) return { t: 1, row: BACKWARD.length };
      const k = at - ahead - 1;
      return { t: T - Math.floor(k / BACKWARD.length), row: (k % BACKWARD.length) + 1 };
    }

    jump() {
      const { T, ahead } = this;
      if (this.at < ahead) return this.at + 1;
      return Math.min(this.steps(), ahead + (Math.floor((this.at - ahead) / BACKWARD.length) + 1) * BACKWARD.length);
    }

    draw() {
      const { letters, text, shift, fault } = this.given;
      const p = Object.fromEntries(Object.entries(this.given.p).map(([name, part]) => [name, fromThousandths(part)]));
      const known = [...text].filter((letter) => letters.includes(letter)).slice(0, LONGEST);
      this.strange = [...new Set([...text].filter((letter) => !letters.includes(letter)))];
      this.short = known.length < 2;
      this.letters = !this.short ? known : [...letters].slice(0, 2);
      const ids = this.letters.map((letter) => letters.indexOf(letter)), H = p.W_hh.length;
      this.T = ids.length - 1;
      this.p = { ...p, b_h: p.b_h.map((v, k) => (k >= H && k < 2 * H ? v + shift : v)) };
      this.xs = ids.slice(0, -1).map((id) => letters.map((_, k) => Number(k === id)));
      this.targets = ids.slice(1);
      const back = (lines) => {
        const steps = rnntutor.backward({ ...net, backward: { ...net.backward, ...lines } }, rnntutor.forward(net, this.p, this.xs, this.targets));
        for (const s of steps.slice(1)) {
          s.along = s.next.dc_prev;
          ["i", "f", "g", "o"].forEach((name, k) => { s[`da_${name}`] = s.da.slice(k * H, (k + 1) * H); });
        }
        return steps;
      };
      this.net = back(faults[fault][1]);
      this.unharmed = fault === "none" ? this.net : back({});
      const key = `${this.letters.join("")}|${shift}`;
      if (key !== this.key) Object.assign(this, { key, right: null });
      this.put("picture", this.picture());
    }

    shown() {
      this.live.classList.toggle("short", this.short);
      this.live.querySelector("[data-jump]")?.setAttribute("aria-disabled", this.at === this.steps());
      const { t, row } = this.where(), s = this.net[t], back = this.at > this.ahead, turned = back || this.given.way === "backward";
      const heads = [...s.h.map((_, j) => j + 1), null];
      const most = Math.max(1e-12, ...BACKWARD.flatMap(([name]) => s[name]).map(Math.abs));
      const now = (k) => (back && k === row - 1 && this.at < this.steps() ? " now" : "");
      this.put("table", turned
        ? this.table(`Back at step ${t}, which read “${shown(this.letters[t - 1])}”, unit by unit`, heads,
          this.equations().map(([name, symbol, equation], k) => this.row(symbol + (k < row && this.off(name, t) ? ' <b class="wrong">✗</b>' : ""), s[name],
            { kind: `gradient${k >= row ? " later" : ""}${now(k)}`, most, beside: equation })))
        : this.table(`Step ${t} ${this.at ? "reads" : "is to read"} “${shown(this.letters[t - 1])}”, unit by unit`, heads,
          FORWARD.map(([name, symbol, equation]) => this.row(symbol, s[name],
            { kind: `state${this.at ? "" : " later"}`, most: name === "c" ? Math.max(1, ...s.c.map(Math.abs)) : 1, beside: equation }))));
      for (const node of this.live.querySelectorAll("[data-t]")) {
        const k = Number(node.dataset.t), seen = node.dataset.way === "back" ? back && (k > t || (k === t && row > 6)) : k <= (turned ? this.T : this.at);
        node.classList.toggle("later", !seen);
      }
      this.live.querySelector(".here").setAttribute("x", this.x(t) - this.pitch / 2);
      const done = back && this.at === this.steps(), [ways, end] = back && !done ? LIT[BACKWARD[row - 1][0]] : [[], ""];
      const gone = back ? BACKWARD.slice(0, row).flatMap(([name]) => LIT[name][0]) : [];
      const planted = faults[this.given.fault][3];
      for (const node of this.live.querySelectorAll("text[data-unit]")) {
        const name = node.dataset.unit.slice(0, -1);
        node.innerHTML = this.factor(planted[name] || LIT[name][2]);
      }
      for (const node of this.live.querySelectorAll("[data-unit]")) {
        const { unit } = node.dataset;
        node.classList.toggle("gone", gone.includes(unit));
        node.classList.toggle("lit", unit === end || (ways.includes(unit) && !(unit in planted && BACKWARD[row - 1][0] === "dc")) || (back && !done && unit === `${BACKWARD[row - 1][0]}:`));
      }
      this.put("check", done ? this.checked() : "");
    }

    equations() {
      const planted = faults[this.given.fault][2];
      return BACKWARD.map(([name, symbol, right]) =>
        [name, symbol, planted[name] ? `<b class="wrong">${planted[name]}</b>` : right]);
    }

    // Is this line wrong at this step, be it by the planted fault itself or by what it has spoiled?
    off(name, t) { return this.net[t][name].some((v, j) => Math.abs(v - this.unharmed[t][name][j]) > 1e-9); }

    firstOff() {
      for (let t = this.T; t > 0; t--) for (const [name, symbol] of BACKWARD) if (this.off(name, t)) return `${symbol} at step ${t}`;
    }

    checked() {
      this.right ||= rnntutor.nudged(net, this.p, this.xs, this.targets);
      const apart = rnntutor.compare(rnntutor.gradient(this.net), this.right);
      this.wrong = Object.values(apart).filter((off) => off > 1e-5).length;
      return `The gradient of each block, held against a nudge of each parameter${this.wrong ? " (off by: a share of the largest number)" : ""}: ${Object.entries(apart).map(([name, off]) =>
        `<span><i>${name[0]}</i><sub>${name.slice(2)}</sub> ${off > 1e-5 ? `<b class="wrong">✗ off by ${this.number(off)}</b>` : "✓"}</span>`).join(", ")}.`;
    }

    factor(words) {
      return words.replace(/<sub>(.*)/, (_, low) => `<tspan class="index" dy="3">${low}</tspan>`) + (words.startsWith("W") ? '<tspan class="index" dy="-8">⊤</tspan>' : "");
    }

    // The unit with all its ways back. A factor is seen where its row is computed.
    unit() {
      const edge = ([x, y, r], [u, v]) => { const long = Math.hypot(u - x, v - y); return [x + r * (u - x) / long, y + r * (v - y) / long]; };
      let svg = '<rect x="42" y="4" width="282" height="216" rx="5"/><rect class="box" data-unit="a" x="58" y="187" width="230" height="21" rx="3"/>' + this.text(172, 202, this.sub("a", "t"));
      for (const way of WAYS) {
        const [from, to] = way.split(" ").map((name) => PLACES[name]), corner = CORNERS[way];
        const [x, y] = edge(from, corner || to), [u, v] = edge(to, corner || from);
        svg += `<g class="arrow" data-unit="${way}">${corner ? `<path d="M${x} ${y}L${corner.join(" ")}"/>` : ""}${this.arrow(...(corner || [x, y]), u, v)}</g>`;
      }
      for (const [name, [x, y, r, letter, low]] of Object.entries(PLACES)) if (r) {
        svg += `<circle data-unit="${name}" cx="${x}" cy="${y}" r="${r}"/>` + this.text(x, y + 4, low ? this.sub(letter, low) : letter, low ? "" : letter === "tanh" ? "small" : "sign");
      }
      for (const [name, [, , factor, x, y, anchor]] of Object.entries(LIT)) if (factor) {
        svg += `<text class="factor" data-unit="${name}:" x="${x}" y="${y}" text-anchor="${anchor}"></text>`;
      }
      return `<div>${this.svg(346, 220, "One step of the LSTM, backward; the ways of the row that is computed now are lit", `<g transform="translate(-4 -2)">${svg}</g>`)}</div>`;
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
      const turns = this.given.way !== "forward", tall = turns ? 154 : 108;
      let svg = `<rect class="here" x="0" y="4" width="${this.pitch}" height="${tall - 8}" rx="3"/>` +
        [["reads", 18, "input"], ["memory", 52, "state"], ["says", 94, "outcome"], ["d<tspan class='letter'>c</tspan>", 130, "gradient"]].slice(0, turns ? 4 : 3)
          .map(([words, y, kind]) => this.text(0, y, words, kind, "", "start")).join("");
      if (!turns) svg += this.text(0, 66, `full bar ${this.number(most, 1)}`, "small", "", "start");
      this.letters.forEach((letter, k) => { svg += this.text(this.x(k + 1), 18, shown(letter), "input typed"); });
      for (const s of this.net.slice(1)) {
        const best = s.y.indexOf(Math.max(...s.y)), kind = `outcome typed${best === s.target ? "" : " missed"}`;
        svg += bars(s, s.c, most, 50, "state", "forward");
        if (turns) svg += bars(s, s.dc, mostBack, 126, "gradient", "back");
        svg += `<text class="${kind}" text-anchor="middle" x="${this.x(s.t)}" y="94" data-t="${s.t}" data-way="forward">${shown(this.given.letters[best])}</text>`;
      }
      return this.svg(366, tall, `The line, the memory after each letter, what the net says comes next${turns ? ", and what comes back to the memory" : ""}`, svg);
    }

    say() {
      const { t, row } = this.where(), s = this.net[t], n = (v) => this.number(v);
      const strange = this.strange.length ? ` (It knows no “${this.strange.map(shown).join("”, “").replace(/&/g, "&amp;").replace(/</g, "&lt;")}”.)` : "";
      if (this.short) return `It needs two letters that it knows: ${this.given.letters.map(shown).join(" ")}.${strange}`;
      if (this.at === 0 && !this.ahead) return `It has read “${this.letters.slice(0, -1).map(shown).join("")}”. Now go back, from the last step to the first.${strange}`;
      if (this.at === 0) return `It has learned one line by heart, and knows the letters ${this.given.letters.map(shown).join(" ")}. What will it need to remember?${strange}`;
      if (this.at <= this.ahead) {
        const hits = this.net.slice(1).filter((one) => one.y[one.target] === Math.max(...one.y)).length;
        const order = s.y.map((v, k) => [v, this.given.letters[k]]).sort((a, b) => b[0] - a[0]).slice(0, 3);
        return `After “${this.letters.slice(0, t).map(shown).join("")}” it says ${order.map(([v, letter]) => `“${shown(letter)}” ${n(v)}`).join(", ")}.` +
          ` Next is “${shown(this.letters[t])}”: a loss of ${n(s.loss)}.${this.at === this.T ? ` In all, it was right after ${hits} of ${this.T}${hits < this.T ? "; struck out is what was wrong" : ""}.` : ""}${strange}`;
      }
      if (this.at === this.steps()) return this.wrong
        ? `All steps are added up, and the check finds <strong>${this.wrong} of 5 blocks wrong</strong>. The first wrong row was ${this.firstOff()}.` : "All steps are added up: all five blocks are what the nudges say.";
      const [name, symbol, equation] = this.equations()[row - 1];
      const span = (values) => `from ${this.number(Math.min(...values), 3)} to ${this.number(Math.max(...values), 3)}`;
      return `Back at step ${t}: ${symbol} = ${equation}, ${span(s[name])}.${this.off(name, t) ? ` <b class="wrong">Wrong</b>: without the fault, ${span(this.unharmed[t][name])}.` : ""}`;
    }
  }
  if (!customElements.get("lstm-stepper")) customElements.define("lstm-stepper", LSTMStepper);
})();
