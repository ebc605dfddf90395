"""Parses untrusted XML within limits of time and memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import errors

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .input_text import BYTE_ORDER_MARKS, UnreadableError
from .results import counted

SEVERAL = "several"  # the element around the roots of a file that has more than one
MAX_DEPTH = 500
MAX_ELEMENTS = 1_000_000
_NO_RUNNER = "pass a file written by a test runner"

_SEVERAL_ROOTS = {
    errors.codes[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT],
    errors.codes[errors.XML_ERROR_MISPLACED_XML_PI],
    errors.codes[errors.XML_ERROR_SYNTAX],  # what a runner printed before its XML
}
_BAD_CHARACTER = {errors.codes[errors.XML_ERROR_INVALID_TOKEN], errors.codes[errors.XML_ERROR_BAD_CHAR_REF]}
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_CONTROL_REFERENCE = re.compile(rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE)
_MAX_REFERENCES = 100_000


class _Bounded(TreeBuilder):
    """Refuses a tree that is deeper or larger than any real report, and leaves out namespaces."""

    depth = elements = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableError(f"its elements are nested more than {MAX_DEPTH} levels deep", _NO_RUNNER)
        if self.elements > MAX_ELEMENTS:
            raise UnreadableError(f"it has more than {MAX_ELEMENTS:,} elements", "record the suites one at a time")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag.rpartition("}")[2])


def parse(data: bytes) -> Element:
    """Parse a file into elements without namespaces. Refuse entities and external references."""
    try:
        return _parsed(data)
    except ParseError as error:
        repaired = _repaired(data, error)
        if repaired is None:
            raise _incomplete(error) from None
        try:
            return _parsed(repaired)
        except ParseError:
            raise _incomplete(error) from None


def _parsed(data: bytes) -> Element:
    parser = DefusedXMLParser(target=_Bounded())
    try:
        parser.feed(data)
        root: Element = parser.close()
    except ParseError:
        raise
    except (DefusedXmlException, ValueError, LookupError) as error:
        what = "it defines entities" if isinstance(error, DefusedXmlException) else f"it can't be decoded: {error}"
        raise UnreadableError(what, _NO_RUNNER) from None
    return root


def _repaired(data: bytes, error: ParseError) -> bytes | None:
    """Repair common mistakes of test runners: several root elements, invalid characters."""
    if data.startswith(BYTE_ORDER_MARKS):
        return None
    if error.code in _SEVERAL_ROOTS:
        roots = _DECLARATION.sub(b"", data.removeprefix(b"\xef\xbb\xbf"))
        return f"<{SEVERAL}>".encode() + _without_controls(roots) + f"</{SEVERAL}>".encode()
    if error.code in _BAD_CHARACTER:
        repaired = _without_controls(data)
        return repaired if len(repaired) < len(data) else None
    return None


def _without_controls(data: bytes) -> bytes:
    data = data.translate(None, _CONTROLS)
    return _CONTROL_REFERENCE.sub(b"", data) if data.count(b"&#") < _MAX_REFERENCES else data


def _incomplete(error: ParseError) -> UnreadableError:
    line, column = error.position
    return UnreadableError(
        f"it is not valid XML (line {line}, column {column + 1}: {str(error).partition(':')[0]})",
        "check that it is XML, and complete",
    )


def text_of(element: Element | None) -> str | None:
    """The text inside an element."""
    return None if element is None else ("".join(element.itertext()).strip() or None)


def text_at(element: Element, *paths: str) -> str | None:
    """The text at the first of these paths that has any."""
    return next((text for path in paths if (text := text_of(element.find(path)))), None)


def stated(element: Element | None, names: Mapping[str, str]) -> dict[str, int]:
    """The counts in the attributes of an element, under our names."""
    return {} if element is None else counted({key: whole(element.get(key)) for key in names}, names)


def outermost(root: Element, tag: str) -> list[Element]:
    """The elements of a name that are not inside another one of it."""
    if root.tag == tag:
        return [root]
    return [found for child in root for found in outermost(child, tag)]


def whole(value: str | None) -> int | None:
    """Parse a count from an attribute; None if it is not one."""
    try:
        count = int(value) if value is not None else None
    except ValueError:
        return None
    return count if count is None or 0 <= count < 10**9 else None


def seconds(value: str | None, per_second: int = 1) -> float | None:
    """Parse a time in seconds or parts of them, with a point or comma, or as hours:minutes:seconds."""
    if not value:
        return None
    try:
        total = 0.0
        for part in value.strip().split(":"):
            total = total * 60 + float(part.replace(",", "" if "." in part else "."))
    except ValueError:
        return None
    return total / per_second if 0 <= total < 1e9 else None
