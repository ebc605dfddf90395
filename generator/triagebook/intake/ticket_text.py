"""Finds sections, error texts, stack traces and code locations in the free text of a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Struct

from triagebook.failures.traces import Frame, failures, frame_on
from triagebook.model.values import Place

from .clean_text import MAX_ERROR, clean

MOST = 10  # errors or places taken from one text

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")
_HEADING = re.compile(r" {0,3}(?:#{1,6}[ \t]+(?P<mark>.+?)[ \t#]*|\*\*(?P<bold>[^*]{1,80})\*\*:?[ \t]*)$")
_NO_RESPONSE = "_No response_"  # what GitHub writes for a question without an answer

_PERMALINK = re.compile(r"https?://[^\s/]+/[^\s/]+/[^\s/]+/blob/[0-9a-f]{40}/([^\s#?)>\]]+)#L(\d+)")
_PLACE = re.compile(r"(?<![\w/:.@-])((?:[\w.-]+/)*[\w-][\w.-]*\.[A-Za-z]\w{0,4}):([1-9]\d{0,6})(?!\d|\.\d)")
_CLASS_FILES = (".java", ".kt", ".scala", ".groovy")  # the JVM prints them without their folders
_WEB = re.compile(r"\w+://\S+")
_CODE = "py pyi js jsx mjs cjs ts tsx java kt go rs rb php cs c h cc cpp hpp m swift scala sh yaml yml toml vue ex exs"
_CODE_ENDINGS = frozenset(_CODE.split())
# Where CI systems and containers check out a repository.
_ROOTS = re.compile(
    r"^(?:[A-Za-z]:)?/(?:home/runner/work/[^/]+/[^/]+|github/workspace|__w/[^/]+/[^/]+|builds/[^/]+/[^/]+"
    r"|workspaces?(?:/[^/]+(?=/.+/))?|usr/src/app|var/task|app|code|src|srv)/"
)


class TicketSection(Struct, frozen=True):
    """A part of a text and its heading; the first part may have none."""

    heading: str
    text: str


class ReportedError(Struct, frozen=True):
    """An error in a text, and the place that raised it if a stack trace shows it."""

    error: str
    at: str | None = None


def sections(text: str) -> list[TicketSection]:
    """The parts of a text, without unanswered questions of a form."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line, fenced in _lines(clean(text)):
        heading = None if fenced else _HEADING.match(line)
        if heading:
            parts.append(((heading["mark"] or heading["bold"]).strip(), []))
        else:
            parts[-1][1].append(line)
    whole = [TicketSection(heading, "\n".join(lines).strip("\n").rstrip()) for heading, lines in parts]
    return [one for one in whole if (one.heading or one.text) and one.text.strip() != _NO_RESPONSE]


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is in a code block. Comments, which a page does not show, are left out."""
    mark, in_comment = "", False
    for line in text.split("\n"):
        if mark:
            yield line, True
            fence = _FENCE.match(line)
            if fence and fence[1].startswith(mark) and not fence[2].strip():
                mark = ""
            continue
        if in_comment and "-->" not in line:
            continue
        shown = line.partition("-->")[2] if in_comment else line
        in_comment = False
        if "`" not in shown:
            shown, *comments = shown.split("<!--")
            for comment in comments:
                _, end, after = comment.partition("-->")
                shown, in_comment = shown + after, not end
        fence = _FENCE.match(shown)
        mark = fence[1] if fence else ""
        if shown.strip() or not line.strip():
            yield shown, bool(fence) or shown.startswith(("    ", "\t"))


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────


def errors(text: str, repository: str = "") -> list[ReportedError]:
    """The distinct errors in a text, with the place that raised each."""
    shown = []
    for failure in failures(clean(text))[:MOST]:
        files = (frame for frame in failure.frames if "/" in frame.path or not frame.path.endswith(_CLASS_FILES))
        at = (place(frame.path, str(frame.line), repository) for frame in files)
        shown.append(ReportedError(failure.error[:MAX_ERROR], next(filter(None, at), None)))
    return shown


# ── places ───────────────────────────────────────────────────────────────────────────────────────────


def places(text: str, repository: str = "") -> list[str]:
    """Every `path:line` in a text outside stack traces."""
    found: dict[str, None] = {}
    for line in clean(text).split("\n"):
        if frame_on(line):
            continue
        for path, number in _PLACE.findall(_WEB.sub(" ", line[:10_000])):
            if path.rpartition(".")[2].lower() in _CODE_ENDINGS and (at := place(path, number, repository)):
                found[at] = None
    return list(found)[:MOST]


def permalinks(text: str) -> list[str]:
    """The places that permalinks to lines of code lead to."""
    found = (place(unquote(path), line) for path, line in _PERMALINK.findall(text))
    return list(dict.fromkeys(filter(None, found)))[:MOST]


def place(path: str, line: str, repository: str = "") -> str | None:
    """A place relative to the repository root; None if it is outside, or the root is unknown."""
    path = relative(path, repository)
    try:
        return str(Place.parse(f"{path}:{int(line)}")) if path else None
    except ValueError:
        return None


def relative(path: str, repository: str = "") -> str:
    """A path relative to the repository root; empty if it is outside."""
    path = path.replace("\\", "/").removeprefix("./")
    if not Frame(path, 0).is_own:
        return ""
    name = repository.rpartition("/")[2]
    if path.startswith("/") or path[1:3] == ":/":
        below = _ROOTS.sub("", path)
        if below == path and name and f"/{name}/" in path:
            below = path.rpartition(f"/{name}/")[2]
        path = "" if below == path else below
    return "" if path.startswith(("/", "~", "../")) else path
