"""A book of many issues in every state: failed, flaky, reverted, proven, declined, old, without owner, about to expire.

Its source code is a repository of three commits around it: with the defects, with all fixes, with some reverted.
"""

from __future__ import annotations

import os
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from triagebook.model.evidence import seal_of

Plain: TypeAlias = dict[str, Any]

TODAY = date(2025, 10, 15)
KINDS = (
    "reported", "triaged", "failing", "flaky", "proven", "reverted", "declined", "waiting", "contradicted", "expiring",
)  # fmt: skip
OWNERS = ("backend", "frontend", "data", "ada", None)
AREAS = ("checkout", "search", "billing", "chat", "login", "reports")
SEVERITIES = ("critical", "high", "medium", "low")
DATES = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2025-10-01T12:00:00Z")  # of all commits
WHAT = ("loses the last message", "shows a blank page", "charges twice", "never ends", "forgets who is logged in")

CATALOG: Plain = {
    "title": "Shop issues",
    "summary": "Defects of a shop, in every state that an issue can have.",
    "repositories": {"shop": "https://github.com/example/shop"},
    "components": {
        area: {"title": f"{area.capitalize()} service", "paths": [f"app/{area}/**"], "owner": OWNERS[at % 4]}
        for at, area in enumerate(AREAS)
    },
    "environments": {
        "local": "Developer machine",
        "staging": "Staging",
        "production": {"title": "Production", "production": True},
    },
    "required": ["staging"],
    "test_categories": {"unit": "Unit"},
    "file_categories": {"product": {"title": "Product code", "paths": ["app/**"]}},
    "segments": {"free": "Free", "enterprise": "Enterprise"},
    "streams": {"sales": {"title": "Sales", "worth": "12500000 USD/year", "from": "https://example.org/plan"}},
    "people": {
        "backend": {"title": "Backend team", "kind": "team"},
        "frontend": {"title": "Frontend team", "kind": "team"},
        "data": {"title": "Data team", "kind": "team"},
        "ada": "Ada Example",
    },
}
PATTERN: Plain = {
    "title": "A request times out behind the proxy",
    "summary": "The proxy gives up before the service answers.",
    "errors": [r"upstream timed out \(\d+: .*\) while reading"],
}


