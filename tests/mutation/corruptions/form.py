"""TB101 to TB106: bytes that are no plain YAML record any more."""

from __future__ import annotations

from tests.mutation.clean_book import clean_files
from tests.mutation.corruption import Beyond, Swap, Write, corrupt, found, found_in_file, found_on_line, swap

from . import names as at

FORM = Beyond.FORM


def _whole(file: str) -> str:
    return clean_files()[file].decode()


NOT_YAML = (
    corrupt(
        FORM,
        "a title with a colon loses its quotes",
        swap(at.SAME_ERROR, "title: The chat shows an error", "title: Chat: it shows an error"),
        found_on_line("TB101", "title: Chat: it"),
    ),
    corrupt(
        FORM,
        "a line is indented with a tab",
        swap(at.CHAT, "  - to: 2\n", "\t- to: 2\n"),
        found_on_line("TB101", "\t- to: 2"),
    ),
    corrupt(
        FORM,
        "the conflict of a merge is committed",
        swap(at.CHECKS, "severity: medium", "<<<<<<< HEAD\nseverity: medium\n=======\nseverity: low\n>>>>>>> other"),
        found_on_line("TB101", "<<<<<<< HEAD"),
    ),
    corrupt(
        FORM,
        "a bracket of the catalog is not closed",
        swap(at.CATALOG, "required: [staging]", "required: [staging"),
        found_on_line("TB101", "required: [staging"),
    ),
    corrupt(
        FORM,
        "an expression of a pattern begins with a character of YAML",
        swap(at.LOST_UPDATE, r"  - stale version \d+", r"  - [stale] version \d+"),
        found_on_line("TB101", "  - [stale]"),
    ),
    corrupt(
        FORM,
        "quotes in a run are not closed",
        swap(at.CHAT_BEFORE, "command: python", 'command: "python'),
        found_on_line("TB101", "  test_opens: {outcome"),
    ),
    corrupt(
        FORM,
        "a location is one column off",
        swap(at.CHAT_PLACES, "    state: fixed\nexcluded", "   state: fixed\nexcluded"),
        found_on_line("TB101", "   state: fixed"),
    ),
    corrupt(FORM, "an issue is emptied", Write(at.PHONE, b""), found("TB101")),
    corrupt(FORM, "nothing but a comment is left", Write(at.BADGE, b"# to be written\n"), found("TB101")),
)

NOT_TEXT = (
    corrupt(
        FORM,
        "a bell is pasted along with the words",
        swap(at.EXPORTS, "without a word", "without a \x07word"),
        found_on_line("TB102", "summary:"),
    ),
    corrupt(
        FORM,
        "a file is saved in another character set",
        Swap(at.CATALOG, b"summary: A desk", "summary: Ein Büro".encode("latin-1")),
        found_on_line("TB102", "  local:"),
    ),
    corrupt(
        FORM,
        "a file is saved as UTF-16",
        Write(at.OVERNIGHT, _whole(at.OVERNIGHT).encode("utf-16")),
        found("TB102"),
    ),
    corrupt(
        FORM,
        "the end of a file is filled with zeros",
        swap(at.SETTINGS_PLACES, "asynchronous there\n", "asynchronous there\n\0\0\0\0"),
        found_on_line("TB102", "\0\0\0\0"),
    ),
)

DUPLICATE_KEY = (
    corrupt(
        FORM,
        "the severity is stated twice",
        swap(at.CHECKS, "opened: 2025-09-22", "opened: 2025-09-22\nseverity: low"),
        found_on_line("TB103", "severity: low"),
    ),
    corrupt(
        FORM,
        "one test of a run ends in two ways",
        swap(at.CHAT_AFTER, "  test_sends: passed", "  test_sends: passed\n  test_sends: failed"),
        found_on_line("TB103", "  test_sends: failed"),
    ),
    corrupt(
        FORM,
        "a component is put into the catalog twice",
        swap(at.CATALOG, "  exports:\n", "  routes: Routes\n  exports:\n"),
        found_on_line("TB103", "  routes: Routes"),
    ),
    corrupt(
        FORM,
        "one brace holds a key twice",
        swap(at.SETTINGS, "{to: 5, kind: blocked-by}", "{to: 5, kind: blocked-by, to: 6}"),
        found_on_line("TB103", "  - {to: 5"),
    ),
)

NOT_PLAIN = (
    corrupt(
        FORM,
        "an anchor is set",
        swap(at.SPLIT, "components: [pages]", "components: &parts [pages]"),
        found_on_line("TB104", "components: &parts"),
    ),
    corrupt(
        FORM,
        "a value has a tag",
        swap(at.CHECKS, "opened: 2025-09-22", "opened: !!str 2025-09-22"),
        found_on_line("TB104", "opened: !!str"),
    ),
    corrupt(
        FORM,
        "another mapping is merged in",
        swap(at.CATALOG, "  exports:\n    title: Exports", "  exports:\n    <<: {owner: chat}\n    title: Exports"),
        found_on_line("TB104", "    <<:"),
    ),
    corrupt(
        FORM,
        "a second document begins",
        swap(at.LOST_UPDATE, "errors:\n", "---\nerrors:\n"),
        found_on_line("TB104", "---"),
    ),
    corrupt(
        FORM,
        "a directive stands above the record",
        swap(at.SETTINGS_BEFORE, "kind: tests\n", "%YAML 1.1\n---\nkind: tests\n"),
        found_on_line("TB104", "%YAML"),
    ),
    corrupt(
        FORM,
        "a list stands where a key belongs",
        swap(at.WINDOWS, "components: [manager]", "? [components]\n: [manager]"),
        found_on_line("TB104", "? [components]"),
    ),
)

TOO_LARGE = (
    corrupt(
        FORM,
        "labels are nested forty deep",
        swap(at.CHECKS, "labels: [checks]", f"labels: {'[' * 40}checks{']' * 40}"),
        found_on_line("TB105", "labels:"),
    ),
    corrupt(
        FORM,
        "the log of a whole day is pasted into the evidence",
        Write(at.SEARCH, clean_files()[at.SEARCH] + b"output: |\n" + b"  a line of the log\n" * 600_000),
        found_in_file("TB105", at.SEARCH),
    ),
)

LINE_ENDS = (
    corrupt(
        FORM,
        "an issue is saved with a byte order mark",
        Write(at.BADGE, b"\xef\xbb\xbf" + clean_files()[at.BADGE]),
        found_in_file("TB106", at.BADGE),
    ),
    corrupt(
        FORM,
        "the lines of the catalog end in CR LF",
        Write(at.CATALOG, _whole(at.CATALOG).replace("\n", "\r\n").encode()),
        found_in_file("TB106", at.CATALOG),
    ),
    corrupt(
        FORM,
        "one line of an issue ends in CR LF",
        swap(at.CHAT, "severity: critical\n", "severity: critical\r\n"),
        found_in_file("TB106", at.CHAT),
    ),
)

CORRUPTIONS = (*NOT_YAML, *NOT_TEXT, *DUPLICATE_KEY, *NOT_PLAIN, *TOO_LARGE, *LINE_ENDS)
