"""TB81x: success that the document itself, or the order of its steps, contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding

from .base import AnyLineRule, DocumentRule, Known
from .document import Document, Kind, Line, Mark
from .phrases import any_of, one_of

# Words of a finished work, as verdicts use them.
_STATE = r"(?:resolved|fixed|validated|completed?|done|verified|operational|restored|solved|closed|eliminated|finished)"
_LABEL = r"(?:status|result|verdict|outcome|conclusion)\W{1,6}"
_DONE = any_of(
    r"(?:ready|approved|cleared) (?:for|to) (?:production|release|deployment|deploy|ship|merge)",
    r"production[- ]ready",
    r"(?:fully|successfully|completely) (?:\w+ and )?(?:fixed|validated|resolved|tested|verified|implemented|deployed)",
    r"fixed and validated",
    rf"(?:is|are|been|was|were)\W{{0,4}}(?:now |fully |successfully )*{_STATE}",
    rf"{_LABEL}(?:now |fully |successfully )*(?:{_STATE}|success(?:ful)?|go|green|approved|passed|ok)",
    r"(?:fix|issue|bug) (?:complete|resolved|validated)",
    r"(?:rollout|deployment|migration|validation|fix) (?:is|was|has been) (?:a )?(?:success|successful|effective)",
    r"(?:can|may) (?:now |safely )?(?:ship|be released|be shipped|go live)",
    r"(?:release|candidate) (?:is )?approved", r"good to go", r"sign-?off\W{1,4}(?:granted|given|yes)",
    r"(?:can|may) be closed", r"ship it", r"confirmed working", r"everything works", r"mission accomplished",
    r"100 ?% (?:complete|done)",
    r"all (?:\w+ )?(?:criteria|requirements|goals) (?:are |were |have been )?(?:met|fulfilled|satisfied|achieved)",
)  # fmt: skip
NOT_YET = any_of(
    "not", "once", "when", "until", "after", "before", "if", "unless", "should", "will", "must", "can", "to be",
    "while",
    "would", "could", "needs?", "pending", "partially", "expected", "expect", "nothing", "none", "whether",
)  # fmt: skip
_CONDITION = any_of("when", "once", "if", "after", "until", "pending", "unless")
# What has not happened, in the words of people who would rather not say so.
_OPEN = any_of(
    r"(?:not|never) (?:yet |been |be )*(?:accessible|available|tested|verified|validated|deployed|run|executed|"
    r"confirmed|"
    r"possible|reached)",
    r"unverified", r"untested", r"n/a", r"no \w+ available", r"could(?: not|n't) (?:be|run|reach|start)",
    r"unable to", r"attempted", r"timed? ?out",
    r"time-?out", r"pending", r"blocked", r"outstanding", r"skipped", r"tbd", r"todo", r"deferred", r"postponed",
    r"omitted",
    r"when (?:\w+ )?(?:infrastructure|docker|available)",
    r"(?:to be|needs to be|must be) (?:done|verified|confirmed|tested|determined)",
    r"still (?:open|failing|to do|to be)", r"errors? (?:during|in) (?:set-?up|collection)",
    r"remains to be", r"infrastructure limit\w*",
)  # fmt: skip
_NOTHING_OPEN = any_of(
    r"(?:no|none|zero|0|without|nothing|any|never|not) (?:\w+ )?(?:pending|blocked|outstanding|skipped|deferred|"
    r"postponed)",
    r"pending[- ]marks?", r"0 \w+", r"(?:is|are) skipped or \w+",
)  # fmt: skip


def statements(document: Document) -> Iterator[Line]:
    """The lines that state how things are: no criteria, expectations and lists of what is to come."""
    criteria = {row.line for title, *rows in document.tables if _TO_COME.search(title.text) for row in rows}
    for before, items in document.lists:
        if before is not None and _TO_COME.search(before.text):
            criteria |= {line.number for item in items for line in item.lines}
    yield from (line for line in document.prose if line.number not in criteria)


_TO_COME = any_of(
    "criteri(?:on|a)", "targets?", "goals?", "expected", r"to be \w+", "should", "must", "will", "mitigation"
)


def verdict_in(document: Document) -> Iterator[tuple[Line, str]]:
    """The lines that call the work finished, with the words that do."""
    for line in statements(document):
        match = _DONE.search(line.text)
        if (
            not match
            or NOT_YET.search(line.text[: match.start()])
            or _CONDITION.search(re.split(r"[:;.]\s", line.text[match.end() :])[0])
        ):
            continue
        if Mark.PENDING not in line.marks:
            yield line, match.group().strip()


def _open_lines(document: Document) -> list[Line]:
    return [
        line
        for line in document.prose
        if Mark.PENDING in line.marks or (_OPEN.search(line.text) and not _NOTHING_OPEN.search(line.text))
    ]


_OF_RELEASE = any_of(r"(?:deploy|release|roll out)\b.*\b(?:production|users|customers)", "release")
_BEFORE_RELEASE = any_of("validated", "verified", "fixed", "tested", ".*(?:ready|ship|approved|cleared|released).*")


class FinishedWithOpenWork(DocumentRule, code="TB811"):
    """The document calls the work finished, and shows that part of it is not done."""

    why = "Somebody will release on the strength of the verdict and never read the line that takes it back."
    remedy = "say what is done and what is not: `fix committed; not verified in staging`"
    bad = """
