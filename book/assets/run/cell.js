// A cell of the page that can be edited and run, and says whether what it gave is what is printed.
import { difference, merged, same } from "./compare.js";
import { add, address, shown } from "./outputs.js";

const LIVE = 300; // milliseconds after which a cell that still runs shows what it prints

export class Cell {
  constructor(node, { source, ...given }, number, page) {
    Object.assign(this, given, { original: source, node, number, page, outputs: [] });
    this.code = node.querySelector(".cell_input pre");
    this.markup = this.code.innerHTML;
    this.book = node.querySelector(".cell_output");
    this.tools = document.createElement("div");
    this.tools.className = "run-tools";
    this.tools.innerHTML = [["run", "Run"], ["above", "Run all above"], ["reset", "Reset"]].map(([what, label]) =>
      `<button type="button" data-do="${what}" aria-label="${label}: cell ${number}">${label}</button>`).join("") +
      '<span class="run-badge"></span>';
    this.here = document.createElement("div");
    this.here.className = "run-output cell_output";
    this.here.hidden = true;
    // Of a cell that is folded whole, all of it stays in the fold.
    const fold = node.matches(".tag_hide-cell") ? node.querySelector("details") : node;
    if (this.book) this.book.before(this.tools);
    else fold.append(this.tools);
    (this.book ?? this.tools).after(this.here);
    this.tools.addEventListener("click", (event) => {
      const what = event.target.dataset.do;
      if (what) page[what](this);
    });
    this.letEdit();
    this.untouched();
  }

  letEdit() {
    const { code } = this;
    try { code.contentEditable = "plaintext-only"; } catch { code.contentEditable = "true"; }
    for (const [name, value] of Object.entries({ role: "textbox", "aria-multiline": "true", "aria-label": `Code of cell ${this.number}`,
      spellcheck: "false", autocapitalize: "off", autocorrect: "off" })) code.setAttribute(name, value);
    code.addEventListener("input", () => { this.mark(); this.page.wrote(); });
    code.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (event.shiftKey || event.ctrlKey || event.metaKey) this.page.run(this);
      else document.execCommand("insertText", false, `\n${this.indent()}`);
    });
  }

  // What the line of the cursor begins with, and one step more after a colon.
  indent() {
    const before = getSelection().getRangeAt(0).cloneRange();
    before.setStart(this.code, 0);
    const line = before.toString().split("\n").at(-1);
    return line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
  }

  get source() {
    if (!this.touched) return this.original;
    const copy = this.code.cloneNode(true);
    for (const end of copy.querySelectorAll("br")) end.replaceWith("\n");
    return copy.textContent.replace(/\n+$/, "");
  }

  set source(text) {
    this.code.textContent = `${text}\n`;
    this.mark();
  }

  get edited() { return this.source !== this.original; }

  mark() {
    this.touched = true;
    this.node.classList.toggle("run-edited", this.edited);
    this.say(this.edited ? "edited" : "");
  }

  say(text, kind = "") {
    const badge = this.tools.querySelector(".run-badge");
    badge.textContent = text;
    badge.dataset.kind = kind;
    this.said = text;
    this.tools.querySelector("[data-do=reset]").hidden = !this.edited && !this.ran;
  }

  // As it is in the book.
  untouched() {
    this.ran = this.touched = false;
    this.outputs = [];
    this.code.innerHTML = this.markup;
    this.node.classList.remove("run-edited");
    this.showBook();
    for (const image of this.pictures()) if (image.dataset.book) image.src = image.dataset.book;
    this.say(this.why && `${this.why}: “Run all” leaves it out`);
  }

  // Why it is not run with the others, or nothing.
  get why() {
    return this.differs ?? (this.slow ? `takes about ${this.slow} s` : this.needs ? "needs a slow cell above" : "");
  }

  pictures() { return [...this.book?.querySelectorAll("img") ?? []]; }

  showBook() {
    this.here.hidden = true;
    this.here.replaceChildren();
    if (this.book) this.book.hidden = false;
  }

  showHere() {
    if (!this.here.hidden) return;
    this.here.hidden = false;
    if (this.book) this.book.hidden = true;
    for (const output of this.outputs) add(this.here, output);
  }

  begin() {
    this.outputs = [];
    this.began = performance.now();
    this.here.replaceChildren();
    this.node.setAttribute("aria-busy", "true");
    this.say("running …");
  }

  output(kind, content) {
    this.outputs.push({ kind, content });
    if (!this.here.hidden) add(this.here, { kind, content });
    else if (performance.now() - this.began > LIVE) this.showHere();
  }

  end({ error, seconds, problem }) {
    this.node.removeAttribute("aria-busy");
    if (problem) { this.say("stopped"); return; }
    this.ran = true;
    const time = seconds < 0.05 ? "" : ` · ${seconds.toFixed(1)} s`;
    const equal = !error && same(this.outputs, this.printed);
    this.result = error ? "error" : equal ? "same" : this.edited && !this.printed.length ? "ran" : "differs";
    if (error) this.output("error", error[1]);
    if (equal) this.takePictures();
    else this.showHere();
    if (this.result === "differs") {
      this.here.append(shown(difference(this.outputs, this.printed), !this.edited));
    }
    const judged = this.judged(error);
    // A figure is not compared, so it gets no mark.
    this.say(judged + time, judged === "drawn here" ? "" : this.result);
  }

  judged(error) {
    if (error) return error[0];
    if (this.result === "differs") return "differs from what is printed";
    const kinds = merged(this.outputs).map(({ kind }) => kind);
    if (this.result === "ran" || !kinds.length) return "ran";
    const drawn = kinds.includes("picture") ? "drawn here" : "";
    return kinds.every((kind) => kind === "picture") ? drawn : `same as printed${drawn && `, figure ${drawn}`}`;
  }

  // What was drawn here takes the place of the book's figure, with its words for who cannot see it.
  takePictures() {
    this.showBook();
    const drawn = this.outputs.filter(({ kind }) => kind === "picture");
    this.pictures().forEach((image, i) => {
      image.dataset.book ??= image.getAttribute("src");
      if (drawn[i]) image.src = address(drawn[i].content);
    });
  }
}
