"""Writes every page as plain Markdown, with settings that name no plugin: a site for any engine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from triagebook.errors import TriagebookError
from triagebook.markdown import plain

from .content import SiteContent
from .flavour import flavoured
from .outputs import outputs
from .page import Page
from .sections import navigation

SETTINGS, PAGES = "mkdocs.yml", "docs"
FIRST = "# Written by `triagebook pages`, which overwrites changes made here."

_TO_CLAIM = re.compile(r"#d\d+\)")  # a row of a table, which has no anchor here

EXTENSIONS: Sequence[object] = (
    "admonition",
    "attr_list",
    "tables",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    {"toc": {"permalink": True}},
)


class HandWritten(Struct, frozen=True):
    """The hand-written pages of a site."""

    folder: Path | None = None
    title: str = ""
    nav: Sequence[Any] = ()


def write(content: SiteContent, out: Path, own: HandWritten) -> int:
    """Write the pages into a folder, over those of an earlier run, and return their number."""
    _ = content.changes  # an unknown revision is refused before anything is written
    _refuse_strange(out)
    shutil.rmtree(out / PAGES, ignore_errors=True)
    if own.folder:
        shutil.copytree(own.folder, out / PAGES)
    made = 0
    for output in outputs(content):
        if isinstance(output, Page):
            _write(out / PAGES / output.path, _text(output, content))
            made += 1
        else:
            path = (
                f"{output.path}.txt" if output.path.endswith(".md") else output.path
            )  # else the engine would take it for a page
            _write(out / PAGES / path, output.make())
    _write(out / SETTINGS, _settings(content, own))
    return made


def _text(page: Page, content: SiteContent) -> str:
    markdown, _ = page.text(content.own)
    reports = rf"\]\(({'|'.join(map(re.escape, content.kinds))})\.md\)"  # as Markdown, to download
    return _TO_CLAIM.sub("#claims)", re.sub(reports, r"](\1.md.txt)", flavoured(plain(markdown))))


def _write(path: Path, text: str) -> None:
    if not path.exists():  # a hand-written page takes precedence
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(errors="replace"))


def _refuse_strange(out: Path) -> None:
    """Refuse a folder with files that this command did not write."""
    settings = out / SETTINGS
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not settings.is_file() or not settings.read_text(encoding="utf-8", errors="replace").startswith(FIRST):
        raise TriagebookError(
            f"`{out}` holds files that `triagebook pages` did not write", "name an empty or new folder"
        )
    settings.unlink()


def _settings(content: SiteContent, own: HandWritten) -> str:
    settings = {
        "site_name": own.title or str(content.book.catalog.title),
        "docs_dir": PAGES,
        "theme": {"name": "material", "font": False},
        "use_directory_urls": False,
        "nav": list(own.nav) or navigation(()),
        "not_in_nav": "*",
        "markdown_extensions": list(EXTENSIONS),
        "plugins": [],
    }
    return f"{FIRST}\n{yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)}"