# Validation report

**Status:** FIXED AND VALIDATED

The staging service was not accessible for the final validation.
"""
    good = bad.replace("FIXED AND VALIDATED", "fix committed, not validated")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        boxes = document.kind is Kind.REPORT  # those of a plan are for its reader to tick
        still_open = [line for line in _open_lines(document) if boxes or not line.text.lstrip().startswith("[ ]")]
        for line, words in verdict_in(document):
            is_before = _BEFORE_RELEASE.search(words)
            others = (one for one in still_open if not (is_before and _OF_RELEASE.search(one.text)))
            other = next((one for one in others if one.number != line.number), None)
            if other:
                says = f"`{words}`, but line {other.number} says: {other.text.strip()[:100]}"
                yield self.finding(document, line.number, says, words)


_ALL_PASS = any_of(
    r"(?:all|both|every(?:thing)?|the whole) (?:[\w-]+ ){0,4}?(?:tests?|suites?|checks?|cases?)? ?(?:are |is |have |"
    r"has |now )*"
    r"(?:pass(?:ed|ing|es)?|green|succeed(?:ed|s)?)",
    r"(?:all|the (?:full|entire|whole)|full) (?:[\w-]+ ){0,3}(?:passed|passes|successful|green)",
    r"all (?:\w+ ){0,3}are successful",
    r"100 ?% of the (?:\w+ )?suite pass(?:es|ed)?",
    r"100 ?% (?:pass|success|passed|of (?:the )?tests)",
    r"(?:no|zero|0) (?:test )?failures",
    r"no tests? (?:has |have |is |are )?(?:failed|fails?|failing)",
    r"no (?:more )?failing tests?", r"no regressions?", r"nothing (?:broke|failed|fails)", r"no errors",
)  # fmt: skip
_FAILED = one_of(
    r"(?i:(?<!\w)(?:[1-9]\d* (?:tests? )?(?:failed|failing|failures?|errors?)|[1-9]\d* expected failures?)\b)",
    r"(?i:\b(?:failures?|errors|failed):? [1-9])",
    r"(?i:\btests? (?:is|are) failing\b|[:|]\s*fail(?:ed|s)?\s*\|?\s*$)",
    r"\b(?:FAILED|FAIL)\b|^not ok\b|^ERROR ",
    r"(?i:\bfails (?:in|on|with)\b|\b(?:assertions?|tests?) (?:failed|failing|fails|broke|is red|are red)\b)",
    r"(?i:\b\w+ tests? (?:is|are) (?:red|failing|broken)\b)",
)
_DENIES = re.compile(
    r"^\W*(?:no|nothing)\b|\. No\b|\b(?:shows?|proves?) that\b|\breproduc|\b(?:before|without) (?:the )?fix\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(\d[\d,]*)/(\d[\d,]*) (?:tests? )?pass(?:ed|ing)?\b", re.IGNORECASE)


class AllPassWithFailures(DocumentRule, code="TB812"):
    """The document says that all tests pass, and lists failures."""

    why = "One failure is enough to make the sentence false, and it is the one that matters."
    remedy = "say how many passed, failed and did not run"
    bad = """
