"""Every value of a record, with the way to it. What a value is, its class says: prose, a reference, a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Record

Way = tuple[str | int, ...]


def leaves(record: Record, way: Way = ()) -> Iterator[tuple[Way, object]]:
    """The scalars of a record, in the order of its fields, with the way to each as it is written in the file."""
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if value is not None:
            yield from _leaves_of(value, (*way, field.alias or name))


def _leaves_of(value: object, way: Way) -> Iterator[tuple[Way, object]]:
    if isinstance(value, Record):
        yield from leaves(value, way)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves_of(item, (*way, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves_of(item, (*way, index))
    else:
        yield way, value
