"""What the pages say: all that the record holds, and nothing else."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from books import CATALOG, FULL, FULL_PATTERN, MINIMAL, PATTERN, load_book

from triagebook.findings import Finding, Severity
from triagebook.markup import plain, to_html
from triagebook.model.base import Commit, Record
from triagebook.model.evidence import Evidence, TestRun
from triagebook.model.issue import Issue
from triagebook.model.values import DocRef, Place
from triagebook.model.walk import leaves
from triagebook.render import render
from triagebook.site.pages import Page, pages

Golden = Callable[[str, str], None]


def texts(folder: Path, files: dict[str, str], findings: tuple[Finding, ...] = ()) -> dict[str, str]:
    """The Markdown of every page of a book, by path."""
    loaded = load_book(folder, files)
    assert not loaded.findings
    return {page.path: text_of(page) for page in pages(loaded.book, findings)}


def text_of(page: Page) -> str:
    return plain(render(page.template, page.view()))


# ── whole pages ──────────────────────────────────────────────────────────────────────────────────────


def test_pages_of_a_full_record(tmp_path: Path, golden: Golden) -> None:
    shown = texts(tmp_path, FULL)
    golden("full-home", shown["index.md"])
    golden("full-issues", shown["issues/index.md"])
    golden("full-issue", shown["issues/7/index.md"])
    golden("full-patterns", shown["patterns/index.md"])
    golden("full-pattern", shown["patterns/awaited-sync-call/index.md"])


def test_pages_of_a_book_with_four_fields(tmp_path: Path, golden: Golden) -> None:
    shown = texts(tmp_path, {"1/issue.yaml": MINIMAL, "catalog.yaml": "title: Small"})
    golden("minimal-home", shown["index.md"])
    golden("minimal-issue", shown["issues/1/index.md"])


def test_pages_of_an_empty_book(tmp_path: Path, golden: Golden) -> None:
    shown = texts(tmp_path, {"catalog.yaml": "title: Empty"})
    golden("empty-home", shown["index.md"])
    assert "The first one is written with `triagebook new`" in shown["issues/index.md"]
    assert "names no patterns yet" in shown["patterns/index.md"]


# ── nothing is left out ──────────────────────────────────────────────────────────────────────────────


def words_of(value: object) -> Iterator[str]:
    """How a value may stand on a page."""
    match value:
        case bool():
            return
        case datetime():
            yield f"{value:%Y-%m-%d %H:%M}"
        case date():
            yield value.isoformat()
        case DocRef(on_the_web=True):
            yield value.document.removeprefix("https://")
        case DocRef():
            yield f"{value.document}, line {value.first}"
        case Place():
            yield str(value.path)
            yield from map(str, value.lines)
        case Commit():
            yield value[:9]
        case _:
            yield str(value).strip().splitlines()[0]


CATALOGUED = {
    "app": "app", "chat": "Chat", "staging": "Staging", "production": "Production", "unit": "Unit tests",
    "product": "Product code", "enterprise": "Enterprise", "subscriptions": "Subscriptions", "backend": "Backend team",
    "ada": "Ada", "drop-await": "Remove the keyword", "reproduce": "Reproduce the defect", "same-cause": "same cause",
    "awaited-sync-call": "A synchronous call is awaited", "unawaited": "A coroutine is not awaited",
}  # fmt: skip


@pytest.mark.parametrize("part", ["issue", "affected", "evidence", "pattern"])
def test_a_page_holds_every_value_of_its_record(tmp_path: Path, part: str) -> None:
    loaded = load_book(tmp_path, FULL)
    shown = {page.path: text_of(page) for page in pages(loaded.book, ())}
    entry = loaded.book.issues["7"]
    records: list[Record | None] = {
        "issue": [entry.issue],
        "affected": [entry.affected],
        "evidence": list(entry.evidence.values()),
        "pattern": [loaded.book.patterns["awaited-sync-call"]],
    }[part]
    page = shown["patterns/awaited-sync-call/index.md" if part == "pattern" else "issues/7/index.md"]
    page = page.replace("\\", "")
    for record in records:
        assert record
        for way, value in leaves(record):
            if way == ("kind",) or way[-1] == "expected":
                continue
            for words in words_of(value):
                assert any(form in page for form in (words, CATALOGUED.get(words, words), words.replace("-", " "))), way


def fields_of(record: type[Record], seen: set[type[Record]]) -> Iterator[tuple[type[Record], str]]:
    """Every field that a kind of record can have, and those of the records in it."""
    if record in seen:
        return
    seen.add(record)
    for name, info in record.model_fields.items():
        yield record, name
        for inner in kinds_in(info.annotation):
            yield from fields_of(inner, seen)


def kinds_in(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    if isinstance(annotation, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
        annotation = annotation.__value__
    for part in get_args(annotation):
        yield from kinds_in(part)


def filled(value: object) -> Iterator[tuple[type[Record], str]]:
    """Every field that a record fills, and those of the records in it."""
    if isinstance(value, Record):
        for name in value.model_fields_set:
            for kind in type(value).__mro__:
                if isinstance(kind, type) and issubclass(kind, Record) and name in kind.model_fields:
                    yield kind, name
            yield from filled(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from filled(item)
    elif hasattr(value, "items"):
        for item in value.values():
            yield from filled(item)


def test_the_full_record_fills_every_field(tmp_path: Path) -> None:
    """So that a field that is added to the model can't be forgotten on the page."""
    loaded = load_book(tmp_path, FULL)
    entry = loaded.book.issues["7"]
    found = set(filled(entry.issue)) | set(filled(entry.affected))
    for evidence in entry.evidence.values():
        found |= set(filled(evidence))
    seen: set[type[Record]] = set()
    wanted = {
        field for kind in (Issue, type(entry.affected), *Evidence.__subclasses__()) for field in fields_of(kind, seen)
    }
    missing = {f"{kind.__name__}.{name}" for kind, name in wanted - found}
    assert missing == set()
    assert TestRun in Evidence.__subclasses__()


