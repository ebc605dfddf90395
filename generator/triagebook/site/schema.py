"""The reference pages of the schema: every field of every record with its type, meaning and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from triagebook.markdown import Linked
from triagebook.model.affected import Affected
from triagebook.model.base import Commit, Id, Line, Path, Prose, Record, Ref, Short, Url
from triagebook.model.catalog import Catalog
from triagebook.model.document import Document, Lines
from triagebook.model.evidence import CommandOutput, MeasuredValue, Observation, TestRun
from triagebook.model.issue import Issue
from triagebook.model.pattern import Pattern
from triagebook.model.suites import Expectation
from triagebook.model.values import Digest, DocRef, FactRef, Place, Quantity

from .content import SiteContent
from .linker import Linker, anchor
from .page import Page
from .paths import REFERENCE, SCHEMA

FILES: Mapping[str, tuple[str, tuple[type[Record], ...]]] = {
    "issue": ("`ID/issue.yaml` is one issue.", (Issue,)),
    "affected": ("`ID/affected.yaml` lists the affected places of the source code.", (Affected,)),
    "evidence": (
        "`ID/evidence/NAME.yaml` is one piece of evidence, of one of four kinds.",
        (TestRun, CommandOutput, MeasuredValue, Observation),
    ),
    "claims": ("`ID/claims/DOCUMENT.yaml` is one document about the issue, and what it states.", (Document,)),
    "pattern": ("`patterns/NAME.yaml` is a known root cause.", (Pattern,)),
    "catalog": ("`catalog.yaml` defines what records may refer to.", (Catalog,)),
}

# How each type of value is described; the first that fits counts.
_WORDS: tuple[tuple[type, str], ...] = (
    (Prose, "prose, in Markdown"),
    (Line, "one line"),
    (Id, "an id"),
    (Path, "a path"),
    (Commit, "a commit"),
    (Url, "an address"),
    (Digest, "a digest"),
    (Quantity, "a quantity"),
    (Place, "a path with lines"),
    (FactRef, "the name of a fact"),
    (DocRef, "a document and its lines"),
    (Lines, "a line, or the first and last of several"),
    (bool, "`true` or `false`"),
    (int, "a whole number"),
    (date, "a day"),
    (str, "text"),
)


def schema_path(kind: str) -> str:
    return f"schema/{kind}.md"


def schema_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(SCHEMA, "Schema", "pages/schemas.md.j2", partial(_schemas, content.linker), content.linker, REFERENCE)
    for kind in FILES:
        title = f"Schema: {kind}"
        view = partial(_schema, kind)
        yield Page(schema_path(kind), title, "pages/schema.md.j2", view, content.linker, SCHEMA)


def _schemas(linker: Linker) -> Mapping[str, object]:
    return {
        "kinds": [(linker.to(schema_path(kind), kind.capitalize()), says) for kind, (says, _) in FILES.items()],
    }


def _schema(kind: str) -> Mapping[str, object]:
    says, records = FILES[kind]
    inner = sorted(set(_inner(records)) - set(records), key=_title)
    return {
        "title": kind.capitalize(),
        "file": says,
        "parts": [_part(record) for record in (*records, *inner)],
    }


def _inner(records: tuple[type[Record], ...]) -> Iterator[type[Record]]:
    """The records, and all records inside them."""
    seen: set[type[Record]] = set()
    todo = list(records)
    while todo:
        record = todo.pop()
        if record not in seen and record is not Expectation:
            seen.add(record)
            yield record
            todo += [
                part for field in record.model_fields.values() for part in _types(field.annotation) if _is_part(part)
            ]


def _types(annotation: Any) -> Iterator[Any]:  # noqa: ANN401  (what an annotation is)
    """The types that an annotation names, except the keys of mappings."""
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    elif get_origin(annotation) is Mapping:
        yield from _types(arguments[1])
    else:
        for argument in arguments:
            yield from _types(argument)


def _is_part(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, Record)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def _part(record: type[Record]) -> tuple[object, ...]:
    fields = sorted(record.model_fields.items(), key=lambda field: not field[1].is_required())
    short = record.short if issubclass(record, Short) else ""  # the field that a single line stands for
    rows = [(field.alias or name, field, _type(field), _example(field)) for name, field in fields]
    return _title(record), (record.__doc__ or "").strip(), short, rows


def _title(record: type) -> str:
    """The name of a class in words: `SideEffect` becomes `Side effect`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in record.__name__)
    return words.strip().capitalize()


def _type(field: FieldInfo) -> list[Linked]:
    """What the field holds, in words."""
    origin = get_origin(field.annotation)
    form = "by id: " if origin is Mapping else "a list: " if origin is tuple else ""
    holds = [found for kind in _types(field.annotation) for found in _holds(kind)]
    if form and holds:
        holds[0] = Linked(form + holds[0].text, holds[0].target)
    return holds


def _holds(kind: Any) -> Iterator[Linked]:  # noqa: ANN401
    if not isinstance(kind, type) or kind is type(None):
        if isinstance(kind, str):
            yield Linked(f"`{kind}`")
        return
    if kind is Expectation:
        yield Linked("`pass`, `skip`, `fail` or `{fail: the error text}`")
    elif issubclass(kind, Record):
        yield Linked(_title(kind).lower(), f"#{anchor(_title(kind))}")
    elif issubclass(kind, Enum):
        yield Linked(" ".join(f"`{each.value}`" for each in kind))
    elif issubclass(kind, Ref):
        yield Linked(f"the id of {'an' if kind.to[0] in 'aeiou' else 'a'} {kind.to}")
    else:
        yield Linked(next((words for known, words in _WORDS if issubclass(kind, known)), "text"))


def _example(field: FieldInfo) -> str:
    first = next(iter(field.examples or ()), "")
    return first if isinstance(first, str) else json.dumps(first, ensure_ascii=False)
