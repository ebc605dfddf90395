"""Reads the failures in a log, a stack trace or the output of a test: each error with the frames of its trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from posixpath import normpath

import msgspec
from msgspec import Struct, field

from .error_lines import LONGEST, announces_error, error_on, is_only_logged, is_outcome, without_mark, without_stamp


class Frame(Struct, frozen=True):
    """A call in a stack trace."""

    path: str
    line: int
    function: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it lies in the project's code, not in a library or the runtime."""
        return not _LIBRARY.search(self.path) and not _RUNTIME.match(self.function)

    @property
    def key(self) -> tuple[str, str]:
        """What is the same on another machine and after other lines of the file have changed."""
        return "/".join(_HASH.sub("", self.path).split("/")[-2:]).lower(), self.function.rpartition(" ")[2]


class Failure(Struct, frozen=True):
    """An error, and the frames of its trace, that of the raising function first."""

    error: str
    frames: tuple[Frame, ...] = ()

    @property
    def own_frames(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.is_own)


_LIBRARY = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|vendor|gems|lib/python[\d.]*|pkg/mod|registry/src|rustc|internal)/"
    r"|^node:|^<|/go/src/|/usr/(?:lib/|include/|src/(?!app/))|/nptl/|/sysdeps/"
)
_RUNTIME = re.compile(
    r"(?:java|javax|jdk|sun|kotlin|kotlinx|scala|groovy|org\.(?:junit|gradle|apache|springframework)|System|Microsoft|Xunit|NUnit"
    r"|std::|core::|alloc::|tokio::|runtime\.|testing\.|__libc|_start\b)"
)
_LINES = 200  # of which a terminal breaks at least one
_HASH = re.compile(r"[.-][0-9a-f]{6,}(?=\.\w+(?:\?|$))|\?.*$")  # of a bundle
# Every form of a frame. Python, and pytest's own form, print the raising call last; the others print it first.
_LAST = (
    r'\s*File "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?',
    r"(?P<path>[^\s:]+\.py):(?P<line>\d+): in (?P<function>\S+)",
)
_SOURCE = r"(?P<path>[^\s():]+):(?P<line>\d+)"
_FIRST = (
    r"\s*at (?:[\w.@-]+/{1,2})*(?P<function>[\w.$<>]+)\((?P<path>\w+\.(?:java|kts?|scala|groovy)):(?P<line>\d+)\)",
    r"\s*at (?P<function>[\w.`<>\[\]+|,]+)\(.*\) in (?P<path>.+):line (?P<line>\d+)",
    r"\s*at (?:(?P<function>.{1,200}?) \()?(?:file://)?(?P<path>[^\s()]+?):(?P<line>\d+)(?::\d+)?\)?",
    r"\s*(?:from )?(?P<path>[^\s:]+\.(?:rb|erb|rake|ru)):(?P<line>\d+):in [`'](?P<function>[^'`]+)'",
    r"\s*#\d+ (?P<path>[^\s(]+\.php)\((?P<line>\d+)\): (?P<function>[\w\\:>{}-]+).*",
    rf"\s*#\d+ +(?:0x\w+ )?(?:in )?(?P<function>[\w:~<>*&]+)(?: ?\(.*\))?(?: at)? {_SOURCE}(?::\d+)?",
    r"\s*(?:at|by) 0x\w+: (?P<function>[^(]+?)(?:\(.*\))? \((?P<path>[^():]+):(?P<line>\d+)\)",
    r"[\t ]+(?P<path>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?",
    r"(?P<function>[\w.$/<]*)@(?P<path>\S+?):(?P<line>\d+):\d+",
)
_FRAMES = [(re.compile(form), True) for form in _LAST] + [(re.compile(form), False) for form in _FIRST]
_CALL = re.compile(
    r"\s*\d+: (?:0x[0-9a-f]+ - )?(?P<rust>[\w:<>{}]+)|(?P<go>[\w./*()-]+)\(.*\)"
)  # the line before a frame
# Where an error line itself says it was raised, as Rust, PHP and Ruby do.
_THROWN_AT = (
    re.compile(r".* (?:at|in) (?P<path>[^\s:()]+\.\w{1,4})(?::| on line )(?P<line>\d+)(?::\d+)?:?"),
    re.compile(r"(?P<path>[^\s:]+\.(?:rb|erb|rake)):(?P<line>\d+):in [`'](?P<function>[^'`]+)': .*"),
)
_RAISED = re.compile(
    r"[A-Za-z_][\w.]*(?:: .*)?"
)  # what Python prints below its frames, whatever the exception is called
_NAMED = re.compile(r"(?:\w+\.)+[A-Z]\w*: \S.*")  # the last line of such a trace alone
_CONTINUES = re.compile(r"thread .* panicked at .*:$|terminate called after throwing an instance of .*")
_BEFORE_WHAT = re.compile(r".*?(?=what\(\):)")
_COLOURS = re.compile(r"(?:\x1b|#x1B)\[[0-9;?]*[A-Za-z]")
_MESSAGE = frozenset({"message", "msg", "event", "textpayload", "@m", "@mt", "error", "err"})
_LEVEL = frozenset({"level", "lvl", "severity", "levelname", "@l", "log.level"})
_OF_ERRORS = re.compile(r"(?i)(?:err|crit|fatal|severe|panic|emerg|alert).*|[5-6]0")
_LOGFMT = re.compile(r'(\w[\w.@-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')


