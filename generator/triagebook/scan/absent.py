"""What a record names of the source code besides lines, and that is not there: files, options of scripts, settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cached_property

from triagebook.book import Entry
from triagebook.code.state import Mismatch
from triagebook.findings import Field
from triagebook.model.scalars import leaves
from triagebook.model.suites import SuiteState

from .checkout import Code
from .files import NotSearchedError, read_file

# Programs whose arguments are files to read or run; what others are given may be made by them.
_READERS = re.compile(
    r"(?:python[\d.]*|pytest|tox|node|npx|jest|vitest|mocha|ruby|rspec|php|phpunit|bash|sh|cat|grep|rg|head|tail|ls)"
)
_PATH = re.compile(r"(?:\./)?((?:[\w.-]+/)+[\w.-]*)(?:::.*)?")
_OPTION = re.compile(r"(--[a-z][\w-]*)(?:=.*)?")
_SETTING = re.compile(r"[A-Za-z_][\w.-]*")


def absent(entry: Entry, code: Code) -> Iterator[Mismatch]:
    """What is not in the code: neither at the commit of the record nor now."""
    return _Absent(entry, code).found()


class _Absent:
    """Looks things up in one checkout."""

    def __init__(self, entry: Entry, code: Code) -> None:
        self.entry, self.code = entry, code
        self.file = f"{entry.id}/issue.yaml"

    @cached_property
    def files(self) -> frozenset[str]:
        git, source = self.code.git, self.entry.issue.source
        commit = git.commit(str(source.commit)) if git and source else None
        return self.code.present | (git.tree(commit) if git and commit else frozenset())

    @cached_property
    def folders(self) -> frozenset[str]:
        every = (path.split("/") for path in self.files)
        return frozenset("/".join(parts[:depth]) for parts in every for depth in range(1, len(parts)))

    def has(self, path: str) -> bool:
        path = path.rstrip("/")
        return path in self.files or path in self.folders

    def found(self) -> Iterator[Mismatch]:
        yield from self._paths()
        yield from self._settings()
        for way, value in leaves(self.entry.issue):
            if way[-1] == "run" and isinstance(value, str):
                yield from self._command(way, str(value))

    def _paths(self) -> Iterator[Mismatch]:
        issue = self.entry.issue
        for name, suite in issue.suites.items():
            if suite.path and suite.state is not SuiteState.PLANNED and not self.has(suite.path):
                yield self._stray(("suites", name, "path"), str(suite.path), "there is no such file")
        for part in ("changes", "unrelated"):
            for index, change in enumerate(getattr(issue.fix, part) if issue.fix else ()):
                if change.path and not self.has(change.path):
                    yield self._stray(("fix", part, index, "path"), str(change.path), "there is no such file")

    def _settings(self) -> Iterator[Mismatch]:
        """A setting that the code does not name. What is set for one environment may be known there alone."""
        changes = self.entry.issue.fix.changes if self.entry.issue.fix else ()
        for index, change in enumerate(changes):
            setting = str(change.setting or "")
            if change.environment is None and _SETTING.fullmatch(setting) and not self._is_named(setting):
                yield self._stray(("fix", "changes", index, "setting"), setting, "no file of the code names it")

    def _is_named(self, setting: str) -> bool:
        git = self.code.git
        return git is None or not self.code.present.isdisjoint(git.mentioning(setting))

    def _command(self, way: Field, command: str) -> Iterator[Mismatch]:
        words = _words(command)
        if not words or not _READERS.fullmatch(words[0].rpartition("/")[2]):
            return
        script = ""
        for word in words[1:]:
            if (match := _OPTION.fullmatch(word)) and script and not self._takes(script, match[1]):
                yield self._stray(way, match[1], f"`{script}` knows no such option")
            elif (match := _PATH.fullmatch(word)) and match[1].partition("/")[0] in self.folders:
                if not self.has(match[1]):
                    yield self._stray(way, match[1], "there is no such file or folder")
                elif not script and words[0].startswith("python") and match[1].endswith(".py"):
                    script = match[1]

    def _takes(self, script: str, option: str) -> bool:
        """Does a script take an option, as far as its own text tells? One that takes none itself hands all on."""
        try:
            text = read_file(f"{self.code.folder}/{script}").decode(errors="replace")
        except NotSearchedError:
            return True
        known = set(re.findall(r"""["'](--[a-z][\w-]*)""", text))
        return not known or option in known or option.replace("--no-", "--", 1) in known or option == "--help"

    def _stray(self, field: Field, what: str, why: str) -> Mismatch:
        return Mismatch(self.file, field, what, why)


def _words(command: str) -> list[str]:
    """The words of a plain command; nothing where it changes folders or leaves something to the shell."""
    if re.search(r"\bcd\b|[$`*?{~]", command):
        return []
    try:
        words = shlex.split(re.split(r"[|;&<>\n]", command)[0])
    except ValueError:
        return []
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    return words
