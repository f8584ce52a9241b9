// What the instruments share: a picture, tables, controls and a line that says what happens. What is shown at step k
// of the walk carries data-at="k"; what comes later is there, but not seen, except on paper.
// An element whose class names a `net` waits for that net's file, which the page loads when the reader is near; until then its
// still stands. Outside of the book the net stands in the output.
globalThis.rnntutorNets ??= {};
rnntutor.unpacked = ({ letters, p }) => { // eight bits a weight, with a scale for each row
  const matrix = ({ scale, bytes }) => {
    const q = Int8Array.from(atob(bytes), (c) => c.charCodeAt(0)), n = q.length / scale.length;
    return scale.map((s, j) => Array.from(q.subarray(j * n, (j + 1) * n), (v) => v * s));
  };
  return { letters, p: Object.fromEntries(Object.entries(p).map(([name, W]) => [name, Array.isArray(W) ? W : matrix(W)])) };
};
rnntutor.Instrument = class extends HTMLElement {
  connectedCallback() {
    const { net, source } = this.constructor;
    if (this.live) return;
    if (!net || rnntutorNets[net]) { this.begin(); return; }
    const near = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      const script = document.createElement("script");
      script.src = new URL(net, source);
      script.onload = () => this.begin();
      document.head.append(script);
    }, { rootMargin: "400px" });
    near.observe(this);
  }

  begin() {
    this.given = JSON.parse(this.getAttribute("given"));
    this.at = 0;
    this.live = document.createElement("div");
    this.live.className = "live";
    this.live.innerHTML = this.frame();
    this.prepend(this.live);
    this.classList.add("is-live");
    this.live.addEventListener("input", (event) => this.changed(event.target));
    this.live.addEventListener("click", (event) => {
      const go = event.target.closest("[data-go]");
      if (go) this.go(this.at + Number(go.dataset.go));
    });
    this.update();
  }

  changed(control) {
    if (control.name === "at") this.go(Number(control.value));
    else {
      this.given[control.name] = control.type === "range" ? Number(control.value)
        : control.type === "checkbox" ? control.checked : control.value;
      this.update();
    }
  }

  // Compute and draw anew. A subclass has `draw`, which fills the parts; `steps`, how far the walk goes; `say`.
  update() {
    this.draw();
    for (const out of this.live.querySelectorAll("output")) out.value = this.number(this.given[out.dataset.of], out.dataset.digits);
    this.go(this.at);
  }

  go(at) {
    const last = this.steps ? this.steps() : 0;
    this.at = Math.min(Math.max(at, 0), last);
    for (const node of this.live.querySelectorAll("[data-at]")) {
      const when = Number(node.dataset.at);
      node.classList.toggle("later", when > this.at);
      node.classList.toggle("now", when === this.at && this.at > 0);
    }
    const walk = this.live.querySelector("[name=at]");
    if (walk) {
      walk.max = last;
      walk.value = this.at;
      walk.setAttribute("aria-valuetext", `${this.at} of ${last}`);
      for (const [step, stop] of [[-1, 0], [1, last]]) {
        const button = this.live.querySelector(`[data-go="${step}"]`);
        button.setAttribute("aria-disabled", this.at === stop);
      }
    }
    if (this.shown) this.shown();
    this.live.querySelector(".said").innerHTML = this.say();
  }

  put(part, html) { this.live.querySelector(`[data-part="${part}"]`).innerHTML = html; }

  // ---- pieces of HTML ----

  number(v, digits = 2) {
    const text = v.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  }

  range(name, label, min, max, step) {
    return `<label class="control"><span>${label}</span> <input type="range" name="${name}" min="${min}" max="${max}" step="${step}"
      value="${this.given[name]}"><output data-of="${name}" data-digits="${step % 1 ? Math.max(2, String(step).length - 2) : 0}"></output></label>`;
  }

  choice(name, label, options) {
    const all = Object.entries(options).map(([value, text]) =>
      `<option value="${value}"${value === this.given[name] ? " selected" : ""}>${text}</option>`);
    return `<label class="control"><span>${label}</span> <select name="${name}">${all.join("")}</select></label>`;
  }

  walk(label, more = "", next = "Next step", back = "Previous") {
    return `<div class="control walk"><button type="button" data-go="-1">${back}</button>
      <button type="button" data-go="1">${next}</button>${more}
      <input type="range" name="at" min="0" max="1" step="1" value="0" aria-label="${label}"></div>${this.said()}`;
  }

  said() { return '<p class="said" role="status"></p>'; }

  // A row of a table: a heading, numbers with bars below them, which are full at the value `most`, and words beside.
  row(heading, values, { kind = "", at = "", most = 1, digits = 2, beside = "" } = {}) {
    const when = at === "" ? "" : ` data-at="${at}"`;
    const cells = values.map((v) => {
      if (v === null) return "<td></td>";
      const share = Math.max(-1, Math.min(1, v / most));
      return `<td class="bar ${v < 0 ? "below" : ""}" style="--share:${Math.abs(share).toFixed(3)}">${this.number(v, digits)}</td>`;
    });
    return `<tr class="${kind}"${when}><th scope="row">${heading}</th>${cells.join("")}${beside && `<td class="beside-it">${beside}</td>`}</tr>`;
  }

  table(caption, heads, rows) {
    return `<table><caption>${caption}</caption><thead><tr><td></td>${
      heads.map((head) => (head === null ? '<td class="beside-it"></td>' : `<th scope="col">${head}</th>`)).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  }

  svg(width, height, title, inside) {
    return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><title>${title}</title>${inside}</svg>`;
  }

  text(x, y, words, kind = "", at = "", anchor = "middle") {
    return `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}"${at === "" ? "" : ` data-at="${at}"`}>${words}</text>`;
  }

  // A letter with an index, in a picture.
  sub(letter, index) { return `<tspan class="letter">${letter}</tspan><tspan class="index" dy="3">${index}</tspan>`; }

  // A line with a head, from one point to another.
  arrow(x1, y1, x2, y2, kind = "", at = "") {
    const long = Math.hypot(x2 - x1, y2 - y1), dx = (x2 - x1) / long, dy = (y2 - y1) / long;
    const [bx, by] = [x2 - 7 * dx, y2 - 7 * dy];
    return `<g class="arrow ${kind}"${at === "" ? "" : ` data-at="${at}"`}><path d="M${x1} ${y1}L${bx} ${by}"/>` +
      `<path class="head" d="M${x2} ${y2}L${bx - 3.5 * dy} ${by + 3.5 * dx}L${bx + 3.5 * dy} ${by - 3.5 * dx}Z"/></g>`;
  }
};
