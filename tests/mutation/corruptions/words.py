"""TB111 to TB113, TB701, TB702: what the words of a record give away."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, corrupt, found, put
from triagebook.model.document import Contradiction

from . import names as at

ENCODING, PATH_STYLE = Contradiction.ENCODING, Contradiction.PATH_STYLE
PLACEHOLDER, WORDING = Contradiction.PLACEHOLDER, Beyond.WORDING

DECODED = (
    corrupt(
        ENCODING,
        "a tick in a title is decoded wrongly",
        put(at.BADGE, "title", to="The badge âœ… shows an old count"),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "a dash in a reason is decoded wrongly",
        put(at.OVERNIGHT, "closed", "why", to="The log of that night is gone â€” nobody kept it"),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "an accent in an error text is decoded wrongly",
        put(at.PHONE, "symptoms", 0, "error", to="TimeoutError: la rÃ©ponse n'est pas arrivÃ©e"),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "the catalog names an environment with an umlaut that is none",
        put(at.CATALOG, "environments", "local", "summary", to="Ein BÃ¼ro"),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "a pattern's remedy is decoded wrongly",
        put(at.PLAIN_CALL, "remedy", to="Remove the `await`â€¦"),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "the mark of a lost letter is decoded wrongly",
        put(at.SPLIT, "summary", to="The settings page stays empty ï¿½ and forgets what was saved."),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "a claim is quoted with the wrong character set",
        put(at.CHAT_STATED, "claims", 1, "says", to="âœ… Out in production"),
        found("TB111"),
    ),
)

LOST = (
    corrupt(
        ENCODING,
        "a word in other letters is lost for good",
        put(at.BADGE, "summary", to="The badge of ÐšÐ¾Ñ shows an old count."),
        found("TB111"),
    ),
    corrupt(
        ENCODING,
        "a letter is lost for good",
        put(at.BADGE, "summary", to="The badge of the caf\ufffd shows an old count."),
        found("TB111"),
    ),
)

PATHS = (
    corrupt(
        PATH_STYLE,
        "a command runs in the home of whoever runs it",
        put(at.CHAT, "suites", "factory", "command", to="python -m pytest ~/code/app/tests/unit/test_factory.py"),
        found("TB112"),
    ),
    corrupt(
        PATH_STYLE,
        "a summary names a file on a share",
        put(at.BADGE, "summary", to=r"The badge of \\server\share\app\pages\badge.py shows an old count."),
        found("TB112"),
    ),
    corrupt(
        PATH_STYLE,
        "a summary names a file on a mounted drive",
        put(at.BADGE, "summary", to="The badge of /mnt/c/Users/dev/app/pages/badge.py shows an old count."),
        found("TB112"),
    ),
    corrupt(
        PATH_STYLE,
        "a summary names a file on somebody's drive",
        put(at.SAME_ERROR, "summary", to=r"The chat shows what C:\code\app\routes\chat.py raises."),
        found("TB112"),
    ),
    corrupt(
        PATH_STYLE,
        "a command runs in somebody's folder",
        put(at.CHAT, "suites", "connect", "command", to="python -m pytest /home/dev/app/tests/e2e/test_connect.py"),
        found("TB112"),
    ),
    corrupt(
        PATH_STYLE,
        "a step names a file with backslashes",
        put(at.SETTINGS, "next", 0, "do", to=r"Remove the awaits in app\pages\settings.py"),
        found("TB112"),
    ),
    corrupt(
        PATH_STYLE,
        "a pattern is explained by a file of one machine",
        put(at.LOST_UPDATE, "summary", to="See /Users/dev/notes/updates.md for what is lost."),
        found("TB112"),
    ),
)

GAPS = (
    corrupt(
        PLACEHOLDER,
        "a line number was never looked up",
        put(at.CHAT, "fix", "changes", 0, "what", to="Two awaits removed, line ~X"),
        found("TB113"),
    ),
    corrupt(
        PLACEHOLDER,
        "a step is to be determined",
        put(at.SETTINGS, "next", 2, "do", to="To be determined"),
        found("TB113"),
    ),
    corrupt(
        PLACEHOLDER,
        "a reason is TBC",
        put(at.BADGE, "closed", "why", to="TBC"),
        found("TB113"),
    ),
    corrupt(
        PLACEHOLDER,
        "a reason is tbd, in small letters",
        put(at.BADGE, "closed", "why", to="tbd"),
        found("TB113"),
    ),
    corrupt(PLACEHOLDER, "a reason is TBD", put(at.BADGE, "closed", "why", to="TBD"), found("TB113")),
    corrupt(
        PLACEHOLDER,
        "a command has a gap",
        put(at.SETTINGS, "plan", "after", 0, "command", to="grep -rn 'await get_manager(' <your folder>"),
        found("TB113"),
    ),
    corrupt(
        PLACEHOLDER,
        "a pattern's remedy is still to be written",
        put(at.PLAIN_CALL, "remedy", to="TODO: write the remedy"),
        found("TB113"),
    ),
    corrupt(
        PLACEHOLDER,
        "the catalog has question marks",
        put(at.CATALOG, "components", "exports", "title", to="Exports ???"),
        found("TB113"),
    ),
)

VAGUE = (
    corrupt(
        WORDING,
        "a summary counts with `several`",
        put(at.EXPORTS, "summary", to="Several exports end without a word."),
        found("TB701"),
    ),
    corrupt(
        WORDING,
        "a lesson counts with a plus",
        put(at.CHAT, "lessons", 0, to="A fix of 40+ calls wants a tool"),
        found("TB701"),
    ),
    corrupt(
        WORDING,
        "a cause lives throughout the code",
        put(at.EXPORTS, "causes", 0, to="The writer counts with two bytes throughout"),
        found("TB701"),
    ),
    corrupt(
        WORDING,
        "a change is certain to be harmless",
        put(at.CHAT, "risks", 0, "why", to="One word a call, with zero risk"),
        found("TB702"),
    ),
    corrupt(
        WORDING,
        "a summary is fully sure",
        put(at.WINDOWS, "summary", to="Of two windows, the second one wins. The fix is fully validated."),
        found("TB702"),
    ),
    corrupt(
        WORDING,
        "a change is production-ready",
        put(at.CHAT, "fix", "changes", 1, "what", to="The factory is production-ready"),
        found("TB702"),
    ),
)

CORRUPTIONS = (*DECODED, *LOST, *PATHS, *GAPS, *VAGUE)
