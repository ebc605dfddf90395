"""Edits change what they name and keep every other byte."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.kit.hypotheses import examples
from triagebook.errors import InvalidEditError
from triagebook.findings import Edit
from triagebook.store.edit import apply
from triagebook.store.emit import Writer
from triagebook.store.yaml import read_plain

from .documents import documents, keys, real_documents, scalars, values
from .laws import at, check_text, exists, model, ways

REAL = real_documents()
HOWS: tuple[Literal["set", "append", "remove"], ...] = ("set", "append", "remove")


def data_of(text: str) -> Any:
    return read_plain(text)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> Edit:
    """An edit that has a meaning for a text: of what is there, or of what is missing."""
    data = data_of(text)
    way = draw(st.sampled_from(list(ways(data))))
    how = draw(st.sampled_from(HOWS))
    if draw(st.booleans()) and how != "remove":
        while isinstance(at(data, way), str):
            way = way[:-1]
        here = at(data, way)
        way = (*way, len(here) if isinstance(here, list) else draw(keys))
        if not exists(data, way) and isinstance(way[-1], str):
            way += ("x", "y")[: draw(st.integers(0, 2))]
    return Edit("f.yaml", way, how, "" if how == "remove" else draw(values))


@st.composite
def edited_documents(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Several edits of one document: to make a document takes most of the time."""
    text = draw(documents())
    return text, draw(st.lists(edits_of(text), min_size=1, max_size=4))


