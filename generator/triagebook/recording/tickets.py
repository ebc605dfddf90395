"""Writes tickets from a tracker to the book: creates records and updates existing ones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from msgspec import Struct, field
from pydantic import ValidationError

from triagebook.errors import TriagebookError
from triagebook.findings import Edit, Plain
from triagebook.intake.github import Ticket
from triagebook.intake.reimport import Fields, nested, update
from triagebook.intake.ticket import TRACKER, TicketFields, fields_of
from triagebook.model.issue import Issue
from triagebook.playbooks import kind_in
from triagebook.store.edit import apply
from triagebook.store.emit import new_record
from triagebook.store.files import decode, name_problem
from triagebook.store.load import Loaded
from triagebook.store.schema_errors import problems
from triagebook.store.write import create_all, edit, write
from triagebook.store.yaml import read_plain

from .new_issue import edits_for, left_open, playbook_of, spaced, with_suites_placed

MEMORY = ".imported.json"  # hidden beside the record; written by triagebook only
_TRACKER_FILE = f"claims/{TRACKER}.yaml"


class ImportedTicket(Struct, frozen=True):
    """The outcome of importing a ticket."""

    issue: str
    how: str  # created, updated or unchanged
    reading: TicketFields
    notes: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.issue}/issue.yaml"


class TicketImport:
    """Imports tickets into one book."""

    def __init__(
        self, loaded: Loaded, linked: Mapping[str, str], patterns: tuple[str, ...], today: str, *, dry_run: bool
    ) -> None:
        self.loaded, self.root, self.today, self.dry_run = loaded, loaded.root, today, dry_run
        self.patterns, self.filled = patterns, playbook_of(loaded.root, patterns)
        memories = sorted(self.root.glob(f"[!.]*/{MEMORY}"))  # not in what a killed writer left
        self.memories = {path.parent.name: _memory(path) for path in memories}
        self.by_link = dict(linked)
        self.brought: set[str] = set()

    def run(self, ticket: Ticket) -> ImportedTicket:
        issue = self._known(ticket)
        read = fields_of(ticket, self.loaded.book.catalog, lambda number: self._record_of(ticket, number), self.today)
        if issue is None:
            issue = self._free_id(ticket)
            record = self._make(issue, ticket, read)
            how, notes = "created", [*read.notes, *left_open(self.loaded.book, record)]
        else:
            how, notes = self._update(issue, ticket, read)
        if not self.dry_run:
            self._remember(issue, ticket, read.fields)
        self.brought.add(issue)
        return ImportedTicket(issue, how, read, notes)

    # ── which record ─────────────────────────────────────────────────────────────────────────────────

    def _known(self, ticket: Ticket) -> str | None:
        """The record of a ticket: the one it was imported to, or one that links to it."""
        for issue, memory in self.memories.items():
            numbers = {ticket.name, str(ticket.number)} if ticket.url else {ticket.name}
            same = memory.get("url") == ticket.url and memory.get("number") in numbers
            if same and (self.root / issue / "issue.yaml").exists():
                return issue
        ends = ticket.url.rstrip("/").endswith(f"/{ticket.name}")  # otherwise the link is to another page
        return self.by_link.get(ticket.url.rstrip("/")) if ticket.url and ends else None

    def _record_of(self, ticket: Ticket, number: int) -> str | None:
        """The record of another ticket in the same repository."""
        page = f"{ticket.url.rpartition('/')[0]}/{number}" if ticket.url else ""
        known = {"url": page} if page else {"url": "", "number": str(number)}
        return self.by_link.get(page) or next(
            (name for name, memory in self.memories.items() if known.items() <= memory.items()), None
        )

    def _free_id(self, ticket: Ticket) -> str:
        """The key of the ticket, or its number, with the repository's name if the number is taken."""
        repository = re.sub(r"[^A-Za-z0-9._-]", "-", ticket.repository.rpartition("/")[2]).lstrip("._-")
        others = {*(path.name for path in self.root.iterdir()), *self.brought}
        for name in (ticket.name, f"{repository or 'github'}-{ticket.number}"):
            taken = (self.root / name / "issue.yaml").exists() or name in self.brought
            if not taken and name_problem(name, others) is None:
                return name
        what = f"another issue has the id {ticket.name} and does not link to {ticket.url or 'this one'}"
        raise TriagebookError(what, "if it is the same issue, add the URL to `links` in its record")

    # ── what is written ──────────────────────────────────────────────────────────────────────────────

    def _make(self, issue: str, ticket: Ticket, read: TicketFields) -> Issue:
        """Create the record together with the memory of its import."""
        kind = kind_in(str(read.fields["title"]), str(read.fields["summary"]), *read.errors)
        read.notes.append(f"kind `{kind}` was guessed from the text")
        record = nested({**read.fields, "kind": kind.value})
        tracker = record.pop(TRACKER, None)
        if self.patterns:
            record["causes"] = self._causes()
        text = spaced(new_record("issue", {**record, **self.filled}))
        made = _validated(text)
        if self.dry_run:
            return made
        files = {f"{issue}/issue.yaml": text.encode()}
        if isinstance(tracker, Mapping):
            files[f"{issue}/{_TRACKER_FILE}"] = new_record("claims", tracker).encode()
        if (self.root / issue / MEMORY).exists():  # of a record that was deleted
            self._remember(issue, ticket, read.fields)
        else:
            files[f"{issue}/{MEMORY}"] = _memory_text(ticket, read.fields).encode()
        create_all(self.root, files)
        return made

    def _causes(self) -> list[Plain]:
        return [{"pattern": name, "state": "suspected"} for name in self.patterns]

    def _update(self, issue: str, ticket: Ticket, new: TicketFields) -> tuple[str, list[str]]:
        file = f"{issue}/issue.yaml"
        if file in self.loaded.book.unread:
            raise TriagebookError(f"{file} can't be read", "see: triagebook check")
        text = decode((self.root / file).read_bytes())[0]
        record = read_plain(text)
        if not isinstance(record, Mapping):
            raise TriagebookError(f"{file} is not a record", "see: triagebook check")
        last, begun = (self._remembered(issue, key) for key in ("fields", "begun"))
        stated = self._stated_record(issue)
        last = {
            **_settled(record, _without_tracker(last), _without_tracker(begun)),
            **{f"{TRACKER}.{name}": value for name, value in _settled(stated, _tracker(last), _tracker(begun)).items()},
        }
        if not ticket.opened and "opened" in last:
            new.fields["opened"] = last["opened"]  # the date used at the first import
        found = update(file, record, _without_tracker(last), _without_tracker(new.fields))
        edits = found.edits + self._playbook_edits(file, record)
        made = _validated(apply(text, edits))
        edits += self._tracker_edits(issue, stated, last, new.fields)
        if edits and not self.dry_run:
            self._remember(issue, ticket, last, begun=new.fields)
            edit(self.root, edits)
        kept = [f"`{name}` was edited here and is kept; it now differs from the tracker" for name in found.kept]
        return ("updated" if edits else "unchanged"), [
            *kept,
            *(left_open(self.loaded.book, made) if self.filled else []),
        ]

    def _stated_record(self, issue: str) -> Mapping[str, Plain]:
        """What is recorded of the tracker's statements; nothing if there is no file for it yet."""
        path = self.root / issue / _TRACKER_FILE
        record = read_plain(decode(path.read_bytes())[0]) if path.is_file() else {}
        return record if isinstance(record, Mapping) else {}

    def _tracker_edits(self, issue: str, stated: Mapping[str, Plain], last: Fields, new: Fields) -> list[Edit]:
        """The changes to what the tracker states; a file for it is written if there is none yet."""
        file, now = f"{issue}/{_TRACKER_FILE}", _tracker(new)
        if (self.root / file).is_file():
            return update(file, stated, _tracker(last), now).edits if stated else []
        if now and not self.dry_run:
            create_all(self.root, {file: new_record("claims", now).encode()})
        return []

    def _playbook_edits(self, file: str, record: Mapping[str, Plain]) -> list[Edit]:
        """The playbook's keys that the record does not have yet."""
        placed = with_suites_placed(self.filled, file.partition("/")[0], self.loaded.book)
        filled = {key: value for key, value in placed.items() if key not in record}
        if self.patterns and "causes" not in record:
            filled = {"causes": self._causes(), **filled}
        return edits_for(file, filled)

    def _remembered(self, issue: str, key: str) -> Fields:
        fields = self.memories.get(issue, {}).get(key)
        return fields if isinstance(fields, Mapping) else {}

    def _remember(self, issue: str, ticket: Ticket, fields: Fields, begun: Fields | None = None) -> None:
        """Store what was imported, and what an import is about to write: it may be stopped before or after that."""
        text = _memory_text(ticket, fields, begun)
        path = self.root / issue / MEMORY
        if not path.exists() or path.read_text(encoding="utf-8", errors="replace") != text:
            write(self.root, f"{issue}/{MEMORY}", text)
        self.memories[issue] = json.loads(text)
        if ticket.url:
            self.by_link.setdefault(ticket.url.rstrip("/"), issue)


