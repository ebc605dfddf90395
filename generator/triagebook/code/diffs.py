"""Compares files between commits and the work tree, and finds where each line is now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import Struct, field

from . import git
from .checkout import Checkout
from .objects import Objects


class Hunk(Struct, frozen=True):
    """Lines that were replaced: the number of the first old line, that of the first new one, and both texts."""

    old: int
    old_lines: tuple[str, ...]
    new: int
    new_lines: tuple[str, ...]

    def holds(self, line: int) -> bool:
        return self.old <= line < self.old + len(self.old_lines)

    @property
    def new_range(self) -> range:
        return range(self.new, self.new + len(self.new_lines))


class FileDiff(Struct, frozen=True):
    """How one file changed: its name now, None if it is gone, and what was replaced in it."""

    path: str
    now: str | None
    hunks: tuple[Hunk, ...] = ()

    def line_now(self, line: int) -> int | None:
        """The number of an old line now; None if it was changed or deleted."""
        shift = 0
        for hunk in self.hunks:
            if line >= hunk.old + len(hunk.old_lines):
                shift += len(hunk.new_lines) - len(hunk.old_lines)
            elif hunk.holds(line):
                return None
        return line + shift

    def hunk_of(self, line: int) -> Hunk | None:
        return next((hunk for hunk in self.hunks if hunk.holds(line)), None)

    def again(self, line: int) -> int | None:
        """Where the words of a changed line are found again: moved within the file, or with another indent."""
        own = self.hunk_of(line)
        words = own.old_lines[line - own.old].split() if own else []
        if own is None or len("".join(words)) < 4:  # brackets and the like stand everywhere
            return None
        new = [
            (hunk is not own, abs(number - line), number)
            for hunk in self.hunks
            for number, text in zip(hunk.new_range, hunk.new_lines, strict=True)
            if text.split() == words
        ]
        return min(new)[2] if new else None


class DiffToNow(Struct, frozen=True):
    """How files changed between a commit and now. A file that is not in it is unchanged."""

    files: Mapping[str, FileDiff] = field(default_factory=dict)

    def of(self, path: str) -> FileDiff:
        return self.files.get(path) or FileDiff(path, path)


def diffs_to_now(checkout: Checkout, wanted: Mapping[str, Collection[str]]) -> dict[str, DiffToNow]:
    """For each commit how some of its files changed until now, committed or not."""
    known: dict[tuple[str, str], tuple[Hunk, ...]] = {}
    found: dict[str, dict[str, FileDiff]] = {commit: {} for commit in wanted}
    for (commit, path), name in _names_now(checkout, wanted).items():
        old, now = checkout.objects.item(commit, path), checkout.id_now(name) if name else None
        if name is None or old is None or now is None or old.id == now:
            found[commit][path] = FileDiff(path, name)
            continue
        if (old.id, now) not in known:
            lines_now = lines_in(git.text(checkout.text_now(name) or b""))
            known[old.id, now] = compared(committed_lines(checkout.objects, old.id), lines_now)
        found[commit][path] = FileDiff(path, name, known[old.id, now])
    return {commit: DiffToNow(files) for commit, files in found.items()}


def _names_now(checkout: Checkout, wanted: Mapping[str, Collection[str]]) -> dict[tuple[str, str], str | None]:
    """The name that each committed file has now; None if it is gone."""
    objects, names = checkout.objects, dict[tuple[str, str], str | None]()
    missing: dict[str, set[str]] = {}
    for commit, paths in wanted.items():
        for path in paths:
            item = objects.item(commit, path)
            if item is not None and item.is_file:
                names[commit, path] = checkout.name_now(path)
                if names[commit, path] is None:
                    missing.setdefault(commit, set()).add(path)
    for commit, renamed in _renames(checkout, list(missing)).items():
        for path in missing[commit] & renamed.keys():
            names[commit, path] = checkout.name_now(renamed[path])
    return names


def _renames(checkout: Checkout, commits: Collection[str]) -> dict[str, dict[str, str]]:
    """For each commit the files that were renamed between it and the newest one."""
    trees = {tree: commit for commit in commits if (tree := checkout.objects.tree_id(commit))}
    head = checkout.objects.tree_id(checkout.head)
    if not trees or head is None:
        return {}
    asked = "".join(f"{tree} {head}\n" for tree in trees)
    form = ("--stdin", "-r", "--diff-filter=R", "--name-status", "-z")
    outputs = (git.ask(checkout.root, "diff-tree", how, *form, stdin=asked.encode()) for how in ("-M", "-M100%"))
    output = next((one for one in outputs if one is not None), "")  # a partial clone knows equal files without content
    found: dict[str, dict[str, str]] = {}
    fields, commit = iter(output.split("\0")), ""
    for kind in fields:
        *pairs, status = kind.split("\n")  # `TREE TREE` begins a comparison
        commit = trees[pairs[-1].split()[0]] if pairs else commit
        if status:
            old, new = next(fields), next(fields)
            found.setdefault(commit, {})[old] = new
    return found


def committed_lines(objects: Objects, blob: str) -> list[str]:
    return lines_in(git.text(objects.blob(blob) or b""))


def lines_in(text: str) -> list[str]:
    text = text.replace("\r\n", "\n")
    return text.removesuffix("\n").split("\n") if text else []


def compared(old: Sequence[str], new: Sequence[str]) -> tuple[Hunk, ...]:
    """The hunks between two files. What begins and ends alike is left out first, as that is most."""
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - start
    same = zip(reversed(old[-rest:] if rest else ()), reversed(new[-rest:] if rest else ()), strict=True)
    end = next((n for n, (a, b) in enumerate(same) if a != b), rest)
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    return tuple(
        Hunk(start + i + 1, tuple(a[i:i_end]), start + j + 1, tuple(b[j:j_end]))
        for kind, i, i_end, j, j_end in SequenceMatcher(None, a, b).get_opcodes()
        if kind != "equal"
    )
