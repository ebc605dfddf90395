"""Values with a grammar of their own: quantities and ranges, places in code, names of facts, lines of documents."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Self

from msgspec import Struct

from triagebook.expressions import HOW, ExpressionError, compiled

from .base import Many, Path, Record, Scalar, Text, several

_NUMBER = r"-?\d+(?:\.\d+)?"
_UNIT = r"%|[A-Za-zµ€£$°][A-Za-z0-9_-]*(?:/[A-Za-z][A-Za-z0-9_-]*)?"
_BOUND = r"at least|at most|more than|less than|about"

# Units of one group can be compared; the number converts to the group's first unit.
_GROUPS: tuple[dict[str, Fraction], ...] = (
    {"s": Fraction(1), "ms": Fraction(1, 1000), "min": Fraction(60), "h": Fraction(3600), "d": Fraction(86400)},
    {"": Fraction(1), "%": Fraction(1, 100)},
    {"month": Fraction(1), "year": Fraction(12)},
    {"B": Fraction(1), "kB": Fraction(10**3), "MB": Fraction(10**6), "GB": Fraction(10**9)},
)
_OTHER_NAMES = {
    "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "hour": "h", "hours": "h", "day": "d",
    "days": "d", "months": "month", "years": "year", "percent": "%",
}  # fmt: skip


def _plain_unit(unit: str) -> str:
    return "/".join(_OTHER_NAMES.get(part, part) for part in unit.split("/"))


@lru_cache(maxsize=1024)
def conversion(unit: str, into: str) -> Fraction | None:
    """The factor from `unit` to `into`; None if the two measure different things."""
    factor = Fraction(1)
    parts, into_parts = unit.split("/"), into.split("/")
    if len(parts) != len(into_parts):
        return None
    for index, (a, b) in enumerate(zip(parts, into_parts, strict=True)):
        if a == b:
            continue
        group = next((group for group in _GROUPS if a in group and b in group), None)
        if group is None:
            return None
        step = group[a] / group[b]
        factor = factor / step if index else factor * step
    return factor


class Quantity(Scalar, Struct, frozen=True, eq=False):
    """A number or a range of numbers, with a unit: `95 %`, `at most 2 s`, `5 to 8 min`, `22/23`."""

    low: Fraction | None
    high: Fraction | None
    unit: str = ""
    open: bool = False  # `more than` and `less than`: the bound itself is outside
    rough: bool = False  # `about`
    text: str = ""  # as it was written; does not count in comparisons

    pattern: ClassVar[str] = rf"(?:({_NUMBER}) to ({_NUMBER})|(?:({_BOUND}) )?({_NUMBER}|\d+/\d+))(?: ?({_UNIT}))?"

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(cls.pattern, text)
        if match is None:
            raise ValueError(
                f"`{text}` is not a quantity: write `95 %`, `at least 95 %`, `at most 2 s`, `5 to 8 min` or `22/23`"
            )
        first, last, bound, single, unit_as_written = match.groups()
        unit = _plain_unit(unit_as_written or "")
        if last:
            if Fraction(last) < Fraction(first):
                raise ValueError(f"`{text}` runs backwards: write the smaller number first")
            return cls(Fraction(first), Fraction(last), unit, text=text)
        if re.search(r"/0+$", single):
            raise ValueError(f"`{text}` divides by zero")
        return cls(
            low=None if bound in {"at most", "less than"} else Fraction(single),
            high=None if bound in {"at least", "more than"} else Fraction(single),
            unit=unit,
            open=bound in {"more than", "less than"},
            rough=bound == "about",
            text=text,
        )

    @property
    def exact(self) -> Fraction | None:
        """The one number it is, if it is one number."""
        return self.low if self.low == self.high and not self.rough else None

    def into(self, unit: str) -> Quantity | None:
        """The same quantity in another unit; None if the two measure different things."""
        factor = conversion(self.unit, unit)
        if factor is None:
            return None
        low, high = (None if number is None else number * factor for number in (self.low, self.high))
        return Quantity(low, high, unit, self.open, self.rough)

    def holds(self, measured: Quantity) -> bool | None:
        """Whether a measured value lies within this range; None if the two can't be compared."""
        other = measured.into(self.unit)
        if other is None:
            return None
        if self.low is not None and (
            other.low is None or other.low < self.low or (self.open and other.low == self.low and not other.open)
        ):
            return False
        return self.high is None or (
            other.high is not None
            and other.high <= self.high
            and not (self.open and other.high == self.high and not other.open)
        )

    def __add__(self, other: Quantity) -> Quantity:
        converted = other.into(self.unit)
        if converted is None:
            raise ValueError(f"`{self}` and `{other}` can't be added: their units differ")
        low = None if self.low is None or converted.low is None else self.low + converted.low
        high = None if self.high is None or converted.high is None else self.high + converted.high
        return Quantity(low, high, self.unit, self.open or converted.open, self.rough or converted.rough)

    @property
    def _meant(self) -> tuple[object, ...]:
        return self.low, self.high, self.unit, self.open, self.rough

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self._meant == other._meant

    def __hash__(self) -> int:
        return hash(self._meant)

    def __str__(self) -> str:
        if self.text:
            return self.text
        unit = f" {self.unit}" if self.unit else ""
        if self.low is None:
            return f"{'less than' if self.open else 'at most'} {number(self.high)}{unit}"
        if self.high is None:
            return f"{'more than' if self.open else 'at least'} {number(self.low)}{unit}"
        if self.low == self.high:
            return f"{'about ' if self.rough else ''}{number(self.low)}{unit}"
        return f"{number(self.low)} to {number(self.high)}{unit}"


