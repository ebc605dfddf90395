"""All facts of an issue, by name."""

from __future__ import annotations

from . import numbers, tests
from .fact import Definition

DEFINITIONS: dict[str, Definition] = {
    value.name: value for module in (numbers, tests) for value in vars(module).values() if isinstance(value, Definition)
}

# A name of one of these families that is not defined is a typing error, not a measured value.
FAMILIES = frozenset(name.partition(".")[0] for name in DEFINITIONS)
