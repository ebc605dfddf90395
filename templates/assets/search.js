// The search: a button in the header, and a dialog. The data (see site/search.py) is loaded when the dialog opens, as a
// script, so it works in pages from a folder too. A paste is tried line by line, and each line in four ways: by its words,
// by the end of a path, by the expressions of patterns, and by words that differ in a letter or two.
// Values from records are set as text, never as HTML.
(() => {
  "use strict";
  if (document.querySelector("[data-md-component=search]")) return; // the site uses the theme's own search

  const SHOWN = 20; // results
  const LINES = 60; // of a paste that are tried
  const WORDS = 24; // of an excerpt
  const WAIT = 80; // ms after a key press, as another may follow
  const DATA = new URL("search.data.js", document.currentScript.src);
  const SITE = new URL("../../", document.currentScript.src);
  const HINTS = {
    start: "Number, words, an error or a whole traceback, a file, a test, a commit, a person",
    missing: "The data of the search is not there, or not yet. Try again in a moment.",
    nothing: "Nothing found",
  };
  // Issues before reports before the guide.
  const WEIGHTS = { Issue: 1, Pattern: 0.9, Person: 0.9, Component: 0.8, Claims: 0.75, Page: 0.7, Rule: 0.6, Schema: 0.3 };
  const GUIDE = 0.45;
  const PLACES = new Set(["affected-files", "causes", "fix", "tests", ""]); // the parts whose paths are looked up
  const SYMBOL = /[\p{L}\p{N}_]+/gu; // a name in code, or a word
  const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|\p{Lo}+/gu; // of snake_case and CamelCase
  const IN_PATH = /[\w.@\\/-]/;
  const RUN = /[\p{L}\p{N}]+/u; // of letters and figures
  const PATH = /(?:[\w.@-]+[\\/])*[\w@-][\w.@-]*\.[A-Za-z]\w*/g;
  const NOISE = /\d{4}-\d\d-\d\d[T ]?[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?|\d\d:\d\d:\d\d[.,]?\d*|\x1b\[[\d;]*m|0x[\da-f]+/gi;

  // ── the index ────────────────────────────────────────────────────────────────────────────────

  let engine;

  function load() {
    engine ??= new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: DATA, onerror: failed });
      script.onload = () => done(indexed(triagebookSearch));
      document.head.append(script);
    });
    engine.catch(() => (engine = undefined)); // the next key tries again
    return engine;
  }

  const split = new Map(); // the words of each name, as most names come again and again

  /** A name whole and in parts, in lower case. */
  function wordsIn(name) {
    if (!split.has(name)) {
      const parts = name.match(PART) ?? [];
      split.set(name, [...new Set([name, ...parts].map((part) => part.toLowerCase()))]);
    }
    return split.get(name);
  }

  const namesOf = (text) => text.normalize("NFC").replace(/['’](?=\p{L})/gu, "").match(SYMBOL) ?? [];

  /** Names whole and in parts, in lower case. */
  const wordsOf = (text) => new Set(namesOf(text).flatMap(wordsIn));

  /** A text by its letters and figures only. */
  const plainly = (text) => [...text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)].join(" ");

  /** For each word the entries with it, each with the number of the first part that has it; -1 is the title. */
  function indexed({ entries, reports }) {
    const places = new Map();
    const starts = new Map(); // the parts by the word that they begin with
    const note = (word, entry, part) => {
      if (!places.has(word)) places.set(word, new Map());
      const held = places.get(word);
      if (!held.has(entry)) held.set(entry, part);
    };
    entries.forEach(({ id, title, parts }, entry) => {
      const seen = new Set(); // names of this entry: the first part that has one counts
      const noteAll = (text, part) => {
        for (const name of namesOf(text)) {
          if (!seen.has(name)) for (const word of wordsIn(name)) note(word, entry, part);
          seen.add(name);
        }
      };
      noteAll(`${id} ${title}`, -1);
      parts.forEach(([, text], part) => {
        noteAll(text, part);
        if (/^[\w.@-]+[\\/]/.test(text)) return; // many paths begin alike, and `pathsTo` finds them
        const first = text.match(RUN)?.[0].toLowerCase();
        if (!starts.has(first)) starts.set(first, []);
        starts.get(first).push([entry, part]);
      });
    });
    const expressions = entries.flatMap((entry, at) => entry.expressions.flatMap((text) => {
      try {
        return [{ at, expression: new RegExp(text.replace(/\(\?[a-z]+\)/g, "").replace(/\(\?P</g, "(?<"), "i") }];
      } catch {
        return []; // an expression that a browser does not know
      }
    }));
    return { entries, reports, places, starts, expressions, texts: new Map() };
  }

  /** The text of a part by its letters and figures only. */
  function textOf({ entries, texts }, entry, part) {
    const [, text] = entries[entry].parts[part];
    if (!texts.has(text)) texts.set(text, plainly(text));
    return texts.get(text);
  }

  /** The parts that a line may hold as a whole, or that may begin with it or hold it. */
  function* partsLike(bare, { entries, places, starts }) {
    const runs = bare.split(" ");
    for (const run of new Set(runs)) yield* starts.get(run) ?? [];
    if (runs.length < 4) return;
    const inside = runs.slice(1, -1).filter((run) => run.length > 1); // the others may be cut off
    const [rarest] = inside.filter((run) => places.has(run)).sort((one, other) => places.get(one).size - places.get(other).size);
    for (const entry of rarest ? places.get(rarest).keys() : entries.keys()) {
      yield* entries[entry].parts.map((_, part) => [entry, part]);
    }
  }

  /** The paths to files of one name, each with its entry and part. */
  function pathsTo(name, { entries, places }) {
    const [whole] = namesOf(name);
    const found = [];
    for (const entry of places.get(whole?.toLowerCase())?.keys() ?? []) {
      entries[entry].parts.forEach(([anchor, text], part) => {
        const own = PLACES.has(anchor) ? text.toLowerCase() : "";
        for (let at = own.indexOf(name); at >= 0; at = own.indexOf(name, at + 1)) {
          let from = at;
          while (from > 0 && IN_PATH.test(own[from - 1])) from -= 1;
          const path = own.slice(from, at + name.length);
          const ends = !/^(?:[\w@\\/-]|\.[a-z])/.test(own.slice(at + name.length, at + name.length + 2));
          if (ends && path.split(/[\\/]/).at(-1) === name) found.push({ path, entry, part, affected: anchor === "affected-files" });
        }
      });
    }
    return found;
  }

  // ── what fits ────────────────────────────────────────────────────────────────────────────────

  /** How many letters have to change, if they are at most `most`; else more than that. */
  function distance(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let row = [...Array(other.length + 1).keys()];
    for (let at = 1; at <= one.length; at += 1) {
      const next = [at];
      for (let to = 1; to <= other.length; to += 1) {
        const cost = one[at - 1] === other[to - 1] ? 0 : 1;
        next[to] = Math.min(row[to] + 1, next[to - 1] + 1, row[to - 1] + cost);
        const crossed = one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
        if (crossed && at > 1 && to > 1) next[to] = Math.min(next[to], next[to - 2] + 1);
      }
      if (Math.min(...next) > most) return most + 1;
      row = next;
    }
    return row.at(-1);
  }

  /** The words of the index that stand for a word that was typed, each with how well it fits. */
  function meant(word, { places }, last) {
    const hash = /^(?=.*\d)[\da-f]{7,40}$/.test(word);
    if (places.has(word) && !hash && !(last && word.length < 4)) return [[word, 1]];
    const known = [...places.keys()];
    const starts = known.filter((each) =>
      (word.length > 2 && each.startsWith(word)) || (hash && each.length > 6 && word.startsWith(each)));
    if (places.has(word)) starts.unshift(word);
    if (starts.length) return starts.slice(0, 50).map((each) => [each, each === word || hash ? 1 : 0.8]);
    if (word.length < 4 || /\d/.test(word)) return [];
    const most = word.length < 8 ? 1 : 2;
    const near = known.map((each) => [each, distance(word, each, most)]).filter(([, far]) => far <= most);
    const best = Math.min(...near.map(([, far]) => far));
    return near.filter(([, far]) => far === best).slice(0, 10).map(([each]) => [each, 0.6]);
  }

  /** Adds the points of one line to those of the entries: the best line of a paste counts. */
  function tryLine(line, index, found, last) {
    const { entries, places, expressions } = index;
    const offer = (entry, points, part, words) => {
      const weighed = points * (WEIGHTS[entries[entry].kind] ?? GUIDE);
      if (!(found.get(entry)?.points >= weighed)) found.set(entry, { points: weighed, part, words });
    };
    const sums = new Map(); // the points of each entry for its words, and for what fits as a whole
    const sumOf = (entry) => {
      if (!sums.has(entry)) sums.set(entry, { points: 0, titled: 0, whole: 0, at: -1, parts: new Map(), words: [] });
      return sums.get(entry);
    };
    const fit = (entry, points, part, words) => {
      const sum = sumOf(entry);
      if (points > sum.whole) Object.assign(sum, { whole: points, at: part });
      sum.words.push(...words);
    };
    for (const { at, expression } of expressions) {
      if (line.length < 3000 && expression.test(line)) fit(at, 60, -1, []);
    }
    // A line that holds a whole text of an entry, such as its error, means this entry; the longest text wins.
    const bare = plainly(line);
    if (bare.length > 11) {
      const several = bare.split(" ").length > 3;
      const likely = new Map([...partsLike(bare, index)].map((place) => [place[0] * 1e6 + place[1], place]));
      for (const [, [entry, part]] of [...likely].sort(([one], [other]) => one - other)) {
        const text = textOf(index, entry, part);
        if (text.length > 11 && bare.includes(text)) fit(entry, 62 + text.length / 2, part, wordsOf(text));
        else if (text.startsWith(`${bare} `) || (several && text.includes(bare))) fit(entry, 62 + bare.length / 4, part, wordsOf(bare));
      }
    }
    const said = line.replace(NOISE, " ").replace(/(\.\w+)(?::\d+)+/g, "$1");
    for (const [path] of said.matchAll(PATH)) {
      const own = path.replaceAll("\\", "/").toLowerCase().split("/");
      const times = new Map();
      for (const { path: known, entry, part, affected } of pathsTo(own.at(-1), index)) {
        times.set(entry, (times.get(entry) ?? 0) + 1);
        const steps = known.split("/").reverse();
        const shared = steps.findIndex((step, at) => step !== own.at(-1 - at));
        const same = shared < 0 ? steps.length : shared;
        const alone = affected && same === steps.length && plainly(known) === bare; // the line is this path and no more
        const points = 12 + 4 * same + (same === steps.length ? 8 : 0) + 4 * Math.min(4, times.get(entry));
        fit(entry, alone ? 63 + bare.length / 4 : points, part, [own.at(-1)]);
      }
    }
    const asked = [...wordsOf(said)];
    const names = [...said.matchAll(SYMBOL)].map(([name]) => name.toLowerCase());
    const typed = names.length;
    const rarity = (word) => Math.log(1 + entries.length / (1 + places.get(word).size));
    let whole = 0;
    asked.forEach((word, at) => {
      const fits = meant(word, index, last && at === asked.length - 1);
      const weight = fits.length ? Math.max(...fits.map(([each]) => rarity(each))) : /\d/.test(word) ? 0 : 3;
      whole += weight;
      const given = new Map();
      for (const [each, quality] of fits) {
        for (const [entry, part] of places.get(each)) {
          const points = weight * quality;
          if (!(given.get(entry)?.points >= points)) given.set(entry, { points, part, word: each });
        }
      }
      for (const [entry, { points, part, word: each }] of given) {
        const sum = sumOf(entry);
        sum.points += points * (part < 0 ? 1.3 : 1);
        if (part < 0) sum.titled += points;
        sum.parts.set(part, (sum.parts.get(part) ?? 0) + points);
        sum.words.push(each);
      }
    });
    for (const [entry, { points, titled, whole: extra, at, parts, words }] of sums) {
      const { id, title, parts: own } = entries[entry];
      const covered = whole ? Math.min(1, points / whole) : 0;
      if (covered < 0.34 && !extra) continue;
      const exact = id && names.includes(id.toLowerCase()) && typed < 5; // TB101 is not issue 101
      const same = [...title.matchAll(SYMBOL)].length <= typed + 1 && titled / whole > 0.9;
      const [best, most] = [...parts].reduce((one, other) => (other[1] > one[1] ? other : one), [at, 0]);
      const named = bare === plainly(title) ? 120 : same ? 30 : 0;
      const short = 1 + 1 / Math.log2(4 + own.length); // of two that fit alike, the one that is about less else
      const near = 0.6 + (0.4 * most) / (points || 1); // words in one place mean more than words all over the page
      offer(entry, covered ** 2 * points * short * near + extra + (exact ? 100 : 0) + named, extra ? at : best, words);
    }
  }

  async function find(text) {
    const index = await load();
    const lines = text.split("\n").map((line) => line.trim()).filter(Boolean).slice(-LINES);
    if (!lines.length) return { says: HINTS.start, found: [] };
    const found = new Map();
    lines.forEach((line) => tryLine(line, index, found, lines.length === 1));
    const ranked = [...found].sort((one, other) => other[1].points - one[1].points || one[0] - other[0]);
    const words = wordsOf(text);
    const shown = ranked.slice(0, SHOWN).flatMap(([at, hit]) => {
      const entry = index.entries[at];
      return [...reportsOf(entry, words, index.reports), result(entry, hit)];
    });
    if (!shown.length) return { says: HINTS.nothing, found: [] };
    const says = ranked.length === 1 ? "1 result" : `${ranked.length.toLocaleString("en")} results`;
    return { says: ranked.length > SHOWN ? `${says}; the first ${SHOWN}` : says, found: shown };
  }

  function result({ url, kind, title, id, note, parts }, { part, words }) {
    const [anchor, text] = parts[part] ?? ["", parts.map(([, each]) => each).find(Boolean) ?? ""];
    const address = new URL(anchor && !url.includes("#") ? `${url}#${anchor}` : url, SITE);
    return {
      address,
      kind: note ? `${kind} · ${note}` : kind,
      title: marked(id ? `${id} · ${title}` : title, words),
      text: marked(excerpt(text, words), words),
    };
  }

  /** The reports whose names are searched for, of an issue in the results. */
  function reportsOf({ kind, id, title, url }, words, reports) {
    if (kind !== "Issue") return [];
    const asked = Object.entries(reports).filter(([name]) => [...wordsOf(name)].every((word) => words.has(word)));
    return asked.map(([name, address]) => ({
      address: new URL(address, new URL(url, SITE)),
      kind: "Report",
      title: marked(`${id} · ${name}`, [...words]),
      text: marked(title, []),
    }));
  }

  /** Some words of a text, from the first one that was searched for. */
  function excerpt(text, words) {
    const pieces = text.split(" ");
    const first = pieces.findIndex((piece) => [...wordsOf(piece)].some((word) => words.includes(word)));
    const from = Math.max(0, Math.min(first - 3, pieces.length - WORDS));
    const end = from + WORDS < pieces.length ? " …" : "";
    return `${from ? "… " : ""}${pieces.slice(from, from + WORDS).join(" ")}${end}`;
  }

  /** A text in pieces, each with whether it was searched for. */
  function marked(text, words) {
    return text.split(/(\s+)/).map((piece) => ({
      words: piece,
      found: [...wordsOf(piece)].some((word) => words.includes(word)),
    }));
  }

  // ── display ───────────────────────────────────────────────────────────────────────────────────

  function make(tag, attributes = {}, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  }

  const shownAs = (pieces) => pieces.map(({ words, found }) => (found ? make("mark", {}, words) : words));

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
        make("span", { class: "book-search__title" }, ...shownAs(title)),
        make("span", { class: "book-search__text" }, ...shownAs(text)))));
    input.setAttribute("aria-expanded", String(found.length > 0));
    list.setAttribute("aria-busy", "false");
    list.scrollTop = 0;
    choose(found.length ? 0 : -1);
  }

  let latest = 0;
  let pasted = ""; // several lines, which the field shows as one

  const onOneLine = (text) => text.replace(/\s+/g, " ").trim();

  async function answer() {
    const number = ++latest;
    list.setAttribute("aria-busy", "true");
    await new Promise((go) => setTimeout(go, WAIT));
    if (number !== latest) return;
    const text = pasted && input.value === onOneLine(pasted) ? pasted : input.value;
    const told = await find(text).catch(() => ({ says: HINTS.missing, found: [] }));
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
    event.preventDefault(); // a field of one line would join the lines without a space
    pasted = text;
    input.value = onOneLine(text);
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
