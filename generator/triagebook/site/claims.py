"""The pages of claims: what documents state, by kind and by issue, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from triagebook.markdown import Linked
from triagebook.model.document import Contradiction
from triagebook.views.claims import title_of

from .content import SiteContent
from .linker import Linker
from .listed import NO_KIND, NOT_CONTRADICTED, ListedClaim, ListedIssue
from .page import Page
from .paging import Listing, further, listing_page
from .paths import CLAIMS, kind_path

Claims = Sequence[tuple[ListedIssue, ListedClaim]]

ON_MAP = 10  # issues
STANDINGS = ("holds", "restates its source", "unproven")


def claims_pages(content: SiteContent) -> Iterator[Page]:
    linker = content.linker
    yield Page(CLAIMS, "Claims", "pages/all-claims.md.j2", partial(_all_claims, content), linker, CLAIMS)
    yield from further(linker, CLAIMS, _by_issue(content))
    for kind, claims in _by_kind(content.ordered).items():
        title, path = kind_title(kind), kind_path(kind)
        listing = Listing("claims", title, path, path.removesuffix(".md"), claims, _claims_by_issue)
        yield listing_page(listing, 1, linker, CLAIMS)
        yield from further(linker, CLAIMS, listing)


def _by_issue(content: SiteContent) -> Listing[ListedIssue]:
    issues = [issue for issue in content.ordered if issue.claims]
    return Listing("counts", "Claims", CLAIMS, "claims", issues, _counts, at="By issue")


def _by_kind(issues: Sequence[ListedIssue]) -> dict[str, Claims]:
    """The claims by kind of contradiction, then those that are not contradicted."""
    found: dict[str, list[tuple[ListedIssue, ListedClaim]]] = {
        kind: [] for kind in (*(kind.value for kind in Contradiction), NO_KIND, NOT_CONTRADICTED)
    }
    for issue in issues:
        for claim in issue.claims:
            found[claim.kind].append((issue, claim))
    return {kind: claims for kind, claims in found.items() if claims}


def _all_claims(content: SiteContent) -> Mapping[str, object]:
    linker, by_kind = content.linker, _by_kind(content.ordered)
    contradicted = {kind: claims for kind, claims in by_kind.items() if kind != NOT_CONTRADICTED}
    rest = linker.to(kind_path(NOT_CONTRADICTED), "The other claims")
    return {
        "total": sum(map(len, by_kind.values())),
        "contradicted": sum(map(len, contradicted.values())),
        "rest": rest if NOT_CONTRADICTED in by_kind else "",
        "counts": _by_issue(content).on(1, linker),
        "map": _map(linker, contradicted),
        "issues_left": len({issue.id for claims in contradicted.values() for issue, _ in claims}) - ON_MAP,
    }


def _map(linker: Linker, by_kind: Mapping[str, Claims]) -> tuple[list[Linked], list[tuple[Linked, list[Linked | str]]]]:
    """How many claims of each kind the issues with most of them have: the issues, and a row for each kind."""
    totals = Counter(issue.id for claims in by_kind.values() for issue, _ in claims)
    shown = [name for name, _ in totals.most_common(ON_MAP)]
    rows = []
    for kind, claims in by_kind.items():
        numbers = Counter(issue.id for issue, _ in claims)
        cells = [linker.issue(n, str(numbers[n]), kind_title(kind)) if numbers[n] else "" for n in shown]
        rows.append((linker.to(kind_path(kind), kind_title(kind)), [*cells, str(numbers.total())]))
    return [linker.issue(name, name, "claims") for name in shown], rows


def _counts(issues: Sequence[ListedIssue]) -> list[tuple[ListedIssue, list[int]]]:
    """The number of claims of each issue: all, the contradicted ones, then the others by status."""
    return [(issue, _count(issue)) for issue in issues]


def _count(issue: ListedIssue) -> list[int]:
    words = [claim.state for claim in issue.claims if claim.kind == NOT_CONTRADICTED]
    return [len(issue.claims), issue.contradictions, *(words.count(word) for word in STANDINGS)]


def _claims_by_issue(claims: Claims) -> list[tuple[str, list[ListedClaim]]]:
    return [(name, [claim for _, claim in own]) for name, own in groupby(claims, key=lambda each: each[0].id)]


def kind_title(kind: str) -> str:
    if kind == NOT_CONTRADICTED:
        return "Claims that are not contradicted"
    return title_of(None if kind == NO_KIND else Contradiction(kind))
