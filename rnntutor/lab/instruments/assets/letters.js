// <next-letter>: a net that has read Shakespeare's plays goes on from a prompt, at a temperature and with a cut.
(() => {
  const { zeros, softmax } = rnntutor;
  const { y: _, loss: __, ...forward } = rnntutor.model(rnntutor.lstm()).forward; // up to y_raw

  const sum = (row) => row.reduce((total, v) => total + v, 0);
  function temper(y_raw, tau) {
    const top = Math.max(...y_raw);
    if (tau > 0) return softmax(y_raw.map((v) => (v - top) / tau)); // eq-temperature
    const ties = y_raw.filter((v) => v === top).length;
    return y_raw.map((v) => (v === top) / ties);
  }
  const likeliest = (y) => [...y.keys()].sort((a, b) => y[b] - y[a]);
  function only(y, kept) {
    const out = zeros(y.length);
    for (const k of kept) out[k] = y[k];
    const total = sum(out);
    return out.map((v) => v / total);
  }
  const cuts = {
    none: (y) => y,
    "top-k": (y, { k }) => only(y, likeliest(y).slice(0, k)),
    nucleus: (y, { p }) => {
      let together = 0;
      return only(y, likeliest(y).filter((k) => { together += y[k]; return p === 1 || together - y[k] < p; })); // eq-nucleus
    },
  };

  // NumPy's generator, PCG64: the same draws from the same seed.
  const WORD = (1n << 64n) - 1n, LONG = (1n << 128n) - 1n;
  function* draws([state, inc]) {
    for (let s = BigInt(state); ;) {
      s = (s * 0x2360ed051fc65da44385df649fccf645n + BigInt(inc)) & LONG;
      const turn = s >> 122n, word = (s >> 64n) ^ (s & WORD);
      yield Number((((word >> turn) | (word << (64n - turn))) & WORD) >> 11n) / 2 ** 53;
    }
  }

  function draw(y, u) {
    const total = sum(y);
    let up = 0;
    return y.findIndex((v) => (up += v) / total > u);
  }
  rnntutor.sampling = { temper, cuts, draws, draw };

  const SHOWN = 9, LETTERS = 120, NET = "next-letter-net.js";
  const seen = (letter) => ({ " ": "␣", "\n": "↵", "&": "&amp;" })[letter] ?? letter;

  class NextLetter extends rnntutor.Instrument {
    static net = NET;
    static source = document.currentScript?.src;

    frame() {
      Object.assign(this, rnntutor.unpacked(rnntutorNets[NET]));
      const { prompt, seeds } = this.given, value = prompt.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
      return `<p class="name">What comes next?</p>
        <label class="control"><span>begin with</span> <input type="text" name="prompt" maxlength="60" autocomplete="off" spellcheck="false" value="${value}"></label>
        <div class="controls">${this.range("temperature", "temperature <i>τ</i>", 0, 2, 0.05)}
        ${this.choice("seed", "the dice: seed", Object.fromEntries(Object.keys(seeds).map((n) => [n, n])))}</div>
        ${this.given.cut === null ? "" : `<div class="controls">${this.choice("cut", "cut", { none: "none", "top-k": "top-k", nucleus: "nucleus" })}
        ${this.range("k", "<i>k</i>", 1, 20, 1)}${this.range("p", "<i>p</i>", 0.05, 1, 0.05)}</div>`}
        ${this.walk("Letters written", '<button type="button" data-go="40">Write 40 letters</button>', "Next letter", "Letter back")}
        <p class="so-far" data-part="text"></p>
        <div class="chances" data-part="chances"></div>`;
    }

    begin() {
      super.begin();
      // Enter in the prompt is the end of a line, which the net has read, too
      this.live.querySelector("[name=prompt]").addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        event.target.setRangeText("↵", event.target.selectionStart, event.target.selectionEnd, "end");
        this.changed(event.target);
      });
    }

    number(v, digits = 2) { return v > 0 && v < 0.005 && digits === 2 ? "<0.01" : super.number(v, digits); }

    // The slider of a cut chooses it.
    changed(control) {
      const cut = { k: "top-k", p: "nucleus" }[control.name];
      if (cut) this.given.cut = this.live.querySelector("[name=cut]").value = cut;
      super.changed(control);
    }

    steps() { return LETTERS; }

    draw() {
      const known = [...this.given.prompt.replace(/↵/g, "\n")].map((letter) => this.letters.indexOf(letter));
      this.unknown = [...new Set([...this.given.prompt.replace(/↵/g, "\n")].filter((_, at) => known[at] < 0))];
      this.prompt = known.filter((k) => k >= 0);
      if (!this.prompt.length) this.prompt = [0];
      this.dice = draws(this.given.seeds[this.given.seed]);
      this.us = [];
      this.laid = []; // where the letter that was drawn lies, all of them end to end
      for (const [name, cut] of [["k", "top-k"], ["p", "nucleus"]]) {
        this.live.querySelector(`[name=${name}]`)?.closest("label").classList.toggle("unused", this.given.cut !== cut);
      }
      this.written = [];
    }

    // What the net says after these letters; what it has read already it need not read again.
    after(ids) {
      const had = this.read || { ids: [], steps: [{}] };
      let same = 0;
      while (same < ids.length && same < had.ids.length && ids[same] === had.ids[same]) same++;
      const steps = had.steps.slice(0, same + 1), { h, c } = steps[same];
      const xs = ids.slice(same).map((k) => { const x = zeros(this.letters.length); x[k] = 1; return x; });
      steps.push(...rnntutor.forward({ forward }, this.p, xs, [], h ? { h, c } : {}).slice(1));
      this.read = { ids, steps };
      return steps[ids.length].y_raw;
    }

    chances(n) {
      const y_raw = this.after([...this.prompt, ...this.written.slice(0, n)]);
      const tempered = temper(y_raw, this.given.temperature);
      return { y: softmax(y_raw), tempered, kept: cuts[this.given.cut ?? "none"](tempered, this.given) };
    }

    shown() {
      while (this.written.length < this.at) {
        const n = this.written.length;
        this.us[n] ??= this.dice.next().value;
        const { kept } = this.chances(n), k = draw(kept, this.us[n]), below = sum(kept.slice(0, k));
        this.written.push(k);
        this.laid[n] = [below, below + kept[k]];
      }
      this.live.querySelector('[data-go="40"]').setAttribute("aria-disabled", this.at === LETTERS);
      this.now = this.chances(this.at);
      const { y, tempered, kept } = this.now, order = likeliest(y), rest = order.slice(SHOWN), all = (row) => sum(rest.map((k) => row[k]));
      const rows = order.slice(0, SHOWN).map((k) => this.row(`“${seen(this.letters[k])}”`, [y[k], tempered[k], kept[k] || (tempered[k] ? null : 0)],
        { kind: kept[k] ? "outcome" : "cut" }).replace("<td></td>", "<td>cut</td>"));
      rows.push(this.row(`${rest.length} others`, [y, tempered, kept].map(all), { kind: all(kept) ? "outcome" : "cut" }));
      this.put("chances", this.table("What comes next, the likeliest first",
        ["the net says", `at <i>τ</i> = ${this.number(this.given.temperature)}`, "drawn from"], rows));
      const words = (ids) => ids.map((k) => seen(this.letters[k]).replace("␣", " ").replace("↵", "↵<br>")).join("");
      const last = this.at ? `<mark>${words(this.written.slice(this.at - 1, this.at))}</mark>` : "";
      this.put("text", `<b>${words(this.prompt)}</b>${words(this.written.slice(0, Math.max(0, this.at - 1)))}${last}`);
    }

    say() {
      const { y, tempered, kept } = this.now, left = kept.flatMap((v, k) => (v > 0 ? [k] : []));
      const first = likeliest(y)[0], name = (k) => `“${seen(this.letters[k])}”`;
      const { cut, k, p, temperature } = this.given;
      const skipped = this.unknown.length ? `The plays have no “${this.unknown.join("”, “").replace(/&/g, "&amp;").replace(/</g, "&lt;")}”: left out. ` : "";
      const [from, to] = (this.laid[this.at - 1] || []).map((v) => super.number(v));
      const end = this.at === LETTERS ? `, the last of ${LETTERS}` : "";
      const was = this.at ? `Letter ${this.at}${end}: the draw ${super.number(this.us[this.at - 1])} fell on ${name(this.written[this.at - 1])}, which lies from ${from} to ${to} if all are laid end to end in the order of the alphabet. ` : "";
      const keeps = !temperature ? "At <i>τ</i> = 0 only the likeliest is left" : !cut || cut === "none" ? `${cut ? "No cut: all" : "All"} ${y.length} may come next`
        : `${cut === "nucleus" ? `The nucleus of ${this.number(p)}` : `Top-k with k = ${k}`} keeps ${left.length} of ${y.length}, with ${this.number(sum(left.map((one) => tempered[one])))} together at this temperature`;
      return `${skipped}${was}${keeps}; likeliest is ${name(first)}, with ${this.number(kept[first])}.`;
    }
  }
  if (!customElements.get("next-letter")) customElements.define("next-letter", NextLetter);
})();
