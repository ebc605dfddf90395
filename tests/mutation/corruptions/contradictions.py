"""TB316 to TB322, TB431 to TB437, TB608 to TB612: what a careful reviewer notices, three variations of each kind."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, add, corrupt, drop, found, put, swap
from triagebook.model.document import Contradiction

from . import names as at

SCOPE, THRESHOLD, UNMEASURED = Contradiction.SCOPE, Contradiction.THRESHOLD, Contradiction.UNMEASURED
MIXED, ESTIMATE, UNSOURCED = Contradiction.SEVERITY_AND_RISK, Contradiction.ESTIMATE, Contradiction.UNSOURCED
FIX, IMPOSSIBLE, VACUOUS = Contradiction.FIX_AND_CHANGE, Contradiction.IMPOSSIBLE_EXPECTATION, Contradiction.VACUOUS
INFLATED, SUM = Contradiction.INFLATED_COUNT, Contradiction.SUM

CONNECTS, DAILY, QUICK = ("criteria", "connects"), ("metrics", "connects-daily"), ("metrics", "quick")
OPTIONS, PROVE = ("fix", "options"), ("plan", "phases", "prove", "steps", 0)
EVENTS = {"events": {"title": "Events of a chat", "names": ["opened", "sent", "closed"]}}
MONTHLY = {
    "says": "25,000 a month",
    "also": "plan.md#L4",
    "value": "25000 USD/month",
    "about": {"fact": "impact.revenue"},
}
COPIED = {
    "says": "It works",
    "also": "plan.md#L2",
    "kind": "vacuous",
    "about": {"suite": "settings"},
    "disputed": "A copy",
}
CODE = {"path": "app/routes/chat.py:85", "before": "manager = await get_manager(user)", "after": "get_manager(user)"}
HERE, THERE = "https://example.org/tracker/issues/4", "https://example.org/tracker/issues/2"
LINE_118 = "  - {at: app/routes/chat.py:118, state: fixed, commit: ab14a73d8429}\n"
ERROR = "TypeError: object Manager can't be used in 'await' expression"

NUMBERS = (
    corrupt(
        SCOPE, "the title counts too many calls", put(at.SETTINGS, "title", to="Five calls stay empty"), found("TB316")
    ),
    corrupt(
        SCOPE,
        "a change removes more awaits than there are",
        put(at.CHAT, "fix", "changes", 0, "what", to="Four awaits removed"),
        found("TB316"),
    ),
    corrupt(
        SCOPE,
        "a criterion waits for more events than promised",
        put(at.CHAT, "promises", to=EVENTS),
        put(at.CHAT, *CONNECTS, "says", to="All five events arrive"),
        found("TB316", at.CHAT, *CONNECTS, "says"),
    ),
    corrupt(
        THRESHOLD,
        "a baseline is more than the whole",
        put(at.CHAT, *DAILY, "baseline", to="300 %"),
        found("TB318"),
        found("TB304"),
    ),
    corrupt(
        THRESHOLD,
        "an alarm waits for more than the whole",
        put(at.CHAT, "monitoring", 0, "alert", to="less than 950 %"),
        found("TB318"),
    ),
    corrupt(
        THRESHOLD,
        "a share of the tests has its parts turned round",
        put(at.SETTINGS, "criteria", "shows", "baseline", to="3/2"),
        found("TB318"),
    ),
    corrupt(
        UNMEASURED,
        "an alarm about a share is set in seconds",
        put(at.CHAT, "monitoring", 0, "alert", to="less than 95 s"),
        found("TB318"),
    ),
    corrupt(
        UNMEASURED, "a time has a baseline in per cent", put(at.CHAT, *QUICK, "baseline", to="98 %"), found("TB318")
    ),
    corrupt(
        UNMEASURED,
        "a pass rate is to last some minutes",
        put(at.SETTINGS, "criteria", "shows", "target", to="100 min"),
        found("TB318"),
    ),
    corrupt(
        THRESHOLD,
        "a criterion says another share than its target",
        put(at.CHAT, *CONNECTS, "says", to="90 % of the connections succeed"),
        found("TB319"),
    ),
    corrupt(
        THRESHOLD,
        "a metric says another share than its target",
        put(at.CHAT, *DAILY, "says", to="Daily, 99 % of the connections succeed"),
        found("TB319"),
    ),
    corrupt(
        THRESHOLD,
        "a step is content with less than its criterion",
        put(at.CHAT, *PROVE, "do", to="Run the suite: 95 % pass"),
        found("TB319"),
    ),
    corrupt(
        MIXED,
        "a defect that costs most of the stream is of medium severity",
        put(at.CHAT, "severity", to="medium"),
        found("TB320"),
    ),
    corrupt(
        MIXED,
        "a defect that everybody has is of low severity",
        put(at.CHECKS, "impact", to={"broken": [{"what": "Search", "for": "every user"}]}),
        found("TB320", at.CHECKS, "severity"),
    ),
    corrupt(MIXED, "a critical issue comes fifth", put(at.CHAT, "priority", to="5"), found("TB320")),
    corrupt(
        ESTIMATE,
        "the last phase loses its time",
        drop(at.CHAT, "plan", "phases", "prove", "takes"),
        found("TB321", at.CHAT, "plan", "phases", "prove"),
    ),
    corrupt(
        ESTIMATE,
        "a phase without a time is added",
        put(at.CHAT, "plan", "phases", "watch", to={"goal": "See that it stays"}),
        found("TB321"),
    ),
    corrupt(
        ESTIMATE,
        "the phase that proves the fix has no time",
        drop(at.SETTINGS, "plan", "phases", "prove", "takes"),
        found("TB321", at.SETTINGS, "plan", "phases", "prove"),
    ),
    corrupt(
        UNSOURCED,
        "a claim repeats the figure it is the source of",
        add(at.SETTINGS_STATED, "claims", item=MONTHLY),
        found("TB322", at.SETTINGS, "impact", "revenue", 0, "at_risk"),
    ),
    corrupt(
        UNSOURCED,
        "a share comes from the claim of its share",
        add(
            at.CHAT_STATED,
            "claims",
            item={"says": "60 % is lost", "also": "plan.md#L5", "value": "60 %", "about": {"fact": "impact.share"}},
        ),
        found("TB322", at.CHAT, "impact", "share", 0, "amount"),
    ),
    corrupt(
        UNSOURCED,
        "an amount comes from another line of the document that claims it",
        add(
            at.CHAT_STATED,
            "claims",
            item={
                "says": "300,000 USD a year",
                "also": "plan.md#L60",
                "value": "300000 USD/year",
                "about": {"fact": "impact.revenue"},
            },
        ),
        found("TB322", at.CHAT, "impact", "revenue", 0, "at_risk"),
    ),
)

PLANS = (
    corrupt(FIX, "the other option is chosen", put(at.CHAT, "fix", "chosen", to="make-async"), found("TB431")),
    corrupt(
        FIX,
        "what speaks against an option stands at the chosen one",
        put(at.CHAT, *OPTIONS, "drop-await", to={"title": "Remove the await", "why_not": "Changes every caller"}),
        found("TB431", at.CHAT, "fix", "chosen"),
    ),
    corrupt(
        FIX,
        "an option without an argument is chosen",
        drop(at.CHAT, *OPTIONS, "make-async", "why_not"),
        put(at.CHAT, "fix", "chosen", to="make-async"),
        found("TB431", at.CHAT, "fix", "chosen"),
    ),
    corrupt(
        FIX,
        "the code after the fix is the code before it",
        put(at.CHAT, "fix", "code", to=[CODE | {"after": CODE["before"]}]),
        found("TB419", at.CHAT, "fix", "code", 0, "after"),
    ),
    corrupt(
        FIX,
        "the code after the fix differs in white space only",
        put(at.CHAT, "fix", "code", to=[CODE | {"after": "manager =  await get_manager(user)"}]),
        found("TB419", at.CHAT, "fix", "code", 0, "after"),
    ),
    corrupt(
        FIX,
        "unchanged code has a note about something else",
        put(at.CHAT, "fix", "code", to=[CODE | {"after": CODE["before"], "note": "The plan knows this form alone"}]),
        found("TB419", at.CHAT, "fix", "code", 0, "after"),
    ),
    corrupt(
        FIX,
        "the command of a suite runs another file",
        put(at.CHAT, "suites", "factory", "command", to="python -m pytest tests/unit/test_routes.py"),
        found("TB432"),
    ),
    corrupt(
        FIX,
        "the path of a suite is another than its command's",
        put(at.CHAT, "suites", "connect", "path", to="tests/e2e/test_connects.py"),
        found("TB432", at.CHAT, "suites", "connect", "command"),
    ),
    corrupt(
        FIX,
        "a step runs the file of another suite",
        put(at.CHAT, *PROVE, "command", to="python -m pytest tests/unit/test_factory.py"),
        found("TB432"),
    ),
    corrupt(
        IMPOSSIBLE,
        "a suite passes before the fix, says its note",
        put(at.SETTINGS, "suites", "settings", "note", to="They pass before it too."),
        found("TB433", at.SETTINGS, "suites", "settings", "before"),
    ),
    corrupt(
        IMPOSSIBLE,
        "a test can't pass, says its note",
        put(
            at.CHAT,
            "suites",
            "connect",
            "tests",
            "test_sends",
            to={"proves": "A message arrives", "after": "pass", "note": "It can't pass: it waits for an answer"},
        ),
        found("TB433", at.CHAT, "suites", "connect", "tests", "test_sends", "after"),
    ),
    corrupt(
        IMPOSSIBLE,
        "a suite passes either way, says its note",
        put(at.CHAT, "suites", "factory", "note", to="Both pass with the fix and without it."),
        found("TB433", at.CHAT, "suites", "factory", "before"),
    ),
    corrupt(
        VACUOUS,
        "the suite of the only criterion is disputed",
        add(at.SETTINGS_STATED, "claims", item=COPIED),
        found("TB434", at.SETTINGS, "criteria", "shows", "measure"),
    ),
    corrupt(
        INFLATED,
        "the suite of the criterion proves nothing, says a claim",
        add(at.SETTINGS_STATED, "claims", item=COPIED | {"kind": "inflated-count"}),
        found("TB434", at.SETTINGS, "criteria", "shows", "measure"),
    ),
    corrupt(
        IMPOSSIBLE,
        "the suite of the criterion expects what can't be",
        add(at.SETTINGS_STATED, "claims", item=COPIED | {"kind": "impossible-expectation"}),
        found("TB434", at.SETTINGS, "criteria", "shows", "measure"),
    ),
    corrupt(
        SCOPE,
        "product code loses its place in the order",
        drop(at.CHAT_PLACES, "locations", 0, "priority"),
        found("TB435", at.CHAT_PLACES, "locations", 0),
    ),
    corrupt(
        SCOPE,
        "an affected file is added without a place in the order",
        put(at.CHAT_PLACES, "locations", 0, "at", to="app/routes/chat.py:85"),
        swap(at.CHAT_PLACES, "  - at: tests/e2e", LINE_118 + "  - at: tests/e2e"),
        found("TB435", at.CHAT_PLACES, "locations", 1),
    ),
    corrupt(
        SCOPE,
        "the order has the tests alone",
        put(at.SETTINGS_PLACES, "groups", to={"1": "Tests"}),
        put(at.SETTINGS_PLACES, "locations", 2, to={"at": "tests/e2e/test_settings.py:9", "priority": "1"}),
        found("TB435", at.SETTINGS_PLACES, "locations", 0),
    ),
)

EVIDENCE = (
    corrupt(
        SUM,
        "a run before the fix is turned into one after it",
        put(at.SETTINGS_BEFORE, "phase", to="after"),
        found("TB436"),
        found("TB408", at.SETTINGS, "suites", "browser"),
    ),
    corrupt(
        SUM,
        "a run after the fix is turned into one before it",
        put(at.DESK_AFTER, "phase", to="before"),
        found("TB436"),
        found("TB408", at.CHAT, "suites", "factory"),
    ),
    corrupt(SUM, "a run at a desk is turned round", put(at.DESK_BEFORE, "phase", to="after"), found("TB436")),
    corrupt(
        SUM,
        "a run is dated a year later than its document",
        put(at.REPORTED, "at", to="2026-09-24"),
        found("TB437"),
        found("TB402"),
    ),
    corrupt(
        SUM, "a run is dated a month later than its document", put(at.REPORTED, "at", to="2025-10-24"), found("TB437")
    ),
    corrupt(SUM, "the fix worked before the issue was opened", put(at.REPORTED, "at", to="2025-09-14"), found("TB437")),
    corrupt(
        SUM,
        "the output has more passed tests than the totals",
        put(at.REPORTED, "output", to="4 passed in 1.2 s"),
        found("TB417"),
    ),
    corrupt(
        SUM,
        "the output has a failure that the results lack",
        put(at.REPORTED, "output", to="2 passed, 1 failed"),
        found("TB417"),
    ),
    corrupt(
        SUM,
        "the output of a run quotes other counts",
        put(at.CHAT_AFTER, "output", to="===== 30 passed in 4.10s ====="),
        found("TB417"),
    ),
)

TWINS = (
    corrupt(
        Beyond.RELATION,
        "the link leads to another issue",
        put(at.SETTINGS, "links", to=[THERE]),
        put(at.CHECKS, "links", to=[THERE]),
        found("TB608", at.CHECKS, "links", 0),
    ),
    corrupt(
        Beyond.RELATION,
        "two links are interchanged",
        put(at.SETTINGS, "links", to=[HERE]),
        put(at.CHECKS, "links", to=[HERE]),
        found("TB608", at.SETTINGS, "links", 0),
    ),
    corrupt(
        Beyond.RELATION,
        "a link has a digit too many",
        put(at.SETTINGS, "links", to=[THERE]),
        put(at.CHECKS, "links", to=[f"{HERE}4"]),
        found("TB608", at.CHECKS, "links", 0),
    ),
    corrupt(
        SCOPE,
        "a location is open in one issue and fixed in its twin",
        add(at.SETTINGS_PLACES, "locations", item="tests/unit/test_factory.py:30"),
        found("TB609", at.SETTINGS_PLACES, "locations", 3),
    ),
    corrupt(
        SCOPE,
        "the twin has its lines as new",
        add(at.SETTINGS_PLACES, "locations", item={"at": "tests/unit/test_factory.py:30", "state": "new"}),
        found("TB609", at.SETTINGS_PLACES, "locations", 3),
    ),
    corrupt(
        SCOPE,
        "an issue lists what another has fixed",
        put(at.EXPORTS_PLACES, "locations", to=["tests/e2e/test_connect.py:12"]),
        found("TB609", at.EXPORTS_PLACES, "locations", 0),
    ),
    corrupt(
        Beyond.RELATION,
        "the record cites another commit than its list",
        put(at.SETTINGS, "source", "commit", to="0c9d3f21a7be"),
        found("TB610"),
    ),
    corrupt(
        Beyond.RELATION,
        "the list is of another commit than the record",
        put(at.SETTINGS_PLACES, "source", "commit", to="0c9d3f21a7be"),
        found("TB610", at.SETTINGS, "source", "commit"),
    ),
    corrupt(
        Beyond.RELATION,
        "two digits of a commit are interchanged",
        put(at.SETTINGS, "source", "commit", to="5222b25680c3"),
        found("TB610"),
    ),
    corrupt(
        FIX,
        "the code of the fix stands on another line",
        put(at.CHAT, "fix", "code", to=[CODE | {"path": "app/routes/chat.py:86"}]),
        found("TB611", at.CHAT, "fix", "code", 0, "path"),
    ),
    corrupt(
        FIX,
        "the code before the fix is another than the one found",
        put(at.CHAT, "fix", "code", to=[CODE | {"before": "manager = await get_managers(user)"}]),
        found("TB611", at.CHAT, "fix", "code", 0, "before"),
    ),
    corrupt(
        FIX,
        "one line of a symptom is mistyped",
        put(at.CHAT, "symptoms", 0, "at", to="app/routes/chat.py:85,181"),
        found("TB611"),
    ),
    corrupt(
        Beyond.RELATION,
        "a letter is missing in a symptom",
        put(at.CHAT, "symptoms", 0, "error", to=ERROR.replace("used", "use")),
        found("TB612"),
        found("TB612", at.SETTINGS, "symptoms", 0, "error"),
    ),
    corrupt(
        Beyond.RELATION,
        "a symptom has the type of another error",
        put(at.CHAT, "symptoms", 0, "error", to=ERROR.replace("Type", "Value")),
        found("TB612"),
    ),
    corrupt(
        Beyond.RELATION,
        "a word of a symptom is in the plural",
        put(at.CHAT, "symptoms", 0, "error", to=ERROR.replace("object", "objects")),
        found("TB612"),
        found("TB612", at.SETTINGS, "symptoms", 0, "error"),
    ),
)

CONNECT, FIRST_RISK = ("suites", "connect"), ("risks", 0)

REWORDED = (
    corrupt(
        THRESHOLD,
        "a metric asks for more everywhere than a criterion in one environment",
        put(at.CHAT, "metrics", "ever", to={"says": "Yes", "measure": "connection.success", "target": "at least 99 %"}),
        found("TB304", at.CHAT, "metrics", "ever", "target"),
    ),
    corrupt(
        UNMEASURED,
        "a phase takes a share",
        put(at.SETTINGS, "plan", "phases", "mend", "takes", to="20 %"),
        found("TB318"),
    ),
    corrupt(
        UNMEASURED,
        "a count of messages is a time",
        put(at.CHAT, *QUICK, to={"says": "Few are lost", "measure": "lost.messages", "target": "at most 2 s"}),
        found("TB318", at.CHAT, *QUICK, "target"),
    ),
    corrupt(
        MIXED,
        "a defect that harms half of the platform is called small, and so is the risk",
        put(at.CHAT, *FIRST_RISK, to={"kind": "regression", "level": "none"}),
        found("TB312", at.CHAT, *FIRST_RISK, "level"),
    ),
    corrupt(
        FIX,
        "the code changes by a comment only",
        put(at.CHAT, "fix", "code", to=[CODE | {"after": f"{CODE['before']}  # done"}]),
        found("TB419", at.CHAT, "fix", "code", 0, "after"),
    ),
    corrupt(
        FIX,
        "a suite is run by the folder of another",
        put(at.CHAT, *CONNECT, "command", to="python -m pytest tests/unit/ -v"),
        found("TB432"),
    ),
    corrupt(
        IMPOSSIBLE,
        "a test that fails without the fix passed even then",
        put(at.CHAT, *CONNECT, "note", to="It passed even before the fix."),
        found("TB433", at.CHAT, *CONNECT, "before"),
    ),
    corrupt(
        IMPOSSIBLE,
        "a test passes with or without the fix",
        put(at.CHAT, *CONNECT, "note", to="Passes with or without it."),
        found("TB433", at.CHAT, *CONNECT, "before"),
    ),
    corrupt(
        IMPOSSIBLE,
        "a test that is to pass fails before and after the fix",
        put(at.CHAT, *CONNECT, "note", to="It fails before and after, for the network."),
        found("TB433", at.CHAT, *CONNECT, "after"),
    ),
    corrupt(
        FIX,
        "the one line of a symptom has its digits turned round",
        put(at.CHAT, "symptoms", 0, "at", to="app/routes/chat.py:58"),
        found("TB611"),
    ),
    corrupt(
        FIX,
        "a line of another issue has its digits turned round",
        put(at.CHAT, "noticed", 0, "at", to="app/pages/settings.py:13"),
        found("TB611"),
    ),
    corrupt(
        Beyond.RELATION,
        "two issues with one cause name different patterns",
        put(at.SETTINGS, "causes", 0, "pattern", to="lost-update"),
        found("TB612"),
        found("TB612", at.CHAT, "causes", 0, "pattern"),
    ),
)

CORRUPTIONS = NUMBERS + PLANS + EVIDENCE + TWINS + REWORDED
