"""Turns a ticket into the fields of a record, with the catalog's mapping of labels and logins.

The text of a ticket is untrusted: it fills text fields, and never a command, a fact or a catalog entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from triagebook.findings import Plain
from triagebook.model.catalog import Catalog, Label
from triagebook.model.defect import Severity
from triagebook.model.issue import Ending

from .github import UNDATED, Ticket
from .ticket_text import ReportedError, TicketSection, errors, permalinks, places, sections

Fields = dict[str, Plain]  # by the dotted name of a field

_SUMMARY = frozenset(
    {"what happened", "describe the bug", "description", "bug description", "summary", "problem", "the problem",
     "current behavior", "current behaviour", "actual behavior", "actual behaviour", "what is wrong", "issue"}
)  # fmt: skip
_ERROR = frozenset(
    {"error", "errors", "error message", "error output", "relevant log output", "log output", "logs", "stack trace",
     "stacktrace", "traceback", "console output", "exception"}
)  # fmt: skip
_SEEN = frozenset({"environment", "environments", "where", "where did it happen", "deployment", "stage"})
_COMPONENT = frozenset({"component", "components", "area", "module", "affected component", "part of the product"})
_SEVERITY = frozenset({"severity", "impact", "how bad is it"})
# The words of trackers for how an issue ended, without spaces and signs. Any other word means that it is done.
_ENDINGS = dict.fromkeys(
    ("notplanned", "wontfix", "wontdo", "invalid", "declined", "rejected", "incomplete", "notabug", "asdesigned",
     "worksasdesigned", "moved", "expired", "inactive", "obsolete", "abandoned", "cancelled", "canceled", "deferred",
     "bydesign", "worksasintended", "outofscope", "removed", "removedfromthebacklog"),
    Ending.DECLINED,
)  # fmt: skip
_ENDINGS |= dict.fromkeys(
    ("worksforme", "cannotreproduce", "cantreproduce", "notreproducible"), Ending.CANNOT_REPRODUCE
)
_ENDINGS |= dict.fromkeys(("duplicate", "duplicated"), Ending.DUPLICATE)
# The words of trackers for severity or priority.
_SEVERITY_WORDS = {
    "critical": {"critical", "blocker", "highest", "urgent", "immediate", "showstopper", "show-stopper", "emergency"},
    "high": {"high", "major", "important"},
    "medium": {"medium", "normal", "moderate", "average"},
    "low": {"low", "lowest", "minor", "trivial", "cosmetic"},
}
_DUPLICATE = re.compile(r"\bduplicate of (?:https?://\S+/issues/|#)(\d+)", re.IGNORECASE)
_SEVERITIES = list(Severity)
TRACKER = "tracker"  # the document of what the tracker states beside the issue itself


class TicketFields(Struct):
    """The fields of a record from a ticket, with notes about them."""

    fields: Fields = field(default_factory=dict)
    closed: str = ""  # how it ended in the tracker
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


def fields_of(ticket: Ticket, catalog: Catalog, issue_of: Callable[[int], str | None], today: str) -> TicketFields:
    """Turn a ticket into fields; `issue_of` returns the record of another ticket by number."""
    return _TicketReader(ticket, catalog, issue_of, today).read()


class _TicketReader:
    def __init__(self, ticket: Ticket, catalog: Catalog, issue_of: Callable[[int], str | None], today: str) -> None:
        self.ticket, self.catalog, self.issue_of, self.today = ticket, catalog, issue_of, today
        self.found = TicketFields()
        self.stated: list[Plain] = []
        self.parts = sections(ticket.body)
        known = {name.casefold(): label for name, label in catalog.tracker.labels.items()}
        self.labels = [label for name in ticket.labels if (label := known.get(name.casefold()))]

    def read(self) -> TicketFields:
        ticket, fields = self.ticket, self.found.fields
        fields["title"] = inert(ticket.title)
        fields["severity"] = self._severity()
        fields["opened"] = self._opened()
        fields["summary"] = self._summary()
        self._people()
        self._put("components", self._of_catalog(_COMPONENT, self.catalog.components, lambda label: label.component))
        self._put("labels", [inert(label) for label in ticket.labels])
        self._put("links", [self._link()] if ticket.url else [])
        self._put("environments.seen", self._of_catalog(_SEEN, self.catalog.environments, lambda label: label.seen))
        self._put("symptoms", list(self._symptoms()))
        self._closing()
        self._discussion()
        if ticket.truncated:
            self._note("the file does not contain all comments, so errors in them may be missing")
        return self.found

    def _put(self, name: str, values: list[Plain]) -> None:
        if values:
            self.found.fields[name] = values

    def _note(self, text: str) -> None:
        self.found.notes.append(text)

    # ── the four fields ──────────────────────────────────────────────────────────────────────────────

    def _severity(self) -> str:
        said = [word for part in self._named(_SEVERITY) for word in re.findall(r"\w+", part.text.casefold())]
        own = [Severity(word) for word in said if word in _SEVERITIES]
        given = own or [label.severity for label in self.labels if label.severity]
        if given:
            return min(given, key=_SEVERITIES.index).value
        word = re.sub(r"^[\d\W]+|\W+$", "", self.ticket.severity).casefold()
        if meant := next((severity for severity, words in _SEVERITY_WORDS.items() if word in words), None):
            self._note(f"severity `{meant}`: the tracker says `{self.ticket.severity}`")
            return meant
        default = self.catalog.tracker.severity.value
        self._note(
            f"no label gives its severity, so `{default}` is used; map labels in the catalog: "
            "`tracker: {labels: {bug: {severity: high}}}`"
        )
        return default

    def _opened(self) -> str:
        if self.ticket.opened:
            return self.ticket.opened
        instead = self.ticket.updated or self.today
        what = "of its last change" if self.ticket.updated else "of the import"
        self._note(f"the file does not say when it was opened, so {instead} is used, the day {what}")
        return instead

    def _summary(self) -> str:
        """The parts of the text that no other field uses, starting with the one that says what happens."""
        taken = _SEEN | _COMPONENT | _SEVERITY
        parts = [part for part in self.parts if _plain(part.heading) not in taken or not self._understood(part)]
        parts.sort(key=lambda part: bool(part.heading) and _plain(part.heading) not in _SUMMARY)
        texts = [_with_heading(part, first=index == 0) for index, part in enumerate(parts)]
        return inert("\n\n".join(texts)) or "The issue in the tracker has no text."

    def _understood(self, part: TicketSection) -> bool:
        name = _plain(part.heading)
        if not part.text:
            return False
        if name in _SEVERITY:
            return all(word.casefold() in _SEVERITIES for word in _words(part))
        known = self.catalog.environments if name in _SEEN else self.catalog.components
        return all(_id_of(word, known) for word in _words(part))

    def _named(self, names: frozenset[str]) -> list[TicketSection]:
        return [part for part in self.parts if _plain(part.heading) in names]

    # ── names in the catalog ─────────────────────────────────────────────────────────────────────────

    def _of_catalog(
        self, names: frozenset[str], known: Mapping[str, object], of_label: Callable[[Label], str | None]
    ) -> list[Plain]:
        ids: dict[str, None] = {str(name): None for label in self.labels if (name := of_label(label)) in known}
        for word in [word for part in self._named(names) for word in _words(part)]:
            if name := _id_of(word, known):
                ids[name] = None
        return list(ids)

    def _people(self) -> None:
        author, owners = self._person(self.ticket.author), [self._person(name) for name in self.ticket.assignees]
        if author:
            self.found.fields["people.reported"] = [author]
        if known := [owner for owner in owners if owner]:
            self.found.fields["owner"] = known[0]
        strange = [n for n in dict.fromkeys((self.ticket.author, *self.ticket.assignees)) if n and not self._person(n)]
        if strange:
            names = " and ".join(f"`{name}`" for name in strange)
            where = "named in the title of the link only" if self.ticket.url else "left out"
            self._note(
                f"{names}: not in the catalog, so {where}. Add to the catalog: "
                f"`people`, or map the login: `tracker: {{people: {{{strange[0]}: ...}}}}`"
            )

    def _person(self, login: str) -> str | None:
        meant = {name.casefold(): person for name, person in self.catalog.tracker.people.items()}
        return meant.get(login.casefold()) or _id_of(login, self.catalog.people)

    def _link(self) -> Plain:
        ticket = self.ticket
        words = [f"Issue {ticket.name}" + (f" of {ticket.repository}" if ticket.repository else "")]
        words += [f"reported by {ticket.author}"] if ticket.author else []
        words += [f"assigned to {', '.join(ticket.assignees)}"] if ticket.assignees else []
        words += [f"milestone {ticket.milestone}"] if ticket.milestone else []
        return {"url": ticket.url, "title": inert(", ".join(words))}

    # ── symptoms ─────────────────────────────────────────────────────────────────────────────────────

    def _symptoms(self) -> Iterator[Plain]:
        ticket = self.ticket
        texts = [ticket.title, ticket.body, *(comment.body for comment in ticket.comments)]
        shown = _once([one for text in texts for one in errors(text, ticket.repository)] + list(self._stated()))
        named = [at for text in texts for at in (*places(text, ticket.repository), *permalinks(text))]
        at = list(dict.fromkeys(named))
        self.found.errors = [one.error for one in shown]
        self.found.paths = [where.partition(":")[0] for where in [*at, *(one.at for one in shown if one.at)]]
        for index, one in enumerate(shown):
            where = list(dict.fromkeys(([one.at] if one.at else []) + (at if index == 0 else [])))
            yield {"error": one.error, **self._seen_at(where)}
        if at and not shown:
            yield {"says": inert(ticket.title), **self._seen_at(at)}

    def _seen_at(self, where: list[str]) -> dict[str, Plain]:
        source: dict[str, Plain] = {"from": self.ticket.url} if self.ticket.url else {}
        return ({"at": list(where)} if where else {}) | source

    def _stated(self) -> Iterator[ReportedError]:
        """A one-line error section in which no error was recognised."""
        for part in self._named(_ERROR):
            text = re.sub(r"^(?:`{3,}|~{3,}).*$", "", part.text, flags=re.MULTILINE).strip().strip("`")
            if text and "\n" not in text and len(text) <= 300 and not errors(part.text):
                yield ReportedError(text)

    # ── closing ──────────────────────────────────────────────────────────────────────────────────────

    def _closing(self) -> None:
        """Keep a closing, with a claim where the record would have to prove it."""
        ticket = self.ticket
        if not ticket.closed:
            return
        reason = re.sub(r"[^a-z]", "", ticket.reason)
        ending = next((label.closed for label in self.labels if label.closed), None) or _ENDINGS.get(
            reason, Ending.FIXED
        )
        on = self.today if ticket.closed == UNDATED else max(ticket.closed, str(self.found.fields["opened"]))
        how = f" as {ticket.reason.replace('_', ' ')}" if ticket.reason else ""
        says = f"closed{how} on {on}"
        original = self._original() if ending is Ending.DUPLICATE else None
        self.found.closed = ending.value
        self.found.fields["closed"] = {
            "on": on, "as": ending.value, **({"into": [original]} if original else {}),
            "why": inert(f"It was {says} in the tracker."),
        }  # fmt: skip
        if ending is Ending.FIXED or (ending is Ending.DUPLICATE and not original):
            self.stated.append(
                {"says": says, "about": {"field": "closed"}, "kind": "verdict-without-evidence",
                 "disputed": "The tracker names no evidence; the verdict shows what the record proves."}
            )  # fmt: skip

    def _discussion(self) -> None:
        """What the tracker states beside the text of the ticket: that it was closed, and its comments."""
        for comment in self.ticket.comments:
            if body := comment.body.strip():
                words = [f"Comment by {comment.author}" if comment.author else "Comment", comment.day, comment.url]
                self.stated.append({"says": body, "note": inert(", ".join(filter(None, words)))})
        if self.stated:
            title = f"Issue {self.ticket.name} in the tracker"
            about: dict[str, Plain] = {"title": title, "kind": "ticket", "claims": self.stated}
            about |= {"url": self.ticket.url} if self.ticket.url else {}
            self.found.fields |= {f"{TRACKER}.{key}": value for key, value in about.items()}

    def _original(self) -> str | None:
        texts = [self.ticket.body, *(comment.body for comment in self.ticket.comments)]
        numbers = [int(number) for text in texts for number in _DUPLICATE.findall(text)]
        numbers = [self.ticket.duplicate_of, *numbers] if self.ticket.duplicate_of else numbers
        return next((name for number in numbers if (name := self.issue_of(number))), None)


def inert(text: str) -> str:
    """Text without references to facts: double braces are separated."""
    return re.sub(r"\{(?=\{)", "{ ", text) if "}}" in text else text


def _once(shown: list[ReportedError]) -> list[ReportedError]:
    """The distinct errors, each with the first known place."""
    found: dict[str, ReportedError] = {}
    for one in shown:
        known = found.get(one.error)
        found[one.error] = one if known is None or (known.at is None and one.at) else known
    return list(found.values())[:10]


def _plain(heading: str) -> str:
    return " ".join(re.findall(r"\w+", heading.casefold()))


def _words(part: TicketSection) -> list[str]:
    """The answers in a section, one per line or separated by commas."""
    return [word for line in re.split(r"[,\n]", part.text) if (word := line.strip().lstrip("-*").strip(" `"))]


def _id_of(word: str, known: Mapping[str, object]) -> str | None:
    """The id for a word that is an id or a title."""
    wanted = word.casefold()
    for name, one in known.items():
        if wanted and wanted in {name.casefold(), str(getattr(one, "title", "")).casefold()}:
            return str(name)
    return None


def _with_heading(part: TicketSection, *, first: bool) -> str:
    if not part.heading or (first and part.text and _plain(part.heading) in _SUMMARY):
        return part.text
    return f"**{part.heading}**\n\n{part.text}".strip()
