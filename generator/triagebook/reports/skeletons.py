"""The planned tests as files: the recorded code of each test, or a test that fails until it is written.

Names and paths come from records and are not trusted: every name becomes a Python name, every path stays in the folder,
and words appear only in string literals and comments.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from textwrap import dedent, indent

from msgspec import Struct, field

from triagebook.facts.ledger.planned_tests import split_name
from triagebook.markdown import clean
from triagebook.model.suites import Suite, Test
from triagebook.playbooks.runners import PYTEST, Runner, runner_of

# Markers with a meaning in pytest, or with arguments: the docstring names them instead.
_OF_PYTEST = frozenset(
    {"parametrize", "usefixtures", "filterwarnings", "skipif", "skip", "xfail", "tryfirst", "trylast"}
)
_LONGEST = 120  # characters of a name that every file system accepts
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_CONFTEST = '''"""Registers the markers that the tests of the plan use."""


MARKERS = (
%s)


def pytest_configure(config):
    for marker in MARKERS:
        config.addinivalue_line("markers", f"{marker}: from the record of the issue")
'''
_MARKER = re.compile(r"\bpytest\.mark\.([A-Za-z_]\w*)")


class _File(Struct):
    """A file that is being written."""

    parts: list[str] = field(default_factory=list)
    names: dict[str, set[str]] = field(default_factory=dict)  # taken, by class; at the top of the module under ""

    def unique(self, name: str, holder: str = "") -> str:
        """The name, or with a number if it is taken."""
        taken = self.names.setdefault(holder, set())
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        return free


class Skeletons(Struct, frozen=True):
    """The files by path in the folder, and the markers they use."""

    files: dict[str, str]
    markers: tuple[str, ...]


def skeletons(issue_id: str, suites: dict[str, Suite], runner: str = PYTEST) -> Skeletons:
    """The files of all suites with tests: for pytest, unless their ending belongs to another runner."""
    files: dict[str, _File] = {}
    others: dict[str, list[str]] = {}
    for name, suite in suites.items():
        if suite.tests and suite.path and (other := runner_of(suite.path, runner)):
            others.setdefault("/".join(_parts(suite.path)), []).extend(_written(other, suite))
        elif suite.tests:
            path = _path(issue_id, name, suite, files)
            _add(files.setdefault(path, _File()), name, suite)
    texts = {path: _text(issue_id, file) for path, file in files.items()}
    for path, tests in others.items():
        if found := runner_of(path, runner):
            texts[path] = found.file(path, tests)
    markers = sorted({marker for text in texts.values() for marker in _MARKER.findall(text)} - _OF_PYTEST)
    if markers:
        texts["conftest.py"] = _CONFTEST % "".join(f"    {marker!r},\n" for marker in markers)
    return Skeletons(texts, tuple(markers))


def _text(issue_id: str, file: _File) -> str:
    body = "".join(f"\n\n{part.strip()}\n" for part in file.parts)
    if file.parts[0].startswith('"""'):  # the file says itself what it is
        return body.lstrip()
    imports = "\nimport pytest\n" if "pytest." in body and "\nimport pytest\n" not in body else ""
    return f'"""Planned tests of issue {_word(issue_id)}."""\n{imports}{body}'


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def _path(issue_id: str, name: str, suite: Suite, files: Iterable[str]) -> str:
    """The path for the tests of a suite: that of the record, if pytest collects such a file, within the folder."""
    own = f"test_{_word(issue_id)}_{_word(name)}.py"
    parts = _parts(suite.path or "tests")
    if parts and parts[-1].endswith(".py"):
        last = parts.pop()
        own = last if last.startswith("test_") or last.endswith("_test.py") else f"test_{last}"
    path = "/".join([*parts, own])
    others = {PurePosixPath(each).name for each in files if each != path}
    return "/".join([*parts, f"{own.removesuffix('.py')}_{_word(name)}.py"]) if own in others else path


def _parts(path: str) -> list[str]:
    """The parts of a path, none of which leads out of the folder or is a name that some file system refuses."""
    parts = (part for part in PurePosixPath(path).parts if part not in {"..", ".", "/", ""})
    return [re.sub(r'[<>:"|?*\x00-\x1f]', "_", part)[-_LONGEST:] for part in parts]


def _written(runner: Runner, suite: Suite) -> Iterator[str]:
    """The tests of a suite in another language: their recorded code, or tests that fail."""
    if suite.code:
        yield f"{clean(suite.code).strip()}\n"
    for name, test in suite.tests.items():
        yield (
            f"{clean(test.code).strip(chr(10))}\n"
            if test.code
            else runner.written(split_name(name)[2], test.proves or name, ())
        )


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()[:_LONGEST] or "unnamed"


