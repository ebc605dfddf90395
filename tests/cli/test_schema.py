"""`triagebook schema`: prints one schema, or writes all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.model.schema import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_printed_without_a_book(kind: str, run: Callable[..., Any], here: Path) -> None:
    """Nothing is written."""
    ran = run("schema", kind)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert list(here.iterdir()) == []


def test_outdated_schemas_are_written(run: Callable[..., Any], book: Path) -> None:
    first = run("schema")
    assert (first.code, first.err) == (0, "")
    assert first.out == "".join(f"wrote issues/.schema/{kind}.json\n" for kind in KINDS)
    assert (book / ".schema" / "issue.json").read_text(encoding="utf-8") == run("schema", "issue").out
    assert run("schema").out == "6 schemas in issues/.schema: all up to date\n"
    (book / ".schema" / "issue.json").write_text("{}")
    (book / ".schema" / "catalog.json").unlink()
    assert run("schema").out == "wrote issues/.schema/catalog.json\nwrote issues/.schema/issue.json\n"


def test_check_lists_outdated_schemas_and_writes_nothing(run: Callable[..., Any], book: Path) -> None:
    run("schema")
    (book / ".schema" / "issue.json").write_text("{}")
    ran = run("schema", "--check")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == "issues/.schema/issue.json: outdated\n  to update them, run: triagebook schema\n"
    assert (book / ".schema" / "issue.json").read_text() == "{}"
    run("schema")
    ran = run("schema", "--check")
    assert (ran.code, ran.out) == (0, "6 schemas in issues/.schema: all up to date\n")


def test_an_unknown_kind_is_refused(run: Callable[..., Any]) -> None:
    ran = run("schema", "isue")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: there is no schema named `isue`\n"
        "  did you mean `issue`? If not, use one of: affected, catalog, claims, evidence, issue, pattern\n"
    )


def test_check_and_kind_are_refused_together(run: Callable[..., Any]) -> None:
    ran = run("schema", "issue", "--check")
    assert ran.code == 2
    assert ran.err == "error: --check compares all schemas; leave KIND out\n  see: triagebook schema --help\n"


def test_a_pipe_in_place_of_a_file_is_an_error(run: Callable[..., Any], book: Path) -> None:
    """Nobody writes into it, so reading it would never end."""
    run("schema")
    (book / ".schema" / "issue.json").unlink()
    os.mkfifo(book / ".schema" / "issue.json")
    ran = run("schema")
    assert ran.code == 2
    assert ".schema/issue.json is already there" in ran.err
