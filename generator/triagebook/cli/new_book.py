"""The files that a new book starts with. They are text for people: each says what it is for and what to write next."""

from __future__ import annotations

from triagebook.findings import Edit
from triagebook.store.book_folder import CATALOG, FOLDER
from triagebook.store.edit import apply

CATALOG_TEXT = """\
# yaml-language-server: $schema=.schema/catalog.json
# What the records of this book may refer to, by id. Most entries have a short form, `id: Name`, and a long one.
title: Issues

# Where the product runs. Every fix must be proven in the environments that are `required`.
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

# Kinds of files, by patterns that read as in a .gitignore. The first that fits counts, so the widest stands last.
file_categories:
  tests: {title: Tests, paths: ["tests/", "test/", "test_*", "*_test.*"]}
  documents: {title: Documents, paths: ["docs/", "*.md", "*.rst"]}
  product: {title: Product code, paths: ["*"]}

# The rest begins when you take the `# ` away, and put your own names in place of these.

# Parts of the product; `paths` says which files belong to one.
# components:
#   login: {title: Login, paths: ["src/login/**"], owner: backend}
#   checkout: Checkout

# Who can own a step or vouch for an observation: a person, a team, a role, or an assistant.
# people:
#   backend: {title: Backend, kind: team}

# Where the source code is kept. A record names one of these and a commit, at which its lines of code hold.
# repositories:
#   app: https://example.org/team/app

# Groups of customers, and streams of revenue that a defect can endanger.
# segments: {free: Free, enterprise: Enterprise}
# streams:
#   chat: {title: Chat, worth: at least 500000 USD/year, from: https://example.org/plan}
"""

MKDOCS_TEXT = """\
# The docs site. `triagebook build` makes it, `triagebook serve` shows it while you write.
site_name: Issues
docs_dir: site           # pages of your own, beside those that are made from the book
site_dir: build/site
use_directory_urls: false  # links name files, so that the site can be read from a folder too

theme:
  name: material
  font: false            # the fonts of the reader's system: nothing is fetched from elsewhere
  palette:
    - media: "(prefers-color-scheme)"
      toggle: {icon: material/brightness-auto, name: "Colours as the system has them; switch to light"}
    - media: "(prefers-color-scheme: light)"
      scheme: default
      primary: white
      accent: indigo
      toggle: {icon: material/weather-sunny, name: "Light; switch to dark"}
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      primary: black
      accent: indigo
      toggle: {icon: material/weather-night, name: "Dark; switch to the system's colours"}
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

It shows the records in `issues/`: what is known of each issue, what is claimed, and what is proven.

- `triagebook new` writes an issue, `triagebook check` says what does not hold together.
- `triagebook build` makes these pages, `triagebook serve` shows them while you write.
- This page is `site/about.md`. Put more beside it, and name them under `nav` in `mkdocs.yml`.
"""

BUILT = "/build/"  # what git is to ignore


def starter(title: str) -> dict[str, str]:
    """The files of a new book with their text, by their place in the folder."""
    return {
        f"{FOLDER}/{CATALOG}": apply(CATALOG_TEXT, [Edit(CATALOG, ("title",), "set", title)]),
        "mkdocs.yml": apply(MKDOCS_TEXT, [Edit("mkdocs.yml", ("site_name",), "set", title)]),
        "site/about.md": ABOUT_TEXT,
    }


def ignoring(text: str) -> str:
    """The text of a .gitignore that leaves out what is built; the same where it does already."""
    if any(line.strip().strip("/") == BUILT.strip("/") for line in text.splitlines()):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else newline
    return f"{text}{gap}{BUILT}{newline}"
