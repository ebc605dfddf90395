"""TB5xx: the record beside the source code. The examples of these rules bring their code along."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.kit.books import book_of, findings_of
from triagebook.code.checkouts import Checkouts
from triagebook.code.state import SourceState
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding
from triagebook.rules import RULES as ALL_RULES
from triagebook.rules import Rule
from triagebook.rules.engine import run
from triagebook.scan.drift import drifts_in

OLD, NOW = "5222b25608c3", "ab14a73d8429"  # what the examples call the commits
_HEADER = r"^# (?P<path>\S+\.(?!yaml\b)\w+)(?: at (?P<commit>\w+))?\n"
_CODE = re.compile(_HEADER + r"(?P<lines>(?:#(?:   .*)?\n)*)", re.MULTILINE)
RULES = [rule for rule in ALL_RULES if rule.code.startswith("TB5")]
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def drift_of(text: str, folder: Path) -> list[Finding]:
    """What the rules find in an example: a record, and below it files as they were (`# FILE at COMMIT`), or are."""
    code, book = folder / "code", folder / "book"
    code.mkdir()
    _git(code, "init", "--quiet")
    sections = list(_CODE.finditer(text))
    old = _commit(code, [section for section in sections if section["commit"]])
    now = _commit(code, [section for section in sections if not section["commit"]])
    loaded = book_of(_CODE.sub("", text.replace(OLD, old).replace(NOW, now)), book)
    assert not loaded.findings, loaded.findings
    checkout = Checkouts(loaded.root, loaded.book, code).of(loaded.book.issues["1"])
    found = drifts_in(loaded.book, loaded.root, {"1": checkout})
    return run(RULES, Inquiry(loaded.book, SourceState(head=now, drift=found)), only=frozenset({"1"}))


def _commit(code: Path, sections: list[re.Match[str]]) -> str:
    for section in sections:
        path = code / section["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (line.removeprefix("#").removeprefix("   ") for line in section["lines"].splitlines())
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _git(code, "add", "--all")
    _git(code, "commit", "--quiet", "--allow-empty", "--message", "A change")
    return _git(code, "rev-parse", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    who = {f"GIT_{role}_{key}": "me@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


@EVERY_RULE
def test_the_bad_example_shows_the_rule_and_nothing_else(rule: type[Rule], tmp_path: Path) -> None:
    found = drift_of(rule.bad, tmp_path)
    assert {finding.code for finding in found} == {rule.code}, found
    assert {finding.severity for finding in found} == {rule.severity}
    assert all(finding.says and finding.do for finding in found)


@EVERY_RULE
def test_the_good_example_has_no_finding(rule: type[Rule], tmp_path: Path) -> None:
    assert not drift_of(rule.good, tmp_path)


@EVERY_RULE
def test_without_source_code_the_rule_finds_nothing(rule: type[Rule]) -> None:
    """What was not looked at is unknown; only the search of a step can be told from the record alone."""
    found = [finding for finding in findings_of(rule.bad, select="TB5") if finding.code != "TB504"]
    assert not found


@pytest.mark.parametrize(
    ("search", "missed"),
    [
        (r"regex: 'await get_manager\(\)'", "`await get_manager(user)`"),
        (r"regex: 'await get_manager\(\w+\)'", "`await get_manager()`"),
        (r"regex: 'await get_manager\(', include: 'app/**'", "`await get_manager()`"),
        (r"regex: 'await get_manager\(', exclude: 'tests/'", "`await get_manager()`"),
        (r"code: await get_manager($$$), language: python, include: '*.pyi'", ""),
        (r"regex: 'await get_manager\('", ""),
        (r"regex: 'await\s+get_\w+\('", ""),
        (r"regex: 'logger\.error\('", ""),
        (r"regex: '(a+)+$'", ""),
    ],
)
def test_without_source_code_a_search_is_compared_with_recorded_locations(search: str, missed: str) -> None:
    """A search for something else, which finds none of them, does not count as weaker."""
    text = f"""
detector: {{code: await get_manager($$$), language: python}}
plan: {{after: [{{do: See that no call is left, search: {{{search}}}}}]}}
# affected.yaml
locations:
  - {{at: "app/chat.py:2", text: await get_manager(user)}}
  - {{at: "tests/test_chat.py:1", text: await get_manager()}}
"""
    found = [finding.says for finding in findings_of(text, select="TB504")]
    assert [missed in says for says in found] == ([True] if missed else [])
