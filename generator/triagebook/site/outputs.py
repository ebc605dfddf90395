"""Lists all generated files of a site: those for the whole book, and those for each issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from triagebook.facts.case import Case

from .badges import book_badge, issue_badge
from .content import SiteContent
from .data import book_data, issue_data
from .issues import issue_page
from .page import Asset, Page
from .reports import report_outputs
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS, list_pages
from .today import today_page

Address = Callable[[str], str]  # of a page, by its path among the sources

_ELSEWHERE = ""


class OfBook(Mapping[str, "Page | Asset"]):
    """The outputs of the whole book by path. The outputs of a folder are listed when one of them is asked for."""

    def __init__(self, content: SiteContent, address: Address = str, *more: Asset) -> None:
        self._makers: dict[str, Callable[[], Iterable[Page | Asset]]] = {
            _folder(section.path): partial(section.pages, content) for section in (*BOOK_SECTIONS, *REFERENCE_SECTIONS)
        }
        self._makers[_ELSEWHERE] = lambda: (
            today_page(content),
            *list_pages(content),
            *book_data(content, address),
            book_badge(content),
            *more,
        )
        self._made: dict[str, dict[str, Page | Asset]] = {}

    def __getitem__(self, path: str) -> Page | Asset:
        folder = _folder(path)
        return self._in(folder if folder in self._makers else _ELSEWHERE)[path]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(self._in, self._makers))

    def __len__(self) -> int:
        return sum(len(self._in(folder)) for folder in self._makers)

    def _in(self, folder: str) -> dict[str, Page | Asset]:
        if folder not in self._made:
            self._made[folder] = {made.path: made for made in self._makers[folder]()}
        return self._made[folder]


def of_issue(content: SiteContent, case: Case, address: Address = str) -> Iterator[Page | Asset]:
    """The outputs of one issue."""
    yield issue_page(content, case)
    yield from report_outputs(content, case)
    yield from issue_data(content, case, address)
    yield issue_badge(case)


def outputs(content: SiteContent, address: Address = str) -> Iterator[Page | Asset]:
    """All outputs."""
    yield from OfBook(content, address).values()
    for case in content.cases.values():
        yield from of_issue(content, case, address)


def _folder(path: str) -> str:
    return path.partition("/")[0]
