"""XML knowledge: an untrusted file as elements, with bounded time and memory."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .results import UnreadableError

MAX_DEPTH = 500


class _Depth:
    """Refuses a tree that is deeper than any report."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableError(
                f"its elements are nested more than {MAX_DEPTH} deep", "no test runner writes such a file"
            )
        return self.builder.start(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return self.builder.end(tag.rpartition("}")[2])

    def data(self, data: str) -> None:
        self.builder.data(data)

    def close(self) -> Element:
        return self.builder.close()


def parse(data: bytes) -> Element:
    """The root element, names without their namespaces; entities and whatever lies outside the file are refused."""
    parser = DefusedXMLParser(target=_Depth())
    try:
        parser.feed(data)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        raise UnreadableError(
            f"it is not whole XML: line {line}, column {column + 1}: {str(error).partition(':')[0]}",
            "see whether the run that wrote it was cut off",
        ) from None
    except (DefusedXmlException, ValueError, LookupError) as error:
        what = "it defines entities" if isinstance(error, DefusedXmlException) else f"it can't be decoded: {error}"
        raise UnreadableError(what, "no test runner writes such a file") from None
    return root


def below(element: Element, *tags: str) -> Iterator[Element]:
    """All elements of some names, in the order of the file, however deep."""
    return (found for found in element.iter() if found.tag in tags)


def text_of(element: Element | None) -> str | None:
    """The text within an element."""
    return None if element is None else ("".join(element.itertext()).strip() or None)


def whole(value: str | None) -> int | None:
    """A count that is written as an attribute; None where it is none."""
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None


def seconds(value: str | None) -> float | None:
    """A time in seconds, with a point or a comma, or as hours, minutes and seconds."""
    if not value:
        return None
    try:
        total = 0.0
        for part in value.strip().split(":"):
            total = total * 60 + float(part.replace(",", "" if "." in part else "."))
    except ValueError:
        return None
    return total if 0 <= total < 1e9 else None
