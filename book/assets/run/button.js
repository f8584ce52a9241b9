// “Run this page”: nothing of it is loaded until it is pressed.
(function () {
  "use strict";
  var here = document.currentScript.src;
  var place = document.querySelector(".run-page");
  if (!place) return;
  var button = place.querySelector("button");
  var note = place.querySelector("span");
  var written;
  try { written = localStorage.getItem("run:" + location.pathname); } catch { /* a browser that keeps nothing */ }
  if (written) note.textContent = "What you wrote here is kept.";

  function cannot() {
    if (location.protocol === "file:") return "A page that was opened from a folder cannot run Python. Type “make serve” and open it there.";
    if (window.WebAssembly && window.Worker && window.DecompressionStream && Array.prototype.findLast) return "";
    return "This browser cannot run Python: Chrome 97, Firefox 114, Safari 16.4 and newer ones can.";
  }

  button.addEventListener("click", function () {
    note.setAttribute("role", "status");
    note.textContent = cannot() || "Loading …";
    if (cannot()) return;
    import(new URL("page.js", here)).then(function (page) { return page.open(place); }).catch(function (problem) {
      note.textContent = "It did not load (" + problem.message + "). Press again to try once more.";
    });
  });
})();
