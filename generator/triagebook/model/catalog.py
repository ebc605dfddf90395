"""The catalog: what records may refer to, and how strictly they are checked."""

import posixpath
from enum import StrEnum
from typing import Literal

from .base import Flag, Keyed, Line, Many, Named, Path, Prose, Record, Short, Url, keyed, optional, required, several
from .defect import Severity
from .issue import Ending
from .refs import ComponentRef, EnvironmentRef, PersonRef, RepositoryRef
from .values import Quantity, Sourced


class Repository(Short, short="url"):
    """A repository of source code."""

    url: Url | None = optional("Its address, if it has one", "https://github.com/netra-systems/zen")
    title: Line | None = optional("Its name", "Zen")
    checkout: Line | None = optional("Where it is checked out, relative to the book's folder", "../../zen")


class CatalogEntry(Short, short="title"):
    """Something that records refer to by its id."""

    title: Line = required("Its name", "End to end")
    summary: Prose | None = optional("What it is", "The whole journey of a user")


class Component(CatalogEntry):
    """A part of the product."""

    repository: RepositoryRef | None = optional("The repository that contains it", "zen")
    paths: Many[Path] = several("The files that belong to it", ["app/routes/*.py"])
    owner: PersonRef | None = optional("The owner", "backend")


class Environment(CatalogEntry):
    """A place where the product runs."""

    production: Flag = optional("Whether customers are served there", "true", default=False)


class FileCategory(CatalogEntry):
    """A kind of files."""

    paths: Many[Path] = several("The files that belong to it", ["app/**"])


class Stream(CatalogEntry, Sourced):
    """A stream of revenue."""

    worth: Quantity | None = optional("The revenue", "at least 500000 USD/year")


class PersonKind(StrEnum):
    """Whether a name is a person, a team, a role or an assistant."""

    PERSON = "person"
    TEAM = "team"
    ROLE = "role"
    ASSISTANT = "assistant"


class Person(Short, short="title"):
    """Somebody who can own a step or vouch for an observation."""

    title: Line = required("The name", "Backend")
    kind: PersonKind = optional("A person, a team, a role or a named assistant", "team", PersonKind.PERSON)
    contact: Line | None = optional("How to reach them", "#backend")


class Label(Record):
    """What a label of the tracker means here."""

    severity: Severity | None = optional("How severe it is", "high")
    component: ComponentRef | None = optional("The components that have the defect", "websocket-routes")
    seen: EnvironmentRef | None = optional("The environment in which it was observed", "staging")
    closed: Ending | None = optional("The outcome of a closed issue with this label", "declined")


class Tracker(Record):
    """How `triagebook import` reads what an issue tracker says."""

    labels: Named[Label] = keyed("What labels mean", {"bug": {"severity": "high"}, "wontfix": {"closed": "declined"}})
    severity: Severity = optional("The severity if no label sets one", "low", Severity.MEDIUM)
    people: Named[PersonRef] = keyed("The person behind each login", {"octocat": "backend"})


class Catalog(Record):
    """What records may refer to, and how strictly they are checked."""

    title: Line = optional("The name of the book", "Netra issues", "Issues")
    summary: Prose | None = optional("What the book is about", "Defects of the chat platform")
    repositories: Keyed[Repository] = keyed("Repositories of source code", {"zen": "https://example.org/zen"})
    components: Keyed[Component] = keyed("Parts of the product", {"websocket-routes": "WebSocket routes"})
    environments: Keyed[Environment] = keyed("Where the product runs", {"staging": "Staging"})
    required: Many[EnvironmentRef] = several("The environments in which every fix must be proven", ["production"])
    runner: Literal[
        "pytest", "vitest", "jest", "node", "go", "cargo", "maven", "gradle", "rspec", "phpunit", "dotnet"
    ] = optional("The test runner for which tests are proposed", "go", "pytest")
    test_categories: Keyed[CatalogEntry] = keyed("Kinds of tests", {"unit": "Unit"})
    file_categories: Keyed[FileCategory] = keyed("Kinds of files; the first match counts", {"tests": "Tests"})
    segments: Keyed[CatalogEntry] = keyed("Groups of customers", {"enterprise": "Enterprise"})
    streams: Keyed[Stream] = keyed("Revenue streams", {"websocket-chat": "Chat"})
    people: Keyed[Person] = keyed("People, teams and named assistants", {"backend": {"title": "Backend"}})
    tracker: Tracker = optional(
        "How `triagebook import` reads labels and logins", {"severity": "low"}, Tracker.model_construct()
    )
    rules: Keyed[Literal["error", "warning", "note", "off"]] = keyed(
        "The severity of each rule: `error`, `warning`, `note` or `off`", {"TB423": "off", "TB305": "error"}
    )

    def can_vouch(self, name: str | None) -> bool:
        """Whether a name is that of a person, a team or a role: no assistant vouches for anything."""
        person = self.people.get(name) if name else None
        return person is not None and person.kind is not PersonKind.ASSISTANT

    def checkout_of(self, repository: str) -> str:
        """Where a repository is checked out, seen from the folder that contains the book: `.` if nothing is said."""
        known = self.repositories.get(repository)
        return posixpath.normpath(posixpath.join("issues", known.checkout)) if known and known.checkout else "."
