"""Quantities and the other values with a grammar of their own."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from triagebook.model.values import DocRef, FactRef, Place, Quantity, conversion, number

# ── quantities ───────────────────────────────────────────────────────────────────────────────────────

UNITS = ["", "%", "s", "ms", "min", "h", "d", "month", "year", "B", "kB", "MB", "GB", "files", "USD/year", "USD/month"]

numbers = st.builds(lambda whole, tenths: f"{whole}.{tenths}" if tenths else str(whole), st.integers(-999, 999),
                    st.integers(0, 9))  # fmt: skip
bounds = st.sampled_from(["", "at least ", "at most ", "more than ", "less than ", "about "])
units = st.sampled_from(UNITS)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Everything the grammar allows."""
    form, unit = draw(st.sampled_from(["bound", "share", "range"])), draw(units)
    if form == "bound":
        value = draw(bounds) + draw(numbers)
    elif form == "share":
        value = f"{draw(bounds)}{draw(st.integers(0, 99))}/{draw(st.integers(1, 99))}"
    else:
        value = " to ".join(sorted((draw(numbers), draw(numbers)), key=Fraction))
    return f"{value}{draw(st.sampled_from(['', ' ']))}{unit}".strip()


quantities = texts().map(Quantity.parse)
exact = st.builds(lambda value, unit: Quantity.parse(f"{value} {unit}".strip()), numbers, units)


@given(texts())
def test_a_quantity_reads_as_it_is_written(text: str) -> None:
    read = Quantity.parse(text)
    assert str(read) == text
    assert Quantity.parse(str(read)) == read


@given(quantities)
def test_a_quantity_without_its_text_can_be_written_and_read_back(read: Quantity) -> None:
    bare = Quantity(read.low, read.high, read.unit, read.open, read.rough)
    assume(all(bound is None or Fraction(number(bound)) == bound for bound in (read.low, read.high)))
    assert Quantity.parse(str(bare)) == bare


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("95 %", 95, 95, "%"),
        ("95%", 95, 95, "%"),
        ("95 percent", 95, 95, "%"),
        ("22/23", Fraction(22, 23), Fraction(22, 23), ""),
        ("at least 500000 USD/year", 500000, None, "USD/year"),
        ("at most 2 s", None, 2, "s"),
        ("more than 90 %", 90, None, "%"),
        ("less than 0.1 %", None, Fraction(1, 10), "%"),
        ("5 to 8 min", 5, 8, "min"),
        ("5 to 8 minutes", 5, 8, "min"),
        ("about 30 min", 30, 30, "min"),
        ("-3 °", -3, -3, "°"),
        ("0", 0, 0, ""),
    ],
)
def test_a_quantity_has_bounds_and_a_unit(text: str, low: Fraction | None, high: Fraction | None, unit: str) -> None:
    read = Quantity.parse(text)
    assert (read.low, read.high, read.unit) == (low, high, unit)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("90 %+", "is not a quantity"),
        ("~47", "is not a quantity"),
        ("", "is not a quantity"),
        ("many", "is not a quantity"),
        ("1,000", "is not a quantity"),
        ("1e3", None),
        ("at least 5 to 8 min", "is not a quantity"),
        ("1/2 to 3", "is not a quantity"),
        ("8 to 5 min", "runs backwards"),
        ("3/0", "divides by zero"),
        ("95  %", "is not a quantity"),
        ("> 95 %", "is not a quantity"),
    ],
)
def test_other_text_is_not_a_quantity(text: str, problem: str | None) -> None:
    if problem is None:
        assert Quantity.parse(text).unit == "e3", "a unit, not an exponent"
    else:
        with pytest.raises(ValueError, match=problem):
            Quantity.parse(text)


def test_only_a_single_number_is_exact() -> None:
    assert Quantity.parse("95 %").exact == 95
    assert all(Quantity.parse(text).exact is None for text in ("about 95 %", "at least 95 %", "5 to 8 min"))


