"""TB84x: code and commands in a document that can't show what they are to show."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import Code, Document
from .phrases import any_of, one_of

_PYTHON = {"python", "py", "python3", ""}
_SHELL = {"bash", "sh", "shell", "console", "zsh", ""}
_ASSERTING = re.compile(r"^(?:assert|expect|fail$|raises$|warns$|should|verify|check|validate)")


def _trees(document: Document) -> Iterator[tuple[Code, ast.Module]]:
    """The blocks of Python that can be parsed."""
    for block in document.code:
        if block.language in _PYTHON and re.search(
            r"^\s*(?:async )?(?:def|class|with|import|from|try)\b", block.source, re.MULTILINE
        ):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    yield block, ast.parse(textwrap.dedent(block.source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue


def _tests(document: Document) -> Iterator[tuple[Code, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for block, tree in _trees(document):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                yield block, node


def _called(node: ast.AST) -> Iterator[str]:
    """The last name of each call: `raises` of `pytest.raises(...)`."""
    for call in (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)):
        match call.func:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def _line(block: Code, node: ast.stmt | ast.expr) -> int:
    return block.line + node.lineno - 1


class TestAssertsNothing(DocumentRule, code="TB841"):
    """A test in the document asserts nothing, or only what is always true."""

    why = "It passes whatever the product does."
    remedy = "assert what the product must return or do"
    bad = """
```python
def test_connect():
    manager = get_manager()
    assert True
```
"""
    good = bad.replace("assert True", "assert manager.connected")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block, test in _tests(document):
            asserts = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
            real = [node for node in asserts if not isinstance(node.test, ast.Constant)]
            body = test.body[ast.get_docstring(test) is not None :]
            if not body or isinstance(body[0], ast.Pass) or real:
                continue
            if not any(_ASSERTING.match(name) for name in _called(test)) and not any(
                isinstance(node, ast.Raise) for node in ast.walk(test)
            ):
                yield self.finding(document, _line(block, test), f"`{test.name}` asserts nothing", f"{test.name}")


class TestPatchesItsSubject(DocumentRule, code="TB842"):
    """A test replaces what it tests, and then asserts what the replacement does."""

    why = "It tests its own mock, and passes with the defect in place."
    remedy = "call the real code; replace only what lies beyond it"
    bad = """
```python
def test_sends_events():
    sent = []
    with patch.object(manager, "emit", side_effect=sent.append):
        manager.emit("started")
    assert sent == ["started"]
```
"""
    good = bad.replace('manager.emit("started")', "run_agent(manager)")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block, test in _tests(document):
            for patched in (node for node in ast.walk(test) if isinstance(node, ast.With | ast.AsyncWith)):
                for name in _patched_names(patched):
                    direct = [
                        call
                        for statement in patched.body
                        for call in ast.walk(statement)
                        if isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Attribute | ast.Name)
                        and _name(call.func) == name
                    ]
                    if direct:
                        says = f"`{test.name}` replaces `{name}` and then calls the replacement"
                        yield self.finding(document, _line(block, direct[0]), says, name)
                        break


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _patched_names(node: ast.With | ast.AsyncWith) -> Iterator[str]:
    """The last name of what each `patch` of a `with` replaces."""
    for item in node.items:
        match item.context_expr:
            case ast.Call(func=ast.Attribute(attr="object"), args=[_, ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Call(func=ast.Name(id="patch"), args=[ast.Constant(value=str(name)), *_]):
                yield name.rpartition(".")[2]


_FAILS_FIRST = any_of(r"(?:should|must|will|to) fail\b(?! after)", r"fails? initially", r"initially fails?")


class ErrorMakesItPass(DocumentRule, code="TB846"):
    """A test is said to fail with the defect, and passes exactly when its error comes."""

    why = "`pytest.raises` turns the error into success: the test passes before the fix and fails after it."
    remedy = "call the code as users do and let the error fail the test, or expect a pass before the fix"
    bad = '''
```python
def test_connect():
    """This test should FAIL initially."""
    with pytest.raises(TypeError):
        connect()
```
'''
    good = bad.replace("    with pytest.raises(TypeError):\n        connect()", "    assert connect().ready")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block, test in _tests(document):
            said = _FAILS_FIRST.search(ast.get_docstring(test) or "")
            for node in ast.walk(test):
                if (
                    said
                    and isinstance(node, ast.With | ast.AsyncWith)
                    and "raises" in _called(node.items[0].context_expr)
                ):
                    says = f"`{test.name}` is to fail first, but this makes it pass when the error comes"
                    yield self.finding(document, _line(block, node), says, "raises")


# Messages of CPython by the words one remembers, with what stands before these words. None: it has no such message.
_MESSAGES = {
    "can't be used in 'await' expression": r"(?:^|\bobject )(?!object )\S+ $",
    "is not awaitable": None,
    "object is not callable": r"'\S+' $",
    "object is not iterable": r"'\S+' $",
    "object is not subscriptable": r"'\S+' $",
    "object has no attribute": r"'\S+' $",
    "was never awaited": r"coroutine '\S+' $",
    "got an unexpected keyword argument": r"\S+\(\) $",
    "required positional argument": r"\S+\(\) missing \d+ $",
}
_ERROR_LINE = re.compile(r"^\s*(?:E\s+)?(?:TypeError|AttributeError|RuntimeWarning|RuntimeError): (?P<text>.+)$")


def _is_never_printed(text: str) -> bool:
    """Whether a message, or an expression for one, has the words of a real message and not its form."""
    plain = text.replace("\\", "")
    words = next((words for words in _MESSAGES if words in plain), None)
    if words is None:
        return False
    form, before = _MESSAGES[words], plain.partition(words)[0]
    return form is None or bool(before and not re.search(form, before))


class ErrorNeverPrinted(DocumentRule, code="TB843"):
    """An expected error message is one that Python never prints."""

    why = "The test that waits for it fails with the fix and without it."
    remedy = "copy the message from a real run"
    bad = """
