"""Writing to a book: one writer at a time, whole files or nothing, and nothing outside the book's folder."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from secrets import token_hex

from filelock import FileLock, Timeout
from msgspec import Struct

from triagebook.errors import BusyError, InvalidEditError, TakenError, TriagebookError
from triagebook.findings import Edit

from .edit import apply

PATIENCE = 10.0  # seconds to wait for another writer
_LITTER_AGE = 3600.0
_PREFIX, _SUFFIX = ".triagebook-", ".tmp"  # hidden, so that what a killed writer leaves is not read as a record


def edit(root: Path, edits: Sequence[Edit], patience: float = PATIENCE) -> list[str]:
    """Make all edits, or none if one can't be made; return the names of the changed files.

    Files are read under the lock, so an edit never undoes what another writer has just written.
    """
    with locked(root, patience):
        drafts = [_draft(root, name, edits) for name in dict.fromkeys(edit.file for edit in edits)]
        changed = [draft for draft in drafts if draft.old != draft.new]
        _make(changed)
    return [draft.name for draft in changed]


def write(root: Path, name: str, text: str, patience: float = PATIENCE) -> None:
    """Write a file of the book, new or replaced."""
    data = _encoded(name, text)
    with locked(root, patience):
        target = _target(root, name)
        with _advice(name):
            old = target.read_bytes() if target.is_file() else None
        _make([_FileChange(name, target, old, data)])


def replace_all(root: Path, texts: Mapping[str, tuple[str, str]]) -> None:
    """Replace files by their new texts, all or none, under the caller's lock. The old text of a new file is empty."""
    changes = [
        _FileChange(name, _target(root, name), _encoded(name, old) if old else None, _encoded(name, new))
        for name, (old, new) in texts.items()
    ]
    _make(changes)


def create(root: Path, name: str, text: str, patience: float = PATIENCE) -> None:
    """Write a new file of the book; an existing file stays, and is an error."""
    create_all(root, {name: _encoded(name, text)}, patience=patience)


def create_all(
    root: Path, files: Mapping[str, bytes], look: Callable[[], None] | None = None, patience: float = PATIENCE
) -> None:
    """Write new files of the book, all or none. `look` is called under the lock and may raise.

    Records come last, so that none is ever there without the files it names.
    """
    with locked(root, patience):
        if look:
            look()
        order = sorted(files, key=lambda name: name.endswith(".yaml"))
        _make([_FileChange(name, _target(root, name), None, files[name]) for name in order])


