// axe-core's rule for contrast, on one piece of text of each kind that was not judged yet: text of the same color,
// size and weight on the same ground passes or fails alike, and thousands of pieces are of a few dozen kinds. What
// `skipped` selects was looked at before.
async ([judged, skipped]) => {
  const ground = (node) => {
    const layers = [];
    for (let up = node, opaque = false; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.opacity !== "1") layers.push(style.opacity);
      if (opaque) continue;
      if (style.backgroundColor !== "rgba(0, 0, 0, 0)") layers.push(style.backgroundColor);
      if (style.backgroundImage !== "none") layers.push(style.backgroundImage);
      opaque = /^rgb\(/.test(style.backgroundColor);
    }
    return layers.join();
  };
  const kinds = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest("script, style, noscript, .katex-mathml")) continue;
    if (skipped && node.closest(skipped)) continue;
    if (!node.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(node);
    const kind = [style.color, style.fontSize, style.fontWeight, ground(node)].join("|");
    if (!kinds.has(kind) && !judged.includes(kind)) kinds.set(kind, node);
  }
  if (!kinds.size) return { kinds: [], found: [] };
  const found = await axe.run({ include: [...kinds.values()] }, {
    runOnly: ["color-contrast"], resultTypes: ["violations"], preload: false,
  });
  return {
    kinds: [...kinds.keys()],
    found: found.violations.flatMap((rule) => rule.nodes.map((node) => [rule.id, node.target.flat().join(" "), node.failureSummary])),
  };
}
