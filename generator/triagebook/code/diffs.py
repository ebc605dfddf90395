"""How files changed between commits and the work tree: where each line is now."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, field

from . import git
from .checkout import Checkout

PATCH = ("-p", "-U0", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/")


class Hunk(Struct, frozen=True):
    """Lines that were replaced: the first old line, the first new one, and what both were."""

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
        """The number of an old line now; None where it was changed or deleted."""
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
    """For each commit how some of its files changed until now, committed or not.

    All files that differ are put into two trees, which git compares at once. The trees are kept in a folder of their
    own: nothing is written to the repository.
    """
    names = _names_now(checkout, wanted)
    with TemporaryDirectory() as store:
        variables = {"GIT_OBJECT_DIRECTORY": store, "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(checkout.store.resolve())}
        uncommitted = _uncommitted(checkout, {name for name in names.values() if name}, variables)
        differing: dict[tuple[str, str], tuple[str, str]] = {}
        for (commit, path), name in names.items():
            old = checkout.objects.item(commit, path)
            now = uncommitted.get(name) or _id_at_head(checkout, name) if name else None
            if old and now and old.id != now:
                differing[commit, path] = (old.id, now)
        hunks = _compared(checkout.root, sorted(set(differing.values())), variables)
    found: dict[str, dict[str, FileDiff]] = {}
    for (commit, path), name in names.items():
        diff = FileDiff(path, name, hunks.get(differing.get((commit, path), ("", "")), ()))
        found.setdefault(commit, {})[path] = diff
    return {commit: DiffToNow(found.get(commit, {})) for commit in wanted}


def _names_now(checkout: Checkout, wanted: Mapping[str, Collection[str]]) -> dict[tuple[str, str], str | None]:
    """The name that each committed file has now; None where it is gone."""
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
    head = checkout.objects.tree_id(checkout.head or "")
    if not trees or head is None:
        return {}
    asked = "".join(f"{tree} {head}\n" for tree in trees)
    output = git.tell(
        checkout.root, "diff-tree", "--stdin", "-r", "-M", "--diff-filter=R", "--name-status", "-z",
        stdin=asked.encode(),
    )  # fmt: skip
    found: dict[str, dict[str, str]] = {}
    fields, commit = iter(output.split("\0")), ""
    for kind in fields:
        *pairs, status = kind.split("\n")  # `TREE TREE` begins a comparison
        commit = trees[pairs[-1].split()[0]] if pairs else commit
        if status:
            old, new = next(fields), next(fields)
            found.setdefault(commit, {})[old] = new
    return found


def _id_at_head(checkout: Checkout, name: str) -> str | None:
    item = checkout.objects.item(checkout.head or "", name)
    return item.id if item else None


def _uncommitted(checkout: Checkout, names: Collection[str], variables: Mapping[str, str]) -> dict[str, str]:
    """The ids of files that are not as they were committed."""
    changed = [name for name in checkout.changed if name in names and "\n" not in name]
    if not changed:
        return {}
    listed = "".join(f"{name}\n" for name in changed).encode(errors="surrogateescape")
    ids = git.tell(checkout.root, "hash-object", "-w", "--stdin-paths", stdin=listed, variables=variables)
    return dict(zip(changed, ids.split(), strict=True))


def _compared(
    root: Path, pairs: Collection[tuple[str, str]], variables: Mapping[str, str]
) -> dict[tuple[str, str], tuple[Hunk, ...]]:
    """The hunks between the two files of each pair."""
    if not pairs:
        return {}
    store = Path(variables["GIT_OBJECT_DIRECTORY"])
    trees = [_write_tree(store, [pair[side] for pair in pairs]) for side in (0, 1)]
    patch = git.tell(root, "diff-tree", "--no-renames", *PATCH, *trees, variables=variables)
    by_name = {path: hunks for path, _, hunks in read_patch(patch)}
    return {pair: by_name.get(f"{number:08}", ()) for number, pair in enumerate(pairs)}


def _write_tree(store: Path, files: Sequence[str]) -> str:
    """Write a folder of files, named by their numbers, in the form in which git keeps it; its id."""
    items = b"".join(b"100644 %08d\0" % number + bytes.fromhex(file) for number, file in enumerate(files))
    data = b"tree %d\0" % len(items) + items
    name = (hashlib.sha1 if len(files[0]) == 40 else hashlib.sha256)(data).hexdigest()
    path = store / name[:2] / name[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(data))
    return name


def read_patch(patch: str) -> Iterator[tuple[str, str, tuple[Hunk, ...]]]:
    """The old name, the new name and the hunks of each file in a patch without context."""
    from unidiff.patch import PatchSet  # noqa: PLC0415  (only what compares files needs it)

    for file in PatchSet(StringIO(patch)):
        hunks = (Hunk(hunk.source_start, _lines(hunk.source), hunk.target_start, _lines(hunk.target)) for hunk in file)
        yield file.source_file.removeprefix("a/"), file.target_file.removeprefix("b/"), tuple(hunks)


def _lines(side: list[str]) -> tuple[str, ...]:
    return tuple(line[1:].removesuffix("\n") for line in side if line[:1] in {"-", "+"})
