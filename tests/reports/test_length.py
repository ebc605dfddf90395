"""Reports are short enough to be read: words, lines and cells of the real issues, and what the first screen answers."""

from __future__ import annotations

import re

import pytest

from tests.kit.paths import BOOK
from tests.kit.reports import REAL, cases, real, written
from triagebook.reports import KINDS

BUDGETS = {
    "summary": 300,
    "validation-report": 900,
    "test-strategy": 900,
    "test-plan": 1300,
    "execution-plan": 800,
    "remediation-checklist": 1200,
    "claims-report": 400,
}
SHARED = 0.2  # of the sequences of eight words of a report
FIRST_SCREEN = 40  # lines of Markdown
FENCE = re.compile(r"^( *)(`{3,}).*?^ *\2`*$", re.MULTILINE | re.DOTALL)


def body(issue_id: str, kind: str) -> str:
    """A report without its code blocks and the list of all statements."""
    return FENCE.sub("", written(real(issue_id), kind, "md", BOOK)).partition("\n## All statements of ")[0]


@pytest.mark.parametrize("kind", BUDGETS)
@pytest.mark.parametrize("issue_id", REAL)
def test_a_report_keeps_within_its_budget_of_words(issue_id: str, kind: str) -> None:
    assert len(body(issue_id, kind).split()) <= BUDGETS[kind]


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
    assert not re.search(r"sha256|Traceback", body)


@pytest.mark.parametrize("issue_id", REAL)
def test_the_first_page_of_a_claims_report_has_at_most_400_words(issue_id: str) -> None:
    first, _, statements = written(real(issue_id), "claims-report", "md", BOOK).partition("## All statements of")
    words = [word for word in shown(first).split() if any(map(str.isalnum, word))]
    assert len(words) <= 400
    assert statements


@pytest.mark.parametrize("issue_id", REAL)
def test_a_validation_report_has_every_suite_environment_and_unmet_criterion(issue_id: str) -> None:
    case = real(issue_id)
    text = written(case, "validation-report", "md", BOOK)
    assert [suite.title for suite in case.issue.suites.values() if str(suite.title) not in text] == []
    assert all(f"| {case.book.catalog.environments[name].title} |" in text for name in case.verdict.environments)
    unmet = [state for state in case.criteria.values() if state.answer.value != "met"]
    assert len(re.findall(r"\| (?:unknown|failed) \|$", text, re.MULTILINE)) == len(unmet) + len(case.issue.metrics)


@pytest.mark.parametrize("issue_id", REAL)
def test_no_two_reports_say_the_same(issue_id: str) -> None:
    runs = {kind: sequences(body(issue_id, kind)) for kind in BUDGETS}
    shared = {
        (one, other): len(runs[one] & runs[other]) / len(runs[one]) for one in runs for other in runs if one != other
    }
    assert {pair: share for pair, share in shared.items() if share > SHARED} == {}


def sequences(markdown: str) -> set[tuple[str, ...]]:
    """All runs of eight words."""
    said = re.findall(r"\S*\w\S*", markdown)
    return {tuple(said[at : at + 8]) for at in range(len(said) - 7)}


@pytest.mark.parametrize("issue_id", REAL)
def test_the_plans_have_every_suite_and_place(issue_id: str) -> None:
    case = real(issue_id)
    plan, run = (written(case, kind, "md", BOOK) for kind in ("test-plan", "execution-plan"))
    assert [suite.title for suite in case.issue.suites.values() if f"| {suite.title} |" not in plan] == []
    assert [test for suite in case.issue.suites.values() for test in suite.tests if test not in plan] == []
    places = [case.book.catalog.environments[name].title for name in case.ledger.required_environments]
    assert [title for title in places if f"{title} (" not in run] == []


@pytest.mark.parametrize("issue_id", REAL)
def test_the_checklist_has_every_file_and_line(issue_id: str) -> None:
    case = real(issue_id)
    text = written(case, "remediation-checklist", "md", BOOK)
    assert case.entry.affected
    listed = {line for lines in re.findall(r"\.py:([\d,]+)`", text) for line in lines.split(",")}
    assert {str(line) for location in case.entry.affected.locations for line in location.at.lines} <= listed
    assert len(re.findall(r"^- \[[ x]\] `[^`]+\.py:", text, re.MULTILINE)) == len(
        {location.at.path for location in case.entry.affected.locations}
    )


SCREENS = {
    "summary": ("**Stage: ", "Owner: ", "**Broken:**", "**Cause:**", "**Missing for ", "**Next:**"),
    "validation-report": ("**Do not ship yet.**", "## Proof by environment", "## What is missing"),
    "test-strategy": ("| Level | Why | Suites |", "| Risk | Level | Why | Against it |"),
    "test-plan": ("## What each test must show", "| Test | Must show |"),
    "execution-plan": ("## Run, in order", "  ```sh\n"),
    "remediation-checklist": ("```diff\n-", "\n+", "## Order of the work"),
    "claims-report": ("Contradicted statements of documents: **", "| Claimed | Actual | See |"),
}


@pytest.mark.parametrize("kind", SCREENS)
@pytest.mark.parametrize("issue_id", REAL)
def test_the_first_screen_answers_the_question(issue_id: str, kind: str) -> None:
    screen = "\n".join(written(real(issue_id), kind, "md", BOOK).splitlines()[:FIRST_SCREEN])
    assert [answer for answer in SCREENS[kind] if answer not in screen] == []


@pytest.mark.parametrize("issue_id", REAL)
def test_no_phase_is_swallowed_by_the_list_above_it(issue_id: str) -> None:
    assert not re.search(r"^ *- .*\n\*\*", written(real(issue_id), "execution-plan", "md", BOOK), re.MULTILINE)


@pytest.mark.parametrize("kind", BUDGETS)
def test_a_report_on_a_small_issue_is_small(kind: str) -> None:
    case, root = cases()["four-fields"]
    assert len(written(case, kind, "md", root).splitlines()) <= 60


def test_statements_keep_their_addresses() -> None:
    """The address is the document and the line, so that adding a statement moves none of the others."""
    html = written(real("1231"), "claims-report", "html", BOOK)
    assert 'id="1231-validation-reportmd-line-4"' in html
    assert 'href="#1231-validation-reportmd-line-4"' in html
