// <rnn-stepper>: a small net over a few steps; then back, adjoint by adjoint, δ split into its own and its future share.
(() => {
  const { plus, times, zeros, through, back, slope, sigmoid } = rnntutor;

  // Lines of the post of 2015, each in the place of the right one; the numbers are those of the errata.
  const later = (s, wrong) => (s.next.p ? wrong(s.next) : zeros(s.H));
  const onlyFirst = (name) => (s) => (s.t === 1 ? net.backward[name](s) : rnntutor.deep(() => 0, net.backward[name](s)));
  const net = rnntutor.model(rnntutor.rnn("sigmoid"));

  // The equations of the walk, as chapter 4 has them, under the numbers of its steps; a term that a step of the walk is
  // about is named.
  const sub = (letter, index) => `<i>${letter}</i><sub>${index}</sub>`, up = "<sup>⊤</sup>", raw = "<sup>raw</sup>";
  const t = "<i>t</i>", next = `${t}+1`, last = `${t}−1`, W = (of) => sub("W", `<i>${of}</i>`);
  const dy = `${sub("dy", t)}${raw}`, slopeOf = (k) => `${sub("h", k)} ⊙ (1 − ${sub("h", k)})`;
  const own = `<span data-term="own">${dy} ${W("hy")}${up}</span>`;
  const delta = (future) => `${sub("δ", t)} = ${own} + <span data-term="future">${future}</span>`;
  const da = (rest) => `${sub("da", t)} = ${rest}`;
  const atStep = (line, k) => line.replaceAll(next, k + 1).replaceAll(last, k - 1).replaceAll(t, k);
  const equations = {
    1: `${dy} = ${sub("y", t)} − ${sub("ȳ", t)}`,
    3: delta(`${sub("da", next)} ${W("hh")}${up}`),
    4: da(`${sub("δ", t)} ⊙ ${slopeOf(t)}`),
    5: `<i>d</i>${W("hh")} += ${sub("h", last)}${up} ${sub("da", t)}`,
  };

  // A fault: its name; the row of the errata's table; the number of the equation it takes the place of, and what it
  // makes of it; what is computed. Where the future's share is not made of da: what of the next step it comes from.
  const faults = {
    none: { words: "none", change: {} },
    noFuture: { words: "no future", row: 12, step: 4, line: da(`(${dy} ${W("hy")}${up}) ⊙ ${slopeOf(t)}`),
      change: { da: (s) => times(s.own, s.h.map(slope)) } },
    twoSteps: { words: "two steps only", row: 7, step: 3, from: "own",
      line: `${delta(`(own<sub>${next}</sub> ⊙ ${slopeOf(next)}) ${W("hh")}${up}`)}, where own<sub>${next}</sub> is the own share of ${next}`,
      change: { future: (s) => later(s, (next) => back(times(next.own, next.h.map(slope)), s.p.W_hh)) } },
    sign: { words: "slope with the wrong sign", row: 8, step: 3, from: "dh",
      line: delta(`(${sub("δ", next)} ⊙ ${sub("h", next)} ⊙ (${sub("h", next)} − 1)) ${W("hh")}${up}`),
      change: { future: (s) => later(s, (next) => back(times(next.dh, next.h.map((h) => h * (h - 1))), s.p.W_hh)) } },
    index: { words: "slope of the wrong step", row: 8, step: 3, from: "dh",
      line: delta(`(${sub("δ", next)} ⊙ ${slopeOf(t)}) ${W("hh")}${up}`),
      change: { future: (s) => later(s, (next) => back(times(next.dh, s.h.map(slope)), s.p.W_hh)) } },
    untransposed: { words: "W_hh not transposed", row: 9, step: 3, line: delta(`${sub("da", next)} ${W("hh")}`),
      change: { future: (s) => later(s, (next) => through(next.da, s.p.W_hh)) } },
    product: { words: "slope from two states", row: 11, step: 4, from: "dh",
      line: `${da(`${sub("δ", t)} ⊙ ${sub("h", t)} ⊙ ${sub("h", next)}`)}, with the right ${sub("δ", t)}`,
      change: { da: (s) => times(s.dh, s.h, s.next.h),
        future: (s) => later(s, (next) => back(times(next.dh, next.h.map(slope)), s.p.W_hh)) } },
    labels: { words: "−1 for every label", row: 2, step: 1, line: `${dy} = ${sub("y", t)} − 1`, change: { dy_raw: (s) => s.y.map((v) => v - 1) } },
    exponential: { words: "no division, and −1 everywhere", row: 4, step: 1, line: `${dy} = exp(${sub("y", t)}${raw}) − 1, in every component`,
      change: { dy_raw: (s) => s.y_raw.map((v) => Math.exp(v) - 1) } },
    noSum: { words: "no sum over t", row: 13, step: 5, line: `<i>d</i>${W("hh")} = ${sub("h", last)}${up} ${sub("da", t)}, and so for ${W("xh")} and ${sub("b", "<i>h</i>")}`,
      change: Object.fromEntries(["dW_xh", "dW_hh", "db_h"].map((name) => [name, onlyFirst(name)])) },
  };

  const PARTS = ["dy_raw", "own", "future", "dh", "da", "dW_hh"], EQUATIONS = [1, 3, 3, 3, 4, 5];
  const WORDS = {
    h: `state ${sub("h", t)}`, dy_raw: `output ${dy}`, own: "own share", future: "+ future’s share",
    dh: `= ${sub("δ", t)}, the sum`, da: `through <i>f</i>: ${sub("da", t)}`,
  };
  const length = (values) => Math.hypot(...values.flat());

  class RNNStepper extends rnntutor.Instrument {
    frame() {
      const { xs, p } = this.given, T = xs.length;
      this.H = p.W_hh.length;
      const names = Object.fromEntries(Object.entries(faults).map(([name, { words }]) => [name, words]));
      const tables = xs.map((_, k) => `<div class="named" data-part="step-${T - k}"></div>`).join("");
      return `<p class="name">Backpropagation through time</p><div data-part="picture"></div>
        <div class="controls">${this.choice("fault", "plant a fault:", names)}</div>${this.walk("Step of the backward pass")}
        <p class="check" data-part="planted"></p>
        <ul class="equations" data-part="equations" aria-label="The equations"></ul>
        <div class="control looks" role="group" aria-label="Which step the table is of">table of ${
          xs.map((_, k) => `<button type="button" data-look="${k + 1}"><i>t</i> = ${k + 1}</button>`).join("")}</div>${tables}`;
    }

    begin() {
      super.begin();
      this.live.addEventListener("click", (event) => {
        const look = event.target.closest("[data-look]");
        if (!look) return;
        this.look = { t: Number(look.dataset.look), at: this.at };
        this.shown();
      });
    }

    steps() { return PARTS.length * this.given.xs.length + 1; }
    when(t, part) { return (this.given.xs.length - t) * PARTS.length + PARTS.indexOf(part) + 1; }

    draw() {
      const { p, xs, targets, fault } = this.given;
      const broken = { ...net, backward: { ...net.backward, ...faults[fault].change } };
      this.net = rnntutor.backward(broken, rnntutor.forward(net, p, xs, targets));
      this.right ||= rnntutor.nudged(net, p, xs, targets);
      this.apart = rnntutor.compare(rnntutor.gradient(this.net), this.right);
      for (const s of this.net.slice(1)) s.term = rnntutor.outer(s.prev.h, s.da);
      this.most = Math.max(...this.net.slice(1).flatMap((s) => [s.dy_raw, s.own, s.future, s.dh, s.da].flat()).map(Math.abs));
      this.put("picture", this.picture());
      const heads = zeros(this.H).map((_, j) => j + 1);
      for (const s of this.net.slice(1)) {
        const row = (name, kind, values, options) => this.row(WORDS[name], values, {
          kind, digits: 3, most: this.most, at: kind === "gradient" ? this.when(s.t, name) : "", ...options });
        const pad = [...s.dy_raw, ...zeros(this.H - s.dy_raw.length).map(() => null)];
        this.put(`step-${s.t}`, this.table(`At <i>t</i> = ${s.t}, component by component (1 to ${this.H}). A full orange bar is ${this.number(this.most)}, a full blue one 1.`, heads, [
          row("h", "state", s.h, { most: 1 }), row("dy_raw", "gradient", pad), row("own", "gradient", s.own),
          row("future", "gradient", s.future), row("dh", "gradient", s.dh), row("da", "gradient", s.da)]));
      }
    }

    shown() {
      const T = this.given.xs.length, t = T - Math.floor(Math.max(0, Math.min(this.at, this.steps() - 1) - 1) / PARTS.length);
      const table = this.look?.at === this.at ? this.look.t : t;
      for (let k = 1; k <= T; k++) this.live.querySelector(`[data-part="step-${k}"]`).hidden = k !== table;
      for (const node of this.live.querySelectorAll("[data-look]")) {
        const here = Number(node.dataset.look) === table;
        if (node.localName === "button") node.setAttribute("aria-pressed", here); else node.classList.toggle("here", here);
      }
      for (const node of this.live.querySelectorAll(".over")) node.classList.toggle("missed", Number(node.dataset.at) + PARTS.length <= this.at);
      const fault = faults[this.given.fault], walking = this.at > 0 && this.at < this.steps(), part = (this.at - 1) % PARTS.length;
      this.put("equations", Object.entries(equations).map(([step, line]) => {
        const planted = fault.step === Number(step), here = walking && EQUATIONS[part] === Number(step);
        const words = planted ? `${fault.line} <b class="wrong">planted</b>` : line;
        return `<li${here ? ' class="here"' : ""}><span class="number">step ${step}</span> <span>${
          here ? words.replace(`data-term="${PARTS[part]}"`, 'class="term"') : words}</span></li>`;
      }).join(""));
      const errata = /\/notebooks\/\w+\.html$/.test(location.pathname)
        ? '<a href="../notebooks/a2_errata.html#sec-a2-rows">table of the errata</a>' : "table of the errata";
      this.put("planted", !fault.row ? "A fault takes the place of one of the four equations." : this.at < this.steps()
        ? "Which blocks are wrong? Walk to the end." : `In the ${errata} this fault is row ${fault.row}.`);
    }

    picture() {
      const fault = faults[this.given.fault], unused = this.given.fault === "noFuture" ? " unused" : "";
      const T = this.net.length - 1, H = this.H, left = 66, pitch = (362 - left) / T, wide = pitch - 20;
      const rows = { y: 24, h: 66, own: 118, future: 166, dh: 214, da: 262 };
      const bars = (t, name, values, most, kind, at) => values.map((v, j) => {
        const w = wide / values.length, tall = Math.min(1, Math.abs(v) / most) * 17, foot = rows[name] + (kind.startsWith("gradient") ? 0 : 14);
        return `<rect class="mark ${kind}" x="${left + pitch * (t - 1) + 10 + j * w + 1}" y="${v < 0 ? foot : foot - tall}"
          width="${w - 2}" height="${Math.max(tall, 0.6)}"${at ? ` data-at="${at}"` : ""}/>`;
      }).join("") ;
      const base = (t, name, down) => `<path class="rule" d="M${left + pitch * (t - 1) + 8} ${rows[name] + down}h${wide + 4}"/>`;
      let svg = this.text(0, 34, this.sub("y", "t") + "<tspan dy='-3'> output</tspan>", "outcome", "", "start") +
        this.text(0, 76, this.sub("h", "t") + "<tspan dy='-3'> state</tspan>", "state", "", "start") +
        ["own share", "+ future’s", "= δ<tspan class='index' dy='3'>t</tspan>", "<tspan class='letter'>da</tspan><tspan class='index' dy='3'>t</tspan>"]
          .map((words, k) => this.text(0, Object.values(rows)[k + 2] + 4, words, "gradient", "", "start")).join("");
      for (const s of this.net.slice(1)) {
        const { t } = s, x = left + pitch * (t - 1), when = (part) => this.when(t, part);
        svg += this.text(x + pitch / 2, 0, `<tspan class="letter">t</tspan> = ${t}`, "small");
        svg += base(t, "y", 14) + bars(t, "y", s.y, 1, "outcome");
        // the right label, marked below its bar
        svg += `<circle class="mark outcome" cx="${x + 10 + (s.target + 0.5) * wide / s.y.length}" cy="${rows.y + 19}" r="2.4"/>`;
        svg += base(t, "h", 14) + bars(t, "h", s.h, 1, "state");
        if (t > 1) svg += this.arrow(x - 7, rows.h + 8, x + 8, rows.h + 8);
        // without the sum over t, the step before overwrites this one
        svg += this.text(x + pitch / 2, 302, this.number(length(s.term), 3), `gradient${fault === faults.noSum ? " over" : ""}`, when("dW_hh"));
        svg += this.text(x + pitch / 2, rows.future + 28, this.number(length(s.future), 3), `small gradient${unused}`, when("future"));
        for (const part of ["own", "future", "dh", "da"]) {
          svg += base(t, part, 0) + bars(t, part, s[part], this.most, `gradient${/future|dh/.test(part) ? unused : ""}`, when(part));
        }
        if (t < T) svg += this.arrow(x + pitch + 6, rows[fault.from || "da"] - 4, x + pitch - 6, rows.future + (fault.from === "own" ? -8 : 8),
          `gradient${unused}${fault.from ? " dashed" : ""}`, when("future"));
        svg += `<rect class="column" data-look="${t}" x="${x + 2}" y="-11" width="${pitch - 4}" height="318"/>`;
      }
      svg += this.text(0, rows.future + 28, "its length", "small", "", "start") + this.text(0, 302, "size of the", "small", "", "start") + this.text(0, 315, `term of ${this.sub("W", "hh")}`, "small", "", "start");
      return this.svg(364, 334, "The net over its steps: outputs and states above, and below them what comes back, as bars", `<g transform="translate(0 12)">${svg}</g>`);
    }

    say() {
      const T = this.given.xs.length, n = (v) => this.number(v, 3);
      if (this.at === 0) return "Above: the forward pass, with a dot under the right label. Now step backward. <em>What do you expect:</em> at which <i>t</i> will the future’s share be the largest?";
      if (this.at === this.steps()) {
        const wrong = Object.values(this.apart).filter((off) => off > 1e-6).length;
        const share = (off) => (off < 0.995 ? `${Number((100 * off).toPrecision(2))} %` : `${this.number(off, off < 9.95 ? 1 : 0)} times`);
        const found = Object.entries(this.apart).map(([name, off]) => `<span class="whole block"><i>${name[0]}</i><sub>${name.slice(2)}</sub> ${
          off > 1e-6 ? `<b class="wrong">✗ ${share(off)}</b>` : "✓"}</span>`).join(", ");
        return `The terms are added up. Against a nudge of each parameter: ${wrong
          ? `<strong>${wrong} of 5 blocks wrong</strong>. How far off, next to the block’s largest entry: ${found}.` : `${found}; all five blocks are right.`}`;
      }
      const t = T - Math.floor((this.at - 1) / PARTS.length), s = this.net[t], size = (name) => n(length(s[name]));
      const part = (this.at - 1) % PARTS.length, fault = faults[this.given.fault], lost = this.given.fault === "noFuture";
      const planted = fault.step === EQUATIONS[part] && `<b class="wrong">planted:</b> ${atStep(fault.line, t)}`;
      return `At <i>t</i> = ${t}, step ${EQUATIONS[part]}. ` + [
        planted ? `<b class="wrong">Planted:</b> ${atStep(fault.line, t)}, so it is (${s.dy_raw.map(n).join(", ")}).`
          : `<i>dy</i><sub>${t}</sub><sup>raw</sup> = <i>y</i><sub>${t}</sub> − <i>ȳ</i><sub>${t}</sub> = (${s.dy_raw.map(n).join(", ")}): what the net said, minus what it should have said.`,
        `The own share: <i>dy</i><sub>${t}</sub><sup>raw</sup> <i>W<sub>hy</sub></i><sup>⊤</sup>, of length ${size("own")}.`,
        t === T ? "Nothing comes after the last step: the future’s share is 0." : `The future’s share${planted ? ` has length ${size("future")}; ${planted}` : `: <span class="whole"><i>da</i><sub>${t + 1}</sub> <i>W<sub>hh</sub></i><sup>⊤</sup></span>, of length ${size("future")}`}.${
          fault.from ? " Its arrow is dashed: it does not come from <i>da</i>." : lost ? " The planted step 4 will not use it." : ""}`,
        `<i>δ</i><sub>${t}</sub> is the sum of the two shares, of length ${size("dh")}.${lost ? " The planted step 4 will not use it." : ""}`,
        `Through <i>f</i>${planted ? `, ${planted}${this.given.fault === "product" && t === T
          ? `. There is no <i>h</i><sub>${T + 1}</sub>: it counts as 0, and so this is 0.` : `, of length ${size("da")}.`}`
          : `: <i>da</i><sub>${t}</sub> = <i>δ</i><sub>${t}</sub> ⊙ <i>h</i><sub>${t}</sub> ⊙ (1 − <i>h</i><sub>${t}</sub>), of length ${size("da")}.`}`,
        `To <i>W<sub>hh</sub></i> goes <i>h</i><sub>${t - 1}</sub><sup>⊤</sup> <i>da</i><sub>${t}</sub>, of size ${size("term")}.` +
          (planted && t > 1 ? ` <b class="wrong">Planted:</b> = in place of +=, so at <i>t</i> = ${t - 1} it is overwritten.`
            : planted ? ` <b class="wrong">Planted:</b> it overwrites all the others. Only <i>t</i> = 1 is left, and there <i>h</i><sub>0</sub> = 0.`
              : t === 1 ? " Nothing came in, so there is nothing to blame." : ""),
      ][part];
    }
  }
  if (!customElements.get("rnn-stepper")) customElements.define("rnn-stepper", RNNStepper);
})();
