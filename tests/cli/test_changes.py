"""`set`, `close` and `edit`: a record is changed in place, stays a record, and is checked."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.cli.main import COMMANDS
from triagebook.store.load import load
from triagebook.vocabulary import VERBS

RECORD = """\
# The record
title: Login fails  # since noon
severity: high
opened: 2026-04-01
summary: Nobody can log in.
components: [cart]
"""


AUTHOR = ("-c", "user.name=Developer", "-c", "user.email=developer@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture
def record(book: Path) -> Path:
    path = book / "200" / "issue.yaml"
    path.parent.mkdir()
    path.write_text(RECORD, encoding="utf-8")
    return path


def test_a_field_is_set_and_every_other_byte_stays(run: Callable[..., Any], record: Path) -> None:
    ran = run("set", 200, "severity", "low")
    assert (ran.code, ran.out) == (0, "changed  issues/200/issue.yaml\n")
    assert record.read_text() == RECORD.replace("severity: high", "severity: low")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("environments.seen", "[staging]"), "environments:\n  seen: [staging]\n"),
        (("components", "--append", "checkout"), "components: [cart, checkout]\n"),
        (("title", "Login: fails"), 'title: "Login: fails"  # since noon\n'),
        (("title", "-1 items"), "title: -1 items  # since noon\n"),
        (("title", "{{ affected.locations }} calls"), 'title: "{{ affected.locations }} calls"  # since noon\n'),
        (("title", "[A link](https://example.org) fails"), 'title: "[A link](https://example.org) fails"  # since'),
    ],
)
def test_nested_fields_and_text_with_colons_are_set(
    arguments: tuple[str, ...], line: str, run: Callable[..., Any], record: Path
) -> None:
    assert run("set", 200, *arguments).code == 0
    assert line in record.read_text().replace("'", '"')


def test_a_field_is_removed(run: Callable[..., Any], record: Path) -> None:
    assert run("set", 200, "components", "--remove").code == 0
    assert record.read_text() == RECORD.replace("components: [cart]\n", "")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("severity", "bad"), "use `critical`, `high`, `medium` or `low`"),
        (("assignee", "web"), "use `owner`"),
        (("status", "done"), "the evidence decides the stage"),
        (("titel", "x"), "did you mean `title`?"),
        (("causes[0].stat", "confirmed"), "did you mean `state`?"),
        (("components", "[cart"), "close each bracket and quote"),
        (("title", "--remove"), "is required"),
    ],
)
def test_what_a_record_can_not_hold_is_refused_and_the_file_stays(
    arguments: tuple[str, ...], advice: str, run: Callable[..., Any], record: Path
) -> None:
    ran = run("set", 200, *arguments)
    assert ran.code == 2
    assert advice in ran.err
    assert record.read_text() == RECORD


def test_a_finding_that_the_change_causes_is_shown(run: Callable[..., Any], record: Path) -> None:
    ran = run("set", 200, "owner", "nobody")
    assert ran.code == 1
    assert "TB201" in ran.out
    assert "owner: nobody" in record.read_text()


def test_an_issue_is_closed_and_a_closing_beyond_the_evidence_is_found(
    run: Callable[..., Any], book: Path, record: Path
) -> None:
    ran = run("close", 200, "--as", "fixed", "--why", "It works again")
    closed = load(book).book.issues["200"].issue.closed
    assert closed is not None
    assert (closed.as_, closed.why) == ("fixed", "It works again")
    assert ran.code == 1
    assert "TB4" in ran.out
    assert run("set", 200, "closed", "--remove").code == 0
    assert record.read_text() == RECORD


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--as", "duplicate"), "--into is missing"),
        (("--as", "split", "--why", "Two defects"), "--into is missing"),
        (("--as", "declined"), "--why is missing"),
        (("--as", "duplicate", "--into", 200), "200 can't be closed into itself"),
        (("--as", "duplicate", "--into", 999), "there is no issue `999` in this book"),
        (("--as", "fixed", "--by", "nobody"), "there is no person `nobody` in this book"),
    ],
)
def test_an_incomplete_closing_is_refused_and_the_file_stays(
    arguments: tuple[object, ...], what: str, run: Callable[..., Any], record: Path
) -> None:
    ran = run("close", 200, *arguments)
    assert ran.code == 2
    assert what in ran.err
    assert record.read_text() == RECORD


def test_a_commit_is_kept_by_its_hash(run: Callable[..., Any], here: Path, record: Path) -> None:
    for command in (["init", "-q"], ["add", "."], [*AUTHOR, "commit", "-qm", "The book"]):
        subprocess.run(["git", *command], cwd=here, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, check=True, capture_output=True, text=True).stdout
    assert run("set", 200, "fix.changes", "--append", "{path: issues/catalog.yaml, commit: HEAD}").code == 0
    assert f"commit: {head.strip()}" in record.read_text()
    before = record.read_text()
    refused = run("set", 200, "fix.changes.0.commit", "no-such-branch")
    assert refused.code == 2
    assert "has no commit `no-such-branch`" in refused.err
    assert record.read_text() == before


def test_the_editor_is_followed_by_the_check(
    run: Callable[..., Any], record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text().replace('high', 'hihg'))"
    monkeypatch.setenv("EDITOR", f"{sys.executable} -c {shlex.quote(script)}")
    monkeypatch.delenv("VISUAL", raising=False)
    ran = run("edit", 200)
    assert ran.code == 1
    assert "hihg" in record.read_text()
    assert "severity: hihg" in ran.out


@pytest.mark.parametrize(
    ("arguments", "ours"),
    [
        (("delete", 200), "use: triagebook close ID --as declined"),
        (("label", 200, "slow"), "use: triagebook set ID labels WORD --append"),
        (("list", "--assignee", "web"), "use --owner"),
        (("new", "--tag", "slow"), "use --label"),
    ],
)
def test_an_unknown_verb_or_option_is_answered_with_ours(
    arguments: tuple[str, ...], ours: str, run: Callable[..., Any]
) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ours in ran.err


def test_what_stands_for_another_verb_is_a_command_of_ours() -> None:
    told = [line.split()[1] for text in VERBS.values() for line in text.split("; ") if line.startswith("triagebook")]
    assert {one for one in told if not one.startswith("--")} <= {*COMMANDS}
    assert not {*COMMANDS} & {*VERBS} - {"comment"}


def test_a_key_of_another_tool_is_answered_with_ours(run: Callable[..., Any], record: Path) -> None:
    record.write_text(RECORD + "assignee: web\nstatus: done\n")
    out = run("check", 200).out
    assert "did you mean `owner`?" in out
    assert "the evidence decides the stage" in out
