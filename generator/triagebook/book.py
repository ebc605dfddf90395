"""A book: all records, linked by id. Immutable, and without I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from .model.affected import Affected, Location
from .model.building_blocks import Detector
from .model.catalog import Catalog
from .model.defect import Certainty, Relation
from .model.evidence import Evidence
from .model.issue import Issue
from .model.pattern import Pattern

if TYPE_CHECKING:
    from pathspec import PathSpec


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


class Entry(Struct, frozen=True):
    """An issue with its affected locations and its evidence."""

    id: str
    issue: Issue
    affected: Affected | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=lambda: MappingProxyType({}))

    def files(self) -> Iterator[tuple[str, Issue | Affected | Evidence]]:
        """Every record of the issue, with the path of its file in the book."""
        yield f"{self.id}/issue.yaml", self.issue
        if self.affected is not None:
            yield f"{self.id}/affected.yaml", self.affected
        for name, evidence in self.evidence.items():
            yield f"{self.id}/evidence/{name}.yaml", evidence


class Book(Struct, frozen=True, dict=True):
    """One knowledge base. It never changes, so what concerns all records is computed once."""

    catalog: Catalog
    issues: Mapping[str, Entry]
    patterns: Mapping[str, Pattern]
    unread: frozenset[str] = frozenset()  # files that can't be read, by their path in the book

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
        causes = [cause for cause in entry.issue.causes if cause.pattern and cause.state is not Certainty.RULED_OUT]
        causes.sort(key=lambda cause: cause.state is not Certainty.CONFIRMED)
        patterns = (self.patterns.get(str(cause.pattern)) for cause in causes)
        return next((pattern.detector for pattern in patterns if pattern and pattern.detector), None)

    @cached_property
    def documents(self) -> frozenset[str]:
        """The documents that some record describes, by file name."""
        return frozenset(name for entry in self.issues.values() for name in entry.issue.documents)

    @cached_property
    def _issue_names(self) -> Collection[str]:
        return dict.fromkeys([*self.issues, *self.unread_issues])

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

    def named_by(self, entry_id: str) -> Sequence[tuple[str, Relation]]:
        """The relations of other issues to this one, each with the issue that records it."""
        return self._named_by.get(entry_id, ())

    @cached_property
    def _named_by(self) -> Mapping[str, Sequence[tuple[str, Relation]]]:
        named: dict[str, list[tuple[str, Relation]]] = {}
        for entry in self.issues.values():
            for relation in entry.issue.relations:
                if relation.to != entry.id:
                    named.setdefault(relation.to, []).append((entry.id, relation))
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


def natural(text: str) -> list[tuple[bool, int, str]]:
    """A key that sorts 9 before 10, and numbers before words."""
    parts = re.split(r"(\d+)", text)
    return [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts if part]


def _names_within(entry: Entry) -> Mapping[str, Collection[str]]:
    issue = entry.issue
    return {
        "suite": issue.suites,
        "criterion": [*issue.criteria, *issue.metrics],
        "phase": issue.plan.phases if issue.plan else (),
        "horizon": issue.plan.timeline if issue.plan else (),
        "option": issue.fix.options if issue.fix else (),
    }
