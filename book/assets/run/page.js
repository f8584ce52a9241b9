// “Run this page”: the cells of a chapter become cells that the reader runs and edits. Loaded when the button is pressed.
import { Cell } from "./cell.js";
import { Interpreter } from "./interpreter.js";
import { download, keep, kept } from "./kept.js";

const BAR = `
  <progress aria-label="Python is loading" hidden></progress>
  <span role="status"></span>
  <span class="run-buttons">
    <button type="button" data-do="all">Run all</button>
    <button type="button" data-do="slow">Slow cells, too</button>
    <button type="button" data-do="stop">Stop</button>
    <button type="button" data-do="restore">Reset all</button>
    <button type="button" data-do="take" aria-label="Download notebook">Download</button>
  </span>`;
const mega = (bytes) => (bytes / 1e6).toFixed(1);
const count = (n, one, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;

class Page {
  constructor(place, given) {
    this.queue = [];
    this.python = new Interpreter((got, total) => this.loading(got, total));
    this.bar = document.createElement("div");
    this.bar.className = "run-bar";
    this.bar.setAttribute("role", "region");
    this.bar.setAttribute("aria-label", "Python in this page");
    this.bar.innerHTML = BAR;
    place.replaceWith(this.bar);
    this.bar.addEventListener("click", ({ target }) => {
      if (target.dataset.do && target.getAttribute("aria-disabled") !== "true") this[target.dataset.do]();
    });
    const nodes = document.querySelectorAll(".bd-article div.cell");
    this.cells = given.map((one, i) => new Cell(nodes[i], one, i + 1, this));
    const texts = kept();
    for (const cell of this.cells) if (cell.id in texts) cell.source = texts[cell.id];
    this.button("slow").hidden = !this.cells.some((cell) => cell.slow);
    this.busy(false);
  }

  button(what) { return this.bar.querySelector(`[data-do=${what}]`); }

  say(text) { this.bar.querySelector("[role=status]").textContent = text; }

  busy(busy) {
    this.working = busy;
    for (const [what, off] of [["stop", !busy], ["all", busy], ["slow", busy]]) this.button(what).setAttribute("aria-disabled", off);
  }

  loading(got, total) {
    const bar = this.bar.querySelector("progress");
    bar.hidden = false;
    bar.max = total;
    bar.value = got;
    // Said once, not at every piece: it is read aloud.
    const words = got < total ? `Loading Python, ${mega(total)} MB. You can read on.` : "Starting Python …";
    if (words !== this.told) this.say(words);
    this.told = words;
  }

  // The cells that one button runs: of the exercises those that the reader has begun, and no solution.
  light(cells, slow = false) {
    return cells.filter((cell, i) => {
      if (cell.part === "solution") return false;
      if (cell.part === "exercise") return cell.edited;
      if (cell.part === "check") return cells.slice(0, i).findLast((one) => one.stub)?.edited;
      return !cell.why || (slow && !cell.differs);
    });
  }

  run(cell) { return this.work([cell]); }

  above(cell) {
    const upTo = this.cells.slice(0, cell.number - 1);
    return this.work(this.light(upTo, cell.needs || cell.slow));
  }

  all() { return this.work(this.light(this.cells), true); }

  slow() { return this.work(this.light(this.cells, true), true); }

  stop() {
    this.queue = [];
    this.python.stop();
  }

  async work(cells, whole = false) {
    this.queue.push(...cells);
    if (this.working || !cells.length) return;
    this.busy(true);
    let last;
    try {
      this.say("Starting Python …");
      await this.python.start();
      this.bar.querySelector("progress").hidden = true;
      const setup = this.cells.find((cell) => cell.part === "setup");
      if (this.python.fresh && this.queue[0] !== setup) this.queue.unshift(setup);
      while (this.queue.length) {
        last = this.queue.shift();
        if (whole || !this.queue.length) this.say(`Running cell ${last.number} of ${this.cells.length} …`);
        last.begin();
        const ended = await this.python.run(`cell ${last.number}`, last.source, (kind, content) => last.output(kind, content));
        last.end(ended);
        if (ended.problem) throw ended.problem;
        if (ended.error) this.queue = [];
      }
      this.say(last.result === "error" ? this.failed(last) : whole ? this.summary() : `Cell ${last.number}: ${last.said}.`);
    } catch (problem) {
      this.python.stop();
      this.queue = [];
      this.bar.querySelector("progress").hidden = true;
      this.say(problem.message === "stopped"
        ? "Stopped. What Python had computed is lost; “Run all above” at a cell computes it again."
        : `Python broke off (${problem.message}). “Run all” starts it again.`);
    }
    this.busy(false);
  }

  failed(cell) {
    const missing = cell.said.startsWith("NameError") ? " If it needs the cells before it: “Run all above”." : "";
    return `Cell ${cell.number} stopped with ${cell.said.split(" ")[0]}.${missing}`;
  }

  summary() {
    const ran = this.cells.filter((cell) => cell.ran && cell.result !== "ran");
    const printing = ran.filter((cell) => cell.printed.some(({ kind }) => kind !== "picture"));
    const same = printing.filter((cell) => cell.result === "same").length;
    const left = this.cells.filter((cell) => cell.why && !cell.ran).length;
    const words = same === printing.length ? `All ${count(same, "cell")} that print gave what is printed`
      : `${same} of ${count(printing.length, "cell")} that print gave what is printed`;
    return `${words}.${left ? ` ${count(left, "cell")} left out.` : ""}`;
  }

  wrote() {
    keep(Object.fromEntries(this.cells.filter((cell) => cell.edited).map((cell) => [cell.id, cell.source])));
  }

  reset(cell) {
    cell.untouched();
    this.wrote();
    this.say(`Cell ${cell.number} is as in the book.`);
    cell.tools.querySelector("button").focus();
  }

  restore() {
    const edited = this.cells.filter((cell) => cell.edited).length;
    if (edited && !confirm(`Discard what you wrote in ${count(edited, "cell")}?`)) return;
    this.stop();
    for (const cell of this.cells) cell.untouched();
    this.wrote();
    this.say("All is as in the book.");
  }

  take() {
    return download(document.querySelector(".btn-download-source-button").href, this.cells);
  }
}

export async function open(place) {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("run.css", import.meta.url) });
  const styled = new Promise((done) => { style.onload = style.onerror = done; });
  document.head.append(style);
  const answer = await fetch(place.querySelector("button").dataset.cells);
  if (!answer.ok) throw new Error(`the cells: ${answer.status}`);
  const [given] = await Promise.all([answer.json(), styled]);
  const page = new Page(place, given);
  page.all();
  page.button("stop").focus({ preventScroll: true });
}
