// The search: a button in the header, and a dialog with results from Pagefind (see search_index.py). Nothing is loaded
// before the dialog opens. Values from records are set as text, never as HTML.
(() => {
  "use strict";
  if (document.querySelector("[data-md-component=search]")) return; // the site uses the theme's own search

  const SHOWN = 20; // results
  const WORDS = 32; // of an excerpt
  const WAIT = 80; // ms after a key press, as another may follow
  const PUNCTUATION = /[!-&(-/:-@[-^`{-~]+/g; // ASCII except ' and _: where search_index.py splits names
  const INDEX = new URL("search/", document.currentScript.src);
  const SITE = new URL("../../", document.currentScript.src);
  const FROM_FOLDER = location.protocol === "file:";
  const HINTS = {
    start: "Number, words, an error message, a file or a test",
    folder: "Search does not work in pages that are opened from a folder: a browser lets them load no index. "
      + "Show the site with “triagebook serve”, or put it on a server. The filter of the table of issues works here, too.",
    missing: "The index of the search is not there, or not yet. Try again in a moment.",
    nothing: "Nothing found",
    frequent: "Too many pages have these words. Add one that fewer have.",
  };

  // ── results ──────────────────────────────────────────────────────────────────────────────────

  let engine;

  function load() {
    engine ??= (async () => {
      const known = await fetch(new URL("known.json", INDEX)).then((found) => found.ok ? found.json() : Promise.reject());
      const pagefind = await import(new URL("pagefind.js", INDEX));
      await pagefind.options({ ranking: { metaWeights: { id: 50, title: 5, key: 0, kind: 0, note: 0 } } });
      await pagefind.init();
      return { pagefind, ...known };
    })();
    engine.catch(() => (engine = undefined)); // the next key tries again
    return engine;
  }

  const wordsOf = (text) => text.toLowerCase().replace(/['’]/g, "").replace(PUNCTUATION, " ").split(/\s+/).filter(Boolean);

  /** The words to search for: those on few enough pages; "" if there are none. */
  function telling(words, { starts, words: whole }) {
    const few = words.filter((word) => !starts.some((start) => start.startsWith(word)));
    if (few.length) return few.join(" ");
    const exact = words.find((word) => !whole.includes(word));
    return exact ? `"${exact}"` : "";
  }

  /** Split names in snake_case and CamelCase. Pagefind indexes no part of one letter. */
  const partsOf = (text) => wordsOf(text.replace(/_|(?<=[a-z\d])(?=[A-Z])/g, " ")).filter((part) => part.length > 1);

  /** Pages with the words as typed, then pages with their parts. */
  async function search(pagefind, queries) {
    const found = new Map();
    for (const query of new Set(queries)) {
      for (const result of (await pagefind.search(query)).results) {
        if (!found.has(result.id)) found.set(result.id, result);
      }
    }
    return [...found.values()];
  }

  async function find(text) {
    const { pagefind, reports, frequent } = await load();
    // Records hold no line number after a path and no parameters of a test.
    const known = text.replace(/(\.\w+)(:\d+)+/g, "$1").replace(/(::\w+)\[.*?\](?=\s|$)/g, "$1");
    const written = wordsOf(known);
    if (!written.length) return { says: HINTS.start, found: [] };
    const numbers = written.length > 4 ? [] : [written.join(""), written[0]].map((id) => `"id${id}"`);
    const queries = [written, partsOf(known)].map((words) => telling(words, frequent)).filter(Boolean);
    const results = await search(pagefind, [...numbers, ...queries]);
    if (!results.length && !queries.length) return { says: HINTS.frequent, found: [] };
    const words = [...new Set([...written, ...partsOf(known)])];
    const loaded = await Promise.all(results.slice(0, SHOWN).map((result) => result.data()));
    const pages = loaded.filter((page) => holds(page, words));
    const found = pages.flatMap((page) => [...reportsOf(page, words, reports), entry(page, words)]);
    if (!pages.length) return { says: HINTS.nothing, found };
    const count = results.length - loaded.length + pages.length;
    const says = count === 1 ? "1 result" : `${count} results`;
    return { says: results.length > SHOWN ? `${says}; the first ${pages.length}` : says, found };
  }

  /** Whether a page has at least half of the words, their endings aside: where Pagefind knows no word that begins like
      the one that is asked for, it takes the beginning of that one. */
  function holds({ content, meta }, words) {
    const text = [...Object.values(meta), content].join(" ");
    const own = [...new Set([...wordsOf(text), ...partsOf(text)])];
    const held = words.filter((word) => own.some((one) => one.startsWith(word.slice(0, Math.max(3, word.length - 3)))));
    return 2 * held.length >= words.length;
  }

  /** The address of a page. A section has its own file in the index, whose ending is removed. */
  const addressOf = (page) => new URL(page.raw_url.slice(1).replace(/(#.*)\.html$/, "$1"), SITE);

  function entry(page, words) {
    const { id, kind, note, title } = page.meta;
    return {
      address: addressOf(page),
      kind: note ? `${kind} · ${note}` : kind,
      title: piecesOf(id ? `${id} · ${title}` : title, words),
      text: excerpt(page, words),
    };
  }

  /** The reports whose names are searched for, of an issue in the results. */
  function reportsOf(page, words, reports) {
    if (page.meta.kind !== "Issue") return [];
    const asked = Object.entries(reports).filter(([title]) => wordsOf(title).every((word) => words.includes(word)));
    return asked.map(([title, address]) => ({
      address: new URL(address, addressOf(page)),
      kind: "Report",
      title: piecesOf(`${page.meta.id} · ${title}`, words),
      text: piecesOf(page.meta.title, words),
    }));
  }

  /** Parse a text marked by search_index.py: its words, each with whether it matches and what follows it. */
  function piecesOf(text, words, places = new Set()) {
    return text.split(" ").map((piece, place) => {
      const own = wordsOf(piece);
      const hits = words.filter((word) => own.some((part) => part.startsWith(word)));
      const gap = piece.endsWith("`") ? "" : piece.endsWith("*") ? " · " : " ";
      return { words: piece.replace(/[`*]$/, ""), hits, found: places.has(place) || hits.length > 0, gap };
    });
  }

  /** The first excerpt with most of the searched words. */
  function excerpt(page, words) {
    const pieces = piecesOf(page.content, words, new Set(page.locations));
    const told = (start) => new Set(pieces.slice(start, start + WORDS).flatMap(({ hits }) => hits)).size;
    const starts = pieces.map((_, place) => place).filter((place) => pieces[place].found);
    const best = starts.reduce((best, start) => (told(start) > told(best) ? start : best), starts[0] ?? 0);
    const first = Math.max(0, Math.min(best - 3, pieces.length - WORDS));
    const shown = pieces.slice(first, first + WORDS);
    return [{ words: first ? "… " : "" }, ...shown, { words: first + WORDS < pieces.length ? "…" : "" }];
  }

  // ── display ───────────────────────────────────────────────────────────────────────────────────

  function make(tag, attributes = {}, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  }

  const marked = (pieces) => pieces.flatMap(({ words, found, gap = "" }) => [found ? make("mark", {}, words) : words, gap]);

  const input = make("input", {
    type: "text", role: "combobox", class: "book-search__input", id: "book-search", placeholder: "Search",
    "aria-label": "Search", "aria-expanded": "false", "aria-controls": "book-search-results", "aria-autocomplete": "list",
    autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false",
  });
  const status = make("p", { class: "book-search__status", role: "status" });
  const list = make("div", { class: "book-search__results", id: "book-search-results", role: "listbox", "aria-label": "Results" });
  const close = make("button", { type: "button", class: "book-search__close" }, "Close");
  const dialog = make("dialog", { class: "book-search", "aria-label": "Search" },
    make("div", { class: "book-search__form" }, input, close), status, list);
  const opener = make("button", {
    type: "button", class: "book-search__open", "aria-label": "Search", "aria-keyshortcuts": "/ s f Control+K",
    "aria-haspopup": "dialog", title: "Search",
  }, make("span", {}, "Search"), make("kbd", {}, "/"));

  let chosen = -1;

  function choose(number) {
    const options = [...list.children];
    chosen = options.length ? (number + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  function show({ says, found }) {
    status.textContent = says;
    list.replaceChildren(...found.map(({ address, kind, title, text }, number) =>
      make("a", { role: "option", id: `book-search-${number}`, href: address.href, tabindex: "-1", class: "book-search__result" },
        make("span", { class: "book-search__kind" }, kind),
        make("span", { class: "book-search__title" }, ...marked(title)),
        make("span", { class: "book-search__text" }, ...marked(text)))));
    input.setAttribute("aria-expanded", String(found.length > 0));
    list.setAttribute("aria-busy", "false");
    list.scrollTop = 0;
    choose(found.length ? 0 : -1);
  }

  let latest = 0;

  async function answer() {
    const number = ++latest;
    list.setAttribute("aria-busy", "true");
    await new Promise((go) => setTimeout(go, WAIT));
    if (number !== latest) return;
    const told = FROM_FOLDER
      ? { says: HINTS.folder, found: [] }
      : await find(input.value).catch(() => ({ says: HINTS.missing, found: [] }));
    if (number === latest) show(told);
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    answer();
  }

  // ── events ───────────────────────────────────────────────────────────────────────────────────

  const KEYS = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1),
    Enter: () => list.children[chosen]?.click(),
  };

  input.addEventListener("input", answer);
  input.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || event.isComposing) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!text.includes("\n")) return;
    event.preventDefault(); // a one-line field would join the lines without a space
    input.setRangeText(text.replace(/\s+/g, " "), input.selectionStart, input.selectionEnd, "end");
    answer();
  });
  opener.addEventListener("click", open);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target.closest("a")) dialog.close();
  });

  const typing = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    const asked = command
      ? event.key === "k" && !event.altKey && !event.shiftKey
      : ["/", "s", "f"].includes(event.key) && !event.altKey && !typing(event.target);
    if (!asked || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });

  document.body.append(dialog);
  const header = document.querySelector(".md-header__inner");
  header?.insertBefore(opener, header.querySelector(".md-header__source"));
})();
