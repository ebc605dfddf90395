"""Reads a file of test results, and detects its format from the content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from . import dotnet, json_lines, json_reports, json_suites, junit, libtest, native, other_xml, qt, tap, xml
from .clean_text import joined
from .input_text import BYTE_ORDER_MARKS, MAX_BYTES, UnknownFormatError, UnreadableError, decoded, too_large
from .results import Results, merged

Json = dict[str, Any]

MAX_VALUES = 5_000_000  # in a JSON document; each takes far more memory than it has bytes in the file

# For each format: what recognises it, and what reads it. The first that recognises a file reads it.
_XML: dict[str, tuple[Callable[[Element], bool], Callable[[Element], Results]]] = {
    "trx": (dotnet.knows_trx, dotnet.trx),
    "cppunit": (native.knows_cppunit, native.cppunit),
    "nunit": (lambda root: root.tag in {"test-run", "test-results", "test-suite"}, dotnet.nunit),
    "xunit": (lambda root: root.tag in {"assemblies", "assembly"}, dotnet.xunit),
    "ctest": (lambda root: root.find(".//Testing/Test") is not None or root.find("Testing") is not None, native.ctest),
    "qttest": (qt.knows, qt.read),
    "boost": (lambda root: {"TestLog", "TestResult"} & {root.tag, *(one.tag for one in root)} != set(), native.boost),
    "gtester": (lambda root: root.tag == "gtester", native.gtester),
    "unittest++": (lambda root: root.tag == "unittest-results", native.unittest_cpp),
    "check": (lambda root: root.find("suite/test/id") is not None, native.check),
    "catch": (lambda root: root.tag in {"Catch", "Catch2TestRun"}, native.catch),
    "fpcunit": (lambda root: root.tag == "TestResults" and root.find("TestListing") is not None, native.fpcunit),
    "gallio": (lambda root: root.find(".//testStepRun") is not None, dotnet.gallio),
    "robot": (lambda root: root.tag == "robot", other_xml.robot),
    "testng": (lambda root: root.tag == "testng-results", other_xml.testng),
    "intellij": (lambda root: root.tag == "testrun" and root.find("count") is not None, other_xml.intellij),
    junit.NAME: (junit.knows, junit.read),
}
_JSON: dict[str, tuple[Callable[[Json], bool], Callable[[Json], Results]]] = {
    "ctrf-json": (lambda d: isinstance(d.get("results"), dict) and "tests" in d["results"], json_reports.ctrf),
    "pytest-json-report": (lambda d: "exitcode" in d and ("tests" in d or "collectors" in d), json_reports.pytest_json),
    "jest-json": (lambda d: "numTotalTests" in d and isinstance(d.get("testResults"), list), json_reports.jest),
    "playwright-json": (lambda d: isinstance(d.get("suites"), list) and "errors" in d, json_suites.playwright),
    "mochawesome": (lambda d: isinstance(d.get("stats"), dict) and "results" in d, json_suites.mochawesome),
    "mocha-json": (lambda d: isinstance(d.get("stats"), dict) and "tests" in d, json_reports.mocha),
    "rspec-json": (lambda d: isinstance(d.get("examples"), list) and "summary" in d, json_reports.rspec),
}
_LINES: dict[str, tuple[Callable[[Json], bool], Callable[[list[Json]], Results]]] = {
    "go-test-json": (lambda event: "Action" in event, json_lines.go_test),
    "cucumber-json": (lambda one: "elements" in one and "keyword" in one, json_suites.cucumber),
    "dart-json": (lambda event: "type" in event and "time" in event, json_lines.dart),
}
_TEXT: dict[str, tuple[Callable[[str], bool], Callable[[str], Results]]] = {
    "tap": (tap.knows, tap.read),
    "libtest": (libtest.knows, libtest.read),
}
FORMATS = (*_XML, *_JSON, *_LINES, *_TEXT)
_ADVICE = "name the file that the test runner wrote, such as JUnit XML; `record --input-format NAME` sets its format"
_XML_LINE = re.compile(rb"^<(?:\?xml|TestLog|TestResult|testsuites?)\b", re.MULTILINE)
# Go before 1.24 reports a failed build only as text between the events.
_GO_BUILD = re.compile(r"FAIL\s+(\S+) \[(?:build|setup) failed\]")


def read(data: bytes, name: str | None = None) -> Results:
    """Read the results in a file; `name` forces its format."""
    if len(data) > MAX_BYTES:
        raise too_large(len(data))
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableError("it is empty", "check whether the test run that wrote it was stopped")
    try:
        results = _read(data, name)
        return replace(results, tool=joined(results.tool) if results.tool else None)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}" if not isinstance(error, RecursionError) else "it is nested too deeply"
        raise UnreadableError(
            f"it looks like {name or 'a known format'}, but part of it is malformed ({why})", _ADVICE
        ) from None


def _read(data: bytes, name: str | None) -> Results:
    if name in _XML or (name is None and _looks_like_xml(data)):
        return _of_xml(xml.parse(data if data[:2] in BYTE_ORDER_MARKS else data.lstrip()), name)
    text = decoded(data)
    if name in {None, "qttest"} and (root := qt.as_xml(text)) is not None:
        return qt.read(root)
    for form, (knows, read_text) in _TEXT.items():
        if name == form or (name is None and knows(text)):
            return read_text(text)
    if sum(map(text.count, "{[,")) > MAX_VALUES:
        raise UnreadableError(f"it contains more than {MAX_VALUES:,} values", "record the suites one at a time")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        events = _events(text)
        if events is None:
            kind = "not valid JSON" if name else "neither XML nor JSON"
            problem = f"it is {kind} (line {error.lineno}, column {error.colno}: {error.msg.lower()})"
            raise UnknownFormatError(problem, _ADVICE) from None
        return _of_events(events, name)
    if isinstance(document, list):
        return _of_events([event for event in document if isinstance(event, dict)], name)
    if isinstance(document, dict):
        return _of_document(document, name)
    raise UnknownFormatError("it is JSON, but contains no test results", _ADVICE)


def _looks_like_xml(data: bytes) -> bool:
    """Whether it begins with a tag, or with a line or two that a runner printed before its XML."""
    head = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<") or (not head.startswith((b"{", b"[", b"TAP ")) and bool(_XML_LINE.search(head)))


def _of_xml(root: Element, name: str | None) -> Results:
    for known, (knows, reader) in _XML.items():
        if name in {None, known} and knows(root):
            return reader(root)
    if root.tag == xml.SEVERAL and len(root):
        return merged([_of_xml(part, name) for part in root])
    what = f"so it is not {name}" if name else "which no known test runner writes"
    raise UnknownFormatError(f"its root element is <{root.tag[:40]}>, {what}", _ADVICE)


def _of_document(document: Json, name: str | None) -> Results:
    for known, (knows, reader) in _JSON.items():
        if known == name or (name is None and knows(document)):
            return reader(document)
    return _of_events([document], name)


def _of_events(events: list[Json], name: str | None) -> Results:
    for known, (knows, reader) in _LINES.items():
        if known == name or (name is None and events and knows(events[0])):
            return reader(events)
    raise UnknownFormatError("it is JSON, but contains no test results", _ADVICE)


def _events(text: str) -> list[Json] | None:
    """One JSON object per line; a runner may print other lines between them."""
    events: list[Json] = []
    for line in text.splitlines():
        if line.startswith(("{", "[")):
            try:
                found = json.loads(line)
            except json.JSONDecodeError:
                return None
            events += [event for event in (found if isinstance(found, list) else [found]) if isinstance(event, dict)]
        elif broken := _GO_BUILD.match(line):
            events += [
                {"Action": "output", "Package": broken[1], "Output": line},
                {"Action": "fail", "Package": broken[1], "FailedBuild": broken[1]},
            ]
    return events or None