# ── units ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2 h", "min", 120),
        ("1500 ms", "s", Fraction(3, 2)),
        ("1 d", "h", 24),
        ("9/18", "%", 50),
        ("95 %", "", Fraction(19, 20)),
        ("1 year", "month", 12),
        ("6000 USD/year", "USD/month", 500),
        ("1 MB/s", "kB/ms", 1),
        ("120 files/h", "files/min", 2),
        ("3 GB", "B", 3 * 10**9),
    ],
)
def test_units_of_one_kind_are_converted(text: str, unit: str, value: Fraction) -> None:
    converted = Quantity.parse(text).into(unit)
    assert converted is not None
    assert converted.exact == value


@pytest.mark.parametrize(
    ("unit", "other"), [("s", "B"), ("USD", "EUR"), ("files", ""), ("USD/year", "USD"), ("%", "s")]
)
def test_units_of_different_kinds_are_not_converted(unit: str, other: str) -> None:
    assert conversion(unit, other) is None
    assert Quantity.parse(f"3 {unit}".strip()).into(other) is None


@given(units, units)
def test_converting_back_gives_the_first_unit(unit: str, other: str) -> None:
    there, back = conversion(unit, other), conversion(other, unit)
    assert (there is None) == (back is None)
    assert there is None or back is None or there * back == 1


# ── comparison ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("target", "measured", "holds"),
    [
        ("at least 95 %", "95 %", True),
        ("at least 95 %", "94.9 %", False),
        ("more than 95 %", "95 %", False),
        ("more than 95 %", "95.1 %", True),
        ("more than 95 %", "more than 95 %", True),
        ("at least 95 %", "more than 95 %", True),
        ("more than 95 %", "at least 95 %", False),
        ("at most 2 s", "1500 ms", True),
        ("less than 2 s", "2000 ms", False),
        ("less than 2 s", "less than 2 s", True),
        ("5 to 8 min", "6 to 7 min", True),
        ("5 to 8 min", "6 to 9 min", False),
        ("5 to 8 min", "at least 6 min", False),
        ("at least 90 %", "16/18", False),
        ("at least 88 %", "16/18", True),
        ("100 %", "22/23", False),
        ("at most 2 s", "at least 1 s", False),
        ("at most 2 s", "3 files", None),
    ],
)
def test_a_value_is_compared_with_a_target(target: str, measured: str, holds: bool | None) -> None:  # noqa: FBT001
    assert Quantity.parse(target).holds(Quantity.parse(measured)) is holds


@given(quantities)
def test_every_quantity_lies_within_itself(one: Quantity) -> None:
    assert one.holds(one)


@given(quantities, quantities, quantities)
def test_a_value_within_a_range_is_within_a_wider_range(one: Quantity, other: Quantity, third: Quantity) -> None:
    if one.holds(other) and other.holds(third):
        assert one.holds(third)


@given(exact, exact)
def test_a_number_meets_another_only_if_they_are_equal(one: Quantity, other: Quantity) -> None:
    if one.holds(other):
        same = other.into(one.unit)
        assert same is not None
        assert same.exact == one.exact


# ── arithmetic ───────────────────────────────────────────────────────────────────────────────────────


def ends(amount: Quantity, unit: str) -> tuple[Fraction | None, Fraction | None, bool]:
    same = amount.into(unit)
    assert same is not None
    return same.low, same.high, same.rough


@given(quantities, quantities)
def test_the_order_of_a_sum_does_not_matter(one: Quantity, other: Quantity) -> None:
    assume(other.into(one.unit) is not None)
    assert ends(one + other, one.unit) == ends(other + one, one.unit)


@given(exact, exact, exact)
def test_the_grouping_of_a_sum_does_not_matter(one: Quantity, other: Quantity, third: Quantity) -> None:
    assume(other.into(one.unit) is not None and third.into(one.unit) is not None)
    assert ends((one + other) + third, one.unit) == ends(one + (other + third), one.unit)


@given(quantities)
def test_adding_zero_changes_nothing(one: Quantity) -> None:
    nothing = Quantity(Fraction(0), Fraction(0), one.unit)
    assert one + nothing == one


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("20 min", "5 to 8 min", "25 to 28 min"),
        ("1 h", "30 min", "1.5 h"),
        ("at least 20 min", "5 min", "at least 25 min"),
        ("at most 20 min", "5 min", "at most 25 min"),
        ("more than 20 min", "5 min", "more than 25 min"),
        ("about 20 min", "5 min", "about 25 min"),
        ("16", "28", "44"),
    ],
)
def test_quantities_are_added(one: str, other: str, both: str) -> None:
    assert str(Quantity.parse(one) + Quantity.parse(other)) == both


