"""All facts of an issue, by name."""

from __future__ import annotations

from triagebook.model.values import FactRef

from . import numbers, tests
from .fact import Definition

DEFINITIONS: dict[str, Definition] = {
    value.name: value for module in (numbers, tests) for value in vars(module).values() if isinstance(value, Definition)
}

# A name of one of these families that is not defined is a typing error, not a measured value.
FAMILIES = frozenset(name.partition(".")[0] for name in DEFINITIONS)

_OF_A_MEASURED_VALUE = {"phase": "after"}


def plain(ref: FactRef) -> FactRef:
    """The same name without the filters that only repeat what is so anyhow."""
    definition = DEFINITIONS.get(ref.name)
    given = definition.defaults if definition else _OF_A_MEASURED_VALUE
    return FactRef(ref.name, tuple((key, value) for key, value in ref.filters if given.get(key) != value))
