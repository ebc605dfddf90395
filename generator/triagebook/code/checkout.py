"""A checkout: the work tree of a git repository, and what is not committed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from triagebook.text import on_one_line

from . import git
from .file_kinds import is_below, is_built, is_generated, is_hidden_code, is_leftover, is_output
from .git import GitError
from .objects import Objects, content_digest
from .tree import MOST_BYTES, SourceTree

_MOST_FOLDERS = 5_000  # and files in ignored folders that are looked at
_SUBMODULES = "--ignore-submodules=untracked"  # whatever their settings are
_FIELDS = {"1": 7, "2": 8, "u": 9}  # what `git status` says of a file before its name


class Checkout(Struct, frozen=True, dict=True):
    """A work tree of a git repository, as it is now."""

    root: Path
    head: str
    changed: tuple[str, ...]  # what is not committed, new files included
    shallow: bool  # its history is cut off
    renamed: Mapping[str, str]  # files with another name than in the newest commit, by the old name
    files: tuple[str, ...]  # those of the work tree, sorted; new ones count, ignored ones do not
    tips: tuple[str, ...]  # what branches and tags name, sorted

    @property
    def dirty(self) -> bool:
        return bool(self.changed)

    @cached_property
    def objects(self) -> Objects:
        return Objects(self.root, lambda: next((name for name, key, _ in self._remotes if key == "promisor"), None))

    def tree(self, commit: str | None = None) -> SourceTree:
        """The files of a commit, or those of the work tree."""
        if commit is None:
            return SourceTree(f"{self.root.name} as it is now", self.files, self._read, self._may_have)
        items = dict(self.objects.files(commit))
        name = f"{self.root.name} at {commit[:7]}"
        return SourceTree(name, items, lambda path: self.objects.blob(items[path].id), self._may_have)

    def _may_have(self, commit: str) -> bool:
        return self.shallow or self.objects.commit(commit) is not None

    def _read(self, path: str) -> bytes | None:
        file = self.root / path
        is_plain = file.is_file() and not file.is_symlink() and file.stat().st_size <= MOST_BYTES
        return file.read_bytes() if is_plain else None

    def name_now(self, path: str) -> str | None:
        """The name that a file of the newest commit has in the work tree; None if it is gone."""
        path = self.renamed.get(path, path)
        if path in self.changed_set:
            return path if (self.root / path).is_file() else None
        item = self.objects.item(self.head, path)
        return path if item and item.is_file else None

    def text_now(self, path: str) -> bytes | None:
        """The content of a file as it is now, committed or not; None if there is none."""
        if path not in self.changed_set:
            return self.objects.text(self.head, path)
        file = self.root / path
        return file.read_bytes() if file.is_file() else None

    def id_now(self, path: str) -> str | None:
        if path in self.changed_set:
            data = self.text_now(path)
            return None if data is None else self.objects.id_of(data)
        item = self.objects.item(self.head, path)
        return item.id if item else None

    @cached_property
    def changed_set(self) -> frozenset[str]:
        return frozenset(self.changed)

    @cached_property
    def file_set(self) -> frozenset[str]:
        return frozenset(self.files)

    def digests(self, places: Iterable[str]) -> dict[str, str]:
        """The digest of each file, and of all files in each folder, as they are in the work tree."""
        found = {}
        for place in sorted(set(places)):
            below = (path for path in self.files if is_below(path, place) and not is_leftover(path))
            for path in below if (self.root / place).is_dir() else [place]:
                if (digest := self._digest(path)) is not None:
                    found[path] = digest
        return dict(sorted(found.items()))

    def _digest(self, path: str) -> str | None:
        if path not in self._digested:
            target = self.root / path
            inside = target.is_file() and target.resolve().is_relative_to(self.root.resolve())
            self._digested[path] = content_digest(target.read_bytes()) if inside else None
        return self._digested[path]

    @cached_property
    def _digested(self) -> dict[str, str | None]:
        """The digests that were computed already: issues share files."""
        return {}

    @cached_property
    def followed(self) -> dict[str, str | None]:
        """The names that files have now, where commits renamed them, as far as they were looked up."""
        return {}

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Where it is fetched from."""
        return frozenset(value for _, key, value in self._remotes if key == "url")

    @cached_property
    def _remotes(self) -> list[tuple[str, str, str]]:
        """What is set about each remote repository: its name, the key, and the value."""
        output = git.ask(self.root, "config", "--get-regexp", r"^remote\..*\.(url|promisor)$") or ""
        names = (line.partition(" ") for line in output.splitlines())
        return [(*name.removeprefix("remote.").rpartition(".")[::2], value) for name, _, value in names]

    def added_after(self, day: date, commit: str) -> dict[str, date]:
        """The files that were added after a day, with the day; a shallow clone does not know it."""
        if self.shallow:
            return {}
        since = (f"--since={day}T23:59:59", "--diff-filter=A", "--name-only", "--format=>%cs")
        added: dict[str, date] = {}
        made = day
        for line in (git.ask(self.root, "log", *since, commit) or "").splitlines():
            if line.startswith(">"):
                made = date.fromisoformat(line[1:])
            elif line:
                added[line] = made
        return added

    def why_unknown(self, commit: str) -> str:
        """Why a commit is not available, and what to do about it."""
        if self.shallow:
            return f"{commit[:9]} is not in this shallow clone; fetch the history: git fetch --unshallow"
        if self.objects.commit(commit):
            return f"this partial clone lacks files of {commit[:9]}; get them: git fetch --refetch --no-filter"
        return f"{commit[:9]} is not a commit of this repository"


