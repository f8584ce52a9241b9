// What the reader wrote: it stays in this browser, beside the address of the page, and can be taken along.
import { merged } from "./compare.js";

const KEY = `run:${location.pathname}`;

export function kept() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}

// `texts` by the ids of cells; without any, nothing stays.
export function keep(texts) {
  try {
    if (Object.keys(texts).length) localStorage.setItem(KEY, JSON.stringify(texts));
    else localStorage.removeItem(KEY);
  } catch { /* a browser that keeps nothing */ }
}

const asNotebook = ({ kind, content }) => ({
  out: { output_type: "stream", name: "stdout", text: content },
  error: { output_type: "stream", name: "stderr", text: content },
  picture: { output_type: "display_data", metadata: {}, data: { "image/png": content } },
}[kind] ?? { output_type: "display_data", metadata: {}, data: { [kind === "plain" ? "text/plain" : `text/${kind}`]: content } });

// The chapter's notebook with the reader's cells in it, and what those gave here.
export async function download(address, cells) {
  const notebook = await (await fetch(address)).json();
  for (const cell of cells.filter((one) => one.edited)) {
    const there = notebook.cells.find((one) => one.id === cell.id);
    Object.assign(there, { source: cell.source, outputs: merged(cell.outputs, true).map(asNotebook), execution_count: null });
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(notebook, null, 1)], { type: "application/x-ipynb+json" }));
  link.download = decodeURIComponent(address.split("/").at(-1));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
