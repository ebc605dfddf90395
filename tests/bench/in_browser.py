"""How long somebody waits in a browser: `python -m tests.bench.in_browser table|filter|search SITE ISSUE`.

`table` is until all issues can be looked through, `filter` from typing a number until the rows that fit are drawn,
`search` from typing an error until the first result is there. The number of seconds is printed last.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.kit.browser import MISSING, chromium, opened
from tests.kit.server import address_of

_ONCE_DRAWN = """
  const began = performance.now();
  const drawn = (seen, then) => requestAnimationFrame(() =>
    seen() ? requestAnimationFrame(() => then(performance.now() - began)) : drawn(seen, then));
  const type = (field, words) => {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const one = (selector) => document.querySelector(selector);
"""
_FILTER = f"""(words) => new Promise((then) => {{ {_ONCE_DRAWN}
  type(one(".issues-filter input"), words);
  drawn(() => one(".issues-count").textContent, then);
}})"""
_SEARCH = f"""(words) => new Promise((then) => {{ {_ONCE_DRAWN}
  type(one(".book-search input"), words);
  drawn(() => one(".book-search [role=option]"), then);
}})"""
_TABLE = f"""() => new Promise((then) => {{ {_ONCE_DRAWN}
  drawn(() => one(".issues-filter"), () => then(performance.now()));
}})"""


def table(page: Page, site: str, _issue: str) -> float:
    page.goto(f"{site}/issues/index.html", wait_until="commit")
    return float(page.evaluate(_TABLE))  # since the browser began to open it


def filtered(page: Page, site: str, issue: str) -> float:
    page.goto(f"{site}/issues/index.html")
    page.wait_for_selector(".issues-filter")
    return float(page.evaluate(_FILTER, issue))


def search(page: Page, site: str, issue: str, error: str = "TypeError: object Manager{} can't be used") -> float:
    page.goto(f"{site}/index.html")
    page.keyboard.press("/")
    page.wait_for_selector(".book-search input")
    return float(page.evaluate(_SEARCH, error.format(issue)))


WAITS = {"table": table, "filter": filtered, "search": search}


def main(what: str, folder: str, issue: str) -> None:
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    with address_of(Path(folder)) as site, opened(path) as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        print(WAITS[what](page, site, issue) / 1000)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