```python
async def test_await():
    with pytest.raises(TypeError, match="object can't be used in 'await' expression"):
        await get_manager()
```
"""
    good = bad.replace("object can't", "object Manager can't")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block, tree in _trees(document):
            for node in ast.walk(tree):
                match node:
                    case ast.keyword(arg="match", value=ast.Constant(value=str(text)) as value) if _is_never_printed(
                        text
                    ):
                        yield self.finding(document, _line(block, value), f"Python never prints `{text}`", text)
        for block in document.code:
            for line in block.lines:
                found = _ERROR_LINE.match(line.text)
                if found and _is_never_printed(found["text"]):
                    yield self.finding(document, line.number, f"Python never prints `{found['text']}`", found["text"])


_PRINTS_SUCCESS = re.compile(
    r"(?i)^\s*(?:echo|printf|print)\b.*(?:success|pass(?:ed)?\b|✅|validated|works|all good|completed?\b|\bOK\b)"
)
_GUARD = re.compile(r"&&|\|\||\bif\b|\bset -e|\bthen\b|\bassert\b|\belse\b|\$\?")


class SuccessWhateverHappened(DocumentRule, code="TB844"):
    """A script prints success, or swallows failure, whatever its commands return."""

    why = "Its output is the same for a product that works and one that does not."
    remedy = "let the failing command end the script (`set -e`, `&&`), and drop `|| true`"
    bad = """
```bash
pytest tests/smoke || true
echo "All tests passed"
```
"""
    good = """
```bash
pytest tests/smoke && echo "All tests passed"
```
"""

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block in document.code:
            if block.language not in _SHELL:
                continue
            ran = False
            for line in block.lines:
                if re.search(
                    r"\|\|\s*(?:true|:|exit 0|echo)\b|;\s*(?:true|exit 0)\s*$", line.text
                ) and _TEST_RUN.search(line.text):
                    yield self.finding(document, line.number, "the failure of this command is swallowed", "||")
                elif ran and _PRINTS_SUCCESS.search(line.text) and not _GUARD.search(block.source):
                    yield self.finding(
                        document, line.number, "this is printed whatever the commands above return", line.text.strip()
                    )
                ran = ran or bool(_TEST_RUN.search(line.text))


_TEST_RUN = any_of(
    r"pytest", r"unittest", r"npm (?:run|test|t)", r"npx", r"yarn", r"jest", r"vitest", r"go test", r"mvn",
    r"gradlew?", r"cargo test", r"make", r"dotnet test", r"ctest", r"tox", r"python3? \S+\.py", r"curl", r"grep",
)  # fmt: skip

_DESTRUCTIVE = one_of(
    r"\brm\s+-\w*[rR]\w*\s+(?:-\w+\s+)*[\"']?(?:/(?!tmp/\w)|~|\$\w+|\$\{|\*|\.\.?(?:\s|$))",
    r"\bgit push\b.*(?:--force\b(?!-with-lease)|\s-f\b)",
    r"\bgit reset --hard\b",
    r"\bgit clean -\w*[dfx]",
    r"\bDROP (?:TABLE|DATABASE|SCHEMA)\b|\bTRUNCATE TABLE\b|\bDELETE FROM \w+\s*;",
    r"\bkubectl delete (?:ns|namespace|all)\b|\bterraform destroy\b|\bdocker system prune\b.*-\w*a",
    r"\bchmod -R 777\b|\bmkfs\b|\bdd if=.* of=/dev/",
    r"xargs .*\bsed -i|\bfind \. .*-exec sed -i",
)


class DestructiveCommand(DocumentRule, code="TB845"):
    """A command in the document destroys or rewrites more than the work needs."""

    why = "People paste commands from plans; this one can't be taken back, or changes files that nobody listed."
    remedy = "name the files one by one, or say what it destroys and how to restore it"
    bad = """
# Remediation plan

**Date:** 2026-05-04

```bash
find . -name "*.py" | xargs sed -i 's/await get_manager(/get_manager(/g'
```
"""
    good = bad.replace('find . -name "*.py" | xargs sed', "sed").replace("/g'\n", "/g' app/routes.py\n")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        for block in document.code:
            for line in block.lines:
                match = _DESTRUCTIVE.search(line.text)
                if match and not line.text.lstrip().startswith("#"):
                    yield self.finding(
                        document, line.number, f"`{match.group()}` destroys or rewrites files wholesale", match.group()
                    )
