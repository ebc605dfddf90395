"""TB1xx: the form of the files, and of what stands in them."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of
from triagebook.findings import Edit


def said(text: str, code: str) -> list[str]:
    return [f"{each.file}:{each.line}: {each.says}" for each in findings_of(text, select=code)]


def edits(text: str, code: str) -> list[Edit]:
    return [edit for finding in findings_of(text, select=code) for edit in finding.edits]


# ── TB101 to TB110: found while reading ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("TB101", "title: [open"),
        ("TB101", "# patterns/empty.yaml\n"),
        ("TB102", "title: a\x00b"),
        ("TB103", "fix: {why: a, why: b}"),
        ("TB104", "title: !tag a"),
        ("TB104", "title: a\n---\ntitle: b"),
        ("TB106", "\ufefftitle: a"),
        ("TB107", "fix: {choosen: a}"),
        ("TB108", "severity: terrible"),
        ("TB108", "closed: yesterday"),
        ("TB109", "closed: {as: fixed}"),
        ("TB110", "# 3/affected.yaml\nlocations: []"),
        ("TB110", "# patterns/not@an@id.yaml\n"),
    ],
)
def test_what_keeps_a_file_from_being_a_record(code: str, text: str) -> None:
    assert said(text, code)


def test_one_slip_is_one_finding() -> None:
    assert len(findings_of("fix: {choosen: a}", select="TB1")) == 1


def test_a_broken_file_does_not_hide_what_is_wrong_with_another() -> None:
    text = """
