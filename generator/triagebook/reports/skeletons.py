"""The planned tests as pytest files: the recorded code of each test, or a test that fails until it is written.

Names and paths come from records and are not trusted: every name becomes a Python name, every path stays in the folder,
and words appear only in string literals and comments.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from textwrap import dedent, indent

from msgspec import Struct, field

from triagebook.facts.ledger.planned_tests import split_name
from triagebook.markdown import clean
from triagebook.model.suites import Expectation, Suite, Test

# Markers with a meaning in pytest, or with arguments: the docstring names them instead.
_OF_PYTEST = frozenset(
    {"parametrize", "usefixtures", "filterwarnings", "skipif", "skip", "xfail", "tryfirst", "trylast"}
)
_LONGEST = 120  # characters of a name that every file system accepts
_MARKER = re.compile(r"\bpytest\.mark\.([A-Za-z_]\w*)")


class _File(Struct):
    """A file that is being written."""

    parts: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # taken at the top of the module
    bases: set[str] = field(default_factory=set)  # names of base classes


class Skeletons(Struct, frozen=True):
    """The files by path in the folder, and the markers they use."""

    files: dict[str, str]
    markers: tuple[str, ...]


def skeletons(issue_id: str, suites: dict[str, Suite]) -> Skeletons:
    """The pytest files of all suites with tests."""
    files: dict[str, _File] = {}
    for name, suite in suites.items():
        if suite.tests:
            path = _path(issue_id, name, suite, files)
            _add(files.setdefault(path, _File()), name, suite)
    texts = {path: _text(issue_id, file) for path, file in files.items()}
    found = (marker for text in texts.values() for marker in _MARKER.findall(text))
    markers = tuple(sorted(set(found) - _OF_PYTEST))
    if markers:
        texts["conftest.py"] = _conftest(markers)
    return Skeletons(texts, markers)


def _conftest(markers: Iterable[str]) -> str:
    listed = "".join(f"    {marker!r},\n" for marker in markers)
    return (
        '"""Registers the markers that the tests of the plan use."""\n\n\n'
        f"MARKERS = (\n{listed})\n\n\n"
        "def pytest_configure(config):\n"
        "    for marker in MARKERS:\n"
        '        config.addinivalue_line("markers", f"{marker}: from the record of the issue")\n'
    )


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def _path(issue_id: str, name: str, suite: Suite, files: Iterable[str]) -> str:
    """The path for the tests of a suite: that of the record, if pytest collects such a file, within the folder."""
    own = f"test_{_word(issue_id)}_{_word(name)}.py"
    parts = [part for part in PurePosixPath(suite.path or "tests").parts if part not in {"..", ".", "/", ""}]
    parts = [re.sub(r'[<>:"|?*\x00-\x1f]', "_", part)[-_LONGEST:] for part in parts]
    if parts and parts[-1].endswith(".py"):
        last = parts.pop()
        own = last if last.startswith("test_") or last.endswith("_test.py") else f"test_{last}"
    path = "/".join([*parts, own])
    others = {PurePosixPath(each).name for each in files if each != path}
    return "/".join([*parts, f"{own.removesuffix('.py')}_{_word(name)}.py"]) if own in others else path


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()[:_LONGEST] or "unnamed"


def _text(issue_id: str, file: _File) -> str:
    head = f'"""Planned tests of issue {_word(issue_id)}, from its record."""\n\nimport pytest\n'
    return head + "".join(f"\n\n{part.strip()}\n" for part in file.parts)


def _add(file: _File, name: str, suite: Suite) -> None:
    """Adds a suite: the code that its tests share, then its tests, in their class if they have one."""
    file.parts.append(_comment(f"Suite {suite.title or name}", suite.purpose))
    if suite.code:
        file.parts.append(_preamble(file, name, suite.code, suite.base))
    by_class: dict[str, list[str]] = {}
    names: dict[str, set[str]] = {}
    for test_name, test in suite.tests.items():
        _, class_, function = split_name(test_name)
        wanted = class_ or suite.class_ or ""
        code = _code(test, _identifier(function, "test_"))
        if code and _takes_self(code):
            wanted = wanted or f"Test{_word(name).title().replace('_', '')}"
        holder = _identifier(wanted, "Test") if wanted else ""
        taken = names.setdefault(holder, set() if holder else file.names)
        unique = _unique(_identifier(function, "test_"), taken)
        by_class.setdefault(holder, []).append(_test(unique, test_name, suite, test, method=bool(holder)))
    for holder, tests in by_class.items():
        if holder:
            body = "\n\n".join(indent(test, "    ") for test in tests)
            base = f"({suite.base})" if suite.base in file.bases else ""
            file.parts.append(f"class {_unique(holder, file.names)}{base}:\n{body}")
        else:
            file.parts.extend(tests)
    if suite.covers:
        file.parts.append(
            "\n".join(_comment("To be covered, with no test named yet", aim.says) for aim in suite.covers)
        )


def _preamble(file: _File, name: str, code: str, base: str | None) -> str:
    """The code that tests share, written so that they are collected even if it cannot run."""
    code = clean(code).strip("\n")
    flag = _unique(f"_missing_{_word(name)}", file.names)
    lines = code.splitlines()
    body = "\n".join(line for line in lines if not re.match(r"from __future__\b", line))
    if not _parses(body):
        return "# The recorded code is not valid Python:\n" + indent(code, "# ", lambda _: True)
    if all(isinstance(each, ast.Expr) for each in ast.parse(body).body):
        return indent(code, "# ", lambda _: True)
    instead = ""
    if base and base in _bound(body):
        file.bases.add(base)
        instead = f"    {base} = object\n"
    return (
        f'{flag} = ""\ntry:\n{indent(body, "    ")}\n'
        f"except Exception as error:  # the tests are collected anyway\n    {flag} = repr(error)\n{instead}\n\n"
        f"@pytest.fixture(autouse=True)\ndef {_unique(f'_ready{flag}', file.names)}():\n"
        f'    if {flag}:\n        pytest.fail(f"cannot run here: {{{flag}}}")'
    )


def _bound(code: str) -> set[str]:
    """The names that code imports or defines at top level."""
    found: set[str] = set()
    for each in ast.parse(code).body:
        if isinstance(each, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in each.names}
        elif isinstance(each, ast.ClassDef):
            found.add(each.name)
    return found


# ── one test ─────────────────────────────────────────────────────────────────────────────────────────


def _test(function: str, name: str, suite: Suite, test: Test, *, method: bool) -> str:
    markers = [marker for text in (*suite.markers, *test.markers) if (marker := _word_of(text)) not in _OF_PYTEST]
    code = _code(test, function)
    if code is not None and (_takes_self(code) == method):
        more = [marker for marker in dict.fromkeys(markers) if f"pytest.mark.{marker}" not in code]
        return "\n".join([_comment("Proves", test.proves), *(f"@pytest.mark.{marker}" for marker in more), code])
    lines = [f"@pytest.mark.{marker}" for marker in dict.fromkeys(markers)]
    lines.append(f"def {function}({'self' if method else ''}):")
    lines.append(indent(_docstring(_said(name, suite, test)), "    "))
    if test.code:
        lines += ["    # The recorded code, which is not a test function:", _quoted(test.code)]
    why = " ".join(clean(test.proves or name).split())
    lines.append(f"    pytest.fail({f'not written yet: {why}'!a})")
    return "\n".join(lines)


def _said(name: str, suite: Suite, test: Test) -> Iterator[str]:
    """What the record says about a test, for its docstring."""
    yield test.proves or f"What it proves is not recorded: {name}"
    for side, own, given in (("Before", test.before, suite.before), ("After", test.after, suite.after)):
        if expected := own or given:
            yield f"{side} the fix: {_expected(expected)}"
    if suite.needs:
        yield f"Needs: {', '.join(suite.needs)}"
    if named := [text for text in (*suite.markers, *test.markers) if _word_of(text) in _OF_PYTEST]:
        yield f"Markers: {', '.join(named)}"
    if test.note:
        yield test.note


def _expected(expected: Expectation) -> str:
    return expected.expected + (f" with {' or '.join(expected.errors)}" if expected.errors else "")


def _code(test: Test, function: str) -> str | None:
    """The recorded code, if it is a function of that name."""
    if test.code is None:
        return None
    code = dedent(clean(test.code)).strip("\n")
    if not _parses(code):
        return None
    body = ast.parse(code).body
    functions = [each for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return code if len(body) == len(functions) == 1 and functions[0].name == function else None


def _takes_self(code: str) -> bool:
    function = ast.parse(code).body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101  (`_code` checked it)
    arguments = [*function.args.posonlyargs, *function.args.args]
    return bool(arguments) and arguments[0].arg == "self"


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# ── words ────────────────────────────────────────────────────────────────────────────────────────────


def _identifier(text: str, start: str) -> str:
    """A Python name that pytest collects."""
    if text.isidentifier() and text.isascii() and not keyword.iskeyword(text) and text.startswith(start):
        return text
    word = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "unnamed"
    return word if word.startswith(start) else f"{start}{word}"


def _word_of(marker: str) -> str:
    word = re.sub(r"\W+", "_", marker, flags=re.ASCII).strip("_")
    return f"_{word}" if not word or word[0].isdigit() or keyword.iskeyword(word) else word


def _unique(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _docstring(said: Iterable[str]) -> str:
    text = "\n\n".join("\n".join(line.rstrip() for line in clean(each).strip().splitlines()) for each in said)
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    end = "\n" if "\n" in text or text.endswith('"') else ""
    return f'"""{text}{end}"""'


def _comment(word: str, text: str | None) -> str:
    said = f"{word}: {text}" if text else word
    return f"# {' '.join(clean(said).split())}"


def _quoted(code: str) -> str:
    return indent(clean(code).strip("\n"), "    # ", lambda _: True)
