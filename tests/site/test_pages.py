"""What the pages say: all that the record holds, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.markup import to_html
from tests.kit.pages import CATALOG, MINIMAL, PATTERN, load_book, pages
from tests.kit.paths import FULL
from triagebook.facts import book_facts, issue_facts
from triagebook.findings import Finding, Level
from triagebook.markdown import plain, without_figures
from triagebook.rules import RULES
from triagebook.site.page import Page
from triagebook.store.load import Loaded, load

Golden = Callable[[str, str], None]
TABS = re.compile(r"^## (Overview|Fix|Tests and evidence|Claims|Plan|Reports)\n\n", re.MULTILINE)
CODE = re.compile(r"^(`{3,}).*?^\1$|`[^`]*`", re.DOTALL | re.MULTILINE)


def texts(folder: Path, files: dict[str, str]) -> dict[str, str]:
    """The Markdown of every page of a book of some files, by path."""
    loaded = load_book(folder, files)
    assert not loaded.findings
    return shown(loaded)


def shown(loaded: Loaded, findings: tuple[Finding, ...] = ()) -> dict[str, str]:
    return {page.path: text_of(page) for page in pages(loaded.book, findings)}


def text_of(page: Page) -> str:
    return without_figures(plain(page.text()[0]))


# ── whole pages ──────────────────────────────────────────────────────────────────────────────────────


def test_a_full_record_gives_the_expected_pages(golden: Golden) -> None:
    pages = shown(load(FULL))
    golden("full-today", pages["index.md"])
    golden("full-issues", pages["issues/index.md"])
    head, _, _ = pages["issues/7/index.md"].partition("\n## Symptoms\n")
    golden("full-issue", head)
    golden("full-issue-outline", "".join(re.findall(r"^#+ .*\n", pages["issues/7/index.md"], re.MULTILINE)))
    golden("full-patterns", pages["patterns/index.md"])
    golden("full-pattern", pages["patterns/awaited-sync-call/index.md"])
    for name in ("evidence", "claims", "board", "people"):
        golden(f"full-{name}", pages[f"{name}/index.md"])


def test_the_reference_pages_are_as_expected(golden: Golden) -> None:
    pages = shown(load(FULL))
    golden("rule", pages["rules/TB301.md"])
    golden("schema-affected", pages["schema/affected.md"])
    for rule in RULES:
        assert f"| [{rule.code}]({rule.code}.md) |" in pages["rules/index.md"]
        assert pages[f"rules/{rule.code}.md"].count("```yaml") == 2, rule.code
    for name in (*issue_facts.DEFINITIONS, *book_facts.DEFINITIONS):
        assert f"\n### {name}\n" in pages["facts/index.md"]


def test_a_record_of_four_fields_gives_the_expected_pages(tmp_path: Path, golden: Golden) -> None:
    pages = texts(tmp_path, {"1/issue.yaml": MINIMAL, "catalog.yaml": "title: Small"})
    golden("minimal-home", pages["index.md"])
    golden("minimal-issue", pages["issues/1/index.md"])


def test_an_empty_book_gives_the_expected_pages(tmp_path: Path, golden: Golden) -> None:
    pages = texts(tmp_path, {"catalog.yaml": "title: Empty"})
    golden("empty-home", pages["index.md"])
    assert "Create the first one with `triagebook new`" in pages["issues/index.md"]
    assert "There are no patterns yet" in pages["patterns/index.md"]


# ── nothing is made up ───────────────────────────────────────────────────────────────────────────────


def test_pages_have_no_empty_parts(tmp_path: Path) -> None:
    small = load_book(tmp_path, {"1/issue.yaml": MINIMAL, "patterns/p.yaml": PATTERN})
    for path, text in (*shown(load(FULL)).items(), *shown(small).items()):
        words = re.sub(CODE, "code", re.sub(r"^ +", "", text, flags=re.MULTILINE))
        assert not re.search(r"\bNone\b(?! of)|Undefined|\(\)|\[\]|^- *$|,\s*[.)]| · *$| ,", words, re.MULTILINE), path
        words = re.sub(TABS, "", words)
        headings = re.findall(r"^(#+) .*\n+(?=(#+) |\Z)", words, re.MULTILINE)
        assert all(len(below) > len(above) for above, below in headings), path
        assert re.findall(r"^# ", words, re.MULTILINE) == ["# "], path
        assert "\n\n\n" not in words
        assert not re.search(r"[\U0001F000-\U0001FAFF\u2600-\u27BF]", words), path
        assert not re.search(r"[^\n]\n#|^#.*\n[^\n]", words, re.MULTILINE), path


def test_a_suite_lends_its_expectations_to_its_tests(tmp_path: Path) -> None:
    suites = """
    suites:
      s:
        category: unit
        before: {fail: [boom, bang]}
        after: pass
        tests: {test_a: Proves a, test_b: {before: pass}}
    """
    pages = texts(tmp_path, {"1/issue.yaml": MINIMAL + "\n".join(line[4:] for line in suites.splitlines())})
    assert "- Before the fix: fail with `boom` or `bang`" in pages["issues/1/index.md"]
    assert "| `test_a` | Proves a | fail | pass |" in pages["issues/1/index.md"]
    assert "| `test_b` |  | pass | pass |" in pages["issues/1/index.md"]


def test_what_a_document_says_passed_is_not_shown_as_passed(tmp_path: Path) -> None:
    evidence = """
    kind: tests
    grade: transcribed
    at: 2025-09-15
    from: [report.md#L3, report.md#L9, "https://example.org/run"]
    results: {test_a: passed}
    """
    files = {"1/issue.yaml": MINIMAL, "1/evidence/run.yaml": evidence}
    page = texts(tmp_path, files)["issues/1/index.md"]
    assert r"| `test_a` | passed, unverified, from report.md and https:\//example.org/run |" in page
    assert "(report.md, lines 3, 9; [example.org/run](https://example.org/run))" in page


def test_affected_files_are_listed_by_folder(tmp_path: Path) -> None:
    affected = """
    source: {repository: app, commit: 5222b25608c3}
    locations: ["app/deep/down/a.py:1,2", "app/deep/down/b.py:3", "app/c.py:4"]
    """
    page = texts(tmp_path, {"1/issue.yaml": MINIMAL, "1/affected.yaml": affected})["issues/1/index.md"]
    listed = re.sub(r"\]\([^)]*\)|\[", "", page[page.index("- `app/deep/down`") :]).splitlines()[:5]
    assert listed == [
        "- `app/deep/down`",
        "  - `a.py` lines 1, 2",
        "  - `b.py` line 3",
        "- `app`",
        "  - `c.py` line 4",
    ]


# ── between the pages ────────────────────────────────────────────────────────────────────────────────


def test_each_relation_is_shown_once_on_both_issues(tmp_path: Path) -> None:
    issues = {
        "1/issue.yaml": MINIMAL
        + "relations: [{to: '2', kind: blocks, why: first things first}, {to: '3', kind: related}]",
        "2/issue.yaml": MINIMAL,
        "3/issue.yaml": MINIMAL + "relations: [{to: '1', kind: related, why: it is}]",
    }
    pages = texts(tmp_path, issues)
    assert (
        "- Is blocked by [1 · The chat does not open](../1/index.md): first things first" in pages["issues/2/index.md"]
    )
    assert pages["issues/1/index.md"].count("Is related to") == 1
    assert "- Blocks [2 · The chat does not open](../2/index.md): first things first" in pages["issues/1/index.md"]


def test_similar_issues_are_named_with_what_they_share_until_a_relation_says_more(tmp_path: Path) -> None:
    error = "symptoms: ['StaleCartError: cart {} was changed']\n"
    alike = {"1/issue.yaml": MINIMAL + error.format(7), "2/issue.yaml": MINIMAL + error.format(8)}
    page = texts(tmp_path, alike)["issues/1/index.md"]
    assert "- [2 · The chat does not open](../2/index.md): the same error but for values" in page
    related = {**alike, "2/issue.yaml": alike["2/issue.yaml"] + "relations: [{to: '1', kind: related}]"}
    assert "Similar issues" not in texts(tmp_path, related)["issues/1/index.md"]


def test_issues_are_listed_open_and_severe_first(tmp_path: Path) -> None:
    issues = {
        "10/issue.yaml": MINIMAL,
        "9/issue.yaml": MINIMAL,
        "1/issue.yaml": MINIMAL + "closed: {on: 2025-10-01, as: cannot-reproduce}",
        "20/issue.yaml": MINIMAL.replace("high", "critical"),
    }
    listed = texts(tmp_path, issues)["issues/index.md"]
    assert re.findall(r"^\| \[(\d+)\]", listed, re.MULTILINE) == ["20", "9", "10", "1"]
    assert "3 open, 1 closed." in listed
    assert "| closed as cannot reproduce |" in listed


def test_a_long_list_has_its_own_page(tmp_path: Path) -> None:
    pages = texts(tmp_path, {f"{number}/issue.yaml": MINIMAL for number in range(30)})
    assert "[27 more](issues/index.md?state=open)" in pages["index.md"]
    assert "[All issues](issues/index.md)" in pages["index.md"]
    assert pages["issues/index.md"].count("\n| [") == 30


def test_a_name_that_the_book_lacks_is_shown_as_its_id(tmp_path: Path) -> None:
    record = (
        MINIMAL
        + "components: [gone]\nowner: nobody-knows\nrelations: [{to: '404', kind: related}]\ncauses: [{pattern: lost}]"
    )
    page = texts(tmp_path, {"1/issue.yaml": record})["issues/1/index.md"]
    for words in ("`gone`", "`nobody-knows`", "Is related to 404", "lost (suspected)"):
        assert words in page


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("https://github.com/example/app", "https://github.com/example/app/blob/5222b25608c3/a%20b.py#L3"),
        ("https://gitlab.example.org/app.git", "https://gitlab.example.org/app/-/blob/5222b25608c3/a%20b.py#L3"),
        ("https://code.example.org/app", ""),
    ],
)
def test_places_link_to_the_code_if_the_repository_is_known(tmp_path: Path, address: str, line: str) -> None:
    catalog = CATALOG.replace("https://github.com/example/app", address)
    record = MINIMAL + "source: {repository: app, commit: 5222b25608c3}\nsymptoms: [{says: White, at: 'a b.py:3,4'}]"
    page = texts(tmp_path, {"catalog.yaml": catalog, "1/issue.yaml": record})["issues/1/index.md"]
    assert (f"[`a b.py:3,4`]({line})" if line else "at `a b.py:3,4`") in page


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────


def finding(file: str, says: str = "`owner` is | missing", accepted: str = "") -> Finding:
    return Finding("TB999", Level.ERROR, file, (), says, "add <it>", 3, 5, accepted=accepted)


def test_findings_are_shown_on_the_home_page_and_on_their_issue() -> None:
    of_pattern, of_catalog = finding("patterns/awaited-sync-call.yaml"), finding("catalog.yaml", accepted="by Tester")
    pages = shown(load(FULL), (finding("7/issue.yaml"), of_pattern, of_catalog))
    issue, home = pages["issues/7/index.md"], pages["index.md"]
    assert "- `issue.yaml:3` `owner` is \\| missing TB999\n  - To do: add \\<it>" in issue
    assert "TB999" not in pages["issues/9/index.md"]
    assert "- [`7/issue.yaml:3`](issues/7/index.md)" in home
    assert "- [`patterns/awaited-sync-call.yaml:3`](patterns/awaited-sync-call/index.md)" in home
    assert "- `catalog.yaml:3`" in home
    assert "Accepted: by Tester" in home
    assert "#findings" in to_html(home, link=lambda address: address).body


def test_the_home_page_shows_some_of_many_findings() -> None:
    home = shown(load(FULL), (finding("7/issue.yaml"),) * 60)["index.md"]
    assert "The check found 60 problems in the records" in home
    assert home.count("TB999") == 5
    assert "There are 55 more" in home


def test_issues_that_can_not_be_read_are_named(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"1/issue.yaml": "title: [", "2/issue.yaml": MINIMAL})
    texts = shown(loaded, loaded.findings)
    assert "1 issue cannot be read and is missing here: 1." in texts["index.md"]
    assert "1 issue cannot be read and is missing here: 1." in texts["issues/index.md"]
    assert "One issue, open." in texts["index.md"]
    assert "issues/1/index.md" not in texts


def test_pages_lie_in_folders(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"7/issue.yaml": MINIMAL, "patterns/p.yaml": PATTERN})
    folders = {page.path.removesuffix("index.md") for page in pages(loaded.book, ())}
    assert {"", "issues/", "issues/7/", "patterns/p/", "components/", "rules/", "issues/7/report-summary.md"} <= folders
