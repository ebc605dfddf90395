"""The page of components: which part of the product has which issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.markdown import Linked
from triagebook.model.catalog import Component

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paging import SHORT, Listing, ListingPart, further, share
from .paths import BOOK, COMPONENTS


class ComponentView(Struct, frozen=True):
    """A component with its issues."""

    link: Linked
    title: str
    record: Component | None  # none if it is not in the catalog
    open: int
    closed: int
    issues: ListingPart


def components_pages(content: SiteContent) -> Iterator[Page]:
    by_component: dict[str, list[Case]] = {name: [] for name in content.book.catalog.components}
    for case in content.ordered:
        for name in case.issue.components:
            by_component.setdefault(str(name), []).append(case)
    room = share(len(by_component))
    components = {name: _listing(content, name, cases, room) for name, cases in by_component.items()}
    none = [case for case in content.ordered if not case.issue.components]
    title = "Issues without a component"
    without = Listing("issues", title, COMPONENTS, "components", none, at=title, room=SHORT)
    view = partial(_components, content, components, without)
    yield Page(content.link(COMPONENTS), "Components", "pages/components.md.j2", view, BOOK)
    yield from further(content.book, BOOK, *components.values(), without)


def _components(
    content: SiteContent, components: Mapping[str, Listing[Case]], without: Listing[Case], link: Linker
) -> Mapping[str, object]:
    views = [_component(content, name, issues, link) for name, issues in components.items()]
    owned = any(view.record and view.record.owner for view in views)
    return {"components": views, "owned": owned, "without": without.part(link)}


def _listing(content: SiteContent, name: str, cases: list[Case], room: int) -> Listing[Case]:
    record = content.book.catalog.components.get(name)
    title = str(record.title) if record else name
    return Listing("issues", title, COMPONENTS, f"components/{name}", cases, at=title, room=room)


def _component(content: SiteContent, name: str, issues: Listing[Case], link: Linker) -> ComponentView:
    record = content.book.catalog.components.get(name)
    open_ = sum(case.issue.closed is None for case in issues.items)
    return ComponentView(
        link=issues.to(1, issues.title, link),
        title=issues.title,
        record=record,
        open=open_,
        closed=len(issues.items) - open_,
        issues=issues.part(link),
    )
