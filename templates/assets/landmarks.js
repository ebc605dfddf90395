// Fixes of the theme for screen readers and the keyboard: two landmarks share a name, the buttons of each code block are
// an unnamed landmark, and a scrolling table cannot be focused.
(() => {
  "use strict";

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  });

  function repair(element) {
    if (element.matches?.("nav.md-code__nav")) element.setAttribute("role", "none");
    if (element.matches?.(".md-typeset__scrollwrap, .md-typeset table")) resized.observe(element);
  }

  document.querySelectorAll("nav.md-nav[aria-labelledby^=__nav_]").forEach((nav) => {
    nav.setAttribute("aria-label", `${nav.parentElement.querySelector(".md-ellipsis")?.textContent.trim()}: pages`);
    nav.removeAttribute("aria-labelledby");
  });
  document.querySelector("nav.md-path")?.setAttribute("aria-label", "Where this page is");
  document.querySelectorAll("nav.md-code__nav, .md-typeset__scrollwrap, .md-typeset table").forEach(repair);
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(repair))).observe(
    document.body,
    { childList: true, subtree: true },
  );
})();
