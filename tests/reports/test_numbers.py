"""Every number in a report comes from a fact or a field of a record."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.kit.paths import ROOT
from tests.kit.reports import real
from triagebook.facts.case import Case
from triagebook.markdown import FIGURE_CLOSE, FIGURE_DIGITS, FIGURE_OPEN, placed, plain
from triagebook.model.base import Record
from triagebook.model.scalars import leaves
from triagebook.reports import KINDS, make
from triagebook.site.report_document import written

_FIGURE = re.compile(f"{FIGURE_OPEN}[{FIGURE_DIGITS}]+[^{FIGURE_CLOSE}]*{FIGURE_CLOSE}")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?")
_ITEM = re.compile(r"^\s*\d+\. ", re.MULTILINE)  # of an ordered list
_LINES = re.compile(r":\d+(?:,\d+)+`")  # of a file
TEMPLATES = ROOT / "templates" / "reports"


def numbers(text: str) -> set[str]:
    return {found.replace(",", "") for found in _NUMBER.findall(text)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("issue_id", ["1184", "1231"])
def test_every_number_of_the_real_reports_has_a_home(issue_id: str, kind: str) -> None:
    case = real(issue_id)
    report = make(kind, case)
    text = plain(placed(_FIGURE.sub("", written(report, None)), lambda _: None))
    text = _LINES.sub(lambda lines: lines[0].replace(",", " "), _ITEM.sub("- ", text))
    assert sorted(numbers(text) - recorded(case)) == []


def test_a_number_from_nowhere_is_found() -> None:
    assert "987654" not in recorded(real("1231"))


def recorded(case: Case) -> set[str]:
    """The numbers of the issue's records, of what they name, and of what the facts say about them."""
    texts: list[str] = [case.entry.id, *case.book.issues, *case.book.patterns]
    records: list[Record] = [record for _, record in case.entry.files()]
    for record in [*records, case.book.catalog, *case.book.patterns.values()]:
        for way, value in leaves(record):
            texts += [str(value), *map(str, way)]
            texts += [f"{value:%Y-%m-%d}"] if isinstance(value, date) else []
            texts += [str(value)[:9]]  # a commit is shown by its first letters
    texts += [f"D{number}" for number, _ in enumerate(case.claims, start=1)]  # by which reports refer to them
    texts.append(str(case.verdict.as_data()))
    texts += [state.why for state in case.criteria.values()] + [state.why for state in case.claims]
    every = "\n".join(texts)
    return numbers(every) | set(re.findall(r"\d+", every))


def test_no_number_is_typed_in_a_template() -> None:
    for path in TEMPLATES.rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        words = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
        assert numbers(_ITEM.sub("- ", words)) == set(), path.name


def test_no_number_is_typed_in_the_words_of_a_view() -> None:
    package = ROOT / "generator" / "triagebook"
    paths = [*(package / "views").glob("*.py"), *(package / "reports" / f"{name}.py" for name in WORDED)]
    assert len(paths) > len(WORDED)
    for path in paths:
        assert [text for text in strings(path.read_text(encoding="utf-8")) if " " in text and numbers(text)] == [], (
            path.name
        )


WORDED = ("computed", "gaps", "kinds", "sections", "since")  # the modules of `reports` that hold words of a report


def strings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
