"""TB304 to TB308, TB311, TB312, TB314, TB315: targets, money, estimates and risks that do not fit."""

from __future__ import annotations

from tests.mutation.corruption import add, corrupt, drop, found, put
from triagebook.model.document import Contradiction

from . import names as at

THRESHOLD, UNMEASURED, UNSOURCED = Contradiction.THRESHOLD, Contradiction.UNMEASURED, Contradiction.UNSOURCED
ESTIMATE, MIXED = Contradiction.ESTIMATE, Contradiction.SEVERITY_AND_RISK

TARGETS = (
    corrupt(
        THRESHOLD,
        "one of two targets says more than, the other at least",
        put(at.CHAT, "criteria", "connects", "target", to="more than 95 %"),
        found("TB304", at.CHAT, "metrics", "connects-daily", "target"),
    ),
    corrupt(
        THRESHOLD,
        "a metric asks for less than the criterion",
        put(at.CHAT, "metrics", "connects-daily", "target", to="at least 90 %"),
        found("TB304"),
    ),
    corrupt(
        THRESHOLD,
        "a second criterion asks for another share of the tests",
        put(
            at.CHAT,
            "criteria",
            "most-pass",
            to={
                "says": "Most tests pass",
                "measure": "tests.pass_rate suite=connect environment=staging phase=after",
                "target": "more than 90 %",
                "phase": "prove",
            },
        ),
        found("TB304", at.CHAT, "criteria", "most-pass", "target"),
    ),
    corrupt(
        THRESHOLD,
        "a metric allows less at most than the criterion asks for at least",
        put(at.CHAT, "metrics", "connects-daily", "target", to="at most 90 %"),
        found("TB304"),
    ),
    corrupt(
        THRESHOLD,
        "a target is counted in another unit",
        put(at.CHAT, "metrics", "connects-daily", "target", to="at least 95 min"),
        found("TB304"),
        found("TB318"),
    ),
)

MEASURES = (
    corrupt(
        UNMEASURED,
        "a criterion loses its measure",
        drop(at.SETTINGS, "criteria", "shows", "measure"),
        found("TB305", at.SETTINGS, "criteria", "shows"),
    ),
    corrupt(
        UNMEASURED,
        "a metric loses its target",
        drop(at.CHAT, "metrics", "quick", "target"),
        found("TB305", at.CHAT, "metrics", "quick"),
    ),
    corrupt(
        UNMEASURED,
        "nothing decides whether nothing became worse",
        put(at.SETTINGS, "criteria", "no-worse", to="The other pages are no slower"),
        found("TB305"),
    ),
    corrupt(
        THRESHOLD,
        "the value before the fix already meets the target",
        put(at.CHAT, "criteria", "connects", "baseline", to="97 %"),
        found("TB307"),
    ),
    corrupt(
        Contradiction.VACUOUS,
        "a target is lowered below the value before the fix",
        put(
            at.SETTINGS,
            "criteria",
            "shows",
            to={
                "says": "The page shows the settings",
                "measure": "tests.passed suite=settings environment=staging",
                "target": "at least 0",
                "baseline": "0",
            },
        ),
        found("TB307", at.SETTINGS, "criteria", "shows", "baseline"),
    ),
)

MONEY = (
    corrupt(
        UNSOURCED,
        "money at risk loses its source",
        drop(at.CHAT, "impact", "revenue", 0, "from"),
        found("TB306", at.CHAT, "impact", "revenue", 0, "at_risk"),
    ),
    corrupt(
        UNSOURCED,
        "a share of the value loses its source",
        drop(at.CHAT, "impact", "share", 0, "from"),
        found("TB306", at.CHAT, "impact", "share", 0, "amount"),
    ),
    corrupt(
        UNSOURCED,
        "the worth of a stream loses its source",
        drop(at.CATALOG, "streams", "chat", "from"),
        found("TB306", at.CATALOG, "streams", "chat", "worth"),
    ),
    corrupt(
        UNSOURCED,
        "two issues put different money at risk",
        put(at.SETTINGS, "impact", "revenue", 0, "at_risk", to="30000 USD/month"),
        found("TB311"),
    ),
    corrupt(
        UNSOURCED,
        "one issue puts one stream at risk twice",
        add(
            at.EXPORTS,
            "impact",
            "revenue",
            item={
                "stream": "exports",
                "at_risk": "50000 USD/year",
                "from": "https://example.org/other",
            },
        ),
        found("TB311", at.EXPORTS, "impact", "revenue", 1, "at_risk"),
    ),
    corrupt(
        UNSOURCED,
        "money is counted in another currency",
        put(at.SETTINGS, "impact", "revenue", 0, "at_risk", to="25000 EUR/month"),
        found("TB311"),
    ),
    corrupt(
        UNSOURCED,
        "a stream is worth less than what is at risk of it",
        put(at.CATALOG, "streams", "chat", "worth", to="200000 USD/year"),
        found("TB314", at.CHAT, "impact", "revenue", 0, "at_risk"),
        found("TB314", at.SETTINGS, "impact", "revenue", 0, "at_risk"),
    ),
)

