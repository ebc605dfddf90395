"""Prints the pages and files that are made of the book, as MkDocs would.

They are many: so each is written as soon as it is made, and several processes share the work.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path

from jinja2 import Environment
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation
from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.parallel import spread
from triagebook.site.lookups import Lookups
from triagebook.site.outputs import of_issue
from triagebook.site.page import Asset, Page

from .cache import NOTHING, BuildCache
from .files import GeneratedPage, MadeFile, SiteFiles

Progress = Callable[[int, int], None]  # how much is printed, of how much
MOST = 1024  # issues of which a second copy, and all that follows from each, is in memory at a time
PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")
_ANCHOR = re.compile(r' id="([^"]+)"')


class WrittenOutput(Struct, frozen=True):
    """What came of printing: where it is, what was logged (in strict mode, warnings count), what was looked up."""

    files: list[str]  # from the root of the site
    said: list[logging.LogRecord]
    lookups: Lookups


class PageWriter(Struct, frozen=True, dict=True):
    """Prints what is made of the book, each as soon as it is made."""

    files: SiteFiles
    nav: Navigation
    env: Environment
    config: MkDocsConfig

    def run(self, progress: Progress, kept: BuildCache | None = None) -> None:
        """Print everything, but for what is kept of an earlier run."""
        sheets: dict[str, Case | Page | Asset] = {f"/{path}": made for path, made in self.files.of_book.items()}
        sheets = {**self.files.content.cases, **sheets}  # no issue is called `/...`
        new = {name: sheet for name, sheet in sheets.items() if not (kept and kept.take(name))}
        for case in self.files.content.cases.values():
            case.release()  # else each process comes to own a copy
        done = (map if self.is_watched else partial(spread, most=MOST))(self._print, list(new.values()))
        for number, (name, printed) in enumerate(zip(new, done, strict=True), start=len(sheets) - len(new) + 1):
            for record in printed.said:
                logging.getLogger(record.name).handle(record)
            if kept and not printed.said:
                kept.note(name, printed.lookups if name in self.files.content.cases else NOTHING, printed.files)
            progress(number, len(sheets))
        self.note_anchors()

    def note_anchors(self) -> None:
        """Of what hand-written pages lead to, perhaps to a heading."""
        for file in self.files.asked.values():
            if file.page:
                html = Path(file.abs_dest_path).read_text(encoding="utf-8")
                file.page.present_anchor_ids = set(_ANCHOR.findall(html))

    @property
    def is_watched(self) -> bool:
        """Whether other plugins follow the making of pages, and may remember what they see."""
        return any(self.config.plugins.events[event] for event in PAGE_EVENTS)

    def _print(self, sheet: Case | Page | Asset) -> WrittenOutput:
        """All of one issue, or one of the others."""
        files, at = self.files, []
        files.content.lookups.taken()  # what was looked up before is not looked up for this
        made = of_issue(files.content, sheet, files.address) if isinstance(sheet, Case) else [sheet]
        with _listening() as said, files.forgetting():
            for each in made:
                file = files.get_file_from_path(each.path)
                if not isinstance(file, MadeFile):  # a hand-written one goes first
                    continue
                at.append(file.dest_uri)
                self.print(file)
        if isinstance(sheet, Case):
            sheet.release()
        return WrittenOutput(at, said, files.content.lookups.taken())

    def print(self, file: MadeFile) -> None:
        """Make a file, and write it where it belongs."""
        if file.page is None:
            file.copy_file()
            return
        if isinstance(file.page, GeneratedPage):
            file.page.find_parent(self.files, self.nav)
        _populate_page(file.page, self.config, self.files)
        _build_page(file.page, self.config, self._documentation, self.nav, self.env)

    @cached_property
    def _documentation(self) -> Sequence[File]:
        return self.files.documentation_pages()


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def _listening() -> Iterator[list[logging.LogRecord]]:
    """What MkDocs' loggers say meanwhile, kept from their other listeners."""
    logger, ear = logging.getLogger("mkdocs"), _Records()
    handlers, logger.handlers = logger.handlers, [ear]
    try:
        yield ear.records
    finally:
        logger.handlers = handlers
