"""TB2xx: names that lead nowhere."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, corrupt, found, put, swap
from triagebook.model.document import Contradiction

from . import names as at

REFERENCE = Beyond.REFERENCE

UNKNOWN_REFERENCE = (
    corrupt(REFERENCE, "a component is misspelt", put(at.CHAT, "components", 1, to="manger"), found("TB201")),
    corrupt(REFERENCE, "an owner is nobody", put(at.SETTINGS, "owner", to="frontend"), found("TB201")),
    corrupt(
        REFERENCE,
        "a relation leads to no issue",
        put(at.PHONE, "relations", 0, "to", to="11"),
        found("TB201", at.PHONE, "relations", 0, "to"),
    ),
    corrupt(
        REFERENCE,
        "a cause is a pattern that nobody wrote",
        put(at.WINDOWS, "causes", 0, "pattern", to="lost-updates"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a step names evidence by another name",
        put(at.CHAT, "plan", "after", 0, "done", "evidence", to="no-calls-left"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "an environment is none of the catalog",
        put(at.SETTINGS, "environments", "seen", to="stage"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a phase runs a suite that is not there",
        put(at.CHAT, "plan", "phases", "reproduce", "suites", 0, to="connects"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a criterion closes a phase that the plan has not",
        put(at.CHAT, "criteria", "tests-pass", "phase", to="proof"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a step serves no criterion",
        put(at.SETTINGS, "next", 0, "criterion", to="show"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a step is due at no horizon of the timeline",
        put(at.CHAT, "plan", "phases", "mend", "steps", 0, "horizon", to="first-week"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE, "an option was chosen that nobody weighed", put(at.CHAT, "fix", "chosen", to="drop"), found("TB201")
    ),
    corrupt(
        REFERENCE,
        "a stream is none of the catalog",
        put(at.SETTINGS, "impact", "revenue", 0, "stream", to="chats"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a segment is none of the catalog",
        put(at.CHAT, "impact", "segments", 1, to="enterprise"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a suite is of no kind of tests",
        put(at.EXPORTS, "suites", "rows", "category", to="integration"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a component belongs to nobody the catalog knows",
        put(at.CATALOG, "components", "exports", "owner", to="reports"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "every fix must be proven in a place that is not there, so none is",
        put(at.CATALOG, "required", 0, to="stagin"),
        found("TB201"),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
    ),
    corrupt(
        REFERENCE,
        "the catalog switches a rule off that does not exist",
        put(at.CATALOG, "rules", "TB999", to="off"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a pattern is like one that is not there",
        put(at.PLAIN_CALL, "related", to="lost-updates"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "the affected locations are of another repository",
        put(at.EXPORTS_PLACES, "source", "repository", to="api"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "a location is of no kind of files",
        put(at.CHAT_PLACES, "locations", 2, "category", to="test"),
        found("TB201"),
    ),
    corrupt(
        REFERENCE,
        "evidence was seen by somebody unknown",
        put(at.TOLD, "by", to="support"),
        found("TB201"),
    ),
)

UNCHECKED = (
    corrupt(
        REFERENCE,
        "a fix is deployed to a place that is not there",
        swap(at.WINDOWS, "suites:\n", "deployment:\n  stagin:\n    steps: [Deploy the build]\nsuites:\n"),
        found("TB201", at.WINDOWS, "deployment", "stagin"),
    ),
    corrupt(
        REFERENCE,
        "a location is put into a group that is not there",
        put(at.CHAT_PLACES, "locations", 0, "priority", to="3"),
        found("TB201"),
    ),
)

UNKNOWN_DOCUMENT = (
    corrupt(
        REFERENCE,
        "a claim is from a document that nobody describes",
        put(at.SETTINGS_STATED, "claims", 2, "also", to="plans.md#L33"),
        found("TB202"),
    ),
    corrupt(
        REFERENCE,
        "evidence was typed from such a document",
        put(at.TOLD, "from", to="minutes.md#L2"),
        found("TB202"),
    ),
    corrupt(
        Contradiction.UNSOURCED,
        "the worth of a stream is from such a document",
        put(at.CATALOG, "streams", "chat", "from", to="budget.md#L7"),
        found("TB202"),
    ),
    corrupt(
        REFERENCE,
        "a pattern is from such a document",
        put(at.LOST_UPDATE, "from", to="post-mortem.md"),
        found("TB202"),
    ),
)

UNKNOWN_FIELD = (
    corrupt(
        Beyond.DISPUTE,
        "a disputed claim shows in a field that is not there",
        put(at.CHAT_STATED, "claims", 4, "about", "field", to="deployment.prod"),
        found("TB204"),
    ),
    corrupt(
        Beyond.EXCUSE,
        "a waiver is for a field that is not there",
        put(at.SETTINGS, "waivers", 1, "at", to="next.7"),
        found("TB204"),
        found("TB424", at.SETTINGS, "next", 1),
    ),
)

UNKNOWN_FACT = (
    corrupt(
        REFERENCE,
        "prose asks for a fact that is none",
        swap(at.SETTINGS, "{{ affected.locations }}", "{{ affected.places }}"),
        found("TB203", at.SETTINGS, "summary"),
    ),
    corrupt(
        REFERENCE,
        "a gap in prose holds no name",
        swap(at.SETTINGS, "{{ affected.locations }}", "{{ How many? }}"),
        found("TB203", at.SETTINGS, "summary"),
    ),
    corrupt(
        REFERENCE,
        "a fact is narrowed by a filter that it has not",
        put(at.SETTINGS, "criteria", "shows", "measure", to="tests.pass_rate team=chat"),
        found("TB203"),
    ),
    corrupt(
        REFERENCE,
        "a criterion measures a fact that is none",
        put(at.CHAT, "metrics", "quick", "measure", to="tests.speed"),
        found("TB203"),
    ),
    corrupt(
        REFERENCE,
        "a claim is about a fact that is none",
        put(at.CHAT_STATED, "claims", 5, "about", "fact", to="affected.paths"),
        found("TB203"),
    ),
    corrupt(
        REFERENCE,
        "prose asks for the locations of a kind of files that is none",
        swap(at.SETTINGS, "{{ affected.locations }}", "{{ affected.locations category=prodct }}"),
        found("TB203", at.SETTINGS, "summary"),
    ),
    corrupt(
        Contradiction.UNMEASURED,
        "a criterion is met by a misspelt filter",
        put(
            at.SETTINGS,
            "criteria",
            "gone",
            to={"says": "No call is left", "measure": "affected.locations state=opened", "target": "0"},
        ),
        found("TB203", at.SETTINGS, "criteria", "gone", "measure"),
    ),
    corrupt(
        REFERENCE,
        "a disputed claim is about a place that is not there",
        put(at.CHAT_STATED, "claims", 4, "about", "fact", to="verdict environment=prodction"),
        found("TB203"),
    ),
)

CORRUPTIONS = (*UNKNOWN_REFERENCE, *UNCHECKED, *UNKNOWN_DOCUMENT, *UNKNOWN_FIELD, *UNKNOWN_FACT)