def checkout_at(folder: Path, apart: Iterable[Path] = ()) -> Checkout:
    """The work tree that contains a folder. Changes to what is kept `apart`, such as the book, do not make it dirty."""
    if not folder.is_dir():
        raise GitError(f"there is no folder {folder}", "name the folder of the checkout")
    asked = ("--show-toplevel", "--is-shallow-repository", "--all")
    top, shallow, *tips = git.tell(folder, "rev-parse", *asked).splitlines()
    root = Path(top)
    head, changed, renamed, new = _status(root)
    tracked = _tracked(root)
    changed = sorted({*changed, *_hidden_changes(root, tracked)})
    not_code = [place for one in apart if (place := _within(root, one)) is not None]
    code = (path for path in changed if not is_leftover(path) and not any(is_below(path, one) for one in not_code))
    files = tuple(sorted({*tracked, *new}))
    return Checkout(root, head, tuple(code), shallow == "true", renamed, files, tuple(sorted({*tips})))


def _status(root: Path) -> tuple[str, list[str], dict[str, str], list[str]]:
    """The commit of the work tree, what is not committed, what has another name, and the new files, output included."""
    how = (
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=all",
        "--ignored=matching",
        "--find-renames",
        _SUBMODULES,
    )
    status = git.tell(root, "status", *how)
    head, changed, renamed, new = "", list[str](), dict[str, str](), list[str]()
    lines = iter(git.names(status))
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "!":
            changed += _hidden_code(root, rest)
            continue
        if kind == "?":
            new.append(rest)
            if is_output(rest):
                continue
        if kind != "#":
            changed.append(rest.split(" ", _FIELDS.get(kind, 0))[-1])
        elif rest.startswith("branch.oid "):
            head = rest.removeprefix("branch.oid ")
        if kind == "2":
            old = next(lines)
            renamed[old] = changed[-1]
            changed.append(old)
    if head == "(initial)":
        raise GitError(f"{root.name} has no commit yet", "commit the code first")
    return head, sorted(changed), renamed, new


