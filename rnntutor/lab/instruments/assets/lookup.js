// <look-up>: one look of dot-product attention. A query is moved among keys of two numbers; what is read is a mean of values.
(() => {
  const A = 2;

  // Scores, weights and the mean. Hidden places have the weight 0.
  function look({ q, keys, values, there, tau }) {
    const scores = keys.map((k) => (q[0] * k[0] + q[1] * k[1]) / (tau * Math.sqrt(A))); // eq-attention-dot
    const top = Math.max(...scores.filter((_, s) => there[s]));
    const parts = scores.map((e, s) => (there[s] ? Math.exp(e - top) : 0)), sum = parts.reduce((a, b) => a + b);
    const weights = parts.map((part) => part / sum); // eq-attention-weights
    return { scores, weights, mean: weights.reduce((read, a, s) => read + a * values[s], 0) }; // eq-attention-read
  }
  rnntutor.look = look;

  const WIDE = 366, HIGH = 258, EDGE = 2, x = (v) => 134 + 60 * v, y = (v) => 128 - 60 * v, AT = 316, value = (v) => 238 - 22 * v;
  const STEP = 0.05, onGrid = (v) => Math.round(Math.min(EDGE, Math.max(-EDGE, v)) / STEP) * STEP;
  const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
  const radius = (weight) => 3 + 13 * Math.sqrt(weight); // the area goes with the weight

  class LookUp extends rnntutor.Instrument {
    frame() {
      [this.given.q1, this.given.q2] = this.given.q;
      const boxes = this.given.keys.map((_, s) => `<label class="control narrow"><input type="checkbox" name="there" value="${s}"${this.given.there[s] ? " checked" : ""}> <span>${s + 1}</span></label>`);
      return `<p class="name">One look: <span class="whole"><i>e<sub>s</sub></i> = <i>q</i> · <i>k<sub>s</sub></i> / (<i>τ</i> √2)</span></p>
        <div class="plane"><div data-part="picture"></div><button type="button" class="grip" aria-label="The query: drag it, or use the arrow keys"></button></div>
        ${this.said()}<div class="controls">${this.range("q1", "query <i>q</i><sub>1</sub>", -EDGE, EDGE, STEP)}${this.range("q2", "<i>q</i><sub>2</sub>", -EDGE, EDGE, STEP)}
        ${this.range("tau", "temperature <i>τ</i>", 0.1, 3, 0.1)}<div class="control places" role="group" aria-label="Places that are there"><span>there:</span>${boxes.join("")}</div></div>
        <div data-part="table"></div>`;
    }

    begin() {
      super.begin();
      const plane = this.live.querySelector(".plane"), grip = plane.querySelector(".grip");
      let moving = false;
      const to = (event) => {
        const box = plane.getBoundingClientRect(), scale = WIDE / box.width;
        this.move([((event.clientX - box.left) * scale - x(0)) / 60, (y(0) - (event.clientY - box.top) * scale) / 60]);
      };
      plane.addEventListener("pointerdown", (event) => {
        if (event.button || (event.pointerType === "touch" && event.target !== grip)) return; // a finger elsewhere scrolls
        moving = true;
        plane.setPointerCapture(event.pointerId);
        event.preventDefault();
        grip.focus({ preventScroll: true });
        to(event);
      });
      plane.addEventListener("pointermove", (event) => { if (moving) to(event); });
      for (const end of ["pointerup", "pointercancel"]) plane.addEventListener(end, () => { moving = false; });
      grip.addEventListener("keydown", (event) => {
        const by = KEYS[event.key];
        if (!by) return;
        event.preventDefault();
        this.move(this.given.q.map((v, d) => v + by[d] * (event.shiftKey ? 5 : 1)));
      });
    }

    move(q) {
      this.given.q = q.map(onGrid);
      this.given.q.forEach((v, d) => { this.given[`q${d + 1}`] = this.live.querySelector(`[name=q${d + 1}]`).value = v; });
      this.update();
    }

    changed(control) {
      if (control.name === "there") {
        this.given.there[control.value] = control.checked;
        this.kept = !this.given.there.some(Boolean); // a softmax needs a place to look at
        if (this.kept) this.given.there[control.value] = control.checked = true;
        this.update();
      } else {
        this.kept = false;
        super.changed(control);
      }
    }

    draw() {
      const { given } = this;
      given.q = [given.q1, given.q2].map(Number);
      this.look = look(given);
      const { scores, weights } = this.look, hidden = (row, digits) => row.map((v, s) => (given.there[s] ? this.number(v, digits) : "–"));
      const plain = (words, row) => `<tr><th scope="row">${words}</th>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
      this.put("picture", this.picture());
      const grip = this.live.querySelector(".grip");
      grip.style.left = `${100 * x(given.q[0]) / WIDE}%`;
      grip.style.top = `${100 * y(given.q[1]) / HIGH}%`;
      this.put("table", this.table("Place by place", given.keys.map((_, s) => s + 1), [
        plain("score <i>e<sub>s</sub></i>", hidden(scores)),
        this.row("weight <i>α<sub>s</sub></i>", weights, { kind: "state" }),
        plain("value <i>v<sub>s</sub></i>", given.values.map((v) => this.number(v, v % 1 ? 2 : 0))),
        this.row("<i>α<sub>s</sub> v<sub>s</sub></i>", weights.map((a, s) => a * given.values[s]), { kind: "outcome", most: Infinity }),
      ]));
    }

    picture() {
      const { q, keys, values, there } = this.given, { weights, mean } = this.look, long = Math.hypot(...q);
      let svg = `<rect x="${x(-EDGE)}" y="${y(EDGE)}" width="240" height="240" rx="4"/><path class="rule" d="M${x(-EDGE)} ${y(0)}H${x(EDGE)}M${x(0)} ${y(EDGE)}V${y(-EDGE)}"/>`;
      if (long > 0.01) { // how far each key goes in the query's direction
        const [dx, dy] = q.map((v) => v / long), end = Math.min(EDGE / Math.abs(dx), EDGE / Math.abs(dy));
        svg += `<path class="along" d="M${x(-end * dx)} ${y(-end * dy)}L${x(end * dx)} ${y(end * dy)}"/>`;
        keys.forEach(([a, b], s) => {
          const far = a * dx + b * dy;
          if (there[s]) svg += `<path class="foot" d="M${x(a)} ${y(b)}L${x(far * dx).toFixed(1)} ${y(far * dy).toFixed(1)}"/>`;
        });
        svg += this.arrow(x(0), y(0), x(q[0]), y(q[1]), "query");
      }
      svg += `<path d="M${AT} ${value(10)}V${value(0)}"/>` + [0, 5, 10].map((v) => this.text(AT + 26, value(v) + 4, v, "small", "", "start")).join("") +
        `<path class="read" d="M${AT - 22} ${value(mean).toFixed(1)}H${AT + 22}"/>`;
      keys.forEach(([a, b], s) => {
        const r = radius(weights[s]).toFixed(1), kind = there[s] ? "mark" : "away";
        svg += `<circle class="${kind} input" cx="${x(a)}" cy="${y(b)}" r="${r}"/>` + this.text(x(a), y(b) - Math.max(Number(r), 5) - 4, s + 1) +
          `<circle class="${kind} outcome" cx="${AT}" cy="${value(values[s])}" r="${r}"/>` + this.text(AT - 26, value(values[s]) + 4, s + 1, "", "", "end");
      });
      svg += this.text(x(-EDGE) + 6, 24, "keys", "input", "", "start") + this.text(x(-EDGE) + 6, y(-EDGE) - 8, "query", "state", "", "start") + this.text(AT, 10, "values", "outcome");
      return this.svg(WIDE, HIGH, "The query as an arrow among the keys; each dot as large as its weight. Beside it the values, and their mean", svg);
    }

    say() {
      const { weights, mean } = this.look, { values, there, q } = this.given, seen = [...weights.keys()].filter((s) => there[s]);
      if (this.kept) return "One place has to stay: with none, the weights could not sum to 1.";
      const best = seen.reduce((a, b) => (weights[b] > weights[a] ? b : a));
      const first = Math.hypot(...q) < 0.01 ? "A query of zero asks nothing: all places count alike."
        : `Query <span class="whole">(${this.number(q[0])}, ${this.number(q[1])})</span>: most weight on <b>place ${best + 1}</b>, ${this.number(weights[best])}.`;
      return `${first} Read: <span class="whole"><i>v̄</i> = ${this.number(mean)}</span>, from ${seen.map((s) => `<span class="whole">${this.number(weights[s])} · ${this.number(values[s], values[s] % 1 ? 2 : 0)}</span>`).join(" + ")}.`;
    }
  }
  if (!customElements.get("look-up")) customElements.define("look-up", LookUp);
})();
