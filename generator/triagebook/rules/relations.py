"""TB6xx: relations between issues, possible duplicates, and unused records."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Edit, Finding, Level
from triagebook.model.base import Ref
from triagebook.model.defect import Tie
from triagebook.model.scalars import values

from .base import Rule
from .relation_graph import cycles, end_of_chain, overlaps

BACK = {
    Tie.SAME_CAUSE: Tie.SAME_CAUSE,
    Tie.RELATED: Tie.RELATED,
    Tie.PARENT: Tie.CHILD,
    Tie.CHILD: Tie.PARENT,
    Tie.BLOCKS: Tie.BLOCKED_BY,
    Tie.BLOCKED_BY: Tie.BLOCKS,
    Tie.CAUSED_BY: Tie.CAUSES,
    Tie.CAUSES: Tie.CAUSED_BY,
}  # duplicates and regressions are named from one side only

# Environments, categories and segments are vocabularies, which need not be used up.
ORPHANS = {"component": "components", "revenue stream": "streams", "repository": "repositories", "person": "people"}


class OneSidedRelation(Rule, code="TB601", severity=Level.WARNING):
    """A relation is recorded in only one of the two issues."""

    why = "Readers of the other issue do not learn that it is blocked or shares a cause."
    remedy = "name the relation in both issues; `triagebook fix` adds the missing one"
    bad = "relations: [{to: 2, kind: blocks}]"
    good = f"{bad}\n# 2/issue.yaml\nrelations: [{{to: 1, kind: blocked-by}}]"

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for own, outline in book.outlines.items():
            for index, tie in enumerate(outline.ties):
                other, back = book.outlines.get(tie.to), BACK.get(Tie(tie.kind))
                if other is None or back is None or tie.to == own:
                    continue
                answers = {Tie(answer.kind) for answer in other.ties if answer.to == own}
                ties = {Tie(one.kind) for one in outline.ties if one.to == tie.to}
                if back in answers or (back is Tie.RELATED and (answers or ties != {Tie.RELATED})):
                    continue  # any other relation implies `related`
                says = f"{own} names {other.id} as `{tie.kind}`, but {other.id} does not name {own} as `{back}`"
                edit = Edit(other.file, ("relations",), "append", {"to": own, "kind": back.value})
                yield self.finding(outline.file, ("relations", index), says, "", edit)


class Cycle(Rule, code="TB602"):
    """Issues form a cycle of parents, blockers, causes or duplicates, or an issue has a relation to itself."""

    why = "Each issue in a cycle waits for another, so no work can begin."
    remedy = "remove the wrong relation, or name the issue that was meant"
    bad = """
relations: [{to: 2, kind: blocks}, {to: 2, kind: blocked-by}]
# 2/issue.yaml
relations: [{to: 1, kind: blocked-by}, {to: 1, kind: blocks}]
"""
    good = bad.replace(", {to: 2, kind: blocked-by}", "").replace(", {to: 1, kind: blocks}", "")

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        return (self.finding(*remark) for remark in cycles(book.outlines))

    def find(self, case: Case) -> Iterator[Finding]:
        own, closed = case.entry.id, case.issue.closed
        for index, relation in enumerate(case.issue.relations):
            if relation.to == own:
                yield self.finding(case.file, ("relations", index), f"{own} names itself as `{relation.kind}`")
        for index, into in enumerate(closed.into if closed else ()):
            if into == own:
                yield self.finding(case.file, ("closed", "into", index), f"{own} is closed into itself")


class DuplicateOfDuplicate(Rule, code="TB604", severity=Level.WARNING):
    """An issue is a duplicate of an issue that is itself a duplicate."""

    requires = ("TB602",)
    why = "Readers have to follow the chain to find where work continues."
    remedy = "name the last issue of the chain; `triagebook fix` does this"
    bad = """
relations: [{to: 2, kind: duplicate-of}]
# 2/issue.yaml
relations: [{to: 3, kind: duplicate-of}]
# 3/issue.yaml
severity: high
"""
    good = bad.replace("to: 2", "to: 3")

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for outline in book.outlines.values():
            for field, to in outline.originals:
                last = end_of_chain(book.outlines, to)
                if last is not None and last not in {to, outline.id}:
                    says = f"{outline.id} is a duplicate of {to}, which is a duplicate of {last}"
                    yield self.finding(outline.file, field, says, "", Edit(outline.file, field, "set", last))


class UndetectedDuplicate(Rule, code="TB606", severity=Level.WARNING):
    """Two issues share a cause, location or failure but have no relation."""

    requires = ("TB604",)  # a chain of duplicates relates its ends
    why = "Two teams fix the same defect, or one team fixes half of it and the rest stays open."
    remedy = "add the other issue to `relations`: `duplicate-of`, `same-cause`, or `related` if the defects differ"
    bad = """
symptoms: ["TypeError: the manager can't be awaited"]
# 2/issue.yaml
symptoms: ["TypeError: the manager can't be awaited"]
"""
    good = f"relations: [{{to: 2, kind: same-cause}}]{bad}relations: [{{to: 1, kind: same-cause}}]\n"

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        return (self.finding(*remark) for remark in overlaps(book.outlines))


class Orphan(Rule, code="TB607", severity=Level.NOTE):
    """Nothing refers to a recorded component, revenue stream, repository, person or pattern."""

    quiet = True
    why = "It may be left over, or a reference to it may be missing."
    remedy = "remove it, or keep it for future issues"
    bad = """
components: [manager]
impact: {revenue: [{stream: chat, at_risk: 500000 USD/year, from: https://example.org/plan}]}
# catalog.yaml
components: {manager: Manager, pages: Pages}
"""
    good = """
components: [manager, routes]
impact: {revenue: [{stream: chat, at_risk: 500000 USD/year, from: https://example.org/plan}]}
"""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        if book.unread:
            return  # unreadable records may refer to it
        named = set(_references(book))
        for kind, key in ORPHANS.items():
            for name in book.names(kind):
                if (kind, name) not in named:
                    yield self.finding("catalog.yaml", (key, name), f"nothing refers to the {kind} `{name}`")
        for name in book.patterns:
            if ("pattern", name) not in named:
                yield self.finding(f"patterns/{name}.yaml", (), f"no issue names the pattern `{name}` as a cause")


def _references(book: Book) -> Iterator[tuple[str, str]]:
    for outline in book.outlines.values():
        yield from outline.names
    for _, _, value in values(book.shared_files()):
        if isinstance(value, Ref):
            yield value.to, str(value)
