"""TB114, TB419 to TB421, TB427: what is affected, and what was changed."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, add, corrupt, drop, found, put, swap
from triagebook.model.document import Contradiction

from . import names as at

FIX_AND_CHANGE, UNRELATED = Contradiction.FIX_AND_CHANGE, Contradiction.UNRELATED_CHANGE
SCOPE, FORM = Contradiction.SCOPE, Beyond.FORM

LOCATIONS = (
    corrupt(
        FORM,
        "locations are out of order",
        swap(at.SETTINGS_PLACES, "  - app/pages/account.py:14\n", ""),
        add(at.SETTINGS_PLACES, "locations", item="app/pages/account.py:14"),
        found("TB114", at.SETTINGS_PLACES, "locations", 2),
    ),
    corrupt(
        FORM,
        "the lines of a location are out of order",
        put(at.SETTINGS_PLACES, "locations", 1, to="app/pages/settings.py:64,31"),
        found("TB114"),
    ),
    corrupt(
        FORM,
        "a line stands there twice",
        put(at.SETTINGS_PLACES, "locations", 1, to="app/pages/settings.py:31,31,64"),
        found("TB114"),
    ),
    corrupt(
        SCOPE,
        "a location is counted twice",
        add(at.CHAT_PLACES, "locations", item={"at": "app/routes/chat.py:118", "priority": "1", "state": "fixed"}),
        found("TB114", at.CHAT_PLACES, "locations", 3),
    ),
)

REPEATED = (
    corrupt(
        SCOPE,
        "a line stands in two locations",
        swap(at.SETTINGS_PLACES, "  - app/pages/settings.py:31,64\n", "  - app/pages/settings.py:31,64\n" * 2),
        found("TB114", at.SETTINGS_PLACES, "locations", 2),
    ),
    corrupt(
        SCOPE,
        "a location repeats one line of another",
        add(at.EXPORTS_PLACES, "locations", item="app/exports/writer.py:88,120"),
        found("TB114", at.EXPORTS_PLACES, "locations", 1),
    ),
)

SEARCHES = (
    corrupt(
        Contradiction.WEAK_CHECK,
        "the search at the end sees fewer calls than the detector",
        put(at.CHAT, "plan", "after", 0, "search", "regex", to=r"await get_manager\(\)"),
        found("TB504", at.CHAT, "plan", "after", 0, "search"),
    ),
    corrupt(
        Contradiction.WEAK_CHECK,
        "the search at the end leaves files out",
        put(at.CHAT, "plan", "after", 0, "search", "include", to="app/**"),
        found("TB504", at.CHAT, "plan", "after", 0, "search"),
    ),
)

CHANGES = (
    corrupt(
        FIX_AND_CHANGE,
        "changes were made, and nobody says for which option",
        drop(at.CHAT, "fix", "chosen"),
        found("TB419", at.CHAT, "fix", "options"),
    ),
    corrupt(
        FIX_AND_CHANGE,
        "a setting is changed to what it was",
        put(at.CHAT, "fix", "changes", 2, "now", to="30 s"),
        found("TB419"),
    ),
    corrupt(
        FIX_AND_CHANGE,
        "a location was mended by a commit that is no change of the fix",
        put(at.CHAT_PLACES, "locations", 0, "commit", to="dec0de5ec0de"),
        found("TB419"),
    ),
    corrupt(
        UNRELATED,
        "a page is changed along with the fix",
        add(
            at.CHAT,
            "fix",
            "changes",
            item={
                "path": "app/pages/home.py",
                "what": "A greeting",
                "commit": "ab14a73d8429",
            },
        ),
        found("TB420", at.CHAT, "fix", "changes", 3, "path"),
    ),
    corrupt(
        FIX_AND_CHANGE,
        "a change touches another file than the affected one",
        put(at.CHAT, "fix", "changes", 0, "path", to="app/routes/chats.py"),
        found("TB420"),
    ),
    corrupt(
        UNRELATED,
        "the fix of one component changes another",
        put(at.WINDOWS, "fix", to={"changes": [{"path": "app/exports/writer.py", "what": "Counts with four bytes"}]}),
        found("TB420", at.WINDOWS, "fix", "changes", 0, "path"),
    ),
)

EXTENTS = (
    corrupt(
        SCOPE,
        "a component is left out whose files are affected",
        drop(at.CHAT, "components", 0),
        found("TB421", at.CHAT_PLACES, "locations", 0),
    ),
    corrupt(
        SCOPE,
        "a file of another component turns out to be affected",
        swap(at.SETTINGS_PLACES, "locations:\n", "locations:\n  - app/exports/reader.py:5\n"),
        found("TB421", at.SETTINGS_PLACES, "locations", 0),
    ),
    corrupt(
        SCOPE,
        "a line is affected and excluded",
        put(at.CHAT_PLACES, "excluded", 0, "at", to="app/routes/chat.py:118"),
        found("TB427"),
    ),
    corrupt(
        SCOPE,
        "a file is excluded whose lines are affected",
        put(at.SETTINGS_PLACES, "excluded", 0, "at", to="app/pages/account.py"),
        found("TB427"),
    ),
)

CODE = (
    corrupt(
        FIX_AND_CHANGE,
        "the code after the fix is a copy of that before it",
        put(at.CHAT, "fix", "code", to=[{"before": "await connect(user)", "after": "await connect(user)"}]),
        found("TB419", at.CHAT, "fix", "code", 0, "after"),
    ),
    corrupt(
        FIX_AND_CHANGE,
        "the second of two pieces of code is unchanged",
        put(at.SETTINGS, "fix", "code", to=[{"before": "a", "after": "b"}, {"before": "c", "after": "c"}]),
        found("TB419", at.SETTINGS, "fix", "code", 1, "after"),
    ),
    corrupt(
        FIX_AND_CHANGE,
        "the code differs in the blank line at its end only",
        put(
            at.CHAT,
            "fix",
            "code",
            to=[{"title": "The call", "before": "a(user)\n\n", "after": "a(user)\n"}],
        ),
        found("TB419", at.CHAT, "fix", "code", 0, "after"),
    ),
)

CORRUPTIONS = (*CODE, *LOCATIONS, *REPEATED, *SEARCHES, *CHANGES, *EXTENTS)
