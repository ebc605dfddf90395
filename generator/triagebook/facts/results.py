"""What every planned test did: per phase and environment, from the evidence that counts for most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from triagebook.model.evidence import Evidence, Grade, Held, Outcome, Side, TestRun
from triagebook.model.issue import Issue
from triagebook.model.work import Expectation, Suite, Test

_RANK = {Grade.MACHINE: 2, Grade.ATTESTED: 1, Grade.TRANSCRIBED: 0}
# Of several parameters of one test, the worst decides.
_WORST = [Outcome.ERROR, Outcome.FAILED, Outcome.XPASSED, Outcome.XFAILED, Outcome.SKIPPED, Outcome.PASSED]


class Judgement(StrEnum):
    """How what a test did meets what was expected of it."""

    AS_EXPECTED = "as expected"
    UNEXPECTED = "unexpected"
    OTHER_REASON = "failed for another reason"
    FLAKY = "flaky"
    MISSING = "missing"
    SKIPPED = "skipped"
    UNJUDGED = "nothing was expected of it"


@dataclass(frozen=True, slots=True)
class Planned:
    """A test of the plan, with what it has from its suite."""

    suite: str
    name: str
    category: str
    path: str | None
    class_: str | None
    test: Test
    before: Expectation | None
    after: Expectation | None
    dropped: bool = False  # no suite lists it any more, but a run was held against it

    @property
    def proves_nothing(self) -> bool:
        """Whether it is expected to do the same before and after."""
        return bool(self.before and self.after and self.before.expected == self.after.expected)

    def matches(self, result: str, run: TestRun) -> bool:
        """Is a result of this name one of this test? By file, class and function, as far as both sides tell them."""
        if run.suite is not None and run.suite != self.suite:
            return False
        path, class_, function = split_name(result)
        return any(self._is(path, class_, function, name) for name in (self.name, self.test.was) if name)

    def _is(self, path: str | None, class_: str | None, function: str, name: str) -> bool:
        _, own_class, own_function = split_name(name)
        own_class = own_class or self.class_
        return (
            function == own_function
            and (class_ is None or own_class is None or class_ == own_class)
            and (path is None or self.path is None or path == self.path or path.startswith(self.path.rstrip("/") + "/"))
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """One result of one test in one piece of evidence."""

    outcome: Outcome
    error: str | None
    evidence: str
    record: TestRun
    expected: Expectation | None  # what was expected of it when it was recorded


@dataclass(frozen=True, slots=True)
class State:
    """What a test did in one phase and environment, all evidence of the best grade together."""

    outcome: Outcome | None  # None: flaky, or missing
    judgement: Judgement
    grade: Grade | None
    seen: tuple[Seen, ...] = ()  # the latest last

    @property
    def last(self) -> Seen | None:
        return self.seen[-1] if self.seen else None


def split_name(name: str) -> tuple[str | None, str | None, str]:
    """File, class and function of a test's name; the parameters in brackets fold into it."""
    name = re.sub(r"\[.*\]$", "", name)
    *before, function = name.split("::")
    path = before.pop(0) if before and ("/" in before[0] or before[0].endswith(".py")) else None
    return path, "::".join(before) or None, function


def planned_tests(issue: Issue, recorded: Iterable[tuple[str, TestRun]]) -> list[Planned]:
    """Every test that the suites list, and those that a run was held against before they vanished from the plan."""
    tests = [
        _planned(suite_id, suite, name, test)
        for suite_id, suite in issue.suites.items()
        for name, test in suite.tests.items()
    ]
    dropped: dict[tuple[str | None, str | None, str], Planned] = {}
    for _, run in recorded:
        if run.grade is Grade.MACHINE and run.sealed:
            for name, held in run.expected.items():
                if not any(test.matches(name, run) for test in tests):
                    dropped[split_name(name)] = _dropped(name, run, held)
    return [*tests, *dropped.values()]


def _dropped(name: str, run: TestRun, held: Held) -> Planned:
    path, class_, _ = split_name(name)
    suite = str(run.suite or "")
    return Planned(suite, name, "", path, class_, Test(), held.before, held.after, dropped=True)


def _planned(suite_id: str, suite: Suite, name: str, test: Test) -> Planned:
    return Planned(
        suite=suite_id,
        name=name,
        category=str(suite.category),
        path=suite.path,
        class_=suite.class_,
        test=test,
        before=test.before or suite.before,
        after=test.after or suite.after,
    )


