"""Listings that grow with the book: the first rows are on the page of the listing, the rest on further pages.

So no page of a book of ten thousand issues is too long to open, and plain links lead to every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from msgspec import Struct

from triagebook.book import Book
from triagebook.markdown import Linked

from .linker import Linker
from .page import Page

ROWS = 200  # on a page that has one listing
SHORT = 20  # of each listing, on a page that has several
SHARED = 1000  # rows on such a page in total

Item = TypeVar("Item")


class ListingPart(Struct, frozen=True):
    """The rows of a listing that one page shows."""

    kind: str
    rows: object
    total: int
    says: str  # which rows these are
    pages: list[Linked | str]  # links to the other pages; empty if there are none


class FirstFew(Struct, frozen=True):
    """The first of many links for a line, and how many more there are."""

    links: list[Linked]
    rest: object  # empty if there are no more


class Listing(Struct, Generic[Item], frozen=True):
    """Items in order, each shown as a row. The rows are made with the page that shows them."""

    kind: str  # the macro that shows the rows
    title: str
    begins: str  # the path of its first page
    folder: str  # of its further pages, which are named 2, 3 and so on
    items: Sequence[Item]
    rows: Callable[[Sequence[Item], Linker], object] = lambda items, _: items
    at: str = ""  # the heading above it on the first page, unless it is the title
    room: int = ROWS  # rows on the first page

    @property
    def number_of_pages(self) -> int:
        return 1 + max(0, -(-(len(self.items) - self.room) // ROWS))

    def path(self, number: int) -> str:
        return self.begins if number == 1 else f"{self.folder}/{number}.md"

    def to(self, number: int, words: str, link: Linker) -> Linked:
        return link.to(self.path(number), words, self.at if number == 1 else "")

    def part(self, link: Linker, number: int = 1) -> ListingPart:
        first = 0 if number == 1 else self.room + (number - 2) * ROWS
        items = self.items[first : first + (self.room if number == 1 else ROWS)]
        rows, pages = self.rows(items, link), list(self._pages(number, link))
        says = f"{first + 1:,} to {first + len(items):,} of {len(self.items):,}"
        return ListingPart(self.kind, rows, len(self.items), says, pages)

    def _pages(self, here: int, link: Linker) -> Iterator[Linked | str]:
        """Links to the first and last page and to the neighbours of this one."""
        last = self.number_of_pages
        wanted = [number for number in range(1, last + 1) if number in {1, last} or abs(number - here) <= 1]
        if last == 1:
            return
        for before, number in zip([0, *wanted], wanted, strict=False):
            if number > before + 1:
                yield "…"
            yield str(number) if number == here else self.to(number, str(number), link)


def further(book: Book, section: str, *listings: Listing[Any]) -> Iterator[Page]:
    """The further pages of listings."""
    for listing in listings:
        for number in range(2, listing.number_of_pages + 1):
            title = f"{listing.title}, page {number}"
            view = partial(_view, listing, number, title)
            yield Page(Linker(book, listing.path(number)), title, "pages/more.md.j2", view, section)


def _view(listing: Listing[Any], number: int, title: str, link: Linker) -> Mapping[str, object]:
    return {"title": title, "part": listing.part(link, number)}


def some(links: Sequence[Linked], more: Callable[[str], Linked | str] = str) -> FirstFew:
    """As many links as fit on a line; `more` makes a link to the rest."""
    left = len(links) - SHORT
    return FirstFew(list(links[:SHORT]), more(f"{left:,} more") if left > 0 else "")


def share(listings: int) -> int:
    """The number of rows for each of several listings on one page."""
    return max(1, min(SHORT, SHARED // max(1, listings)))
