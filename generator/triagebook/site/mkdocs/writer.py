"""Writes the generated pages and files as MkDocs would.

They are many, so each is written as soon as it is made, and several processes share the work.
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
from triagebook.site.content import Lookups
from triagebook.site.outputs import of_issue
from triagebook.site.page import Asset, Page

from .cache import NOTHING, BuildCache
from .files import GeneratedPage, MadeFile, SiteFiles

Progress = Callable[[int, int], None]  # outputs written, of how many
MOST = 1024  # issues that a process works on at a time, each with its facts in memory
PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")
_ANCHOR = re.compile(r' id="([^"]+)"')


class WrittenOutput(Struct, frozen=True):
    """The files written, the log records (warnings count in strict mode) and the lookups."""

    files: list[str]  # from the root of the site
    logged: list[logging.LogRecord]
    lookups: Lookups


class PageWriter(Struct, frozen=True, dict=True):
    """Writes the generated outputs."""

    files: SiteFiles
    nav: Navigation
    env: Environment
    config: MkDocsConfig

    def run(self, progress: Progress, cache: BuildCache | None = None) -> None:
        """Write everything that the cache does not have."""
        all_outputs: dict[str, Case | Page | Asset] = {f"/{path}": made for path, made in self.files.of_book.items()}
        all_outputs = {**self.files.content.cases, **all_outputs}  # no issue id begins with `/`
        new = {name: output for name, output in all_outputs.items() if not (cache and cache.take(name))}
        if any(isinstance(output, Case) for output in new.values()):
            _ = self.files.content.similar  # before the processes that make pages start
        for case in self.files.content.cases.values():
            case.release()  # else each process gets a copy
        done = (map if self.is_watched else partial(spread, most=MOST))(self._write, list(new.values()))
        for number, (name, written) in enumerate(zip(new, done, strict=True), start=len(all_outputs) - len(new) + 1):
            for record in written.logged:
                logging.getLogger(record.name).handle(record)
            if cache and not written.logged:
                cache.note(name, written.lookups if name in self.files.content.cases else NOTHING, written.files)
            progress(number, len(all_outputs))
        self.note_anchors()

    def note_anchors(self) -> None:
        """Note the anchors of generated pages that hand-written pages link to."""
        for file in self.files.asked.values():
            if file.page:
                html = Path(file.abs_dest_path).read_text(encoding="utf-8")
                file.page.present_anchor_ids = set(_ANCHOR.findall(html))

    @property
    def is_watched(self) -> bool:
        """Whether other plugins get events of pages, and so need them in one process."""
        return any(self.config.plugins.events[event] for event in PAGE_EVENTS)

    def _write(self, output: Case | Page | Asset) -> WrittenOutput:
        """Write the outputs of one issue, or another output."""
        files, at = self.files, []
        files.content.lookups.taken()  # drop earlier lookups
        made = of_issue(files.content, output, files.address) if isinstance(output, Case) else [output]
        with _collecting_logs() as logged, files.forgetting():
            for each in made:
                file = files.get_file_from_path(each.path)
                if not isinstance(file, MadeFile):  # a hand-written file takes precedence
                    continue
                at.append(file.dest_uri)
                self.write(file)
        if isinstance(output, Case):
            output.release()
        return WrittenOutput(at, logged, files.content.lookups.taken())

    def write(self, file: MadeFile) -> None:
        """Make a file and write it."""
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


class _LogRecords(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def _collecting_logs() -> Iterator[list[logging.LogRecord]]:
    """Collect the records of MkDocs' loggers instead of showing them."""
    logger, collector = logging.getLogger("mkdocs"), _LogRecords()
    handlers, logger.handlers = logger.handlers, [collector]
    try:
        yield collector.records
    finally:
        logger.handlers = handlers
