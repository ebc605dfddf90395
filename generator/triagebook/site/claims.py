"""The pages of claims: what documents state, by kind and by issue, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from msgspec.structs import replace

from triagebook.facts.case import Case
from triagebook.facts.claims import ClaimState
from triagebook.markdown import Linked, fill
from triagebook.model.base import Prose
from triagebook.model.document import Contradiction
from triagebook.views.claims import ClaimRow, claim_row, title_of
from triagebook.views.figures import Figures

from .content import SiteContent, lookup_of
from .linker import Linker
from .page import Page
from .paging import Listing, with_further
from .paths import CLAIMS, kind_path

Claims = Sequence[tuple[Case, ClaimState]]

NO_KIND, NOT_CONTRADICTED = "other", "claims"  # as parts of an address
ON_MAP = 10  # issues
STANDINGS = ("holds", "restates its source", "unproven")


def claims_pages(content: SiteContent) -> Iterator[Page]:
    cases, linker = [case for case in content.ordered if case.claims], content.linker
    by_kind = _by_kind(cases)
    counts = Listing("counts", "Claims", CLAIMS, "claims", cases, _counts, at="By issue")
    view = partial(_all_claims, linker, by_kind, counts)
    page = Page(CLAIMS, "Claims", "pages/all-claims.md.j2", view, linker, CLAIMS)
    yield from with_further(page, counts)
    for kind, claims in by_kind.items():
        title, path = kind_title(kind), kind_path(kind)
        listing = Listing("claims", title, path, path.removesuffix(".md"), claims, _claims_by_issue)
        view = partial(dict[str, object], title=title, listing=listing, number=1)
        yield from with_further(Page(path, title, "pages/more.md.j2", view, linker, CLAIMS), listing)


def _by_kind(cases: Sequence[Case]) -> dict[str, Claims]:
    """The claims by kind of contradiction, then those that are not contradicted."""
    found: dict[str, list[tuple[Case, ClaimState]]] = {
        kind: [] for kind in (*(kind.value for kind in Contradiction), NO_KIND, NOT_CONTRADICTED)
    }
    for case in cases:
        for state in case.claims:
            kind = state.claim.kind.value if state.claim.kind else NO_KIND
            found[kind if state.contradiction else NOT_CONTRADICTED].append((case, state))
    return {kind: claims for kind, claims in found.items() if claims}


def _all_claims(linker: Linker, by_kind: Mapping[str, Claims], counts: Listing[Case]) -> Mapping[str, object]:
    contradicted = {kind: claims for kind, claims in by_kind.items() if kind != NOT_CONTRADICTED}
    rest = linker.to(kind_path(NOT_CONTRADICTED), "The other claims")
    return {
        "total": sum(map(len, by_kind.values())),
        "contradicted": sum(map(len, contradicted.values())),
        "rest": rest if NOT_CONTRADICTED in by_kind else "",
        "counts": counts,
        "map": _map(linker, contradicted),
    }


def _map(linker: Linker, by_kind: Mapping[str, Claims]) -> tuple[list[Linked], list[tuple[Linked, list[Linked | str]]]]:
    """How many claims of each kind the issues with most of them have: the issues, and a row for each kind."""
    totals = Counter(case.entry.id for claims in by_kind.values() for case, _ in claims)
    shown = [name for name, _ in totals.most_common(ON_MAP)]
    rows = []
    for kind, claims in by_kind.items():
        numbers = Counter(case.entry.id for case, _ in claims)
        cells = [linker.issue(n, str(numbers[n]), kind_title(kind)) if numbers[n] else "" for n in shown]
        rows.append((linker.to(kind_path(kind), kind_title(kind)), [*cells, str(numbers.total())]))
    return [linker.issue(name, name, "claims") for name in shown], rows


def _counts(cases: Sequence[Case]) -> list[tuple[Case, list[int]]]:
    """The number of claims of each issue: all, the contradicted ones, then the others by status."""
    return [(case, _count(case)) for case in cases]


def _count(case: Case) -> list[int]:
    words = [state.status.value for state in case.claims if not state.contradiction]
    return [len(case.claims), len(case.claims) - len(words), *(words.count(word) for word in STANDINGS)]


def _claims_by_issue(claims: Claims) -> list[tuple[Case, list[ClaimRow]]]:
    return [(case, [_row(state, case) for _, state in own]) for case, own in groupby(claims, key=lambda each: each[0])]


def _row(state: ClaimState, case: Case) -> ClaimRow:
    """A claim whose prose has the figures of its own issue, as the page shows several issues."""
    row = claim_row(state, Figures(case))
    if row.claim.disputed is None:
        return row
    disputed = Prose(fill(row.claim.disputed, lookup_of(case)))
    return replace(row, claim=row.claim.model_copy(update={"disputed": disputed}))


def kind_title(kind: str) -> str:
    if kind == NOT_CONTRADICTED:
        return "Claims that are not contradicted"
    return title_of(None if kind == NO_KIND else Contradiction(kind))
