"""`audit --write` drafts the claims file of a document and keeps what people wrote in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.code.repository import Repository
from triagebook.model.evidence import seal_of
from triagebook.store.yaml import read_plain

from .conftest import Run

REPORT = """# Validation report

**Date:** 2026-05-04

**Status:** FIXED AND VALIDATED

The defect is in 47 locations. **Severity:** low

- ✅ Events arrive
- [ ] Chat is tried
- The answer takes 2 s
"""
PERSON = "    disputed: Nobody ran it   # asked QA\n    note: Ask again\n"


@pytest.fixture
def audited(run: Run, book: Path, tmp_path: Path) -> Any:
    """Writes the document, audits it with --write, and gives the claims file and what was said."""
    document = tmp_path / "report.md"

    def audit(text: str) -> tuple[Path, str]:
        document.write_text(text, encoding="utf-8")
        ran = run("audit", document, "--issue", "9", "--write", "--no-source")
        return book / "9" / "claims" / "report.yaml", ran.err

    return audit


def claims(path: Path) -> dict[str, dict[str, Any]]:
    record: Any = read_plain(path.read_text("utf-8"))
    return {claim["says"]: claim for claim in record["claims"]}


def test_a_draft_has_lines_values_states_and_ticks(audited: Any) -> None:
    path, said = audited(REPORT)
    record: Any = read_plain(path.read_text("utf-8"))
    assert (record["title"], record["kind"], record["date"]) == ("Validation report", "validation-report", "2026-05-04")
    assert record["ticks"] == [
        {"says": "Events arrive", "lines": "9"},
        {"says": "Chat is tried", "lines": "10", "open": "true"},
    ]
    found = claims(path)
    assert {claim["lines"]: claim["audited"] for claim in found.values()} == {
        "3": "not-checkable", "5": "contradicted", "7": "contradicted", "9": "not-checkable", "11": "not-checkable",
    }  # fmt: skip
    places = found["The defect is in 47 locations. Severity: low"]
    assert (places["value"], places["about"]) == ("47", {"fact": "affected.locations"})
    assert "5 claims: " in said


def test_what_people_wrote_stays_when_the_document_changes(audited: Any) -> None:
    path, _ = audited(REPORT)
    text = path.read_text("utf-8").replace("    audited: contradicted\n", f"    audited: contradicted\n{PERSON}", 1)
    path.write_text(text, encoding="utf-8")
    _, said = audited(REPORT.replace("**Status", "A line more\n\n**Status").replace("- The answer takes 2 s\n", ""))
    assert PERSON in path.read_text("utf-8")
    found = claims(path)
    assert found["Status: FIXED AND VALIDATED"]["lines"] == "7"
    gone = found["The answer takes 2 s"]
    assert ("lines" in gone, gone["why"]) == (False, "it is no longer in the document")
    assert "no longer in the document: The answer takes 2 s" in said


def test_a_second_audit_of_the_same_document_changes_nothing(audited: Any) -> None:
    path, _ = audited(REPORT)
    before = path.read_bytes()
    _, said = audited(REPORT)
    assert path.read_bytes() == before
    assert "0 new claims" in said


def test_it_needs_an_issue(run: Run, tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text(REPORT)
    ran = run("audit", tmp_path / "report.md", "--write")
    assert ran.code == 2
    assert ran.err.startswith("error: --write needs an issue")


RUN = """kind: tests
grade: attested
at: 2026-03-04
environment: staging
phase: after
by: backend
results:
  test_first_item_stays: passed
  test_second_item_stays: failed
"""


@pytest.mark.parametrize(
    ("states", "audited_as", "evidence"),
    [
        ("1 of 2 tests passed.", "holds", ["2026-03-04-cart"]),
        ("1 passed, 1 failed.", "holds", ["2026-03-04-cart"]),
        ("2 of 2 tests passed.", "contradicted", None),
        ("`test_first_item_stays` passed.", "holds", ["2026-03-04-cart"]),
        ("`test_second_item_stays` passed.", "contradicted", ["2026-03-04-cart"]),
        ("`test_second_item_stays` fails.", "holds", ["2026-03-04-cart"]),
    ],
)
def test_a_result_is_held_against_the_recorded_runs(
    audited: Any, book: Path, states: str, audited_as: str, evidence: list[str] | None
) -> None:
    (book / "9" / "evidence" / "2026-03-04-cart.yaml").write_text(f"{RUN}seal: {seal_of(read_plain(RUN))}\n")
    with (book / "9" / "issue.yaml").open("a") as issue:
        issue.write(
            "suites:\n  cart:\n    category: unit\n    tests: {test_first_item_stays: {}, test_second_item_stays: {}}\n"
        )
    path, _ = audited(f"# Validation report\n\n**Author:** QA\n\n{states}\n")
    claim = next(claim for claim in claims(path).values() if claim["lines"] == "5")
    assert (claim["audited"], claim.get("evidence")) == (audited_as, evidence)


def test_what_people_added_to_the_ticks_stays(audited: Any) -> None:
    path, _ = audited(REPORT)
    own = "  - says: Nobody tried the phone  # asked QA\n"
    path.write_text(path.read_text("utf-8") + own, encoding="utf-8")
    audited(
        REPORT.replace("- ✅ Events arrive", "- [x] Mails arrive\n- ✅ Events arrive").replace("[ ] Chat", "[x] Chat")
    )
    text = path.read_text("utf-8")
    assert own in text
    assert read_plain(text)["ticks"] == [
        {"says": "Events arrive", "lines": "10"},
        {"says": "Chat is tried", "lines": "11"},
        {"says": "Nobody tried the phone"},
        {"says": "Mails arrive", "lines": "9"},
    ]


@pytest.mark.parametrize(
    ("states", "audited_as"),
    [
        ("- `shop/cart.py:2`", "holds"),
        ("- `shop/cart.py:2`: `total = sum(prices)`", "holds"),
        ("- `shop/cart.py:2`: `total = max(prices)`", "unverified"),
        ("- `shop/cart.py:2` uses Decimal", "unverified"),
        ("- `shop/cart.py:20`", "contradicted"),
    ],
)
def test_a_place_that_exists_proves_nothing_that_is_said_of_it(
    run: Run, book: Path, tmp_path: Path, states: str, audited_as: str
) -> None:
    app = Repository(tmp_path / "app")
    app.commit({"shop/cart.py": "def of(prices):\n    total = sum(prices)\n    return total\n"})
    document = app.root / "report.md"
    document.write_text(f"# Notes\n\nSome places.\n\n{states}\n", encoding="utf-8")
    run("audit", document, "--issue", "9", "--write", "--in", app.root)
    claim = next(one for one in claims(book / "9" / "claims" / "report.yaml").values() if one["lines"] == "5")
    assert claim["audited"] == audited_as
