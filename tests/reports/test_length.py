"""Reports are short enough to be read: words, lines and cells of the real issues, and what the first screen answers."""

from __future__ import annotations

import re

import pytest

from tests.kit.paths import BOOK
from tests.kit.reports import REAL, cases, real, written
from triagebook.reports import KINDS

BUDGETS = {"summary": 300, "validation-report": 900, "claims-report": 400}
FIRST_SCREEN = 40  # lines of Markdown
FENCE = re.compile(r"^( *)(`{3,}).*?^ *\2`*$", re.MULTILINE | re.DOTALL)


def words(markdown: str) -> int:
    """The words of a report without its code blocks and the list of all statements."""
    text = FENCE.sub("", markdown).partition("\n## All statements of ")[0]
    return len(re.findall(r"\S*\w\S*", text))


@pytest.mark.parametrize("kind", BUDGETS)
@pytest.mark.parametrize("issue_id", REAL)
def test_a_report_keeps_within_its_budget_of_words(issue_id: str, kind: str) -> None:
    assert words(written(real(issue_id), kind, "md", BOOK)) <= BUDGETS[kind]


@pytest.mark.parametrize("kind", BUDGETS)
@pytest.mark.parametrize("issue_id", REAL)
def test_lines_and_cells_are_short(issue_id: str, kind: str) -> None:
    lines = FENCE.sub("", written(real(issue_id), kind, "md", BOOK)).splitlines()
    assert [line for line in lines if not line.startswith("|") and len(line) > 300] == []
    cells = [cell.strip() for line in lines if line.startswith("|") for cell in re.split(r"(?<!\\)\|", line)]
    assert [cell for cell in cells if len(shown(cell)) > 120] == []


def shown(markdown: str) -> str:
    """Without the addresses of links."""
    return re.sub(r"\]\([^)]*\)", "]", markdown)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("issue_id", REAL)
def test_a_body_cites_no_document_and_shows_no_digest(issue_id: str, kind: str) -> None:
    body = FENCE.sub("", written(real(issue_id), kind, "md", BOOK))
    assert not re.search(r"\[\^\d|sha256|Traceback", body)


@pytest.mark.parametrize("issue_id", REAL)
def test_a_validation_report_has_every_suite_environment_and_unmet_criterion(issue_id: str) -> None:
    case = real(issue_id)
    text = written(case, "validation-report", "md", BOOK)
    assert [suite.title for suite in case.issue.suites.values() if str(suite.title) not in text] == []
    assert all(f"| {case.book.catalog.environments[name].title} |" in text for name in case.verdict.environments)
    unmet = [state for state in case.criteria.values() if state.answer.value != "met"]
    assert len(re.findall(r"\| (?:unknown|failed) \|$", text, re.MULTILINE)) == len(unmet) + len(case.issue.metrics)


SCREENS = {
    "summary": ("**Verdict: ", "Owner: ", "**Broken:**", "**Cause:**", "**Missing:**", "**Next:**"),
    "validation-report": ("**Do not ship yet.**", "## Proof by environment", "## What is missing"),
    "claims-report": ("Contradicted statements of documents: **", "| Claimed | Actual | See |"),
}


@pytest.mark.parametrize("kind", SCREENS)
@pytest.mark.parametrize("issue_id", REAL)
def test_the_first_screen_answers_the_question(issue_id: str, kind: str) -> None:
    screen = "\n".join(written(real(issue_id), kind, "md", BOOK).splitlines()[:FIRST_SCREEN])
    assert [answer for answer in SCREENS[kind] if answer not in screen] == []


@pytest.mark.parametrize("kind", BUDGETS)
def test_a_report_on_a_small_issue_is_small(kind: str) -> None:
    case, root = cases()["four-fields"]
    assert len(written(case, kind, "md", root).splitlines()) < 50


def test_statements_keep_their_addresses() -> None:
    """The address is the document and the line, so that adding a statement moves none of the others."""
    html = written(real("1231"), "claims-report", "html", BOOK)
    assert 'id="1231-validation-reportmd-line-4"' in html
    assert 'href="#1231-validation-reportmd-line-4"' in html
