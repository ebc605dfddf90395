"""TB301 to TB303, TB309, TB310, TB313: claims that do not hold, or are disputed wrongly."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, add, corrupt, drop, found, put
from triagebook.model.document import Contradiction

from . import names as at

SUM, SCOPE, THRESHOLD = Contradiction.SUM, Contradiction.SCOPE, Contradiction.THRESHOLD
VERDICT, NOT_ANSWERED = Contradiction.VERDICT_WITHOUT_EVIDENCE, Contradiction.NOT_ANSWERED

PARTS = (
    corrupt(SUM, "the total of a claim is mistyped", put(at.CHAT_STATED, "claims", 0, "value", to="5"), found("TB301")),
    corrupt(
        SUM,
        "a part of a claim is mistyped",
        put(at.CHAT_STATED, "claims", 0, "parts", "tests", to="12"),
        found("TB301", at.CHAT_STATED, "claims", 0, "value"),
    ),
    corrupt(
        SUM,
        "a part of a claim is left out",
        drop(at.CHAT_STATED, "claims", 0, "parts", "tests"),
        found("TB301", at.CHAT_STATED, "claims", 0, "value"),
    ),
    corrupt(
        SUM,
        "a part is counted in another unit than the others",
        put(at.CHAT_STATED, "claims", 0, "parts", "tests", to="2 min"),
        found("TB301", at.CHAT_STATED, "claims", 0, "parts"),
    ),
)

CONTRADICTED = (
    corrupt(
        THRESHOLD,
        "a claim says more than was measured",
        put(at.CHAT_STATED, "claims", 3, "value", to="more than 97 %"),
        found("TB302"),
    ),
    corrupt(
        Contradiction.INFLATED_COUNT,
        "a claim counts a test that nobody planned",
        put(at.CHAT_STATED, "claims", 2, "value", to="4/3"),
        found("TB302"),
    ),
    corrupt(
        SUM,
        "a figure of 16/18 is called 90 %",
        put(at.CHAT_STATED, "claims", 2, "value", to="90 %"),
        found("TB302"),
    ),
    corrupt(
        SCOPE,
        "an affected location is lost, a claim still counts it",
        drop(at.CHAT_PLACES, "locations", 1),
        found("TB302", at.CHAT_STATED, "claims", 0, "value"),
    ),
    corrupt(
        SCOPE,
        "a line is added to the affected ones, a claim does not count it",
        put(at.CHAT_PLACES, "locations", 0, "at", to="app/routes/chat.py:85,118,140"),
        found("TB302", at.CHAT_STATED, "claims", 0, "value"),
        found("TB316", at.CHAT, "fix", "changes", 0, "what"),
    ),
    corrupt(
        VERDICT,
        "a claim says less than is proven",
        put(at.CHAT_STATED, "claims", 1, "state", to="validated"),
        found("TB302"),
    ),
    corrupt(
        VERDICT,
        "the deployment to production is taken out of the record, a claim still says it was released",
        drop(at.CHAT, "deployment", "production", "attempts"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
    ),
    corrupt(
        VERDICT,
        "the dispute of a claim is forgotten",
        drop(at.CHAT_STATED, "claims", 4, "disputed"),
        found("TB302", at.CHAT_STATED, "claims", 4, "state"),
    ),
    corrupt(
        VERDICT,
        "an issue is said to be ready for production",
        add(
            at.SETTINGS_STATED,
            "claims",
            item={
                "says": "Ready for production",
                "about": {"fact": "stage"},
                "state": "validated",
            },
        ),
        found("TB302", at.SETTINGS_STATED, "claims", 3, "state"),
    ),
)

FIGURES = (
    corrupt(
        Contradiction.ESTIMATE,
        "a claim gives the plan less time than its steps take",
        add(
            at.CHAT_STATED,
            "claims",
            item={
                "says": "Three quarters of an hour",
                "value": "45 min",
                "about": {"fact": "plan.time"},
            },
        ),
        found("TB302", at.CHAT_STATED, "claims", 6, "value"),
    ),
    corrupt(
        SUM,
        "a claim counts more product code than the list holds",
        add(
            at.CHAT_STATED,
            "claims",
            item={
                "says": "3 places in the product",
                "value": "3",
                "about": {"fact": "affected.locations category=product"},
            },
        ),
        found("TB302", at.CHAT_STATED, "claims", 6, "value"),
    ),
    corrupt(
        Contradiction.UNSOURCED,
        "a claim puts more money at risk than the record",
        add(
            at.CHAT_STATED,
            "claims",
            item={
                "says": "500,000 a year",
                "value": "500000 USD/year",
                "about": {"fact": "impact.revenue"},
            },
        ),
        found("TB302", at.CHAT_STATED, "claims", 6, "value"),
    ),
)

DISPUTED = (
    corrupt(
        Beyond.DISPUTE,
        "a claim that holds is disputed",
        put(at.CHAT_STATED, "claims", 0, "disputed", to="The list has 40"),
        found("TB303"),
    ),
    corrupt(
        Beyond.DISPUTE,
        "what a disputed claim says becomes so",
        put(at.CHAT_STATED, "claims", 5, "value", to="3"),
        found("TB303", at.CHAT_STATED, "claims", 5, "disputed"),
    ),
    corrupt(
        Beyond.DISPUTE,
        "a dispute of a state outlives it",
        put(at.CHAT_STATED, "claims", 4, "state", to="unknown"),
        found("TB303", at.CHAT_STATED, "claims", 4, "disputed"),
    ),
)

DISAGREE = (
    corrupt(
        SCOPE,
        "two documents count the harm differently",
        put(at.SETTINGS_STATED, "claims", 0, "value", to="1200"),
        found("TB309", at.SETTINGS_STATED, "claims", 1, "value"),
    ),
    corrupt(
        SCOPE,
        "of two documents one is exact, and another figure",
        put(at.SETTINGS_STATED, "claims", 1, "value", to="890"),
        found("TB309"),
    ),
)

ANSWERS = (
    corrupt(
        NOT_ANSWERED,
        "a pass rate is offered for a criterion of connections",
        put(at.CHAT_STATED, "claims", 2, "about", "criterion", to="connects"),
        found("TB310", at.CHAT_STATED, "claims", 2, "about", "fact"),
    ),
    corrupt(
        NOT_ANSWERED,
        "a figure of another environment is offered for a criterion",
        put(at.CHAT_STATED, "claims", 3, "about", "criterion", to="tests-pass"),
        found("TB310", at.CHAT_STATED, "claims", 3, "about", "fact"),
    ),
    corrupt(
        NOT_ANSWERED,
        "what is offered for a criterion is about no fact",
        drop(at.CHAT_STATED, "claims", 3, "about", "fact"),
        found("TB310", at.CHAT_STATED, "claims", 3, "about", "criterion"),
    ),
)

UNPROVEN = (
    corrupt(
        VERDICT,
        "a claim about the stage names none",
        drop(at.CHAT_STATED, "claims", 1, "state"),
        found("TB313", at.CHAT_STATED, "claims", 1, "about", "fact"),
    ),
    corrupt(
        Contradiction.UNMEASURED,
        "a claim states no value",
        drop(at.CHAT_STATED, "claims", 2, "value"),
        found("TB313", at.CHAT_STATED, "claims", 2, "about", "fact"),
    ),
    corrupt(
        VERDICT,
        "a claim is about a run that nobody did",
        put(at.CHAT_STATED, "claims", 2, "about", "fact", to="tests.pass_rate suite=connect environment=production"),
        found("TB313"),
    ),
    corrupt(
        Contradiction.UNMEASURED,
        "nobody measured what a claim says",
        put(at.CHAT_STATED, "claims", 2, "about", "fact", to="open.seconds"),
        found("TB313"),
    ),
)

ABOUT = (
    corrupt(
        Contradiction.VACUOUS,
        "a dispute does not say which test proves nothing",
        put(at.CHAT_STATED, "claims", 5, "kind", to="vacuous"),
        drop(at.CHAT_STATED, "claims", 5, "about"),
        found("TB323", at.CHAT_STATED, "claims", 5, "disputed"),
    ),
    corrupt(
        Beyond.FORM,
        "a claim is written into the issue",
        put(at.CHAT, "claims", to=[{"says": "It works", "from": "report.md#L3"}]),
        found("TB115", at.CHAT, "claims"),
    ),
)

CORRUPTIONS = (*PARTS, *CONTRADICTED, *FIGURES, *DISPUTED, *DISAGREE, *ANSWERS, *UNPROVEN, *ABOUT)
