"""Prepares evidence from result files, and writes it to the book all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triagebook.book import Entry
from triagebook.code.checkouts import Checkouts, FoundCheckout, places_that_count
from triagebook.errors import TakenError, TriagebookError
from triagebook.facts.ledger.commits import read_before
from triagebook.facts.ledger.planned_tests import PlannedTest, absent_files, split_name
from triagebook.model.evidence import Phase
from triagebook.store.load import Loaded
from triagebook.store.write import create_all
from triagebook.text import first_of

from .evidence_data import RecordedRun, Setting, ToolRun, run_of_tests
from .evidence_file import EvidenceDraft, EvidenceFile, finished
from .input_files import ResultFile
from .observed_code import NAME_IT, ObservedCode, code_now, code_of_commit
from .plan_match import PlanMatcher
from .result_names import NamedResult, TestPaths, named
from .source_tests import SourceTests
from .timestamps import seen_at

_WITHDRAWS = re.compile(r"^withdraws: [\"']?([^\"'\n]+)", re.MULTILINE)
_TRIES = 20  # another process may take a free name first


class RecordingContext(Struct, frozen=True):
    """The book, issue, code and setting that evidence is recorded for."""

    loaded: Loaded
    entry: Entry
    setting: Setting
    found: FoundCheckout
    now: datetime
    folder: Path | None = None  # the checkout, or the folder in it where the tests ran, if given
    commit: str | None = None  # if given
    deployed: bool = False  # a build was tested, not the work tree
    tests_from: str | None = None  # the commit of the tests, if they were laid over the work tree
    laid_over: tuple[str, ...] = ()  # their files
    ran_in: Path | None = None  # the folder that test files are relative to, if our plugin ran them

    @property
    def paths(self) -> TestPaths:
        root = self.found.checkout.root if self.found.checkout else None
        folder = self.ran_in or self.folder
        inside = folder.resolve() if folder and folder.resolve() != root else None
        return TestPaths(root, inside, PlanMatcher(self.entry).places, ran_there=self.ran_in is not None)

    @property
    def places(self) -> set[str]:
        """The files whose digests are kept."""
        return {*places_that_count(self.entry), *self.laid_over}

    def refreshed(self) -> RecordingContext:
        """The context with the current state of the checkout. Tests laid over it are not uncommitted changes."""
        root = self.found.checkout.root if self.found.checkout else Path()
        apart = [root / path for path in self.laid_over]
        return replace(self, found=Checkouts(self.loaded.root, self.loaded.book, self.folder, apart).of(self.entry))

    def code(self, places: set[str], at: datetime | None = None) -> ObservedCode:
        if self.commit is not None:
            return code_of_commit(self.found, self.commit, places)
        if self.deployed and self.folder is None:
            return ObservedCode()
        return code_now(self.found, places, at, self.laid_over)


class PreparedRuns(Struct, frozen=True):
    """Result files ready to be recorded, with the planned tests that are missing."""

    runs: tuple[RecordedRun, ...]
    drafts: tuple[EvidenceDraft, ...]
    missing: tuple[PlannedTest, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for run in self.runs for note in run.code.notes))


def prepare(
    context: RecordingContext,
    readings: Sequence[ResultFile],
    suite: str | None,
    *,
    keep: bool = False,
    ran: ToolRun | None = None,
    before: ObservedCode | None = None,
) -> PreparedRuns:
    """Match result files with the plan; write nothing. `before` is the code at the start of our own run."""
    plan, paths, entry = PlanMatcher(context.entry), context.paths, context.entry
    runs = []
    for reading in readings:
        tests = _source_tests(context, context.folder if ran else None)  # a run of our own finds no tests elsewhere
        results = named(reading.results, paths)
        results = tests.with_files(results, [test.name for test in plan.tests]) if tests else results
        at = context.setting.at or seen_at(reading.results.at, reading.source.written, context.now)
        refuse_too_early(context, at)
        files = test_files(results)
        places = context.places.union(files, tests.read_by(files) if tests else ())
        ran_at = at if isinstance(at, datetime) else None
        code = context.code(places, ran_at) if before is None else settled(before, context.code(places))
        runs.append(
            RecordedRun(
                results=reading.results,
                named=results,
                match=plan.match([one.name for one in results], suite, {one.name for one in results if one.fits}),
                code=_bound(context, code, [one.name for one in results]),
                at=at,
                source=reading.source,
                ran=ran,
            )
        )
    drafts = tuple(run_of_tests(run, context.setting, entry.issue, keep=keep) for run in runs)
    missing = plan.missing([run.match for run in runs], context.setting.phase)
    return PreparedRuns(tuple(runs), drafts, tuple(missing))


def _source_tests(context: RecordingContext, below: Path | None) -> SourceTests | None:
    """The tests in the source code at that commit, if it is known."""
    checkout = context.found.checkout
    if checkout is None or (context.deployed and context.commit is None and context.folder is None):
        return None
    commit = checkout.objects.commit(context.commit) if context.commit else None
    inside = below.resolve().relative_to(checkout.root).as_posix() if below else "."
    return SourceTests(checkout, None if commit == checkout.head else commit, "" if inside == "." else f"{inside}/")


def refuse_too_early(context: RecordingContext, at: date) -> None:
    """Nothing was seen after the fix before the issue was opened."""
    opened = context.entry.issue.opened
    day = at.date() if isinstance(at, datetime) else at
    if context.setting.phase is Phase.AFTER and day < opened:
        what = f"it ran or was observed on {day}, before the issue was opened on {opened}: that is not after the fix"
        raise TriagebookError(what, "record it with --phase before, or correct --at or `opened`")


def _bound(context: RecordingContext, code: ObservedCode, results: Sequence[str]) -> ObservedCode:
    """The code, without a commit that contains none of the tests.

    Where it contains some of them, other code was tested: then failures count, and passes prove nothing.
    """
    if code.commit is None or code.checkout is None or context.laid_over:
        return code
    new = code.digests if code.dirty else {}
    named = absent_files(results, new)
    gone = [path for path in named if code.checkout.objects.item(code.commit, path) is None]
    if not gone:
        return code
    absent = f"{first_of(gone)} does not exist at {code.commit[:9]}"
    if len(gone) < len(named):
        other = f"{absent}, so other code was tested: what failed counts, what passed does not"
        return replace(code, notes=(*code.notes, other))
    note = f"{absent}, so the results are not recorded for that commit"
    return ObservedCode(checkout=code.checkout, notes=(*code.notes, f"{note}; {NAME_IT}"))


def settled(before: ObservedCode, after: ObservedCode) -> ObservedCode:
    """The code that a run tested: its state at the start, if it did not change during the run.

    Files that the run leaves behind do not make the tree dirty; a change of the code does.
    """
    common = before.digests.keys() & after.digests.keys()
    changed = sorted(path for path in common if before.digests[path] != after.digests[path])
    if before.commit == after.commit and not changed:
        return replace(before, digests={**after.digests, **before.digests})
    what = first_of(changed) or "the commit"
    note = f"the code changed while the tests ran, so they prove nothing: {what}"
    return replace(before, dirty=True, notes=(*before.notes, note))


def test_files(results: Sequence[NamedResult]) -> set[str]:
    """The files that contain the tests, and those that are read before them."""
    named = {path for one in results if (path := split_name(one.name)[0]) and not path.startswith("/")}
    return named.union(*(read_before(path) for path in named if path.endswith(".py")))


def write(
    context: RecordingContext, done: Sequence[EvidenceFile], drafts: Sequence[EvidenceDraft], digests: Sequence[str]
) -> list[str]:
    """Write all of the evidence or none, and return the paths. Refuse files with these digests that are recorded."""
    root, issue_id = context.loaded.root, context.entry.id

    def refuse_known() -> None:
        for digest in digests:
            if name := recorded_as(root, issue_id, digest):
                what = f"this file is already recorded as {name}"
                raise TriagebookError(what, "a run counts only once; record the results of another run")

    refused: set[str] = set()
    for patience in reversed(range(_TRIES)):
        try:
            create_all(root, {name: data for one in done for name, data in one.files.items()}, refuse_known)
        except TakenError:
            if not patience:
                raise
            refused |= {one.name for one in done}  # a killed writer may have left a kept file of that name
            done = provisional(context, drafts, refused)
        else:
            return [(root / next(iter(one.files))).as_posix() for one in done]
    raise AssertionError("unreachable")


def provisional(
    context: RecordingContext, drafts: Sequence[EvidenceDraft], refused: Collection[str] = ()
) -> list[EvidenceFile]:
    """The evidence to write, under names that are not taken."""
    taken = {*refused, *(path.stem for path in _evidence(context.loaded.root, context.entry.id))}
    done: list[EvidenceFile] = []
    for draft in drafts:
        done.append(finished(context.entry.id, draft, taken | {one.name for one in done}))
    return done


def recorded_as(root: Path, issue_id: str, digest: str) -> str | None:
    """The evidence recorded from a file with this digest, even if that evidence is invalid; not a withdrawn one."""
    texts = {
        path.stem: path.read_text(encoding="utf-8", errors="replace")
        for path in _evidence(root, issue_id)
        if path.suffix == ".yaml" and path.is_file()
    }
    taken_back = {name for text in texts.values() for name in _WITHDRAWS.findall(text)}
    same = (name for name, text in texts.items() if digest in text and "kind: tests" in text)
    return next((name for name in same if name not in taken_back), None)


def _evidence(root: Path, issue_id: str) -> list[Path]:
    folder = root / issue_id / "evidence"
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
