"""A book made of a few lines of YAML: the examples of the rules, and the cases of their tests.

A line `# NAME.yaml` begins another file; what stands above the first is `1/issue.yaml`. `affected.yaml`,
`evidence/a.yaml` and `claims/report.yaml` belong to issue 1, `catalog.yaml` and `patterns/p.yaml` to the book,
`2/issue.yaml` to issue 2.
Required keys of the first level that are left out of a file are filled in, and those of evidence that triagebook
recorded after `# NAME.yaml, sealed`, with its seal.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Choice, Finding
from triagebook.model.evidence import seal_of
from triagebook.rules import check
from triagebook.store.load import Loaded, load
from triagebook.store.yaml import YamlProblem, read, read_plain

DAY = date(2025, 10, 15)  # "today" wherever a test names no other day

ISSUE = {
    "title": "Connections fail",
    "severity": "high",
    "opened": "2025-09-15",
    "summary": "Nobody can connect.",
    "owner": "backend",
}
OTHER_ISSUE = ISSUE | {"title": "The page stays empty", "summary": "Nothing is shown."}
CATALOG = {
    "title": "Examples",
    "repositories": "{app: https://example.org/app}",
    "components": (
        '{routes: {title: Routes, repository: app, paths: ["app/routes/**"], owner: backend}, manager: Manager}'
    ),
    "environments": "{local: Local, staging: Staging, production: {title: Production, production: true}}",
    "required": "[]",
    "test_categories": "{unit: Unit, integration: Integration, end-to-end: End to end}",
    "file_categories": (
        '{tests: {title: Tests, paths: ["tests/**"]}, product: {title: Product code, paths: ["app/**"]},'
        ' other: {title: Other files, paths: ["**"]}}'
    ),
    "segments": "{free: Free, enterprise: Enterprise}",
    "streams": "{chat: {title: Chat, worth: 500000 USD/year, from: https://example.org/plan}}",
    "people": "{backend: {title: Backend, kind: team}}",
}

EVIDENCE = {"kind": "tests", "at": "2025-09-20"}
SEALED = EVIDENCE | {
    "grade": "machine",
    "environment": "local",
    "phase": "after",
    "commit": "ab14a73d8",
    "dirty": "false",
}
TRANSCRIBED = EVIDENCE | {"grade": "transcribed", "from": "https://example.org/report"}

DOCUMENT = {"title": "Report"}
AFFECTED = {"source": "{repository: app, commit: 5222b25608c3}"}

_NEXT_FILE = re.compile(r"^# (\S+\.yaml(?:, sealed)?)\r?\n", re.MULTILINE)


def findings_of(text: str, as_of: date | None = DAY, select: str = "") -> list[Finding]:
    """What is wrong with the book that a text makes; `select` asks for a family, quiet rules included."""
    with tempfile.TemporaryDirectory() as folder:
        return findings_in(book_of(text, Path(folder)), as_of, select)


def said(text: str, code: str) -> list[str]:
    """What one rule finds in the book of a text, each finding with its file and line."""
    return [f"{each.file}:{each.line}: {each.says}" for each in findings_of(text, select=code)]


def at(text: str, code: str) -> list[tuple[str | int, ...]]:
    """The fields in which one rule finds something in the book of a text."""
    return [finding.field for finding in findings_of(text, select=code)]


def findings_in(loaded: Loaded, as_of: date | None = DAY, select: str = "") -> list[Finding]:
    """What is wrong with a book: with its files, and by the rules."""
    choice = Choice(select=(select,) if select else ())
    read_badly = [finding for finding in loaded.findings if choice.wants(finding.code)]
    return loaded.placed([*read_badly, *check(Inquiry(loaded.book, day=as_of), choice)])


def book_of(text: str, root: Path) -> Loaded:
    """The book that a text makes, written to a folder and read from there."""
    files = files_of(text)
    stand_ins = {"1/issue.yaml": ISSUE, "2/issue.yaml": OTHER_ISSUE, "catalog.yaml": CATALOG}
    for name in sorted({*files, *stand_ins}):
        written = files.get(name, "")
        path = root / name.removesuffix(", sealed")
        missing = stand_ins.get(name, ISSUE if path.name == "issue.yaml" else {})
        if name.endswith(", sealed"):
            written = _with(written, SEALED)
            missing = {"seal": seal_of(read_plain(written))}
        elif "/evidence/" in name and not re.search(r"^\{|^seal:", written, re.MULTILINE):
            missing = EVIDENCE if "grade:" in written else TRANSCRIBED
        elif "/claims/" in name:
            missing = DOCUMENT
        elif path.name == "affected.yaml":
            missing = AFFECTED
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_with(written, missing).encode())
    return load(root)


def files_of(text: str) -> dict[str, str]:
    """The files that a text speaks of, by their place in the book."""
    first, *rest = _NEXT_FILE.split(text.removeprefix("\n"))
    return {"1/issue.yaml": first} | {_place(name): body for name, body in zip(rest[::2], rest[1::2], strict=True)}


def _place(name: str) -> str:
    at_the_top = name == "catalog.yaml" or ("/" in name and not name.startswith(("evidence/", "claims/")))
    return name if at_the_top else f"1/{name}"


def _with(text: str, keys: Mapping[str, str]) -> str:
    """A file with the keys it leaves out; one that can't be read stays as it is."""
    try:
        written = read(text).keys or {} if text.strip() else {}
    except YamlProblem:
        return text
    missing = "".join(f"{key}: {value}\n" for key, value in keys.items() if key not in written)
    gap = "\n" if text and not text.endswith("\n") and missing else ""
    return f"{text}{gap}{missing}"
