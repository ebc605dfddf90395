"""All that a site is made of, but for hand-written pages: what is made of the whole book, and what of each issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from triagebook.facts.case import Case

from .content import SiteContent
from .data import book_data, issue_data
from .page import Asset, Page
from .pages import FOLDERS, issue_page, other_pages
from .reports import report_outputs

Address = Callable[[str], str]  # of a page, by its path among the sources

_ELSEWHERE = ""


class OfBook(Mapping[str, "Page | Asset"]):
    """What is made of all issues together, by its path. A folder is looked into when something of it is asked for."""

    def __init__(self, content: SiteContent, address: Address = str, *more: Asset) -> None:
        self._makers: dict[str, Callable[[], Iterable[Page | Asset]]] = {
            _ELSEWHERE: lambda: (*other_pages(content), *book_data(content, address), *more)
        }
        self._makers |= {_folder(path): partial(pages, content) for path, pages in FOLDERS.items()}
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
    """What is made of one issue."""
    yield issue_page(content, case)
    yield from report_outputs(content, case)
    yield issue_data(content, case, address)


def outputs(content: SiteContent, address: Address = str) -> Iterator[Page | Asset]:
    """Everything."""
    yield from OfBook(content, address).values()
    for case in content.cases.values():
        yield from of_issue(content, case, address)


def _folder(path: str) -> str:
    return path.partition("/")[0]
