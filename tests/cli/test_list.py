"""`triagebook list`: filters, order, and output for people and programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("book")


def ids(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines()[1:]]


def test_columns_are_aligned_in_a_pipe(run: Callable[..., Any], golden: Callable[[str, str], None]) -> None:
    """Wide characters included; nothing is cut."""
    golden("list", run("list").out)


def test_json_output(run: Callable[..., Any], golden: Callable[[str, str], None]) -> None:
    ran = run("list", "--format", "json")
    assert [issue["id"] for issue in json.loads(ran.out)["issues"]] == ["9", "10", "101"]
    golden("list-json", ran.out)


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 120])
def test_the_table_fits_the_terminal(
    columns: int, run_on_terminal: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    ran = run_on_terminal("list", columns=columns)
    golden(f"list-{columns}", ran.out)


def test_the_table_says_how_many_issues_are_filtered_out(run_on_terminal: Callable[..., Any]) -> None:
    assert run_on_terminal("list", "--state", "open").out.splitlines()[-1] == "2 of 3 issues"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--state", "open"], ["9", "10"]),
        (["--state", "closed"], ["101"]),
        (["--severity", "medium"], ["10"]),
        (["--severity", "medium", "--severity", "low"], ["10", "101"]),
        (["--component", "cart"], ["9", "101"]),
        (["--component", "cart", "--component", "checkout"], ["9", "10", "101"]),
        (["--pattern", "lost-update"], ["9"]),
        (["--owner", "backend"], ["9"]),
        (["--owner", "backend", "--owner", "web"], ["9", "101"]),
        (["--text", "VANISH"], ["9"]),
        (["--text", "stalecarterror"], ["9"]),
        (["--text", "shop/cart/store.py"], ["9"]),
        (["--text", "tests/test_cart"], ["9"]),
        (["--text", "of the morning"], ["10"]),
        (["--text", "cart", "--text", "EUR"], ["101"]),
        (["--state", "open", "--component", "checkout", "--severity", "medium"], ["10"]),
        (["--sort", "severity", "--reverse"], ["101", "10", "9"]),
        (["--sort", "opened"], ["10", "101", "9"]),
        (["--sort", "title"], ["10", "101", "9"]),
        (["--sort", "state"], ["9", "10", "101"]),
        (["--sort", "component"], ["9", "101", "10"]),
        (["--sort", "owner"], ["9", "101", "10"]),
        (["--sort", "owner", "--reverse"], ["101", "9", "10"]),
        (["--sort", "id", "--reverse"], ["101", "10", "9"]),
        (["--reverse"], ["101", "10", "9"]),
    ],
    ids=" ".join,
)
def test_filters_and_order(arguments: list[str], expected: list[str], run: Callable[..., Any]) -> None:
    """Each filter alone, repeated and combined; each order in both directions; issues without a value come last."""
    ran = run("list", *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ids(ran.out) == expected


def test_a_ruled_out_cause_does_not_match_its_pattern(run: Callable[..., Any], book: Path) -> None:
    path = book / "9" / "issue.yaml"
    path.write_text(path.read_text().replace("state: confirmed", "state: ruled-out"))
    assert run("list", "--pattern", "lost-update").err == "none of 3 issues matches; remove a filter\n"


def test_unknown_names_are_refused(transcript: Callable[[list[str]], str], golden: Callable[[str, str], None]) -> None:
    """The error suggests the most similar name."""
    filters = ["--component chekout", "--owner zoo", "--pattern update", "--component cart --component Checkout"]
    golden("errors-list", transcript([f"triagebook list {words}" for words in filters]))


def test_no_match_is_explained_on_standard_error(run: Callable[..., Any]) -> None:
    ran = run("list", "--text", "dragons")
    assert (ran.code, ran.out, ran.err) == (0, "", "none of 3 issues matches; remove a filter\n")
    assert run("list", "--text", "dragons", "--format", "json").out == '{\n  "issues": []\n}\n'


def test_an_empty_book_says_how_to_begin(run: Callable[..., Any], book: Path) -> None:
    for issue in ("9", "10", "101"):
        (book / issue / "issue.yaml").rename(book / f"{issue}.md")
    ran = run("list", cwd=book)
    assert (ran.code, ran.out) == (0, "")
    assert "there are no issues yet; create one: triagebook new\n" in ran.err


def test_an_unreadable_record_is_reported(run: Callable[..., Any], book: Path) -> None:
    (book / "10" / "issue.yaml").write_text("title: [\n")
    ran = run("list")
    assert ids(ran.out) == ["9", "101"]
    assert (ran.code, ran.err) == (0, "note: 1 record can't be read; see: triagebook check\n")


def test_control_characters_are_escaped(run: Callable[..., Any], book: Path) -> None:
    path = book / "10" / "issue.yaml"
    path.write_text('title: "a \\e[31m \\u202e b"\nseverity: low\nopened: 2026-01-01\nsummary: c\n')
    assert run("list").out.splitlines()[2].endswith("a \\x1b[31m \\u202e b")
