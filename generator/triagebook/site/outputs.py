"""Lists all generated files of a site: those for the whole book, and those for each issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from triagebook.facts.case import Case

from .badges import book_badge, issue_badge
from .content import SiteContent
from .data import book_data, issue_data
from .issues import issue_page, issue_title
from .page import Asset, Page
from .paths import ISSUES, badge_path, data_path, file_path, issue_path, report_path
from .reports import FORMS, report_outputs, report_title
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS, list_pages
from .today import today_page

Address = Callable[[str], str]  # of a page, by its path among the sources

_ELSEWHERE = ""
_MORE_ISSUES = "issues/page/"  # what a folder of issues holds besides these


class OutputHead(Struct, frozen=True):
    """What is known of an output before it is made."""

    title: str = ""  # empty unless it is a page
    section: str = ""
    wide: bool = False


class OfBook(Mapping[str, "Page | Asset"]):
    """The outputs of the whole book by path. A folder is listed as far as somebody asks for it.

    The first pages of a folder are known before any issue is read, so that the pages of issues can link to them.
    """

    def __init__(self, content: SiteContent, address: Address = str, *more: Asset) -> None:
        self._makers: dict[str, Iterator[Page | Asset]] = {
            _folder(section.path): section.pages(content) for section in (*BOOK_SECTIONS, *REFERENCE_SECTIONS)
        }
        self._makers[_ELSEWHERE] = _elsewhere(content, address, more)
        self._made: dict[str, Page | Asset] = {}

    def __getitem__(self, path: str) -> Page | Asset:
        folder = _folder(path)
        if path not in self._made and (folder != "issues" or path == ISSUES or path.startswith(_MORE_ISSUES)):
            for made in self._makers.get(folder, self._makers[_ELSEWHERE]):
                self._made[made.path] = made
                if made.path == path:
                    break
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        for made in chain.from_iterable(self._makers.values()):
            self._made[made.path] = made
        return iter(sorted(self._made))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _elsewhere(content: SiteContent, address: Address, more: Iterable[Asset]) -> Iterator[Page | Asset]:
    yield today_page(content)
    yield from list_pages(content)
    yield from book_data(content, address)
    yield book_badge(content)
    yield from more


def of_issue(content: SiteContent, case: Case, address: Address = str) -> Iterator[Page | Asset]:
    """The outputs of one issue."""
    yield issue_page(content, case)
    yield from report_outputs(content, case)
    yield from issue_data(content, case, address)
    yield issue_badge(case)


def heads_of_issue(content: SiteContent, issue_id: str) -> Mapping[str, OutputHead]:
    """The outputs of one issue by path, before its records are read."""
    title, page = issue_title(issue_id, content.untracked[issue_id].row["title"]), issue_path(issue_id)
    heads = {page: OutputHead(title, ISSUES, wide=True), badge_path(issue_id): OutputHead()}
    for kind in content.kinds:
        heads[report_path(issue_id, kind)] = OutputHead(report_title(issue_id, kind), page)
        heads |= {file_path(issue_id, kind, form): OutputHead() for form in FORMS}
    return heads | {data_path(issue_id): OutputHead()}


def outputs(content: SiteContent, address: Address = str) -> Iterator[Page | Asset]:
    """All outputs."""
    yield from OfBook(content, address).values()
    for case in content.cases.values():
        yield from of_issue(content, case, address)


def _folder(path: str) -> str:
    return path.partition("/")[0]
