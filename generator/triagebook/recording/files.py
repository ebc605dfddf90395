"""New files of a book, records and what is kept beside them: all of them are written, or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from triagebook.errors import TriagebookError
from triagebook.store.write import locked


class TakenError(TriagebookError):
    """The name of a new file is taken; another writer was quicker."""


def add_all(root: Path, files: Mapping[str, bytes], look: Callable[[], None]) -> None:
    """Write new files. `look` is called once no other writer is at work, and may object."""
    with locked(root):
        look()
        staged: dict[Path, Path] = {}
        added: list[Path] = []
        try:
            for name, data in files.items():
                target = _inside(root, name)
                staged[target] = _stage(target, data)
            for target, new in staged.items():
                _name(new, target)
                added.append(target)
        except BaseException as error:
            for target in added:
                target.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _refused(error) from None
            raise
        finally:
            for new in staged.values():
                with suppress(OSError):
                    new.unlink(missing_ok=True)


def _inside(root: Path, name: str) -> Path:
    """The place of a new file; links must not lead it out of the book."""
    folder = root / Path(name).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        inside = folder.resolve().is_relative_to(root.resolve())
    except OSError as error:
        raise _refused(error) from None
    if not inside:
        raise TriagebookError(f"{folder} leads out of the book", "put a folder in its place")
    return folder / Path(name).name


def _stage(target: Path, data: bytes) -> Path:
    """The content under a hidden name, safe on disk."""
    staged = target.with_name(f".triagebook-{token_hex(8)}.tmp")
    try:
        with staged.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    return staged


def _name(staged: Path, target: Path) -> None:
    """Give a file its name, unless that is taken."""
    try:
        os.link(staged, target)
    except FileExistsError:
        raise
    except OSError:  # some file systems have no links; the lock keeps other writers out meanwhile
        if target.exists():
            raise
        staged.replace(target)


def _refused(error: OSError) -> TriagebookError:
    name = error.filename2 or error.filename or "the evidence"
    if isinstance(error, FileExistsError):
        return TakenError(f"{name} is already there", "try again")
    reason = (error.strerror or str(error)).lower()
    return TriagebookError(
        f"{name} can't be written: {reason}", "see that you may write there, and that the disk has room"
    )
