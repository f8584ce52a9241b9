// The page of the search. Pagefind finds sections and forgives typing errors, but a page that was opened from a
// folder may not load it: there Sphinx's own search does the work.
(function () {
  "use strict";

  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const place = document.getElementById("search-results");
  const words = (new URLSearchParams(location.search).get("q") || "").trim();

  function element(name, ...content) {
    const node = document.createElement(name);
    node.append(...content);
    return node;
  }

  function link(found, title) {
    const node = element("a", title);
    node.href = new URL("." + found.url, root);
    return node;
  }

  // Pagefind marks the words it found, and has escaped the rest.
  function excerpt(found) {
    const text = element("p");
    text.innerHTML = found.excerpt;
    return text;
  }

  // What stands before the first section is the page's own.
  function show(page) {
    const title = page.meta.title;
    const item = element("li", element("h2", link(page, title)));
    const sections = page.sub_results.filter((part) => part.url.includes("#") && part.title !== title).slice(0, 3);
    if (!sections.length) item.append(excerpt(page));
    for (const part of sections) item.append(element("h3", link(part, part.title)), excerpt(part));
    return item;
  }

  async function search() {
    const pagefind = await import(new URL("pagefind/pagefind.js", root));
    // The field `also` holds names of what a page explains: book/_ext/search.py.
    await pagefind.options({ baseUrl: "/", excerptLength: 25, ranking: { metaWeights: { title: 5, also: 5 } } });
    const { results } = await pagefind.search(words);
    const pages = await Promise.all(results.map((result) => result.data()));
    const count = (pages.length || "No") + (pages.length === 1 ? " page" : " pages");
    const says = element("p", count + " found for “" + words + "”.");
    says.setAttribute("role", "status");
    place.replaceChildren(says, element("ol", ...pages.map(show)));
  }

  async function searchAsSphinx() {
    for (const name of ["_static/language_data.js", "_static/searchtools.js", "searchindex.js"]) {
      const script = element("script");
      script.src = new URL(name, root);
      const loaded = new Promise((done) => { script.onload = done; });
      document.head.append(script);
      await loaded;
    }
  }

  if (!words) return;
  document.querySelector(".bd-search-container input[type=search]").value = words;
  if (location.protocol === "file:") searchAsSphinx();
  else search().catch(searchAsSphinx);
})();
