"""The reader accepts plain YAML, knows the position of every value, and rejects everything else."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.kit.hypotheses import examples
from triagebook.store.load import load
from triagebook.store.yaml import YamlNode, YamlProblem, locate, read, read_plain
from triagebook.store.yaml_errors import mark_at

from . import broken_files, broken_syntax
from .documents import documents, real_documents

BROKEN = broken_syntax.BROKEN | broken_files.BROKEN
REAL = real_documents()
SOUP = [
    "a", "b: ", "- ", "? ", ": ", ":", "#", "# c", "\n", "\n", "\n  ", "\n    ", "'", '"', "[", "]", "{", "}", ", ",
    ",", "|", "|\n  ", ">-\n  ", "|+\n ", "\t", " ", "\\", "&a ", "*a", "!t ", "%", "@", "`", "---\n", "...\n", "key: ",
    "é", "\r\n", "\r", "~", "<<: ", "0", "''", "\\x41",
]  # fmt: skip
soup = st.lists(st.sampled_from(SOUP), max_size=14).map("".join)


@st.composite
def nearly_documents(draw: st.DrawFn) -> str:
    """A file in which some characters were replaced: mistakes in real files are few and small."""
    text = draw(documents())
    start = draw(st.integers(0, len(text)))
    return text[:start] + draw(st.sampled_from(SOUP)) + text[start + draw(st.integers(0, 3)) :]


def test_every_scalar_is_read_as_text() -> None:
    text = "{a: 1184, b: 123e456, c: 2025-09-15, d: true, e: null, f: ~, g: , h: 0x1F, i: 1_000, j: yes, k: =, l: '1'}"
    assert list(read_plain(text).values()) == [  # type: ignore[union-attr]
        "1184", "123e456", "2025-09-15", "true", "null", "~", "", "0x1F", "1_000", "yes", "=", "1",
    ]  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gives_one_finding(name: str, tmp_path: Path) -> None:
    holds, says, do = BROKEN[name]
    (tmp_path / "7").mkdir()
    (tmp_path / "catalog.yaml").write_text("title: Book\n")
    (tmp_path / "7/issue.yaml").write_bytes(holds if isinstance(holds, bytes) else holds.encode())
    found = [(f.file, f"{f.code} {f.line}:{f.column} {f.says}", f.do) for f in load(tmp_path).findings]
    assert found == [("7/issue.yaml", says, do)]


@given(soup | nearly_documents() | st.text(max_size=20))
@examples(300)
def test_any_text_is_read_the_same_in_both_ways_or_rejected_with_a_position_in_it(text: str) -> None:
    """As nodes and as plain data alone."""
    problem = _problem(text)
    if problem is None:
        assert read_plain(text) == read(text).plain()
        return
    assert problem.says
    assert problem.do
    assert 0 <= problem.mark.index <= len(text)
    assert mark_at(text, problem.mark.index) == problem.mark
    with pytest.raises(YamlProblem, match=re.escape(problem.says)):
        read_plain(text)


def _problem(text: str) -> YamlProblem | None:
    try:
        read(text)
    except YamlProblem as problem:
        return problem
    return None


@given(soup | nearly_documents() | documents())
@examples(150)
def test_a_second_parser_agrees_on_what_both_accept(text: str) -> None:
    ours, theirs = _ours(text), _theirs(text)
    if ours is not None and theirs is not None:
        assert ours == theirs


@pytest.mark.parametrize(("depth", "accepted"), [(31, True), (32, False)])
@pytest.mark.parametrize("innermost", ["{x: 1}", "[a]", "{a: b}"])
def test_values_may_be_nested_32_deep(depth: int, accepted: bool, innermost: str) -> None:  # noqa: FBT001
    problem = _problem("{a: " * depth + innermost + "}" * depth)
    assert (problem is None) == accepted


@pytest.mark.parametrize("name", REAL)
def test_a_second_parser_agrees_on_real_files(name: str) -> None:
    assert _ours(REAL[name]) == _theirs(REAL[name])


def _ours(text: str) -> Any:
    """What we read; a lone block of text is not a record, and parsers differ on it."""
    try:
        root = read(text)
    except YamlProblem:
        return None
    return None if root.scalar is not None else root.plain()


def _theirs(text: str) -> Any:
    """What ruamel.yaml's own parser reads, scalars as text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of anchors that are used twice
            found = list(YAML(typ="base", pure=True).load_all(text))
    except Exception:  # noqa: BLE001  (it fails in many ways on what is not YAML)
        return None
    return found[0] if len(found) == 1 else None


# ── places ───────────────────────────────────────────────────────────────────────────────────────────


@given(documents())
@examples(120)
def test_every_mark_is_at_its_value(text: str) -> None:
    """Quoted and plain scalars also end at their mark."""
    for node in _nodes(read(text)):
        assert mark_at(text, node.start.index) == node.start
        assert _stands_at(text, node), (text[node.start.index :], node)
        if node.scalar and node.style not in {"|", ">"}:
            assert read_plain(f"- {text[node.start.index : node.end.index]}") == [node.scalar]


def _nodes(node: YamlNode) -> Iterator[YamlNode]:
    yield node
    yield from (node.keys or {}).values()
    for below in node.items or node.values.values():
        yield from _nodes(below)


def _stands_at(text: str, node: YamlNode) -> bool:
    source = text[node.start.index : node.end.index]
    if node.style:
        return source[0] == node.style
    if node.scalar is not None:
        return source.split() == node.scalar.split()
    if node.flow:
        return source[0] in "[{" or bool(node.keys)  # or a pair in a list, which begins with its key
    if node.items is not None:
        return source.startswith("-")
    first = next(iter(node.keys.values())) if node.keys else node
    return source.startswith("?") or first.start == node.start


RECORD = """\
title: A
causes:
  says: x
  at: [a.py:1, b.py:2]
next:
- do: this
  takes: 5 min
- that
"""


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ((), "1:1"),
        (("title",), "1:1"),
        (("causes",), "2:1"),
        (("causes", "at"), "4:3"),
        (("causes", "at", 1), "4:16"),
        (("causes", 0, "at", 1), "4:16"),  # one that stands alone, without its list
        (("causes", 0), "2:1"),
        (("causes", "at", 7), "4:3"),  # what is not there: the nearest thing above it
        (("causes", "nothing", "below"), "2:1"),
        (("next", 0), "6:3"),
        (("next", 0, "takes"), "7:3"),
        (("next", 1), "8:3"),
        (("nothing",), "1:1"),
    ],
)
def test_a_field_is_located_at_its_key_or_the_nearest_value_above(field: tuple[str | int, ...], place: str) -> None:
    mark = locate(read(RECORD), field)
    assert f"{mark.line}:{mark.column}" == place
