"""TB411 to TB413, TB425: ticks that are ahead of the work, and excuses that have had their day."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, add, corrupt, drop, found, put
from triagebook.model.document import Contradiction

from . import names as at

TICK, EXCUSE = Contradiction.PREMATURE_TICK, Beyond.EXCUSE

TICKS = (
    corrupt(
        TICK,
        "a step is ticked whose criterion nobody measured",
        put(at.SETTINGS, "next", 0, "done", to={"on": "2025-10-01", "commit": "ab14a73d8429"}),
        found("TB413", at.SETTINGS, "next", 0, "done"),
    ),
    corrupt(
        TICK,
        "a later phase is ticked while an earlier one is open",
        put(
            at.SETTINGS,
            "plan",
            "phases",
            "prove",
            "steps",
            0,
            "done",
            to={"on": "2025-10-01", "commit": "ab14a73d8429"},
        ),
        found("TB413", at.SETTINGS, "plan", "phases", "prove", "steps", 0, "done"),
    ),
    corrupt(
        TICK,
        "a check at the end is ticked while the work is open",
        put(at.SETTINGS, "plan", "after", 0, "done", to={"on": "2025-10-01", "evidence": "before-staging"}),
        found("TB413", at.SETTINGS, "plan", "after", 0, "done"),
    ),
    corrupt(
        TICK,
        "production is ticked while the work is open",
        put(
            at.SETTINGS,
            "deployment",
            "production",
            "steps",
            0,
            "done",
            to={"on": "2025-10-01", "commit": "ab14a73d8429"},
        ),
        found("TB413", at.SETTINGS, "deployment", "production", "steps", 0, "done"),
    ),
    corrupt(
        TICK,
        "a check in staging is ticked before the build is there",
        put(
            at.SETTINGS, "deployment", "staging", "checks", 0, "done", to={"on": "2025-10-01", "commit": "ab14a73d8429"}
        ),
        found("TB413", at.SETTINGS, "deployment", "staging", "checks", 0, "done"),
    ),
    corrupt(
        TICK,
        "a step before the others is opened again",
        drop(at.CHAT, "plan", "before", 0, "done"),
        found("TB413", at.CHAT, "plan", "phases", "reproduce", "steps", 0, "done"),
        found("TB413", at.CHAT, "plan", "phases", "mend", "steps", 0, "done"),
        found("TB413", at.CHAT, "plan", "phases", "prove", "steps", 0, "done"),
        found("TB413", at.CHAT, "plan", "after", 0, "done"),
    ),
    corrupt(
        TICK,
        "a tick has nothing to show for it",
        drop(at.CHAT, "plan", "phases", "mend", "steps", 0, "done", "commit"),
        found("TB425", at.CHAT, "plan", "phases", "mend", "steps", 0, "done"),
    ),
    corrupt(
        TICK,
        "a step is ticked by a day alone",
        put(at.SETTINGS, "next", 2, "done", to="2025-10-20"),
        found("TB425", at.SETTINGS, "next", 2, "done"),
    ),
)

TIMELINE = (
    corrupt(
        TICK,
        "a step of the timeline is ticked by a day alone",
        put(at.CHAT, "plan", "timeline", "first-day", "steps", 0, "done", to="2025-10-01"),
        found("TB425", at.CHAT, "plan", "timeline", "first-day", "steps", 0, "done"),
    ),
)

EXCUSES = (
    corrupt(
        EXCUSE,
        "the day of a waiver has passed",
        put(at.SETTINGS, "waivers", 1, "until", to="2025-10-31"),
        found("TB411"),
        found("TB424", at.SETTINGS, "next", 1),
    ),
    corrupt(
        EXCUSE,
        "the day of a flaky test has passed",
        put(at.WINDOWS, "suites", "windows", "tests", "test_two_windows", "flaky", "until", to="2025-10-31"),
        found("TB411"),
    ),
    corrupt(
        EXCUSE,
        "what a waiver accepts is mended, and the waiver stays",
        put(at.SETTINGS, "next", 1, "owner", to="chat"),
        found("TB412", at.SETTINGS, "waivers", 1, "at"),
    ),
    corrupt(
        EXCUSE,
        "a waiver names another rule than it means",
        put(at.SETTINGS, "waivers", 1, "rule", to="TB425"),
        found("TB412", at.SETTINGS, "waivers", 1, "at"),
        found("TB424", at.SETTINGS, "next", 1),
    ),
    corrupt(
        EXCUSE,
        "a waiver for the whole record has no object",
        add(at.CHECKS, "waivers", item={"rule": "TB423", "who": "chat", "why": "It is old", "until": "2025-12-31"}),
        found("TB412", at.CHECKS, "waivers", 0, "rule"),
    ),
)

CORRUPTIONS = (*TICKS, *TIMELINE, *EXCUSES)
