"""A repeated check: the cached result equals the result of a check without the cache."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.commands import triagebook
from tests.kit.hypotheses import examples

Run = Callable[..., Any]
HERE = Path(__file__).parent
FORMATS = ("text", "json", "github", "sarif", "junit")


def checked(book: Path, *options: str) -> tuple[int, str]:
    ran = triagebook("check", "--book", book, "--as-of", "2025-10-01", *options, env={"NO_COLOR": "1"})
    return ran.code, ran.out


def spoil(book: Path) -> None:
    with (book / "101" / "issue.yaml").open("a") as file:
        file.write("labels: [a]\nlables: [b]\n")
    with (book / "9" / "issue.yaml").open("a") as file:
        file.write("relations: [{to: 10, kind: blocks}]\nsymptoms: ['âœ… done']\n")


@pytest.mark.parametrize("form", FORMATS)
def test_cached_and_fresh_output_are_identical(book: Path, form: str) -> None:
    """In every format."""
    spoil(book)
    anew = checked(book, "--format", form, "--no-cache")
    assert [checked(book, "--format", form) for _ in range(2)] == [anew, anew]
    assert anew[0] == 1


def test_a_repeated_check_reads_no_record(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless --no-cache is given."""
    first = checked(book)
    monkeypatch.setattr("triagebook.store.load.load", lambda *_: pytest.fail("it reads records"))
    assert checked(book) == first
    assert checked(book, "--strict") == first
    with pytest.raises(pytest.fail.Exception):
        checked(book, "--no-cache")


@pytest.mark.parametrize(
    "options", [("--select", "TB7"), ("--ignore", "TB1"), ("--as-of", "2020-01-01"), ("101",)], ids=" ".join
)
def test_other_options_are_not_answered_from_the_cache(book: Path, options: tuple[str, ...]) -> None:
    spoil(book)
    checked(book)
    assert checked(book, *options) == checked(book, *options, "--no-cache")


# ── any edits ────────────────────────────────────────────────────────────────────────────────────────

RECORDS = ("catalog.yaml", "9/issue.yaml", "10/issue.yaml", "101/issue.yaml", "10/affected.yaml", "9/evidence/a.yaml")
PIECES = (
    "",
    "labels: [a]\n",
    "lables: [b]\n",
    "components: [nowhere]\n",
    "relations: [{to: 10, kind: blocks}]\n",
    "relations: [{to: 9, kind: blocked-by}]\n",
    "symptoms: ['TypeError: it can not be awaited']\n",
    "rules: {TB601: off}\n",
    "closed: {on: 2025-09-30, as: fixed}\n",
    "kind: observation\ngrade: attested\nat: 2025-09-20\nsays: It fails\n",
    "a: [\n",
    "\xff",
)
WRITE = st.tuples(st.just("write"), st.sampled_from(RECORDS), st.sampled_from(PIECES))
APPEND = st.tuples(st.just("append"), st.sampled_from(RECORDS), st.sampled_from(PIECES))
REMOVE = st.tuples(st.just("remove"), st.sampled_from(RECORDS), st.just(""))
RESTORE = st.tuples(st.just("restore"), st.just(""), st.just(""))


def edit(book: Path, how: str, name: str, text: str) -> None:
    path = book / name
    if how == "restore":
        shutil.rmtree(book)
        shutil.copytree(HERE / "book", book)
    elif how == "remove":
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if how == "append" and path.exists() else b""
        path.write_bytes(before + text.encode("latin-1"))


@examples(12)
@given(edits=st.lists(WRITE | APPEND | REMOVE | RESTORE, min_size=1, max_size=6))
def test_after_any_edit_the_result_equals_a_fresh_check(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, str]]
) -> None:
    book = tmp_path_factory.mktemp("edited") / "issues"
    shutil.copytree(HERE / "book", book)
    for each in edits:
        edit(book, *each)
        anew = checked(book, "--format", "json", "--no-cache")
        assert [checked(book, "--format", "json") for _ in range(2)] == [anew, anew]
