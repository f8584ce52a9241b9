// Every rule of axe-core but the one for contrast, which looks at each theme in turn: contrast.js. What `skipped` selects
// was looked at before.
async (skipped) => {
  const found = await axe.run(skipped ? { exclude: skipped } : document, {
    resultTypes: ["violations"], preload: false,
    rules: { "color-contrast": { enabled: false }, "label-content-name-mismatch": { enabled: true } },
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => [rule.id, node.target.flat().join(" "), node.failureSummary]));
}
