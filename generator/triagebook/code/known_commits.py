"""Finds which recorded commits a repository knows, by id or, after a squash or rebase, by content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from triagebook.book import Entry
from triagebook.model.evidence import Grade, Phase, TestRun

from . import git
from .checkout import Checkout
from .diffs import committed_lines, compared, lines_in
from .file_kinds import is_named_as_test
from .history import Content, ancestry, commits_with, follow, name_now
from .objects import content_digest
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
    lost = [] if checkout.shallow else [wanted for issue in issues for wanted in issue.lost(contains)]
    found = commits_with(checkout.objects, lost)
    for issue in issues:
        same = {name: issue.commits_of(content, found) for name, content in issue.contents_lost.items()}
        issue.same = {name: commits for name, commits in same.items() if commits}
    moved = {pair for issue in issues if issue.same for pair in issue.moved_pairs}
    contains |= ancestry(checkout.objects, moved, shallow=checkout.shallow)
    return {issue.entry.id: issue.known(contains) for issue in issues}


def stand_ins(checkout: Checkout, entry: Entry) -> dict[str, str]:
    """For each commit of a fix that is not known, the oldest one with the same content."""
    issue = _Recorded(checkout, entry)
    lost = {fix: issue.content_of_fix(fix) for fix in issue.fixes if checkout.objects.commit(fix) is None}
    found = commits_with(checkout.objects, [content for content in lost.values() if content])
    return {fix: found[content][-1] for fix, content in lost.items() if found.get(content)}


class _Recorded:
    """The commits that one issue records, and what is known of them."""

    def __init__(self, checkout: Checkout, entry: Entry) -> None:
        self.checkout, self.objects, self.entry = checkout, checkout.objects, entry
        issue, affected = entry.issue, entry.affected
        self.changes = issue.fix.changes if issue.fix else ()
        self.paths = sorted({str(change.path) for change in self.changes if change.path})
        self.fixes = sorted({str(change.commit) for change in self.changes if change.commit})
        self.places = tuple(str(suite.path).rstrip("/") for suite in issue.suites.values() if suite.path)
        self.runs = [one for one in entry.evidence.values() if isinstance(one, TestRun) and one.commit]
        deployed = (one for plan in issue.deployment.values() for one in plan.attempts)
        self.tests_from = sorted({str(one.tests_from) for one in self.runs if one.tests_from})
        named = (issue.source, affected.source if affected else None, *entry.evidence.values(), *deployed)
        self.commits = sorted({str(one.commit) for one in named if one and one.commit})
        self.contents_lost: dict[str, Content] = {}
        self.same: dict[str, tuple[str, ...]] = {}  # for a commit, others with the same content, the newest first

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        yield from ((commit, fix) for commit in (*self.commits, self.checkout.head) for fix in self.fixes)

    def lost(self, contains: Mapping[tuple[str, str], bool]) -> Iterator[Content]:
        """The content of each commit that is not known, and of a fix that is not in the history of the current code."""
        for commit in self.commits:
            content = next((content for one in self._evidence_at(commit) if (content := self._content_of_run(one))), ())
            if content and self.objects.commit(commit) is None:
                self.contents_lost[commit] = content
                yield from self._parts(content)
        for run in self.runs:
            tests = tuple(sorted(self._laid_over(run)))
            if tests and self.objects.commit(str(run.tests_from)) is None:
                self.contents_lost[str(run.tests_from)] = tests
        for fix in self.fixes:
            if not contains.get((self.checkout.head, fix)) and (content := self.content_of_fix(fix)):
                self.contents_lost[fix] = content
        yield from self.contents_lost.values()

    def commits_of(self, content: Content, found: Mapping[Content, tuple[str, ...]]) -> tuple[str, ...]:
        """The commits that hold a content; else those that hold its product, where others hold its tests.

        A test that was written before the fix comes with it in a squash, and no commit has it with the old product.
        """
        product, tests = self._parts(content)
        return found.get(content) or (found.get(product, ()) if found.get(tests) else ())

    def _parts(self, content: Content) -> tuple[Content, Content]:
        places = tuple(f"{place}/" for place in self.places)
        tests = tuple(one for one in content if f"{one[0]}/".startswith(places) or is_named_as_test(one[0]))
        return tuple(one for one in content if one not in tests), tests

    def _evidence_at(self, commit: str) -> Iterator[TestRun]:
        return (one for one in self.runs if one.commit == commit)

    def _content_of_run(self, run: TestRun) -> Content:
        """The files that a run recorded; tests that were laid over the commit are not part of it."""
        return tuple(sorted({(path, str(own)) for path, own in run.code.items()} - self._laid_over(run)))

    def _laid_over(self, run: TestRun) -> set[tuple[str, str]]:
        """The files of tests that were laid over the commit of a run."""
        places = tuple(f"{place}/" for place in self.places if run.tests_from)
        return {(path, str(own)) for path, own in run.code.items() if f"{path}/".startswith(places)}

    def content_of_fix(self, fix: str) -> Content:
        """The files of the fix at its commit, or as a run after it recorded them."""
        if self.objects.commit(fix):
            return tuple(sorted(self.objects.digests({fix: self.paths})[fix].items()))
        after = (one for one in self.runs if one.phase is Phase.AFTER and one.grade is Grade.MACHINE and one.sealed)
        files = {path: str(one.code[path]) for one in after for path in self.paths if path in one.code}
        return tuple(sorted(files.items()))

    @property
    def moved_pairs(self) -> Iterator[tuple[str, str]]:
        for commit in (*self.commits, self.checkout.head):
            yield from ((self._stand_in(commit), other) for fix in self.fixes for other in self._copies(fix))

    def _stand_in(self, commit: str) -> str:
        """A known commit with the same content: for a run before the fix the oldest, so that no revert is meant."""
        same = self.same.get(commit, (commit,))
        before = any(one.phase is Phase.BEFORE for one in self._evidence_at(commit))
        return same[-1] if before else same[0]

    def _copies(self, fix: str) -> tuple[str, ...]:
        return (fix, *self.same.get(fix, ())[-_MOST:])

    def known(self, contains: Mapping[tuple[str, str], bool]) -> SourceState:
        held = {}
        for commit in (*self.commits, self.checkout.head):
            for fix in self.fixes:
                answers = [contains.get((self._stand_in(commit), other)) for other in self._copies(fix)]
                if any(answers) or contains.get((commit, fix)):
                    held[commit, fix] = True
                elif False in answers:
                    held[commit, fix] = False
        asked = [] if self.checkout.shallow else [*self.commits, *self.fixes, *self.tests_from]
        unknown = {one for one in asked if one not in self.same and self.objects.commit(one) is None}
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
        """The runs whose tests differ from those of the commit that they name, line ends aside."""
        for name, run in self.entry.evidence.items():
            if isinstance(run, TestRun) and run.tests_from and self.objects.commit(str(run.tests_from)):
                tests = self._laid_over(run)
                texts = {path: self.objects.text(str(run.tests_from), path) for path, _ in tests}
                if any(own not in _digests(texts[path]) for path, own in tests):
                    yield name

    # ── a fix that was taken back ────────────────────────────────────────────────────────────────────

    def _is_reverted(self, path: str, held: Mapping[tuple[str, str], bool]) -> bool:
        """Whether a file of the fix has again the content from before it, in a checkout that descends from the fix."""
        here = [fix for fix in self.fixes if held.get((self.checkout.head, fix))]
        commits = [next((one for one in reversed(self._copies(fix)) if self.objects.commit(one)), fix) for fix in here]
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


def _digests(data: bytes | None) -> set[str]:
    """The digests that a committed file may have in a work tree: of its text as it is, or with the ends of Windows."""
    return set() if data is None else {content_digest(data), content_digest(data.replace(b"\n", b"\r\n"))}


def _block(lines: Sequence[str]) -> str:
    """The lines, white space aside."""
    return "\n".join(["", *("".join(line.split()) for line in lines), ""])
