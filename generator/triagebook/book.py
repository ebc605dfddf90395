"""A book: all records, linked by id. Immutable, and without I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from .findings import Field
from .model.affected import Affected, Location
from .model.base import Ref
from .model.building_blocks import Detector
from .model.catalog import Catalog
from .model.defect import Certainty
from .model.document import Document, document_name
from .model.evidence import Evidence
from .model.issue import Issue
from .model.pattern import Pattern
from .model.scalars import Value, values
from .model.values import DocRef, Place
from .outline import Outline, OutlinedLocation, OutlinedTie
from .text import natural as natural  # noqa: PLC0414
from .text_index import words_of

if TYPE_CHECKING:
    from pathspec import PathSpec


_SHORT_HASH = 7  # commits are compared by this many characters
IN_CATALOG = {
    "component": "components",
    "environment": "environments",
    "test category": "test_categories",
    "file category": "file_categories",
    "segment": "segments",
    "revenue stream": "streams",
    "repository": "repositories",
    "person": "people",
}


class Entry(Struct, frozen=True, dict=True):
    """An issue with its affected locations, its evidence, and the documents about it."""

    id: str
    issue: Issue
    affected: Affected | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=lambda: MappingProxyType({}))
    claims: Mapping[str, Document] = field(default_factory=lambda: MappingProxyType({}))  # by the name of the file

    @property
    def locations(self) -> Sequence[Location]:
        return self.affected.locations if self.affected else ()

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by the name by which records cite them."""
        return {document_name(stem, document): document for stem, document in self.claims.items()}

    @property
    def values(self) -> list[Value]:
        """Every scalar of its records, with its position: rules and outlines of one issue in a row ask for them."""
        if _latest.get("entry") is not self:
            _latest.update(entry=self, values=values(self.files()))
        found: list[Value] = _latest["values"]
        return found

    @cached_property
    def outline(self) -> Outline:
        return outline_of(self)

    def files(self) -> Iterator[tuple[str, Issue | Affected | Evidence | Document]]:
        """Every record of the issue, with the path of its file in the book."""
        yield f"{self.id}/issue.yaml", self.issue
        if self.affected is not None:
            yield f"{self.id}/affected.yaml", self.affected
        for name, evidence in self.evidence.items():
            yield f"{self.id}/evidence/{name}.yaml", evidence
        for stem, document in self.claims.items():
            yield f"{self.id}/claims/{stem}.yaml", document


_latest: dict[str, Any] = {}  # the issue whose values were asked for last, and these: all would be too many


class Book(Struct, frozen=True, dict=True):
    """One knowledge base. It never changes, so what concerns all records is computed once."""

    catalog: Catalog
    issues: Mapping[str, Entry]
    patterns: Mapping[str, Pattern]
    unread: frozenset[str] = frozenset()  # files that can't be read, by their path in the book
    others: Callable[[], Mapping[str, Outline]] = dict  # the outlines of issues that were not read in full, at least

    @property
    def catalog_read(self) -> bool:
        return "catalog.yaml" not in self.unread

    def shared_files(self) -> Iterator[tuple[str, Catalog | Pattern]]:
        """The records that belong to no issue, with the path of each file in the book."""
        yield "catalog.yaml", self.catalog
        for name, pattern in self.patterns.items():
            yield f"patterns/{name}.yaml", pattern

    @cached_property
    def unread_issues(self) -> list[str]:
        return sorted((f.removesuffix("/issue.yaml") for f in self.unread if f.endswith("/issue.yaml")), key=natural)

    def unread_in(self, folder: str) -> Collection[str]:
        """The files in the folder of an issue or of the patterns that can't be read, sorted."""
        return self._unread_by_folder.get(folder, ())

    @cached_property
    def _unread_by_folder(self) -> Mapping[str, Collection[str]]:
        folders: dict[str, list[str]] = {}
        for file in sorted(self.unread):
            folders.setdefault(file.partition("/")[0], []).append(file)
        return folders

    def is_whole(self, entry: Entry) -> bool:
        """Whether all files that an issue depends on could be read. If not, what follows from it is unknown."""
        patterns = {f"patterns/{cause.pattern}.yaml" for cause in entry.issue.causes}
        return self.catalog_read and not self.unread_in(entry.id) and self.unread.isdisjoint(patterns)

    def detector_of(self, entry: Entry) -> Detector | None:
        """The detector that an issue names, else that of the pattern of its surest cause that has one."""
        if entry.issue.detector is not None:
            return entry.issue.detector
        causes = [cause for cause in entry.issue.possible_causes if cause.pattern]
        causes.sort(key=lambda cause: cause.state is not Certainty.CONFIRMED)
        patterns = (self.patterns.get(str(cause.pattern)) for cause in causes)
        return next((pattern.detector for pattern in patterns if pattern and pattern.detector), None)

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The outline of every issue, sorted by id."""
        others = self.others()
        own = {name: entry.outline for name, entry in self.issues.items() if name not in others}
        return dict(sorted({**others, **own}.items())) if own else others

    @cached_property
    def documents(self) -> frozenset[str]:
        """The documents that some record describes, by file name."""
        return frozenset(name for outline in self.outlines.values() for name in outline.documents)

    @cached_property
    def _issue_names(self) -> Collection[str]:
        return dict.fromkeys([*self.outlines, *self.unread_issues])

    def names(self, to: str, entry: Entry | None = None) -> Collection[str]:
        """The ids that a reference of one kind may have in one issue."""
        if to in IN_CATALOG:
            names: Collection[str] = getattr(self.catalog, IN_CATALOG[to])
            return names
        match to:
            case "issue":
                return self._issue_names
            case "pattern":
                return [*self.patterns, *_names_in("patterns", self.unread_in("patterns"))]
            case "evidence" if entry:
                return [*entry.evidence, *_names_in(f"{entry.id}/evidence", self.unread_in(entry.id))]
            case _:
                return _names_within(entry)[to] if entry else ()

    def named_by(self, entry_id: str) -> Sequence[tuple[str, OutlinedTie]]:
        """The relations of other issues to this one, each with the issue that records it."""
        return self._named_by.get(entry_id, ())

    @cached_property
    def _named_by(self) -> Mapping[str, Sequence[tuple[str, OutlinedTie]]]:
        named: dict[str, list[tuple[str, OutlinedTie]]] = {}
        for outline in self.outlines.values():
            for tie in outline.ties:
                if tie.to != outline.id:
                    named.setdefault(tie.to, []).append((outline.id, tie))
        return named


def file_category(catalog: Catalog, path: str) -> str | None:
    """The category that the catalog's rules give a path; the first rule that fits decides."""
    return next((name for name, category in catalog.file_categories.items() if fits(path, category.paths)), None)


