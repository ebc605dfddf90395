"""Prints the pages and files that are made of the book, as MkDocs would.

They are many: so each is known by its path until it is asked for, is written as soon as it is made, and several
processes share the work. All else (what a link leads to, the events that plugins hear) is as with any other page.
"""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path, PurePath
from urllib.parse import unquote, urljoin, urlsplit

from jinja2 import Environment
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils import get_relative_url

from triagebook.facts.case import Case
from triagebook.markdown import without_figures
from triagebook.markup import Heading, to_html
from triagebook.parallel import spread

from .drawing import with_charts
from .layout import arranged
from .outputs import of_book, of_issue, outputs
from .page import Asset, Page
from .reports import with_figures
from .shelf import Shelf
from .table import issues_data

Progress = Callable[[int, int], None]  # how much is printed, of how much

MANY = 30  # headings beside a page; where there are more, only the upper ones stand there
_LINK = re.compile(r'</?a\b(?:[^">]|"[^"]*")*>')
PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")
_ISSUE = re.compile(r"(?:api/)?issues/([^/]+?)(?:/|\.json$)")
_ANCHOR = re.compile(r' id="([^"]+)"')


class GeneratedPage(MkDocsPage):
    """A page made from the book."""

    def __init__(self, page: Page, title: str, file: File, config: MkDocsConfig, own: Path | None) -> None:
        super().__init__(escape(title), file, config)
        self.made_of = page
        self.own = own
        self.hidden = ["navigation"] if "navigation.tabs" in (config.theme.get("features") or []) else []
        if page.wide:
            self.hidden.append("toc")

    def find_parent(self, files: Files, nav: Navigation) -> None:
        """The page above this one; where this one is in the navigation, that says what is above."""
        above = files.get_file_from_path(self.made_of.section)
        if above and above is not self.file and not any(page is self for page in nav.pages):
            self.parent = above.page  # type: ignore[assignment]  # any item can be one

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002  (MkDocs' signature)
        # Plugins that change Markdown see none here: a record's text is data, and no template of theirs.
        self.markdown = ""
        # The theme prints this title as it is; the other one it would unescape.
        self.meta = {"title": escape(self.made_of.title), "hide": self.hidden}

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002  (MkDocs' signature)
        markdown, view = self.made_of.text(self.own)
        html = to_html(markdown, lambda address: _on_site(address, self.file, files))
        if len(html.headings) < 2:  # nothing to put beside the page, so it takes the room
            self.meta["hide"] = [*self.hidden, "toc"]
        body = with_charts(with_figures(html.body), view.get("charts"))
        self.content = f'<div class="book">{arranged(body)}</div>'
        self.toc = _contents(html.headings)
        self.present_anchor_ids = {heading.anchor for heading in html.headings}


class MadeFile(File):
    """A file that is made of the book, when it is written."""

    made_of: Page | Asset

    @classmethod
    def of(cls, made: Page | Asset, config: MkDocsConfig) -> MadeFile:
        file = cls.generated(config, made.path, content="", inclusion=InclusionLevel.NOT_IN_NAV)
        assert isinstance(file, cls)  # noqa: S101  (MkDocs makes one of the class that is asked)
        file.made_of = made
        return file

    def is_documentation_page(self) -> bool:
        return isinstance(self.made_of, Page)

    def copy_file(self, dirty: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  (MkDocs' signature)
        assert isinstance(self.made_of, Asset)  # noqa: S101  (MkDocs copies no pages)
        target = Path(self.abs_dest_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.made_of.content().encode(errors="replace"))


class SiteFiles(Files):
    """The files of the site. Those made of the book are not listed: each is there when somebody asks for its path."""

    def __init__(self, files: Files, shelf: Shelf, config: MkDocsConfig, titles: Mapping[str, str]) -> None:
        super().__init__(files)
        self.shelf = shelf
        self.config = config
        self.titles = titles  # what the navigation calls its pages; MkDocs forgets it where a page is there already
        self.of_book = {made.path: made for made in (*of_book(shelf, self.address), issues_data(shelf))}
        self.asked: dict[str, MadeFile] = {}
        self._outputs = lru_cache(maxsize=64)(self._outputs_of)  # all of an issue is asked for at once

    def get_file_from_path(self, path: str) -> File | None:
        return super().get_file_from_path(path) or self._made(
            PurePath(path).as_posix()
        )  # a hand-written one goes first

    def address(self, path: str) -> str:
        """Where a page lies, from the root of the site; the whole address where that is known."""
        file = self.get_file_from_path(path)
        url = file.url if file else path
        return urljoin(self.config.site_url, url) if self.config.site_url else url

    def _made(self, path: str) -> File | None:
        if path not in self.asked:
            made = self.of_book.get(path) or self._of_issue(path)
            if made is None:
                return None
            self.asked[path] = file = MadeFile.of(made, self.config)
            if isinstance(made, Page):
                GeneratedPage(made, self.titles.get(made.path, made.title), file, self.config, self.shelf.own)
        return self.asked[path]

    def _of_issue(self, path: str) -> Page | Asset | None:
        found = _ISSUE.match(path)
        return self._outputs(found[1]).get(path) if found else None

    def _outputs_of(self, issue_id: str) -> Mapping[str, Page | Asset]:
        case = self.shelf.cases.get(issue_id)
        return {made.path: made for made in of_issue(self.shelf, case, self.address)} if case else {}

    def generated(self) -> Iterator[MadeFile]:
        """Each file that is made of the book."""
        for made in outputs(self.shelf, self.address):
            file = self.get_file_from_path(made.path)
            if isinstance(file, MadeFile):
                yield file

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """What is asked for meanwhile is forgotten."""
        known = set(self.asked)
        yield
        for path in self.asked.keys() - known:
            del self.asked[path]


@dataclass(frozen=True)
class Press:
    """Prints what is made of the book, each as soon as it is made."""

    files: SiteFiles
    nav: Navigation
    env: Environment
    config: MkDocsConfig

    def run(self, progress: Progress) -> None:
        sheets = [*self.files.shelf.cases.values(), *self.files.of_book.values()]
        done = map(self._print, sheets) if self._is_watched else spread(self._print, sheets)
        for number, said in enumerate(done, start=1):
            for record in said:
                logging.getLogger(record.name).handle(record)
            progress(number, len(sheets))
        for file in self.files.asked.values():  # what hand-written pages lead to, perhaps to a heading
            if file.page:
                printed = Path(file.abs_dest_path).read_text(encoding="utf-8")
                file.page.present_anchor_ids = set(_ANCHOR.findall(printed))

    @property
    def _is_watched(self) -> bool:
        """Whether other plugins follow the making of pages, and may remember what they see."""
        return any(self.config.plugins.events[event] for event in PAGE_EVENTS)

    def _print(self, sheet: Case | Page | Asset) -> list[logging.LogRecord]:
        """All of one issue, or one of the others. What is logged is handed back: in strict mode, warnings count."""
        files = self.files
        made = of_issue(files.shelf, sheet, files.address) if isinstance(sheet, Case) else [sheet]
        with _listening() as said, files.forgetting():
            for each in made:
                file = files.get_file_from_path(each.path)
                if not isinstance(file, MadeFile):  # a hand-written one goes first
                    continue
                if file.page is None:
                    file.copy_file()
                else:
                    if isinstance(file.page, GeneratedPage):
                        file.page.find_parent(files, self.nav)
                    _populate_page(file.page, self.config, files)
                    _build_page(file.page, self.config, self._documentation, self.nav, self.env)
        return said

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


def _contents(headings: Sequence[Heading]) -> TableOfContents:
    """The headings as the tree that a theme shows beside the page."""
    top: list[AnchorLink] = []
    above: list[AnchorLink] = []
    deepest = 2 if len(headings) > MANY else 3
    for heading in (each for each in headings if each.level <= deepest):
        words = _LINK.sub("", without_figures(heading.words))  # they become a link themselves
        link = AnchorLink(words, heading.anchor, heading.level)
        while above and above[-1].level >= link.level:
            above.pop()
        (above[-1].children if above else top).append(link)
        above.append(link)
    return TableOfContents(top)


def _on_site(address: str, here: File, files: Files) -> str | None:
    """Where an address in a page's Markdown leads on the site: sources become pages, the unknown leads nowhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or not (parts.netloc or parts.path):
        return address
    target = files.get_file_from_path(
        posixpath.normpath(posixpath.join(posixpath.dirname(here.src_uri), unquote(parts.path)))
    )
    if parts.netloc or target is None:
        return None
    asked = f"?{parts.query}" if parts.query else ""
    return get_relative_url(target.url, here.url) + asked + (f"#{parts.fragment}" if parts.fragment else "")
