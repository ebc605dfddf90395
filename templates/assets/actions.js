// What can be done on a page: take a table as CSV, as it is filtered; copy the page as Markdown; compare two runs.
(() => {
  "use strict";

  const book = document.querySelector(".book");
  if (!book) return;

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  const textOf = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".headerlink, .spot, button, svg, nav, .md-code__nav").forEach((each) => each.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  // ── tables as cards in a narrow window ──

  for (const table of book.querySelectorAll("table")) {
    if (table.tHead?.rows[0].cells.length < 3 || table.matches(":has(td:nth-child(3) [class^=severity-])")) continue;
    const narrow = matchMedia(`(max-width: ${table.tHead?.rows[0].cells.length > 6 ? 59.9375 : 44.9375}em)`);
    const fit = () => table.toggleAttribute("data-cards", narrow.matches);
    fit();
    narrow.addEventListener("change", fit);
    const names = [...(table.tHead?.rows[0].cells ?? [])].map(textOf);
    for (const row of table.tBodies[0]?.rows ?? []) {
      [...row.cells].forEach((cell, at) => names[at] && (cell.dataset.column = names[at]));
    }
  }

  // ── a table as CSV ──

  /** Values that a spreadsheet would run as a formula begin with an apostrophe. */
  const csvCell = (text) => `"${text.replace(/^[=+\-@]/, "'$&").replaceAll('"', '""')}"`;

  function csvOf(table) {
    const rows = table.triagebookRows?.() ?? [...table.rows].map((row) => [...row.cells].map(textOf));
    return `\ufeff${rows.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
  }

  function download(table) {
    const address = URL.createObjectURL(new Blob([csvOf(table)], { type: "text/csv" }));
    const page = location.pathname.split("/").slice(-2).join("-").replace(/\.html$/, "");
    make("a", { href: address, download: `${page}.csv` }).click();
    URL.revokeObjectURL(address);
  }

  for (const table of book.querySelectorAll("table")) {
    if (table.rows.length < 3) continue;
    const button = make("button", { type: "button", className: "table-csv", textContent: "CSV" });
    button.ariaLabel = "Download this table as CSV";
    button.addEventListener("click", () => download(table));
    (table.closest(".md-typeset__scrollwrap") ?? table).after(button);
  }

  // ── the page as Markdown ──

  /** Words of a record stay words: no link, element, emphasis, heading or item begins in them. */
  const escaped = (text) => text.replace(/\s+/g, " ").replace(/[\\`*[\]<>|~]|\b_|_\b/g, "\\$&");
  const unlisted = (line) => line.replace(/^(?:#{1,6}|[-+=]|\d+(?=[.)]))(?=[\s.)])/, "\\$&").replace(/^\\(\d+)/, "$1\\");

  /** Text as code, with more backticks around it than are in it. */
  function coded(text) {
    const fence = "`".repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
    return fence.length > 1 ? `${fence} ${text} ${fence}` : `\`${text}\``;
  }

  function inline(node) {
    if (node.nodeType === Node.TEXT_NODE) return escaped(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(".headerlink, .spot, button, svg, nav")) return "";
    const inside = [...node.childNodes].map(inline).join("");
    if (node.matches("code")) return coded(node.textContent.replaceAll("|", node.closest("td") ? "\\|" : "|"));
    if (node.matches("strong, b")) return `**${inside}**`;
    if (node.matches("a[href]")) return `[${inside}](${node.href.replaceAll(")", "%29")})`;
    return inside;
  }

  function block(node, indent = "") {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? [indent + unlisted(escaped(node.data.trim()))] : [];
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("button, nav, svg, script, .rail h2")) return [];
    if (/^H[1-6]$/.test(node.tagName)) return ["", `${"#".repeat(node.tagName[1])} ${inline(node).trim()}`, ""];
    if (node.matches("pre")) {
      const fence = "`".repeat(Math.max(3, ...[...node.textContent.matchAll(/`+/g)].map(([run]) => run.length + 1)));
      return ["", fence, ...node.textContent.trimEnd().split("\n"), fence, ""].map((line) => indent + line);
    }
    if (node.matches("p, summary")) return [indent + unlisted(inline(node).trim()), ""];
    if (node.matches("ul, ol")) return [...[...node.children].flatMap((item) => itemOf(item, indent)), ...(indent ? [] : [""])];
    if (node.matches("table")) {
      const rows = [...node.rows].map((row) => `| ${[...row.cells].map((cell) => inline(cell).trim()).join(" | ")} |`);
      return ["", rows[0], `|${"---|".repeat(node.rows[0].cells.length)}`, ...rows.slice(1), ""];
    }
    return [...node.childNodes].flatMap((child) => block(child, indent));
  }

  function itemOf(item, indent) {
    const nested = [...item.children].filter((child) => child.matches("ul, ol, pre, .highlight"));
    const words = [...item.childNodes].filter((child) => !nested.includes(child)).map(inline).join("").trim();
    return [`${indent}- ${words}`, ...nested.flatMap((child) => block(child, `${indent}  `))];
  }

  async function copy(button) {
    const lines = block(book).join("\n").replace(/\n{3,}/g, "\n\n").trim();
    try {
      await navigator.clipboard.writeText(`${lines}\n`);
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser refused";
    }
    setTimeout(() => (button.textContent = "Copy as Markdown"), 2000);
  }

  const button = make("button", { type: "button", className: "page-copy", textContent: "Copy as Markdown" });
  button.addEventListener("click", () => copy(button));
  (document.querySelector(".rail ul")?.appendChild(make("li", {})) ?? book).append(button);

  // ── two runs compared: the tables of results are on the page, so any two of them can be ──

  const heading = document.getElementById("difference-of-two-runs");
  const runs = [...book.querySelectorAll("details.fold")].flatMap((fold) => {
    const table = fold.querySelector("table");
    const [first, second] = table ? [...table.rows[0].cells].map(textOf) : [];
    if (first !== "Test" || second !== "Result") return [];
    const results = [...table.tBodies[0].rows].map(({ cells }) => [textOf(cells[0]), textOf(cells[1])]);
    return [{ name: textOf(fold.querySelector("summary h4, summary h3")), results: new Map(results) }];
  });
  if (!heading || runs.length < 3) return;

  const pick = (label) => {
    const select = make("select", {}, ...runs.map(({ name }) => make("option", {}, name)));
    select.ariaLabel = label;
    select.addEventListener("change", compare);
    return select;
  };
  const [one, other] = [pick("First run"), pick("Second run")];
  const body = make("tbody", {});
  const head = make("tr", {}, ...["Test", "", ""].map((word) => make("th", {}, word)));
  const told = make("p", {});
  told.setAttribute("role", "status");

  function compare() {
    const [before, after] = [runs[one.selectedIndex], runs[other.selectedIndex]];
    const names = [...new Set([...before.results.keys(), ...after.results.keys()])];
    const rows = names.map((name) => [name, before.results.get(name) ?? "not run", after.results.get(name) ?? "not run"]);
    const different = rows.filter(([, first, second]) => first !== second);
    head.cells[1].textContent = before.name;
    head.cells[2].textContent = after.name;
    told.textContent = `${different.length} of ${names.length} tests ended differently.`;
    body.replaceChildren(...different.map(([name, ...outcomes]) => make("tr", {},
      make("td", {}, make("code", {}, name)),
      ...outcomes.map((words, at) => {
        const [word, ...note] = words.split(", "); // what is unverified, and by whom, has no colour
        const cell = note.length
          ? make("td", {}, word, make("span", { className: "source" }, `, ${note.join(", ")}`))
          : make("td", {}, make("span", { className: `outcome-${word.replace(" ", "-")}` }, word));
        cell.dataset.column = head.cells[at + 1].textContent; // in a narrow window it stands before the outcome
        return cell;
      }))));
  }

  const shown = heading.nextElementSibling;
  const table = shown.nextElementSibling?.querySelector?.("table") ?? shown.nextElementSibling;
  other.selectedIndex = 0;
  one.selectedIndex = runs.length - 1; // the newest is the first
  shown.replaceWith(make("p", { className: "runs-chosen" }, one, " ", other), told);
  if (table?.matches("table")) table.replaceChildren(make("thead", {}, head), body);
  else told.after(make("table", {}, make("thead", {}, head), body));
  compare();
})();
