// <fixed-points>: one number that is fed back, h = σ(w h + b): the curve, the diagonal, the staircase between them, and
// where they cross.
(() => {
  const { sigmoid, slope } = rnntutor;

  // All h with σ(w h + b) = h. Between the places where the curve runs along the diagonal there is one at most.
  function fixedPoints(w, b) {
    const g = (h) => sigmoid(w * h + b) - h;
    const turns = w > 4 ? [-1, 1].map((sign) => {
      const s = 0.5 + sign * Math.sqrt(0.25 - 1 / w);
      return (Math.log(s / (1 - s)) - b) / w;
    }) : [];
    const ends = [0, ...turns.filter((h) => h > 0 && h < 1), 1], found = [];
    for (let k = 0; k + 1 < ends.length; k++) {
      let [low, high] = [ends[k], ends[k + 1]];
      const sign = Math.sign(g(low));
      if (sign * g(high) > 0) continue;
      for (let halvings = 0; halvings < 60; halvings++) {
        const middle = (low + high) / 2;
        if (sign * g(middle) > 0) low = middle; else high = middle;
      }
      found.push(high);
    }
    return found;
  }
  rnntutor.fixedPoints = fixedPoints;

  const x = (h) => 30 + 250 * h, y = (h) => 268 - 250 * h;
  const STILL = 5e-4; // a state that moves by less shows no change in its three decimals

  class FixedPoints extends rnntutor.Instrument {
    frame() {
      return `<p class="name">One number that is fed back: <span class="whole"><i>h<sub>t</sub></i> = <i>σ</i>(<i>w h</i><sub><i>t</i>−1</sub> + <i>b</i>)</span></p>
        <div class="side"><div><div data-part="picture"></div>${this.walk("Steps of the staircase")}</div><div class="beside">
        ${this.range("w", "weight <i>w</i>", 0, 12, 0.25)}${this.range("b", "bias <i>b</i>", -12, 4, 0.125)}
        <label class="control"><input type="checkbox" name="tied"${this.given.tied ? " checked" : ""}> <span>keep <i>b</i> at −<i>w</i>/2</span></label>
        ${this.range("h_0", "start <i>h</i><sub>0</sub>", 0, 1, 0.01)}
        <div class="loose" data-part="table" data-at="${this.given.steps}"></div></div></div>`;
    }

    steps() { return this.given.steps; }

    changed(control) {
      if (control.name === "b") {
        this.given.tied = false;
        this.live.querySelector("[name=tied]").checked = false;
      }
      super.changed(control);
    }

    draw() {
      const { given } = this;
      if (given.tied) {
        given.b = -given.w / 2;
        this.live.querySelector("[name=b]").value = given.b;
      }
      this.hs = [given.h_0];
      for (let t = 0; t < given.steps; t++) this.hs.push(sigmoid(given.w * this.hs[t] + given.b));
      this.fixed = fixedPoints(given.w, given.b).map((h) => ({ h, slope: given.w * slope(h) }));
      this.put("picture", this.picture());
      this.put("table", this.table("Fixed points", ["state", "slope", "what it does"], this.fixed.map(({ h, slope: s }, k) =>
        `<tr class="state"><th scope="row">${k + 1}</th><td>${this.number(h, 3)}</td><td>${this.number(s)}</td><td>${s < 1 ? "holds" : "pushes away"}</td></tr>`)));
    }

    shown() {
      const now = this.live.querySelector("circle.current"), h = this.hs[this.at];
      now.setAttribute("cx", x(h));
      now.setAttribute("cy", y(h));
    }

    picture() {
      const { w, b } = this.given;
      const curve = Array.from({ length: 101 }, (_, k) => `${x(k / 100)} ${y(sigmoid(w * k / 100 + b)).toFixed(1)}`).join("L");
      let svg = `<rect x="${x(0)}" y="${y(1)}" width="250" height="250"/><path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>` +
        [[0, "0"], [0.5, "½"], [1, "1"]].map(([h, words]) => this.text(x(h), y(0) + 15, words, "small") + (h ? this.text(x(0) - 6, y(h) + 4, words, "small", "", "end") : "")).join("") +
        this.text(x(0.5), y(0) + 32, "state", "small") + `<text class="small" text-anchor="middle" transform="translate(10 ${y(0.27)}) rotate(-90)">one step later</text>` +
        `<path class="curve" d="M${curve}"/>`;
      this.hs.slice(1).forEach((h, k) => {
        const before = this.hs[k];
        svg += `<path class="stair" data-at="${k + 1}" d="M${x(before)} ${y(before)}V${y(h).toFixed(2)}H${x(h).toFixed(2)}"/>`;
      });
      svg += `<g data-at="${this.given.steps}">${this.fixed.map(({ h, slope: s }) =>
        `<circle class="fixed${s < 1 ? " mark state" : ""}" cx="${x(h)}" cy="${y(h)}" r="5.5"/>`).join("")}</g>`;
      svg += `<circle class="start" cx="${x(this.hs[0])}" cy="${y(this.hs[0])}" r="6"/><circle class="mark current" r="4"/>`;
      return this.svg(290, 302, "The new state over the old as a curve, the diagonal, and the staircase between them", svg);
    }

    say() {
      const { w, b, steps } = this.given, { at } = this, start = this.number(this.hs[0]), plain = (v) => String(v).replace("-", "−");
      if (at === 0) {
        return `The dot is the state, now at its start, <i>h</i><sub>0</sub> = ${start}. <em>What do you expect:</em> where will it be after ${steps} steps? Say it, then walk there.`;
      }
      const h = this.hs[at], before = this.hs[at - 1], moved = h - before, state = `<i>h</i><sub>${at}</sub> = ${this.number(h, 3)}`;
      const near = [...this.fixed].sort((one, other) => Math.abs(one.h - h) - Math.abs(other.h - h))[0], off = Math.abs(near.h - h);
      const rests = Math.abs(moved) < STILL && off < 2 * STILL;
      if (at < steps) {
        return `Step ${at}. Up or down to the curve: <span class="whole">${state}</span>, which is <span class="whole"><i>σ</i>(${plain(w)} · ${this.number(before, 3)} ${
          b < 0 ? "−" : "+"} ${plain(Math.abs(b))})</span>. ` + (rests ? "Nothing moves any more." : "Then across to the diagonal.");
      }
      const n = this.fixed.length, many = n === 1 ? "is one fixed point" : `are ${["", "", "two", "three"][n]} fixed points`;
      const where = rests && off < 1e-9 && near.slope > 1 ? "exactly on the fixed point that pushes away: the smallest push, and it leaves"
        : rests ? "at a fixed point. Nothing moves any more"
          : `still on its way ${moved > 0 ? "up" : "down"}, by ${this.number(Math.abs(moved), 3)} in the last step`;
      return `There ${many}. From ${start}, after ${at} step${at === 1 ? "" : "s"}: ${state}, ${where}.`;
    }
  }
  if (!customElements.get("fixed-points")) customElements.define("fixed-points", FixedPoints);
})();
