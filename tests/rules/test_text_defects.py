"""Rules about wrongly decoded text, paths of one machine, placeholders."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of, said
from triagebook.findings import Edit


def edits(text: str, code: str) -> list[Edit]:
    return [edit for finding in findings_of(text, select=code) for edit in finding.edits]


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
def test_wrongly_decoded_text_is_corrected(wrong: str, right: str) -> None:
    assert edits(f"title: {wrong}", "TB111") == [Edit("1/issue.yaml", ("title",), "set", right)]


@pytest.mark.parametrize(
    "text", ["türkçe: ğüşiöç", "Größe", "naïve “café” — 5 µs", "日本語", "✅ → ok", "Привет", "§ 5 °C"]
)
def test_other_scripts_are_accepted(text: str) -> None:
    assert not said(f'title: "{text}"', "TB111")


def test_lost_characters_are_found_without_an_edit() -> None:
    text = "title: ğŸ¯ aim"  # a byte of the character is gone
    assert said(text, "TB111") == ["1/issue.yaml:1: `ğŸ¯` was decoded with the wrong character set"]
    assert not edits(text, "TB111")


def test_a_quotation_is_found_without_an_edit() -> None:
    assert said('symptoms: ["âœ… lost"]', "TB111")
    assert not edits('symptoms: ["âœ… lost"]', "TB111")


def test_a_disputed_claim_may_contain_wrong_characters() -> None:
    text = "# claims/a.yaml\nclaims: [{says: âœ… done, disputed: no run is recorded}]"
    assert not said(text, "TB111")
    assert said(text.replace(", disputed: no run is recorded", ""), "TB111")


def test_the_catalog_and_patterns_are_checked() -> None:
    text = """
# catalog.yaml
title: Our bÃ¼cher
# patterns/p.yaml
title: A âœ… pattern
summary: What it is
"""
    assert [finding.file for finding in findings_of(text, select="TB111")] == ["catalog.yaml", "patterns/p.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        r"summary: See C:\shop\app\a.py",
        "summary: See D:/shop/app/a.py",
        "summary: See /Users/developer/app",
        "summary: See /home/developer/app/a.py, line 3",
        "summary: See `/mnt/c/Users/developer/app`",
        "summary: The log is in ~/log.txt",
        "rollback: {do: Revert, command: ls /root/x}",
        "rollback: {do: Revert, command: cd /home/developer}",
    ],
)
def test_a_path_of_one_machine_is_found(text: str) -> None:
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
        "# claims/a.yaml\nclaims: [{says: 'See C:\\work\\a.py'}]",
        r"detector: {regex: 'app\\routes\\chat.py'}",
        "rollback: {do: Revert, command: 'docker run -v data:/data -v ./home:/home/app x'}",
    ],
)
def test_other_paths_are_accepted(text: str) -> None:
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
def test_backslashes_are_corrected(text: str, field: tuple[str | int, ...], right: str) -> None:
    assert edits(text, "TB112") == [Edit("1/issue.yaml", field, "set", right)]


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
def test_a_placeholder_is_found(gap: str) -> None:
    assert said(f'fix: {{why: "{gap}"}}', "TB113")


@pytest.mark.parametrize(
    "text",
    [
        "summary: The comment `TODO` stays in the code",
        "summary: What next? A 5XX answer at line 85",
        "# claims/a.yaml\nclaims: [{says: 'Line ~X'}]",
        "fix: {code: [{before: 'pass  # TODO'}]}",
        "symptoms: ['???']",
    ],
)
def test_text_without_placeholder_is_accepted(text: str) -> None:
    assert not said(text, "TB113")


def test_a_placeholder_in_a_command_is_found() -> None:
    assert said("next: [{do: Deploy, command: deploy --to <your project>}]", "TB113") == [
        "1/issue.yaml:1: `<your project>` is a placeholder"
    ]
