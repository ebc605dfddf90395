"""TB84x: tests in a document that prove nothing."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import CodeBlock, MarkdownDocument
from .words import Words

WORDS = Words("tests")

_PYTHON = {"python", "py", "python3", ""}


def _trees(document: MarkdownDocument) -> Iterator[tuple[CodeBlock, ast.Module]]:
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


def _tests(document: MarkdownDocument) -> Iterator[tuple[CodeBlock, ast.FunctionDef | ast.AsyncFunctionDef]]:
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


def _line(block: CodeBlock, node: ast.stmt | ast.expr) -> int:
    return block.line + node.lineno - 1


class TestAssertsNothing(DocumentRule, code="TB841"):
    """A test in the document asserts nothing, or only what is always true."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block, test in _tests(document):
            body = test.body[ast.get_docstring(test) is not None :]
            is_stub = not body or (isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))
            is_stub = is_stub or (isinstance(body[0], ast.Expr) and "fail" in _called(body[0]))  # until it is written
            if not is_stub and not isinstance(body[0], ast.Pass) and not _asserts(test):
                empty = [node for node in ast.walk(test) if isinstance(node, ast.Assert) and _is_always_true(node.test)]
                words = f"{test.name}" if not empty else "assert"
                says = f"`{test.name}` asserts {'only what is always true' if empty else 'nothing'}"
                tries = [one for one in ast.walk(test) if isinstance(one, ast.Try)]
                tries = [one for one in tries if any(isinstance(node, ast.Assert) for node in ast.walk(one))]
                hiding = [handler for one in tries for handler in one.handlers if _catches_all(handler)]
                at = block.line + hiding[0].lineno - 1 if hiding else _line(block, (*empty, test)[0])
                yield self.finding(document, at, says, words)
        for block in document.code if document.is_of_work else ():
            for name, start, code in _braced_tests(block.source):
                if not WORDS.asserts_in_braces.search(WORDS.trivial_in_braces.sub("", code)):
                    trivial = WORDS.trivial_in_braces.search(code)
                    at = block.source.index(code) + trivial.start() if trivial else block.source.index(name, start)
                    line = block.line + block.source[:at].count("\n")
                    yield self.finding(document, line, f"`{name}` asserts nothing", name)


def _asserts(test: ast.AST) -> bool:
    """Whether a test can fail by what the product does."""
    made = {
        target.id
        for node in ast.walk(test)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _name(node.value.func)[:1].isupper()
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    swallowed = {
        id(inner) for node in ast.walk(test) if isinstance(node, ast.Try) and any(map(_catches_all, node.handlers))
        for statement in node.body for inner in ast.walk(statement)
    }  # fmt: skip
    for node in ast.walk(test):
        match node:
            case _ if id(node) in swallowed:
                continue
            case ast.Assert(test=condition) if not _is_always_true(condition) and not _is_made(condition, made):
                return True
            case ast.Raise() | ast.Call(func=ast.Name(id="fail") | ast.Attribute(attr="fail")):
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=given) if WORDS.asserting.match(name):
                if not given or not all(isinstance(one, ast.Constant) for one in given):
                    return True
    return False


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether a handler hides that an assertion failed."""
    caught = _name(handler.type) if handler.type else "Exception"
    passes_on = any(isinstance(node, ast.Raise | ast.Assert) for node in ast.walk(handler))
    return (
        caught in {"Exception", "BaseException", "AssertionError"} and not passes_on and "fail" not in _called(handler)
    )


def _is_made(node: ast.expr, made: set[str]) -> bool:
    """Whether a condition only says that an object exists which the test made itself."""
    match node:
        case (
            ast.Name(id=name)
            | ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)])
        ):
            return name in made
    return False


def _is_always_true(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Tuple(elts=parts):
            return bool(parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(map(_is_always_true, parts)) or _is_of_opposites(parts)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=value)):
            return not value
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id="object")]):
            return True
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return ast.dump(left) == ast.dump(right)
        case ast.Compare(left=ast.Call(func=ast.Name(id="len")), ops=[ast.GtE()], comparators=[ast.Constant(value=0)]):
            return True
    return False


def _is_of_opposites(parts: list[ast.expr]) -> bool:
    """`x is None or x is not None`."""
    texts = {ast.unparse(part) for part in parts}
    return any(text.replace(" is not ", " is ") in texts - {text} for text in texts)


def _braced_tests(source: str) -> Iterator[tuple[str, int, str]]:
    """The tests of a language with braces: name, position and body."""
    for match in WORDS.braced_test.finditer(source):
        depth, end = 1, match.end()
        while depth and end < len(source):
            depth += (source[end] == "{") - (source[end] == "}")
            end += 1
        body = source[match.end() : end - 1]
        if re.sub(r"//.*", "", body).strip():
            yield match["name"] or match["name2"] or match["name3"], match.start(), body


class TestPatchesItsSubject(DocumentRule, code="TB842"):
    """A test replaces what it tests, and then asserts what the replacement does."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block, test in _tests(document):
            for name, at, body in _replaced(test):
                calls = [node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call)]
                asserted = {id(node) for one in ast.walk(test) if isinstance(one, ast.Assert) for node in ast.walk(one)}
                direct = next(
                    (call for call in calls if name in (_name(call.func), _path(call.func))
                     or (id(call) in asserted and _path(call.func).startswith(f"{name}."))), None
                )  # fmt: skip
                if direct:
                    says = f"`{test.name}` replaces `{name}` and then calls the replacement"
                    yield self.finding(document, block.line + at - 1, says, name)
        for block in document.code if document.is_of_work else ():
            for name, at in _mocked_in_braces(block.source):
                line = block.line + block.source[:at].count("\n")
                yield self.finding(document, line, f"the tests mock `{name}` and then call the mock", name)