ESTIMATES = (
    corrupt(
        ESTIMATE,
        "a step takes longer than its phase",
        put(at.CHAT, "plan", "phases", "reproduce", "steps", 0, "takes", to="25 min"),
        found("TB308", at.CHAT, "plan", "phases", "reproduce", "takes"),
    ),
    corrupt(
        ESTIMATE,
        "a phase is said to take longer than all of its steps",
        put(at.CHAT, "plan", "phases", "reproduce", "takes", to="45 min"),
        found("TB308"),
    ),
    corrupt(
        ESTIMATE,
        "an estimate is cut below its steps",
        put(at.SETTINGS, "plan", "phases", "mend", "takes", to="20 min"),
        found("TB308"),
    ),
    corrupt(
        ESTIMATE,
        "minutes are written where hours were meant",
        put(at.CHAT, "plan", "timeline", "first-day", "within", to="2 min"),
        found("TB308"),
    ),
    corrupt(
        ESTIMATE,
        "one more step is put into a horizon that is full",
        add(at.CHAT, "plan", "timeline", "first-day", "steps", item={"do": "Write the report", "takes": "1 h"}),
        found("TB308", at.CHAT, "plan", "timeline", "first-day", "within"),
    ),
)

TIMELINES = (
    corrupt(
        ESTIMATE,
        "a later horizon is shorter than the one before it",
        put(at.CHAT, "plan", "timeline", "then", to={"within": "1 h", "steps": ["Write the report"]}),
        found("TB315", at.CHAT, "plan", "timeline", "then", "within"),
    ),
    corrupt(
        ESTIMATE,
        "minutes follow days",
        put(at.CHAT, "plan", "timeline", "week", to={"within": "5 d", "steps": ["Write the report"]}),
        put(at.CHAT, "plan", "timeline", "at-once", to={"within": "30 min", "steps": ["Stop the rollout"]}),
        found("TB315", at.CHAT, "plan", "timeline", "at-once", "within"),
    ),
    corrupt(
        ESTIMATE,
        "the last of three horizons ends before the second",
        put(at.CHAT, "plan", "timeline", "second", to={"within": "2 d", "steps": ["Write the report"]}),
        put(at.CHAT, "plan", "timeline", "third", to={"within": "1 d", "steps": ["Read the report"]}),
        found("TB315", at.CHAT, "plan", "timeline", "third", "within"),
    ),
)

RISKS = (
    corrupt(
        MIXED,
        "the risk of a critical issue is low, and nobody says why",
        drop(at.CHAT, "risks", 0, "why"),
        found("TB312", at.CHAT, "risks", 0, "level"),
    ),
    corrupt(
        MIXED,
        "a high issue gets no risk at all, and no reason",
        add(at.WINDOWS, "risks", item={"kind": "regression", "level": "none"}),
        found("TB312", at.WINDOWS, "risks", 0, "level"),
    ),
)

BASELINES = tuple(
    corrupt(
        THRESHOLD,
        f"a metric states another value before the fix: {value}",
        put(
            at.CHAT,
            "metrics",
            "connects-again",
            to={
                "says": "It connects",
                "measure": "connection.success",
                "target": "at least 95 %",
                "baseline": value,
                "environment": "staging",
            },
        ),
        found("TB304", at.CHAT, "metrics", "connects-again", "baseline"),
    )
    for value in ("5 %", "30 %", "at least 4 %")
)

CORRUPTIONS = (*BASELINES, *TARGETS, *MEASURES, *MONEY, *ESTIMATES, *TIMELINES, *RISKS)
