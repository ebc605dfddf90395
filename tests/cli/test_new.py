"""`triagebook new`: creates a valid record from options and answers, whatever text they contain."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.hypotheses import examples
from triagebook.book import Book
from triagebook.model.catalog import Catalog
from triagebook.model.defect import IssueKind
from triagebook.model.issue import Issue
from triagebook.recording.new_issue import written
from triagebook.store import schemas
from triagebook.store.load import load
from triagebook.store.yaml import read_plain

FOUR = ("--title", "Login fails", "--severity", "high", "--summary", "Nobody can log in.")
BASICS = {"severity": "low", "opened": "2026-04-01", "kind": "crash"}
DATED = (*FOUR, "--opened", "2026-04-01")
ALL = (
    *DATED, "--owner", "web", "--component", "cart", "--component", "checkout", "--seen", "staging",
    "--error", "ValueError: 'a' # b", "--error", "two", "--pattern", "lost-update", "--label", "log in: slow",
    "--link", "https://example.org/shop/issues/5",
)  # fmt: skip


def test_the_four_required_fields_make_a_record(
    run: Callable[..., Any], book: Path, golden: Callable[[str, str], None]
) -> None:
    """Standard output is only its path."""
    ran = run("new", "200", *DATED)
    assert (ran.code, ran.out) == (0, "issues/200/issue.yaml\n")
    note, says = ran.err.split("\n", 1)
    assert note == "note: kind `wrong-result` was guessed from the text; --kind changes it"
    assert says == "next: add more details to this file, then run: triagebook check\n"
    golden("new", (book / "200" / "issue.yaml").read_text(encoding="utf-8"))


def test_every_option_fills_its_field(run: Callable[..., Any], book: Path, golden: Callable[[str, str], None]) -> None:
    assert run("new", *ALL).code == 0
    golden("new-all", (book / "102" / "issue.yaml").read_text(encoding="utf-8"))
    issue = load(book).book.issues["102"].issue
    assert [symptom.error for symptom in issue.symptoms] == ["ValueError: 'a' # b", "two"]
    assert issue.labels == ("log in: slow",)


@pytest.mark.parametrize("kind", IssueKind)
def test_a_kind_is_given_by_its_name(kind: IssueKind, run: Callable[..., Any], book: Path) -> None:
    ran = run("new", "200", *DATED, "--kind", kind.value)
    assert (ran.code, load(book).book.issues["200"].issue.kind) == (0, kind)
    assert "is proposed" not in ran.err


def test_without_an_id_the_next_free_number_is_used(run: Callable[..., Any], book: Path) -> None:
    """One above the highest folder, even one without a readable record."""
    (book / "150").mkdir()
    assert run("new", *FOUR).out == "issues/151/issue.yaml\n"
    assert run("new", *FOUR).out == "issues/152/issue.yaml\n"


def test_opened_defaults_to_today(run: Callable[..., Any], book: Path) -> None:
    before = datetime.now(tz=UTC).astimezone().date()
    run("new", "200", *FOUR)
    assert before <= load(book).book.issues["200"].issue.opened <= datetime.now(tz=UTC).astimezone().date()


def test_concurrent_calls_get_different_numbers(book: Path) -> None:
    command = [str(Path(sys.executable).with_name("triagebook")), "new", *FOUR]
    running = [subprocess.Popen(command, cwd=book, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(6)]
    paths = {process.communicate()[0].decode() for process in running}
    assert paths == {f"{number}/issue.yaml\n" for number in range(102, 108)}


# ── hints and text ───────────────────────────────────────────────────────────────────────────────────


def uncommented(text: str) -> str:
    """The record with all hints uncommented; comments for the reader start with a capital letter."""
    modeline, record = text.split("\n", 1)
    return f"{modeline}\n" + re.sub(r"^# (?=[a-z ])", "", record, flags=re.MULTILINE)


@pytest.mark.parametrize("arguments", [DATED, ALL], ids=["four", "all"])
def test_uncommented_hints_are_valid(
    arguments: tuple[str, ...], run: Callable[..., Any], book: Path, tmp_path: Path
) -> None:
    """For the schema, the model and the rules about references."""
    run("new", "200", *arguments)
    path = book / "200" / "issue.yaml"
    path.write_text(uncommented(path.read_text(encoding="utf-8")), encoding="utf-8")
    entry = load(book).book.issues["200"]
    assert entry.issue.suites
    assert entry.issue.next
    codes = re.findall(r"issues/200/\S+ (TB[12]\d\d) ", run("check").out)
    assert codes == []
    schema = tmp_path / "issue.json"
    schema.write_text(schemas.text("issue"), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_uncommented_hints_are_valid_without_a_catalog() -> None:
    text = written(BASICS | {"title": "a", "summary": "b"}, Book(Catalog(), {}, {}), "1")
    Issue.model_validate(read_plain(uncommented(text)))


def test_the_first_line_names_the_schema(run: Callable[..., Any], book: Path) -> None:
    run("new", "200", *FOUR)
    first = (book / "200" / "issue.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../.schema/issue.json"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\ufffe\uffff")).filter(str.strip)


@examples(30)
@given(title=WORDS.filter(lambda words: not re.search(r"[\r\n]", words)), summary=WORDS, error=WORDS)
def test_any_text_is_read_back_unchanged(title: str, summary: str, error: str) -> None:
    """Quotes, colons, dashes, line breaks, other scripts."""
    fields = BASICS | {"title": title, "summary": summary, "symptoms": [{"error": error}]}
    issue = Issue.model_validate(read_plain(written(fields, Book(Catalog(), {}, {}), "1")))
    assert (issue.title, issue.summary, issue.symptoms[0].error) == (title, summary, error)


@pytest.mark.parametrize(
    "title",
    [
        "- a",
        "a: b",
        "'a' \"b\"",
        "# a",
        "{a}",
        "a #b",
        "null",
        "1e5",
        "<b>",
        "*a",
        "&a",
        "%a",
        "@a",
        "`a`",
        "價格",
        "\\n",
    ],
)
@pytest.mark.usefixtures("book")
def test_unusual_titles_are_kept(title: str, run: Callable[..., Any]) -> None:
    """From the command line to the list."""
    assert run("new", "200", *FOUR[2:], "--title", title).code == 0
    assert run("list", "--sort", "id").out.splitlines()[-1].endswith(f"  {title}")


# ── questions ────────────────────────────────────────────────────────────────────────────────────────


def test_a_terminal_is_asked_for_missing_fields(
    run_on_terminal: Callable[..., Any], book: Path, golden: Callable[[str, str], None]
) -> None:
    """An invalid answer is explained and asked again."""
    talk = [
        ("ID [102]: ", "9\n"),
        ("ID [102]: ", "\n"),
        ("Title, in one line: ", " \n"),
        ("Title, in one line: ", "Login: it fails\n"),
        ("Severity (critical, high, medium, low): ", "awful\n"),
        ("Severity (critical, high, medium, low): ", "HIGH\n"),
        ("Summary: what happens, to whom, since when: ", "Nobody can log in.\n"),
    ]
    ran = run_on_terminal("new", talk=talk)
    assert ran.code == 0
    golden("new-questions", ran.out)
    issue = load(book).book.issues["102"].issue
    assert (issue.title, issue.severity, issue.summary) == ("Login: it fails", "high", "Nobody can log in.")


def test_only_missing_fields_are_asked(run_on_terminal: Callable[..., Any], book: Path) -> None:
    ran = run_on_terminal("new", "200", *FOUR[:4], talk=[("Summary", "Nobody.\n")])
    assert (ran.code, ran.out.count(": ")) == (0, 5)
    assert load(book).book.issues["200"].issue.summary == "Nobody."


def test_ctrl_d_ends_it_like_ctrl_c(run_on_terminal: Callable[..., Any], book: Path) -> None:
    ran = run_on_terminal("new", talk=[("ID [102]: ", "\x04")])
    assert ran.code == 130
    assert not (book / "102").exists()


# ── invalid input ────────────────────────────────────────────────────────────────────────────────────


def test_invalid_input_is_refused(
    transcript: Callable[[list[str]], str], golden: Callable[[str, str], None], book: Path
) -> None:
    """Two lines each, and nothing is written."""
    before = sorted(book.rglob("*"))
    three = '--title "Login fails" --severity high --summary "Nobody can log in."'
    lines = [
        "triagebook new",
        "triagebook new --title a --severity low",
        *(f"triagebook new {issue_id} {three}" for issue_id in ("9", "../9", "''", "patterns")),
        f"triagebook new {three} --component card",
        f"triagebook new {three} --owner nobody",
        f"triagebook new {three} --seen stage",
        f"triagebook new {three} --pattern deadlock",
        f"triagebook new {three} --opened '1 April'",
        f"triagebook new {three} --link example.org",
        f"triagebook new {three} --error ''",
        f"triagebook new {three} --label ' '",
        "triagebook new --title 'one\ntwo' --severity low --summary a",
        "triagebook new --title a --severity low --summary ' '",
        "triagebook new --title a --severity bad --summary b",
    ]
    golden("errors-new", transcript(lines))
    assert sorted(book.rglob("*")) == before


def test_an_existing_folder_is_never_overwritten(run: Callable[..., Any], book: Path) -> None:
    """Even one without a record."""
    (book / "200").mkdir()
    (book / "200" / "notes.txt").write_text("mine")
    assert run("new", "200", *FOUR).code == 0
    assert run("new", "200", *FOUR).code == 2
    assert (book / "200" / "notes.txt").read_text() == "mine"


# ── suggestions and playbooks ────────────────────────────────────────────────────────────────────────

PATTERN = """\
title: A synchronous call is awaited
summary: A plain function is called with `await`.
errors: ["can't be used in 'await' expression"]
detector: {regex: await get_manager}
playbook:
  suites:
    callers: {category: unit, before: {fail: can't be used in 'await' expression}, after: pass, tests: {test_a: A}}
  plan: {phases: {prove: {suites: callers}}}
  criteria: {gone: {says: No call is left, measure: affected.locations state=open, target: 0 locations}}
  risks: [{kind: incomplete, level: low, why: One form, mitigation: Count}]
"""
AWAITED = "TypeError: object Manager can't be used in 'await' expression"


@pytest.fixture
def pattern(book: Path) -> str:
    (book / "patterns" / "awaited-sync-call.yaml").write_text(PATTERN)
    return "awaited-sync-call"


@pytest.mark.usefixtures("pattern")
def test_an_error_text_suggests_patterns_and_related_issues(run: Callable[..., Any], book: Path) -> None:
    """With the reasons."""
    first = run("new", "200", *FOUR, "--error", AWAITED)
    assert first.err.splitlines()[0] == (
        "likely pattern: awaited-sync-call (A synchronous call is awaited): "
        f"`can't be used in 'await' expression` matches `{AWAITED}`"
    )
    ran = run("new", "201", *FOUR[:5], "Chat is shut.", "--error", AWAITED.replace("Manager", "Other"))
    assert "possibly the same cause as 200 (Login fails): " in ran.err
    assert "the pattern awaited-sync-call" in ran.err
    assert "add to the new record: relations: [{to: 200, kind: same-cause}]" in ran.err
    assert not (book / "201" / "issue.yaml").read_text().count("\nrelations")


def test_on_a_terminal_a_relation_is_written_if_a_person_agrees(
    run_on_terminal: Callable[..., Any], book: Path
) -> None:
    error = "StaleCartError: cart 18 was changed"
    talk = [("ID", "\n"), ("Is the cause that of 9?", "y\n")]
    assert run_on_terminal("new", *FOUR, "--error", error, talk=talk).code == 0
    (relation,) = load(book).book.issues["102"].issue.relations
    assert (str(relation.to), relation.kind) == ("9", "same-cause")


def test_a_pattern_fills_in_its_playbook(run: Callable[..., Any], book: Path, pattern: str) -> None:
    """Filled-in keys have no hints."""
    assert run("new", "200", *DATED, "--pattern", pattern).code == 0
    text = (book / "200" / "issue.yaml").read_text(encoding="utf-8")
    issue = load(book).book.issues["200"].issue
    assert (set(issue.suites), set(issue.criteria), len(issue.risks)) == ({"callers"}, {"gone"}, 1)
    assert issue.detector
    assert issue.plan
    assert issue.suites["callers"].path == "tests/test_issue_200.py", "so that its plan can be run"
    assert str(issue.suites["callers"].command[0].run).startswith("python -m pytest tests/test_issue_200.py")
    assert "# suites:" not in text
    assert "# next:" in text
    assert run("check", "200").code == 0


def test_names_in_a_playbook_that_the_catalog_lacks_are_reported(
    run: Callable[..., Any], book: Path, pattern: str
) -> None:
    path = book / "patterns" / f"{pattern}.yaml"
    path.write_text(PATTERN.replace("category: unit", "category: smoke"))
    assert "note: the playbook refers to the test category `smoke`; add it to the catalog" in (
        run("new", "200", *FOUR, "--pattern", pattern).err
    )
