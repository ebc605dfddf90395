"""The locations that show the defect or must change."""

from enum import StrEnum

from .base import Commit, Count, Day, Keyed, Line, Many, Prose, Record, Short, Text, keyed, optional, required, several
from .building_blocks import Detector
from .defect import Source
from .refs import FileCategoryRef, PersonRef
from .values import Place, Sourced


class LocationState(StrEnum):
    """Whether a location still shows the defect."""

    OPEN = "open"
    FIXED = "fixed"
    NEW = "new"


class Stays(Record):
    """That a named person accepts a location as it is."""

    why: Prose = required("Why it stays", "The test needs the old call")
    by: PersonRef = required("Who accepts it", "backend")


class Location(Short, Sourced, short="at"):
    """A file and lines that show the defect, or must change."""

    at: Place = required("The file and its lines", "app/routes/websocket_ssot.py:1233,1699")
    text: Text | None = optional("The text that was matched", "await get_websocket_manager(user_context)")
    category: FileCategoryRef | None = optional("The kind of file, if the catalog's rules do not say it", "product")
    priority: Count | None = optional("The group in which it is changed: 1 before 2", 1)
    change: Prose | None = optional("What it needs", "Remove `await`")
    state: LocationState = optional("Open, fixed or new", "open", LocationState.OPEN)
    commit: Commit | None = optional("The commit that fixed it", "ab14a73d8")
    stays: Stays | None = optional("Why it stays as it is", {"why": "The test needs the old call", "by": "backend"})
    note: Prose | None = optional("A note for the reader", "The last one passes no user context")


class Group(Short, Sourced, short="title"):
    """Locations that are changed together; the number that `priority` names is its key."""

    title: Line = required("What its locations have in common", "System tests")
    why: Prose | None = optional("Why the group has this position in the order", "They are critical to the business")


class Exclusion(Short, short="at"):
    """A match that is not the defect."""

    at: Place = required("The file and its lines", "tests/fixtures/bad_code.py:12")
    why: Prose | None = optional("Why it does not count", "The text is in a string")


class Scan(Sourced):
    """The search that found the locations."""

    on: Day | None = optional("The day of the search", "2025-09-15")
    files: Count | None = optional("How many files were searched", 4200)
    detector: Detector | None = optional("What was searched for", {"regex": "await get_websocket_manager"})
    by: Line | None = optional("What did the search", "triagebook 0.1.0")


class Affected(Record):
    """The affected locations of one issue."""

    source: Source = required("The repository and commit of its lines", {"repository": "zen", "commit": "fc829d9421d3"})
    scan: Scan | None = optional("The search that found them", {"on": "2025-09-15", "files": 4200})
    groups: Keyed[Group] = keyed("The groups that `priority` names, by number", {"1": "Product code", "2": "Tests"})
    locations: Many[Location] = several("The locations", ["app/routes/websocket_ssot.py:1233,1699"])
    excluded: Many[Exclusion] = several("Matches that are not the defect", [{"at": "docs/a.md:4", "why": "an example"}])
    note: Prose | None = optional("A note for the reader", "Found by syntax tree")