def _add(file: _File, name: str, suite: Suite) -> None:
    """Adds a suite: the code that its tests share, then its tests, in their class if they have one."""
    shared = _preamble(clean(suite.code).strip("\n")) if suite.code else ""
    if file.parts or not shared.startswith('"""'):
        file.parts.append(_comment(f"Suite {suite.title or name}", suite.purpose))
    if shared:
        file.parts.append(shared)
    bound = _bound_in(suite.code)
    by_class: dict[str, list[str]] = {}
    for test_name, test in suite.tests.items():
        _, class_, function = split_name(test_name)
        function = _identifier(function, "test_")
        code = _recorded(test, function)
        holder = class_ or suite.class_ or ("Test" + _word(name).title().replace("_", "") if _takes_self(code) else "")
        holder = _identifier(holder, "Test") if holder else ""
        unique = file.unique(function, f"{name} {holder}" if holder else "")
        kept = code if code and _takes_self(code) == bool(holder) else None
        text = _test(unique, test_name, suite, test, kept, "self" if holder else "")
        by_class.setdefault(holder, []).append(text)
    for holder, tests in by_class.items():
        if holder:
            body = "\n\n".join(indent(test, "    ") for test in tests)
            base = f"({suite.base})" if suite.base in bound else ""
            file.parts.append(f"class {file.unique(holder)}{base}:\n{body}")
        else:
            file.parts.extend(tests)
    if suite.covers:
        aims = (_comment("To be covered, with no test named yet", aim.says) for aim in suite.covers)
        file.parts.append("\n".join(aims))


def _preamble(code: str) -> str:
    """The code that tests share, as it is recorded; a comment if it is not Python."""
    if _parsed(code) is not None:
        return re.sub(r"(?m)^from __future__\b.*\n?", "", code)  # it must be the first line of a file
    return "# The recorded code is not valid Python:\n" + indent(code, "# ", lambda _: True)


# ── one test ─────────────────────────────────────────────────────────────────────────────────────────


def _test(function: str, name: str, suite: Suite, test: Test, code: str | None, argument: str) -> str:
    """A test: its recorded code where there is a function, or a function that fails."""
    every = dict.fromkeys([*suite.markers, *test.markers])
    markers = [marker for marker in every if _is_name(marker) and marker not in _OF_PYTEST]
    if code is not None:
        more = [marker for marker in markers if f"pytest.mark.{marker}" not in code]
        return "\n".join([_comment("Proves", test.proves), *(f"@pytest.mark.{marker}" for marker in more), code])
    lines = [f"@pytest.mark.{marker}" for marker in markers]
    lines.append(f"def {function}({argument}):")
    others = [marker for marker in every if marker not in markers]
    lines.append(indent(_docstring(_said(name, suite, test, others)), "    "))
    if test.code:
        lines.append("    # The recorded code, which is not a test function:")
        lines.append(indent(clean(test.code).strip("\n"), "    # ", lambda _: True))
    why = " ".join(clean(test.proves or name).split())
    lines.append(f"    pytest.fail({f'not written yet: {why}'!a})")
    return "\n".join(lines)


def _said(name: str, suite: Suite, test: Test, markers: Sequence[str]) -> Iterator[str]:
    """What the record says about a test, for its docstring."""
    yield test.proves or f"What it proves is not recorded: {name}"
    for phase, expected in (("Before", test.before or suite.before), ("After", test.after or suite.after)):
        if expected:
            errors = f" with {' or '.join(expected.errors)}" if expected.errors else ""
            yield f"{phase} the fix: {expected.expected}{errors}"
    if suite.needs:
        yield f"Needs: {', '.join(suite.needs)}"
    if markers:
        yield f"Markers: {', '.join(markers)}"
    if test.note:
        yield test.note


def _recorded(test: Test, function: str) -> str | None:
    """The recorded code, if it is a function of that name."""
    code = dedent(clean(test.code or "")).strip("\n")
    body = _parsed(code)
    is_test = body and len(body) == 1 and isinstance(body[0], _FUNCTION) and body[0].name == function
    return code if is_test else None


def _bound_in(code: str | None) -> set[str]:
    """The classes and imports that a piece of code brings."""
    body = _parsed(clean(code or "")) or []
    imports = (each for each in body if isinstance(each, ast.Import | ast.ImportFrom))
    names = {alias.asname or alias.name.partition(".")[0] for each in imports for alias in each.names}
    return names | {each.name for each in body if isinstance(each, ast.ClassDef)}


def _takes_self(code: str | None) -> bool:
    function = ast.parse(code).body[0] if code else None
    if not isinstance(function, _FUNCTION):
        return False
    arguments = [*function.args.posonlyargs, *function.args.args]
    return bool(arguments) and arguments[0].arg == "self"


def _parsed(code: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


# ── words ────────────────────────────────────────────────────────────────────────────────────────────


def _is_name(text: str) -> bool:
    return text.isidentifier() and text.isascii() and not keyword.iskeyword(text)


def _identifier(text: str, start: str) -> str:
    """A Python name that pytest collects."""
    if _is_name(text) and text.startswith(start):
        return text
    word = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "unnamed"
    return word if word.startswith(start) else f"{start}{word}"


def _docstring(said: Iterable[str]) -> str:
    text = "\n\n".join("\n".join(line.rstrip() for line in clean(each).strip().splitlines()) for each in said)
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    end = "\n" if "\n" in text or text.endswith('"') else ""
    return f'"""{text}{end}"""'


def _comment(word: str, text: str | None) -> str:
    said = f"{word}: {text}" if text else word
    return f"# {' '.join(clean(said).split())}"
