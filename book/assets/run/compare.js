// What a cell gave here beside what is printed in the book. An output is { kind, content }.
const STREAMS = ["out", "error"];

// Pieces of one stream are one output; of a figure it counts that it is there, unless it is to be `kept`.
export function merged(outputs, kept = false) {
  const all = [];
  for (const { kind, content } of outputs) {
    const last = all.at(-1);
    if (STREAMS.includes(kind) && last?.kind === kind) last.content += content;
    else all.push({ kind, content: kind === "picture" && !kept ? "" : content });
  }
  return all;
}

export function same(here, printed) {
  return JSON.stringify(merged(here)) === JSON.stringify(merged(printed));
}

const lines = (outputs) => merged(outputs).flatMap(({ kind, content }) =>
  kind === "picture" ? ["[figure]"] : content.replace(/\n$/, "").split("\n"));

// Both texts line by line: " " in both, "−" in the book alone, "+" here alone. By the longest common part.
export function difference(here, printed) {
  const a = lines(printed), b = lines(here);
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length; i--;) {
    for (let j = b.length; j--;) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  }
  const found = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) { found.push([" ", a[i]]); i++; j++; }
    else if (i < a.length && (j === b.length || common[i + 1][j] >= common[i][j + 1])) found.push(["−", a[i++]]);
    else found.push(["+", b[j++]]);
  }
  return found;
}
