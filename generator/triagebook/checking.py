"""Checks a book. The findings of an issue are cached until something that they depend on changes.

It rests on the files of the issue, the catalog and the patterns, what the issues it names say, the findings between
issues that are reported in it, the source code that it names, what git held of its evidence, and the day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, msgpack, to_builtins
from msgspec.structs import replace

from triagebook.cache_folder import cache_folder
from triagebook.code.git import top_of
from triagebook.code.history import HeldEvidence, held_evidence
from triagebook.code.marks import ANYTHING, NOTHING, CheckoutChanges, CheckoutMark, mark_of, moves
from triagebook.code.state import SWITCHED_OFF, SourceDependencies, SourceState, described
from triagebook.findings import EVERYTHING, Choice, Finding, place_of
from triagebook.store.memo import Memo, encoded, key_of
from triagebook.store.survey import Survey
from triagebook.text import natural, today

if TYPE_CHECKING:
    from triagebook.code.checkouts import KnownCheckouts
    from triagebook.facts.inquiry import Inquiry
    from triagebook.store.load import Loaded


T = TypeVar("T")
_AT_ONCE = 64  # issues that a process has in full, for pages about them


class CheckedIssue(Struct, frozen=True, omit_defaults=True):
    """What a check found in one issue, and what of it may change without the issue."""

    findings: tuple[Finding, ...]
    day: date
    stage: str
    bottom_line: str
    lasts: bool  # also on later days: the records name none from this one on
    marks: bytes = b""  # of the source code then
    rests: SourceDependencies | None = SourceDependencies()
    repository: str = ""
    source: bytes = b""  # the digest of what was found out about the source code
    at: int = -1  # the number of its mark; -1 if the issue was compared with no source code
    why: str = ""  # something is unknown


def _digest(source: SourceState) -> bytes:
    """The digest of what was found out about the source code, but for which commit it is at."""
    found = replace(source, head=None, dirty=False, checkout="", rests=None)
    ordered = to_builtins(found, enc_hook=str, order="deterministic")  # keys may be tuples, which msgpack can't order
    return blake2b(msgpack.encode(ordered), digest_size=16).digest()


class FindingsBetweenIssues(Struct, frozen=True):
    """The findings between issues, by issue; '' has those in the catalog and the patterns."""

    findings: dict[str, tuple[Finding, ...]]
    quiet: tuple[str, ...]  # the rules that run only on request


class CheckoutMarks(Struct, frozen=True):
    """The marks of all checkouts that a check may compare with."""

    marks: tuple[CheckoutMark, ...]


class BookCheck:
    """The check of a book on one day, with or without its source code."""

    def __init__(
        self,
        root: Path,
        day: date | None = None,
        folder: Path | None = None,
        *,
        no_source: bool = False,
        no_cache: bool = False,
    ) -> None:
        self.root, self.day, self.folder, self.no_source = root, day or today(), folder, no_source
        self.memo = Memo(None if no_cache else cache_folder())
        self.survey = Survey(root, self.memo)
        self._asked: list[str] = []  # the quiet rules that run
        self._found: dict[str, CheckedIssue] = {}
        self._moved: dict[bytes, CheckoutChanges] = {}
        self._known: KnownCheckouts = {}

    def findings(self, choice: Choice = EVERYTHING, only: Collection[str] | None = None) -> list[Finding]:
        """All findings with their lines, in the order of the issues; `only` limits them to some issues."""
        choice = choice.within(self.survey.shared.levels)
        if choice.select or choice.severities:  # the only ways to ask for a quiet rule
            from triagebook.rules import RULES  # noqa: PLC0415

            self._ask_for([rule.code for rule in RULES if rule.quiet and choice.wants(rule.code, quiet=True)])
        found = [one for of_issue in self.found(only).values() for one in of_issue.findings]
        shared, folders = self.survey.shared, self.survey.folders
        wanted = [notes for name, notes in folders.items() if only is None or name in only]
        read = [one for notes in (*wanted, *(() if only is not None else (shared,))) for one in notes.findings]
        found += (*self._between.findings.get("", ()), *self._deleted()) if only is None else ()
        chosen = [one for one in read if choice.wants(one.code)]
        chosen += [one for one in found if choice.wants(one.code, quiet=one.code in self._between.quiet)]
        return sorted(map(choice.weigh, chosen), key=lambda one: (natural(one.file), place_of(one)))

    def _deleted(self) -> list[Finding]:
        """A finding for each issue that was deleted with evidence that git still holds."""
        gone = {name: versions for name, versions in self._held.items() if name not in self.survey.folders}
        if not gone:
            return []
        from triagebook.inquire import lost_evidence  # noqa: PLC0415
        from triagebook.rules.evidence import RefusedEvidence  # noqa: PLC0415

        return [RefusedEvidence.of_deleted_issue(name, lost) for name, lost in lost_evidence(self.root, gone).items()]

    def _ask_for(self, quiet: list[str]) -> None:
        if quiet != self._asked:
            self._asked = quiet
            self._found.clear()

    def keys(self) -> dict[str, bytes | None]:
        """The digest of all that answers about each issue rest on but for other issues; None if some is unknown."""
        shared, keys = self.survey.shared_key, self.survey.keys
        found = {name: (one, self._state(one)) for name, one in self.found().items()}
        return {
            name: keys[name]
            and shared
            and key_of(keys[name], shared, one.source, one.why, state.name, state.shallow, one.lasts or self.day)
            for name, (one, state) in found.items()
        }

    def over(
        self, names: Sequence[str], use: Callable[[Inquiry, Sequence[str]], Mapping[str, T]], most: int = _AT_ONCE
    ) -> dict[str, T]:
        """What follows from issues in full, some at a time, and by several processes if they are many."""

        def of_some(loaded: Loaded, some: Sequence[str]) -> Mapping[str, T]:
            return use(self._inquire(self.survey.whole(loaded), some), some)

        return self.survey.over(names, of_some, most)

    def source(self, only: Collection[str] | None = None) -> str:
        """One sentence that says which source code was used."""
        if self.no_source:
            return described([SWITCHED_OFF])
        return described(map(self._state, self.found(only).values()))

    def _state(self, one: CheckedIssue) -> SourceState:
        if one.at < 0:
            return SourceState(why_unknown=one.why)
        mark = self._marks[one.at]
        name = one.repository or mark.name
        return SourceState(name, mark.head, dirty=mark.dirty, shallow=mark.shallow, why_unknown=one.why)

    def found(self, only: Collection[str] | None = None) -> dict[str, CheckedIssue]:
        """What was found in each issue, or in some."""
        early = self._look_while_reading() if only is None else {}
        folders = self.survey.folders
        names = sorted(name for name, notes in folders.items() if notes.outline and (only is None or name in only))
        if new := [name for name in names if name not in self._found]:
            found = {name: early[name] for name in new if name in early and name not in self._between.findings}
            keys = {name: self._key(name) for name in new}
            asked = {name: key for name, key in keys.items() if name not in found}
            known = {
                name: one for name, one in self.memo.recall("found", asked, CheckedIssue).items() if self._holds(one)
            }
            renewed = {name: replace(one, marks=self._mark) for name, one in known.items() if one.marks != self._mark}
            if lost := [name for name in asked if name not in known]:
                found |= self.survey.over(lost, partial(self._look_at, between=self._between.findings))
            unchanged = {name: key if self.survey.keys[name] else None for name, key in keys.items()}  # since then
            self.memo.keep("found", unchanged, renewed | {name: one for name, one in found.items() if one.rests})
            self._found |= known | found
        return {name: self._found[name] for name in names}

    def _look_while_reading(self) -> dict[str, CheckedIssue]:
        """Check what must be read anyway, while it is open, as if nothing were found between issues."""
        if not self.survey.unknown:
            return {}
        import triagebook.rules  # noqa: F401, PLC0415  (once, for all processes)

        _ = self._mark, self._held  # also once
        return self.survey.read(partial(self._look_at, between={}))

    def _key(self, name: str) -> bytes | None:
        """The digest of what the findings in an issue rest on, but for the source code and the day."""
        own, shared = self.survey.keys[name], self.survey.shared_key
        if not own or not shared:
            return None
        between, held = self._between.findings.get(name, ()), self._held.get(name, ())
        return key_of(own, shared, between, held, self.no_source, str(self.folder or ""), self._asked)

    def _holds(self, one: CheckedIssue) -> bool:
        """Whether it would be found again, today and in the source code as it is now."""
        is_today = one.day == self.day or (one.lasts and one.day < self.day)
        return is_today and one.rests is not None and not self._moves_since(one.marks).concern(one.rests)

    def _look_at(
        self, loaded: Loaded, names: Sequence[str], between: Mapping[str, Sequence[Finding]]
    ) -> dict[str, CheckedIssue]:
        """Check some issues of a loaded book."""
        from triagebook.rules import RULES  # noqa: PLC0415  (if nothing changed, no record is read)
        from triagebook.rules.engine import within_issues  # noqa: PLC0415

        roots = [str((self.root / mark.root).resolve()) for mark in self._marks]
        found: dict[str, CheckedIssue] = {}
        for one in within_issues(RULES, self._inquire(loaded, names).each(names), between, self._asked):
            source = one.source
            _ = loaded.book.issues[one.issue].outline  # while its values are at hand
            found[one.issue] = CheckedIssue(
                tuple(one.findings),
                self.day,
                one.stage,
                one.bottom_line,
                one.last_day < self.day,
                self._mark,
                source.rests,
                source.repository if source.named else "",
                _digest(source),
                roots.index(source.checkout) if source.checkout else -1,
                source.why_unknown,
            )
        placed: dict[str, list[Finding]] = {}
        for finding in loaded.placed(finding for one in found.values() for finding in one.findings):
            placed.setdefault(finding.file.partition("/")[0], []).append(finding)
        return {name: replace(one, findings=tuple(placed.get(name, ()))) for name, one in found.items()}

    def inquiry(self, names: Collection[str] | None = None) -> tuple[Loaded, Inquiry]:
        """Some issues in full, or all, and the inquiry about them."""
        loaded = self.survey.load(names)
        return loaded, self._inquire(loaded, loaded.book.issues)

    def _inquire(self, loaded: Loaded, names: Collection[str]) -> Inquiry:
        from triagebook.inquire import inquire  # noqa: PLC0415

        _ = self._marks  # so that the checkouts are known
        return inquire(
            loaded,
            self.folder,
            no_source=self.no_source,
            day=self.day,
            issues=names,
            held=self._held,
            known=self._known,
        )

    @cached_property
    def _between(self) -> FindingsBetweenIssues:
        survey = self.survey
        outlines = [(name, notes.outline, notes.unread) for name, notes in sorted(survey.folders.items())]
        key = key_of(survey.shared_key, outlines) if survey.shared_key and all(survey.keys.values()) else None
        if known := self.memo.recall("between", {"": key}, FindingsBetweenIssues).get(""):
            return known
        from triagebook.rules import RULES  # noqa: PLC0415
        from triagebook.rules.engine import between_issues  # noqa: PLC0415

        loaded = survey.load(())
        found = {name: tuple(of_issue) for name, of_issue in between_issues(RULES, loaded.book).items()}
        found[""] = tuple(loaded.placed(found.get("", ())))
        between = FindingsBetweenIssues(found, tuple(rule.code for rule in RULES if rule.quiet))
        self.memo.keep("between", {"": key}, {"": between})
        return between

    # ── the source code ──────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _folders(self) -> list[Path]:
        """Where the source code may be, and git may hold evidence."""
        named = [self.folder] if self.folder else [self.root / place for place in self.survey.shared.checkouts]
        by_top = {top_of(folder) or folder: folder for folder in (*reversed(named), self.root)}
        return list(reversed(by_top.values()))

    @cached_property
    def _marks(self) -> tuple[CheckoutMark, ...]:
        return () if self.no_source else tuple(mark_of(folder, self.root, self._known) for folder in self._folders)

    @cached_property
    def _mark(self) -> bytes:
        """The digest under which the marks are kept."""
        digest = key_of(*map(encoded, self._marks))
        self.memo.keep("marks", {"": digest}, {"": CheckoutMarks(self._marks)})
        return digest

    @cached_property
    def _held(self) -> HeldEvidence:
        return {} if self.no_source else held_evidence(self.root)

    def _moves_since(self, digest: bytes) -> CheckoutChanges:
        """What changed in the source code since other marks."""
        if digest == self._mark:
            return NOTHING
        if digest not in self._moved:
            before = self.memo.recall("marks", {"": digest}, CheckoutMarks).get("")
            self._moved[digest] = moves(self._folders, before.marks, self._marks) if before else ANYTHING
        return self._moved[digest]
