"""Writes the generated pages and files as MkDocs would.

They are many, so each is written as soon as it is made, and several processes share the work: issue by issue, then the
pages about all of them.
"""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from jinja2 import Environment
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation
from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.parallel import spread
from triagebook.site.content import SiteContent
from triagebook.site.listed import listed
from triagebook.site.outputs import of_issue
from triagebook.site.page import Asset, Page
from triagebook.site.paths import data_path, issue_path
from triagebook.site.search import entry_of_issue

from .cache import MadeOutput, SiteMemo
from .files import GeneratedPage, MadeFile, SiteFiles, issue_of
from .inputs import SiteInputs

Progress = Callable[[int, int], None]  # outputs written, of how many
Keys = Mapping[str, "bytes | None"]
PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")
_ANCHOR = re.compile(r' id="([^"]+)"')


class WrittenOutput(Struct, frozen=True):
    """What was made and written, with the log records; warnings count in strict mode."""

    made: MadeOutput
    logged: list[logging.LogRecord]


class PageWriter(Struct, frozen=True, dict=True):
    """Writes the generated outputs."""

    files: SiteFiles
    nav: Navigation
    env: Environment
    config: MkDocsConfig

    def run(self, inputs: SiteInputs, memo: SiteMemo, progress: Progress) -> None:
        """Write what was not made before: what the memo does not have under its key."""
        files, content, keys = self.files, self.files.content, inputs.issues
        issues = memo.take(keys)
        new = [name for name in keys if name not in issues]
        memo.make_room(place for name in new for place in _places(name))
        progress(len(issues), len(keys))
        issues |= self._noted(inputs.over(new, self._issues, alone=self.is_watched), memo, keys)
        progress(len(keys), len(keys))
        content.listed = {name: one.listed for name in keys if (one := issues.get(name)) and one.listed}
        content.found = {name: one.found for name in keys if (one := issues.get(name)) and one.found}
        outputs = {f"/{output.path}": output for output in files.of_book.values()}  # no issue id begins with `/`
        keys = {name: inputs.of_book(output) for name, output in outputs.items()}
        known = memo.take(keys)
        left = {name: output for name, output in outputs.items() if name not in known}
        memo.make_room(files.place(output.path) for output in left.values())
        done = map(self._output, left.values()) if self.is_watched else spread(self._output, list(left.values()))
        self._noted(dict(zip(left, done, strict=True)), memo, keys)
        self.note_anchors()

    def _noted(self, written: Mapping[str, WrittenOutput], memo: SiteMemo, keys: Keys) -> dict[str, MadeOutput]:
        """What was made; that without warnings is kept."""
        for one in written.values():
            for record in one.logged:
                logging.getLogger(record.name).handle(record)
        memo.keep(keys, {name: one.made for name, one in written.items() if not one.logged})
        return {name: one.made for name, one in written.items()}

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

    def _issues(self, content: SiteContent, names: Sequence[str]) -> dict[str, WrittenOutput]:
        """Write the outputs of some issues, which the content has in full."""
        with self.files.showing(content):
            return {name: self._issue(content.cases[name]) for name in names if name in content.cases}

    def _issue(self, case: Case) -> WrittenOutput:
        content = self.files.content
        content.lookups.taken()  # drop earlier lookups
        with _collecting_logs() as logged:
            for output in of_issue(content, case, self.files.address):
                self._write(output.path)
            own, lookups = case.entry.id, content.lookups.taken()
            others = dict.fromkeys(lookups.issues - {own}, b"")
            pages = dict.fromkeys((page for page in lookups.pages if issue_of(page) != own), False)
            places = dict.fromkeys(_places(own))
            made = MadeOutput(places, others, pages, listed(case), entry_of_issue(case))
        case.release()
        return WrittenOutput(made, logged)

    def _output(self, output: Page | Asset) -> WrittenOutput:
        """Write an output of the whole book."""
        lookups = self.files.content.lookups
        lookups.taken()
        with _collecting_logs() as logged:
            place = self._write(output.path)
        seen = lookups.taken()
        made = MadeOutput({place: None}, dict.fromkeys(seen.issues, b""), dict.fromkeys(seen.pages, False))
        return WrittenOutput(made, logged)

    def _write(self, path: str) -> str:
        """Make what is at a path, and return where it was written."""
        with self.files.forgetting():
            file = self.files.get_file_from_path(path)
            if isinstance(file, MadeFile):  # else a hand-written one takes precedence
                self.write(file)
        assert file  # noqa: S101  (an output has a file)
        return file.dest_uri

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


def _places(issue_id: str) -> tuple[str, str]:
    """Where the outputs of an issue are: in its folder, and its data."""
    return posixpath.dirname(issue_path(issue_id)), data_path(issue_id)


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
