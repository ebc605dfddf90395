"""TB7xx: vague and unsupported wording. These rules run only when selected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from triagebook.facts.case import Case
from triagebook.findings import Finding, Level

from .base import Rule
from .parts import RecordText, Speaker, texts_of_issue

_GOALS = {"criteria", "metrics", "expect"}  # they state goals, not results


class _WordSearch(Rule):
    """Finds words in our own prose; claims quote other people and have their own rules."""

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

    def concerns(self, said: RecordText) -> bool:
        return True


class VagueWords(_WordSearch, code="TB701"):
    """A text uses a vague quantity instead of a number."""

    words = re.compile(
        r"\b(?:multiple|various|several|numerous|countless|throughout|comprehensive(?:ly)?|extensive(?:ly)?"
        r"|significant(?:ly)?|a (?:lot|number|couple|handful) of|etc\.)(?!\w)|~ ?\d+\S*|\b\d+\+(?!\w)",
        re.IGNORECASE,
    )
    says = "does not say how many or which"


class CertaintyWithoutFact(_WordSearch, code="TB702"):
    """A text claims certainty without a fact that supports it."""

    words = re.compile(
        r"(?<!not )(?<!n't )\b(?:always|guarante(?:e|es|ed)|fully|completely|entirely|definitely|certainly|undoubtedly"
        r"|bullet-?proof|flawless(?:ly)?|production[- ]ready|ready for production|risk-free|(?:zero|no) risk)\b"
        r"|\b100 ?%",
        re.IGNORECASE,
    )
    says = "claims certainty without a fact"

    def concerns(self, said: RecordText) -> bool:
        return "{{" not in said.text and not _GOALS.intersection(said.field)