# Validation report

All tests pass.

- ✅ test_connect
- ❌ test_send
"""
    good = bad.replace("All tests pass", "One of two tests passes")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.kind is not Kind.REPORT:
            return
        for line in statements(document):
            match = _ALL_PASS.search(line.text)
            if match and not NOT_YET.search(line.text[: match.start()]) and Mark.PENDING not in line.marks:
                failure = next((one for one in _failures(document) if one.number != line.number), None)
                if failure:
                    says = f"`{match.group()}`, but line {failure.number} says: {failure.text.strip()[:100]}"
                    yield self.finding(document, line.number, says, match.group())


def _failures(document: Document) -> Iterator[Line]:
    """The lines that show a failed test."""
    for block in document.blocks:
        for line in block.lines:
            short = _SHORT.search(line.text)
            failed = _FAILED.search(line.text) and not _ALL_PASS.search(line.text) and not _DENIES.search(line.text)
            if Mark.FAILED in line.marks or failed or (short and short[1] != short[2]):
                yield line


_FAILURE = any_of(r"fail(?:s|ed|ing|ures?)?", r"flak\w+", r"intermittent\w*", r"[1-9]\d* errors?")
_EXCUSE = any_of(
    r"expected(?: (?:intermittent|failure|to fail))?", r"known (?:issues?|problems?|flak\w+|intermittent|failures?)",
    r"acceptable",
    r"(?:unrelated|not related)(?: to)?", r"pre-?existing", r"(?:failed|failing|fails?) before (?:as well|too|already)",
    r"(?:because of|due to|caused by) (?:the |test |our )*(?:environment|infrastructure|machine|network)",
    r"environmental",
    r"(?:can|may) (?:safely )?(?:be )?(?:safely )?ignored?", r"false positives?", r"harmless",
    r"(?:a rerun|on retry|on re-?run|sometimes)",
    r"not (?:a |really |actually |release )*(?:real|blocking|blockers?|critical|failures?|product issues?)",
    r"is flaky",
    r"nothing to do with", r"(?:both |all )?minor", r"outdated", r"which is (?:fine|ok|normal)", r"cosmetic",
    r"(?:do|does) not (?:affect|matter|block)", r"test issues?",
)  # fmt: skip
_BEFORE_FIX = any_of(r"(?:before|without) (?:the |this )?(?:fix|change)", r"on main", r"reproduc\w+", r"no", r"none")


class ExcusedFailure(AnyLineRule, code="TB816"):
    """A failed test is called expected, flaky or unrelated."""

    why = "A test that was to pass and did not has found something, until a cause is shown."
    remedy = "count it as failed; declare an expected failure or a rate before the run, not after it"
    bad = """
# Validation report

- ⚠️ test_race (expected intermittent)
"""
    good = bad.replace("⚠️ test_race (expected intermittent)", "❌ test_race failed in 3 of 50 runs")
    only = (Kind.REPORT,)

    def in_line(self, line: Line, known: Known) -> Iterator[tuple[str, str]]:
        failed = _FAILURE.search(line.text) or line.marks & {Mark.FAILED, Mark.WARNED}
        excuse = _EXCUSE.search(line.text)
        if failed and excuse and not _BEFORE_FIX.search(line.text):
            yield excuse.group(), f"a failure is excused: `{excuse.group()}`"