def test_the_sum_of_a_floor_and_a_ceiling_has_no_bounds() -> None:
    both = Quantity.parse("at least 2 s") + Quantity.parse("at most 3 s")
    assert (both.low, both.high) == (None, None)


def test_quantities_of_different_units_are_not_added() -> None:
    with pytest.raises(ValueError, match="their units differ"):
        Quantity.parse("2 s") + Quantity.parse("3 files")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "unknown"), (Fraction(3), "3"), (Fraction(1, 3), "0.333"), (Fraction(5, 2), "2.5")]
)
def test_numbers_are_written_for_people(value: Fraction | None, text: str) -> None:
    assert number(value) == text


# ── places, names of facts, lines of documents ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "path", "lines"),
    [
        ("app/routes.py:85,118", "app/routes.py", (85, 118)),
        ("app/routes.py:85, 118", "app/routes.py", (85, 118)),
        ("app/routes.py", "app/routes.py", ()),
        ("a file.py:3", "a file.py", (3,)),
    ],
)
def test_a_place_has_a_path_and_lines(text: str, path: str, lines: tuple[int, ...]) -> None:
    place = Place.parse(text)
    assert (place.path, place.lines) == (path, lines)
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize(
    "text", ["/etc/passwd", "C:/code/a.py", "~/a.py", "a\\b.py", "a.py:", "a.py:0", "a.py:x", "a.py:~5", "a.py:1-5", ""]
)
def test_other_text_is_not_a_place(text: str) -> None:
    with pytest.raises(ValueError, match="is not a place"):
        Place.parse(text)


@pytest.mark.parametrize(
    ("text", "name", "filters"),
    [
        ("tests.pass_rate", "tests.pass_rate", ()),
        ("stage", "stage", ()),
        ("tests.passed suite=smoke phase=after", "tests.passed", (("phase", "after"), ("suite", "smoke"))),
        ("impact.share of=platform-value", "impact.share", (("of", "platform-value"),)),
    ],
)
def test_the_name_of_a_fact_may_have_filters(text: str, name: str, filters: tuple[tuple[str, str], ...]) -> None:
    ref = FactRef.parse(text)
    assert (ref.name, ref.filters) == (name, filters)
    assert FactRef.parse(str(ref)) == ref


def test_the_order_of_filters_does_not_matter() -> None:
    assert FactRef.parse("tests.passed a=1 b=2") == FactRef.parse("tests.passed b=2 a=1")


@pytest.mark.parametrize(
    "text", ["", "Tests", "tests.", "tests passed", "tests.passed suite=", "a=b", "tests.passed  a=b"]
)
def test_other_text_is_not_the_name_of_a_fact(text: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a fact"):
        FactRef.parse(text)


def test_a_filter_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="names a filter twice"):
        FactRef.parse("tests.passed phase=after phase=before")


@pytest.mark.parametrize(
    ("text", "document", "first", "last"),
    [
        ("report.md", "report.md", None, None),
        ("report.md#L8", "report.md", 8, 8),
        ("report.md#L8-L12", "report.md", 8, 12),
        ("reports/report.md#L8", "reports/report.md", 8, 8),
        ("https://example.org/a#L8", "https://example.org/a#L8", None, None),
    ],
)
def test_a_source_names_a_document_and_lines(text: str, document: str, first: int | None, last: int | None) -> None:
    source = DocRef.parse(text)
    assert (source.document, source.first, source.last) == (document, first, last)
    assert str(source) == text
    assert source.on_the_web == text.startswith("https://")


@pytest.mark.parametrize("text", ["", "my report.md", "report.md#8", "report.md#L0", "report.md#L8-12", "report.md#"])
def test_other_text_is_not_a_source(text: str) -> None:
    with pytest.raises(ValueError, match="is not a source"):
        DocRef.parse(text)


def test_lines_that_run_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="runs backwards"):
        DocRef.parse("report.md#L12-L8")
