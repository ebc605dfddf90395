"""Decodes files from other tools and parses their JSON, within a size limit. It refuses what it can't read."""

from __future__ import annotations

import json

from triagebook.errors import TriagebookError

MAX_BYTES = 64_000_000
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16


class UnreadableError(TriagebookError):
    """A file that can't be read."""


class UnknownFormatError(UnreadableError):
    """A file that is not one of test results."""


def too_large(size: int) -> UnreadableError:
    what = f"it is {size // 1_000_000} MB; the limit is {MAX_BYTES // 1_000_000} MB"
    return UnreadableError(what, "split it into smaller files")


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark."""
    encoding = "utf-16" if data.startswith(BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        raise UnreadableError(f"it is not valid {name} at byte {error.start}", "save it as UTF-8") from None


def shown(data: bytes) -> str:
    """The text of a log, whatever it holds; PowerShell writes UTF-16."""
    encoding = "utf-16" if data.startswith(BYTE_ORDER_MARKS) else "utf-8-sig"
    return data.decode(encoding, errors="replace")


def json_documents(data: bytes, advice: str) -> list[object]:
    """One JSON document, or several in a row as `gh api --paginate` prints them; `advice` says what to pass instead."""
    decoder, position, documents = json.JSONDecoder(), 0, []
    text = decoded(data).strip("\0 \t\r\n\ufeff")
    if not text:
        raise UnreadableError("it is empty", "check whether the command that wrote it failed")
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise UnreadableError(f"it is not valid JSON ({where}: {error.msg.lower()})", advice) from None
        except RecursionError:
            raise UnreadableError("it is nested too deeply", advice) from None
        except ValueError as error:  # a number with thousands of digits
            raise UnreadableError(f"its JSON can't be read: {error}", advice) from None
        documents.append(document)
        while position < len(text) and text[position].isspace():
            position += 1
    return documents
