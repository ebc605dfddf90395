"""Writes the text of a new issue: the given fields, the playbook of its pattern, and hints for what to add next.

`new_issue.yaml` has the hints. A hint is YAML behind `# `, with names from the book so that it is valid once
uncommented. Comments for the reader start with a capital letter, hints with a small one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from triagebook.book import Book
from triagebook.errors import TriagebookError
from triagebook.findings import Edit, Plain
from triagebook.model.base import Record
from triagebook.model.defect import IssueKind
from triagebook.model.refs import CategoryRef, EnvironmentRef, PersonRef
from triagebook.model.scalars import leaves
from triagebook.playbooks import placed, to_record
from triagebook.store.edit import apply
from triagebook.store.emit import Writer
from triagebook.store.files import decode
from triagebook.store.yaml import read_plain

_MODELINE = "# yaml-language-server:"
_PARTS = re.compile(r"(?:closed|claims|detector|symptoms|causes|suites|plan|criteria|metrics|risks|deployment):")
_HINT = re.compile(r"^# (?P<key>[a-z]+):(?P<example>.*\n(?:#  .*\n)*)", re.MULTILINE)
# Names for the hints where the catalog has none.
_EXAMPLES = {"person": "backend", "component": "login", "environment": "staging"}


def written(fields: Mapping[str, Plain], book: Book, issue_id: str) -> str:
    """The text of the new record. The hints for tests, criteria and risks are those of its kind."""
    text = files(__package__).joinpath("new_issue.yaml").read_text(encoding="utf-8")
    for kind, example in _EXAMPLES.items():
        text = text.replace(kind.upper(), next(iter(book.names(kind)), example))
    proposed, writer = to_record(IssueKind(str(fields["kind"])), issue_id, book), Writer()

    def filled(hint: re.Match[str]) -> str:
        key = hint["key"]
        if fields.get(key):
            return writer.document({key: fields[key]})
        if key in proposed:
            return re.sub("^", "# ", writer.document({key: proposed[key]}).rstrip("\n"), flags=re.MULTILINE) + "\n"
        return hint[0] if hint["example"].strip() else ""

    return _HINT.sub(filled, text)


def playbook_of(root: Path, patterns: Iterable[str]) -> dict[str, Plain]:
    """The keys that patterns fill in; the first pattern with a key counts."""
    filled: dict[str, Plain] = {}
    for name in patterns:
        file = root / "patterns" / f"{name}.yaml"
        try:
            plain = read_plain(decode(file.read_bytes())[0])
        except (OSError, UnicodeDecodeError, ValueError):
            raise TriagebookError(f"{file.as_posix()} can't be read", "see: triagebook check") from None
        if isinstance(plain, Mapping):
            for key, value in _taken_over(plain).items():
                filled.setdefault(key, value)
    return filled


def _taken_over(pattern: Mapping[str, Plain]) -> dict[str, Plain]:
    """What an issue takes over of a pattern: its detector, its prevention, and the playbook."""
    book = pattern.get("playbook")
    own: dict[str, Plain] = {str(key): value for key, value in book.items()} if isinstance(book, Mapping) else {}
    suites, plan, prevention = own.get("suites"), own.get("plan"), pattern.get("prevention")
    if isinstance(suites, Mapping):
        own["suites"] = {  # those that do something else before the fix than after it, so far as they say
            name: suite
            for name, suite in suites.items()
            if not isinstance(suite, Mapping) or "before" not in suite or suite["before"] != suite.get("after")
        }
    if prevention:
        plan = plan if isinstance(plan, Mapping) else {}
        own["plan"] = {**plan, "after": [*_listed(plan.get("after", [])), *_listed(prevention)]}
    return {"detector": pattern["detector"], **own} if "detector" in pattern else own


def _listed(value: Plain) -> list[Plain]:
    return list(value) if isinstance(value, list) else [value]


def with_suites_placed(filled: Mapping[str, Plain], issue_id: str, book: Book) -> dict[str, Plain]:
    """The playbook, with a file and a command for each suite."""
    suites = filled.get("suites")
    return {**filled, "suites": placed(suites, issue_id, book)} if isinstance(suites, Mapping) else dict(filled)


def with_playbook(text: str, filled: Mapping[str, Plain]) -> str:
    """The text of a new record with the playbook filled in, and without the hints for those keys."""
    if not filled:
        return text
    kept = [
        part
        for part in text.split("\n\n")
        if part.startswith(_MODELINE) or not any(f"\n# {key}:" in f"\n{part}" for key in filled)
    ]
    return spaced(apply("\n\n".join(kept).rstrip("\n") + "\n", edits_for("issue.yaml", filled)))


def spaced(text: str) -> str:
    """Put blank lines between the large sections of a record, if that does not change its data."""
    lines = text.split("\n")
    begins = [
        bool(_PARTS.match(line)) and bool(above) and not above.startswith("#")
        for above, line in zip(["", *lines], lines, strict=False)
    ]
    wider = "\n".join(f"\n{line}" if begin else line for line, begin in zip(lines, begins, strict=True))
    return wider if read_plain(wider) == read_plain(text) else text


def edits_for(file: str, filled: Mapping[str, Plain]) -> list[Edit]:
    return [Edit(file, (key,), "set", value) for key, value in filled.items()]


def left_open(book: Book, record: Record) -> list[str]:
    """The names in a playbook that are missing from the catalog, by kind."""
    kinds: dict[str, dict[str, None]] = {}
    for _, value in leaves(record):
        if isinstance(value, CategoryRef | EnvironmentRef | PersonRef) and value not in book.names(value.to):
            kinds.setdefault(value.to, {})[str(value)] = None
    return [
        f"the playbook refers to the {kind} {', '.join(f'`{name}`' for name in names)}; add it to the catalog"
        for kind, names in kinds.items()
    ]
