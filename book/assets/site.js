// Once the page stands: every box that scrolls can be reached by keyboard, and it fades at the edge where more is
// to come. When the search closes, the focus goes back to where it was. Paper is light.
(function () {
  "use strict";

  var boxes = ".bd-article pre, .bd-article .output, .bd-article dt.sig, .pst-scrollable-table-container, div.math .katex-display";

  function rest(box) {
    var scrolls = box.scrollWidth > box.clientWidth + 1;
    return { box: box, scrolls: scrolls, more: scrolls && box.scrollLeft + box.clientWidth < box.scrollWidth - 2 };
  }

  function show(seen) {
    if (seen.scrolls) seen.box.tabIndex = 0;
    seen.box.classList.toggle("scrolls", seen.scrolls);
    seen.box.classList.toggle("more-right", seen.more);
  }

  // First all are read, then all are written: in turns, each would lay the page out again.
  function settle() {
    var all = Array.from(document.querySelectorAll(boxes));
    all.map(rest).forEach(show);
    all.forEach(function (box) {
      if (!box.dataset.watched) box.addEventListener("scroll", function () { show(rest(box)); }, { passive: true });
      box.dataset.watched = "yes";
    });
    document.documentElement.dataset.settled = "yes";
  }

  function giveFocusBack() {
    var search = document.querySelector(".search-button__wrapper");
    var last = null;
    document.addEventListener("focusin", function (event) {
      if (!search.contains(event.target)) last = event.target;
    });
    new MutationObserver(function () {
      if (!search.classList.contains("show") && last) last.focus();
    }).observe(search, { attributeFilter: ["class"] });
  }

  function printLight() {
    var root = document.documentElement;
    var theme;
    window.addEventListener("beforeprint", function () { theme = root.dataset.theme; root.dataset.theme = "light"; });
    window.addEventListener("afterprint", function () { root.dataset.theme = theme; });
  }

  giveFocusBack();
  printLight();
  window.addEventListener("load", function () {
    var article = document.querySelector(".bd-article");
    var width = article && article.clientWidth;
    settle();
    // A solution that is opened shows boxes that had no size until then.
    document.addEventListener("click", function (event) {
      if (event.target.closest(".toggle, details")) requestAnimationFrame(settle);
    });
    if (article && window.ResizeObserver) {
      new ResizeObserver(function () {
        if (article.clientWidth === width) return;
        width = article.clientWidth;
        requestAnimationFrame(settle);
      }).observe(article);
    }
  });
})();
