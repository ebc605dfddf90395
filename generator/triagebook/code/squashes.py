"""Finds the commit that contains a lost change, after a squash or rebase and more changes to the same files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby, islice
from typing import TypeAlias

from . import git
from .diffs import compared
from .history import Content, changes_by_commit
from .objects import Objects, content_digest

Piece: TypeAlias = tuple[str, str]  # of a file: its text in an older version and in a newer one

_A_DAY = timedelta(days=1)  # between the clocks of those who run and those who merge
_MOST_COMMITS, _MOST_OLDER = 20, 5  # commits that are looked at, and older versions of each of their files
_MOST_PIECES, _MOST_SUBSETS = 9, 1_000


def taken_in_by(objects: Objects, wanted: Mapping[Content, date]) -> dict[Content, str]:
    """For each lost content, and when it was seen, the first commit since then that took it in.

    Each file reads as one of its older versions with some of what changed until that commit: the digests prove it, so
    all of the text is known, and in the order of the repository.
    """
    paths = sorted({path for content in wanted for path, _ in content})
    which = ("--all", "--no-merges", "--full-history", "--", *paths)
    commits = changes_by_commit(objects.folder, *which) if paths else {}
    versions: dict[str, list[str]] = {path: [] for path in paths}
    for (changed,) in commits.values():
        for path, (_, new) in changed.items():
            versions[path].append(new)
    found = {}
    for content, seen in wanted.items():
        since = [commit for commit in commits if objects.made(commit).date() + _A_DAY >= seen]
        for commit in reversed(since[-_MOST_COMMITS:] or [*commits][:_MOST_COMMITS]):
            if content and all(_is_part(objects, commit, path, own, versions[path]) for path, own in content):
                found[content] = commit
                break
    return found


def _is_part(objects: Objects, commit: str, path: str, own: str, versions: list[str]) -> bool:
    item = objects.item(commit, path)
    if item is None or not item.is_file:
        return False
    at = versions.index(item.id) if item.id in versions else len(versions)
    older = dict.fromkeys([*versions[at + 1 :][:_MOST_OLDER], ""])  # as a new file it had no text
    return any(_lies_between(objects, old, item.id, own) for old in older)


@lru_cache(maxsize=4096)
def _lies_between(objects: Objects, old: str, new: str, digest: str) -> bool:
    """Whether a file has a digest with some of what changed between two versions of it."""
    before, after = (git.text(objects.blob(one) or b"") if one else "" for one in (old, new))
    pieces = list(_pieces(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    changed = [number for number, (was, now) in enumerate(pieces) if was != now]
    for chosen in islice(_subsets(changed), _MOST_SUBSETS):
        text = "".join(now if number in chosen else was for number, (was, now) in enumerate(pieces))
        if content_digest(text.encode("utf-8", "surrogateescape")) == digest:
            return True
    return False


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    """A file as pieces that were changed, or not: lines where as many came as went, else groups of lines."""
    line = 0
    for hunk in compared(before, after):
        kept = "".join(before[line : hunk.old - 1])
        yield kept, kept
        if len(hunk.old_lines) == len(hunk.new_lines):
            yield from zip(hunk.old_lines, hunk.new_lines, strict=True)
        elif hunk.old_lines and hunk.new_lines:
            yield "".join(hunk.old_lines), "".join(hunk.new_lines)
        else:
            yield from (("", text) for text in _groups(hunk.new_lines))
            yield from ((text, "") for text in _groups(hunk.old_lines))
        line = hunk.old - 1 + len(hunk.old_lines)
    kept = "".join(before[line:])
    yield kept, kept


def _groups(lines: Iterable[str]) -> Iterator[str]:
    """The texts that blank lines separate, and the blank lines."""
    return ("".join(group) for _, group in groupby(lines, key=lambda line: not line.strip()))


def _subsets(numbers: list[int]) -> Iterator[frozenset[int]]:
    """All, the largest first; if there are many, only those that have, or lack, adjacent items."""
    whole = frozenset(numbers)
    if len(numbers) <= _MOST_PIECES:
        for bits in reversed(range(2 ** len(numbers))):
            yield frozenset(number for place, number in enumerate(numbers) if bits >> place & 1)
        return
    for length in range(len(numbers) + 1):
        for start in range(len(numbers) - length + 1):
            together = frozenset(numbers[start : start + length])
            yield whole - together
            yield together