title: [open
# 2/issue.yaml
labels: [TBD]
"""
    assert {finding.code for finding in findings_of(text)} >= {"TB101", "TB113"}


# ── TB111: wrongly decoded text ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("âœ… done", "✅ done"),  # UTF-8 read as Western European (cp1252)
        ("ðŸš€ live", "🚀 live"),
        ("it doesnâ€™t", "it doesn\N{RIGHT SINGLE QUOTATION MARK}t"),
        ("cafÃ©", "café"),
        ("ğŸš€ live", "🚀 live"),  # the same read as Turkish (cp1254)
        ("ğŸ”§ mended", "🔧 mended"),
        ("âœ… naïve → café", "✅ naïve → café"),  # wrong beside right
    ],
)
def test_wrongly_decoded_text_is_put_right(wrong: str, right: str) -> None:
    assert edits(f"title: {wrong}", "TB111") == [Edit("1/issue.yaml", ("title",), "set", right)]


@pytest.mark.parametrize(
    "text", ["türkçe: ğüşiöç", "Größe", "naïve “café” — 5 µs", "日本語", "✅ → ok", "Привет", "§ 5 °C"]
)
def test_other_scripts_are_left_alone(text: str) -> None:
    assert not said(f'title: "{text}"', "TB111")


def test_what_is_lost_can_not_be_put_right() -> None:
    text = "title: ğŸ¯ aim"  # a byte of the character is gone
    assert said(text, "TB111") == ["1/issue.yaml:1: `ğŸ¯` was decoded with the wrong character set"]
    assert not edits(text, "TB111")


def test_a_quotation_is_reported_and_left_as_it_is() -> None:
    assert said('symptoms: ["âœ… lost"]', "TB111")
    assert not edits('symptoms: ["âœ… lost"]', "TB111")


def test_a_claim_may_be_disputed_for_its_characters() -> None:
    text = "claims: [{says: âœ… done, from: https://example.org/a, disputed: no run is recorded}]"
    assert not said(text, "TB111")
    assert said(text.replace(", disputed: no run is recorded", ""), "TB111")


def test_the_catalog_and_patterns_are_looked_at() -> None:
    text = """
# catalog.yaml
title: Our bÃ¼cher
# patterns/p.yaml
title: A âœ… pattern
summary: What it is
"""
    assert [finding.file for finding in findings_of(text, select="TB111")] == ["catalog.yaml", "patterns/p.yaml"]


# ── TB112: paths ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        r"summary: See C:\work\app\a.py",
        "summary: See D:/work/app/a.py",
        "summary: See /Users/developer/app",
        "summary: See /home/developer/app/a.py, line 3",
        "summary: See `/mnt/c/Users/developer/app`",
        "rollback: {do: Revert, command: cd /home/developer}",
    ],
)
def test_a_path_of_one_machine(text: str) -> None:
    assert said(text, "TB112")
    assert not edits(text, "TB112")


@pytest.mark.parametrize(
    "text",
    [
        "summary: See app/routes/chat.py and https://example.org/home/developer/app/a.py",
        "summary: The page /home/settings does not open, nor does /users/3",
        r"summary: The expression \d+\s\w+ and a lone \ or DOMAIN\user",
        "summary: At 10:/15 the ratio is a:/b",
        r"symptoms: ['No such file: C:\work\a.py']",
        r"fix: {code: [{before: 'open(r`C:\work\a.py`)'}]}",
        r"claims: [{says: 'See C:\work\a.py', from: https://example.org/a}]",
        r"detector: {regex: 'app\\routes\\chat.py'}",
        "rollback: {do: Revert, command: 'docker run -v data:/data -v ./home:/home/app x'}",
    ],
)
def test_no_path_of_one_machine(text: str) -> None:
    assert not said(text, "TB112")


@pytest.mark.parametrize(
    ("text", "field", "right"),
    [
        (r"summary: See tests\unit\test_a.py.", ("summary",), "See tests/unit/test_a.py."),
        (r"summary: In app\routes\chat and a.py", ("summary",), "In app/routes/chat and a.py"),
        (
            r"next: [{do: Run, command: pytest tests\test_a.py -v}]",
            ("next", 0, "command", 0, "run"),
            "pytest tests/test_a.py -v",
        ),
    ],
)
def test_backslashes_are_turned(text: str, field: tuple[str | int, ...], right: str) -> None:
    assert edits(text, "TB112") == [Edit("1/issue.yaml", field, "set", right)]


# ── TB113: placeholders ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "gap",
    [
        "at line ~X",
        "TBD",
        "lines to be determined",
        "why ???",
        "TODO: write",
        "see XXX",
        "<fill in the name>",
        "[insert name]",
    ],
)
def test_a_gap(gap: str) -> None:
    assert said(f'fix: {{why: "{gap}"}}', "TB113")


@pytest.mark.parametrize(
    "text",
    [
        "summary: The comment `TODO` stays in the code",
        "summary: What next? A 5XX answer at line 85",
        "claims: [{says: 'Line ~X', from: https://example.org/a}]",
        "fix: {code: [{before: 'pass  # TODO'}]}",
        "symptoms: ['???']",
    ],
)
def test_no_gap(text: str) -> None:
    assert not said(text, "TB113")


def test_a_gap_in_a_command() -> None:
    assert said("next: [{do: Deploy, command: deploy --to <your project>}]", "TB113") == [
        "1/issue.yaml:1: `<your project>` is a placeholder"
    ]


# ── TB114: the order of locations ────────────────────────────────────────────────────────────────────

AFFECTED = "# affected.yaml\nsource: {repository: app, commit: 5222b25608c3}\nlocations:\n"


def test_lines_out_of_order() -> None:
    assert edits(f"{AFFECTED}  - app/a.py:9,3,9\n", "TB114") == [
        Edit("1/affected.yaml", ("locations", 0, "at"), "set", "app/a.py:3,9")
    ]


def test_lines_of_two_locations() -> None:
    assert edits(f"{AFFECTED}  - app/a.py:3\n  - app/a.py:3,4\n", "TB114") == [
        Edit("1/affected.yaml", ("locations", 1, "at"), "set", "app/a.py:4")
    ]


def test_a_location_twice() -> None:
    assert edits(f"{AFFECTED}  - app/a.py\n  - app/a.py\n", "TB114") == [
        Edit("1/affected.yaml", ("locations", 1), "remove")
    ]


def test_a_location_twice_with_something_to_say_is_for_a_person() -> None:
    text = f"{AFFECTED}  - app/a.py:3\n  - {{at: app/a.py:3, note: the worse one}}\n"
    assert said(text, "TB114") == ["1/affected.yaml:4: `app/a.py:3` is listed twice"]
    assert not edits(text, "TB114")


def test_locations_out_of_order() -> None:
    assert edits(f"{AFFECTED}  - app/b.py\n  - app/a.py\n", "TB114") == [
        Edit("1/affected.yaml", ("locations",), "set", ["app/a.py", "app/b.py"])
    ]


@pytest.mark.parametrize(
    "text",
    [
        "  - {at: app/b.py, priority: 1}\n  - {at: app/a.py, priority: 2}\n",
        "  - {at: app/b.py, note: the worst}\n  - app/a.py\n",
        "  - tests/b.py\n  - tests/c.py\n  - app/a.py\n",  # one kind of file after the other
    ],
)
def test_locations_may_have_an_order_of_their_own(text: str) -> None:
    assert not said(f"{AFFECTED}{text}", "TB114")
