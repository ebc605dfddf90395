"""Listings that grow with the book: the first rows are on the page of the listing, the rest on further pages.

So no page of a book of ten thousand issues is too long to open, and plain links lead to every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from triagebook.markdown import Linked

from .linker import Linker
from .page import Page

ROWS = 100  # on a page that has one listing
SHORT = 20  # of each listing, on a page that has several
SHARED = 1000  # rows on such a page in total

Item = TypeVar("Item")


class FirstFew(Struct, frozen=True):
    """The first of many links for a line, and how many more there are."""

    links: list[Linked]
    rest: object  # empty if there are no more


class ListingPage(Struct, frozen=True):
    """The part of a listing that one page shows."""

    kind: str
    title: str
    total: int  # of all rows
    rows: object
    says: str  # which rows these are
    pages: list[Linked | str]  # links to the others


class Listing(Struct, Generic[Item], frozen=True):
    """Items in order, each shown as a row. The rows are made with the page that shows them."""

    kind: str  # the macro that shows the rows
    title: str
    begins: str  # the path of its first page
    folder: str  # of its further pages, which are named 2, 3 and so on
    items: Sequence[Item]
    rows: Callable[[Sequence[Item]], object] = lambda items: items
    at: str = ""  # the heading above it on the first page, unless it is the title
    room: int = ROWS  # rows on the first page

    @property
    def number_of_pages(self) -> int:
        return 1 + max(0, -(-(len(self.items) - self.room) // ROWS))

    def path(self, number: int) -> str:
        return self.begins if number == 1 else f"{self.folder}/{number}.md"

    def to(self, number: int, words: str, linker: Linker) -> Linked:
        return linker.to(self.path(number), words, self.at if number == 1 else "")

    def on(self, number: int, linker: Linker) -> ListingPage:
        """What a page shows of it."""
        first, last, total = self._first(number), min(self._first(number + 1), len(self.items)), len(self.items)
        rows, says = self.rows(self.items[first:last]), f"{first + 1:,} to {last:,} of {total:,}"
        return ListingPage(self.kind, self.title, total, rows, says, self._pages(number, linker))

    def _first(self, number: int) -> int:
        return 0 if number == 1 else self.room + (number - 2) * ROWS

    def _pages(self, here: int, linker: Linker) -> list[Linked | str]:
        """Links to the first and last page and to the neighbours of this one; none if it is the only one."""
        last = self.number_of_pages
        wanted = [number for number in range(1, last + 1) if number in {1, last} or abs(number - here) <= 1]
        found: list[Linked | str] = []
        for before, number in zip([0, *wanted], wanted, strict=False):
            gap = ["…"] if number > before + 1 else []
            found += [*gap, str(number) if number == here else self.to(number, str(number), linker)]
        return found if last > 1 else []


def listing_page(listing: Listing[Any], number: int, linker: Linker, section: str) -> Page:
    """A page that is one listing, or a further page of it."""
    title = f"{listing.title}, page {number}" if number > 1 else listing.title
    return Page(
        listing.path(number),
        title,
        "pages/more.md.j2",
        lambda: {"title": title, "listing": listing.on(number, linker)},
        linker,
        section,
    )


def further(linker: Linker, section: str, *listings: Listing[Any]) -> Iterator[Page]:
    """The further pages of listings."""
    for listing in listings:
        for number in range(2, listing.number_of_pages + 1):
            yield listing_page(listing, number, linker, section)


def some(links: Sequence[Linked], more: Callable[[str], Linked | str] = str) -> FirstFew:
    """As many links as fit on a line; `more` makes a link to the rest."""
    left = len(links) - SHORT
    return FirstFew(list(links[:SHORT]), more(f"{left:,} more") if left > 0 else "")


def share(listings: int) -> int:
    """The number of rows for each of several listings on one page."""
    return max(1, min(SHORT, SHARED // max(1, listings)))
