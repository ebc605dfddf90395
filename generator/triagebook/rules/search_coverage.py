"""Finds examples of a detector that a search misses, without reading source code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from triagebook.book import fits
from triagebook.expressions import ExpressionError, compiled
from triagebook.model.building_blocks import Detector

_ANY = re.compile(r"\$\$\$(?:[A-Z_][A-Z0-9_]*)?(?!\w)|\$[A-Z_][A-Z0-9_]*(?!\w)")
_PARTS = {True: ("", "a", "a, b=c"), False: ("a",)}  # sample text for `$$$`, and for `$NAME`
_ENDING = re.compile(r"\*(\.\w+)$")


def misses(search: Detector, detector: Detector, known: Sequence[str]) -> str:
    """What a search misses that the detector finds, as a sentence; empty if it misses nothing.

    `known` are texts that the detector has found.
    """
    if missed := _missed_files(search, detector):
        return f"it does not search these files of the detector: `{missed}`"
    regex = search.regex if search.regex is not None else _as_regex(str(search.code))
    try:
        expression = compiled(regex)
    except ExpressionError:  # another rule says so
        return ""
    examples = [*(_examples(str(detector.code)) if detector.code else ()), *known]
    found = [example for example in examples if expression.search(example.encode())]
    missed = next((example for example in examples if example not in found), "")
    return f"it finds `{found[0]}` but not `{missed}`, which the detector finds" if found and missed else ""


def _as_regex(code: str) -> str:
    """Code as a regular expression; its placeholders become wildcards."""
    regex, end = "", 0
    for match in _ANY.finditer(code):
        regex += re.escape(code[end : match.start()]) + (".*" if match.group().startswith("$$$") else "[^,]+")
        end = match.end()
    return regex + re.escape(code[end:])


def _examples(code: str) -> Iterator[str]:
    """Examples of code that a code pattern matches."""
    places = [match.group().startswith("$$$") for match in _ANY.finditer(code)]
    for parts in product(*(_PARTS[several] for several in places[:3])):
        yield _filled(code, [*parts, *("a" for _ in places[3:])])


def _filled(code: str, parts: Sequence[str]) -> str:
    rest = iter(parts)
    return _ANY.sub(lambda _: next(rest), code)


def _missed_files(search: Detector, detector: Detector) -> str:
    """A file pattern that the detector searches and the search does not."""
    if search.include and detector.regex is not None and not detector.include:
        return "**"
    ending = next((found[1] for pattern in detector.include if (found := _ENDING.search(pattern))), "")
    for pattern in (*detector.include, *search.exclude):
        paths = [path for path in _paths(pattern, ending) if _is_for(detector, path)]
        if not all(_is_for(search, path) for path in paths):
            return str(pattern)
    return ""


def _paths(pattern: str, ending: str) -> Iterator[str]:
    """Example file names that match a pattern."""
    pattern = f"{pattern}**" if pattern.endswith("/") else pattern
    for folders in ("", "a/", "a/b/"):
        path = pattern.lstrip("/").replace("**/", folders).replace("**", f"a/name{ending}").replace("*", "name")
        if fits(path, (pattern,)):
            yield path


def _is_for(search: Detector, path: str) -> bool:
    included = not search.include or fits(path, tuple(search.include))
    return included and not (search.exclude and fits(path, tuple(search.exclude)))
