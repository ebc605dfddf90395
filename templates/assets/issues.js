// Filters, sorts and counts the table of all issues. The address holds the filters, so that a view can be shared and the
// back button works. Without this script the page lists the same issues on several pages.
(() => {
  "use strict";

  const STEP = 100; // rows drawn at a time
  const COLUMNS = ["issue", "title", "severity", "state", "stage", "component", "opened", "owner"];
  const [ID, TITLE, OPENED, LINE, FACETS] = [0, 1, 2, 3, 4]; // places in the data of an issue; its facets follow
  const NONE = "-"; // the value of an issue without one

  const lead = document.querySelector(".all-issues")?.closest("p");
  const table = lead && document.querySelector(".book table");
  if (!table || !("popover" in table)) return;
  const data = make("script", { src: new URL("issues.data.js", document.currentScript.src) });
  data.onload = () => begin(faceted(triagebookIssues));
  document.head.append(data);

  function begin({ facets, issues }) {
    const find = finder(facets, issues);
    const draw = drawer(facets, issues);
    let asked = read(facets);
    let typing = false;

    /** Show the issues that match the filters. Consecutive typing is one step for the back button. */
    function ask(change, types = false) {
      asked = { ...asked, ...change };
      show();
      history[types && typing ? "replaceState" : "pushState"](null, "", address(facets, asked));
      typing = types;
    }

    const clear = make("button", { type: "button", className: "issues-clear", textContent: "Clear" });
    const controls = [words(ask), ...facets.map((facet, at) => choice(facet, at, ask)), sorting(ask)];
    const count = make("p", { className: "issues-count" });
    const form = make("form", { className: "issues-filter" }, ...controls.flatMap((each) => each.parts), clear);
    const headings = [...table.tHead.rows[0].cells].map((cell, at) => heading(cell, COLUMNS[at], ask));

    function show() {
      const { found, counts } = find(asked);
      [...controls, ...headings].forEach((each) => each.show(asked, counts));
      clear.hidden = !asked.words.trim() && asked.chosen.every((values) => !values.size);
      count.textContent = clear.hidden ? "" : told(found.length, issues.length);
      draw(found);
    }

    form.setAttribute("role", "search");
    form.ariaLabel = "Filter the issues";
    form.addEventListener("submit", (event) => event.preventDefault());
    count.setAttribute("role", "status");
    clear.addEventListener("click", () => {
      ask({ words: "", chosen: facets.map(() => new Set()) });
      form.querySelector("input").focus();
    });
    addEventListener("popstate", () => {
      asked = read(facets);
      typing = false;
      show();
    });
    document.querySelector(".pager")?.closest("p").remove();
    lead.after(form, count);
    show();
  }

  // ── facets ──

  /** The facets with their values in order, and each issue as a list that names its values by number. */
  function faceted({ issues, titles, order, words, ages, day }) {
    const title = (name) => (value) => titles[name]?.[value] ?? words[name]?.[value] ?? value;
    const place = (value) => {
      const [name, state] = value.split(":");
      return `${title("environment")(name)}: ${state}`;
    };
    const spans = ages.map((days) => new Date(new Date(day) - days * 864e5).toISOString().slice(0, 10));
    const none = { component: "no component", pattern: "no pattern", owner: "nobody", needs: "nothing" };
    const facets = [
      ["state", "State"], ["severity", "Severity"], ["stage", "Stage"], ["needs", "Needs"], ["component", "Component"],
      ["pattern", "Pattern"], ["environment", "Environment"], ["owner", "Owner"], ["age", "Age"],
    ].map(([name, heading]) => {
      const own = issues.map((issue) => {
        if (name === "age") return [order.age[spans.findIndex((from) => issue.opened > from)] ?? order.age.at(-1)];
        const values = [issue[name]].flat();
        return values.length ? values : none[name] ? [NONE] : [];
      });
      const said = name === "environment" ? place : title(name);
      const ranks = order[name] ?? (name === "state" ? ["open"] : []);
      const rank = (value) => (value === NONE ? 1e6 : ranks.includes(value) ? ranks.indexOf(value) : ranks.length);
      const used = [...new Set([...(name === "state" ? ["open"] : []), ...own.flat()])].sort((a, b) =>
        rank(a) - rank(b) || said(a).localeCompare(said(b), "en", { numeric: true }));
      const options = used.map((value) => [value, value === NONE ? none[name] : said(value)]);
      return { name, words: heading, options, of: own.map((values) => values.map((value) => used.indexOf(value))) };
    });
    const rows = issues.map((issue, at) =>
      [issue.id, issue.title, issue.opened, issue.line, ...facets.map(({ of }) => of[at])]);
    return { facets, issues: rows };
  }

  // ── filters and the address ──

  function read(facets) {
    const from = new URLSearchParams(location.search);
    const sort = from.get("sort") ?? "";
    const chosen = facets.map(({ name, options }) => {
      const values = from.getAll(name);
      return new Set(options.flatMap(([value], number) => (values.includes(value) ? [number] : [])));
    });
    return { words: from.get("q") ?? "", chosen, sort: COLUMNS.includes(sort.replace(/^-/, "")) ? sort : "" };
  }

  function address(facets, asked) {
    const to = new URLSearchParams();
    if (asked.words.trim()) to.set("q", asked.words.trim());
    facets.forEach(({ name, options }, at) => asked.chosen[at].forEach((value) => to.append(name, options[value][0])));
    if (asked.sort) to.set("sort", asked.sort);
    return location.pathname + (`${to}` ? `?${to}` : "");
  }

  // ── matching issues ──

  /** Find the matching issues, and the number for each value if its facet had only that value. */
  function finder(facets, issues) {
    const searched = issues.map((issue) => {
      const said = facets.flatMap(({ options }, at) => issue[FACETS + at].map((value) => options[value][1]));
      return [issue[ID], issue[TITLE], issue[LINE], ...said].join(" ").toLowerCase();
    });
    let order = [];
    let by = null;

    return ({ words, chosen, sort }) => {
      if (by !== sort) [order, by] = [sorted(facets, issues, sort), sort];
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
      const asking = chosen.flatMap((values, at) => (values.size ? [at] : []));
      const counts = facets.map(({ options }) => options.map(() => 0));
      const found = order.filter((number) => {
        if (!wanted.every((word) => searched[number].includes(word))) return false;
        const issue = issues[number];
        const against = asking.filter((at) => !issue[FACETS + at].some((value) => chosen[at].has(value)));
        if (against.length > 1) return false;
        for (const at of against.length ? against : facets.keys()) {
          for (const value of issue[FACETS + at]) counts[at][value] += 1;
        }
        return !against.length;
      });
      return { found, counts };
    };
  }

  /** All issues in the order of a column; equal ones with open and severe issues first. */
  function sorted(facets, issues, sort) {
    const first = (name) => {
      const place = FACETS + facets.findIndex((facet) => facet.name === name);
      return (issue) => issue[place][0];
    };
    const [state, severity] = [first("state"), first("severity")];
    const urgency = issues.map((issue) => (state(issue) ? 1000 : 0) + severity(issue));
    const urgent = issues.map((_, at) => at).sort((a, b) => urgency[a] - urgency[b]);
    if (!sort) return urgent;
    const column = sort.replace(/^-/, "");
    const own = {
      issue: (_, at) => at, // the data is in the order of their numbers
      title: (issue) => issue[TITLE].toLowerCase(),
      opened: (issue) => issue[OPENED],
    };
    const keys = issues.map(own[column] ?? first(column));
    const [less, more] = sort === column ? [-1, 1] : [1, -1];
    return urgent.sort((a, b) => (keys[a] < keys[b] ? less : keys[a] > keys[b] ? more : 0));
  }

  function told(found, all) {
    if (!found) return "No issue fits. Ask for less, or clear the filter.";
    return `${found.toLocaleString("en")} of ${all.toLocaleString("en")} issues`;
  }

  // ── the rows ──

  /** Draw the first matches, and more on request. */
  function drawer(facets, issues) {
    const body = table.tBodies[0];
    const box = table.closest(".md-typeset__scrollwrap") ?? table;
    const more = make("button", { type: "button", className: "issues-more" });
    const row = rower(facets);
    let found = [];

    function draw() {
      const from = body.rows.length;
      const rows = found.slice(from, from + STEP).map((number) => row(issues[number]));
      const left = found.length - from - rows.length;
      body.append(...rows);
      more.hidden = !left;
      more.textContent = `Show ${Math.min(STEP, left)} more of ${left.toLocaleString("en")}`;
      return rows[0];
    }

    more.addEventListener("click", () => draw().querySelector("a").focus());
    box.after(more);
    table.dataset.found = "";
    const withLine = ([id, title, ...rest], line) => [id, title, line, ...rest];
    const written = (issue) => [...row(issue).cells].map((cell, at) => (at === TITLE ? issue[TITLE] : cell.textContent));
    table.triagebookRows = () => [
      withLine(COLUMNS, "bottom line"),
      ...found.map((number) => withLine(written(issues[number]), issues[number][LINE])),
    ];
    return (numbers) => {
      found = numbers;
      body.replaceChildren();
      box.hidden = !found.length;
      draw();
    };
  }

  /** Make rows like those of the page. Values from records are set as text. */
  function rower(facets) {
    const [before, after] = addresses();

    return (issue) => {
      const said = Object.fromEntries(facets.map(({ name, options }, at) => {
        const values = issue[FACETS + at].map((value) => options[value]).filter(([value]) => value !== NONE);
        return [name, values.map(([, words]) => words).join(", ")];
      }));
      const link = (...words) => make("a", { href: before + encodeURIComponent(issue[ID]) + after }, ...words);
      const mark = (className, words) => make("span", { className }, words);
      const cells = [
        mark("id", link(issue[ID])),
        make("div", {}, link(...phrases(issue[TITLE])), " ", mark("source", issue[LINE])),
        mark(`severity-${said.severity}`, said.severity),
        said.state,
        said.stage,
        said.component,
        mark("id", issue[OPENED]),
        said.owner || mark("missing", "nobody"),
      ];
      return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
    };
  }

  /** The parts of an issue page's address before and after the id, taken from a link on this page. */
  function addresses() {
    const link = table.tBodies[0].querySelector("a");
    const address = link.getAttribute("href");
    const at = address.indexOf(link.textContent);
    return [address.slice(0, at), address.slice(at + link.textContent.length)];
  }

  /** Text with code spans. */
  function phrases(words) {
    return words.split(/`([^`]+)`/).map((part, at) => (at % 2 ? make("code", {}, part) : part));
  }

  // ── controls ──

  function words(ask) {
    const input = make("input", { type: "search", autocomplete: "off", spellcheck: false, placeholder: "Filter by words" });
    input.ariaLabel = "Filter by number, title or any value in the table";
    input.addEventListener("input", () => ask({ words: input.value }, true));
    const show = (asked) => {
      if (input.value !== asked.words) input.value = asked.words;
    };
    return { parts: [input], show };
  }

  /** A list of values behind a button that names the chosen ones. */
  function choice({ name, words, options }, at, ask) {
    let chosen = [];
    const boxes = options.map(([, word], value) => {
      const box = make("input", { type: "checkbox" });
      box.addEventListener("change", () => ask({ chosen: toggled(chosen, at, value) }));
      const number = make("span", { className: "issues-number" });
      return { box, number, label: make("label", {}, box, make("span", {}, word), number) };
    });
    const button = make("button", { type: "button", className: "issues-facet" });
    const list = make("div", { id: `issues-${name}`, className: "issues-values", popover: "auto" });
    list.append(...boxes.map(({ label }) => label));
    list.setAttribute("role", "group");
    list.ariaLabel = words;
    list.addEventListener("toggle", (event) => event.newState === "open" && beside(list, button));
    button.popoverTargetElement = list;

    const show = (asked, counts) => {
      chosen = asked.chosen;
      const own = [...chosen[at]].map((value) => options[value][1]);
      const said = own.length > 2 ? `${own.length} chosen` : own.join(", ");
      button.replaceChildren(words, ...(said ? [": ", make("b", {}, said)] : []));
      const any = counts[at].some(Boolean);
      boxes.forEach(({ box, number, label }, value) => {
        box.checked = chosen[at].has(value);
        number.textContent = counts[at][value].toLocaleString("en");
        label.hidden = any && !counts[at][value] && !box.checked;
      });
    };
    return { parts: options.length > 1 ? [button, list] : [], show };
  }

  /** The chosen values of all facets, with one value toggled. */
  function toggled(chosen, at, value) {
    const own = new Set(chosen[at]);
    if (!own.delete(value)) own.add(value);
    return chosen.map((values, facet) => (facet === at ? own : values));
  }

  function beside(list, button) {
    const { left, bottom } = button.getBoundingClientRect();
    const right = document.documentElement.clientWidth - list.offsetWidth - 8;
    list.style.left = `${Math.max(8, Math.min(left, right)) + scrollX}px`;
    list.style.top = `${bottom + 4 + scrollY}px`;
  }

  /** Make a heading sort by its column: ascending, descending, then in the original order. */
  function heading(cell, column, ask) {
    let next = column;
    const button = make("button", { type: "button" }, ...cell.childNodes);
    button.addEventListener("click", () => ask({ sort: next }));
    cell.append(button);
    const show = ({ sort }) => {
      const direction = { [column]: "ascending", [`-${column}`]: "descending" }[sort];
      if (direction) cell.setAttribute("aria-sort", direction);
      else cell.removeAttribute("aria-sort");
      next = { [column]: `-${column}`, [`-${column}`]: "" }[sort] ?? column;
    };
    return { show };
  }

  /** The same as a select, for narrow windows. */
  function sorting(ask) {
    const columns = [...table.tHead.rows[0].cells].flatMap((cell, at) => [
      make("option", { value: COLUMNS[at] }, cell.textContent),
      make("option", { value: `-${COLUMNS[at]}` }, `${cell.textContent}, from the end`),
    ]);
    const select = make("select", {}, make("option", { value: "" }, "open and severe first"), ...columns);
    select.addEventListener("change", () => ask({ sort: select.value }));
    const show = ({ sort }) => (select.value = sort);
    return { parts: [make("label", { className: "issues-sort" }, "Sort: ", select)], show };
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }
})();
