"""Finds which recorded commits a repository knows, by id or, after a squash or rebase, by content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from triagebook.book import Entry
from triagebook.model.evidence import Grade, Phase, TestRun

from . import git
from .checkout import Checkout
from .diffs import committed_lines, compared, lines_in
from .file_kinds import is_below
from .history import Content, ancestry, commits_with, follow, name_now
from .objects import Objects
from .squashes import taken_in_by
from .state import SourceState

_MOST = 20  # commits of one content; the fix is in the oldest, and in copies of it on other branches
_A_WORD = 3  # letters; shorter lines, such as brackets, stand everywhere


def known_commits(checkout: Checkout, entries: Iterable[Entry]) -> dict[str, SourceState]:
    """What a checkout knows of the commits that each issue records, by its id.

    However many issues there are, git is asked a few times only.
    """
    issues = [_Recorded(checkout, entry) for entry in entries]
    follow(checkout, {path for issue in issues for path in issue.paths})
    pairs = {pair for issue in issues for pair in issue.pairs}
    contains = ancestry(checkout.objects, pairs, shallow=checkout.shallow)
    for issue in issues:
        issue.lose(contains)
    _find(checkout.objects, [] if checkout.shallow else issues)
    moved = {pair for issue in issues if issue.same or issue.taken_in for pair in issue.moved_pairs}
    contains |= ancestry(checkout.objects, moved, shallow=checkout.shallow)
    return {issue.entry.id: issue.known(contains) for issue in issues}


def stand_ins(checkout: Checkout, entry: Entry) -> dict[str, str]:
    """For each commit of a fix that is not known, the oldest one that holds its content."""
    issue = _Recorded(checkout, entry)
    issue.lost = {fix: issue.content_of_fix(fix) for fix in issue.fixes if checkout.objects.commit(fix) is None}
    _find(checkout.objects, [issue])
    return {fix: issue.copies(fix)[-1] for fix in issue.lost if len(issue.copies(fix)) > 1}


def _find(objects: Objects, issues: Sequence[_Recorded]) -> None:
    """Look up the commits that have the content of lost ones or, if none does, the one that includes it."""
    for issue in issues:
        issue.lost = {name: content for name, content in issue.lost.items() if content}
    same = commits_with(objects, {content for issue in issues for content in issue.lost.values()})
    left = {content: issue.began for issue in issues for content in issue.lost.values() if not same[content]}
    taken_in = taken_in_by(objects, left)
    for issue in issues:
        issue.same = {name: same[content] for name, content in issue.lost.items() if same[content]}
        issue.taken_in = {name: taken_in[content] for name, content in issue.lost.items() if content in taken_in}


class _Recorded:
    """The commits that one issue records, and what is known of them."""

    def __init__(self, checkout: Checkout, entry: Entry) -> None:
        self.checkout, self.objects, self.entry = checkout, checkout.objects, entry
        issue, affected = entry.issue, entry.affected
        self.paths = sorted({str(change.path) for change in issue.changes if change.path})
        self.fixes = issue.fix_commits
        self.places = tuple(str(suite.path) for suite in issue.suites.values() if suite.path)
        self.runs = [one for one in entry.evidence.values() if isinstance(one, TestRun) and one.commit]
        deployed = (one for plan in issue.deployment.values() for one in plan.attempts)
        self.tests_from = sorted({str(one.tests_from) for one in self.runs if one.tests_from})
        named = (issue.source, affected.source if affected else None, *entry.evidence.values(), *deployed)
        self.began = min((date(one.at.year, one.at.month, one.at.day) for one in self.runs), default=date.max)
        self.commits = sorted({str(one.commit) for one in named if one and one.commit})
        self.lost: dict[str, Content] = {}  # commits that are not known, with what is recorded of them
        self.same: dict[str, tuple[str, ...]] = {}  # for a lost one, commits with the same content, the newest first
        self.taken_in: dict[str, str] = {}  # for one without these, the commit that holds it with other changes

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        yield from ((commit, fix) for commit in (*self.commits, self.checkout.head) for fix in self.fixes)

    def lose(self, contains: Mapping[tuple[str, str], bool]) -> None:
        """Note each commit that is not known, and each fix that is not in the history of the current code."""
        for commit in (one for one in self.commits if self.objects.commit(one) is None):
            self.lost[commit] = self._content_at(commit)
        for run in self.runs:
            if run.tests_from and self.objects.commit(str(run.tests_from)) is None:
                self.lost[str(run.tests_from)] = tuple(sorted(self._laid_over(run)))
        for fix in self.fixes:
            if not contains.get((self.checkout.head, fix)):
                self.lost[fix] = self.content_of_fix(fix)

    def _evidence_at(self, commit: str) -> Iterator[TestRun]:
        return (one for one in self.runs if one.commit == commit)

    def _content_at(self, commit: str) -> Content:
        """The files that runs recorded of a commit; tests that were laid over it are not part of it."""
        files = (
            {(path, str(own)) for path, own in run.code.items()} - self._laid_over(run)
            for run in self._evidence_at(commit)
        )
        return tuple(sorted(set[tuple[str, str]]().union(*files)))

    def _laid_over(self, run: TestRun) -> set[tuple[str, str]]:
        """The files of tests that were laid over the commit of a run."""
        code = run.code.items() if run.tests_from else ()
        return {(path, str(own)) for path, own in code if any(is_below(path, place) for place in self.places)}

    def content_of_fix(self, fix: str) -> Content:
        """The files of the fix at its commit, or as a run after it recorded them."""
        if self.objects.commit(fix):
            return tuple(sorted(self.objects.digests({fix: self.paths})[fix].items()))
        after = (one for one in self.runs if one.phase is Phase.AFTER and one.grade is Grade.MACHINE and one.sealed)
        code = (pair for one in after for pair in one.code.items())
        files = {path: str(own) for path, own in code if any(is_below(path, place) for place in self.paths)}
        return tuple(sorted(files.items()))

    @property
    def moved_pairs(self) -> Iterator[tuple[str, str]]:
        for commit in (*self.commits, self.checkout.head):
            yield from ((self._stand_in(commit), other) for fix in self.fixes for other in self.copies(fix))

    def _stand_in(self, commit: str) -> str:
        """A known commit with the same content: for a run before the fix the oldest, so that no revert is meant."""
        if commit in self.taken_in:
            return self.taken_in[commit]
        same = self.same.get(commit, (commit,))
        before = any(one.phase is Phase.BEFORE for one in self._evidence_at(commit))
        return same[-1] if before else same[0]

    def copies(self, fix: str) -> tuple[str, ...]:
        """The fix, and the commits that hold it too, the newest first."""
        taken_in = (self.taken_in[fix],) if fix in self.taken_in else ()
        return (fix, *self.same.get(fix, ())[-_MOST:], *taken_in)

    def _holds(self, commit: str, fix: str, contains: Mapping[tuple[str, str], bool]) -> bool | None:
        """Whether a commit contains a fix; None if that is unknown."""
        answers = [contains.get((self._stand_in(commit), other)) for other in self.copies(fix)]
        holds = True if any(answers) or contains.get((commit, fix)) else False if False in answers else None
        if holds and commit in self.taken_in:  # with or without the fix: the content says
            own = dict(self.lost[commit])
            return all(own.get(path) == digest for path, digest in self.content_of_fix(fix)) or None
        return holds

    def known(self, contains: Mapping[tuple[str, str], bool]) -> SourceState:
        answers = {pair: self._holds(*pair, contains) for pair in self.pairs}
        held = {pair: holds for pair, holds in answers.items() if holds is not None}
        asked = [] if self.checkout.shallow else [*self.commits, *self.fixes, *self.tests_from]
        found = {*self.same, *self.taken_in}
        unknown = {one for one in asked if one not in found and self.objects.commit(one) is None}
        known = [one for one in self.commits if self.objects.commit(one)]
        ran_at = {str(run.commit) for run in self.runs if not run.code.keys() >= set(self.paths)}
        return SourceState(
            head=self.checkout.head,
            contains=held,
            unknown=frozenset(unknown),
            other_tests=frozenset(self._other_tests()),
            made={commit: self.objects.made(commit) for commit in known},
            contents=self.objects.digests({one: self.paths for one in known if one in ran_at}),
            reverted=tuple(path for path in self.paths if self._is_reverted(path, held)),
        )

    def _other_tests(self) -> Iterator[str]:
        """The runs whose tests differ from those of the commit that they name."""
        for name, run in self.entry.evidence.items():
            if isinstance(run, TestRun) and run.tests_from and self.objects.commit(str(run.tests_from)):
                tests = dict(self._laid_over(run))
                there = self.objects.digests({str(run.tests_from): tests})[str(run.tests_from)]
                if there.items() != tests.items():
                    yield name

    # ── a fix that was taken back ────────────────────────────────────────────────────────────────────

    def _is_reverted(self, path: str, held: Mapping[tuple[str, str], bool]) -> bool:
        """Whether a file of the fix has again the content from before it, in a checkout that descends from the fix."""
        here = [fix for fix in self.fixes if held.get((self.checkout.head, fix))]
        commits = [next((one for one in reversed(self.copies(fix)) if self.objects.commit(one)), fix) for fix in here]
        steps = {(self._id(f"{commit}^", path), self._id(commit, path)) for commit in commits}
        steps = {(old, new) for old, new in steps if old != new}
        name = name_now(self.checkout, path) or path
        now = self.checkout.id_now(name) or ""
        if not steps or now in {new for _, new in steps}:
            return False
        return now in {old for old, _ in steps} or all(self._is_undone(name, old, new) for old, new in steps)

    def _is_undone(self, path: str, old: str, new: str) -> bool:
        """Whether each part of a change is taken back, whatever else was changed since."""
        lines = [committed_lines(self.objects, one) if one else [] for one in (old, new)]
        now = _block(lines_in(git.text(self.checkout.text_now(path) or b"")))
        hunks = compared(*lines)
        taken = [hunk for hunk in hunks if len("".join("".join(hunk.old_lines).split())) > _A_WORD]
        return (
            bool(taken)
            and all(_block(hunk.old_lines) in now for hunk in taken)
            and not any(_block(hunk.new_lines) in now for hunk in hunks if "".join(hunk.new_lines).strip())
        )

    def _id(self, commit: str, path: str) -> str:
        item = self.objects.item(commit, path)
        return item.id if item else ""


def _block(lines: Sequence[str]) -> str:
    """The lines, white space aside."""
    return "\n".join(["", *("".join(line.split()) for line in lines), ""])
