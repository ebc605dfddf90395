"""TB6xx: issues that belong together and do not say so, or say it in a circle."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, Write, add, corrupt, drop, found, put
from triagebook.model.document import Contradiction

from . import names as at

RELATION, DUPLICATE = Beyond.RELATION, Contradiction.DUPLICATE

ONE_SIDED = (
    corrupt(
        RELATION,
        "an issue forgets the one with the same cause",
        drop(at.SETTINGS, "relations", 0),
        found("TB601", at.CHAT, "relations", 0),
    ),
    corrupt(
        RELATION,
        "a parent forgets its child",
        drop(at.CHECKS, "relations", 0),
        found("TB601", at.SETTINGS, "relations", 1),
    ),
    corrupt(
        RELATION,
        "an issue does not know that it is blocked",
        drop(at.CHECKS, "relations", 1),
        found("TB601", at.SETTINGS, "relations", 3),
    ),
    corrupt(
        RELATION,
        "the cause does not know what it causes",
        drop(at.WINDOWS, "relations", 1),
        found("TB601", at.BADGE, "relations", 0),
    ),
    corrupt(
        RELATION,
        "a related issue does not relate back",
        drop(at.OVERNIGHT, "relations", 0),
        found("TB601", at.WINDOWS, "relations", 2),
    ),
    corrupt(
        RELATION,
        "two issues name two kinds of tie",
        put(at.BADGE, "relations", 0, "kind", to="same-cause"),
        found("TB601", at.BADGE, "relations", 0),
        found("TB601", at.WINDOWS, "relations", 1),
    ),
)

RINGS = (
    corrupt(
        RELATION,
        "three issues wait for one another",
        add(at.CHECKS, "relations", item={"to": "5", "kind": "blocks"}),
        add(at.WINDOWS, "relations", item={"to": "4", "kind": "blocked-by"}),
        found("TB602", at.CHECKS, "relations", 2),
    ),
    corrupt(
        RELATION,
        "a child is the parent of its parent",
        add(at.CHECKS, "relations", item={"to": "2", "kind": "parent"}),
        add(at.SETTINGS, "relations", item={"to": "4", "kind": "child"}),
        found("TB602", at.CHECKS, "relations", 2),
    ),
    corrupt(
        RELATION,
        "two issues cause each other",
        add(at.WINDOWS, "relations", item={"to": "6", "kind": "caused-by"}),
        add(at.BADGE, "relations", item={"to": "5", "kind": "causes"}),
        found("TB602", at.BADGE, "relations", 0),
    ),
    corrupt(
        DUPLICATE,
        "the original is a duplicate of its duplicate",
        add(at.CHAT, "relations", item={"to": "9", "kind": "duplicate-of"}),
        found("TB602", at.PHONE, "relations", 0, "to"),
    ),
    corrupt(
        RELATION,
        "an issue is related to itself",
        put(at.OVERNIGHT, "relations", 0, "to", to="7"),
        found("TB602", at.OVERNIGHT, "relations", 0),
        found("TB601", at.WINDOWS, "relations", 2),
    ),
    corrupt(
        RELATION,
        "an issue blocks itself",
        add(at.EXPORTS, "relations", item={"to": "10", "kind": "blocks"}),
        found("TB602", at.EXPORTS, "relations", 0),
    ),
    corrupt(
        RELATION,
        "an issue is split into itself",
        add(at.SPLIT, "closed", "into", item="8"),
        found("TB602", at.SPLIT, "closed", "into", 2),
    ),
)

DUPLICATES = (
    corrupt(
        DUPLICATE,
        "a duplicate is closed into another duplicate",
        put(at.SAME_ERROR, "closed", "into", to="9"),
        found("TB604", at.SAME_ERROR, "closed", "into", 0),
    ),
    corrupt(
        DUPLICATE,
        "an issue is a duplicate of a duplicate",
        put(at.PHONE, "relations", 0, "to", to="3"),
        found("TB604"),
    ),
    corrupt(
        DUPLICATE,
        "a duplicate forgets its original",
        drop(at.PHONE, "relations"),
        found("TB410", at.PHONE, "closed"),
    ),
    corrupt(
        DUPLICATE,
        "a duplicate with the error of its original forgets it",
        drop(at.SAME_ERROR, "closed", "into"),
        found("TB410", at.SAME_ERROR, "closed"),
        found("TB606", at.SAME_ERROR, "symptoms", 0, "error"),
    ),
    corrupt(
        DUPLICATE,
        "two issues with one error forget each other",
        drop(at.WINDOWS, "relations", 2),
        drop(at.OVERNIGHT, "relations"),
        found("TB606", at.OVERNIGHT, "symptoms", 0, "error"),
    ),
    corrupt(
        DUPLICATE,
        "two issues have one pattern for a cause",
        put(at.EXPORTS, "causes", 0, to={"pattern": "lost-update"}),
        found("TB606", at.EXPORTS, "causes", 0, "pattern"),
    ),
    corrupt(
        DUPLICATE,
        "two issues have one affected line",
        put(at.EXPORTS_PLACES, "locations", 0, to="app/pages/settings.py:64"),
        found("TB606", at.EXPORTS_PLACES, "locations", 0),
    ),
    corrupt(
        DUPLICATE,
        "an old error is reported anew",
        put(at.EXPORTS, "symptoms", 0, "error", to="ConflictError: stale  version 4"),
        found("TB606"),
    ),
)

ORPHANS = (
    corrupt(
        RELATION,
        "a pattern is recorded that no issue shows",
        Write("patterns/late-answer.yaml", b"title: An answer comes too late\nsummary: The page has gone on.\n"),
        found("TB607"),
    ),
    corrupt(
        RELATION,
        "a component is recorded that no issue is about",
        put(at.CATALOG, "components", "mail", to="Mail"),
        found("TB607"),
    ),
    corrupt(
        RELATION,
        "the one issue about a stream is about another",
        put(at.EXPORTS, "impact", "revenue", 0, "stream", to="chat"),
        found("TB607", at.CATALOG, "streams", "exports"),
        found("TB311", at.EXPORTS, "impact", "revenue", 0, "at_risk"),
    ),
    corrupt(RELATION, "a person has left", put(at.CATALOG, "people", "support", to="Support"), found("TB607")),
    corrupt(
        RELATION,
        "a repository is moved, and the old one stays",
        put(at.CATALOG, "repositories", "old", to="https://example.org/old"),
        found("TB607"),
    ),
)

CORRUPTIONS = (*ONE_SIDED, *RINGS, *DUPLICATES, *ORPHANS)