# ── nothing is made up ───────────────────────────────────────────────────────────────────────────────


def test_pages_have_no_empty_parts(tmp_path: Path) -> None:
    for files in (FULL, {"1/issue.yaml": MINIMAL}, {"1/issue.yaml": MINIMAL, "patterns/p.yaml": PATTERN}):
        for path, text in texts(tmp_path / str(len(files)), files).items():
            assert not re.search(
                r"\bNone\b|Undefined|\(\)|\[\]|: *$(?!\n\n)|,\s*[.)]|  +\S", re.sub(r"^ +", "", text, flags=re.M), re.M
            ), path
            headings = re.findall(r"^(#+) .*\n+(?=(#+) |\Z)", text, re.MULTILINE)
            assert all(len(below) > len(above) for above, below in headings), path
            assert text.startswith("# ")
            assert text.count("\n# ") == 0
            assert "\n\n\n" not in text
            assert text.isascii() or not re.search(r"[\U0001F000-\U0001FAFF\u2600-\u27BF]", text)


def test_a_suite_lends_its_expectations_to_its_tests(tmp_path: Path) -> None:
    suites = """
    suites:
      s:
        category: unit
        before: {fail: [boom, bang]}
        after: pass
        tests: {test_a: Proves a, test_b: {before: pass}}
    """
    shown = texts(tmp_path, {"1/issue.yaml": MINIMAL + "\n".join(line[4:] for line in suites.splitlines())})
    assert "| `test_a` | Proves a | fail with `boom` or `bang` | pass |" in shown["issues/1/index.md"]
    assert "| `test_b` |  | pass | pass |" in shown["issues/1/index.md"]


# ── between the pages ────────────────────────────────────────────────────────────────────────────────


def test_relations_are_told_from_both_sides_once(tmp_path: Path) -> None:
    issues = {
        "1/issue.yaml": MINIMAL
        + "relations: [{to: '2', kind: blocks, why: first things first}, {to: '3', kind: related}]",
        "2/issue.yaml": MINIMAL,
        "3/issue.yaml": MINIMAL + "relations: [{to: '1', kind: related, why: it is}]",
    }
    shown = texts(tmp_path, issues)
    assert (
        "- Is blocked by [1 · The chat does not open](../1/index.md): first things first" in shown["issues/2/index.md"]
    )
    assert shown["issues/1/index.md"].count("Is related to") == 1
    assert "- Blocks [2 · The chat does not open](../2/index.md): first things first" in shown["issues/1/index.md"]


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


