"""Selects suites to run, prepares their commands, and finds their result files."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from triagebook.errors import TriagebookError
from triagebook.model.building_blocks import Command
from triagebook.model.suites import Suite, SuiteState

from .process import Job

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_FOR_A_SHELL = "();<>|&"
_VARIABLE = re.compile(r"\$[\w({]|`")
_PYTEST = re.compile(r"\bpytest\b")
_RESULTS = re.compile(r"[^\s'\"=:,]+\.(?:xml|json|jsonl|trx)\b")
_OWN_RESULTS = ("--junitxml", "--junit-xml")


class Task(Struct, frozen=True):
    """A suite to run."""

    suite: str
    command: str  # as in the plan


class Chosen(Struct, frozen=True):
    """The suites to run, and why others are skipped."""

    tasks: tuple[Task, ...]
    left_out: tuple[str, ...]


def choose(suites: Mapping[str, Suite], wanted: Sequence[str], environment: str) -> Chosen:
    """The requested suites, or all that can run in the environment."""
    tasks: list[Task] = []
    left_out: list[str] = []
    for name in wanted or suites:
        suite = suites[name]
        command = _command(suite, environment)
        if suite.environments and environment not in suite.environments:
            why = f"runs in {', '.join(suite.environments)}, not in {environment}"
        elif suite.state is SuiteState.PLANNED and not wanted:
            why = "is planned but not written yet"
        elif command is None:
            why = "has no command" + (f" for {environment}" if suite.command else "")
        else:
            tasks.append(Task(name, str(command.run).strip()))
            continue
        if wanted:
            raise TriagebookError(f"suite `{name}` {why}", "change the plan, or choose another suite")
        left_out.append(f"{name} {why}")
    if not tasks:
        what = "; ".join(left_out) or "the issue plans no suites"
        raise TriagebookError(f"there is nothing to run: {what}", "add a `command` to a suite, or choose with --suite")
    return Chosen(tuple(tasks), tuple(left_out))


def _command(suite: Suite, environment: str) -> Command | None:
    """The first command for this environment, else the first one for any environment."""
    fitting = (one for wanted in (environment, None) for one in suite.command if one.environment == wanted)
    return next(fitting, None)


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────


def job_of(command: str, folder: Path, junit: Path | None, *, shell: bool, limit: float | None) -> Job:
    """A command ready to run. pytest gets an option to write its results to the file that is given."""
    if shell:
        own = junit and len(_PYTEST.findall(command)) == 1 and not any(flag in command for flag in _OWN_RESULTS)
        return Job(command, folder, {"PYTEST_ADDOPTS": f"--junitxml={shlex.quote(str(junit))}"} if own else {}, limit)
    words = _words(command)
    environment = dict(_assignments(words))
    words = words[len(environment) :]
    if not words:
        raise TriagebookError(f"`{command}` contains no program", "correct the suite's `command`")
    if shutil.which(words[0], path=environment.get("PATH")) is None and not (folder / words[0]).is_file():
        raise TriagebookError(f"`{words[0]}` was not found", f"install it, or correct `command`; it runs in {folder}")
    at = _pytest_at(words) if junit else None
    if at is not None and not any(word.startswith(_OWN_RESULTS) for word in words):
        words = [*words[: at + 1], f"--junitxml={junit}", *words[at + 1 :]]
    return Job(words, folder, environment, limit)


def _words(command: str) -> list[str]:
    do = "read the command, then add --shell to run it in a shell"
    if "\n" in command:
        raise TriagebookError(f"`{command.splitlines()[0]} ...` has several lines, so it needs a shell", do)
    try:
        words = shlex.split(command)
        lexer = shlex.shlex(command, posix=True, punctuation_chars=_FOR_A_SHELL)
        lexer.whitespace_split, lexer.commenters = True, ""
        special = next((word for word in lexer if not word.strip(_FOR_A_SHELL) or _VARIABLE.search(word)), None)
    except ValueError as problem:
        raise TriagebookError(f"`{command}` can't be read: {problem}", "correct the suite's `command`") from None
    if special:
        raise TriagebookError(f"`{command}` needs a shell for `{special}`", do)
    return words


def _assignments(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The `NAME=value` words before a program."""
    for word in words:
        if not _ASSIGNMENT.match(word):
            return
        name, _, value = word.partition("=")
        yield name, value


def _pytest_at(words: Sequence[str]) -> int | None:
    """The index of pytest among the words of a command."""
    return next((index for index, word in enumerate(words) if Path(word).name in {"pytest", "py.test"}), None)


# ── results ──────────────────────────────────────────────────────────────────────────────────────────


class ResultFiles:
    """Finds the result files that a command writes: those it names, and those given by patterns."""

    def __init__(self, command: str, folder: Path, patterns: Sequence[str], junit: Path) -> None:
        self.folder, self.junit = folder, junit
        self.patterns = list(patterns)
        self.named = sorted(set(_RESULTS.findall(command)))
        self.before = {path: _stamp(path) for path in self._there()}

    def fresh(self) -> list[Path]:
        """The files written since the start; older ones belong to another run."""
        own = [self.junit] if self.junit.is_file() and self.junit.stat().st_size else []
        return own or [path for path in self._there() if _stamp(path) != self.before.get(path)]

    def _there(self) -> list[Path]:
        found = [self.folder / name for name in self.named if not self.patterns]
        for pattern in self.patterns:
            found += sorted(self.folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        return [path for path in dict.fromkeys(found) if path.is_file()]


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_mtime_ns, about.st_size