def _settled(record: Mapping[str, Plain], last: Fields, begun: Fields) -> Fields:
    """What was imported last: what an import was about to write when it was stopped, if that is in the record."""
    return last if not begun or update("", record, last, begun).edits else begun


def _tracker(fields: Fields) -> dict[str, Plain]:
    """What the tracker states beside the issue itself."""
    return {name.partition(".")[2]: value for name, value in fields.items() if name.startswith(f"{TRACKER}.")}


def _without_tracker(fields: Fields) -> dict[str, Plain]:
    return {name: value for name, value in fields.items() if not name.startswith(f"{TRACKER}.")}


def _memory_text(ticket: Ticket, fields: Fields, begun: Fields | None = None) -> str:
    memory = {"url": ticket.url, "number": ticket.name, "fields": fields}
    return json.dumps(memory | ({"begun": begun} if begun else {}), indent=2, ensure_ascii=False) + "\n"


def _memory(path: object) -> dict[str, object]:
    """What was imported last; nothing if that is unreadable, so that no edit of a person is overwritten."""
    try:
        memory = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    except (OSError, ValueError):
        return {}
    return memory if isinstance(memory, dict) else {}


def _validated(text: str) -> Issue:
    """Validate a record before writing it."""
    try:
        return Issue.model_validate(read_plain(text))
    except ValidationError as invalid:
        first = problems(invalid, Issue)[0]
        raise TriagebookError(f"{'.'.join(map(str, first.field))}: {first.says}", first.do) from None
