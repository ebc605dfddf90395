"""Every field of every record has a description and a valid example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from triagebook.model.base import Record
from triagebook.model.document import Document
from triagebook.model.issue import Issue
from triagebook.model.refs import IssueRef
from triagebook.model.schema import KINDS
from triagebook.model.suites import Expectation


def records(annotation: Any, seen: set[type[Record]]) -> Iterator[type[Record]]:
    """All record classes that a type reaches."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        if annotation not in seen:
            seen.add(annotation)
            yield annotation
            for field in annotation.model_fields.values():
                yield from records(field.annotation, seen)
    else:
        for part in get_args(annotation):
            yield from records(part, seen)


def every_record() -> list[type[Record]]:
    seen: set[type[Record]] = set()
    return [record for kind in KINDS.values() for record in records(kind, seen)]


def fields() -> list[Any]:
    return [
        pytest.param(field, id=f"{record.__name__}.{name}")
        for record in every_record()
        if record is not Expectation
        for name, field in record.model_fields.items()
    ]


EVERY_FIELD = pytest.mark.parametrize("field", fields())


@EVERY_FIELD
def test_every_field_has_a_description_and_a_valid_example(field: FieldInfo) -> None:
    assert field.description
    assert field.examples
    accepts = TypeAdapter(field.rebuild_annotation())
    for example in field.examples:
        accepts.validate_python(as_text(example))


def as_text(value: Any) -> Any:
    """A value as the store reads it: scalars are text."""
    if isinstance(value, dict):
        return {str(key): as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value)


@EVERY_FIELD
def test_a_description_is_one_short_phrase(field: FieldInfo) -> None:
    assert field.description
    assert len(field.description) <= 100
    assert not field.description.endswith(".")


def parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from parts(part)


def test_an_issue_lists_the_issues_it_names() -> None:
    naming = {
        f"{record.__name__}.{name}"
        for record in every_record()
        for name, field in record.model_fields.items()
        if IssueRef in parts(field.annotation)
    }
    assert naming == {"Relation.to", "Noticed.issue", "Closed.into"}  # each is told of:
    issue = Issue.model_validate(
        {"title": "a", "severity": "low", "opened": "2025-01-01", "summary": "b"}
        | {"relations": [{"to": "1", "kind": "blocks"}], "noticed": ["c", {"what": "d", "issue": "2"}]}
        | {"closed": {"on": "2025-01-02", "as": "split", "into": ["3", "4"]}}
    )
    assert list(issue.others()) == ["1", "2", "3", "4"]


def test_records_are_read_only() -> None:
    issue = Issue.model_validate({"title": "a", "severity": "low", "opened": "2025-01-01", "summary": "b"})
    with pytest.raises(ValueError, match="frozen"):
        issue.title = "c"  # type: ignore[misc,assignment]
    with pytest.raises(TypeError):
        issue.suites["x"] = None  # type: ignore[index]


def test_values_in_a_mapping_serialize_as_they_were_written() -> None:
    claim = {"says": "49 in all", "lines": ["90", "118-120"], "parts": {"unit tests": "28", "share": "95 %"}}
    document = Document.model_validate({"title": "a", "claims": [claim]})
    assert document.model_dump(mode="json", exclude_defaults=True)["claims"] == [claim]
