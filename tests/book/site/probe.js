// What a page looks like once it stands, as plain facts for test_browser.py.
async () => {
  await document.fonts.ready;
  // The book's own script has its say once the page stands; it leaves a mark.
  for (let wait = 0; wait < 100 && !document.documentElement.dataset.settled; wait++) await new Promise((done) => setTimeout(done, 50));

  const article = document.querySelector("article.bd-article") || document.querySelector("main");
  // What is folded away is looked at, too.
  for (const button of article.querySelectorAll(".toggle-hidden button.toggle-button")) button.click();
  for (const details of article.querySelectorAll("details:not([open]) > summary")) details.click();
  // Pictures that wait for the reader are looked at, too.
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  // Sidebars may be on their way in or out: look at the page when it stands still.
  for (let last = "", still = 0; still < 3; ) {
    await new Promise((done) => setTimeout(() => requestAnimationFrame(done), 20));
    const place = article.getBoundingClientRect();
    const now = [place.left, place.width, place.height, innerWidth].join();
    still = now === last ? still + 1 : 0;
    last = now;
  }
  const describe = (node) => {
    const name = node.tagName.toLowerCase() + (node.id ? "#" + node.id : "") +
      [...node.classList].slice(0, 3).map((one) => "." + one).join("");
    return name + " “" + node.textContent.trim().replace(/\s+/g, " ").slice(0, 50) + "”";
  };
  const style = (node) => getComputedStyle(node);
  // Text for screen readers alone is a pixel wide on purpose.
  const forReadersOnly = (node) => node.closest(".katex-mathml, .visually-hidden, .sr-only, .onlyprint, title, desc") !== null;
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && !forReadersOnly(node);

  // ---- mathematics ----
  const formulas = [...document.querySelectorAll("main .math")];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const raw = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest("pre, code, script, style, annotation")) continue;
    const found = text.data.match(/\\[([)\]]|\$\$|\\(begin|end|frac|sum|partial)\b/);
    if (found) raw.push(text.data.trim().slice(Math.max(0, found.index - 20), found.index + 40));
  }
  const faulty = [...document.querySelectorAll(".katex-error")];

  // ---- what is wider than its place ----
  const scrolls = (node) => /auto|scroll/.test(style(node).overflowX);
  const room = article.getBoundingClientRect();
  const right = Math.min(room.right, document.documentElement.clientWidth) + 1;
  const left = Math.max(room.left, 0) - 1;
  const inScrollBox = (node) => {
    for (let box = node.parentElement; box && box !== article; box = box.parentElement) if (scrolls(box)) return true;
    return false;
  };
  const wide = [], cut = [];
  for (const node of article.querySelectorAll("*")) {
    if (!shown(node)) continue;
    const place = node.getBoundingClientRect();
    if (place.width && !node.ownerSVGElement && (place.right > right || place.left < left) && !inScrollBox(node)) wide.push(describe(node));
    if (/hidden|clip/.test(style(node).overflowX) && !node.closest(".katex-html") && node.clientWidth > 1 && node.scrollWidth > node.clientWidth + 1) cut.push(describe(node));
  }
  // The fade at the edge of a box that scrolls, on something that does not scroll, hides what stands there.
  for (const node of article.querySelectorAll("*")) {
    if (shown(node) && style(node).maskImage !== "none" && !(scrolls(node) && node.scrollWidth > node.clientWidth + 1)) cut.push("faded: " + describe(node));
  }
  const unreachable = [...article.querySelectorAll("*")].filter((node) =>
    shown(node) && scrolls(node) && node.scrollWidth > node.clientWidth + 1 && node.tabIndex < 0 &&
    !node.querySelector("[tabindex='0'], a[href], button")).map(describe);

  // A figure is seen whole, and as wide as the column or the phone lets it be.
  const figures = [...article.querySelectorAll(".figure-box img")].filter(shown);
  const cutFigures = figures.filter((image) => {
    const place = image.getBoundingClientRect(), box = image.parentElement;
    return place.left < -1 || place.right > innerWidth + 1 || box.scrollWidth > box.clientWidth + 1;
  }).map((image) => image.src);
  const smallFigures = figures.filter((image) => !image.closest(".admonition") &&
    image.clientWidth < Math.min(image.naturalWidth, innerWidth - 40, article.clientWidth - 100)).map((image) => image.src);

  const cutCode = [...article.querySelectorAll(".cell_input pre")].filter((node) => node.scrollWidth > node.clientWidth + 1).map(describe);

  // ---- pictures ----
  const pictures = [...document.images].filter((image) => image.closest("article, .bd-sidebar-primary"));
  const broken = pictures.filter((image) => !(image.complete && image.naturalWidth > 0)).map((image) => image.src);
  const nameless = [...article.querySelectorAll("img")].filter((image) => !(image.getAttribute("alt") || "").trim()).map((image) => image.src);
  const drawings = [...article.querySelectorAll("svg")].filter((svg) =>
    shown(svg) && !svg.closest("[aria-hidden='true']") && !svg.closest("button") && !svg.querySelector(":scope > title")).map(describe);

  return {
    title: document.title,
    formulas: formulas.length,
    unrendered: formulas.filter((node) => node.querySelectorAll(".katex > .katex-mathml > math").length !== 1 ||
      node.querySelectorAll(".katex > .katex-html").length !== 1).map((node) => node.textContent.slice(0, 60)),
    containers: document.querySelectorAll("main .katex").length,
    faulty: faulty.map((node) => node.textContent.slice(0, 60)),
    raw,
    pageWidth: document.documentElement.scrollWidth,
    windowWidth: document.documentElement.clientWidth,
    wide, cut, cutCode, cutFigures, smallFigures, unreachable, broken, nameless: nameless.concat(drawings),
  };
}
