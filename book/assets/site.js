// Once the page stands: formulas in the line that are wider than the column scroll, every box that scrolls
// can be reached by keyboard, and it fades at the edge where more is to come.
(function () {
  "use strict";

  function markWideFormulas() {
    document.querySelectorAll(".bd-article span.math").forEach(function (formula) {
      formula.classList.remove("is-wide", "scrolls", "more-right");
      formula.removeAttribute("tabindex");
      var block = formula.closest("p, li, td, th, dd, dt, figcaption, h1, h2, h3, div");
      if (formula.getBoundingClientRect().width > block.clientWidth) formula.classList.add("is-wide");
    });
  }

  function showRest(box) {
    var scrolls = box.scrollWidth > box.clientWidth + 1;
    if (scrolls) box.tabIndex = 0;
    box.classList.toggle("scrolls", scrolls);
    box.classList.toggle("more-right", scrolls && box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
  }

  function reachScrollBoxes() {
    var boxes = ".bd-article pre, .bd-article .output, .figure-box, .bd-article dt.sig, .pst-scrollable-table-container, div.math mjx-container, span.math.is-wide";
    document.querySelectorAll(boxes).forEach(function (box) {
      if (!box.dataset.watched) box.addEventListener("scroll", function () { showRest(box); }, { passive: true });
      box.dataset.watched = "yes";
      showRest(box);
    });
  }

  // A figure shrunk to a phone's width has letters that no one can read: there it keeps a width, and scrolls.
  function frameFigures() {
    document.querySelectorAll(".cell_output figure > img").forEach(function (image) {
      var box = document.createElement("div");
      box.className = "figure-box";
      image.replaceWith(box);
      box.append(image);
    });
  }

  function settle() {
    markWideFormulas();
    reachScrollBoxes();
    document.documentElement.dataset.settled = "yes";
  }

  window.addEventListener("load", function () {
    var typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    var article = document.querySelector(".bd-article");
    var width = 0;
    frameFigures();
    (typeset || Promise.resolve()).then(settle);
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