def category_of(catalog: Catalog, location: Location) -> str:
    """The category of a location's file: the recorded one, or by the catalog's rules; empty if no rule fits."""
    return str(location.category or file_category(catalog, location.at.path) or "")


def _names_in(folder: str, files: Iterable[str]) -> list[str]:
    names = (PurePosixPath(file) for file in files)
    return [name.stem for name in names if str(name.parent) == folder]


@lru_cache(maxsize=8192)  # many facts ask for the same path
def fits(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path matches one of some patterns, which read as in a .gitignore: `tests/**`, `*.md`, `app/*.py`."""
    return bool(_spec(patterns).match_file(path))


@lru_cache(maxsize=512)
def _spec(patterns: tuple[str, ...]) -> PathSpec[Any]:
    from pathspec import PathSpec  # noqa: PLC0415  (slow to import, and most commands do not need it)

    return PathSpec.from_lines("gitignore", patterns)


def _names_within(entry: Entry) -> Mapping[str, Collection[str]]:
    issue = entry.issue
    return {
        "suite": issue.suites,
        "criterion": [*issue.criteria, *issue.metrics],
        "phase": issue.plan.phases if issue.plan else (),
        "horizon": issue.plan.timeline if issue.plan else (),
        "option": issue.fix.options if issue.fix else (),
    }


# ── outlines ─────────────────────────────────────────────────────────────────────────────────────────


def outline_of(entry: Entry) -> Outline:
    issue, affected, documents = entry.issue, entry.affected, entry.documents
    elsewhere, names, cited = [], set(), []
    for file, way, value in entry.values:
        if isinstance(value, Ref):
            names.add((value.to, str(value)))
            if value.to == "issue":
                elsewhere.append((file, way, "issue", str(value)))
        elif isinstance(value, Place):
            if value.lines and file.endswith("/issue.yaml"):
                cited.append((way, str(value.path), value.lines))
        elif isinstance(value, DocRef) and not value.on_the_web and value.document not in documents:
            elsewhere.append((file, way, "document", value.document))
    errors = [(("symptoms", index, "error"), one.error) for index, one in enumerate(issue.symptoms)]
    errors += [(("noticed", index, "error"), one.error) for index, one in enumerate(issue.noticed)]
    return Outline(
        entry.id,
        row_of(entry),
        tuple(OutlinedTie(str(tie.to), tie.kind.value, tie.why and str(tie.why)) for tie in issue.relations),
        tuple(map(str, issue.others())),
        tuple(_originals(entry)),
        tuple((way, str(error)) for way, error in errors if error),
        tuple(cited),
        tuple((index, str(one.pattern), one.state.value) for index, one in enumerate(issue.causes) if one.pattern),
        str(affected.source.repository) if affected else "",
        str(affected.source.commit)[:_SHORT_HASH] if affected else "",
        tuple(OutlinedLocation(str(one.at.path), one.at.lines, one.state.value) for one in entry.locations),
        tuple(str(link.url) for link in issue.links),
        tuple((str(one.stream), str(one.at_risk)) for one in (issue.impact.revenue if issue.impact else ())),
        tuple(documents),
        tuple(elsewhere),
        tuple(sorted(names)),
        words_of(str(issue.title)),
        words_of("\n".join(map(str, [issue.title, issue.summary, *(one.says or "" for one in issue.symptoms)]))),
    )


def row_of(entry: Entry) -> dict[str, Any]:
    """What a list says of an issue, as its record states it."""
    issue = entry.issue
    return {
        "id": entry.id,
        "title": str(issue.title),
        "severity": issue.severity.value,
        "state": issue.state,
        "opened": issue.opened.isoformat(),
        "closed": issue.closed.on.isoformat() if issue.closed else None,
        "owner": issue.owner and str(issue.owner),
        "priority": issue.priority,
        "components": [str(one) for one in issue.components],
        "patterns": sorted({str(cause.pattern) for cause in issue.causes if cause.pattern}),
        "labels": [str(one) for one in issue.labels],
    }


def _originals(entry: Entry) -> Iterator[tuple[Field, str]]:
    """The issues that this one names as its original, each with the field."""
    for index, relation in enumerate(entry.issue.relations):
        if relation.kind.value == "duplicate-of" and relation.to != entry.id:
            yield ("relations", index, "to"), str(relation.to)
    closed = entry.issue.closed
    if closed and closed.as_.value == "duplicate":
        for index, into in enumerate(closed.into):
            if into != entry.id:
                yield ("closed", "into", index), str(into)
