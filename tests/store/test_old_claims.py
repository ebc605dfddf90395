"""`fix` moves the claims and documents of an old issue to a file for each document."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.kit.books import book_of, findings_in
from triagebook.autofix import apply_fixes, plan_fixes
from triagebook.store.load import load
from triagebook.store.old_claims import comments, without_old_claims
from triagebook.store.yaml import read_plain

OLD = """\
title: Chat fails   # our title
documents:
  # the plan
  plan.md:
    title: The plan   # its own title
    date: 2025-09-15
  report.md: {title: Report, by: backend}
next: [Look]

claims:
  # about numbers
  - says: 47 locations   # so it says
    from: [plan.md#L33, plan.md#L40-L41, report.md#L3]   # three times
    kind: sum
    value: 47
    of: affected.locations
  - {says: All pass, from: report.md#L8, shows: suites.unit, criterion: passes, disputed: No run}
  - says: |
      Two
      lines
    from: https://example.org/plan
# the end
"""


def moved(text: str, others: dict[str, str] | None = None) -> dict[str, str]:
    return without_old_claims("1/issue.yaml", text, others or {})


def plain(text: str) -> Any:
    return read_plain(text)


def test_each_claim_goes_to_its_first_document() -> None:
    files = moved(OLD)
    assert sorted(files) == [
        "1/claims/example-org-plan.yaml", "1/claims/plan.yaml", "1/claims/report.yaml", "1/issue.yaml",
    ]  # fmt: skip
    plan = plain(files["1/claims/plan.yaml"])
    assert (plan["title"], plan["date"]) == ("The plan", "2025-09-15")
    assert plan["claims"] == [
        {
            "says": "47 locations", "lines": ["33", "40-41"], "also": "report.md#L3",
            "about": {"fact": "affected.locations"}, "kind": "sum", "value": "47",
        }
    ]  # fmt: skip
    (claim,) = plain(files["1/claims/report.yaml"])["claims"]
    assert claim["about"] == {"suite": "unit", "criterion": "passes"}
    web = plain(files["1/claims/example-org-plan.yaml"])
    assert (web["name"], web["claims"][0]["says"]) == ("https://example.org/plan", "Two\nlines\n")


def test_no_comment_is_lost_and_the_rest_of_the_issue_keeps_its_bytes() -> None:
    files = moved(OLD)
    assert not comments(OLD) - sum(map(comments, files.values()), Counter())
    assert files["1/issue.yaml"].startswith("title: Chat fails   # our title\n")
    assert "next: [Look]\n" in files["1/issue.yaml"]
    assert "claims" not in plain(files["1/issue.yaml"])


@pytest.mark.parametrize("text", [OLD, "title: a\nclaims: {says: b, from: c.md}\n", "claims: [b]\ntitle: a\n"])
def test_lists_in_any_yaml_style_are_moved(text: str) -> None:
    files = moved(text)
    assert sum(len(plain(text).get("claims", [])) for name, text in files.items() if "/claims/" in name) in {1, 3}


def test_claims_are_added_to_an_existing_file() -> None:
    there = "title: Plan   # ours\nclaims:\n  - {says: a, lines: 1}\n"
    files = moved(OLD, {"1/claims/plan.yaml": there})
    assert files["1/claims/plan.yaml"].startswith(there.removesuffix("\n"))
    assert [claim["says"] for claim in plain(files["1/claims/plan.yaml"])["claims"]] == ["a", "47 locations"]


def test_check_reports_one_finding_and_fix_moves_the_claims(tmp_path: Path) -> None:
    old = OLD.replace("title: Chat fails   # our title\n", "").replace(
        "next: [Look]", "lessons: [{says: a, from: plan.md#L3}]"
    )
    loaded = book_of(old, tmp_path)
    errors = [finding for finding in findings_in(loaded) if finding.severity.value == "error"]
    assert [(finding.code, finding.field) for finding in errors] == [("TB115", ("documents",))]
    apply_fixes(tmp_path, plan_fixes(tmp_path, findings_in))
    assert "TB115" not in {finding.code for finding in findings_in(load(tmp_path))}
    assert len(load(tmp_path).book.issues["1"].claims) == 3


def test_documents_that_are_not_a_mapping_stay_in_place() -> None:
    text = "documents: [plan.md]\ntitle: a\n"
    assert moved(text) == {"1/issue.yaml": text}
    assert plain(moved("documents: {plan.md: The plan}\ntitle: a\n")["1/claims/plan.yaml"]) == {"title": "The plan"}
