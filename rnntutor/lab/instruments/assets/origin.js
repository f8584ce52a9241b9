// <rolling-origin>: forecasts from an origin that moves, their error from there, and its mean over the origins so far.
(() => {
  // A way looks back m steps, and repeats what it finds there: ŷ_{n+k} = y_{n−m+(k mod m)}. The last value is m = 1.
  const WAYS = { naive: { words: "last value", m: 1, kind: "gradient" }, day: { words: "yesterday", m: 24, kind: "state" },
    week: { words: "last week", m: 168, kind: "outcome" } };
  const NAMES = Object.keys(WAYS), PAST = 168, LONGEST = 24;
  const forecast = (y, n, m, K) => Array.from({ length: K }, (_, k) => y[n - m + (k % m)]);
  const mase = (y, n, m, K, unit) => forecast(y, n, m, K).reduce((sum, v, k) => sum + Math.abs(v - y[n + k]), 0) / K / unit; // eq-mase
  const meansSoFar = (scores) => { let sum = 0; return scores.map((v, k) => (sum += v) / (k + 1)); };
  rnntutor.rolled = ({ y, unit }, K) => Object.fromEntries(NAMES.map((name) => {
    const scores = Array.from({ length: y.length - PAST - LONGEST + 1 }, (_, k) => mase(y, PAST + k, WAYS[name].m, K, unit));
    return [name, { scores, means: meansSoFar(scores) }];
  }));

  const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const MONTHS = { 4: "May", 5: "June" }, HOUR = 3_600_000;
  const LEFT = 40, RIGHT = 356, BEFORE = 48; // hours shown before the origin
  const x = (k) => LEFT + (RIGHT - LEFT) * (k + BEFORE) / (BEFORE + LONGEST - 1), y = (v) => 170 - 130 * v / 7500;
  const LOW = Math.log(0.16), HIGH = Math.log(16), level = (v) => 325 - 100 * (Math.log(Math.max(v, 0.16)) - LOW) / (HIGH - LOW);
  const line = (points) => points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join("L");

  class RollingOrigin extends rnntutor.Instrument {
    frame() {
      const ways = Object.fromEntries(NAMES.map((name) => [name, WAYS[name].words]));
      return `<p class="name">A forecast from an origin that moves</p><div data-part="picture"></div>
        ${this.walk("Origin, hour by hour", '<button type="button" data-go="24">A day on</button>', "An hour on", "Back")}
        <div class="controls">${this.choice("ahead", "forecast", { 24: "24 hours, from this origin", 1: "1 hour, from each origin" })}
        ${this.choice("way", "draw", { all: "all three", ...ways })}</div><div class="loose" data-part="table"></div>`;
    }

    steps() { return this.given.y.length - PAST - LONGEST; }

    draw() { this.rolled = rnntutor.rolled(this.given, Number(this.given.ahead)); }

    drawn() { return NAMES.filter((name) => this.given.way === "all" || this.given.way === name); }

    time(at) { return new Date(Date.parse(`${this.given.first}:00Z`) + at * HOUR); }

    shown() {
      this.put("picture", this.picture());
      this.put("table", this.table("Mean absolute scaled error", ["this origin", "mean so far"], NAMES.map((name) => {
        const { scores, means } = this.rolled[name], { words, kind } = WAYS[name];
        return this.row(words, [scores[this.at], means[this.at]], { kind, most: Infinity });
      })));
    }

    picture() {
      const { at, given } = this, n = PAST + at, far = given.ahead === "24", truth = (from, to) =>
        line(Array.from({ length: to - from + 1 }, (_, k) => [x(from + k), y(given.y[n + from + k])]));
      let svg = [0, 2, 4, 6].map((v) => `<path class="rule" d="M${LEFT} ${y(1000 * v)}H${RIGHT}"/>` + this.text(LEFT - 6, y(1000 * v) + 4, v, "small", "", "end")).join("") +
        this.text(0, 30, "1,000 vehicles an hour", "small", "", "start") + `<path class="origin" d="M${x(-0.5)} ${y(7400)}V${y(0)}"/>` +
        [-48, -24, 0, 23].map((k) => this.text(x(k), 185, this.number(k, 0), "small", "", k === 23 ? "end" : "middle")).join("") + this.text((x(0) + x(-24)) / 2, 185, "hours", "small") +
        `<path class="truth came" d="M${truth(-1, LONGEST - 1)}"/><path class="truth" d="M${truth(-BEFORE, -1)}"/>`;
      this.drawn().forEach((name, k) => {
        const { m, words, kind } = WAYS[name], from = Math.max(-BEFORE, -at);
        const points = far ? forecast(given.y, n, m, LONGEST).map((v, h) => [x(h), y(v)])
          : Array.from({ length: 1 - from }, (_, j) => [x(from + j), y(given.y[n + from + j - m])]);
        svg += `<path class="line ${name}" d="M${line(points)}"/>` + (far ? "" : `<circle class="mark ${kind}" cx="${points[-from][0]}" cy="${points[-from][1]}" r="3.5"/>`) +
          `<path class="line ${name}" d="M${LEFT + 108 * k} 8h22"/>` + this.text(LEFT + 28 + 108 * k, 12, words, kind, "", "start");
      });
      return this.svg(366, 350, "Traffic around the origin with its forecasts, and below it the mean error over the origins so far", svg + this.errors());
    }

    // The lower picture: the mean so far as a line over the origins, and what this origin alone says as a dot.
    errors() {
      const last = this.steps(), across = (at) => LEFT + (RIGHT - LEFT) * at / last;
      let svg = this.text(0, 212, "MASE: a dot from this origin, a line for the mean so far", "small", "", "start");
      for (const v of [0.25, 1, 4, 16]) svg += `<path class="${v === 1 ? "one" : "rule"}" d="M${LEFT} ${level(v)}H${RIGHT}"/>` + this.text(LEFT - 6, level(v) + 4, v === 0.25 ? "¼" : v, "small", "", "end");
      for (let at = (36 - this.time(0).getUTCHours()) % 24; at <= last; at += 24) svg += this.text(across(at), 340, DAYS[this.time(at).getUTCDay()][0], "small");
      for (const name of this.drawn()) {
        const { scores, means } = this.rolled[name];
        svg += `<path class="line ${name}" d="M${line(means.slice(0, this.at + 1).map((v, k) => [across(k), level(v)]))}"/>` +
          `<circle class="mark ${WAYS[name].kind}" cx="${across(this.at).toFixed(1)}" cy="${level(scores[this.at]).toFixed(1)}" r="4"/>`;
      }
      return svg;
    }

    say() {
      const { at } = this, time = this.time(at), best = (of) => NAMES.map((name) => [this.rolled[name][of][at], WAYS[name].words]).sort(([a], [b]) => a - b);
      const [one, two] = best("scores"), [lead] = best("means"), hours = this.given.ahead === "24" ? "over the next 24 hours" : "for the next hour";
      const day = `${DAYS[time.getUTCDay()]}, ${time.getUTCDate()} ${MONTHS[time.getUTCMonth()] ?? ""}${time.getUTCMonth() === 4 && time.getUTCDate() === 28 ? " (Memorial Day)" : ""}`;
      return `${day}, ${time.getUTCHours()}:00. Best ${hours}: <b>${one[1]}</b>, ${this.number(one[0])}, then ${two[1]}, ${this.number(two[0])}. ` +
        (at ? `Over the ${at + 1} origins so far: <b>${lead[1]}</b>, ${this.number(lead[0])}.` : "Now move the origin: will it stay so?");
    }
  }
  if (!customElements.get("rolling-origin")) customElements.define("rolling-origin", RollingOrigin);
})();
