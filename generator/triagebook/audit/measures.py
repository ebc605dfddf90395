"""Reads what a document states about measures: their names, values, thresholds, and where they were taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from Stemmer import Stemmer  # type: ignore[import-not-found]

from .document import CodeBlock, MarkdownDocument, Row
from .figures import value
from .words import Words

WORDS = Words("measures")
TIME = {"ms": 1, "s": 1000, "sec": 1000, "second": 1000, "min": 60_000, "minute": 60_000, "h": 3_600_000}
TIME |= {"hour": 3_600_000, "day": 86_400_000}
SIZE = {"kb": 1, "mb": 1000, "gb": 1_000_000}
UNITS = TIME | SIZE | {"%": 1, "percent": 1, "eur": 1, "usd": 1}
_STEM = Stemmer("english").stemWord
_SAME_WORDS = {"success": "pass", "passing": "pass", "latency": "time", "kept": "keep", "held": "hold", "sent": "send"}

Names: TypeAlias = frozenset[str]  # the words of a measure's name
Scope: TypeAlias = tuple[frozenset[str], str]  # where and when it is taken, and its kind of unit


class MeasureStatement(Struct, frozen=True):
    """What one line states about a measure."""

    line: int
    words: str
    operator: str  # `<`, `>`; `=` for a threshold without a direction; empty for a value that was measured
    value: float
    measure: Names
    scope: Scope

    def accepts(self, amount: float) -> bool:
        """Whether a value is within this threshold."""
        return amount >= self.value if self.operator == ">" else amount <= self.value


def key(name: str) -> Names:
    """A measure by its words, in any order and form."""
    text = re.sub(r"\b(\d\d)(?:th|st|nd|rd)(?: percentile)?", r"p\1", name.lower())
    words = (_SAME_WORDS.get(word, word) for word in re.findall(r"p\d\d|[a-z]{2,}", text))
    return frozenset(_STEM(word) for word in words if not WORDS.empty.fullmatch(word))


def statements_of(document: MarkdownDocument) -> Iterator[MeasureStatement]:
    """Every value and threshold that a document states of a measure with a name."""
    for block in document.blocks:
        heading = document.section_of(block.line)
        about = heading.text if heading else ""
        if isinstance(block, Row):
            titles = document.tables_by_line[block.table_line][0]
            first, *others = block.cells
            cells = [
                (f"{first} {title}: {cell}", title)
                for title, cell in zip(titles.cells[1:], others, strict=False)
                if WORDS.only_value.fullmatch(cell)
            ]
            for text, title in (*cells, *((cell, "") for cell in block.cells)) if not block.is_header else ():
                own = _ids_in(first) | frozenset(re.findall(r"\d[\w.]*", title))
                for one in _in_sentence(block.line, text, about):
                    yield replace(one, scope=(one.scope[0] | own, one.scope[1]))
        elif not isinstance(block, CodeBlock):
            for line in block.lines:
                for sentence in re.split(r"(?<=\.)\s(?=[A-Z])|;\s", line.text):
                    yield from _in_sentence(line.number, sentence, about)
                    yield from _counted(line.number, sentence) if document.is_of_work else ()
                    yield from _plain(line.number, sentence) if document.is_of_work else ()


def _ids_in(cell: str) -> Names:
    """What tells the thing of a row from others of its kind: `worker-3`, or a whole cell without a word."""
    return frozenset(re.findall(r"\b[A-Za-z]+-?\d+\b", cell)) if re.search("[A-Za-z]{2}", cell) else frozenset({cell})


def operator_of(text: str) -> str:
    """Whether words before a value make it a lower bound, an upper bound, or a threshold of some kind."""
    last = text.rstrip(" :*(`~")[-80:]
    symbol = re.search(r"([<>≥≤])=?\s*$|=([<>])\s*$", text)
    if symbol:
        return ">" if symbol.group().strip(" =") in {">", "≥"} else "<"
    for operator, pattern in (("<", WORDS.downwards), (">", WORDS.upwards), ("<", WORDS.limit), ("=", WORDS.target)):
        found = [match.end() for match in pattern.finditer(last)]
        if found and not last[found[-1] :].strip(" .:=*(`~"):
            return operator
    return "=" if WORDS.target.search(last) else ""


def _in_sentence(line: int, sentence: str, about: str) -> Iterator[MeasureStatement]:
    named, end, only = Names(), 0, ""
    for match in WORDS.measured.finditer(sentence):
        lead, behind = sentence[end : match.start()], sentence[match.end() :]
        end = match.end()
        operator = operator_of(lead) or (">" if WORDS.least.match(behind) else "<" if WORDS.most.match(behind) else "")
        operator = (
            {"<": ">", ">": "<"}.get(operator, operator)
            if WORDS.reversed.search(lead) or WORDS.reversed.match(behind.strip())
            else operator
        )
        phase = WORDS.phase_behind.match(behind)
        moved = "before" if WORDS.moved_from.search(lead) and behind.startswith(" to ") else ""
        moved = "after" if only == "before" and lead == " to " else moved
        is_part = lead.strip() == ":"  # of the value before it
        if is_part or not (operator or phase or moved or WORDS.states.search(lead)):
            continue
        before = WORDS.operator_at_end.sub("", sentence[: match.start()]).rstrip(" :|*=~(").rpartition(": ")[2]
        after = re.split(r"[.;,()|]|\b(?:and|which|when|on|in|at|with|is|was)\b", behind)[0]
        last = WORDS.doer.sub("", re.split(r"[,(\]]\s", before)[-1])
        names = [last + after] if after.startswith(" of ") else [last, last + after, before]
        label = sentence[: match.start()].partition(": ")[0] if ": " in sentence[: match.start()] else ""
        names += [] if re.search(r"\d", label) else [f"{label} {last}"]
        named = next((found for found in map(key, names) if len(found) > 1), named)
        phases = WORDS.phases.findall(phase[0] if phase else lead) or WORDS.phases.findall(sentence)
        is_old = not phases and WORDS.old.search(sentence)
        only = moved or (phases[0].lower() if len(phases) == 1 else "before" if is_old else "")
        where = lead if re.search(r"(?i)\bp?\d\d(?:th)?\b", lead) and WORDS.scopes.search(lead) else sentence
        scope = frozenset(word.lower() for word in WORDS.scopes.findall(only or f"{about} {where}"))
        unit = match["unit"].lower()
        unit = unit if unit in UNITS else unit.rstrip("s")
        kind = "time" if unit in TIME else "size" if unit in SIZE else "%" if unit == "percent" else unit
        alone = key(before) if operator and len(before.split()) < 7 else Names()
        named = alone if len(named) < 2 and len(alone) == 1 else named
        if len(named) > 1 or (alone and named == alone):
            words = sentence[max(sentence.find(before), 0) : match.end()].strip()
            yield MeasureStatement(line, words, operator, value(match["value"]) * UNITS[unit], named, (scope, kind))


def _counted(line: int, sentence: str) -> Iterator[MeasureStatement]:
    """The bounds of things that are counted: at most 7 frames."""
    for match in (found for form in WORDS.each("bound") for found in form.finditer(sentence)):
        named = key(f"{match['name']} {match['things']}") | {match["things"]}
        operator = operator_of(match["operator"])
        if len(named) > 1 and operator:
            yield MeasureStatement(
                line, match.group().strip(), operator, value(match["value"]), named, (frozenset(), match["things"])
            )


def _plain(line: int, sentence: str) -> Iterator[MeasureStatement]:
    """The numbers without a unit: batch size: 40, or 40 orders per run."""
    for form in (*WORDS.each("plain"), *WORDS.each("per")):
        for match in form.finditer(sentence):
            named = key(match["name"])
            if len(named) > 1:
                yield MeasureStatement(
                    line, match.group().strip(), "", value(match["value"]), named, (frozenset(), "number")
                )
