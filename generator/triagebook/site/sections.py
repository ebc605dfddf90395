"""The sections of the site: the pages about all issues together, and the reference. A new page is a row here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct

from . import paths
from .board import board_pages, people_pages
from .claims import claims_pages
from .content import SiteContent
from .issues import issues_pages
from .linker import Linker
from .overviews import components_pages, environments_pages, evidence_pages, files_pages, impact_pages
from .page import Page
from .patterns import patterns_pages
from .reference import facts_pages, rules_pages
from .relations import relations_pages
from .schema import schema_pages


class PageGroup(Struct, frozen=True):
    """A folder of pages, which begins with the page that leads to the others."""

    path: str  # of its first page
    title: str
    summary: str
    pages: Callable[[SiteContent], Iterator[Page]]


BOOK_SECTIONS = (
    PageGroup(paths.ISSUES, "Issues", "All issues, open and closed, to filter and sort.", issues_pages),
    PageGroup(paths.BOARD, "Board", "Open issues by stage.", board_pages),
    PageGroup(paths.PEOPLE, "People", "Who owns which open issues, with age and due days.", people_pages),
    PageGroup(paths.CLAIMS, "Claims", "What documents state, and whether it holds.", claims_pages),
    PageGroup(paths.EVIDENCE, "Evidence", "All evidence, the newest first.", evidence_pages),
    PageGroup(paths.COMPONENTS, "Components", "The issues of each component.", components_pages),
    PageGroup(paths.FILES, "Files", "The issues that affect each file.", files_pages),
    PageGroup(paths.ENVIRONMENTS, "Environments", "Where each fix is proven.", environments_pages),
    PageGroup(paths.IMPACT, "Impact", "Revenue and customers at risk; each revenue stream counts once.", impact_pages),
    PageGroup(paths.PATTERNS, "Patterns", "Known root causes.", patterns_pages),
    PageGroup(paths.RELATIONS, "Relations", "How issues depend on each other.", relations_pages),
)
REFERENCE_SECTIONS = (
    PageGroup(paths.RULES, "Rules", "What the check finds, why it matters, and what to do.", rules_pages),
    PageGroup(paths.FACTS, "Facts", "Every computed figure and state, with its filters.", facts_pages),
    PageGroup(paths.SCHEMA, "Schema", "Every field of every record.", schema_pages),
)


def navigation(own: Iterable[object]) -> list[object]:
    """The navigation of a site whose settings have none; `own` are its hand-written pages."""
    return [
        {"Today": paths.HOME},
        {"Issues": _entries(BOOK_SECTIONS[:3])},
        *_entries(BOOK_SECTIONS[3:5]),
        {"Explore": [{"Explore": paths.EXPLORE}, *_entries(BOOK_SECTIONS[5:])]},
        {"Docs": [*own, {"Reference": paths.REFERENCE}, *_entries(REFERENCE_SECTIONS)]},
    ]


def _entries(sections: Iterable[PageGroup]) -> list[object]:
    return [{section.title: section.path} for section in sections]


_LISTS = {
    paths.EXPLORE: ("Explore", "All issues together, by what their records name.", BOOK_SECTIONS[5:]),
    paths.REFERENCE: ("Reference", "The rules, facts and fields of this site.", REFERENCE_SECTIONS),
}


def list_pages(content: SiteContent) -> Iterator[Page]:
    """The two pages that lead to all sections."""
    for path, (title, _, _) in _LISTS.items():
        yield Page(path, title, "pages/list.md.j2", partial(_list, content.linker, path), content.linker, path)


def _list(linker: Linker, path: str) -> Mapping[str, object]:
    title, summary, sections = _LISTS[path]
    entries = [(linker.to(section.path, section.title), section.summary) for section in sections]
    return {"title": title, "summary": summary, "entries": entries}
