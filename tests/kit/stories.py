"""Books for the tests of facts and verdicts, as plain data: what a YAML file would hold, scalars as text.

`honest()` is the story of an issue that was reproduced, fixed, validated and released by the rules. A test changes one
thing of it and looks at what becomes of the stage. Evidence is sealed as the tool seals it, and models read it as the
store does.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from msgspec.structs import replace

from triagebook.book import Book, Entry
from triagebook.code.state import SourceState
from triagebook.facts.case import Case
from triagebook.facts.ledger.results import CombinedResult
from triagebook.facts.verdict.environments import EnvironmentVerdict
from triagebook.facts.verdict.stages import Stage, StageResult
from triagebook.model.affected import Affected
from triagebook.model.catalog import Catalog
from triagebook.model.document import Document
from triagebook.model.evidence import CommandOutput, Evidence, MeasuredValue, Observation, Phase, TestRun, seal_of
from triagebook.model.issue import Issue
from triagebook.model.pattern import Pattern

Plain: TypeAlias = dict[str, Any]

# The history: OLD has the defect, FIX mends it, NOW is what is checked out.
OLD, FIX, NOW = "0" * 40, "f" * 40, "a" * 40
LATER = "b" * 40  # a commit that the story does not reach
TODAY = date(2025, 10, 15)

ERROR = "TypeError: object Manager can't be used in 'await' expression"
TEST_FILE = "tests/test_connect.py"
CODE_FILE = "app/routes.py"

KINDS: dict[str, type[Evidence]] = {
    "tests": TestRun,
    "command": CommandOutput,
    "value": MeasuredValue,
    "observation": Observation,
}


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def sealed(plain: Plain) -> Plain:
    """The evidence as the tool leaves it."""
    return plain | {"seal": seal_of(plain)}


def evidence_of(plain: Plain) -> Evidence:
    return KINDS[plain["kind"]].model_validate(plain)


# ── the files of the code, at each commit ────────────────────────────────────────────────────────────

BROKEN, MENDED, TESTS = digest("await get()"), digest("get()"), digest("def test_connects(): ...")
CODE_AT = {
    OLD: {CODE_FILE: BROKEN, TEST_FILE: TESTS},
    FIX: {CODE_FILE: MENDED, TEST_FILE: TESTS},
    NOW: {CODE_FILE: MENDED, TEST_FILE: TESTS},
}
HISTORY = {(OLD, FIX): False, (NOW, FIX): True}


def source(digests: dict[str, str] | None = None, head: str = NOW, **more: Any) -> SourceState:
    """The checkout; all files are looked at."""
    now = CODE_AT[NOW] if digests is None else digests
    looked_at = frozenset({*now, CODE_FILE, TEST_FILE})
    return SourceState(**{"head": head, "digests": now, "looked_at": looked_at, "contains": HISTORY} | more)


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────


def run(
    phase: str,
    results: Plain,
    *,
    environment: str | None = "staging",
    commit: str | None = None,
    at: str | None = None,
    expected: Plain | None = None,
    seal: bool = True,
    **more: Any,
) -> Plain:
    """A run of the suite `connect` as the tool records it; a value of None leaves the key out."""
    commit = commit or (OLD if phase == "before" else NOW)
    plain = {
        "kind": "tests",
        "grade": "machine",
        "at": at or ("2025-09-20T10:00:00Z" if phase == "before" else "2025-09-25T10:00:00Z"),
        "environment": environment,
        "phase": phase,
        "commit": commit,
        "dirty": "false",
        "suite": "connect",
        "tool": "pytest 8.4.1",
        "code": CODE_AT.get(commit),
        "results": results,
        "expected": EXPECTED if expected is None else expected,
    }
    plain = {key: value for key, value in (plain | more).items() if value is not None}
    return sealed(plain) if seal else plain


def value(said: str, **more: Any) -> Plain:
    """A measured value that a person stands for."""
    plain = {
        "kind": "value",
        "grade": "attested",
        "at": "2025-09-26T10:00:00Z",
        "by": "developer",
        "environment": "staging",
        "phase": "after",
        "commit": NOW,
        "name": "connect.success",
        "value": said,
        "source": {"name": "log.txt", "sha256": digest("the log")} if more.get("grade") == "machine" else None,
    }
    return sealed({key: each for key, each in (plain | more).items() if each is not None})


def observation(**more: Any) -> Plain:
    """A person who sees the recorded error, in staging, after the fix."""
    plain = {
        "kind": "observation",
        "grade": "attested",
        "at": "2025-09-28T10:00:00Z",
        "by": "developer",
        "environment": "staging",
        "phase": "after",
        "says": "It fails again",
        "error": ERROR,
    }
    return sealed({key: each for key, each in (plain | more).items() if each is not None})


def failed(error: str = ERROR) -> Plain:
    return {"outcome": "failed", "error": error}


# ── records ──────────────────────────────────────────────────────────────────────────────────────────

FAIL_THEN_PASS: Plain = {"before": {"fail": "can't be used in 'await' expression"}, "after": "pass"}
ALIKE: Plain = {"before": "pass", "after": "pass"}
EXPECTED: Plain = {"test_connects": FAIL_THEN_PASS, "test_sends": FAIL_THEN_PASS, "test_colours": ALIKE}

CATALOG: Plain = {
    "components": {"routes": "Routes", "manager": "Manager"},
    "environments": {
        "local": "Local",
        "staging": "Staging",
        "production": {"title": "Production", "production": "true"},
    },
    "required": ["staging"],
    "test_categories": {"unit": "Unit"},
    "streams": {"chat": "Chat", "mail": "Mail"},
    "people": {"developer": "A developer", "robot": {"title": "Robot", "kind": "assistant"}},
    "repositories": {"app": "https://example.org/app"},
}
FOUR_FIELDS: Plain = {
    "title": "Connections fail",
    "severity": "high",
    "opened": "2025-09-15",
    "summary": "Nobody can connect.",
}
ISSUE: Plain = FOUR_FIELDS | {
    "components": ["routes"],
    "symptoms": [{"error": ERROR, "seen": ["staging"]}],
    "source": {"repository": "app", "commit": OLD},
    "causes": [{"says": "A plain function is awaited", "state": "confirmed"}],
    "suites": {
        "connect": {
            "category": "unit",
            "path": TEST_FILE,
            **FAIL_THEN_PASS,
            "tests": {
                "test_connects": "It connects",
                "test_sends": "It sends",
                "test_colours": {"proves": "The page is blue", **ALIKE},
            },
        }
    },
    "fix": {"changes": [{"path": CODE_FILE, "what": "The await is gone", "commit": FIX}]},
    "criteria": {
        "connects": {"says": "Connections succeed", "measure": "connect.success", "target": "at least 95 %"},
        "tests": {
            "says": "The suite passes",
            "measure": "tests.pass_rate suite=connect environment=staging",
            "target": "100 %",
        },
    },
    "deployment": {
        "production": {"attempts": [{"on": "2025-09-30", "outcome": "done", "commit": NOW, "build": "build-7"}]}
    },
}
AFFECTED: Plain = {
    "source": {"repository": "app", "commit": NOW},
    "scan": {"on": "2025-09-25", "files": "10", "by": "triagebook 0.1.0", "detector": {"regex": "await get"}},
    "locations": [{"at": f"{CODE_FILE}:85", "state": "fixed", "commit": FIX}],
}
BEFORE: Plain = {"test_connects": failed(), "test_sends": failed(), "test_colours": "passed"}
AFTER: Plain = {"test_connects": "passed", "test_sends": "passed", "test_colours": "passed"}


@dataclass
class Story:
    """One issue and all that is kept beside it, to be changed at will."""

    issue: Plain = field(default_factory=lambda: deepcopy(ISSUE))
    affected: Plain | None = field(default_factory=lambda: deepcopy(AFFECTED))
    catalog: Plain = field(default_factory=lambda: deepcopy(CATALOG))
    evidence: dict[str, Plain] = field(
        default_factory=lambda: {"a-before": run("before", BEFORE), "b-after": run("after", AFTER), "c": value("97 %")}
    )
    claims: list[Plain] = field(default_factory=list)  # of report.md
    source: SourceState = field(default_factory=source)
    as_of: date | None = TODAY
    unread: frozenset[str] = frozenset()

    @property
    def suite(self) -> Plain:
        suite: Plain = self.issue["suites"]["connect"]
        return suite

    def edit(self, name: str, **changes: Any) -> None:
        """Changes a file of evidence by hand: the seal stays as it was."""
        self.evidence[name] = self.evidence[name] | changes

    def record(self, name: str, **changes: Any) -> None:
        """Has the tool record the evidence that way: the seal fits."""
        plain = {key: each for key, each in (self.evidence[name] | changes).items() if key != "seal"}
        self.evidence[name] = sealed({key: each for key, each in plain.items() if each is not None})

    def case(self) -> Case:
        entry = Entry(
            "1",
            Issue.model_validate(self.issue),
            Affected.model_validate(self.affected) if self.affected else None,
            {name: evidence_of(plain) for name, plain in self.evidence.items()},
            claims=documented(self.claims),
        )
        whole = replace(book({"1": entry}, self.catalog), unread=self.unread)
        return Case(whole, entry, self.source, self.as_of)

    @property
    def stage(self) -> Stage:
        return self.case().verdict.stage

    def step(self, stage: Stage) -> StageResult:
        return next(step for step in self.case().verdict.stages if step.stage is stage)

    def missing(self, stage: Stage) -> str:
        return "\n".join(todo.do for todo in self.step(stage).missing)

    def place(self, environment: str = "staging") -> EnvironmentVerdict:
        return self.case().verdict.environments[environment]

    def state(self, test: str, phase: str = "after", environment: str = "staging") -> CombinedResult:
        return self.case().ledger.combined["connect", test, Phase(phase), environment]


def documented(claims: list[Plain]) -> dict[str, Document]:
    """What report.md states."""
    return {"report": Document.model_validate({"title": "Report", "claims": claims})} if claims else {}


def honest() -> Story:
    """Reproduced, fixed, validated, released."""
    return Story()


def book(entries: dict[str, Entry], catalog: Plain = CATALOG, patterns: Plain | None = None) -> Book:
    read = {name: Pattern.model_validate(pattern) for name, pattern in (patterns or {}).items()}
    return Book(Catalog.model_validate(catalog), entries, read)


def entry(name: str, issue: Plain | None = None, **more: Any) -> Entry:
    """An issue that has the four fields and what is given."""
    fields = FOUR_FIELDS | (issue or {})
    claims = documented(fields.pop("claims", []))
    return Entry(name, Issue.model_validate(fields), **({"claims": claims} | more))
