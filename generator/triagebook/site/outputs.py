"""All that a site is made of, but for hand-written pages: what is made of the whole book, and what of each issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from triagebook.facts.case import Case

from .data import book_data, issue_data
from .page import Asset, Page
from .pages import FOLDERS, issue_page, other_pages
from .reports import report_outputs
from .shelf import Shelf

Address = Callable[[str], str]  # of a page, by its path among the sources

_ELSEWHERE = ""


class OfBook(Mapping[str, "Page | Asset"]):
    """What is made of all issues together, by its path. A folder is looked into when something of it is asked for."""

    def __init__(self, shelf: Shelf, address: Address = str, *more: Asset) -> None:
        self._makers: dict[str, Callable[[], Iterable[Page | Asset]]] = {
            _ELSEWHERE: lambda: (*other_pages(shelf), *book_data(shelf, address), *more)
        }
        self._makers |= {_folder(path): partial(pages, shelf) for path, pages in FOLDERS.items()}
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


def of_issue(shelf: Shelf, case: Case, address: Address = str) -> Iterator[Page | Asset]:
    """What is made of one issue."""
    yield issue_page(shelf, case)
    yield from report_outputs(shelf, case)
    yield issue_data(shelf, case, address)


def outputs(shelf: Shelf, address: Address = str) -> Iterator[Page | Asset]:
    """Everything."""
    yield from OfBook(shelf, address).values()
    for case in shelf.cases.values():
        yield from of_issue(shelf, case, address)


def _folder(path: str) -> str:
    return path.partition("/")[0]