def proof(evidence: Evidence) -> str | None:
    """Why a piece of evidence that the tool recorded proves nothing; None where it can prove something."""
    if evidence.grade is not Grade.MACHINE:
        return f"it is {evidence.grade.value}"
    if not evidence.sealed:
        return "it carries no seal of its own content: it was written or changed by hand"
    if evidence.commit is None:
        return "it names no commit"
    if evidence.dirty is not False:
        return (
            "the work tree held changes that were not committed"
            if evidence.dirty
            else "it does not say the tree was clean"
        )
    return None


def _counts_as(run: TestRun) -> Grade:
    """A machine's evidence that can't prove anything counts for no more than a statement."""
    return run.grade if proof(run) is None or run.grade is not Grade.MACHINE else Grade.TRANSCRIBED


def moment(evidence: Evidence) -> datetime:
    """When something was seen, for ordering; a day counts from its begin."""
    at: date = evidence.at
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)


def runs(evidence: Mapping[str, Evidence]) -> list[tuple[str, TestRun]]:
    """The test runs, the earliest first; equal times in the order of their names."""
    found = [(name, record) for name, record in evidence.items() if isinstance(record, TestRun)]
    return sorted(found, key=lambda item: (moment(item[1]), item[0]))


def state_of(
    test: Planned, phase: Side, environment: str, evidence: Iterable[tuple[str, TestRun]], texts: tuple[str, ...]
) -> State:
    """What one test did in one phase and environment; `texts` are the error texts that the issue itself records."""
    seen = [
        found
        for name, run in evidence
        if run.phase is phase and run.environment == environment
        for found in _seen(test, phase, name, run)
    ]
    if not seen:
        return State(None, Judgement.MISSING, None)
    grade = max((_counts_as(found.record) for found in seen), key=_RANK.__getitem__)
    best = tuple(found for found in seen if _counts_as(found.record) is grade)
    ran = [found for found in best if found.outcome is not Outcome.SKIPPED]
    if not ran:
        return State(Outcome.SKIPPED, Judgement.SKIPPED, grade, best)
    last = ran[-1]
    if any(_same_code(found, last) and _passed(found) != _passed(last) for found in ran):
        return State(None, Judgement.FLAKY, grade, best)
    return State(last.outcome, judge(last, texts), grade, (*(found for found in best if found is not last), last))


def _seen(test: Planned, phase: Side, name: str, run: TestRun) -> Iterator[Seen]:
    matching = [(key, result) for key, result in run.results.items() if test.matches(key, run)]
    if not matching:
        return
    key, result = min(matching, key=lambda item: _WORST.index(item[1].outcome))
    held = run.expected.get(key) or run.expected.get(test.name)
    if run.grade is Grade.MACHINE:  # what was expected then, so that a later edit of the plan changes nothing
        expected = (held.before if phase is Side.BEFORE else held.after) if held else None
    else:
        expected = test.before if phase is Side.BEFORE else test.after
    yield Seen(result.outcome, result.error, name, run, expected)


def _passed(seen: Seen) -> bool:
    return seen.outcome is Outcome.PASSED


def _same_code(one: Seen, other: Seen) -> bool:
    if one.record.code and other.record.code:
        return dict(one.record.code) == dict(other.record.code)
    return one.record.commit is not None and one.record.commit == other.record.commit


def judge(seen: Seen, texts: tuple[str, ...]) -> Judgement:
    """How one result meets what was expected of it."""
    expected = seen.expected
    if expected is None:
        return Judgement.UNJUDGED
    if expected.expected == "pass":
        return Judgement.AS_EXPECTED if seen.outcome is Outcome.PASSED else Judgement.UNEXPECTED
    if expected.expected == "skip":
        return Judgement.AS_EXPECTED if seen.outcome is Outcome.SKIPPED else Judgement.UNEXPECTED
    if seen.outcome not in {Outcome.FAILED, Outcome.ERROR}:
        return Judgement.UNEXPECTED
    # What a machine recorded is held against what was copied into it then, not against a record edited since.
    wanted = expected.errors or (() if seen.record.grade is Grade.MACHINE else texts)
    return (
        Judgement.AS_EXPECTED if any(same_error(text, seen.error or "") for text in wanted) else Judgement.OTHER_REASON
    )


def same_error(recorded: str, seen: str) -> bool:
    """Does a recorded error text stand in what was seen? White space does not count."""
    return bool(recorded.strip()) and " ".join(recorded.split()) in " ".join(seen.split())
