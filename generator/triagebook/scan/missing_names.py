"""Files, options of scripts and settings that a record names and the source code does not have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator
from functools import cached_property

from triagebook.book import Entry
from triagebook.code import git
from triagebook.code.state import Mismatch
from triagebook.findings import Field
from triagebook.model.scalars import leaves
from triagebook.model.suites import SuiteState

from .files import NotSearchedError, read_file
from .source_folder import SourceFolder

# Programs whose arguments are files to read or run. Other programs may create the files they name.
_READERS = re.compile(
    r"(?:python[\d.]*|pytest|tox|node|npx|jest|vitest|mocha|ruby|rspec|php|phpunit|bash|sh|cat|grep|rg|head|tail|ls)"
)
_PATH = re.compile(r"(?:\./)?((?:[\w.-]+/)+[\w.-]*)(?:::.*)?")
_OPTION = re.compile(r"(--[a-z][\w-]*)(?:=.*)?")
_SETTING = re.compile(r"[A-Za-z_][\w.-]*")


class MissingNames:
    """What one issue names and the code has neither at the commit of the record nor now."""

    def __init__(self, entry: Entry, source: SourceFolder) -> None:
        self.entry, self.source = entry, source
        self.file = f"{entry.id}/issue.yaml"

    @cached_property
    def _commit(self) -> str | None:
        checkout, source = self.source.checkout, self.entry.issue.source
        return checkout.objects.commit(str(source.commit)) if checkout and source else None

    def has(self, path: str) -> bool:
        path = path.rstrip("/")
        if path in self.source.present or path in self.source.folders:
            return True
        checkout = self.source.checkout
        return bool(checkout and self._commit and checkout.objects.item(self._commit, path))

    def found(self, named: frozenset[str]) -> Iterator[Mismatch]:
        """The missing names; `named` are the settings that the code names."""
        yield from self._paths()
        if self.source.checkout is not None:
            yield from (one for name, one in self._settings() if name not in named)
        for way, value in leaves(self.entry.issue):
            if way[-1] == "run" and isinstance(value, str):
                yield from self._command(way, str(value))

    def _paths(self) -> Iterator[Mismatch]:
        issue = self.entry.issue
        for name, suite in issue.suites.items():
            if suite.path and suite.state is not SuiteState.PLANNED and not self.has(suite.path):
                yield self._mismatch(("suites", name, "path"), str(suite.path), "there is no such file")
        for part in ("changes", "unrelated"):
            for index, change in enumerate(getattr(issue.fix, part) if issue.fix else ()):
                if change.path and not self.has(change.path):
                    yield self._mismatch(("fix", part, index, "path"), str(change.path), "there is no such file")

    @property
    def settings(self) -> set[str]:
        return {name for name, _ in self._settings()}

    def _settings(self) -> Iterator[tuple[str, Mismatch]]:
        """Each setting of the fix, and the mismatch if no file names it. Settings of one environment do not count."""
        changes = self.entry.issue.fix.changes if self.entry.issue.fix else ()
        for index, change in enumerate(changes):
            setting = str(change.setting or "")
            if change.environment is None and _SETTING.fullmatch(setting):
                where = ("fix", "changes", index, "setting")
                yield setting, self._mismatch(where, setting, "no file of the code names it")

    def _command(self, way: Field, command: str) -> Iterator[Mismatch]:
        words = _words(command)
        if not words or not _READERS.fullmatch(words[0].rpartition("/")[2]):
            return
        script = ""
        for word in words[1:]:
            if (match := _OPTION.fullmatch(word)) and script and not self._takes(script, match[1]):
                yield self._mismatch(way, match[1], f"`{script}` knows no such option")
            elif (match := _PATH.fullmatch(word)) and self.has(match[1].partition("/")[0]):
                if not self.has(match[1]):
                    yield self._mismatch(way, match[1], "there is no such file or folder")
                elif not script and words[0].startswith("python") and match[1].endswith(".py"):
                    script = match[1]

    def _takes(self, script: str, option: str) -> bool:
        """Does a script accept an option, judging by its text? A script without options of its own passes them on."""
        try:
            text = read_file(f"{self.source.folder}/{script}").decode(errors="replace")
        except NotSearchedError:
            return True
        known = set(re.findall(r"""["'](--[a-z][\w-]*)""", text))
        return not known or option in known or option.replace("--no-", "--", 1) in known or option == "--help"

    def _mismatch(self, field: Field, what: str, why: str) -> Mismatch:
        return Mismatch(self.file, field, what, why)


def settings_named_in(source: SourceFolder, settings: Collection[str]) -> frozenset[str]:
    """The settings that some file of the code names."""
    if source.checkout is None or not settings:
        return frozenset()
    patterns = [part for name in sorted(settings) for part in ("-e", name)]
    output = git.ask(source.folder, "grep", "-z", "-o", "-I", "-F", *patterns, "--", ".") or ""
    found = {line.partition("\0") for line in output.splitlines()}
    texts = {text for path, _, text in found if path in source.present}
    return frozenset(name for name in settings if any(name in text for text in texts))


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
