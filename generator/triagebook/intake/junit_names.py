"""Builds test names `file::class::function[parameters]` from JUnit XML, as far as they are known."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from .clean_text import joined

_FILE = re.compile(r"\S+\.(?:py|[cm]?[jt]sx?|rb|php|dart|exs?|lua|sh|bats)")
# The notations for parameters: PHPUnit data sets, unittest sub-tests, Java methods.
_DATA_SET = re.compile(r"(\w+) with data set (.+)", re.DOTALL)
_SUB_TEST = re.compile(r"(\w+) [(\[](.+)[)\]]", re.DOTALL)
_METHOD = re.compile(r"(\w+)(?:\([^()]*\)|\{[^{}]*\})(\[.*\])?", re.DOTALL)
_VALUE = re.compile(r"(.+)/(\w+)")
_ANY_CLASS = {"test", "suite"}  # the names that node uses for all classes


def name_of(element: Element, suite_name: str | None, suite_file: str | None) -> str:
    """The name of a test. pytest gives the module as a dotted path; others give a file or nothing."""
    name = _short(element.get("name"))
    classname = _short(element.get("classname") or element.get("class"))
    if classname is None or classname in _ANY_CLASS:
        classname = suite_name
    file = _file(element.get("file") or suite_file) or _file_among(classname, suite_name)
    if (classname and (file or "").endswith(".py")) or (file is None and classname and _is_python(classname)):
        file, class_ = _python(file, classname or "")
        return joined(file, class_, _with_sub_test(name))
    if classname and _says_the_same(classname, name, file):
        classname = None
    if _names_the_file(name, file):
        return joined(file)
    return joined(file, classname, _with_parameters(element, name))


def _short(text: str | None) -> str | None:
    """Shorten a very long name, but keep its end, where parameters are."""
    return text if text is None or len(text) < 10_000 else text[:9_000] + text[-100:]


def module_path(dotted: str) -> str:
    """The file of a dotted module name."""
    if not dotted or "/" in dotted or dotted.endswith(".py"):
        return dotted or "a module"
    return dotted.replace(".", "/") + ".py"


def _file(text: str | None) -> str | None:
    path = (text or "").replace("\\", "/").removeprefix("./")
    return path if path and not path.endswith("/") else None


def _file_among(*texts: str | None) -> str | None:
    return next((_file(text) for text in texts if text and _FILE.fullmatch(text)), None)


def _is_python(classname: str) -> bool:
    return any(_is_test_module(part) for part in classname.split("."))


def _is_test_module(part: str) -> bool:
    return part.startswith("test_") or part.endswith("_test")


def _python(file: str | None, classname: str) -> tuple[str, str | None]:
    """The file and class in `pkg.test_a.TestC`: the last part named like a test module is the module."""
    parts = classname.split(".")
    stem = file.rpartition("/")[2].removesuffix(".py") if file else None
    if stem in parts:
        return str(file), "::".join(parts[parts.index(str(stem)) + 1 :]) or None
    modules = [index for index, part in enumerate(parts) if _is_test_module(part)]
    classes = [index for index, part in enumerate(parts) if index and part[:1].isupper()]
    end = modules[-1] + 1 if modules else min(classes, default=len(parts))
    if file and not modules:
        return file, classname if classname[:1].isupper() else "::".join(parts[end:]) or None
    return "/".join(parts[:end]) + ".py", "::".join(parts[end:]) or None


def _says_the_same(classname: str, name: str | None, file: str | None) -> bool:
    """Whether the class only repeats the file or the name, as many writers do."""
    if file and (_file(classname) == file or file.startswith(classname.replace(".", "/") + ".")):
        return True
    return bool(name) and (classname == name or str(name).endswith(f" {classname}"))


def _names_the_file(name: str | None, file: str | None) -> bool:
    """Whether the name is the file: that is how a file that failed to load is reported."""
    return bool(name) and _file(name) == file


def _with_sub_test(name: str | None) -> str | None:
    found = _SUB_TEST.fullmatch(name or "")
    return f"{found[1]}[{found[2]}]" if found else name


def _with_parameters(element: Element, name: str | None) -> str | None:
    """The name with its parameters in brackets, so that they are folded into their test."""
    if name is None:
        return None
    if found := _DATA_SET.fullmatch(name):
        return f"{found[1]}[{found[2]}]"
    if element.get("value_param") and (found := _VALUE.fullmatch(name)):
        return f"{found[1]}[{found[2]}]"
    found = _METHOD.fullmatch(name)
    return f"{found[1]}{found[2] or ''}" if found else name
