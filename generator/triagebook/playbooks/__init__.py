"""The default playbook of each kind of issue: what to ask, how to reproduce it, and how to test and judge a fix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from triagebook.book import Book
from triagebook.model.base import Line, Many, Named, Prose, Text, required
from triagebook.model.building_blocks import Step
from triagebook.model.defect import IssueKind
from triagebook.model.issue import Issue
from triagebook.model.planning import Work

from .runners import PYTEST, Runner, runners

_OTHER = IssueKind.WRONG_RESULT  # where no word of the text says more
_LEVEL = "integration"  # the tests of playbooks go through what users use


class Playbook(Work):
    """What an issue of a kind can start with."""

    title: Line = required("The kind, with its article", "a crash")
    words: Many[Text] = required("Regular expressions of what people write about it", ["crash"])
    ask: Named[Prose] = required("Who is affected, since when, and the workaround", {"since": "Since when?"})
    reproduce: Many[Step] = required("How to reproduce it", ["Take the last step before the crash"])


def kind_in(title: str, *texts: str) -> IssueKind:
    """The kind that a text reads like: what its title says counts three times."""
    found = {kind: 3 * _hits(kind, title) + sum(_hits(kind, text) for text in texts) for kind in IssueKind}
    best = max(found, key=lambda kind: found[kind])
    return best if found[best] else _OTHER


def kind_of(issue: Issue) -> IssueKind:
    """The kind that the record names, else the one that its text reads like."""
    errors = (str(symptom.error or symptom.says) for symptom in issue.symptoms)
    return issue.kind or kind_in(issue.title, issue.summary, *errors)


def playbook(kind: IssueKind, issue_id: str, book: Book) -> Playbook:
    """The playbook of a kind, with names that fit an issue and its book."""
    return Playbook.model_validate(_read(kind, issue_id, book))


def to_record(kind: IssueKind, issue_id: str, book: Book) -> dict[str, Any]:
    """The part of a playbook that a record can contain; `triagebook tests` writes the code of the tests."""
    found = _read(kind, issue_id, book)
    for suite in found["suites"].values():
        for test in suite["tests"].values():
            test.pop("code", None)
    return {key: found[key] for key in ("suites", "criteria", "risks")}


def placed(suites: Mapping[str, Any], issue_id: str, book: Book) -> dict[str, Any]:
    """The suites of a pattern, with a file and a command of the project's runner where they name neither."""
    runner, word = runners()[book.catalog.runner], _word(issue_id)

    def filled(text: str, name: str) -> str:
        return text.replace("ISSUE", f"{word}_{_word(name)}" if len(suites) > 1 else word)

    return {
        name: {"state": "planned", "path": filled(runner.path, name), "command": filled(runner.command, name), **suite}
        if isinstance(suite, Mapping) and not {"path", "command"} & suite.keys()
        else suite
        for name, suite in suites.items()
    }


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower() or "new"


def _read(kind: IssueKind, issue_id: str, book: Book) -> dict[str, Any]:
    word = _word(issue_id)
    levels = list(map(str, book.catalog.test_categories))
    category = next((level for level in (_LEVEL, *levels) if level in levels), _LEVEL)
    text = _text(kind).replace("ISSUE", word).replace("CATEGORY", category)
    read: dict[str, Any] = yaml.load(text, yaml.CBaseLoader)  # noqa: S506  (our own files; every scalar is text)
    if book.catalog.runner != PYTEST:
        _change_runner(read, runners()[book.catalog.runner], word)
    return read


def _change_runner(read: dict[str, Any], runner: Runner, word: str) -> None:
    """Name the suite, its tests and its command as another runner than pytest has them."""
    for suite in read["suites"].values():
        for key in ("path", "command", "class"):
            if said := getattr(runner, key.replace("class", "class_")):
                suite[key] = said.replace("ISSUE", word)
        tests = {}
        for name, test in suite["tests"].items():
            new = runner.name(name)
            notes = re.findall(r"^ *# (.*)", test.get("code", ""), re.MULTILINE)
            tests[new] = {**test, "code": runner.written(new, test["proves"], notes)}
        suite["tests"] = tests


@cache
def _text(kind: IssueKind) -> str:
    return files(__package__).joinpath(f"{kind.value}.yaml").read_text(encoding="utf-8")


@cache
def _words(kind: IssueKind) -> re.Pattern[str]:
    words = yaml.load(_text(kind), yaml.CBaseLoader)["words"]  # noqa: S506
    return re.compile("|".join(rf"\b(?:{each})\b" for each in words), re.IGNORECASE)


def _hits(kind: IssueKind, text: str) -> int:
    return len({found[0].casefold() for found in _words(kind).finditer(text)})
