"""Makes a book of many issues, each with as much in it as a record that has grown, and nothing wrong.

Their shape is that of issue 1184: some 20 affected files, 4 suites of 8 tests, 2 runs, plan, criteria, claims, prose.

    python -m tests.bench.make_book FOLDER 1000
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import click
import yaml

from triagebook.model.evidence import seal_of

from .wording import Wording

Plain: TypeAlias = dict[str, Any]

OLD, NEW = "0" * 40, "f" * 40
FILES, SUITES, TESTS = 20, ("reproduction", "unit", "integration", "journey"), 8
AREAS = 50  # components of the product: issues share them, as they share people and streams

CATALOG: Plain = {
    "title": "A book to measure with",
    "repositories": {"app": "https://example.org/app"},
    "environments": {"local": "Local", "staging": "Staging"},
    "required": ["staging"],
    "test_categories": {"unit": "Unit", "integration": "Integration", "end-to-end": "End to end"},
    "file_categories": {
        "tests": {"title": "Tests", "paths": ["tests/**"]},
        "product": {"title": "Product code", "paths": ["app/**"]},
    },
    "segments": {"free": "Free", "enterprise": "Enterprise"},
    "streams": {"chat": {"title": "Chat", "worth": "500000 USD/year", "from": "https://example.org/plan"}},
    "people": {"backend": {"title": "Backend", "kind": "team"}, "developer": "Developer"},
}


def make(root: Path, issues: int) -> None:
    """Writes the book; the folder must be new."""
    areas = {f"area-{area}": {"title": f"Area {area}", "paths": [f"app/area_{area}/**"]} for area in range(AREAS)}
    write(root / "catalog.yaml", CATALOG | {"components": areas})
    for number in range(1, issues + 1):
        for name, plain in records(number, issues):
            write(root / str(number) / name, plain)


def records(number: int, of: int) -> Iterator[tuple[str, Plain]]:
    """The files of one issue in a book of so many."""
    yield "issue.yaml", _issue(number, of)
    yield f"claims/plan-{number}.yaml", _document()
    yield "affected.yaml", _affected(number)
    yield "evidence/run-before.yaml", _run(number, "before", OLD)
    yield "evidence/run-after.yaml", _run(number, "after", NEW)


def _issue(number: int, of: int) -> Plain:
    words = Wording(number)
    return {
        "title": f"Calls of `get_{words.name}` await what is not awaitable",
        "severity": "high",
        "opened": "2025-09-15",
        "summary": words.prose("{{ affected.locations }} in {{ affected.files }} await a plain function"),
        "owner": "backend",
        "components": [_area(number)],
        "labels": ["golden-path", "async"],
        "people": {"reported": ["developer"], "prepared": ["backend"]},
        "relations": _relations(number, of),
        "environments": {"seen": ["staging"]},
        "symptoms": [{"error": _error(number), "seen": ["staging"]}],
        "source": {"repository": "app", "commit": OLD},
        "causes": [
            {
                "says": f"The callers await what `get_{words.name}` returns, a plain manager",
                "state": "confirmed",
                "at": [f"{_path(number, 0)}:10"],
                "why": [{"says": words.line(), "from": [f"plan-{number}.md#L{step + 1}"]} for step in range(3)],
            }
        ],
        "impact": {
            "segments": ["free", "enterprise"],
            "revenue": [{"stream": "chat", "at_risk": "1000 USD/year", "from": ["https://example.org/plan"]}],
            "broken": [{"what": words.line(), "for": "every user"}],
        },
        "fix": _fix(number, words),
        "suites": {suite: _suite(number, suite, words) for suite in SUITES},
        "plan": _plan(words),
        "criteria": {
            f"{suite}-passes": {
                "says": f"The suite {suite} passes in staging",
                "measure": f"tests.pass_rate suite={suite} environment=staging phase=after",
                "target": "100 %",
            }
            for suite in SUITES
        },
        "risks": [{"kind": "regression", "level": "low", "why": words.line(), "mitigation": ["The suites"]}],
        "rollback": [{"do": "Revert the commit", "owner": "backend"}],
        "next": [{"do": words.line(), "owner": "backend", "priority": "1"} for _ in range(3)],
        "lessons": [f"{words.line()}: a factory that looks asynchronous will be awaited"],
    }


def _relations(number: int, of: int) -> list[Plain]:
    """Issues come in pairs that name each other, and each pair follows from the one before."""
    partner = number + 1 if number % 2 else number - 1
    tied = {partner: "related", number - 2: "caused-by", number + 2: "causes"}
    return [{"to": str(to), "kind": kind} for to, kind in tied.items() if 1 <= to <= of]


def _fix(number: int, words: Wording) -> Plain:
    return {
        "chosen": "drop-await",
        "why": words.prose("The function is synchronous and should stay so"),
        "options": {
            "drop-await": {"title": "Remove `await` from every call", "why": ["Nothing to wait for"]},
            "make-async": {"title": "Make the factory async", "why_not": [words.line()]},
        },
        "changes": [
            {"path": _path(number, file), "what": ["One await removed"], "commit": NEW} for file in range(FILES)
        ],
        "code": [
            {
                "title": "Every call",
                "language": "python",
                "before": f"manager = await get_{words.name}(user)",
                "after": f"manager = get_{words.name}(user)",
            }
        ],
    }


def _suite(number: int, suite: str, words: Wording) -> Plain:
    first, *others = _tests(suite)
    return {
        "title": f"Suite {suite} of {words.name}",
        "category": "unit" if suite in {"reproduction", "unit"} else "end-to-end",
        "path": f"tests/{suite}/test_issue_{number}.py",
        "purpose": words.prose(f"Shows that {suite} works"),
        "command": [f"python -m pytest tests/{suite}/test_issue_{number}.py -v"],
        "before": {"fail": _error(number)},
        "after": "pass",
        "tests": {first: {"proves": words.line(), "code": words.code()}} | {name: words.line() for name in others},
    }


def _plan(words: Wording) -> Plain:
    phases = {
        f"phase-{suite}": {
            "goal": words.prose(f"The suite {suite} shows the defect, then its fix"),
            "environment": "staging",
            "suites": [suite],
            "steps": [{"do": words.line(), "takes": "5 min", "owner": "backend"} for _ in range(4)],
        }
        for suite in SUITES
    }
    return {"before": ["Staging is up"], "phases": phases, "after": ["No call is left that awaits the factory"]}


def _document() -> Plain:
    """What a plan said of the issue, and what is so."""
    told = {"affected.locations": 2 * FILES, "affected.files": FILES, "tests.planned": len(SUITES) * TESTS}
    claims = [
        {"says": f"{value} in all", "lines": str(line), "value": str(value), "about": {"fact": fact}}
        for line, (fact, value) in enumerate(told.items(), start=20)
    ]
    return {"title": "Plan", "date": "2025-09-15", "by": ["developer"], "claims": claims}


def _affected(number: int) -> Plain:
    return {
        "source": {"repository": "app", "commit": NEW},
        "scan": {"on": "2025-09-25", "files": "4200", "detector": {"regex": "await get"}},
        "locations": [
            {
                "at": f"{_path(number, file)}:{10 + file},{40 + file}",
                "text": f"manager = await get_{Wording(number).name}(user)",
                "priority": "1",
                "change": "Remove `await`",
                "state": "fixed",
                "commit": NEW,
            }
            for file in range(FILES)
        ],
        "groups": {"1": "Product code"},
    }


def _run(number: int, phase: str, commit: str) -> Plain:
    """A run of all suites, sealed as the tool seals it."""
    failed = {"outcome": "failed", "error": _error(number)}
    names = [f"tests/{suite}/test_issue_{number}.py::{name}" for suite in SUITES for name in _tests(suite)]
    paths = [_path(number, file) for file in range(FILES)] + [f"tests/{s}/test_issue_{number}.py" for s in SUITES]
    held = {"before": {"fail": _error(number)}, "after": "pass"}
    plain: Plain = {
        "kind": "tests",
        "grade": "machine",
        "at": f"2025-09-{20 if phase == 'before' else 25}T10:00:00Z",
        "environment": "staging",
        "phase": phase,
        "commit": commit,
        "dirty": "false",
        "tool": "pytest 8.4.1",
        "code": {path: _digest(path + (phase if path.startswith("app") else "")) for path in paths},
        "results": dict.fromkeys(names, failed if phase == "before" else "passed"),
        "expected": dict.fromkeys(names, held),
    }
    return plain | {"seal": seal_of(plain)}


def _tests(suite: str) -> list[str]:
    return [f"test_{suite}_{test}" for test in range(TESTS)]


def _error(number: int) -> str:
    return f"TypeError: object Manager{number} can't be used in 'await' expression"


def _area(number: int) -> str:
    return f"area-{number % AREAS}"


def _path(number: int, file: int) -> str:
    return f"app/{_area(number).replace('-', '_')}/issue_{number}/module_{file}.py"


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class _Dumper(yaml.CSafeDumper):
    """Writes as people do: what is the same twice stands there twice, and prose is a block."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  (PyYAML's signature)
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def write(path: Path, plain: Plain) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(text, encoding="utf-8")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("issues", type=click.IntRange(min=1))
def main(folder: Path, issues: int) -> None:
    """Write a book of that many issues to a new folder."""
    folder.mkdir(parents=True)
    make(folder, issues)


if __name__ == "__main__":
    main()
