"""Books for the tests of the site: small ones of a few lines, and `full/`, whose records fill every field."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from triagebook.book import Book
from triagebook.findings import Finding
from triagebook.site.content import SiteContent
from triagebook.site.outputs import outputs
from triagebook.site.page import Asset, Page
from triagebook.store.load import Loaded, load

from .books import DAY
from .paths import FULL

CATALOG = (FULL / "catalog.yaml").read_text(encoding="utf-8")

MINIMAL = """
title: The chat does not open
severity: high
opened: 2025-09-15
summary: Nobody can chat.
"""

PATTERN = """
title: A synchronous call is awaited
summary: A plain function is called with `await`.
"""


def make_book(folder: Path, files: dict[str, str]) -> Path:
    """A book of the given files; a catalog is added where there is none."""
    for name, text in {"catalog.yaml": CATALOG, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def load_book(folder: Path, files: dict[str, str]) -> Loaded:
    return load(make_book(folder, files))


def pages(book: Book, findings: Sequence[Finding] = (), content: SiteContent | None = None) -> list[Page]:
    """The pages of a book."""
    found = content or SiteContent(book, findings, day=DAY)
    return [made for made in outputs(found) if isinstance(made, Page)]


def assets(content: SiteContent) -> list[Asset]:
    """The files beside the pages."""
    return [made for made in outputs(content) if isinstance(made, Asset)]
