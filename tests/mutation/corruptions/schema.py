"""TB107 to TB110: keys, values and files that a book can't hold."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, Link, Lose, Write, corrupt, found, found_in_file, put, swap
from triagebook.model.document import Contradiction

from . import names as at

FORM = Beyond.FORM

UNKNOWN_KEY = (
    corrupt(
        FORM,
        "a key of an issue is misspelt",
        swap(at.CHECKS, "components:", "compnents:"),
        found("TB107", at.CHECKS, "compnents"),
    ),
    corrupt(
        FORM,
        "a required key is misspelt",
        swap(at.SPLIT, "severity: medium", "severty: medium"),
        found("TB107", at.SPLIT, "severty"),
    ),
    corrupt(
        FORM,
        "a test gets a key that no test has",
        put(at.WINDOWS, "suites", "windows", "tests", "test_two_windows", "proof", to="It is told"),
        found("TB107"),
    ),
    corrupt(
        FORM,
        "a person of the catalog gets a telephone",
        put(at.CATALOG, "people", "scribe", "telephone", to="77"),
        found("TB107"),
    ),
    corrupt(
        FORM,
        "a run says `phases` for `phase`",
        swap(at.SETTINGS_BEFORE, "phase: before", "phases: before"),
        found("TB107", at.SETTINGS_BEFORE, "phases"),
    ),
    corrupt(
        FORM,
        "a location says `commits` for `commit`",
        put(at.CHAT_PLACES, "locations", 1, "commits", to="ab14a73d8429"),
        found("TB107"),
    ),
    corrupt(
        FORM,
        "a pattern says `detect` for `detector`",
        put(at.LOST_UPDATE, "detect", to="stale"),
        found("TB107"),
    ),
)

WRONG_VALUE = (
    corrupt(FORM, "a day is written in another form", put(at.SETTINGS, "due", to="01.12.2025"), found("TB108")),
    corrupt(FORM, "a day is none of the calendar", put(at.CHECKS, "opened", to="2025-09-31"), found("TB108")),
    corrupt(FORM, "a severity is none of the four", put(at.EXPORTS, "severity", to="major"), found("TB108")),
    corrupt(FORM, "a priority is a word", put(at.CHAT, "priority", to="first"), found("TB108")),
    corrupt(
        FORM,
        "a target is a phrase",
        put(at.SETTINGS, "criteria", "shows", "target", to="nearly all"),
        found("TB108"),
    ),
    corrupt(
        Contradiction.THRESHOLD,
        "a target is rounded with a plus",
        put(at.SETTINGS, "criteria", "shows", "target", to="90 %+"),
        found("TB108"),
    ),
    corrupt(
        FORM,
        "a share is more than the whole",
        put(at.EXPORTS, "impact", "share", 0, to={"of": "exports", "amount": "160 %"}),
        found("TB108", at.EXPORTS, "impact", "share", 0, "amount"),
    ),
    corrupt(
        FORM,
        "a span of time runs backwards",
        put(at.SETTINGS, "plan", "phases", "mend", "takes", to="40 to 30 min"),
        found("TB108"),
    ),
    corrupt(
        FORM,
        "a commit is named by a branch",
        put(at.EXPORTS, "source", "commit", to="main"),
        found("TB108"),
    ),
    corrupt(
        FORM, "a mapping stands where text belongs", put(at.CHECKS, "title", to={"text": "Checks"}), found("TB108")
    ),
    corrupt(FORM, "text stands where a mapping belongs", put(at.SETTINGS, "plan", to="as agreed"), found("TB108")),
    corrupt(FORM, "a title has two lines", put(at.CHECKS, "title", to="Nobody checks\nthe types"), found("TB108")),
    corrupt(FORM, "a name is left empty", put(at.EXPORTS, "title", to=""), found("TB108")),
    corrupt(
        FORM,
        "a change is of a file and of a setting",
        put(at.CHAT, "fix", "changes", 2, "path", to="app/routes/chat.py"),
        found("TB108", at.CHAT, "fix", "changes", 2),
    ),
    corrupt(
        FORM,
        "a test ends in a way that no test has",
        put(at.CHAT_AFTER, "results", "test_sends", to="green"),
        found("TB108"),
    ),
    corrupt(FORM, "evidence is of an unknown kind", put(at.SEEN_FAILING, "kind", to="rumour"), found("TB108")),
    corrupt(FORM, "a file holds a list", Write(at.OVERNIGHT, b"- Settings are lost\n"), found("TB108")),
    corrupt(
        FORM,
        "an error expression of a pattern is none",
        put(at.LOST_UPDATE, "errors", 0, to="stale version (\\d+"),
        found("TB108"),
    ),
    corrupt(
        Contradiction.PLACEHOLDER,
        "a location has no line yet",
        put(at.SETTINGS_PLACES, "locations", 0, to="app/pages/account.py:X"),
        found("TB108"),
    ),
    corrupt(
        Contradiction.PATH_STYLE,
        "a location has backslashes",
        put(at.SETTINGS_PLACES, "locations", 0, to=r"app\pages\account.py:14"),
        found("TB108"),
    ),
    corrupt(
        Contradiction.PATH_STYLE,
        "a suite lies on somebody's disk",
        put(at.WINDOWS, "suites", "windows", "path", to="/srv/work/tests/unit/test_windows.py"),
        found("TB108"),
    ),
)

MISSING_KEY = (
    corrupt(
        FORM,
        "an issue loses its summary",
        swap(at.PHONE, "summary: On a phone, no chat opens.\n", ""),
        found("TB109", at.PHONE, "summary"),
    ),
    corrupt(
        FORM,
        "a criterion does not say what must be true",
        swap(at.SETTINGS, "    says: The page shows the settings\n    measure", "    measure"),
        found("TB109", at.SETTINGS, "criteria", "shows", "says"),
    ),
    corrupt(FORM, "evidence has no grade", swap(at.TOLD, "grade: transcribed\n", ""), found("TB109", at.TOLD, "grade")),
    corrupt(
        FORM,
        "evidence does not say what it is",
        swap(at.TOLD, "kind: observation\n", ""),
        found("TB109", at.TOLD, "kind"),
    ),
    corrupt(
        FORM,
        "the affected locations hold at no commit",
        swap(at.SETTINGS_PLACES, "source: {repository: app, commit: 5222b25608c3}\n", ""),
        found("TB109", at.SETTINGS_PLACES, "source"),
    ),
    corrupt(
        Contradiction.MISSING_METADATA,
        "a document has no title",
        swap(at.SETTINGS_STATED, "title: Notes\n", ""),
        found("TB109", at.SETTINGS_STATED, "title"),
    ),
)

WRONG_PLACE = (
    corrupt(FORM, "the catalog is lost", Lose(at.CATALOG), found("TB110")),
    corrupt(
        FORM,
        "a folder takes the place of the affected locations",
        Write("4/affected.yaml/1.yaml", b"locations: [app/pages/settings.py:3]\n"),
        found_in_file("TB110", "4/affected.yaml"),
    ),
    corrupt(FORM, "a link leads out of the book", Link("4/evidence", ".."), found("TB110")),
    corrupt(
        FORM, "a note lies beside the issues", Write("notes.txt", b"call them\n"), found_in_file("TB110", "notes.txt")
    ),
    corrupt(
        FORM,
        "the affected locations lie in a file of another name",
        Write("4/affcted.yaml", b"locations: [app/pages/settings.py:3]\n"),
        found_in_file("TB110", "4/affcted.yaml"),
    ),
    corrupt(
        FORM,
        "a folder holds evidence of no issue",
        Write("11/evidence/a.yaml", b"kind: observation\ngrade: transcribed\nat: 2025-10-01\nsays: It opens\n"),
        found_in_file("TB110", "11"),
    ),
    corrupt(
        FORM,
        "an issue is lost, and its folder stays",
        Lose(at.WINDOWS),
        found_in_file("TB110", "5"),
    ),
    corrupt(
        FORM,
        "a pattern is no YAML file",
        Write("patterns/late-answer.md", b"# Late answers\n"),
        found_in_file("TB110", "patterns/late-answer.md"),
    ),
    corrupt(
        FORM,
        "the name of evidence is no id",
        Write("4/evidence/seen again.yaml", b"kind: observation\ngrade: transcribed\nat: 2025-10-01\nsays: It opens\n"),
        found_in_file("TB110", "4/evidence/seen again.yaml"),
    ),
)

CORRUPTIONS = (*UNKNOWN_KEY, *WRONG_VALUE, *MISSING_KEY, *WRONG_PLACE)