@st.composite
def edited_real_documents(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = REAL[draw(st.sampled_from(sorted(REAL)))]
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return text, draw(st.lists(edits_of(text), min_size=1, max_size=4))


def check_laws(text: str, edit: Edit) -> None:
    expected = model(data_of(text), edit)
    if not expected:
        with pytest.raises(InvalidEditError, match="the file would be empty"):
            apply(text, [edit])
        return
    new = apply(text, [edit])
    note(f"{text}\n--- {edit.how} {edit.field} {edit.value!r}\n{new}")
    assert repr(data_of(new)) == repr(expected)
    check_text(text, edit, new)


@given(edited_documents())
@examples(200)
def test_the_laws_of_edits_hold_for_documents_in_any_style(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    for edit in edits:
        check_laws(text, edit)


@given(edited_real_documents())
@examples(50)
def test_the_laws_of_edits_hold_for_real_documents(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    for edit in edits:
        check_laws(text, edit)


# ── examples ─────────────────────────────────────────────────────────────────────────────────────────

_EXAMPLES = Path(__file__).with_name("edits.txt").read_text(encoding="utf-8").split("\n=== ")[1:]


def _edit(line: str) -> Edit:
    """`set a.b.0: value`, the value in YAML; a key that is not a plain word is quoted."""
    how, _, rest = line.partition(" ")
    if how == "remove":
        return Edit("f.yaml", _field(rest), "remove")
    ((field, value),) = read_plain(rest).items()  # type: ignore[union-attr]
    field = rest[1 : rest.index('"', 1)] if rest.startswith('"') else field
    way = (field,) if rest.startswith('"') else _field(field)
    return Edit("f.yaml", way, "set" if how == "set" else "append", value)


def _field(words: str) -> tuple[str | int, ...]:
    return tuple(int(word) if word.isdigit() else word for word in words.split("."))


@pytest.mark.parametrize("example", _EXAMPLES, ids=[example.partition("\n")[0] for example in _EXAMPLES])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CR LF"])
@pytest.mark.parametrize("ending", ["a line end", "none"])
def test_an_edit_gives_exactly_the_expected_text(example: str, newline: str, ending: str) -> None:
    head, before, after = re.split(r"\n---\n", example)
    edits = [_edit(line) for line in head.split("\n")[1:]]
    before, after = (text.rstrip("\n").replace("\n", newline) for text in (before, after))
    if ending == "none":
        assert apply(before, edits).removesuffix(newline) == after
    else:
        assert apply(before + newline, edits) == after + newline


@pytest.mark.parametrize(
    ("text", "edit", "says"),
    [
        ("a: x\n", Edit("f", ("a", "b"), "set", "y"), "f: `a` is text, so it can't hold `b`"),
        ("a: [x]\n", Edit("f", ("a", "b"), "set", "y"), "f: `a` is a list, so it can't hold `b`"),
        ("a: [x]\n", Edit("f", ("a", 2), "set", "y"), "f: `a` is a list, so it can't hold `2`"),
        ("a: {x: y}\n", Edit("f", ("a", 2), "set", "y"), "f: `a` is a mapping, so it can't hold `2`"),
        ("a: x\n", Edit("f", ("b", 1), "set", "y"), "f: `b.1` names item 1 of a list that does not exist"),
        ("a: x\n", Edit("f", ("b",), "remove"), "f: `b` is not set"),
        ("a: x\n", Edit("f", ("a", 3), "remove"), "f: `a.3` is not set"),
        ("a: x\n", Edit("f", ("a",), "remove"), "f: the file would be empty"),
        ("a: x\n", Edit("f", ("a",), "set", "half \ud800"), "f: `a` is written in a form that no program can change"),
        ("a: 'x\n", Edit("f", ("a",), "set", "y"), "f: line 1: the quotes that open here are not closed"),
        ("? a\n", Edit("f", ("a",), "set", "y"), "f: `? a` has no value to replace"),
    ],
)
def test_an_impossible_edit_is_a_clear_error(text: str, edit: Edit, says: str) -> None:
    with pytest.raises(InvalidEditError) as error:
        apply(text, [edit])
    assert error.value.what == says
    assert error.value.do


def test_a_single_value_can_be_addressed_as_item_0() -> None:
    assert apply("a: {b: x}\n", [Edit("f", ("a", 0, "b"), "set", "y")]) == "a: {b: y}\n"
    assert apply("a: x\nc: d\n", [Edit("f", ("a", 0), "remove")]) == "c: d\n"
    assert apply("a: x\n", [Edit("f", ("a", 1), "set", "y")]) == "a: [x, y]\n"


def test_a_byte_order_mark_is_kept() -> None:
    assert apply("\ufeffa: x\n", [Edit("f", ("a",), "set", "y")]) == "\ufeffa: y\n"


@pytest.mark.parametrize("sign", ["|", "|-", "|+", ">", ">-", ">+", "|2", "|2-"])
@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\n\n\n"])
def test_a_block_of_text_at_the_end_keeps_its_value_when_a_key_follows(sign: str, ending: str) -> None:
    text = f"a: {sign}\n  x\n\n  y{ending}"
    new = apply(text, [Edit("f", ("b",), "set", "z")])
    assert data_of(new) == {**data_of(text), "b": "z"}  # type: ignore[dict-item]
    if ending == "\n" or (ending and "+" in sign):
        assert new.startswith(text)


@given(documents())
@examples(50)
def test_setting_the_current_value_changes_no_byte(text: str) -> None:
    data = data_of(text)
    for way in ways(data):
        assert apply(text, [Edit("f", way, "set", at(data, way))]) == text


@given(st.lists(scalars | st.text(max_size=6).filter(str.isprintable), min_size=1, max_size=8, unique=True))
@examples(80)
def test_written_values_read_back_unchanged(values: list[str]) -> None:
    """As keys and values, in lists and mappings, on lines of their own and in brackets."""
    writer, data = Writer(), {"a": values, "b": [{value: value} for value in values]}
    assert data_of(writer.document(data)) == data
    assert data_of(writer.document({value: [[value], {value: [value]}] for value in values})) == {
        value: [[value], {value: [value]}] for value in values
    }
    assert data_of(f"[{writer.inline(values)}]") == [values]
    assert data_of("{" + ", ".join(writer.pair(value, value) for value in values) + "}") == {v: v for v in values}
