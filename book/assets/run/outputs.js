// Outputs as they stand under a cell.
function made(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export const address = (picture) => `data:image/png;base64,${picture}`;

// Adds one output; a stream goes on where it stopped.
export function add(place, { kind, content }) {
  if (kind === "picture") {
    const image = made("img", "");
    image.src = address(content);
    image.alt = "Figure drawn by this cell";
    place.append(image);
  } else if (kind === "html") {
    const box = made("div", "output text_html");
    box.innerHTML = content;
    place.append(box);
  } else {
    const last = place.lastElementChild;
    if (last?.dataset.kind === kind && kind !== "plain") last.textContent += content;
    else place.append(Object.assign(made("pre", `run-${kind}`, content), { tabIndex: 0 }));
    place.lastElementChild.dataset.kind = kind;
  }
}

// Lines that are in the book alone or here alone, with those that stay; signs, not colors alone, say which is which.
export function shown(difference, open) {
  const box = made("details", "run-difference");
  box.open = open;
  box.append(made("summary", "", "Beside what is printed in the book (−) and what came here (+)"));
  const pre = made("pre", "");
  pre.tabIndex = 0;
  for (const [sign, line] of difference) pre.append(made("span", sign === "−" ? "gone" : sign === "+" ? "new" : "", `${sign} ${line}\n`));
  box.append(pre);
  return box;
}