class _WithoutAnchors(yaml.SafeDumper):
    """Writes what occurs twice twice: records have no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def make(folder: Path, issues: int = 300, today: date = TODAY) -> Path:
    """Write the repository and its book; the folder must be new. The result is the folder of the book."""
    numbers = range(1, issues + 1)
    old = _commit(folder, {_product(number): _code(number, fixed=False) for number in numbers}, "Begin")
    fixed = {_product(number): _code(number, fixed=True) for number in numbers}
    fix = _commit(folder, fixed, "Fix the handlers")
    back = {_product(n): _code(n, fixed=False) for n in numbers if kind_of(n) == "reverted"}
    _commit(folder, back, "Revert some fixes")
    book = folder / "issues"
    _write(book / "catalog.yaml", CATALOG)
    _write(book / "patterns" / "proxy-timeout.yaml", PATTERN)
    for number in numbers:
        _write(book / str(number) / "issue.yaml", _issue(number, fix, today))
        if kind_of(number) not in {"reported", "declined"}:
            _write(book / str(number) / "affected.yaml", _affected(number, old))
        if kind_of(number) in {"failing", "flaky", "proven", "reverted"}:
            for name, plain in _evidence(number, old, fix, today):
                _write(book / str(number) / "evidence" / f"{name}.yaml", plain | {"seal": seal_of(plain)})
        if kind_of(number) == "contradicted":
            claims = [{"says": "All tests passed", "lines": 3, "disputed": "None of them was run", "kind": "sum"}]
            _write(book / str(number) / "claims" / "report.yaml", {"title": "Test report", "claims": claims})
    return book


def kind_of(number: int) -> str:
    return KINDS[number % len(KINDS)]


def _issue(number: int, fix: str, today: date) -> Plain:
    kind, area = kind_of(number), AREAS[number % len(AREAS)]
    opened = today - timedelta(days=900 if kind == "reported" else number * 7 % 400)
    made: Plain = {
        "title": f"The {area} page {WHAT[number % len(WHAT)]} when {number} people use it",
        "severity": SEVERITIES[number // 3 % 4],
        "opened": str(opened),
        "summary": f"Since the last release the {area} page {WHAT[number % len(WHAT)]}.",
        "components": [area],
    }
    if owner := OWNERS[number // 10 % 5]:
        made["owner"] = owner
    if kind == "declined":
        return made | {"closed": {"on": str(today), "as": "declined", "why": "The page works as it should"}}
    if kind == "reported":
        return made
    error = f"TimeoutError: handler {number} gave up after 30 s"
    made |= {
        "symptoms": [{"error": error, "at": f"{_product(number)}:2"}],
        "causes": [{"says": f"Handler {number} waits for a lock that it holds", "state": "confirmed"}],
        "source": {"repository": "shop", "commit": fix},
        "relations": [{"to": str(max(1, number - 10)), "kind": "related", "why": "the same page"}]
        if number > 10
        else [],
    }
    if number % 20 == 1:
        made["causes"] = [{"pattern": "proxy-timeout", "state": "suspected"}]
    if number % 3 == 0:
        made["impact"] = {"segments": ["enterprise"], "revenue": [{"stream": "sales", "at_risk": "250000 USD/year"}]}
    if kind != "triaged":
        made["suites"] = {
            "unit": {
                "title": f"Handler {number}",
                "category": "unit",
                "path": _test(number),
                "before": {"fail": error},
                "after": "pass",
                "command": f"pytest {_test(number)}",
                "tests": {f"test_{number}_answers": "It answers in time", f"test_{number}_retries": "It tries again"},
            }
        }
        code = {"before": _code(number, fixed=False), "after": _code(number, fixed=True), "language": "python"}
        made["fix"] = {
            "why": "Release the lock before waiting",
            "code": [code | {"path": _product(number)}],
            "changes": [{"path": _product(number), "what": "Release the lock", "commit": fix}],
        }
    if kind == "expiring":
        made["due"] = str(today + timedelta(days=number % 9 - 3))
    return made


def _affected(number: int, old: str) -> Plain:
    locations = [{"at": f"{_product(number)}:2", "text": "lock.acquire()", "state": "open"}]
    return {"source": {"repository": "shop", "commit": old}, "locations": locations}


def _evidence(number: int, old: str, fix: str, today: date) -> list[tuple[str, Plain]]:
    kind, error = kind_of(number), f"TimeoutError: handler {number} gave up after 30 s"
    tests = [f"{_test(number)}::test_{number}_{name}" for name in ("answers", "retries")]
    bad, good = {"outcome": "failed", "error": error}, {"outcome": "passed"}
    again = bad if number % 20 == 2 else {"outcome": "failed", "error": "AssertionError: 2 answers, 1 was expected"}
    runs = [
        ("before", "before", old, [bad, bad]),
        ("after", "after", fix, [again if kind == "failing" else good, good]),
    ]
    if kind == "flaky":
        runs.append(("again", "after", fix, [bad, good]))
    return [
        (
            name,
            _run(
                phase,
                commit,
                dict(zip(tests, results, strict=True)),
                error,
                f"{today - timedelta(days=1)}T{10 + at}:00:00Z",
            ),
        )
        for at, (name, phase, commit, results) in enumerate(runs)
    ]


def _run(phase: str, commit: str, results: Plain, error: str, at: str) -> Plain:
    return {
        "kind": "tests",
        "grade": "machine",
        "at": at,
        "environment": "staging",
        "phase": phase,
        "commit": commit,
        "dirty": "false",
        "tool": "pytest 8.4.1",
        "results": results,
        "expected": {name: {"before": {"fail": error}, "after": "pass"} for name in results},
    }


def _product(number: int) -> str:
    return f"app/{AREAS[number % len(AREAS)]}/handler_{number}.py"


def _test(number: int) -> str:
    return f"tests/test_handler_{number}.py"


def _code(number: int, *, fixed: bool) -> str:
    wait = "with lock.released():\n        return wait()" if fixed else "lock.acquire()\n    return wait()"
    return f"def handler_{number}():\n    {wait}\n"


def _commit(folder: Path, files: dict[str, str], message: str) -> str:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if not (folder / ".git").exists():
        for number in range(1, len(files) + 1):
            path = folder / _test(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                f"def test_{number}_answers(): ...\n\n\ndef test_{number}_retries(): ...\n", encoding="utf-8"
            )
        _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", message)
    return _git(folder, "rev-parse", "HEAD").strip()


def _git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=Kit", "-c", "user.email=kit@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *settings, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | DATES).stdout


def _write(path: Path, plain: Plain) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(plain, Dumper=_WithoutAnchors, sort_keys=False, allow_unicode=True), encoding="utf-8")
