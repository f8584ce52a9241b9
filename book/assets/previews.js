// Where a link leads to an equation, a figure, a source or a section, hovering or focusing it shows what is there.
// Escape closes it. A page that was opened from a folder cannot read others: there, only what is in it is shown.
(function () {
  "use strict";

  var links = ".bd-article a.reference.internal[href*='#'], .bd-article .bibtex-citation a, .bd-article a.citation-reference";
  var pages = {};
  var box, timer, shownFor;

  function load(address) {
    if (address === location.pathname) return Promise.resolve(document);
    if (!pages[address]) {
      pages[address] = fetch(address).then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
      }).then(function (text) { return new DOMParser().parseFromString(text, "text/html"); });
    }
    return pages[address];
  }

  // Of a section its title and first paragraph; of anything else, the whole.
  function excerpt(target) {
    var section = target.matches("span:empty") ? target.parentElement : target;
    if (!section.matches("section")) return [target];
    return [section.querySelector("h1, h2, h3, h4"), section.querySelector(":scope > p")].filter(Boolean);
  }

  function copy(node, address) {
    var made = document.importNode(node, true);
    [made].concat(Array.from(made.querySelectorAll("*"))).forEach(function (part) {
      part.removeAttribute("id");
      part.removeAttribute("tabindex");
      part.classList.remove("more-right", "scrolls");
    });
    made.querySelectorAll(".headerlink, button, script").forEach(function (part) { part.remove(); });
    made.querySelectorAll("[src]").forEach(function (part) { part.src = new URL(part.getAttribute("src"), address); });
    // What is in the box is read, not visited.
    made.querySelectorAll("a[href]").forEach(function (part) { part.replaceWith.apply(part, part.childNodes); });
    return made;
  }

  function hide() {
    clearTimeout(timer);
    if (box) box.remove();
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    box = shownFor = null;
  }

  function put(link) {
    var place = link.getBoundingClientRect();
    var width = document.documentElement.clientWidth;
    box.style.maxWidth = Math.min(640, width - 16) + "px";
    var size = box.getBoundingClientRect();
    var above = place.top - size.height - 4;
    box.style.left = Math.max(8, Math.min(place.left, width - size.width - 8)) + "px";
    box.style.top = (above > 56 ? above : place.bottom + 4) + "px";
  }

  function show(link) {
    var address = new URL(link.href);
    load(address.pathname).then(function (page) {
      var target = page.getElementById(decodeURIComponent(address.hash.slice(1)));
      if (!target || !(link.matches(":hover") || link === document.activeElement)) return;
      hide();
      box = document.createElement("div");
      box.id = "preview";
      box.setAttribute("role", "tooltip");
      box.className = "preview bd-article";
      excerpt(target).forEach(function (part) { box.append(copy(part, address)); });
      box.addEventListener("mouseenter", function () { clearTimeout(timer); });
      box.addEventListener("mouseleave", leave);
      document.body.append(box);
      link.setAttribute("aria-describedby", "preview");
      shownFor = link;
      put(link);
    }).catch(function () {});
  }

  // Not at once: the pointer may only pass by, and the page may still move to where the focus went.
  function come(link) {
    clearTimeout(timer);
    timer = setTimeout(show, 200, link);
  }

  function leave() {
    clearTimeout(timer);
    timer = setTimeout(hide, 250);
  }

  document.querySelectorAll(links).forEach(function (link) {
    if (link.origin !== location.origin) return;
    link.addEventListener("mouseenter", function () { come(link); });
    link.addEventListener("mouseleave", leave);
    link.addEventListener("focus", function () { if (link.matches(":focus-visible")) come(link); });
    link.addEventListener("blur", hide);
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
  window.addEventListener("scroll", function () { if (box) hide(); }, { passive: true });
})();
