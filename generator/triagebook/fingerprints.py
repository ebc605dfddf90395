"""Fingerprints of failures: the type and message of an error without variable parts, and the project's frames."""

from __future__ import annotations

import re

from msgspec import Struct

_LONGEST = 4000  # characters of an error that count
_TYPE = re.compile(r"(?:[A-Za-z_][\w.$]*)(?=: )")
_VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\b0x[0-9a-fA-F]+\b|\d+|\b\w*[A-Z_]\w*\b")
_FRAME = re.compile(
    r'^\s*File "(?P<python>[^"\n]+)", line \d+, in (?P<function>\S+)'
    r"|^\s*at (?:(?P<caller>[^\s(]+) \()?(?P<script>[^\s():]+\.[cm]?[jt]sx?):\d+"
    r"|^\s*at (?P<method>[\w.$<>]+)\((?P<java>\w+\.(?:java|kt|scala)):\d+\)"
    r"|^\s+(?P<go>\S+\.go):\d+",
    re.MULTILINE,
)
_FOREIGN = re.compile(
    r"(?:site|dist)-packages/|node_modules/|/lib/python\d|^node:|/go/(?:src|pkg/mod)/|^(?:java|javax|jdk|sun|kotlin|scala)\."
)


class Fingerprint(Struct, frozen=True):
    """An error without what differs from one occurrence to the next."""

    type: str  # empty where the text names none
    message: str


def fingerprint(error: str) -> Fingerprint:
    """The fingerprint of an error text: quoted words, names, numbers and addresses in its message do not count."""
    text = " ".join(error[:_LONGEST].split())
    found = _TYPE.match(text)
    kind = found.group() if found else ""
    message = text[len(kind) :].removeprefix(": ")
    return Fingerprint(kind, _VARIES.sub("*", message) if kind else message)


def own_frames(text: str) -> list[str]:
    """The frames of stack traces in a text that lie in the project's own code, as `file function`, without lines."""
    frames = []
    for frame in _FRAME.finditer(text.replace("\\", "/")):
        part = frame.groupdict(default="")
        where = part["method"] or part["python"] or part["script"] or part["go"]
        if not _FOREIGN.search(where):
            frames.append(f"{where} {part['function'] or part['caller']}".strip())
    return list(dict.fromkeys(frames))
