"""What changed in the records since a revision, field by field: `severity medium to critical`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from triagebook.book import natural
from triagebook.code.checkout import changed_since, known_commit
from triagebook.code.git import GitError, ask
from triagebook.code.objects import Objects
from triagebook.markdown import Linked
from triagebook.store.yaml import YamlProblem, read_plain
from triagebook.text import counted

from .linker import Linker

FILES = 500  # are compared field by field
FIELDS = 6  # of a file are named
COMMITS = 100  # to the book are looked through for one that changed a record
LONGEST = 60  # characters of a value that is shown
_UNKNOWN = "Unknown: git has no earlier commit of these records."


class RecordChanges(Struct, frozen=True):
    """The files of the book that changed since a revision, as they were and as they are, or why that is unknown."""

    since: str  # in words: `Since v1.2`
    files: Mapping[str, tuple[str, str]] = {}
    why_unknown: str = ""


def recent_changes(root: Path, since: str | None) -> RecordChanges:
    """The changes since a revision, which must exist, or else the latest: since the last commit to the records."""
    commit, day = ("", "") if since else _last_commit(root)
    revision = since or (f"{commit}~1" if commit else "HEAD")
    try:
        names = sorted(changed_since(root, revision), key=natural)[:FILES]
    except GitError:
        if since:
            known_commit(root, since)  # explains a revision that is missing
            raise
        return RecordChanges("", why_unknown=_UNKNOWN)
    records = list(filter(_is_record, names))
    before = Objects(root).read_all([f"{revision}:./{name}" for name in records])
    files = {
        name: (_text(found.data if found else b""), _text(_read(root / name)))
        for name, found in zip(records, before, strict=True)
    }
    words = f"Since {since}" if since else f"Last changed on {day}, in {commit[:9]}" if commit else "Not committed yet"
    return RecordChanges(words, files)


def _last_commit(root: Path) -> tuple[str, str]:
    """The last commit that changed a record, and its day."""
    said = ask(root, "log", f"-{COMMITS}", "--format=%x00%H %cs", "--name-only", "--relative", "--", ".") or ""
    for about, *names in (part.splitlines() for part in said.split("\0")[1:]):
        if any(map(_is_record, names)):
            commit, _, day = about.partition(" ")
            return commit, day
    return "", ""


def _is_record(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(".")


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def differences(changes: RecordChanges, linker: Linker) -> Iterator[tuple[Linked, list[str]]]:
    """The changed issues, patterns and catalog, each with what is different."""
    by_record: dict[str, list[str]] = {}
    for file, (before, after) in changes.files.items():
        first, _, rest = file.partition("/")
        record = file if first == "patterns" or not rest else first
        by_record.setdefault(record, []).extend(_in_file(rest or file, _plain(before), _plain(after)))
    for record, said in by_record.items():
        yield linker.titled(record) if record in linker.book.outlines else linker.file(record), said


def _plain(text: str) -> Any:  # noqa: ANN401  (plain data)
    try:
        return read_plain(text) if text.strip() else None
    except YamlProblem:
        return None


def _in_file(file: str, before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401
    """What is different in a file, in a few words each."""
    folder, _, name = file.removesuffix(".yaml").rpartition("/")
    if folder == "evidence":
        yield _evidence(name, before, after)
    elif not isinstance(before, dict) or not isinstance(after, dict):
        yield f"{name} {'added' if after else 'removed' if before else 'changed'}"
    else:
        said = [words for key in {**before, **after} for words in _in_field(key, before.get(key), after.get(key))]
        yield from said[:FIELDS]
        if len(said) > FIELDS:
            yield f"{counted(len(said) - FIELDS, 'more field')} of {name}"


def _evidence(name: str, before: Any, after: Any) -> str:  # noqa: ANN401
    if not isinstance(after, dict) or before:
        return f"evidence {name} {'changed' if after else 'removed'}"
    results = after.get("results")
    outcomes = results.values() if isinstance(results, dict) else ()
    found = Counter(each.get("outcome", "?") if isinstance(each, dict) else str(each) for each in outcomes)
    said = ", ".join(f"{number} {outcome}" for outcome, number in sorted(found.items()))
    return f"{said or 'new evidence'} in {after.get('environment', 'no environment')} ({name})"


def _in_field(key: str, before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401
    if before == after:
        return
    plain = [value for value in (before, after) if value is not None]
    if all(isinstance(value, str) and len(value) <= LONGEST for value in plain):
        yield f"{key} {before} to {after}" if len(plain) == 2 else f"{key} {after or 'removed'}"
    elif isinstance(before, dict) and isinstance(after, dict):
        changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
        yield _numbers(key, len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed)
    elif isinstance(before, list) and isinstance(after, list):
        yield _numbers(key, sum(each not in before for each in after), sum(each not in after for each in before), 0)
    else:
        yield f"{key} {'changed' if len(plain) == 2 else 'added' if before is None else 'removed'}"


def _numbers(key: str, added: int, removed: int, changed: int) -> str:
    counts = ((added, "added"), (removed, "removed"), (changed, "changed"))
    return f"{key}: {', '.join(f'{number} {word}' for number, word in counts if number) or 'in another order'}"
