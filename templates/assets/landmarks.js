// What the theme leaves open for those who listen to a page or use its keys: two landmarks have one name, the buttons
// on each block of code are a landmark without one, and a table that scrolls can't be reached.
(() => {
  "use strict";

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  });

  function mend(element) {
    if (element.matches?.("nav.md-code__nav")) element.setAttribute("role", "none");
    if (element.matches?.(".md-typeset__scrollwrap")) resized.observe(element);
  }

  document.querySelector("nav.md-path")?.setAttribute("aria-label", "Where this page is");
  document.querySelectorAll("nav.md-code__nav, .md-typeset__scrollwrap").forEach(mend);
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(mend))).observe(
    document.body,
    { childList: true, subtree: true },
  );
})();
