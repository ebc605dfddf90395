"""TB401, TB402, TB410, TB423, TB424: days, endings, documents and loose ends."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, Lose, add, corrupt, drop, found, found_in_file, put
from triagebook.model.document import Contradiction

from . import names as at

ORDER, LOOSE = Beyond.ORDER, Contradiction.LOOSE_END
VERDICT, METADATA = Contradiction.VERDICT_WITHOUT_EVIDENCE, Contradiction.MISSING_METADATA

DAYS = (
    corrupt(
        ORDER, "an issue is closed before it was opened", put(at.BADGE, "closed", "on", to="2025-09-01"), found("TB401")
    ),
    corrupt(ORDER, "an issue is due before it was opened", put(at.SETTINGS, "due", to="2025-09-12"), found("TB401")),
    corrupt(
        ORDER,
        "a step was done before the issue was opened",
        put(at.SETTINGS, "plan", "before", 0, "done", "on", to="2025-08-21"),
        found("TB401"),
    ),
    corrupt(
        ORDER,
        "the fix was deployed before the issue was opened",
        put(at.CHAT, "deployment", "production", "attempts", 0, "on", to="2025-08-30"),
        found("TB401"),
    ),
    corrupt(
        ORDER,
        "a defect came in after the issue was opened",
        put(at.EXPORTS, "introduced", "on", to="2025-10-11"),
        found("TB401"),
    ),
    corrupt(
        ORDER,
        "a run saw the defect before it came in",
        put(at.DESK_BEFORE, "at", to="2025-09-11T08:00:00Z"),
        found("TB401"),
    ),
    corrupt(
        ORDER,
        "an issue is closed as fixed before anybody saw the fix work",
        put(at.CHAT, "closed", "on", to="2025-09-20"),
        found("TB401"),
    ),
    corrupt(ORDER, "an issue was opened on a day to come", put(at.CHECKS, "opened", to="2026-09-22"), found("TB402")),
    corrupt(
        ORDER,
        "a step was done on a day to come",
        put(at.SETTINGS, "plan", "before", 0, "done", "on", to="2026-09-21"),
        found("TB402"),
    ),
    corrupt(
        ORDER,
        "a document is dated ahead",
        put(at.CHAT_STATED, "date", to="2025-11-24"),
        found("TB402"),
    ),
    corrupt(
        ORDER,
        "an observation is of a day to come",
        put(at.SEEN_FAILING, "at", to="2025-11-20T12:00:00Z"),
        found("TB402"),
    ),
    corrupt(
        ORDER,
        "the affected locations were searched on a day to come",
        put(at.CHAT_PLACES, "scan", "on", to="2025-12-25"),
        found("TB402"),
    ),
)

ENDINGS = (
    corrupt(
        VERDICT,
        "an issue is closed as fixed that was only reproduced",
        put(at.SETTINGS, "closed", to={"on": "2025-10-20", "as": "fixed"}),
        found("TB410", at.SETTINGS, "closed", "as"),
    ),
    corrupt(
        VERDICT,
        "an issue is closed as a duplicate of nothing",
        put(at.SETTINGS, "closed", to={"on": "2025-10-20", "as": "duplicate"}),
        found("TB410", at.SETTINGS, "closed"),
    ),
    corrupt(
        VERDICT,
        "no run in a place where the fix must be proven",
        put(at.CHAT, "environments", "prove", to=["production"]),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
    ),
    corrupt(
        VERDICT,
        "the value that the criterion asks for was not measured",
        Lose(at.MEASURED),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
        found("TB313", at.CHAT_STATED, "claims", 3, "about", "fact"),
    ),
    corrupt(
        VERDICT,
        "what was measured is less than the criterion asks for",
        put(at.MEASURED, "value", to="94 %"),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
        found("TB302", at.CHAT_STATED, "claims", 3, "value"),
    ),
    corrupt(
        VERDICT,
        "a location is still open",
        put(at.CHAT_PLACES, "locations", 2, "state", to="open"),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
    ),
    corrupt(
        VERDICT,
        "a document takes the place of the scan",
        put(at.CHAT_PLACES, "scan", "from", to="plan.md#L8"),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
    ),
    corrupt(
        VERDICT,
        "an issue can't be reproduced, says the record, and a run did",
        put(at.SETTINGS, "closed", to={"on": "2025-10-20", "as": "cannot-reproduce", "why": "It opens here"}),
        found("TB410", at.SETTINGS, "closed", "as"),
    ),
    corrupt(
        VERDICT,
        "an issue was declined, and nobody says why",
        drop(at.BADGE, "closed", "why"),
        found("TB410", at.BADGE, "closed"),
    ),
    corrupt(
        VERDICT,
        "an issue can't be reproduced, and nobody says why",
        drop(at.OVERNIGHT, "closed", "why"),
        found("TB410", at.OVERNIGHT, "closed"),
    ),
    corrupt(
        VERDICT,
        "an issue was split into nothing",
        drop(at.SPLIT, "closed", "into"),
        found("TB410", at.SPLIT, "closed"),
    ),
)

ENDS = (
    corrupt(
        METADATA,
        "a document has no date",
        drop(at.CHAT_PLAN, "date"),
        found_in_file("TB423", at.CHAT_PLAN),
    ),
    corrupt(
        METADATA,
        "a document has no author",
        drop(at.CHAT_STATED, "by"),
        found_in_file("TB423", at.CHAT_STATED),
    ),
    corrupt(LOOSE, "a high issue has no owner", drop(at.WINDOWS, "owner"), found("TB424", at.WINDOWS, "severity")),
    corrupt(
        LOOSE,
        "a next step has no owner",
        drop(at.SETTINGS, "next", 0, "owner"),
        found("TB424", at.SETTINGS, "next", 0),
        found("TB412", at.SETTINGS, "waivers", 1, "at"),
    ),
    corrupt(
        LOOSE,
        "a defect was noticed, and nobody keeps it",
        add(at.CHAT, "noticed", item="A coroutine is never awaited"),
        found("TB424", at.CHAT, "noticed", 1),
    ),
    corrupt(
        LOOSE,
        "the issue of a noticed defect is forgotten",
        drop(at.CHAT, "noticed", 0, "issue"),
        found("TB424", at.CHAT, "noticed", 0),
    ),
)

CORRUPTIONS = (*DAYS, *ENDINGS, *ENDS)
