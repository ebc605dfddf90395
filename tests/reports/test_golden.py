"""Whole expected documents of small cases; UPDATE_GOLDEN=1 writes them again. Laws say the rest of larger ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest

from tests.kit import golden
from tests.kit.completeness import empty_parts
from tests.kit.reports import REAL, cases, written
from triagebook.model.values import FactRef
from triagebook.reports import KINDS
from triagebook.reports.data import schema

EVERY = [pytest.param(name, kind, id=f"{name}-{kind}") for name in cases() for kind in KINDS]
SMALL = [(name, kind) for name in ("proven", "four-fields", "half-filled") for kind in KINDS]


@pytest.mark.parametrize(("name", "kind"), [*SMALL, *((name, "summary") for name in (*REAL, "imported"))])
def test_each_report_in_markdown_equals_its_golden(name: str, kind: str) -> None:
    case, root = cases()[name]
    golden.compare(f"reports/{name}/{kind}.md", written(case, kind, "md", root))


def test_each_report_in_html_equals_its_golden() -> None:
    """The body of one page; the styles are those of the template."""
    case, root = cases()["proven"]
    body = re.search(r"<body.*</body>\n", written(case, "summary", "html", root), re.DOTALL)
    assert body
    golden.compare("reports/proven/summary.html", body[0])


@cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema(KINDS[kind]))
    return jsonschema.Draft202012Validator(schema(KINDS[kind]))


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_json_fits_its_schema(name: str, kind: str) -> None:
    case, root = cases()[name]
    validator(kind).validate(json.loads(written(case, kind, "json", root, full=True)))
    data = json.loads(written(case, kind, "json", root))
    validator(kind).validate(data)
    assert (data["report"], data["head"]["id"], data["head"]["issue"]) == (kind, case.entry.id, str(case.issue.title))
    assert data["verdict"]["stage"] == {"fact": "stage", "value": str(case.verdict.stage)}


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_each_figure_in_json_is_the_fact_it_names(name: str, kind: str) -> None:
    case, root = cases()[name]
    stated = dict(facts_in(json.loads(written(case, kind, "json", root))))
    assert stated
    assert stated == {ref: str(case.fact(FactRef.parse(ref))) for ref in stated}


@pytest.mark.parametrize("name", cases())
def test_the_results_of_a_plan_add_up(name: str) -> None:
    """Each planned test has one result, and belongs to one suite."""
    case, root = cases()[name]
    data = json.loads(written(case, "validation-report", "json", root))
    count = {ref: int(value.split()[0]) for ref, value in facts_in(data) if value.endswith((" test", " tests"))}
    if "tests.passed" in count:
        skipped = case.fact(FactRef.parse("tests.skipped")).quantity
        results = sum(count.get(f"tests.{result}", 0) for result in ("passed", "failed", "missing"))
        assert results + (skipped.exact if skipped else 0) == count["tests.planned"]
        assert sum(count[row["planned"]["fact"]] for row in data["suites"]) == count["tests.planned"]


def facts_in(data: Any) -> Iterator[tuple[str, str]]:
    """The facts that a JSON document states, with their values."""
    match data:
        case {"fact": str(ref), "value": str(value)}:
            yield ref, value
        case dict():
            yield from (found for each in data.values() for found in facts_in(each))
        case list():
            yield from (found for each in data for found in facts_in(each))


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_no_part_of_a_document_is_empty(name: str, kind: str) -> None:
    case, root = cases()[name]
    quoted = {"None", "()"} if name in REAL else set()  # these records quote code, outside of backticks too
    assert [part for part in empty_parts(written(case, kind, "md", root)) if part not in quoted] == []


@pytest.mark.parametrize("form", ["md", "html", "json"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_input_gives_the_same_bytes(kind: str, form: str) -> None:
    case, root = cases()["1231"]
    assert written(case, kind, form, root) == written(case, kind, form, root)
