"""Decides which fields a repeated import may update: those that nobody has edited since the last one.

Each field has three values: the tracker's now, the tracker's at the last import, and the record's. A field that still
has its imported value follows the tracker; any other belongs to the person who edited it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from triagebook.findings import Edit, Plain

Fields = Mapping[str, Plain]


class ReimportEdits(Struct):
    """The edits to a record, and the fields that were changed both in the tracker and in the record."""

    edits: list[Edit] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def update(file: str, record: Mapping[str, Plain], last: Fields, new: Fields) -> ReimportEdits:
    """Update a record from the tracker; `last` is empty at the first import."""
    found = ReimportEdits()
    for name in dict.fromkeys((*last, *new)):
        now, before, after = _at(record, name), last.get(name), new.get(name)
        if _is_list(before) or _is_list(after):
            found.edits += _of_list(file, name, now, _items(before), _items(after))
        elif after in (before, now):
            continue
        elif now == before:
            found.edits.append(_set(file, name, after))
        elif now is not None:
            found.kept.append(name)
    return found


def nested(fields: Fields) -> dict[str, Plain]:
    """Turn fields with dotted names into nested ones, as in a record."""
    record: dict[str, Plain] = {}
    for name, value in fields.items():
        top, _, below = name.partition(".")
        above = record.get(top)
        record[top] = {**(above if isinstance(above, Mapping) else {}), below: value} if below else value
    return record


def _of_list(file: str, name: str, now: Plain | None, before: list[Plain], after: list[Plain]) -> Iterator[Edit]:
    """Remove items that the tracker dropped and add its new ones. Items added by people stay."""
    here = _items(now)
    gone = [index for index, item in enumerate(here) if item in before and item not in after]
    stay = [item for index, item in enumerate(here) if index not in gone]
    come = [item for item in after if item not in before and not _has(stay, item)]
    if gone and len(gone) == len(here) and not come:
        yield _set(file, name, None)
        return
    field = tuple(name.split("."))
    if come and not here:
        yield Edit(file, field, "set", come)
        return
    yield from (Edit(file, field, "append", item) for item in come)
    yield from (Edit(file, (*field, index), "remove") for index in reversed(gone))


def _has(items: list[Plain], wanted: Plain) -> bool:
    """Whether a list already has the item, compared by URL, error or text."""
    return wanted in items or any(_key(item) == _key(wanted) for item in items)


def _key(item: Plain) -> Plain:
    """The value that identifies an item."""
    if isinstance(item, Mapping):
        return next((item[key] for key in ("url", "error", "says") if key in item), item)
    return item


def _set(file: str, name: str, value: Plain | None) -> Edit:
    field = tuple(name.split("."))
    return Edit(file, field, "remove") if value is None else Edit(file, field, "set", value)


def _at(record: Mapping[str, Plain], name: str) -> Plain | None:
    value: Plain | None = record
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_list(value: Plain | None) -> bool:
    return isinstance(value, list | tuple)


def _items(value: Plain | None) -> list[Plain]:
    """A value as a list; a record may give a single item without one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
