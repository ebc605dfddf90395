"""A git repository with a book in it, or beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from triagebook.code.checkouts import states_for
from triagebook.code.state import SourceState
from triagebook.store.load import load

CATALOG = """\
repositories: {app: https://example.org/app}
components: {chat: {title: Chat, repository: app}}
environments: {local: Local, production: {title: Production, production: true}}
test_categories: {unit: Unit}
people: {me: Me}
"""
_IDENTITY = {"NAME": "Me", "EMAIL": "me@example.org", "DATE": "2025-09-20T12:00:00+00:00"}


class Repository:
    """Files below a folder, and what git makes of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: str = "") -> str:
        return run_git(self.root, *arguments, stdin=stdin)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files: Mapping[str, str] | None = None) -> str:
        """Commit everything, the given files first; the hash."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")
        return self.git("rev-parse", "HEAD")

    def fast_import(self, changes: list[tuple[str, str]]) -> list[str]:
        """A commit for each file and its new text; their hashes."""
        marks = self.root / ".git" / "marks"
        parts = []
        for number, (path, text) in enumerate(changes, 1):
            who = f"Me <me@example.org> {10**9 + number} +0000"
            parts.append(f"commit refs/heads/main\nmark :{number}\ncommitter {who}\ndata 1\nx\n")
            parts.append(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n")
        self.git("fast-import", "--quiet", f"--export-marks={marks}", stdin="".join(parts))
        self.git("reset", "--quiet", "--hard", "main")
        hashes = dict(line[1:].split() for line in marks.read_text().splitlines())
        return [hashes[str(number)] for number in range(1, len(changes) + 1)]


def run_git(folder: Path, *arguments: str, stdin: str = "") -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in _IDENTITY.items()}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "protocol.file.allow=always", "-C", str(folder), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, input=stdin)
    return done.stdout.strip()


def states(book: Path, folder: Path | None = None) -> dict[str, SourceState]:
    """The state of the source code for every issue of a book."""
    loaded = load(book)
    assert loaded.findings == ()
    return states_for(loaded.book, loaded.root, loaded.book.issues.values(), folder)


def counting_git(folder: Path) -> tuple[Path, Path]:
    """A folder with a `git` that writes its arguments to a file before it runs, and that file."""
    real, log = shutil.which("git"), folder / "git.log"
    assert real
    wrapper = folder / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
    return wrapper.parent, log
