"""TB7xx: words that say less than they seem to. Quiet: they are looked for when somebody asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from triagebook.findings import Level

from .base import Rule
from .record_texts import RecordText, Speaker, texts_of_issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.facts.case import Case
    from triagebook.findings import Finding

_GOALS = {"criteria", "metrics", "expect"}  # they say what must be, not what is


class _WordSearch(Rule):
    """Looks for words in what people wrote themselves; claims are quoted, and have rules of their own."""

    severity = Level.NOTE
    quiet = True
    words: ClassVar[re.Pattern[str]]
    says: ClassVar[str]

    def find(self, case: Case) -> Iterator[Finding]:
        for said in texts_of_issue(case):
            if said.speaker is Speaker.OWN and not said.in_claims and self.concerns(said):
                found = dict.fromkeys(" ".join(word.group().split()) for word in self.words.finditer(said.without_code))
                if found:
                    names = ", ".join(f"`{word}`" for word in found)
                    yield self.finding(said.file, said.field, f"{names} {self.says}")

    def concerns(self, said: RecordText) -> bool:  # noqa: ARG002
        return True


class VagueWords(_WordSearch):
    """A text gives no number where one is known or could be."""

    code = "TB701"
    name = "vague-words"
    why = "`Several files` can't be checked, and still sounds right when half of them are forgotten."
    remedy = "say how many: `{{ affected.locations }}` is computed; or name them"
    bad = "summary: Several calls fail throughout the code."
    good = "summary: The calls fail in {{ affected.locations }} places."
    words = re.compile(
        r"\b(?:multiple|various|several|numerous|countless|throughout|comprehensive(?:ly)?|extensive(?:ly)?"
        r"|significant(?:ly)?|a (?:lot|number|couple|handful) of|etc\.)(?!\w)|~ ?\d+\S*|\b\d+\+(?!\w)",
        re.IGNORECASE,
    )
    says = "leaves open how many, or which"


class UnprovenCertainty(_WordSearch):
    """A text is certain, and names no fact that would show it."""

    code = "TB702"
    name = "certainty-without-fact"
    why = (
        "Words can't make a thing certain. A reader takes `fully validated` for a result, and there is none behind it."
    )
    remedy = "name the fact that shows it, as in `{{ tests.pass_rate phase=after }}`, or say what was seen"
    bad = "summary: The fix is fully validated."
    good = "summary: Of the tests, {{ tests.pass_rate phase=after }} pass after the fix."
    words = re.compile(
        r"(?<!not )(?<!n't )\b(?:always|guarante(?:e|es|ed)|fully|completely|entirely|definitely|certainly|undoubtedly"
        r"|bullet-?proof|flawless(?:ly)?|production[- ]ready|ready for production|risk-free|(?:zero|no) risk)\b"
        r"|\b100 ?%",
        re.IGNORECASE,
    )
    says = "sounds certain, and no fact stands behind it"

    def concerns(self, said: RecordText) -> bool:
        return "{{" not in said.text and not _GOALS.intersection(said.field)


RULES = (VagueWords, UnprovenCertainty)
