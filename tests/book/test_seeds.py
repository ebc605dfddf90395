"""Every line of the source documents is recorded in the book.

A `seeds-*.yaml` tells of each line what it says, in other words, and where that lives: a file of the book and the way
to a field, as in `1231/issue.yaml#fix.chosen`. Where that field names its sources, the line must be one of them. The
documents themselves are not kept here, only how many lines each has and which of them are not blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from triagebook.store.yaml import read_plain

HERE = Path(__file__).parent
BOOK = HERE.parents[1] / "issues"
LISTS: list[Any] = [read_plain(path.read_text("utf-8")) for path in sorted(HERE.glob("seeds-*.yaml"))]
DOCUMENTS = [
    pytest.param(document, of["documents"].get(document), of["facts"].get(document, []), id=document)
    for of in LISTS
    for document in {**of["documents"], **of["facts"]}
]


@pytest.mark.parametrize(("document", "about", "facts"), DOCUMENTS)
def test_every_line_of_a_document_is_listed_as_fact_or_layout(document: str, about: Any, facts: list[Any]) -> None:
    """Each line that is not blank is a fact, or mere layout; none is both, none is blank or beyond the end."""
    assert about, f"{document} is not described under `documents`"
    text, layout = lines(about["text"]), lines(about["layout"])
    listed = {line for fact in facts for line in lines(fact["line"])}
    assert max(text) <= int(about["lines"])
    assert sorted(text - listed - layout) == [], "these lines are not listed"
    assert sorted((listed | layout) - text) == [], "these lines are blank, or beyond the end"
    assert sorted(listed & layout) == [], "these lines are layout and a fact"


@pytest.mark.parametrize(("document", "about", "facts"), DOCUMENTS)
def test_every_fact_is_in_the_book_with_its_source_line(document: str, about: Any, facts: list[Any]) -> None:  # noqa: ARG001
    """Each place is there, and where it names its sources, the line is one of them."""
    lost = [
        f"line {fact['line']}: {place} {wrong}"
        for fact in facts
        for place in several(fact["lives"])
        if (wrong := _what_is_wrong(document, lines(fact["line"]), place))
    ]
    assert lost == []


def test_every_fact_has_a_summary() -> None:
    assert [fact for of in LISTS for facts in of["facts"].values() for fact in facts if not fact["says"].strip()] == []


def _what_is_wrong(document: str, wanted: set[int], place: str) -> str:
    file, _, way = place.partition("#")
    if file.endswith(".py"):  # the code of a suite, beside its record
        path = BOOK / file
        return "" if path.is_file() and way in path.read_text("utf-8") else "is not there"
    try:
        value = follow(record(file), way)
    except LookupError as error:
        return f"is not there: {error}"
    own = f"{Path(file).stem}.md" if "/claims/" in file else ""
    sources = [*sources_in(value, own), *sources_of(record(file), way)]
    if sources and not any(name == document and (not named or named & wanted) for name, named in sources):
        return "does not name the line as its source"
    return ""


@cache
def record(file: str) -> Any:
    """A file of the book as plain YAML."""
    path = BOOK / file
    if not path.is_file():
        raise LookupError(file)
    return read_plain(path.read_text("utf-8"))


def follow(value: Any, way: str) -> Any:
    """What stands at the end of a dotted way; a key may hold dots itself, so the longest that fits counts."""
    while way:
        steps = value if isinstance(value, dict) else dict(zip(map(str, range(len(value))), value, strict=True))
        if isinstance(value, str) or not (fitting := [key for key in steps if f"{way}.".startswith(f"{key}.")]):
            raise LookupError(way)
        key = max(fitting, key=len)
        value, way = steps[key], way[len(key) + 1 :]
    return value


def sources_of(of: Any, way: str) -> Iterator[tuple[str, set[int]]]:
    """The sources of the section that a way leads into, if the record names them for the whole section."""
    for section, refs in of.get("sources", {}).items():
        if f"{way}.".startswith(f"{section}."):
            yield from sources_in({"from": refs})


def sources_in(value: Any, own: str = "") -> Iterator[tuple[str, set[int]]]:
    """Every source that a value names, as document and lines; no lines means the whole document.

    `own` is the document that a file of claims is about.
    """
    if isinstance(value, dict):
        if own and "says" in value and "title" not in value:
            yield own, lines(value.get("lines", []))
        if own and "names" in value:
            yield own, lines([line for names in value["names"].values() for line in names.values()])
        for key, part in value.items():
            if key in {"from", "also"}:
                for source in several(part):
                    document, _, named = source.partition("#")
                    yield document, lines(named.replace("L", "")) if named else set()
            else:
                yield from sources_in(part, own)
    elif isinstance(value, list):
        for part in value:
            yield from sources_in(part, own)


def lines(text: Any) -> set[int]:
    """`3`, `3-5` or a list of these -> the numbers."""
    found: set[int] = set()
    for part in several(text):
        first, last = re.fullmatch(r"(\d+)(?:-(\d+))?", part).groups()  # type: ignore[union-attr]
        found |= set(range(int(first), int(last or first) + 1))
    return found


def several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Block(yaml.SafeDumper):
    """Writes as people do, but nothing in brackets."""


_Block.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text.strip() else None
    ),
)


@pytest.mark.parametrize("issue", ["1184", "1231"])
def test_an_issue_holds_the_defect_and_our_plan_in_under_700_lines(issue: str) -> None:
    """In block style, a value or a key a line, with its comments."""
    text = (BOOK / issue / "issue.yaml").read_text("utf-8")
    block = yaml.dump(read_plain(text), Dumper=_Block, width=120, sort_keys=False, allow_unicode=True)
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert block.count("\n") + len(comments) < 700
    assert not {"claims", "documents"} & set(record(f"{issue}/issue.yaml"))
