// The parts of a page as tabs. The address names what is shown, so links lead into a tab, and without this script all
// parts stand below each other. A search by the browser opens the tab that it finds something in.
(() => {
  "use strict";

  const bar = document.querySelector(".book > .tabs");
  if (!bar) return;
  const links = [...bar.querySelectorAll("a")];
  const panels = links.map((link) => document.getElementById(idOf(link)).closest(".tab"));

  function idOf(link) {
    return decodeURIComponent(link.hash.slice(1));
  }

  function show(at) {
    links.forEach((link, place) => {
      link.setAttribute("aria-selected", String(place === at));
      link.tabIndex = place === at ? 0 : -1;
      panels[place].hidden = place !== at;
      if (place !== at) panels[place].setAttribute("hidden", "until-found");
    });
  }

  /** Show the tab with what the address names; the first one if it names nothing. */
  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const at = panels.findIndex((panel) => panel.contains(target));
    if (at >= 0 || !target) show(Math.max(0, at));
    if (target?.matches(".tab > h2")) scrollTo(0, 0);
  }

  bar.setAttribute("role", "tablist");
  links.forEach((link, place) => {
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", (panels[place].id = `tab-${idOf(link)}`));
    panels[place].setAttribute("role", "tabpanel");
    panels[place].setAttribute("aria-label", link.textContent);
    panels[place].addEventListener("beforematch", () => show(place));
  });
  bar.addEventListener("click", (event) => {
    const at = links.indexOf(event.target.closest("a"));
    if (at < 0) return;
    event.preventDefault();
    history.pushState(null, "", links[at].hash);
    show(at);
  });
  bar.addEventListener("keydown", (event) => {
    const here = links.indexOf(document.activeElement);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = links.at(to % links.length);
    next.focus();
    next.click();
  });
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  addEventListener("load", () => setTimeout(follow)); // the browser scrolls to what the address names on its own
  follow();
})();
