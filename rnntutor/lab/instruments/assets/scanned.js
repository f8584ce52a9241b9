// <scan-stepper>: eight steps h = λ h + u, joined by a tree round by round; beside it what the loop knows after as many rounds.
(() => {
  // Every box of the tree, in the order of its rounds: the steps first … last as one. Those from step 1 on are states (h_0 = 0).
  function grow(keep, add) {
    let level = keep.map((lam, k) => ({ round: 0, first: k + 1, last: k + 1, keep: lam, add: add[k], parts: [] }));
    const levels = [level], boxes = [...level], states = { 1: level[0] };
    let round = 0;
    while (level.length > 1) { // up: join neighbors
      round += 1;
      level = level.filter((_, k) => k % 2).map((later, k) => {
        const earlier = level[2 * k];
        return { round, first: earlier.first, last: later.last, keep: later.keep * earlier.keep, add: later.keep * earlier.add + later.add, parts: [earlier, later] }; // eq-join
      });
      levels.push(level);
      boxes.push(...level);
      states[level[0].last] = level[0];
    }
    for (const steps of levels.slice(0, -2).reverse()) { // down: one step from each state that is known
      round += 1;
      for (const later of steps.filter((_, k) => k && k % 2 === 0)) {
        const earlier = states[later.first - 1];
        boxes.push(states[later.last] = { round, first: 1, last: later.last, add: later.keep * earlier.add + later.add, parts: [earlier, later] }); // eq-linear-step
      }
    }
    return { boxes, rounds: round, states: keep.map((_, k) => states[k + 1]) };
  }
  rnntutor.grown = grow;
  const short = (text) => text.replace(/\.?0+$/, ""); // 0.50 as 0.5: a box is narrow
  const products = (box) => (box.round ? ("keep" in box ? 2 : 1) : 0);
  const isState = (box) => box.first === 1;

  const PITCH = 45.6, WIDE = 44, TALL = 45, ROW = 62, x = (t) => 23 + PITCH * (t - 1), y = (round) => 3 + ROW * round;

  class ScanStepper extends rnntutor.Instrument {
    frame() {
      this.before = grow(this.given.keep, this.given.add).boxes;
      this.given.keep = [...this.given.keep];
      this.given.add = [...this.given.add];
      const steps = Object.fromEntries(this.given.keep.map((_, k) => [k + 1, `step ${k + 1}`]));
      return `<p class="name">Eight steps, joined round by round</p><div data-part="picture"></div>
        ${this.walk("Rounds of the tree", "", "Next round", "Round back")}
        <div class="controls">${this.choice("step", "change", steps)}${this.range("lam", "keeps <i>λ</i>", 0, 1, 0.05)}${this.range("u", "adds <i>u</i>", -3, 3, 0.25)}</div>
        <div class="loose" data-part="table"></div>`;
    }

    steps() { return this.tree.rounds; }

    changed(control) {
      const k = (control.name === "step" ? control.value : this.given.step) - 1;
      if (control.name === "step") {
        for (const [name, row] of [["lam", "keep"], ["u", "add"]]) this.given[name] = this.live.querySelector(`[name=${name}]`).value = this.given[row][k];
      } else if (control.name !== "at") this.given[control.name === "lam" ? "keep" : "add"][k] = Number(control.value);
      super.changed(control);
    }

    draw() {
      this.tree = grow(this.given.keep, this.given.add);
      this.moved = this.tree.boxes.filter((box, k) => {
        const was = this.before[k];
        box.lit = Math.abs(box.add - was.add) > 1e-12 || (!(isState(box) && box.round) && box.keep !== was.keep);
        return box.lit;
      });
      this.put("picture", this.picture());
    }

    shown() {
      const done = this.tree.boxes.filter((box) => box.round <= this.at), known = new Set(done.filter(isState).map((box) => box.last));
      const T = this.given.keep.length, loop = Math.min(this.at, T - 1), all = Array.from({ length: T }, (_, k) => k + 1);
      const row = (name, kind, rounds, work, has) => `<tr class="${kind}"><th scope="row">${name}</th><td>${rounds}</td><td>${work}</td><td>${all.filter(has).join(" ")}</td></tr>`;
      this.put("table", this.table("After as many rounds", ["rounds", "products", "states known"], [
        row("tree", "state", this.at, done.reduce((sum, box) => sum + products(box), 0), (t) => known.has(t)),
        row("loop", "", loop, loop, (t) => t <= loop + 1),
      ]));
    }

    picture() {
      let svg = "";
      for (const box of this.tree.boxes) {
        for (const part of box.parts) {
          const straight = part.last === box.last;
          svg += this.arrow(x(part.last) + (straight ? 0 : 8), y(part.round) + TALL, x(box.last) - (straight ? 0 : 10), y(box.round), isState(part) ? "known" : "", box.round);
        }
      }
      for (const box of this.tree.boxes) {
        const at = box.round || "", left = x(box.last) - WIDE / 2, lit = box.lit ? "lit" : "", top = y(box.round), kind = box.lit ? "gradient" : "";
        const name = isState(box) && box.round ? `<tspan class="letter">h</tspan><tspan class="index" dy="3">${box.last}</tspan>`
          : box.first === box.last ? `step ${box.first}` : `${box.first}–${box.last}`;
        if (at) svg += `<rect class="rule" x="${left}" y="${top}" width="${WIDE}" height="${TALL}" rx="4"/>`; // its place, before it is there
        svg += `<rect class="box ${isState(box) ? "state" : ""} ${lit}" x="${left}" y="${top}" width="${WIDE}" height="${TALL}" rx="4"${at && ` data-at="${at}"`}/>` +
          this.text(x(box.last), top + 12, name, `small ${isState(box) ? "state" : ""}`, at);
        if (isState(box) && box.round) svg += this.text(x(box.last), top + 33, short(this.number(box.add)), kind || "state", at);
        else svg += this.text(x(box.last), top + 25, `<tspan class="letter">λ</tspan> ${short(this.number(box.keep))}`, `pair ${kind}`, at) + this.text(x(box.last), top + 39, `<tspan class="letter">u</tspan> ${short(this.number(box.add))}`, `pair ${kind}`, at);
      }
      return this.svg(365, y(this.tree.rounds) + TALL + 3, "The tree: a row of boxes for each round, each box joined from two above it", svg);
    }

    say() {
      const { at, given } = this, n = (v) => this.number(v), T = given.keep.length;
      const reached = this.moved.filter((box) => box.round <= at), count = reached.length;
      const lit = this.moved.length ? ` <b class="wrong">Orange:</b> what your change has reached, ${count} ${count === 1 ? "box" : "boxes"}${at === this.steps() ? ` of ${this.tree.boxes.length}` : " so far"}.` : "";
      if (at === 0) return `A box is a step: what it keeps, and what it adds. <em>What do you expect:</em> after which round is <i>h</i><sub>8</sub> known, and after which <i>h</i><sub>3</sub>?${lit}`;
      const now = this.tree.boxes.filter((box) => box.round === at), box = now[now.length - 1], [earlier, later] = box.parts;
      const times = (a, b) => `${n(a)} · ${b < 0 ? `(${n(b)})` : n(b)}`, plus = (v) => `${v < 0 ? "−" : "+"} ${n(Math.abs(v))}`;
      const sum = `<span class="whole">${times(later.keep, earlier.add)} ${plus(later.add)} = ${n(box.add)}</span>`;
      const many = now.length === 1 ? "one box" : `${["", "", "two", "three", "four"][now.length]} boxes at once`;
      const how = isState(box) ? `<i>h</i><sub>${box.last}</sub> = ${sum}`
        : `${box.first}–${box.last}: <span class="whole"><i>λ</i> = ${times(later.keep, earlier.keep)} = ${n(box.keep)}</span>, <i>u</i> = ${sum}`;
      const end = at === this.steps() ? ` All ${T} states, with ${this.tree.boxes.reduce((total, one) => total + products(one), 0)} products. The loop needs ${T - 1} rounds, and ${T - 1} products.` : "";
      return `Round ${at}, ${many}${now.length > 1 ? ". The last of them" : ""}: ${how}.${end}${lit}`;
    }
  }
  if (!customElements.get("scan-stepper")) customElements.define("scan-stepper", ScanStepper);
})();
