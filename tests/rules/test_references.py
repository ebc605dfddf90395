"""Rules about references: names of records, documents, facts and fields."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of, said


def test_an_unknown_component_is_found_with_the_nearest_name() -> None:
    (finding,) = findings_of("components: [route]", select="TB201")
    assert (finding.says, finding.do) == ("there is no component `route`", "did you mean `routes`?")


def test_an_unknown_environment_as_a_key_is_found() -> None:
    assert said("deployment: {stagin: {attempts: []}}", "TB201") == ["1/issue.yaml:1: there is no environment `stagin`"]


def test_with_an_unreadable_catalog_no_reference_is_unknown() -> None:
    assert not said("components: [route]\n# catalog.yaml\ncomponents: [", "TB201")


def test_a_document_that_no_record_describes_is_found() -> None:
    text = "lessons: [{says: It is slow, from: report.md#L3}]"
    assert said(text, "TB202") == ["1/issue.yaml:1: no record describes the document `report.md`"]


@pytest.mark.parametrize("source", ["https://example.org/report", "known.md#L3"])
def test_an_address_or_a_described_document_is_accepted(source: str) -> None:
    text = f"lessons: [{{says: It is slow, from: {source}}}]\n# claims/known.yaml\ntitle: Known"
    assert not said(text, "TB202")


def test_an_unknown_fact_in_prose_is_found() -> None:
    text = "summary: In {{ affected.file }} places."
    assert said(text, "TB203") == ["1/issue.yaml:1: there is no fact `affected.file`"]


def test_a_known_fact_in_prose_is_accepted() -> None:
    assert not said("summary: In {{ affected.files }} places.", "TB203")


def test_an_unknown_field_of_a_waiver_is_found() -> None:
    text = "waivers: [{rule: TB424, at: nxt, who: backend, why: a, until: 2999-12-31}]"
    assert said(text, "TB204") == ["1/issue.yaml:1: the record has no field `nxt`"]
