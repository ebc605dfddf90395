"""What a fact is: a named, typed and documented number or state, with its origins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from functools import cache
from inspect import Parameter, signature
from types import ModuleType
from typing import Any, TypeAlias

from msgspec import Struct

from triagebook.book import Entry
from triagebook.findings import Field
from triagebook.model.evidence import Grade
from triagebook.model.values import FactRef, Quantity, conversion, number

Value: TypeAlias = "int | Fraction | Quantity | str | None"


class UnknownFactError(Exception):
    """A name that no fact has, or a filter or value that the fact does not accept."""


class Origin(Struct, frozen=True):
    """A field of a record, or a piece of evidence, that a fact was computed from."""

    file: str
    field: Field = ()

    def as_data(self) -> dict[str, Any]:
        return {"file": self.file, "field": [part if isinstance(part, int) else str(part) for part in self.field]}

    def __str__(self) -> str:
        return f"{self.file}#{'.'.join(map(str, self.field))}" if self.field else self.file


def issue_origin(entry: Entry, *way: str | int) -> Origin:
    return Origin(f"{entry.id}/issue.yaml", way)


def evidence_origin(entry: Entry, name: str, *way: str | int) -> Origin:
    return Origin(f"{entry.id}/evidence/{name}.yaml", way)


def _readable(quantity: Quantity) -> str:
    """A long time in hours, because `1310 min` is hard to read."""
    if quantity.unit != "min" or quantity.low is None or quantity.low != quantity.high or quantity.low < _LONG:
        return str(quantity)
    hours, minutes = divmod(quantity.low, 60)
    return f"{hours} h {number(minutes)} min" if minutes else f"{hours} h"


_LONG = 120  # minutes


class Fact(Struct, frozen=True):
    """A number or state computed from the book. A value of None is unknown, which is never 0."""

    ref: FactRef
    value: Value
    unit: str = ""
    origins: tuple[Origin, ...] = ()
    grade: Grade | None = None  # the weakest evidence it rests on; None if it rests on records alone
    why_unknown: str = ""  # or why a known value is only a statement
    summary: str = "A measured value"

    @property
    def quantity(self) -> Quantity | None:
        """The value as a quantity, if it is a number or a range."""
        if isinstance(self.value, Quantity):
            return self.value
        if isinstance(self.value, int | Fraction):
            exact = Fraction(self.value)
            return Quantity(exact, exact, "" if self.unit == "share" else self.unit)
        return None

    @property
    def bare(self) -> str:
        """The value without the name of what is counted: `261`, `95.7 %`, `5 to 8 min`."""
        return f"{self.value:,}" if isinstance(self.value, int) else str(self)

    def __str__(self) -> str:
        if self.value is None:
            return "unknown"
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, Quantity):
            return _readable(self.value)
        if self.unit == "share":
            return percent(Fraction(self.value))
        unit = _ONE.get(self.unit, self.unit) if self.value == 1 else self.unit
        return f"{number(Fraction(self.value))} {unit}".rstrip()

    @property
    def sources(self) -> tuple[Origin, ...]:
        """The origins; of several items of one list or mapping, that list or mapping."""
        lists = Counter((origin.file, origin.field[:-1]) for origin in self.origins)
        several = {Origin(file, way) for (file, way), number in lists.items() if way and number > 1}
        above = ((origin, Origin(origin.file, origin.field[:-1])) for origin in self.origins)
        return tuple(dict.fromkeys(whole if whole in several else origin for origin, whole in above))

    def as_data(self) -> dict[str, Any]:
        """The one JSON form of a fact, without what is empty; a range has `low` and `high`, null if it is open."""
        ends = (
            {"low": _plain(self.value.low), "high": _plain(self.value.high)} if isinstance(self.value, Quantity) else {}
        )
        optional = {
            "filters": {key: str(value) for key, value in self.ref.filters},
            "unit": self.value.unit if isinstance(self.value, Quantity) else self.unit,
            "why_unknown": self.why_unknown if self.value is None else "",
            "grade": self.grade.value if self.grade else "",
            "origins": [origin.as_data() for origin in self.sources],
        }
        return {
            "name": self.ref.name,
            "value": _plain(self.value.exact if isinstance(self.value, Quantity) else self.value),
            **ends,
            "text": str(self),
            **{name: value for name, value in optional.items() if value},
        }


def _plain(value: int | Fraction | str | None) -> int | float | str | None:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    return str(value) if isinstance(value, str) else value  # a reference is text


_ONE = {
    "files": "file", "locations": "location", "steps": "step", "tests": "test", "pieces": "piece", "times": "time",
    "criteria": "criterion", "changes": "change",
}  # fmt: skip


def comparable(actual: Quantity, stated: Quantity) -> Quantity:
    """Prepares a quantity for comparison with a stated one: a number without a unit counts things of any kind."""
    measures = "/" in actual.unit or any(conversion(actual.unit, unit) is not None for unit in ("", "s", "month", "B"))
    return actual if stated.unit or measures else Quantity(actual.low, actual.high, "", actual.open, actual.rough)


def percent(share: Fraction) -> str:
    """A share for people: one decimal, and never rounded up to all or down to nothing."""
    tenths = round(share * 1000)
    if tenths == 1000 and share < 1:
        tenths = 999
    if tenths == 0 and share > 0:
        tenths = 1
    return f"{number(Fraction(tenths, 10))} %"


class Computed(Struct, frozen=True):
    """The result of computing a fact."""

    value: Value
    origins: tuple[Origin, ...] = ()
    grade: Grade | None = None
    why_unknown: str = ""


def number_of(found: Iterable[Origin], every: Collection[object], none: str) -> Computed:
    """How many there are of something; unknown if none is recorded at all, with the reason."""
    origins = tuple(found)
    return Computed(len(origins), origins) if every else Computed(None, why_unknown=none)


class Definition(Struct, frozen=True):
    """The definition of a fact: its name, summary, unit and computation, whose keyword parameters are its filters."""

    name: str
    summary: str
    unit: str
    compute: Callable[..., Computed]

    @property
    def filters(self) -> tuple[str, ...]:
        return tuple(_parameters(self.compute))[1:]

    @property
    def defaults(self) -> dict[str, str]:
        """The values of filters that are left out."""
        parameters = _parameters(self.compute).values()
        return {parameter.name: parameter.default for parameter in parameters if isinstance(parameter.default, str)}

    def refuse_unknown_filters(self, ref: FactRef) -> None:
        unknown = [key for key, _ in ref.filters if key not in self.filters]
        if unknown:
            known = ", ".join(self.filters) or "no filter"
            raise UnknownFactError(f"`{self.name}` has no filter `{unknown[0]}`; it takes {known}")

    def of(self, subject: object, ref: FactRef) -> Fact:
        """Computes the fact of an issue's ledger or verdict, or of a whole book."""
        found = self.compute(subject, **dict(ref.filters))
        return Fact(ref, found.value, self.unit, found.origins, found.grade, found.why_unknown, self.summary)


@cache
def _parameters(compute: Callable[..., Computed]) -> Mapping[str, Parameter]:
    return signature(compute).parameters


def fact(name: str, summary: str, unit: str = "") -> Callable[[Callable[..., Computed]], Definition]:
    """Turns the function below it into the definition of a fact."""
    return lambda compute: Definition(name, summary, unit, compute)


def definitions_in(*modules: ModuleType) -> dict[str, Definition]:
    """The facts that modules define, by name."""
    found = (value for module in modules for value in vars(module).values() if isinstance(value, Definition))
    return {definition.name: definition for definition in found}
