// <leaky-sum>: one number over a few steps, h = w h + x, with the loss ½ (h − 1)² at each; then back, share by share.
(() => {
  const lines = { // for step s, with the steps before and after it
    own: (s) => s.h - 1,
    future: (s) => s.w * s.next.delta,
    delta: (s) => s.own + s.future,
    share: (s) => s.delta * s.prev.h,
  };
  // The two lines that a fault can take the place of, as they are written for step t, the next and the last.
  const w = "<i>w</i> ", T = ["<i>t</i>", "<i>t</i>+1", "<i>t</i>−1"], sub = (letter, index) => `<i>${letter}</i><sub>${index}</sub>`;
  const right = { future: (t, next) => w + sub("δ", next), share: (t, next, last) => `${sub("δ", t)} ${sub("h", last)}` };
  // A fault: its name; the line it takes the place of; what it makes of it; what is computed.
  const faults = {
    none: { words: "none", change: {} },
    future: { words: "the future is left out", of: "future", line: () => "0", change: { future: () => 0 } },
    twice: { words: "w comes in twice", of: "future", line: (t, next) => w + w + sub("δ", next), change: { future: (s) => s.w * s.w * s.next.delta } },
    after: { words: "w meets the next state", of: "share", line: (t) => `${sub("δ", t)} ${sub("h", t)}`, change: { share: (s) => s.delta * s.h } },
  };

  function run(w, xs, fault = "none") {
    const steps = [{ h: 0 }];
    xs.forEach((x, k) => steps.push({ t: k + 1, w, x, prev: steps[k], h: w * steps[k].h + x }));
    const backward = { ...lines, ...faults[fault].change };
    let next = { delta: 0 };
    for (const s of steps.slice(1).reverse()) {
      s.next = next;
      for (const name in backward) s[name] = backward[name](s);
      next = s;
    }
    const loss = steps.slice(1).reduce((sum, s) => sum + (s.h - 1) ** 2 / 2, 0);
    return { steps, loss, dw: steps.slice(1).reduce((sum, s) => sum + s.share, 0) };
  }
  rnntutor.leaky = run;

  const PARTS = Object.keys(lines);

  class LeakySum extends rnntutor.Instrument {
    frame() {
      const options = Object.fromEntries(Object.entries(faults).map(([name, { words }]) => [name, words]));
      return `<p class="name">A leaky sum, backward</p><div data-part="picture"></div>
        <div class="controls">${this.choice("fault", "plant a fault:", options)}${this.range("w", "weight <i>w</i>", 0, 1.5, 0.05)}</div>
        <p class="check" data-part="planted"></p>${this.walk("Step of the backward pass")}
        <div class="first-wide" data-part="table"></div>`;
    }

    steps() { return PARTS.length * this.given.xs.length + 1; }

    when(t, part) { return (this.given.xs.length - t) * PARTS.length + PARTS.indexOf(part) + 1; }

    draw() {
      const { w, xs, fault } = this.given;
      this.run = run(w, xs, fault);
      const nudge = (moved) => (run(...moved(1e-5)).loss - run(...moved(-1e-5)).loss) / 2e-5;
      this.nudged = nudge((e) => [w + e, xs]);
      this.nudgedX = nudge((e) => [w, [xs[0] + e, ...xs.slice(1)]]); // x_1 moves h_1 as far as itself
      this.put("picture", this.picture());
      const head = xs.map((_, k) => `<i>t</i> = ${k + 1}`);
      const of = (name, kind, words) => `<tr class="${kind}"><th scope="row">${words}</th>${this.run.steps.slice(1).map((s) =>
        `<td${kind === "gradient" ? ` data-at="${this.when(s.t, name)}"` : ""}>${this.number(s[name])}</td>`).join("")}</tr>`;
      this.put("table", this.table("Values, and what comes back", head, [
        of("h", "state", "state <i>h<sub>t</sub></i>"),
        of("own", "gradient", "own share, <i>h<sub>t</sub></i> − 1"),
        of("future", "gradient", `future’s share, ${this.line("future")}`),
        of("delta", "gradient", "<i>δ<sub>t</sub></i>, their sum"),
        of("share", "gradient", `to <i>w</i>: ${this.line("share")}`),
      ]));
    }

    // A line as it is computed, and marked if it is not the right one.
    line(name) {
      const { of, line } = faults[this.given.fault];
      return `<span class="whole">${of === name ? `${line(...T)} <b class="wrong">planted</b>` : right[name](...T)}</span>`;
    }

    shown() {
      const { of, line } = faults[this.given.fault];
      this.put("planted", of ? `<b class="wrong">Planted:</b> <span class="whole">${line(...T)}</span> in place of <span class="whole">${right[of](...T)}</span>.${
        this.at ? "" : " Now step backward."}` : "A fault takes the place of one of the lines in the table.");
    }

    picture() {
      const { steps, dw } = this.run, T = steps.length - 1, pitch = 300 / T, y = 118;
      const x = (t) => 24 + pitch * t;
      let svg = this.text(x(0) - 20, 24, "dℒ/d<tspan class='letter'>w</tspan>", "gradient", this.steps(), "start") +
        this.text(x(0) - 20, 42, "= " + this.number(dw), "gradient", this.steps(), "start") +
        `<circle class="state" cx="${x(0)}" cy="${y}" r="18"/>` + this.text(x(0), y + 4, this.sub("h", 0)) + this.text(x(0), y + 35, "0.00", "state");
      for (const s of steps.slice(1)) {
        const { t } = s, at = (part) => this.when(t, part), middle = (x(t - 1) + x(t)) / 2;
        svg += this.arrow(x(t - 1) + 18, y, middle - 18, y) + this.arrow(middle + 18, y, x(t) - 18, y) +
          `<rect x="${middle - 18}" y="${y - 17}" width="36" height="34" rx="4"/>` + this.text(middle, y - 3, "× <tspan class='letter'>w</tspan>", "small") +
          this.text(middle, y + 11, this.number(s.w), "small") + this.text(middle, y - 37, "to <tspan class='letter'>w</tspan>", "small gradient", at("share")) +
          this.text(middle, y - 23, this.number(s.share), "gradient", at("share")) +
          `<circle class="state" cx="${x(t)}" cy="${y}" r="18"/>` + this.text(x(t), y + 4, this.sub("h", t)) +
          this.text(x(t) + 7, y - 32, this.number(s.h), "state", "", "start");
        // the input from below, the loss above
        svg += this.arrow(x(t), y + 56, x(t), y + 18) + `<circle class="input" cx="${x(t)}" cy="${y + 70}" r="14"/>` +
          this.text(x(t), y + 74, this.sub("x", t)) + this.text(x(t) + 18, y + 74, String(s.x).replace("-", "−"), "input", "", "start") +
          `<rect x="${x(t) - 38}" y="14" width="76" height="24" rx="4"/>` + this.text(x(t), 30, "½(" + this.sub("h", t) + "<tspan dy='-3'> − 1)²</tspan>", "loss") +
          this.arrow(x(t), y - 18, x(t), 38);
        // what comes back: down from the own loss, left from the step after
        svg += this.arrow(x(t) - 7, 41, x(t) - 7, y - 21, "gradient", at("own")) + this.text(x(t) - 12, 66, this.number(s.own), "gradient", at("own"), "end") +
          this.text(x(t), y + 102, `δ${"₀₁₂₃"[t]} = ${this.number(s.delta)}`, "gradient", at("delta"));
        if (t < T) {
          svg += this.arrow(x(t + 1) - 20, y + 21, x(t) + 20, y + 21, "gradient", at("future")) +
            this.text((x(t) + x(t + 1)) / 2, y + 38, this.number(s.future), "gradient", at("future"));
        }
      }
      return this.svg(366, 226, "The leaky sum over its steps, with values in blue and what comes back in orange", svg);
    }

    say() {
      const { xs } = this.given, { steps, dw } = this.run, n = (v) => this.number(v), T = xs.length;
      if (this.at === 0) return "Blue: the values, from left to right. Now step backward: what comes first, and what is δ at the last step?";
      if (this.at === this.steps()) {
        const parts = steps.slice(1).map((s) => n(s.share)).join(" + ");
        const judge = (one, found, nudged) => `A nudge of ${one} says ${n(nudged)}: ` +
          (Math.abs(found - nudged) > 1e-6 ? `<strong>it disagrees</strong>, ours is ${n(found)}.` : "it agrees.");
        return `dℒ/d<i>w</i> = ${parts} = ${n(dw)}. ${judge("<i>w</i>", dw, this.nudged)} ` +
          judge("<i>x</i><sub>1</sub>, and so of <i>h</i><sub>1</sub>,", steps[1].delta, this.nudgedX);
      }
      const t = T - Math.floor((this.at - 1) / PARTS.length), s = steps[t], h = (k) => `<i>h</i><sub>${k}</sub>`;
      const next = s.next.delta, { of, line } = faults[this.given.fault];
      const planted = (name) => of === name && `<b class="wrong">Planted:</b> <span class="whole">${line(t, t + 1)}</span>`;
      return `At <i>t</i> = ${t}. ` + [
        `A nudge of ${h(t)} changes its own loss by ${h(t)} − 1 = ${n(s.own)}.`,
        t === T ? "Nothing comes after the last step: the future’s share is 0."
          : `It also moves ${h(t + 1)}, and what that costs is known: <i>δ</i><sub>${t + 1}</sub> = ${n(next)}. ${planted("future")
            ? `The future’s share is <span class="whole"><i>w</i> <i>δ</i><sub>${t + 1}</sub> = ${n(s.w * next)}</span>. ${planted("future")}${s.future ? ` = ${n(s.future)}` : ""} in its place.`
            : `The future’s share is <span class="whole"><i>w</i> <i>δ</i><sub>${t + 1}</sub> = ${n(s.future)}</span>.`}`,
        `Together <i>δ</i><sub>${t}</sub> = ${n(s.own)} + ${n(s.future)} = ${n(s.delta)}.`,
        `Here <i>w</i> multiplied ${h(t - 1)} = ${n(s.prev.h)}. Its share is <i>δ</i><sub>${t}</sub> times what came in: ` +
          `<span class="whole">${n(s.delta)} · ${n(s.prev.h)} = ${n(s.delta * s.prev.h)}</span>.` +
          (planted("share") ? ` ${planted("share")} = <span class="whole">${n(s.delta)} · ${n(s.h)} = ${n(s.share)}</span> in its place.` : ""),
      ][(this.at - 1) % PARTS.length];
    }
  }
  if (!customElements.get("leaky-sum")) customElements.define("leaky-sum", LeakySum);
})();
