"""Finds recorded places that a fix removed or changed, by the enclosing function. Needs no detector."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from triagebook.book import Entry, fits
from triagebook.code import git
from triagebook.code.checkout import Checkout
from triagebook.code.diffs import FileDiff, Hunk, compared, lines_in
from triagebook.code.history import name_now
from triagebook.code.known_commits import stand_ins
from triagebook.code.state import PlaceAfterFix
from triagebook.languages import LANGUAGES
from triagebook.model.values import Place

from .detectors import NoParsersError, parsed

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*|--\s|$)")  # in a language without a parser
_BY_INDENT = frozenset({"python", "yaml"})  # languages in which white space before a line is code
_DEFINITION = re.compile(r"function|method|constructor|^singleton_method$|lambda|closure")
_NOT_A_BODY = re.compile(r"call|type|parameters|name|invocation|signature|declarator$")


def places_after_fix(entry: Entry, checkout: Checkout) -> dict[str, PlaceAfterFix]:
    """For each recorded line, as `path:line`, what the fix did to it."""
    commit, places = _recorded(entry)
    known = stand_ins(checkout, entry)
    fixes = sorted({known.get(fix, fix) for fix in entry.issue.fix_commits})
    if commit is None or not fixes:
        return {}
    lines = [(str(place.path), number) for place in places for number in place.lines]
    try:
        return {f"{path}:{number}": _after_fix(checkout, commit, path, number, fixes) for path, number in lines}
    except NoParsersError as error:
        return {f"{path}:{number}": PlaceAfterFix(None, unknown=True, why=error.what) for path, number in lines}


def _recorded(entry: Entry) -> tuple[str | None, Sequence[Place]]:
    """The lines of affected.yaml, else those of the causes, else those of the symptoms; and their commit."""
    issue, affected = entry.issue, entry.affected
    if affected and affected.locations:
        return str(affected.source.commit), [location.at for location in affected.locations]
    causes = [place for cause in issue.possible_causes for place in cause.at]
    places = [place for place in causes if place.lines]
    places = places or [place for symptom in issue.symptoms for place in symptom.at if place.lines]
    return (str(issue.source.commit) if issue.source else None), places


def _after_fix(checkout: Checkout, commit: str, path: str, recorded: int, fixes: Sequence[str]) -> PlaceAfterFix:
    there = _text(checkout, commit, path)
    asked = [commit, *fixes, *(f"{fix}^" for fix in fixes)]
    if lost := [one for one in asked if checkout.shallow and checkout.objects.commit(one) is None]:
        return PlaceAfterFix(None, unknown=True, why=checkout.why_unknown(lost[0]))
    if (now := checkout.objects.item(commit, path)) and now.kind == "submodule":
        return _in_submodule(checkout, path, fixes)
    if there is None:
        return PlaceAfterFix(None, why=f"{path} is not available at {commit[:9]}")
    why = "no fix is recorded"
    for fix in fixes:
        old, new = _text(checkout, f"{fix}^", path), _text(checkout, fix, path)
        if checkout.objects.commit(f"{fix}^") is None:
            why = checkout.why_unknown(f"{fix}^")
            continue
        number = None if old is None else _diff(path, there, old).line_now(recorded)
        if old is None or number is None:
            why = f"the line is not in the code before {fix[:9]}"
            continue
        first, last = function_around(path, old, number)
        hunks = () if new is None else _diff(path, _code(path, old), _code(path, new)).hunks
        if new is not None and not any(_changes(hunk, first, last, _language_of(path)) for hunk in hunks):
            why = f"{fix[:9]} does not change lines {first} to {last} around it"
            continue
        if _is_back(checkout, path, lines_in(old)[first - 1 : last], lines_in(new or "")):
            return PlaceAfterFix(fix, back=True, why="the code from before the fix is there again")
        return PlaceAfterFix(fix)
    return PlaceAfterFix(None, why=why)


def _in_submodule(checkout: Checkout, path: str, fixes: Sequence[str]) -> PlaceAfterFix:
    """Of code in a submodule it is only known which of its commits is used: the fix names another one."""
    for fix in fixes:
        old, new, now = (checkout.objects.item(one, path) for one in (f"{fix}^", fix, checkout.head))
        if old != new:
            return PlaceAfterFix(fix, back=now == old, why="the submodule is at the commit from before the fix")
    return PlaceAfterFix(None, why="the fix does not change which commit of the submodule is used")


def _diff(path: str, old: str, new: str) -> FileDiff:
    return FileDiff(path, path, compared(lines_in(old), lines_in(new)))


def _text(checkout: Checkout, commit: str, path: str) -> str | None:
    data = checkout.objects.text(commit, path) if checkout.objects.commit(commit) else None
    return None if data is None else git.text(data)


def _changes(hunk: Hunk, first: int, last: int, language: str | None) -> bool:
    """Whether a hunk changes code between two lines: more than blank lines, comments and layout."""
    old = [text for number, text in enumerate(hunk.old_lines, hunk.old) if first <= number <= last and _is_code(text)]
    inside = first < hunk.old <= last or bool(old)
    new = [text for text in hunk.new_lines if inside and _is_code(text)]
    if "".join("".join(old).split()) != "".join("".join(new).split()):
        return True
    indents = ([text[: -len(text.lstrip())] for text in lines] for lines in (old, new))
    return language in _BY_INDENT and len(old) == len(new) and next(indents) != next(indents)


def _is_code(text: str) -> bool:
    return _COMMENT.match(text) is None


@lru_cache(maxsize=64)  # the lines of one file are asked for one after another
def _code(path: str, text: str) -> str:
    """A file with blanks in place of comments and of the docstrings of Python."""
    language = _language_of(path)
    if language is None:
        return text
    left = list(text)
    for node in _said_only(parsed(text, language)):
        where = slice(node.range().start.index, node.range().end.index)
        left[where] = ["\n" if letter == "\n" else " " for letter in left[where]]
    return "\n".join(line.rstrip() for line in "".join(left).split("\n"))


def _said_only(node: SgNode) -> Iterator[SgNode]:
    """The comments below a node, and the texts that stand alone as a statement."""
    for child in node.children():
        below = child.children()
        alone = child.kind() == "expression_statement" and len(below) == 1 and below[0].kind() == "string"
        if "comment" in child.kind() or alone:
            yield child
        else:
            yield from _said_only(child)


def _is_back(checkout: Checkout, path: str, old: Sequence[str], fixed: Sequence[str]) -> bool:
    """Whether the function from before the fix is in the current code; layout aside, if that was not the fix."""
    name = name_now(checkout, path)
    if name is None or not old:
        return False
    now = lines_in(_now(checkout, name))
    if not _stands_in(_without_blanks(old), _without_blanks(fixed)):
        now, old = _without_blanks(now), _without_blanks(old)
    return _stands_in(old, now)


def _without_blanks(lines: Sequence[str]) -> list[str]:
    return ["".join(line.split()) for line in lines]


def _stands_in(block: Sequence[str], lines: Sequence[str]) -> bool:
    found = (lines[start : start + len(block)] for start in range(len(lines) - len(block) + 1))
    return any(list(one) == list(block) for one in found)


def _now(checkout: Checkout, name: str) -> str:
    return git.text((checkout.root / name).read_bytes())


def _language_of(path: str) -> str | None:
    return next((one.name for one in LANGUAGES.values() if fits(path, one.files)), None)


def function_around(path: str, text: str, number: int) -> tuple[int, int]:
    """The first and the last line of the innermost function around a line; the line itself if there is none."""
    language = _language_of(path)
    node = _innermost(parsed(text, language), number - 1) if language else None
    return (node.range().start.line + 1, node.range().end.line + 1) if node else (number, number)


def _innermost(root: SgNode, line: int) -> SgNode | None:
    found = None
    for node in _nodes_at(root, line):
        kind = node.kind()
        if _DEFINITION.search(kind) and not _NOT_A_BODY.search(kind):
            found = node
    return found


def _nodes_at(node: SgNode, line: int) -> Iterator[SgNode]:
    """The nodes that a line lies in, from the outside."""
    for child in node.children():
        if child.range().start.line <= line <= child.range().end.line:
            yield child
            yield from _nodes_at(child, line)
