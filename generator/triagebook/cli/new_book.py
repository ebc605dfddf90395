"""The files of a new book. Their comments tell people what to write next."""

from __future__ import annotations

from triagebook.findings import Edit
from triagebook.store.book_folder import CATALOG, FOLDER
from triagebook.store.edit import apply

CATALOG_TEXT = """\
# yaml-language-server: $schema=.schema/catalog.json
# What the records of this book can refer to, by id. Most entries have a short form, `id: Name`, and a long one.
title: Issues

# Where the product runs. A fix must be proven in every environment under `required`.
environments:
  local: A developer's machine
  staging: Staging
  production: {title: Production, production: true}
required: [staging, production]

# Kinds of tests.
test_categories:
  unit: Unit
  integration: Integration
  end-to-end: End to end

# Kinds of files, by patterns as in a .gitignore. The first match counts, so put the widest last.
file_categories:
  tests: {title: Tests, paths: ["tests/", "test/", "test_*", "*_test.*"]}
  documents: {title: Documents, paths: ["docs/", "*.md", "*.rst"]}
  product: {title: Product code, paths: ["*"]}

# To use what follows, remove the `# ` and replace the names with your own.

# Parts of the product. `paths` says which files belong to each.
# components:
#   login: {title: Login, paths: ["src/login/**"], owner: backend}
#   checkout: Checkout

# Who can own a step or confirm an observation: a person, a team, a role or an assistant.
# people:
#   backend: {title: Backend, kind: team}

# Where the source code is kept. Each record names a repository and the commit that its line numbers refer to.
# repositories:
#   app: https://example.org/team/app

# Customer segments, and revenue streams that a defect can put at risk.
# segments: {free: Free, enterprise: Enterprise}
# streams:
#   chat: {title: Chat, worth: at least 500000 USD/year, from: https://example.org/plan}
"""

MKDOCS_TEXT = """\
# The docs site. `triagebook build` builds it; `triagebook serve` shows it while you write.
site_name: Issues
docs_dir: site           # your own pages, beside those generated from the book
site_dir: build/site
use_directory_urls: false  # links name files, so the site also works from a folder

theme:
  name: material
  font: false            # use the reader's system fonts; load nothing from other sites
  palette:
    - media: "(prefers-color-scheme)"
      toggle: {icon: material/brightness-auto, name: "System colours; switch to light"}
    - media: "(prefers-color-scheme: light)"
      scheme: default
      primary: white
      accent: indigo
      toggle: {icon: material/weather-sunny, name: "Light; switch to dark"}
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      primary: black
      accent: indigo
      toggle: {icon: material/weather-night, name: "Dark; switch to system colours"}
  features: [navigation.tabs, navigation.path, navigation.top, toc.follow, content.code.copy]

plugins: [triagebook]

nav:
  - Home: index.md
  - Issues: issues/index.md
  - Contradictions: contradictions/index.md
  - Evidence: evidence/index.md
  - Patterns: patterns/index.md
  - Book: book/index.md
  - Reference: reference/index.md
  - About: about.md
"""

ABOUT_TEXT = """\
# About this site

This site shows the records in `issues/`: what is known about each issue, what is claimed, and what is proven.

- `triagebook new` creates an issue; `triagebook check` finds mistakes in the records.
- `triagebook build` builds these pages; `triagebook serve` shows them while you write.
- This page is `site/about.md`. Add more pages beside it, and list them under `nav` in `mkdocs.yml`.
"""

BUILT = "/build/"  # for .gitignore


def starter(title: str) -> dict[str, str]:
    """The files of a new book, by path."""
    return {
        f"{FOLDER}/{CATALOG}": apply(CATALOG_TEXT, [Edit(CATALOG, ("title",), "set", title)]),
        "mkdocs.yml": apply(MKDOCS_TEXT, [Edit("mkdocs.yml", ("site_name",), "set", title)]),
        "site/about.md": ABOUT_TEXT,
    }


def ignoring(text: str) -> str:
    """Add the build folder to the text of a .gitignore, unless it is already there."""
    if any(line.strip().strip("/") == BUILT.strip("/") for line in text.splitlines()):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else newline
    return f"{text}{gap}{BUILT}{newline}"
