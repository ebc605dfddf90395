"""Files, script options and settings that a record names but the source code does not have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator

from triagebook.book import Entry
from triagebook.code import git
from triagebook.code.state import Mismatch
from triagebook.findings import Field
from triagebook.model.scalars import leaves
from triagebook.model.suites import SuiteState

from .file_search import NotSearchedError, read_file
from .source_folder import SourceFolder

# Programs whose arguments are files to read or run. Other programs may create the files they name.
_READERS = re.compile(
    r"(?:python[\d.]*|pytest|tox|node|npx|jest|vitest|mocha|ruby|rspec|php|phpunit|bash|sh|cat|grep|rg|head|tail|ls)"
)
_PATH = re.compile(r"(?:\./)?((?:[\w.-]+/)+[\w.-]*)(?:::.*)?")
_OPTION = re.compile(r"(--[a-z][\w-]*)(?:=.*)?")
_SETTING = re.compile(r"[A-Za-z_][\w.-]*")


class MissingNames:
    """The names of one issue that the code has neither at the commit of the record nor now."""

    def __init__(self, entry: Entry, source: SourceFolder) -> None:
        self.entry, self.source = entry, source
        self._changes = entry.issue.changes
        stated = entry.issue.source
        self._commit = source.checkout.objects.commit(str(stated.commit)) if source.checkout and stated else None

    def found(self, named: frozenset[str]) -> Iterator[Mismatch]:
        """The missing names; `named` are the settings that the code names."""
        for field, path in self._paths():
            if not self._has(path):
                yield self._mismatch(field, path, "there is no such file")
        for name, field in self.settings.items() if self.source.checkout else ():
            if name not in named:
                yield self._mismatch(field, name, "no file of the code names it")
        for field, value in leaves(self.entry.issue):
            if field[-1] == "run" and isinstance(value, str):
                yield from self._command(field, value)

    @property
    def settings(self) -> dict[str, Field]:
        """The settings of the fix, each with its field. Settings of one environment do not count."""
        return {
            str(change.setting): ("fix", "changes", index, "setting")
            for index, change in enumerate(self._changes)
            if change.environment is None and _SETTING.fullmatch(str(change.setting or ""))
        }

    def _paths(self) -> Iterator[tuple[Field, str]]:
        """The files that exist, according to the record."""
        issue = self.entry.issue
        for name, suite in issue.suites.items():
            if suite.path and suite.state is not SuiteState.PLANNED:
                yield ("suites", name, "path"), str(suite.path)
        for part in ("changes", "unrelated"):
            for index, change in enumerate(getattr(issue.fix, part) if issue.fix else ()):
                if change.path:
                    yield ("fix", part, index, "path"), str(change.path)

    def _command(self, field: Field, command: str) -> Iterator[Mismatch]:
        """The files that a command reads and that do not exist, and the options that its script does not take."""
        words = _words(command)
        if not words or not _READERS.fullmatch(words[0].rpartition("/")[2]):
            return
        script, planned = (
            "",
            {str(one.path) for one in self.entry.issue.suites.values() if one.state is SuiteState.PLANNED},
        )
        for word in words[1:]:
            if (match := _OPTION.fullmatch(word)) and script and not self._takes(script, match[1]):
                yield self._mismatch(field, match[1], f"`{script}` knows no such option")
            elif (match := _PATH.fullmatch(word)) and self._has(match[1].partition("/")[0]):
                if not self._has(match[1]) and match[1] not in planned:
                    yield self._mismatch(field, match[1], "there is no such file or folder")
                elif not script and words[0].startswith("python") and match[1].endswith(".py"):
                    script = match[1]

    def _has(self, path: str) -> bool:
        path, checkout = path.rstrip("/"), self.source.checkout
        if path in self.source.present or path in self.source.folders:
            return True
        return bool(checkout and self._commit and checkout.objects.item(self._commit, path))

    def _takes(self, script: str, option: str) -> bool:
        """Does a script accept an option? A script whose text names no options passes them on."""
        try:
            text = read_file(str(self.source.folder), script).decode(errors="replace")
        except NotSearchedError:
            return True
        known = set(re.findall(r"""["'](--[a-z][\w-]*)""", text))
        return not known or option in known or option.replace("--no-", "--", 1) in known or option == "--help"

    def _mismatch(self, field: Field, name: str, why: str) -> Mismatch:
        return Mismatch(f"{self.entry.id}/issue.yaml", field, name, why)


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
    """The words of a plain command; nothing if it changes folders or leaves something to the shell."""
    if re.search(r"\bcd\b|[$`*?{~]", command):
        return []
    try:
        words = shlex.split(re.split(r"[|;&<>\n]", command)[0])
    except ValueError:
        return []
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    return words
