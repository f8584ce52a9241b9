// <digit-pen>: the reader writes a digit; at every moment a net reads what is there as eight points and says what it may be.
(() => {
  const { softmax } = rnntutor;
  const { loss: _, ...forward } = rnntutor.model(rnntutor.lstm()).forward;

  // n points at equal distances along the way of the pen, lifted or not.
  function along(strokes, n = 8) {
    const places = strokes.flat(), way = [0];
    for (let k = 1; k < places.length; k++) {
      way.push(way[k - 1] + Math.hypot(places[k][0] - places[k - 1][0], places[k][1] - places[k - 1][1]));
    }
    const last = way.length - 1;
    return Array.from({ length: n }, (_, i) => {
      const at = i === n - 1 ? way[last] : i * (way[last] / (n - 1));
      let k = 0;
      while (k < last && way[k + 1] <= at) k++;
      if (k === last) return [...places[last]];
      const share = (at - way[k]) / (way[k + 1] - way[k]);
      return [0, 1].map((d) => places[k][d] + share * (places[k + 1][d] - places[k][d]));
    });
  }

  // Shifted and scaled so that they fill 0 … 100 in both directions.
  function filled(points) {
    const low = [0, 1].map((d) => Math.min(...points.map((p) => p[d])));
    const wide = [0, 1].map((d) => Math.max(...points.map((p) => p[d])) - low[d] || 1);
    return points.map((p) => [0, 1].map((d) => 100 * (p[d] - low[d]) / wide[d]));
  }
  rnntutor.asPoints = (strokes) => filled(along(strokes));

  const NET = "pen-net.js", POINTS = 8;

  class DigitPen extends rnntutor.Instrument {
    static net = NET;
    static source = document.currentScript?.src;

    frame() {
      Object.assign(this, rnntutor.unpacked(rnntutorNets[NET]));
      this.strokes = [this.given.drawn[this.given.example]];
      this.own = [];
      const options = { ...this.given.drawn.map((_, k) => `${k === 8 ? "an" : "a"} ${k}`), own: "my own" };
      return `<p class="name">Write a digit</p><div class="side near"><div class="pad" data-part="picture"></div>
        <div data-part="opinion" class="chances"></div></div>
        ${this.walk("Points read", '<button type="button" data-away>Stroke away</button> <button type="button" data-clear>Clear</button>', "Next point", "Point back")}
        <div class="controls">${this.choice("example", "or take one by another hand:", options)}</div>`;
    }

    begin() {
      super.begin();
      this.go(POINTS);
      this.live.querySelector("[data-clear]").addEventListener("click", () => this.mine([]));
      this.live.querySelector("[data-away]").addEventListener("click", () => { if (this.given.example === "own") this.mine(this.own.slice(0, -1)); });
      const pad = this.live.querySelector(".pad");
      let writing = false;
      const here = (event) => {
        const box = pad.firstElementChild.getBoundingClientRect();
        const within = (share) => 100 * Math.min(1, Math.max(0, share)); // a pen that slips out writes along the edge
        return [within((event.clientX - box.left) / box.width), 100 - within((event.clientY - box.top) / box.height)];
      };
      pad.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        event.preventDefault();
        pad.setPointerCapture(event.pointerId);
        writing = true;
        this.mine([...(this.given.example === "own" ? this.own : []), [here(event)]]);
      });
      pad.addEventListener("pointermove", (event) => {
        if (!writing) return;
        for (const one of event.getCoalescedEvents?.() ?? [event]) this.own[this.own.length - 1].push(here(one));
        this.mine(this.own);
      });
      for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { writing = false; });
    }

    mine(strokes) {
      this.strokes = this.own = strokes;
      this.given.example = this.live.querySelector("[name=example]").value = "own";
      this.at = POINTS;
      this.update();
    }

    changed(control) {
      if (control.name === "example") {
        this.strokes = control.value === "own" ? this.own : [this.given.drawn[control.value]];
        this.at = POINTS;
      }
      super.changed(control);
    }

    steps() { return POINTS; }

    draw() {
      this.places = this.strokes.length ? along(this.strokes) : [];
      this.dot = this.places.length > 0 && !this.places.some(([x, y]) => Math.hypot(x - this.places[0][0], y - this.places[0][1]) > 5);
      if (this.dot) this.places = [];
      this.points = this.places.length ? filled(this.places) : [];
      const xs = this.points.map((point) => point.map((v) => v / 50 - 1));
      this.ys = rnntutor.forward({ forward }, this.p, xs).slice(1).map((s) => s.y);
    }

    shown() {
      const t = this.points.length ? this.at : 0, y = t ? this.ys[t - 1] : null;
      const best = y ? y.indexOf(Math.max(...y)) : -1;
      const rows = this.p.b_y.map((_, k) => (y
        ? this.row(String(k), [y[k]], { kind: k === best ? "outcome" : "cut" })
        : `<tr><th scope="row">${k}</th><td>–</td></tr>`));
      this.live.querySelector("[data-away]").setAttribute("aria-disabled", this.given.example !== "own" || !this.own.length);
      this.put("opinion", this.table("What the net says", ["probability"], rows));
      this.put("picture", this.picture(t));
    }

    picture(t) {
      const shown = this.given.example === "own" ? (v) => 2 * v : (v) => 20 + 1.6 * v; // examples have a margin
      const x = (place) => shown(place[0]).toFixed(1), y = (place) => (200 - shown(place[1])).toFixed(1);
      let svg = '<rect x="1" y="1" width="198" height="198" rx="6"/>';
      for (const stroke of this.strokes) svg += `<path class="curve" d="M${stroke.map((place) => `${x(place)} ${y(place)}`).join("L")}h0.1"/>`;
      this.strokes.slice(1).forEach((stroke, k) => {
        const [from, to] = [this.strokes[k][this.strokes[k].length - 1], stroke[0]];
        svg += `<path class="lifted" d="M${x(from)} ${y(from)}L${x(to)} ${y(to)}"/>`;
      });
      for (const [k, place] of this.places.slice(0, t).entries()) svg += `<circle class="mark outcome${k ? "" : " first"}" fill-opacity="${(0.4 + 0.6 * k / (POINTS - 1)).toFixed(2)}" cx="${x(place)}" cy="${y(place)}" r="4"/>`;
      if (!this.strokes.length) svg += this.text(100, 104, "write here", "small");
      return this.svg(200, 200, "What is written, with the points that the net has read", svg);
    }

    say() {
      if (this.dot) return "That is hardly more than a dot: draw a longer stroke.";
      if (!this.points.length) return "Write a digit in the field, with mouse, finger or pen, or take one from the list. The net speaks while you write.";
      if (!this.at) return "Nothing is read yet. What would you say before the first point?";
      const y = this.ys[this.at - 1], order = [...y.keys()].sort((a, b) => y[b] - y[a]), n = (k) => `${k} with ${this.number(y[k])}`;
      return `After ${this.at} of ${POINTS} points: ${n(order[0])}${y[order[1]] < 0.01 ? "" : `, then ${n(order[1])}`}.${this.at === POINTS ? ` The first point has a ring${this.strokes.length > 1 ? "; the way of the lifted pen is dashed" : ""}.` : ""}`;
    }
  }
  if (!customElements.get("digit-pen")) customElements.define("digit-pen", DigitPen);
})();