@contextmanager
def locked(root: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other writers out of a book."""
    with _advice("the lock", "set TMPDIR to a folder that you may write to"):
        lock = FileLock(_lock_file(root))
        try:
            lock.acquire(timeout=patience, poll_interval=0.01)
        except Timeout:
            what = f"another process has been writing to {root} for {patience:g} s"
            raise BusyError(what, "wait until it is done, or end it; then try again") from None
    try:
        yield
    finally:
        lock.release()


def _lock_file(root: Path) -> Path:
    """The lock is a temporary file whose name is derived from the book's real path.

    In the book it would be one more file to ignore or to commit by mistake. Each user has a folder of locks, so that no
    other user can replace one by a link.
    """
    user = getattr(os, "geteuid", lambda: None)()
    try:
        temporary = Path(tempfile.gettempdir())
    except FileNotFoundError:  # the disk is full, perhaps
        what = "no folder for temporary files can be written to"
        raise TriagebookError(what, "check that the disk is not full, or set TMPDIR to another folder") from None
    folder = temporary / ("triagebook" if user is None else f"triagebook-{user}")
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or user not in {None, found.st_uid}:
        raise TriagebookError(f"{folder} belongs to another user", "set TMPDIR to a folder of your own")
    return folder / f"{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]}.lock"


# ── several files at once ────────────────────────────────────────────────────────────────────────────


class _FileChange(Struct, frozen=True):
    """A file before and after a change."""

    name: str
    target: Path
    old: bytes | None  # None: a new file, whose name must not be taken
    new: bytes


def _draft(root: Path, name: str, edits: Sequence[Edit]) -> _FileChange:
    target = _target(root, name)
    with _advice(name):
        if target.exists() and not target.is_file():
            raise TriagebookError(f"{name} is not a file", "put a file in its place")
        old = target.read_bytes()
    try:
        text = old.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidEditError(f"{name} is not UTF-8", "save it as UTF-8, then try again") from None
    return _FileChange(name, target, old, _encoded(name, apply(text, [edit for edit in edits if edit.file == name])))


def _make(changes: Sequence[_FileChange]) -> None:
    """Make all changes or none: most failures happen while the new files are still beside the old ones.

    A new folder gets its name when it holds all its files. Only a machine that stops between two names leaves some
    files new and some old, each of them whole.
    """
    with ExitStack() as stack:
        staged: dict[Path, tuple[Path, _FileChange]] = {}
        for change in changes:
            with _advice(change.name):
                named = _new_folder(change.target) or change.target
                if named not in staged:
                    staged[named] = stack.enter_context(_temporary(named)), change
                path = staged[named][0] / change.target.relative_to(named)
                _write_new(path, change.new, _mode_of(change.target))
        done: list[tuple[Path, _FileChange]] = []
        try:
            for named, (new, change) in staged.items():
                with _advice(change.name):
                    _give_name(new, named, change)
                    done.append((named, change))
                    _sync(named.parent)
        except BaseException:
            for named, change in done:
                _take_back(named, change)
            raise


def _new_folder(target: Path) -> Path | None:
    """The topmost folder that has to be made for a file."""
    missing = [folder for folder in target.parents if not folder.exists()]
    return missing[-1] if missing else None


def _give_name(new: Path, named: Path, change: _FileChange) -> None:
    """The lock keeps other writers out, but editors ignore it: what one has just saved is not overwritten."""
    if change.old is None and named.exists():
        raise TakenError(f"{change.name} is already there", "choose another name, or change the file that is there")
    if change.old is not None and named.read_bytes() != change.old:
        raise BusyError(f"{change.name} was changed by another program", "try again")
    new.replace(named)


def _take_back(named: Path, change: _FileChange) -> None:
    if change.old is not None:
        with _temporary(named) as old:
            _write_new(old, change.old, _mode_of(named))
            old.replace(named)
    else:
        _remove(named)


# ── one file ─────────────────────────────────────────────────────────────────────────────────────────


def _target(root: Path, name: str) -> Path:
    """The real path of a file, which must be inside the book after links are resolved."""
    do = "name a file by its place in the book: `1184/issue.yaml`"
    pure = PurePosixPath(name)
    if pure.is_absolute() or Path(name).anchor or not pure.parts or ".." in pure.parts or "\0" in name:
        raise TriagebookError(f"`{name}` is not the name of a file in the book", do)
    try:
        top = root.resolve()
        target = (top / pure).resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        raise TriagebookError(f"`{name}` leads nowhere", do) from None
    if top not in target.parents:
        raise TriagebookError(f"`{name}` leads out of the book", do)
    return target


@contextmanager
def _temporary(named: Path) -> Iterator[Path]:
    """A hidden path beside the one to be named, removed in the end if it was not used."""
    for path in named.parent.glob(f"{_PREFIX}*{_SUFFIX}"):  # what killed writers left, once it is too old to be in use
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _LITTER_AGE:
                _remove(path)
    staged = named.with_name(f"{_PREFIX}{token_hex(8)}{_SUFFIX}")
    try:
        yield staged
    finally:
        with suppress(OSError):
            _remove(staged)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_new(path: Path, data: bytes, mode: int | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        if mode is not None:
            path.chmod(mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _mode_of(target: Path) -> int | None:
    """The permissions of the file to be replaced; None for a new file."""
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None
    # To replace a file, the system requires only write permission for its folder.
    if not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return mode


def _sync(folder: Path) -> None:
    """A new name is safe once its folder is; not every system lets a folder be opened for that."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidEditError(f"{name} would contain half a character", "remove what is not Unicode") from None


@contextmanager
def _advice(
    name: str, do: str = "check that you may write to it and its folder, and that the disk is not full"
) -> Iterator[None]:
    """Turn errors of the operating system into messages for people."""
    try:
        yield
    except FileNotFoundError:
        raise TriagebookError(f"there is no {name} in the book", "create it first") from None
    except (FileExistsError, NotADirectoryError):
        raise TriagebookError(
            f"the folder of {name} can't be made, because a file has its name", "choose another name"
        ) from None
    except OSError as error:
        raise TriagebookError(f"{name} can't be written: {(error.strerror or str(error)).lower()}", do) from None
