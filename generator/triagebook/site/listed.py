"""What pages about all issues show of one issue: plain data, made and cached with the pages of that issue.

So these pages need no record, and an edit of one issue leaves those of all others unread.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct, msgpack

from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import moment
from triagebook.facts.ledger.refusals import Todo
from triagebook.markdown import Linked, fill, without_figures
from triagebook.model.base import Prose
from triagebook.model.evidence import Evidence
from triagebook.store.memo import encoded
from triagebook.views.claims import claim_row
from triagebook.views.evidence import evidence_row
from triagebook.views.figures import Figures
from triagebook.views.needs import needs_of, next_todo

from .linker import Linker

NO_KIND, NOT_CONTRADICTED = "other", "claims"  # kinds of claims, as parts of an address


class ListedFile(Struct, frozen=True):
    """A place that an issue affects."""

    path: str
    repository: str
    lines: tuple[int, ...]
    target: str | None  # its address at the host of the code


class ListedEvidence(Struct, frozen=True):
    """A piece of evidence."""

    moment: datetime
    name: str
    kind: str
    environment: Linked | None
    phase: str
    result: str
    documents: tuple[str, ...]
    grade: str
    counts_as: str
    timed: bool  # whether the moment is known, not only the day

    @property
    def at(self) -> date:
        return self.moment if self.timed else self.moment.date()


class ListedClaim(Struct, frozen=True):
    """A statement of a document."""

    kind: str  # of contradiction
    state: str
    says: str
    sources: tuple[Linked, ...]
    disputed: str
    why: str

    @property
    def actual(self) -> Prose:
        return Prose(self.disputed)


class Loss(Struct, frozen=True):
    """What a stream or a share of something loses."""

    of: str
    amount: str
    sources: tuple[Linked, ...]


class ListedIssue(Struct, frozen=True):
    """An issue as lists show it."""

    id: str
    title: str
    severity: str
    state: str
    opened: date
    closed: date | None
    due: date | None
    owner: str
    owned_by: Linked | None
    components: tuple[str, ...]
    component_names: tuple[Linked, ...]
    stage: str
    bottom_line: str
    alarming: bool
    environments: dict[str, str]  # the state of the fix in each
    needs: dict[str, Todo]  # the most urgent first
    next: Todo | None
    causes: dict[str, str]  # how certain each pattern is
    revenue: tuple[Loss, ...]
    shares: tuple[Loss, ...]
    segments: tuple[str, ...]
    files: tuple[ListedFile, ...]
    evidence: tuple[ListedEvidence, ...]
    claims: tuple[ListedClaim, ...]

    @property
    def contradictions(self) -> int:
        return sum(claim.kind != NOT_CONTRADICTED for claim in self.claims)


class SearchEntry(Struct, frozen=True):
    """Something that the search can find."""

    path: str  # of its page, among the sources of the site
    kind: str
    title: str
    parts: tuple[tuple[str, str], ...] = ()  # the anchors of places on the page, each with the text there
    id: str = ""
    note: str = ""  # shown after its kind
    expressions: tuple[str, ...] = ()  # that match the errors of a pattern
    anchor: str = ""


_AS_KEPT = msgpack.Decoder(ListedIssue)


def listed(case: Case) -> ListedIssue:
    issue, linker, impact = case.issue, Linker(case.book, case.entry), case.issue.impact
    source = case.entry.affected.source if case.entry.affected else None
    code = linker.at(source) if source else linker
    made = ListedIssue(
        id=case.entry.id,
        title=issue.title,
        severity=issue.severity.value,
        state=issue.state,
        opened=issue.opened,
        closed=max(issue.closed.on, issue.opened) if issue.closed else None,
        due=issue.due,
        owner=issue.owner or "",
        owned_by=linker.name(issue.owner) if issue.owner else None,
        components=issue.components,
        component_names=tuple(map(linker.name, issue.components)),
        stage=case.verdict.stage.value,
        bottom_line=case.verdict.bottom_line,
        alarming=bool(case.verdict.failing or case.verdict.unsupported),
        environments={name: found.state.value for name, found in case.verdict.environments.items()},
        needs=dict(needs_of(case)),
        next=next_todo(case),
        causes={str(cause.pattern): cause.state.value for cause in issue.causes if cause.pattern},
        revenue=tuple(
            Loss(one.stream, str(one.at_risk), tuple(linker.sources(one.from_)))
            for one in (impact.revenue if impact else ())
        ),
        shares=tuple(
            Loss(one.of, str(one.amount), tuple(linker.sources(one.from_))) for one in (impact.share if impact else ())
        ),
        segments=impact.segments if impact else (),
        files=tuple(
            ListedFile(one.at.path, source.repository if source else "", one.at.lines, code.place(one.at).target)
            for one in case.entry.locations
        ),
        evidence=tuple(_evidence(case, linker, name, record) for name, record in case.entry.evidence.items()),
        claims=_claims(case, linker),
    )
    return _AS_KEPT.decode(encoded(made))  # without the types of records, on which nothing may rest then


def _evidence(case: Case, linker: Linker, name: str, record: Evidence) -> ListedEvidence:
    row = evidence_row(case, name, record)
    return ListedEvidence(
        moment(record),
        name,
        row.kind,
        linker.name(record.environment) if record.environment else None,
        record.phase.value if record.phase else "",
        row.result,
        row.documents,
        record.grade.value,
        row.counts_as,
        isinstance(record.at, datetime),
    )


def _claims(case: Case, linker: Linker) -> tuple[ListedClaim, ...]:
    """The claims, with the figures of their own issue in what disputes them."""
    figures = Figures(case)
    found = []
    for state in case.claims:
        row, kind = claim_row(state, figures), state.claim.kind.value if state.claim.kind else NO_KIND
        disputed = without_figures(fill(state.claim.disputed, figures.text)) if state.claim.disputed else ""
        found.append(
            ListedClaim(
                kind if state.contradiction else NOT_CONTRADICTED,
                row.state,
                state.claim.says,
                tuple(linker.sources(row.sources)),
                disputed,
                row.why,
            )
        )
    return tuple(found)
