"""Selects suites to run, prepares their commands, and finds their result files."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from msgspec import Struct, field

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
_NODE = ("--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=junit")
_RUNNERS: tuple[tuple[list[str], tuple[str, ...], tuple[str, ...]], ...] = (
    (["pytest"], ("--junitxml={}",), _OWN_RESULTS),
    (["py.test"], ("--junitxml={}",), _OWN_RESULTS),
    (["go", "test"], ("-json",), ("-json", "--json")),
    (["node", "--test"], (*_NODE, "--test-reporter-destination={}"), ("--test-reporter",)),
)  # the words that start a runner, what makes it report, and the options that say it does
_PROJECTS = {"go": "go.mod", "cargo": "Cargo.toml", "mvn": "pom.xml"} | dict.fromkeys(
    ("npm", "npx", "yarn", "pnpm"), "package.json"
)

# Where runners write their results that have no option to name a file.
_REPORTS = {
    "mvn": ("**/target/surefire-reports/TEST-*.xml", "**/target/failsafe-reports/TEST-*.xml"),
    "gradle": ("**/build/test-results/**/TEST-*.xml",),
    "dotnet": ("**/TestResults/**/*.trx",),
}
_REPORTS |= {"mvnw": _REPORTS["mvn"], "gradlew": _REPORTS["gradle"]}


class RunOptions(Struct, frozen=True):
    """Options for running suites."""

    folder: Path
    shell: bool = False
    limit: float | None = None  # seconds
    results: tuple[str, ...] = ()  # patterns of result files, relative to the folder
    keep: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)  # of the environment


class Task(Struct, frozen=True):
    """A suite to run."""

    suite: str
    command: str  # as in the plan
    path: str | None = None  # of its tests

    def below(self, top: Path) -> Path:
        """The folder to run in: where its file has the name that the command has for it, or its project begins."""
        path = PurePosixPath(self.path or "")
        words = [word.partition("::")[0].removeprefix("./") for word in self.command.split()]
        for folder in path.parents if self.path else ():
            named = str(path.relative_to(folder)) in words and not any((top / word).exists() for word in words)
            project = next((file for program, file in _PROJECTS.items() if program in words), None)
            begins = project is not None and (top / folder / project).is_file() and not (top / project).is_file()
            if named or begins:
                return top / folder
        return top


def choose(
    suites: Mapping[str, Suite], wanted: Sequence[str], environment: str, top: Path
) -> tuple[list[Task], list[str]]:
    """The requested suites, or all that can run in the environment, and why others are left out.

    A planned suite whose file is there, below the `top` of the source code, is written by now.
    """
    tasks: list[Task] = []
    left_out: list[str] = []
    for name in wanted or suites:
        suite = suites[name]
        command = _command(suite, environment)
        if suite.environments and environment not in suite.environments:
            why = f"runs in {', '.join(suite.environments)}, not in {environment}"
        elif suite.state is SuiteState.PLANNED and not wanted and not (suite.path and (top / suite.path).is_file()):
            why = "is planned but not written yet"
        elif command is None:
            why = "has no command" + (f" for {environment}" if suite.command else "")
        else:
            tasks.append(Task(name, str(command.run).strip(), str(suite.path) if suite.path else None))
            continue
        if wanted:
            raise TriagebookError(f"suite `{name}` {why}", "change the plan, or choose another suite")
        left_out.append(f"{name} {why}")
    if not tasks:
        what = "; ".join(left_out) or "the issue plans no suites"
        raise TriagebookError(
            f"there is nothing to run: {what}",
            "give a suite a `command`, such as `python -m pytest FILE`"
            + (", or choose one: --suite" if left_out else ""),
        )
    return tasks, left_out


def _command(suite: Suite, environment: str) -> Command | None:
    """The first command for this environment, else the first one for any environment."""
    fitting = (one for wanted in (environment, None) for one in suite.command if one.environment == wanted)
    return next(fitting, None)


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────


def job_of(command: str, options: RunOptions, junit: Path | None = None) -> Job:
    """A command ready to run. A runner that is known gets options to report its results, to the file that is given."""
    folder, limit = options.folder, options.limit
    if options.shell:
        own = junit and len(_PYTEST.findall(command)) == 1 and not any(flag in command for flag in _OWN_RESULTS)
        reporting = {"PYTEST_ADDOPTS": f"--junitxml={shlex.quote(str(junit))}"} if own else {}
        return Job(command, folder, {**options.variables, **reporting}, limit)
    words = _words(command)
    assigned = [word.partition("=") for word in takewhile(_ASSIGNMENT.match, words)]  # `NAME=value` before a program
    environment = {name: value for name, _, value in assigned}
    words = words[len(assigned) :]
    if not words:
        raise TriagebookError(f"`{command}` contains no program", "correct the suite's `command`")
    if shutil.which(words[0], path=environment.get("PATH")) is None and not (folder / words[0]).is_file():
        raise TriagebookError(f"`{words[0]}` was not found", f"install it, or correct `command`; it runs in {folder}")
    return Job(_reporting(words, junit) if junit else words, folder, {**options.variables, **environment}, limit)


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


def _reporting(words: list[str], junit: Path) -> list[str]:
    """The words of a command, with what makes its runner report results, unless it does."""
    names = [Path(word).name for word in words]
    for runner, more, own in _RUNNERS:
        ends = (end for end in range(len(runner), len(names) + 1) if names[end - len(runner) : end] == runner)
        if (end := next(ends, None)) and not any(word.startswith(own) for word in words):
            return [*words[:end], *(word.format(junit) for word in more), *words[end:]]
    return words


# ── results ──────────────────────────────────────────────────────────────────────────────────────────


class ResultFiles:
    """Finds the result files that a command writes: those it names or its runner always writes, or given patterns."""

    def __init__(self, command: str, folder: Path, patterns: Sequence[str], junit: Path) -> None:
        self.folder, self.junit = folder, junit
        self.named = sorted(set(_RESULTS.findall(command))) if not patterns else []
        programs = {Path(word).name for word in command.split()}
        known = [pattern for program in sorted(programs & _REPORTS.keys()) for pattern in _REPORTS[program]]
        self.patterns = list(patterns or known)
        self.before = {path: _stamp(path) for path in self._there()}

    def fresh(self) -> list[Path]:
        """The files written since the start; older ones belong to another run."""
        own = [self.junit] if self.junit.is_file() and self.junit.stat().st_size else []
        return own or [path for path in self._there() if _stamp(path) != self.before.get(path)]

    def _there(self) -> list[Path]:
        found = [self.folder / name for name in self.named]
        for pattern in self.patterns:
            found += sorted(self.folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        return [path for path in dict.fromkeys(found) if path.is_file()]


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_mtime_ns, about.st_size
