"""Turns pydantic's validation errors into messages for people who write records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic_core import ErrorDetails

from triagebook.errors import nearest
from triagebook.findings import Field
from triagebook.model.base import Record


def worth_saying(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop errors about a missing key that is only misspelt: one mistake, one finding."""
    unknown = [(error["loc"][:-1], str(error["loc"][-1])) for error in errors if error["type"] == "extra_forbidden"]
    misspelt = {
        (parent, near)
        for parent, key in unknown
        if (near := nearest(key, [str(e["loc"][-1]) for e in errors if e["type"] == "missing"]))
    }
    return [e for e in errors if e["type"] != "missing" or (e["loc"][:-1], str(e["loc"][-1])) not in misspelt]


def explain(error: ErrorDetails, model: type[Record]) -> tuple[str, str, str]:
    """The code of the rule, what is wrong, and what to do."""
    path: Field = error["loc"]
    key = str(path[-1]) if path else ""
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return "TB107", f"`{key}` is not a known key", _nearest(key, _records_at(model, path[:-1]))
        case "missing":
            return "TB109", f"`{key}` is missing", _add(key, _records_at(model, path[:-1]))
        case "value_error":
            says, _, do = str(context["error"]).partition(": ")
            return "TB108", says if says.startswith("`") else f"{_subject(path)} {says}", do or "correct the value"
        case "enum" | "literal_error":
            return (
                "TB108",
                f"`{error['input']}` is not a value that {_subject(path)} can have",
                f"write {context['expected']}",
            )
        case "greater_than_equal" | "less_than_equal":
            return "TB108", f"`{error['input']}` is out of range", error["msg"].lower()
        case _:
            return "TB108", f"{_subject(path)} holds {_form(error['input'])}", f"write {_expected(error, model, path)}"


def _subject(path: Field) -> str:
    """The subject of a message: the key, or the item of a list."""
    if path and isinstance(path[-1], int):
        return f"item {path[-1] + 1} of `{next((key for key in reversed(path) if isinstance(key, str)), '')}`"
    return f"`{path[-1]}`" if path else "the file"


def _form(value: object) -> str:
    if value == "" or value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"`{value}`"


_KINDS = {
    "string_type": "text",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "mapping_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "bool_type": "`true` or `false`",
    "int_type": "a whole number",
    "date_type": "a day, `2025-09-15`",
    "datetime_type": "a time, `2025-09-15T14:30:00Z`",
}


def _expected(error: ErrorDetails, model: type[Record], path: Field) -> str:
    kind = _KINDS.get(error["type"], error["msg"].removeprefix("Input should be ").lower())
    keys = sorted(_keys(_records_at(model, path))) if error["type"] in {"model_type", "model_attributes_type"} else []
    return f"{kind} with the keys {', '.join(keys[:8])}{' ...' if len(keys) > 8 else ''}" if keys else kind


def _nearest(key: str, records: set[type[Record]]) -> str:
    known = _keys(records)
    if near := nearest(key, known):
        return f"did you mean `{near}`?"
    return f"remove it, or use one of {', '.join(f'`{name}`' for name in sorted(known))}"


def _add(key: str, records: set[type[Record]]) -> str:
    for record in records:
        for name, field in record.model_fields.items():
            if (field.alias or name) == key and field.examples:
                example = field.examples[0]
                return (
                    f"add it: `{key}: {example}`" if isinstance(example, str) else f"add `{key}`: {field.description}"
                )
    return "add it"


def _keys(records: set[type[Record]]) -> set[str]:
    return {field.alias or name for record in records for name, field in record.model_fields.items()}


def _records_at(model: type[Record], path: Field) -> set[type[Record]]:
    """The kinds of record that a field may hold."""
    here = {model}
    for key in path:
        fields = [f for record in here for name, f in record.model_fields.items() if (f.alias or name) == key]
        if fields:  # else an index or a user-chosen key, which leads to the same kind of record
            here = {record for field in fields for record in _records_in(field.annotation, *field.metadata)}
    return here


def _records_in(*annotations: object) -> Iterator[type[Record]]:
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, Record):
            yield annotation
        else:
            yield from _records_in(*get_args(annotation))
