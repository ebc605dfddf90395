"""The page of environments: where the fix of each open issue is proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.model.catalog import Environment
from triagebook.views.verdict import environment_title

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paging import Listing, ListingPart, further, share
from .paths import BOOK, ENVIRONMENTS

_WORST_FIRST = (EnvironmentStatus.FAILED, EnvironmentStatus.UNKNOWN, EnvironmentStatus.PROVEN)


class EnvironmentView(Struct, frozen=True):
    """An environment with the state of each open fix."""

    title: str
    record: Environment | None
    required: bool
    counts: list[tuple[str, int]]
    stands: ListingPart


class Matrix(Struct, frozen=True):
    """Issues by environment."""

    environments: Mapping[str, str]  # titles by name
    cases: Sequence[Case]


def environments_pages(content: SiteContent) -> Iterator[Page]:
    named = {name for case in content.open for name in case.ledger.environments}
    known = content.book.catalog.environments
    places = [*known, *sorted(named.difference(known))]
    everywhere = Listing("matrix", "Environments", ENVIRONMENTS, "environments", content.open, matrix, room=100)
    each = {name: _stands(content, name, share(len(places))) for name in places}
    view = partial(_environments, content, everywhere, each)
    yield Page(content.link(ENVIRONMENTS), "Environments", "pages/environments.md.j2", view, BOOK)
    yield from further(content.book, BOOK, everywhere, *each.values())


def _environments(
    content: SiteContent, everywhere: Listing[Case], each: Mapping[str, Listing[tuple[Case, str]]], link: Linker
) -> Mapping[str, object]:
    return {
        "matrix": everywhere.part(link),
        "source": content.inquiry.source,
        "environments": [_environment(content, name, stands, link) for name, stands in each.items()],
    }


def matrix(cases: Sequence[Case], link: Linker) -> Matrix:
    """Issues by environment: those that any issue requires or has evidence from, in the catalog's order."""
    known = link.book.catalog.environments
    named = {name for case in cases for name in case.ledger.environments}
    places = [*(name for name in known if name in named), *sorted(named.difference(known))]
    return Matrix({name: environment_title(link.book, name) for name in places}, cases)


def _stands(content: SiteContent, name: str, room: int) -> Listing[tuple[Case, str]]:
    title = environment_title(content.book, name)
    found = [(case, name) for case in content.open if name in case.ledger.environments]
    found.sort(key=lambda item: _WORST_FIRST.index(item[0].verdict.environments[name].state))
    return Listing("standings", title, ENVIRONMENTS, f"environments/{name}", found, at=title, room=room)


def _environment(content: SiteContent, name: str, stands: Listing[tuple[Case, str]], link: Linker) -> EnvironmentView:
    states = [case.verdict.environments[name].state for case, _ in stands.items]
    return EnvironmentView(
        title=stands.title,
        record=content.book.catalog.environments.get(name),
        required=name in content.book.catalog.required,
        counts=[(state.value, states.count(state)) for state in EnvironmentStatus],
        stands=stands.part(link),
    )
