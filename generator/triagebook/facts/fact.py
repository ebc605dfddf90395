"""What a fact is: a named, typed, documented figure or state, with where it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from inspect import Parameter, signature
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from triagebook.model.evidence import Grade
from triagebook.model.values import FactRef, Quantity, conversion, number

if TYPE_CHECKING:
    from triagebook.findings import Field

    from .case import Case

Value: TypeAlias = "int | Fraction | Quantity | str | None"


class UnknownFactError(Exception):
    """A name that no fact has, or a filter that it does not take."""


class Origin(Struct, frozen=True):
    """A field of a record, or a piece of evidence, that a fact came from."""

    file: str
    field: Field = ()

    def __str__(self) -> str:
        return f"{self.file}#{'.'.join(map(str, self.field))}" if self.field else self.file


class Fact(Struct, frozen=True):
    """A figure or state computed from the book. A value of None is unknown, which is never 0."""

    ref: FactRef
    value: Value
    unit: str = ""
    origins: tuple[Origin, ...] = ()
    grade: Grade | None = None  # the weakest evidence it rests on; None where it rests on records alone
    why_unknown: str = ""

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
        """The value as it stands in a sentence that says itself what is counted: `261`, `95.7 %`, `5 to 8 min`."""
        return f"{self.value:,}" if isinstance(self.value, int) else str(self)

    def __str__(self) -> str:
        if self.value is None:
            return "unknown"
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, Quantity):
            return str(self.value)
        if self.unit == "share":
            return percent(Fraction(self.value))
        unit = _ONE.get(self.unit, self.unit) if self.value == 1 else self.unit
        return f"{number(Fraction(self.value))} {unit}".rstrip()


_ONE = {
    "files": "file", "locations": "location", "steps": "step", "tests": "test", "pieces": "piece", "times": "time",
    "criteria": "criterion", "changes": "change",
}  # fmt: skip


def comparable(so: Quantity, stated: Quantity) -> Quantity:
    """A quantity as it can be held against a stated one: a figure without a unit counts things, of any kind."""
    measures = "/" in so.unit or any(conversion(so.unit, unit) is not None for unit in ("", "s", "month", "B"))
    return so if stated.unit or measures else Quantity(so.low, so.high, "", so.open, so.rough)


def percent(share: Fraction) -> str:
    """A share for people: one decimal, and never rounded up to all or down to nothing."""
    tenths = round(share * 1000)
    if tenths == 1000 and share < 1:
        tenths = 999
    if tenths == 0 and share > 0:
        tenths = 1
    return f"{number(Fraction(tenths, 10))} %"


class Found(Struct, frozen=True):
    """What the computation of a fact gives."""

    value: Value
    origins: tuple[Origin, ...] = ()
    grade: Grade | None = None
    why_unknown: str = ""


class Definition(Struct, frozen=True):
    """A kind of fact: its name, what it says, its unit, how it is computed; its filters are the computation's."""

    name: str
    summary: str
    unit: str
    compute: Callable[..., Found]

    @property
    def filters(self) -> tuple[str, ...]:
        return tuple(_parameters(self.compute))[1:]

    @property
    def defaults(self) -> dict[str, str]:
        """What a filter stands at where it is left out."""
        parameters = _parameters(self.compute).values()
        return {parameter.name: parameter.default for parameter in parameters if isinstance(parameter.default, str)}

    def of(self, case: Case, ref: FactRef) -> Fact:
        found = self.compute(case, **dict(ref.filters))
        return Fact(ref, found.value, self.unit, found.origins, found.grade, found.why_unknown)


@cache
def _parameters(compute: Callable[..., Found]) -> Mapping[str, Parameter]:
    return signature(compute).parameters


def fact(name: str, summary: str, unit: str = "") -> Callable[[Callable[..., Found]], Definition]:
    """Makes a kind of fact of the function below it."""
    return lambda compute: Definition(name, summary, unit, compute)
