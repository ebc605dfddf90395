"""Edits mean what they say, and keep every byte of what they do not touch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import documents, keys, real_documents, values
from hunt import examples
from hypothesis import given, note
from hypothesis import strategies as st
from laws import at, check_text, exists, model, ways
from triagebook.errors import InvalidEditError
from triagebook.findings import Edit
from triagebook.store.edit import apply
from triagebook.store.meaning import Data, thaw
from triagebook.store.yaml import read

REAL = real_documents()


def data_of(text: str) -> Data:
    return thaw(read(text).plain())


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> Edit:
    """An edit that has a meaning for a text: of what is there, or of what is missing."""
    data = data_of(text)
    way = draw(st.sampled_from(list(ways(data))))
    how = draw(st.sampled_from(["set", "append", "remove"]))
    if draw(st.booleans()) and how != "remove":
        while isinstance(at(data, way), str):
            way = way[:-1]
        here = at(data, way)
        way = (*way, len(here) if isinstance(here, list) else draw(keys))
        if not exists(data, way) and isinstance(way[-1], str):
            way += ("x", "y")[: draw(st.integers(0, 2))]
    return Edit("f.yaml", way, how, "" if how == "remove" else draw(values))


@st.composite
def edited_documents(draw: st.DrawFn) -> tuple[str, Edit]:
    text = draw(documents())
    return text, draw(edits_of(text))


@st.composite
def edited_real_documents(draw: st.DrawFn) -> tuple[str, Edit]:
    text = REAL[draw(st.sampled_from(sorted(REAL)))]
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return text, draw(edits_of(text))


def check_laws(text: str, edit: Edit) -> None:
    expected = model(data_of(text), edit)
    if not expected:
        with pytest.raises(InvalidEditError, match="nothing would be left"):
            apply(text, [edit])
        return
    new = apply(text, [edit])
    note(f"{text}\n--- {edit.how} {edit.field} {edit.value!r}\n{new}")
    assert repr(data_of(new)) == repr(expected)
    check_text(text, edit, new)


@given(edited_documents())
@examples(400)
def test_laws_hold_of_documents_in_any_style(case: tuple[str, Edit]) -> None:
    check_laws(*case)


@given(edited_real_documents())
@examples(150)
def test_laws_hold_of_real_documents(case: tuple[str, Edit]) -> None:
    check_laws(*case)
