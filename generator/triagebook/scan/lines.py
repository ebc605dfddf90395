"""Where the lines of a file went: what a diff says of each line of the older side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Hunk(Struct, frozen=True):
    """A run of lines that was replaced, from the first old line and the first new one."""

    old: int
    old_lines: tuple[bytes, ...]
    new: int
    new_lines: tuple[bytes, ...]

    def holds(self, line: int) -> bool:
        return self.old <= line < self.old + len(self.old_lines)

    @property
    def new_range(self) -> range:
        return range(self.new, self.new + len(self.new_lines))


class FileChange(Struct, frozen=True):
    """What became of a file: its name now, None if it is gone, and what was replaced in it."""

    path: str
    now: str | None
    hunks: tuple[Hunk, ...] = ()

    def line_now(self, line: int) -> int | None:
        """Where an old line stands now; None where it was changed or deleted."""
        shift = 0
        for hunk in self.hunks:
            last = hunk.old + len(hunk.old_lines) - 1 if hunk.old_lines else hunk.old
            if line > last:
                shift += len(hunk.new_lines) - len(hunk.old_lines)
            elif hunk.holds(line):
                return None
        return line + shift

    def hunk_of(self, line: int) -> Hunk | None:
        return next((hunk for hunk in self.hunks if hunk.holds(line)), None)

    def again(self, line: int) -> int | None:
        """Where the words of a changed line stand again: moved within the file, or indented otherwise."""
        own = self.hunk_of(line)
        words = own.old_lines[line - own.old].split() if own else []
        if own is None or len(b"".join(words)) < 4:  # brackets and the like stand everywhere
            return None
        new = [
            (hunk is not own, abs(number - line), number)
            for hunk in self.hunks
            for number, text in zip(hunk.new_range, hunk.new_lines, strict=True)
            if text.split() == words
        ]
        return min(new)[2] if new else None


class Changes(Struct, frozen=True):
    """What became of files between a commit and now; a file that is not in it is as it was."""

    files: Mapping[str, FileChange] = field(default_factory=dict)

    def of(self, path: str) -> FileChange:
        return self.files.get(path) or FileChange(path, path)


def read_patch(patch: bytes) -> Iterator[FileChange]:
    """The files of `git diff -z -U0 --patch-with-raw`: the raw list names them, their patches follow in its order."""
    raw, _, body = patch.partition(b"\0\0")
    pairs = list(_pairs(raw))
    for (old, now), text in zip(pairs, _sections(body), strict=False):
        yield FileChange(old, now, tuple(_hunks(text)))


def _pairs(raw: bytes) -> Iterator[tuple[str, str | None]]:
    fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    for described in fields:
        kind = described.rsplit(" ", 1)[-1][:1]
        old = next(fields)
        if kind in {"R", "C"}:
            yield old, next(fields)
        elif kind == "T":  # a file became a link, or the other way round: a deletion and an addition
            yield old, None
            yield old, None
        else:
            yield old, None if kind == "D" else old


def _sections(body: bytes) -> list[bytes]:
    return re.split(rb"^diff --git .*\n", body, flags=re.MULTILINE)[1:]


def _hunks(text: bytes) -> Iterator[Hunk]:
    lines = text.split(b"\n")
    index = 0
    while index < len(lines):
        match = _HUNK.match(lines[index])
        index += 1
        if match is None:
            continue
        old, olds, new, news = (int(group) if group is not None else 1 for group in match.groups())
        start = index
        while index < len(lines) and lines[index][:1] in {b"-", b"+", b"\\"}:
            index += 1
        changed = lines[start:index]
        gone = tuple(line[1:] for line in changed if line[:1] == b"-")
        come = tuple(line[1:] for line in changed if line[:1] == b"+")
        yield Hunk(old, gone[:olds], new, come[:news])