def test_a_long_list_stands_on_its_own_page(tmp_path: Path) -> None:
    shown = texts(tmp_path, {f"{number}/issue.yaml": MINIMAL for number in range(30)})
    assert shown["index.md"].count("| [") == 20
    assert "The rest is in [the list of issues](issues/index.md)." in shown["index.md"]
    assert shown["issues/index.md"].count("| [") == 30


def test_what_a_record_names_and_the_book_lacks_is_shown_by_its_id(tmp_path: Path) -> None:
    record = (
        MINIMAL
        + "components: [gone]\nowner: nobody-knows\nrelations: [{to: '404', kind: related}]\ncauses: [{pattern: lost}]"
    )
    shown = texts(tmp_path, {"1/issue.yaml": record})["issues/1/index.md"]
    for words in ("`gone`", "`nobody-knows`", "Is related to 404", "lost (suspected)"):
        assert words in shown


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("https://github.com/example/app", "https://github.com/example/app/blob/5222b25608c3/a%20b.py#L3"),
        ("https://gitlab.example.org/app.git", "https://gitlab.example.org/app/-/blob/5222b25608c3/a%20b.py#L3"),
        ("https://code.example.org/app", ""),
    ],
)
def test_places_lead_to_the_code_where_it_is_known_how(tmp_path: Path, address: str, line: str) -> None:
    catalog = CATALOG.replace("https://github.com/example/app", address)
    record = MINIMAL + "source: {repository: app, commit: 5222b25608c3}\nsymptoms: [{says: White, at: 'a b.py:3,4'}]"
    shown = texts(tmp_path, {"catalog.yaml": catalog, "1/issue.yaml": record})["issues/1/index.md"]
    assert (f"[`a b.py:3,4`]({line})" if line else "at `a b.py:3,4`") in shown


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────


def finding(file: str, says: str = "`owner` is | missing", accepted: str = "") -> Finding:
    return Finding("TB999", Severity.ERROR, file, (), says, "add <it>", 3, 5, accepted=accepted)


def test_findings_stand_on_the_home_page_and_on_that_of_their_issue(tmp_path: Path) -> None:
    found = (
        finding("7/issue.yaml"),
        finding("patterns/awaited-sync-call.yaml"),
        finding("catalog.yaml", accepted="by Ada"),
    )
    shown = texts(tmp_path, FULL, found)
    assert "> 1 place in this record does not hold together." in shown["issues/7/index.md"]
    assert (
        "> - [`7/issue.yaml:3`](index.md) `owner` is \\| missing TB999\n>   - To do: add \\<it>"
        in shown["issues/7/index.md"]
    )
    assert "TB999" not in shown["issues/9/index.md"]
    assert "- [`7/issue.yaml:3`](issues/7/index.md)" in shown["index.md"]
    assert "- [`patterns/awaited-sync-call.yaml:3`](patterns/awaited-sync-call/index.md)" in shown["index.md"]
    assert "- `catalog.yaml:3`" in shown["index.md"]
    assert "Accepted: by Ada" in shown["index.md"]
    assert "#what-does-not-hold-together" in to_html(shown["index.md"], link=lambda address: address).body


def test_issues_that_can_not_be_read_are_named(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"1/issue.yaml": "title: [", "2/issue.yaml": MINIMAL})
    shown = {page.path: text_of(page) for page in pages(loaded.book, loaded.findings)}
    assert "1 issue can't be read and is missing here: 1." in shown["index.md"]
    assert "1 issue can't be read and is missing here: 1." in shown["issues/index.md"]
    assert "One issue, open." in shown["index.md"]
    assert "issues/1/index.md" not in shown


def test_pages_are_addressed_by_their_folders(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"7/issue.yaml": MINIMAL, "patterns/p.yaml": FULL_PATTERN})
    assert [page.url for page in pages(loaded.book, ())] == ["", "issues/", "patterns/", "issues/7/", "patterns/p/"]
