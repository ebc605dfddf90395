"""The files of a site for MkDocs: hand-written ones, and those generated from the book.

Generated files are many, so each is made when its path is looked up. Links, parent pages and plugin events work as for
any other page.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from html import escape
from itertools import chain
from pathlib import Path, PurePath
from urllib.parse import unquote, urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils import get_relative_url

from triagebook.markdown import without_figures
from triagebook.markup import Heading, finished
from triagebook.site.content import SiteContent
from triagebook.site.drawing import with_charts
from triagebook.site.issue_table import issues_data
from triagebook.site.layout import arranged
from triagebook.site.listed import SearchEntry
from triagebook.site.outputs import OfBook, OutputHead, heads_of_issue, of_issue
from triagebook.site.page import Asset, Page
from triagebook.site.reports import with_figures
from triagebook.site.search import DATA as SEARCH
from triagebook.site.search import entries, search_data, written

MANY = 30  # headings in the contents beside a page; with more, only the upper levels are shown
_LINK = re.compile(r'</?a\b(?:[^">]|"[^"]*")*>')
_ISSUE = re.compile(r"(?:api/)?issues/([^/]+?)(?:/|\.json$)")
_SOURCES = ((r"$", ""), (r"\.html$", ".md"), (r"(^|/)index\.html$", r"\1index.md"), (r"/index\.html$", ".md"))


class MadeFile(File):
    """A file that is generated from the present book when it is written."""

    output: Callable[[], Page | Asset | None]

    @property
    def made_of(self) -> Page | Asset:
        made = self.output()
        assert made is not None  # noqa: S101  (a file that is gone is not written)
        return made

    def is_documentation_page(self) -> bool:
        return self.page is not None

    def copy_file(self, dirty: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  (MkDocs' signature)
        asset = self.made_of
        assert isinstance(asset, Asset)  # noqa: S101  (MkDocs copies no pages)
        target = Path(self.abs_dest_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(asset.make().encode(errors="replace"))


def head_of(made: Page | Asset) -> OutputHead:
    return OutputHead(made.title, made.section, made.wide) if isinstance(made, Page) else OutputHead()


class GeneratedPage(MkDocsPage):
    """A page made from the book."""

    file: MadeFile

    def __init__(self, page: OutputHead, title: str, file: MadeFile, config: MkDocsConfig, own: Path | None) -> None:
        super().__init__(escape(title), file, config)
        self.own = own
        self.has_tabs = "navigation.tabs" in (config.theme.get("features") or [])
        self.wide, self.section = page.wide, page.section

    @property
    def made_of(self) -> Page:
        page = self.file.made_of
        assert isinstance(page, Page)  # noqa: S101  (an asset has no page)
        return page

    def find_parent(self, files: Files, nav: Navigation) -> None:
        """Set the parent page, unless the navigation does."""
        above = files.get_file_from_path(self.section)
        if above and above is not self.file and not any(page is self for page in nav.pages):
            if isinstance(above.page, GeneratedPage):  # this process may not have written it
                above.page.find_parent(files, nav)
            section = above.page.parent if above.page else None
            opens = isinstance(section, Section) and section.children[0] is above.page
            self.parent = section if opens else above.page  # type: ignore[assignment]  # any item can be one

    @property
    def hidden(self) -> list[str]:
        """The parts of the theme that this page goes without: contents, the links to other pages, and the sidebar.

        The sidebar has the pages of a section of the navigation, and those right below them.
        """
        above: StructureItem | None = self.parent
        if isinstance(above, GeneratedPage) and not above.wide:
            above = above.parent
        beside = isinstance(above, Section) and not self.wide
        return ["footer", *(["toc"] if self.wide else []), *(["navigation"] if self.has_tabs and not beside else [])]

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002  (MkDocs' signature)
        # Plugins that change Markdown get none: the text of a record is data, not a template.
        self.markdown = ""
        # The theme prints this title unchanged, but unescapes the title of the page.
        self.meta = {"title": escape(self.made_of.title), "hide": self.hidden}

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002  (MkDocs' signature)
        assert isinstance(files, SiteFiles)  # noqa: S101  (as the plugin made them)
        body, view = self.made_of.html(self.own)

        def on_site(address: str) -> str | None:
            return _on_site(address, self.file, files)

        html = finished(body, on_site)
        if len(html.headings) < 2:  # no contents to show beside the page
            self.meta["hide"] = [*self.hidden, "toc"]
        made = self.made_of
        charted = with_charts(with_figures(html.body), view.get("charts"), lambda path: on_site(made.relative(path)))
        self.content = f'<div class="book">{arranged(charted)}</div>'
        self.toc = _contents(() if "toc" in self.meta["hide"] else html.headings)  # the theme writes it even if hidden
        self.present_anchor_ids = {heading.anchor for heading in html.headings}


class SiteFiles(Files):
    """The files of the site. Generated ones are not listed, but made when their path is looked up."""

    content: SiteContent

    def __init__(
        self,
        files: Files,
        content: SiteContent,
        config: MkDocsConfig,
        titles: Mapping[str, str],
        *,
        searches: bool,  # not another plugin
    ) -> None:
        super().__init__(files)
        self.config = config
        self._more = (Asset(SEARCH, self._search),) if searches else ()
        self.titles = titles  # of pages in the navigation, as MkDocs ignores them for pages that exist
        self.asked: dict[str, MadeFile] = {}
        self._outputs = lru_cache(maxsize=2)(self._outputs_of)  # the files of an issue are asked for together
        self._heads = lru_cache(maxsize=2)(self._heads_of)
        self.switch_to(content)

    def get_file_from_path(self, path: str) -> File | None:
        path = PurePath(path).as_posix()
        return super().get_file_from_path(path) or self._made(path)  # a hand-written file takes precedence

    def exists(self, path: str) -> bool:
        return super().get_file_from_path(path) is not None or self._head(path) is not None

    def place(self, path: str) -> str:
        """Where on the site the output of a path is."""
        with self.forgetting():
            file = self.get_file_from_path(path)
        return file.dest_uri if file else path

    def url(self, path: str) -> str | None:
        """The address on the site of what is at a path, which is recorded as looked up; None if nothing is there."""
        self.content.lookups.pages.add(path)
        if path not in self._urls:
            with self.forgetting():
                file = self.get_file_from_path(path)
            self._urls[path] = file.url if file else None
        return self._urls[path]

    def address(self, path: str) -> str:
        """The address of a page: complete if the address of the site is known, else from its root."""
        url = self.url(path) or path
        return urljoin(self.config.site_url, url) if self.config.site_url else url

    def _made(self, path: str) -> File | None:
        if path not in self.asked:
            head = self._head(path)
            if head is None:
                return None
            file = MadeFile.generated(self.config, path, content="", inclusion=InclusionLevel.NOT_IN_NAV)
            assert isinstance(file, MadeFile)  # noqa: S101  (MkDocs makes an object of this class)
            file.output = partial(self._output, path)
            if head.title:
                GeneratedPage(head, self.titles.get(path, head.title), file, self.config, self.content.own)
            self.asked[path] = file
        return self.asked[path]

    def _output(self, path: str) -> Page | Asset | None:
        """What the present book has at a path."""
        own = self._outputs(issue).get(path) if (issue := issue_of(path)) else None
        return own or self.of_book.get(path)

    def _head(self, path: str) -> OutputHead | None:
        """What is known of what the present book has at a path; no issue needs to be read for it."""
        own = self._heads(issue).get(path) if (issue := issue_of(path)) else None
        made = None if own else self.of_book.get(path)
        return head_of(made) if made else own

    def _heads_of(self, issue_id: str) -> Mapping[str, OutputHead]:
        return heads_of_issue(self.content, issue_id) if issue_id in self.content.untracked else {}

    def _outputs_of(self, issue_id: str) -> Mapping[str, Page | Asset]:
        case = self.content.cases.get(issue_id)
        return {made.path: made for made in of_issue(self.content, case, self.address)} if case else {}

    def generated(self) -> Iterator[MadeFile]:
        """Each generated file, dropped when the next one is made."""
        for path in chain(self.of_book, *map(self._heads_of, self.content.untracked)):
            with self.forgetting():
                file = self.get_file_from_path(path)
                if isinstance(file, MadeFile):
                    yield file

    def at(self, address: str) -> MadeFile | None:
        """The generated file at an address of the site."""
        sources = (re.sub(pattern, source, address) for pattern, source in _SOURCES)
        files = (self.get_file_from_path(source) for source in sources)
        found = (file for file in files if isinstance(file, MadeFile) and file.dest_uri == address)
        return next((file for file in found if file.output()), None)

    def switch_to(self, content: SiteContent) -> bool:
        """Switch to another state of the book; false if an issue that was looked up is lost."""
        before = vars(self).get("content", content).untracked
        self.content, self._urls = content, dict[str, str | None]()
        self.of_book = OfBook(content, self.address, issues_data(content), *self._more)
        self._outputs.cache_clear()
        self._heads.cache_clear()
        return all(issue in content.untracked for path in self.asked if (issue := issue_of(path)) in before)

    def _search(self) -> str:
        return search_data(self._found(), folders=self.config.use_directory_urls)

    def _found(self) -> Iterator[tuple[str, SearchEntry]]:
        """The search entries of the book and of hand-written pages, with their addresses."""
        for entry in entries(self.content):
            if super().get_file_from_path(entry.path) is None and (url := self.url(entry.path)):
                yield url, entry
        for file in self.documentation_pages():
            if file.page:
                for entry in written(file.src_uri, str(file.page.title), file.page.content or ""):
                    yield file.url, entry

    @contextmanager
    def showing(self, content: SiteContent) -> Iterator[None]:
        """Switch to another content for a while."""
        before = self.content
        self.switch_to(content)
        yield
        self.switch_to(before)

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Drop the files that are made meanwhile."""
        known = set(self.asked)
        yield
        for path in self.asked.keys() - known:
            del self.asked[path]


def issue_of(path: str) -> str | None:
    """The issue that a path of the site belongs to."""
    found = _ISSUE.match(path)
    return found[1] if found else None


def _contents(headings: Sequence[Heading]) -> TableOfContents:
    """The headings as a tree, for the contents beside the page."""
    top: list[AnchorLink] = []
    above: list[AnchorLink] = []
    deepest = 2 if len(headings) > MANY else 3
    for heading in (each for each in headings if each.level <= deepest):
        words = _LINK.sub("", without_figures(heading.words))  # the contents link them
        link = AnchorLink(words, heading.anchor, heading.level)
        while above and above[-1].level >= link.level:
            above.pop()
        (above[-1].children if above else top).append(link)
        above.append(link)
    return TableOfContents(top)


def _on_site(address: str, here: File, files: SiteFiles) -> str | None:
    """The address on the site for one in the Markdown of a page, or None if it leads nowhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or not (parts.netloc or parts.path):
        return address
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here.src_uri), unquote(parts.path)))
    url = None if parts.netloc else files.url(path)
    if url is None:
        return None
    asked = f"?{parts.query}" if parts.query else ""
    return get_relative_url(url, here.url) + asked + (f"#{parts.fragment}" if parts.fragment else "")
