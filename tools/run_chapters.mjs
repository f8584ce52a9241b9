// Runs a chapter with the Python of the pages, under Node: node tools/run_chapters.mjs RUNTIME CELLS.json [light]
// As in the page, the text comes first, then each exercise with its solution and its check. For each cell a line of
// JSON: its id, the seconds of processor that it took, whether it gave what is printed, and the difference if not.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { difference, same } from "../book/assets/run/compare.js";
import { boot } from "../book/assets/run/python.js";

const [folder, chapter, light] = process.argv.slice(2);
const runtime = resolve(folder);
const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")));
const program = readFileSync(new URL("../book/assets/run/cell.py", import.meta.url), "utf8");

let outputs = [];
const pyodide = await loadPyodide({ indexURL: runtime });
const run = await boot(pyodide, program, (kind, content) => outputs.push({ kind, content }));
const cells = JSON.parse(readFileSync(chapter, "utf8")).filter((cell) => !(light && (cell.slow || cell.needs)));
const text = cells.filter((cell) => ["setup", "text"].includes(cell.part));
const solved = cells.filter((cell) => ["solution", "check"].includes(cell.part));
for (const cell of [...text, ...solved]) {
  outputs = [];
  const before = process.cpuUsage();
  const error = run(cell.source, cell.id);
  const { user, system } = process.cpuUsage(before);
  const equal = !error && same(outputs, cell.printed);
  const found = { id: cell.id, part: cell.part, seconds: (user + system) / 1e6, equal, heap: pyodide._module.HEAPU8.length };
  if (!equal) found.difference = error ? error[1] : difference(outputs, cell.printed).filter(([sign]) => sign !== " ").map((line) => line.join(" ")).join("\n");
  console.log(JSON.stringify(found));
}