def number(value: Fraction | None) -> str:
    """A number for people: without decimals if it is whole, else as a decimal of at most three places."""
    if value is None:
        return "unknown"
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


class Place(Scalar, Struct, frozen=True):
    """A file, and the lines of it that are meant: `app/routes.py:85,118`."""

    path: Path
    lines: tuple[int, ...] = ()

    pattern: ClassVar[str] = rf"{Path.pattern.removesuffix('+').replace('[^', '[^:')}+(?::[1-9]\d*(?:, ?[1-9]\d*)*)?"

    @classmethod
    def parse(cls, text: str) -> Self:
        path, colon, lines = text.partition(":")
        if not re.fullmatch(cls.pattern, text):
            raise ValueError(
                f"`{text}` is not a place in the code: write `path/from/the/root.py`, or with lines `path.py:85,118`"
            )
        return cls(Path.parse(path), tuple(int(line) for line in lines.split(",")) if colon else ())

    def __str__(self) -> str:
        return f"{self.path}:{','.join(map(str, self.lines))}" if self.lines else str(self.path)


class FactRef(Scalar, Struct, frozen=True):
    """The name of a fact, narrowed by filters: `tests.pass_rate suite=staging-journey phase=after`."""

    name: str
    filters: tuple[tuple[str, str], ...] = ()

    pattern: ClassVar[str] = r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)*(?: [a-z_]+=[^\s=]+)*"

    @classmethod
    def parse(cls, text: str) -> Self:
        if not re.fullmatch(cls.pattern, text):
            raise ValueError(f"`{text}` is not the name of a fact: `tests.pass_rate`, or `tests.pass_rate phase=after`")
        name, *rest = text.split(" ")
        filters = sorted((key, value) for key, _, value in (item.partition("=") for item in rest))
        if len({key for key, _ in filters}) < len(filters):
            raise ValueError(f"`{text}` names a filter twice")
        return cls(name, tuple(filters))

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{key}={value}" for key, value in self.filters)])


class DocRef(Scalar, Struct, frozen=True):
    """Where something was read: a document of the record and its lines, or an address on the web."""

    document: str
    first: int | None = None
    last: int | None = None

    pattern: ClassVar[str] = r"(https?://\S+)|([^\s#]+)(?:#L([1-9]\d*)(?:-L([1-9]\d*))?)?"

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(cls.pattern, text)
        if match is None:
            raise ValueError(f"`{text}` is not a source: `document.md#L8`, `document.md#L8-L12` or https://...")
        address, document, first, last = match.groups()
        if address or not first:
            return cls(address or document)
        if last and int(last) < int(first):
            raise ValueError(f"`{text}` runs backwards: write the first line first")
        return cls(document, int(first), int(last or first))

    @property
    def on_the_web(self) -> bool:
        return self.document.startswith(("http://", "https://"))

    def __str__(self) -> str:
        if self.first is None:
            return self.document
        lines = f"L{self.first}" if self.first == self.last else f"L{self.first}-L{self.last}"
        return f"{self.document}#{lines}"


class Expression(Text):
    """A regular expression."""

    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            compiled(text)
        except ExpressionError as why:
            raise ValueError(f"`{text}` is not a regular expression that can be searched for ({why}): {HOW}") from None
        return super().parse(text)


class Digest(Text):
    """The SHA-256 of some bytes."""

    pattern = r"sha256:[0-9a-f]{64}"
    problem = "is not a digest: write `sha256:` and 64 hexadecimal digits"

    @classmethod
    def of(cls, data: bytes) -> str:
        return "sha256:" + sha256(data).hexdigest()


class Sourced(Record):
    """What may say where it was read."""

    from_: Many[DocRef] = several("The document and line it comes from", "1231-test-strategy.md#L168")