def _hidden_code(root: Path, ignored: str) -> Iterator[str]:
    """The code in a file or folder that git ignores: it is part of what is tested, and nobody else can see it."""
    alone, waiting = not ignored.endswith("/"), [root / ignored]
    for place in waiting:
        inside = place.relative_to(root).as_posix()
        if place.is_dir() and not place.is_symlink():
            own = {path.name for path in place.iterdir()} if not is_built(place.name) else set()
            if own.isdisjoint({".git", "pyvenv.cfg"}) and len(waiting) < _MOST_FOLDERS:
                waiting += (place / name for name in sorted(own))
        elif place.is_file() and is_hidden_code(inside, alone=alone) and not is_generated(inside, _begin(place)):
            yield inside


def _begin(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(500)


def _tracked(root: Path) -> dict[str, list[str]]:
    """The files that git tracks, each with its tag, mode, id and stage."""
    listed = (line.partition("\t") for line in git.names(git.tell(root, "ls-files", "-v", "-s", "-z")))
    return {path: about.split() for about, _, path in listed}


def _hidden_changes(root: Path, tracked: Mapping[str, list[str]]) -> Iterator[str]:
    """Files that differ although git was told not to look: `--assume-unchanged`, `--skip-worktree`."""
    hidden = (path for path, (tag, *_) in tracked.items() if tag.islower() or tag == "S")
    there = sorted(path for path in hidden if (root / path).is_file() and "\n" not in path)
    if there:
        asked = "".join(f"{path}\n" for path in there).encode(errors="surrogateescape")
        ids = git.tell(root, "hash-object", "--stdin-paths", stdin=asked).split()
        yield from (path for path, own in zip(there, ids, strict=True) if own != tracked[path][2])


def list_files_without_git(folder: Path) -> list[str]:
    """The files below a folder that is in no checkout, without ignored ones.

    It gets a repository elsewhere for as long as this takes.
    """
    with TemporaryDirectory() as place:
        git.tell(Path(place), "init", "--quiet")
        where = (f"--git-dir={place}/.git", "--work-tree=.")
        output = git.tell(folder, *where, "ls-files", "-z", "--others", "--exclude-standard")
    files = []
    for name in git.names(output):
        if name.endswith("/"):  # a repository of its own
            inside = git.tell(folder / name, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
            files += [f"{name}{path}" for path in git.names(inside)]
        else:
            files.append(name)
    return sorted(set(files))


def _within(root: Path, path: Path) -> str | None:
    """The place of a file or folder in a checkout; None if it is outside."""
    path = path.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def known_commit(folder: Path, revision: str) -> str:
    """The commit that a person names in the repository around a folder; an error if there is none."""
    if git.top_of(folder) is None:
        raise GitError(f"{folder} is not in a git repository, so `{revision}` is unknown", "run it in a git checkout")
    if commit := Objects(folder).commit(revision):
        return commit
    what = f"this clone has no commit, branch or tag named `{on_one_line(revision)}`"
    if checkout_at(folder).shallow:
        do = "fetch its history: `git fetch --unshallow`, `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab"
        raise GitError(f"{what}; it is shallow, so older commits are missing", do)
    raise GitError(what, "list them with `git branch --all`; update them with `git fetch`")


def changed_since(folder: Path, revision: str) -> frozenset[str]:
    """The files below a folder that differ from a revision, new ones included; named from the folder."""
    if revision.startswith("-"):
        raise GitError(f"`{revision}` is not a revision", "name a commit, a branch or a tag")
    changed = git.tell(folder, "diff", "--name-only", "--relative", "-z", revision, "--", ".")
    new = git.tell(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(git.names(changed + new))


def book_files(root: Path) -> Iterator[Path]:
    """The records are not part of the code, even if the book is at the top of its repository."""
    if (root / ".git").exists():
        yield from (path for path in root.iterdir() if path.suffix == ".yaml" or (path / "issue.yaml").exists())
        yield from (root / "patterns", root / ".schema")
    else:
        yield root
