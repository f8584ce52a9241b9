// Python in a worker of its own, so that the page stays alive. What it fetches lies in the folder `base` of the book's
// own site, and is listed there in files.json with its SHA-256; what does not agree, the browser refuses.
import { boot } from "./python.js";

const plain = self.fetch.bind(self);
const send = (is, more) => postMessage({ is, ...more });
const base64 = (hex) => btoa(hex.replace(/../g, (byte) => String.fromCharCode(parseInt(byte, 16))));
let run;
let cell;

// Pyodide fetches as ever; here its files come compressed, checked, from the cache where they are, and are counted.
function fetching(base, files) {
  const total = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  let got = 0;
  return async (address, options) => {
    const name = String(address.url ?? address).split("/").at(-1);
    const packed = `${name}.gz` in files;
    const file = files[packed ? `${name}.gz` : name];
    if (!file) return plain(address, options);
    const answer = await plain(new URL(`${name}${packed ? ".gz" : ""}?${file.sha256.slice(0, 12)}`, base), {
      cache: "force-cache", integrity: `sha256-${base64(file.sha256)}`,
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    let body = answer.body.pipeThrough(new TransformStream({
      transform(chunk, next) {
        got += chunk.length;
        send("loading", { got, total });
        next.enqueue(chunk);
      },
    }));
    if (packed) body = body.pipeThrough(new DecompressionStream("gzip"));
    const type = name.endsWith(".wasm") ? "application/wasm" : answer.headers.get("Content-Type");
    return new Response(body, { headers: { "Content-Type": type } });
  };
}

async function start(base) {
  const files = await (await plain(new URL("files.json", base), { cache: "no-cache" })).json();
  self.fetch = fetching(base, files);
  const { loadPyodide } = await import(new URL("pyodide.mjs", base));
  const pyodide = await loadPyodide({ indexURL: base });
  const program = await (await plain(new URL("cell.py", import.meta.url))).text();
  run = await boot(pyodide, program, (kind, content) => send("output", { cell, kind, content }));
  send("ready");
}

onmessage = async ({ data }) => {
  try {
    if (data.base) await start(data.base);
    else {
      cell = data.cell;
      const began = performance.now();
      const error = run(data.source, cell);
      send("done", { cell, error, seconds: (performance.now() - began) / 1000 });
    }
  } catch (error) { // not the reader's, but Python's own: it is out of memory, or a file did not come
    send("broken", { message: error.message });
  }
};
