"""`search` and `status`: issues by words and pasted errors, and the book on one screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("book")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["vanishing", "items"], "9"),
        (["StaleCartError: cart 99 was changed"], "9"),
        (["101"], "101"),
    ],
)
def test_the_best_match_comes_first(words: list[str], first: str, run: Callable[..., Any]) -> None:
    ran = run("search", *words)
    assert (ran.code, ran.out.split()[0]) == (0, first)


def test_a_trace_can_be_piped_in(run: Callable[..., Any]) -> None:
    log = "2026-04-01T08:00:01Z ERROR [worker-2] shop.web: StaleCartError: cart 99 was changed\n"
    (first, *_) = json.loads(run("search", "-", "--json", stdin=log).out)["issues"]
    assert first["id"] == "9"
    assert first["why"].startswith("the same error but for values")


def test_nothing_found_fails(run: Callable[..., Any]) -> None:
    ran = run("search", "xylophone")
    assert (ran.code, ran.out, ran.err) == (1, "", "nothing found\n")


def test_the_status_shows_each_stage_with_its_open_issues(run: Callable[..., Any], golden: Callable[..., None]) -> None:
    golden("status", run("status", "--no-source").out)
    stages = json.loads(run("status", "--json", "--no-source").out)
    assert sorted([*stages["closed"], *(name for found in stages["stages"].values() for name in found)]) == [
        "10",
        "101",
        "9",
    ]