def _mocked_in_braces(source: str) -> Iterator[tuple[str, int]]:
    """What a test in JavaScript replaces and then calls, with the place where it is replaced."""
    bodies = [body for _, _, body in _braced_tests(source)] or [source]
    for mock in re.finditer(r"(?:jest|vi)\.mock\(\s*[\"']([^\"']+)", source):
        imported = re.findall(rf"import \{{([^}}]*)\}} from [\"']{re.escape(mock[1])}[\"']", source)
        for name in re.findall(r"\w+", " ".join(imported)):
            if any(re.search(rf"(?<![\w.]){name}\(", body) for body in bodies):
                yield name, mock.start()
                break
    for made in re.finditer(r"(?:const|let) (\w+) = (?:jest|vi)\.fn\b", source):
        if re.search(rf"(?:= |expect\((?:await )?){made[1]}\(", source):
            yield made[1], made.start()


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _path(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""


def _replaced(test: ast.AST) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """The name of everything that a test replaces, the line, and the statements for which it does."""
    whole = getattr(test, "body", [])
    for decorator in getattr(test, "decorator_list", []):
        yield from ((name, decorator.lineno, whole) for name in _patched(decorator))
    for node in ast.walk(test):
        match node:
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    yield from ((name, node.lineno, body) for name in _patched(item.context_expr))
                    if isinstance(item.optional_vars, ast.Name) and any(_patched(item.context_expr)):
                        yield item.optional_vars.id, node.lineno, body
            case ast.Expr(value=ast.Call() as call):
                yield from ((name, node.lineno, whole) for name in _patched(call))
            case ast.Assign(targets=[ast.Attribute() as target], value=ast.Lambda()):
                yield _path(target), node.lineno, whole
            case ast.Assign(targets=[target], value=ast.Call(func=made)) if _name(made) in _MOCKS and _path(target):
                yield _path(target), node.lineno, whole


def _patched(node: ast.expr) -> Iterator[str]:
    """The last name of what a `patch` or a `setattr` replaces."""
    match node:
        case ast.Call(func=ast.Attribute(attr="object" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]):
            yield name
        case ast.Call(
            func=ast.Name(id="patch") | ast.Attribute(attr="patch" | "setattr"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield name.rpartition(".")[2]


_MOCKS = {"Mock", "MagicMock", "AsyncMock", "create_autospec"}


class ErrorMakesItPass(DocumentRule, code="TB846"):
    """A test is said to fail with the defect, and passes exactly when its error comes."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block, test in _tests(document):
            said = WORDS.fails_first.search(ast.get_docstring(test) or "")
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
    "is not callable": r"object $",
    "object is not iterable": r"'\S+' $",
    "object is not subscriptable": r"'\S+' $",
    "has no attribute": r"(?:'\S+' object|module '\S+'|object '\S+') $",
    "key not found": None,
    "is undefined": None,
    "await expression": None,
    "required argument": None,
    "NoneType is not": None,
    "divide by zero": None,
    "index out of bounds": None,
    "is not a function": None,
    "nexpected token": None,
    "nexpected identifier": None,
    "annot read propert": None,
    "ull pointer": None,
    "was never awaited": r"coroutine '\S+' $",
    "got an unexpected keyword argument": r"\S+\(\) $",
    "required positional argument": r"\S+\(\) missing \d+ $",
}


def _is_never_printed(text: str) -> bool:
    """Whether a message, or an expression for one, has the words of a real message and not its form."""
    plain = text.replace("\\", "")
    words = next((words for words in _MESSAGES if words in plain), None)
    if words is None:
        return False
    form, before = _MESSAGES[words], plain.partition(words)[0]
    return form is None or bool(before and not re.search(form, before))


# What the interpreter says in every message of a class that hardly anybody raises by hand.
_OF_CLASS = {
    "ZeroDivisionError": r"zero|modulo",
    "ModuleNotFoundError": r"No module named",
    "NameError": r"not defined|cannot access",
    "RecursionError": r"recursion",
    "UnboundLocalError": r"local variable",
    "UnicodeDecodeError": r"codec can't decode",
}


def _run_first(statement: ast.stmt, made: dict[str, ast.FunctionDef]) -> ast.stmt:
    """What a function of the same block does first when a test calls it with constants; else the statement itself."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=given, keywords=[])) if name in made:
            match made[name].body[ast.get_docstring(made[name]) is not None :]:
                case [ast.Assign(value=ast.expr() as first) | ast.Return(value=ast.expr() as first), *_]:
                    text = ast.unparse(first)
                    for one, other in zip(made[name].args.args, given, strict=False):
                        constant = ast.unparse(other).replace("\\", r"\\")
                        text = re.sub(rf"(?<![\w.'\"]){one.arg}\b", constant, text)
                    return ast.parse(text).body[0]
    return statement


def _unlike_error(raises: ast.Call, body: list[ast.stmt]) -> Iterator[str]:
    """The text that an error is to have, although the code below, or any error of its class, says another."""
    kind = _name(raises.args[0]) if raises.args else ""
    inner = [ast.Expr(node) for node in ast.walk(body[0]) if isinstance(node, ast.Call)] if len(body) == 1 else []
    said = next(filter(None, map(_said_by, (body[0], *inner))), None) if len(body) == 1 else None
    calls = any(isinstance(node, ast.Call | ast.Await) for statement in body for node in ast.walk(statement))
    keys = {str(node.value) for one in body for node in ast.walk(one) if isinstance(node, ast.Constant)}
    for keyword in raises.keywords:
        text = str(keyword.value.value) if isinstance(keyword.value, ast.Constant) else ""
        form = _OF_CLASS.get(kind)
        is_unlike = not re.search(form, text) if form else said is not None and not _matches(text, said)
        if text and (is_unlike or (kind == "KeyError" and not calls and text.strip("'\"") not in keys)):
            yield text


_OF_CONSTANTS = (
    ast.Expr, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Subscript, ast.Attribute, ast.Load, ast.USub,
    ast.UnaryOp, ast.BinOp, ast.Add, ast.Sub, ast.Div,
)  # fmt: skip
_HARMLESS = {one.__name__: one for one in (int, float, len, ord, iter, next)}


def _said_by(statement: ast.stmt) -> str | None:
    """What Python says of a statement about constants, which is all that is run here; None if it says nothing."""
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    for node in ast.walk(statement):
        is_harmless = isinstance(node, ast.Name) and node.id in _HARMLESS and node in calls
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Constant) and not node.keywords
        if not (isinstance(node, _OF_CONSTANTS) or is_harmless or is_call):
            return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            eval(compile(ast.unparse(statement), "", "eval"), {"__builtins__": _HARMLESS})  # noqa: S307
    except Exception as error:  # noqa: BLE001  (what it raises is the answer)
        return str(error)
    return None


def _matches(pattern: str, text: str) -> bool:
    try:
        return bool(re.search(pattern, text))
    except re.error:
        return True


class ErrorNeverPrinted(DocumentRule, code="TB843"):
    """An expected error message is one that Python never prints."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block, tree in _trees(document):
            made = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
            for node in ast.walk(tree):
                match node:
                    case ast.keyword(arg="match", value=ast.Constant(value=str(text)) as value) if _is_never_printed(
                        text
                    ):
                        yield self.finding(document, _line(block, value), f"Python never prints `{text}`", text)
                    case ast.With(items=[ast.withitem(context_expr=ast.Call() as raises)], body=body):
                        for text in _unlike_error(raises, [_run_first(one, made) for one in body]):
                            yield self.finding(
                                document, _line(block, raises), f"the code below never says `{text}`", text
                            )
        for line in document.lines:
            for text in (line.text, *re.findall(r"`([^`]+)`", line.text)):
                found = WORDS.error_line.match(text)
                if found and _is_never_printed(found["text"]):
                    yield self.finding(document, line.number, f"Python never prints `{found['text']}`", found["text"])
