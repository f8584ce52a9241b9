// The page's end of the worker: starts it when it is first needed, hands it one cell at a time, ends it.
const BASE = new URL("../../run/", import.meta.url).href;
const WORKER = new URL("worker.js", import.meta.url);

export class Interpreter {
  constructor(progress) {
    this.progress = progress; // called with the bytes that have come, and all
  }

  // Nothing has run in it yet.
  get fresh() { return !this.used; }

  start() {
    this.starting ??= new Promise((ready, fail) => {
      this.fail = fail;
      this.worker = new Worker(WORKER, { type: "module" });
      this.worker.onerror = (event) => this.end(new Error(event.message || "the worker did not start"));
      this.worker.onmessage = ({ data }) => {
        if (data.is === "loading") this.progress(data.got, data.total);
        else if (data.is === "ready") ready();
        else if (data.is === "broken") this.end(new Error(data.message));
        else if (data.is === "output") this.output(data.kind, data.content);
        else this.done(data);
      };
      this.worker.postMessage({ base: BASE });
    });
    return this.starting;
  }

  // Gives { error, seconds }, or { problem } if Python came to an end meanwhile.
  async run(cell, source, output) {
    await this.start();
    this.used = true;
    this.output = output;
    return new Promise((done) => {
      this.done = done;
      this.worker.postMessage({ cell, source });
    });
  }

  // No header of a server lets a page interrupt a worker politely here, so all that Python held is lost.
  stop() { this.end(new Error("stopped")); }

  end(problem) {
    this.worker?.terminate();
    this.fail?.(problem);
    this.done?.({ problem });
    this.starting = this.used = this.done = this.fail = this.worker = undefined;
  }
}