def failures(text: str) -> list[Failure]:
    """The distinct failures in a text, in their order; of two with one error the one with more frames."""
    found: dict[str, Failure] = {}
    lines = list(_lines(text))
    readings = [list(_read(one)) for one in (lines, _unwrapped(lines)) if one]
    for failure in max(readings, key=lambda read: sum(len(failure.frames) for failure in read), default=()):
        if failure.error not in found or len(failure.frames) > len(found[failure.error].frames):
            found[failure.error] = failure
    if not found and _NAMED.fullmatch(text.strip()):
        return [Failure(text.strip())]
    return list(found.values())


class _Draft(Struct):
    error: str
    frames: list[Frame] = field(default_factory=list)
    ended: bool = False  # by other output
    fewest: int = 0  # frames, without which it is none

    def failure(self) -> Iterator[Failure]:
        if len(self.frames) >= self.fewest:
            yield Failure(self.error, tuple(self.frames))


def _read(lines: Iterable[str]) -> Iterator[Failure]:
    above: list[Frame] = []  # printed before their error
    draft: _Draft | None = None
    previous = said = ""  # the line above, and the words above: at most one empty line is between
    for line in lines:
        bare = without_stamp(line)
        if on_line := frame_on(bare, previous):
            frame, is_above = on_line
            if is_above:
                above.append(frame)
            elif draft or frame.function:
                draft = draft or _Draft(said or f"unknown signal in {frame.function}", fewest=2)
                draft.frames.append(frame)
        elif draft and _CONTINUES.match(draft.error) and "\n" not in draft.error and bare.strip():
            draft.error += f"\n{_BEFORE_WHAT.sub('', bare).strip()}"
        elif error := (bare.strip() if announces_error(previous) else _error_below(above, bare) or error_on(line)):
            follows = draft is not None and not draft.ended
            if follows and is_outcome(error):
                continue  # how the process ended that had this failure
            if draft and not (follows and is_only_logged(draft.error) and not is_only_logged(error)):
                yield from draft.failure()
            stated = (_frame_of(found) for form in _THROWN_AT if (found := form.fullmatch(error)))
            draft = _Draft(error, [*reversed(above), *stated])
            above = []
        elif draft and not above and bare[:1].strip() and not bare.startswith("Traceback ("):
            draft.ended = True
        said = bare.strip() or (said if previous.strip() else "")
        previous = bare
    if draft:
        yield from draft.failure()


def _error_below(above: list[Frame], line: str) -> str | None:
    return line.strip() if above and not line[:1].isspace() and _RAISED.fullmatch(line.strip()) else None


def frame_on(line: str, previous: str = "") -> tuple[Frame, bool] | None:
    """The frame that a line shows, and whether its error is printed below it; Go and Rust name its function above."""
    if len(line) > LONGEST or not any(mark in line for mark in (":", "(", "line")):
        return None
    texts = dict.fromkeys([line.rstrip(), without_mark(line).rstrip()])
    for form, is_above in _FRAMES:
        if called := next(filter(None, map(form.fullmatch, texts)), None):
            call = _CALL.fullmatch(previous.strip())
            return _frame_of(called, (call["rust"] or call["go"]) if call else ""), is_above
    return None


def _frame_of(found: re.Match[str], function: str = "") -> Frame:
    parts = found.groupdict(default="")
    path = parts["path"].replace("\\", "/")
    scheme, mark, below = path.rpartition("://")  # a bundler's or a server's
    return Frame(scheme + mark + normpath(below), int(parts["line"]), parts.get("function") or function)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text without colours; an entry of a structured log gives the lines of its messages."""
    for line in _COLOURS.sub("", text).splitlines():
        yield from _spoken(line) or [line]


def _unwrapped(lines: list[str]) -> list[str]:
    """The lines before a terminal broke them at its width; none if no width can be seen."""
    width = max(map(len, lines), default=0)
    full = [len(line) == width for line in lines]
    if sum(full) * _LINES < len(lines):
        return []
    joined = "".join(line if is_full else f"{line}\n" for line, is_full in zip(lines, full, strict=True))
    return joined.splitlines()


def _spoken(line: str) -> list[str]:
    """What an entry of a structured log says: its message, that of its error, and each longer text such as a trace."""
    bare = without_stamp(line).strip()
    if bare.startswith("{") and bare.endswith("}"):
        with suppress(msgspec.DecodeError):
            return _said(list(_leaves("", msgspec.json.decode(bare))))
    if "level=" in bare and ("msg=" in bare or "message=" in bare):
        return _said(
            [(name, re.sub(r"\\(.)", r"\1", quoted) or value) for name, quoted, value in _LOGFMT.findall(bare)]
        )
    return []


def _leaves(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(key.lower(), below)
    elif isinstance(value, str | int):
        yield name, str(value)


def _said(entry: list[tuple[str, str]]) -> list[str]:
    texts = [text.strip("\n") for _, text in entry if "\n" in text]
    messages = (text for name, text in entry if name in _MESSAGE and "\n" not in text)
    message = ": ".join(text for text in dict.fromkeys(messages) if not any(text in longer for longer in texts))
    level = next((value for name, value in entry if name in _LEVEL), "")
    said = [f"ERROR {message}" if _OF_ERRORS.fullmatch(level) else message] if message else []
    return [*said, *(line for text in texts for line in text.splitlines())]
