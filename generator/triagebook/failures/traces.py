"""Reads the failures in a log, a stack trace or the output of a test: each error with the frames of its trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import unescape
from itertools import groupby, takewhile
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
        name = self.function.rpartition(" ")[2]
        if self.path.endswith((".rb", ".erb", ".rake")):
            name = re.split("[#.]", name)[-1]  # older versions of Ruby name no class
        is_given = ".js" in self.path and len(name.rpartition(".")[2]) <= _SHORTEST
        return "/".join(_HASH.sub("", self.path).split("/")[-2:]).lower(), "" if is_given else name


class Failure(Struct, frozen=True):
    """An error, and the frames of its trace, that of the raising function first."""

    error: str
    frames: tuple[Frame, ...] = ()

    @property
    def own_frames(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.is_own)


_LIBRARY = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|vendor|gems|lib/python[\d.]*|pkg/mod|registry/src|rustc)/"
    r"|^node:|^internal/|\.so\b|^<|/go/src/(?![\w-]+\.)|/usr/(?:lib/|include/|src/(?!app/))|/nptl/|/sysdeps/"
)
_RUNTIME = re.compile(
    r"(?:java|javax|jdk|sun|kotlin|kotlinx|scala|groovy|org\.(?:junit|gradle|apache|springframework)|System|Microsoft|Xunit|NUnit"
    r"|com\.(?:zaxxer|fasterxml|mysql)|io\.netty|\{main\}|std::|core::|alloc::|tokio::|runtime\.|testing\.|__libc|_start\b)"
)
_SHORTEST = 2  # characters of a name that a bundler gives
_PASTED = 5000  # lines; a longer text is a log, whose lines begin in a known way
_LINES = 200  # of which a terminal breaks at least one
_HASH = re.compile(r"[.-](?:[0-9a-f]{6,}|(?=\w*\d)\w{8})(?=\.\w+(?:\?|$))|\?.*$")  # of a bundle
# Every form of a frame. Python, and pytest's own form, print the raising call last; the others print it first.
_LAST = (
    r'\s*File "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?',
    r"\s*(?P<path>[^\s:]+\.py):(?P<line>\d+):(?: in (?P<function>\S+))?",
)
_SOURCE = r"(?P<path>[^\s():]+):(?P<line>\d+)"
_FIRST = (
    r"\s*at (?:[\w.@-]+/{1,2})*(?P<function>[\w.$<>]+)\((?P<path>\w+\.(?:java|kts?|scala|groovy)):(?P<line>\d+)\)",
    r"\s*at (?P<function>[\w.`<>\[\]+|,]+)\(.*\) in (?P<path>.+):line (?P<line>\d+)",
    r"\s*at (?:(?P<function>.{1,200}?) \()?(?:file://)?(?P<path>[^\s()]+?):(?P<line>\d+)(?::\d+)?\)?",
    r"\s*(?:from )?(?P<path>[^\s:]+\.(?:rb|erb|rake|ru)):(?P<line>\d+):in [`'](?P<function>[^'`]+)'",
    r"\s*#\d+ (?P<path>[^\s(]+\.php)\((?P<line>\d+)\): (?P<function>[\w\\:>{}-]+).*",
    rf"\s*#\d+ +(?:0x\w+ )?(?:in )?(?P<function>[\w:~<>*&]+)(?: ?\(.*\))?(?: at)? {_SOURCE}(?::\d+)?",
    r"\s*#\d+ +0x\w+ (?:in )?(?P<function>[\w:~<>*&]+)(?: ?\(.*\))? \((?P<path>[^\s()]+) ?\+ ?0x\w+\)",
    r"\s*PHP +\d+\. (?P<function>[\w\\:>{}-]+)\(.*\) (?P<path>[^\s:]+):(?P<line>\d+)",
    r"\s*(?:at|by) 0x\w+: (?P<function>[^(]+?)(?:\(.*\))? \((?P<path>[^():]+):(?P<line>\d+)\)",
    r"[\t ]+(?P<path>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?",
    r"(?P<function>[\w.$/<]*)@(?P<path>\S+?):(?P<line>\d+):\d+",
    r"(?P<path>[^\s:]+\.py):(?P<line>\d+): (?:\w+\.)*[A-Z]\w+",  # pytest's, below the source of the function
)
_FRAMES = [(re.compile(form), True) for form in _LAST] + [(re.compile(form), False) for form in _FIRST]
# The line before a frame.
_CALL = re.compile(r"\s*\d+: (?:0x[0-9a-f]+ - )?(?P<rust>[\w:<>{}]+)|(?P<go>[\w./*()-]+?\.[\w.()*-]+?)(?:\([^()]*\))?")
_ABOVE_CALL = re.compile(  # a library's frame, a heading, a mark that something was cut; it is no error
    r"at \S+\(.*\)|(?i:.*\b(?:stack ?trace|backtrace)\b.*:)|(?:\.{3}|…|-{3}|\(gdb\)).*|\[\W*\w+\W*\]"
)
_QUOTE = re.compile(r"^\s*(?:> ?)+")  # of a mail
_SOURCE_OF = re.compile(r"\s*(?:async )?def (\w+)\(")
# How test runners name the test whose failure follows.
_TEST = re.compile(
    r"\s*\d+\) (\S.*?):?|\s*● (.+)|-{4} (\S+) stdout -{4}|_{3,} (.+) _{3,}|(?:FAILED|ERROR) \S+?::(\S+) - .*"
    r"|\s*Failed (\S+) \[.+\]|(?:\[ERROR\] +)?([\w.$]+)(?:\(.*\))? (?:--|Time).* <<< (?:FAILURE|ERROR)!"
    r"|\[ RUN      \] (\S+)|(\S+#\S+) \[\S+:\d+\]:|(?:FAIL|ERROR): (\w+ \(\S+\))"
)
# Where an error line itself says it was raised, as Rust, PHP and Ruby do.
_THROWN_AT = (
    re.compile(r".*(?: at| in|',) (?P<path>[^\s:()]+\.\w{1,4})(?::| on line )(?P<line>\d+)(?::\d+)?[:)]?"),
    re.compile(r"(?P<path>[^\s:]+\.(?:rb|erb|rake)):(?P<line>\d+):in [`'](?P<function>[^'`]+)': .*"),
    re.compile(r"SUMMARY: .* (?P<path>[^\s:]+):(?P<line>\d+)(?::\d+)? in (?P<function>[^\s(]+).*"),
)
# What Python prints below its frames, whatever the exception is called.
_RAISED = re.compile(r"(?=\w*[.:A-Z])[A-Za-z_][\w.]*(?:: .*)?")
_NAMED = re.compile(r"(?:\w+(?:\.|::|\\))+[A-Z]\w*: \S.*")  # the last line of such a trace alone
_CONTINUES = re.compile(r"thread .* panicked at .*:$|terminate called after throwing an instance of .*")
_EXIT = re.compile(r"exit status [1-9]\d*")
_OF_PYTEST = "E  "  # begins what pytest says of an error
_ENDS_BUILD = re.compile(  # for a reason that was printed above
    r"\S*make(?:\[\d+\])?: \*\*\* \[.*\] Error \d+.*|npm (?:ERR!|error) (?:code ELIFECYCLE|errno|Exit status).*"
    r"|\S+: error: (?:ld returned|linker command failed).*|error Command failed.*|ninja: build stopped: .*"
)
_BEFORE_WHAT = re.compile(r".*?(?=what\(\):)")
_PRINTED_QUOTES = str.maketrans("\u2018\u2019\u201a\u2039\u203a\u201c\u201d\u201e\xab\xbb\xa0", "'''''\"\"\"\"\" ")
UNKNOWN = "unknown error in "  # begins the error of a trace whose first lines are cut off
_COLOURS = re.compile(r"(?:\x1b|#x1B)\[[0-9;?]*[A-Za-z]")
_MESSAGES = "message msg event textpayload @m @mt error err error.message exception log panic"
_MESSAGE = frozenset(_MESSAGES.split())
_LEVEL = frozenset({"level", "lvl", "severity", "levelname", "@l", "log.level"})
_OF_ERRORS = re.compile(r"(?i)(?:err|crit|fatal|severe|panic|emerg|alert).*|[5-6]0")
_WITH_ERROR = re.compile(
    r'(.*\b(?:ERR|ERROR|FATAL|FTL)\b.*?\S)(?: +\w+=(?:"[^"]*"|\S*))*? +err(?:or)?='
    r'(?:"((?:[^"\\]|\\.)*)"|(\S+))(?: +\w+=.*)?'
)
_LOGFMT = re.compile(r'(\w[\w.@-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')


def failures(text: str) -> list[Failure]:
    """The distinct failures in a text, in their order; of two with one error the one with more frames."""
    found: dict[str, Failure] = {}
    lines = list(_lines(text))
    read = list(_read(lines))
    for cure in (lambda block: [_QUOTE.sub("", plain(line)) for line in block], _without_prefix, _unwrapped):
        cured = [line for block in _blocks(lines) for line in cure(block)]
        if cured != lines and _worth(again := list(_read(cured))) > _worth(read):
            lines, read = cured, again
    for failure in read:
        if failure.error not in found or len(failure.frames) > len(found[failure.error].frames):
            found[failure.error] = failure
    pasted = ("\n".join(block).strip() for block in _blocks(lines))
    causes = [failure for failure in found.values() if failure.frames or not _ENDS_BUILD.fullmatch(failure.error)]
    return causes or list(found.values()) or [Failure(one) for one in pasted if _NAMED.fullmatch(one)]


def _blocks(lines: list[str]) -> list[list[str]]:
    """What stands between the fences of Markdown; each was pasted on its own."""
    return [list(block) for _, block in groupby(lines, lambda line: line.lstrip().startswith(("```", "~~~")))]


def _worth(read: list[Failure]) -> tuple[int, bool]:
    """How well lines could be read: their frames, then whether an error is known by its form."""
    frames = sum(frame.line > 0 for failure in read for frame in failure.frames)
    return frames, any(not is_only_logged(failure.error) for failure in read)


class _Draft(Struct):
    error: str
    frames: list[Frame] = field(default_factory=list)
    test: str = ""
    ended: bool = False  # by other output
    fewest: int = 0  # frames, without which it is none

    def failure(self) -> Iterator[Failure]:
        if len(self.frames) >= self.fewest:
            yield Failure(self.error, (*self.frames, *([Frame("", 0, self.test)] if self.test else ())))


def _read(lines: Iterable[str]) -> Iterator[Failure]:
    above: list[Frame] = []  # printed before their error
    draft: _Draft | None = None
    previous = said = ""  # the line above, and the words above: at most one empty line is between
    test = source_of = ""  # whose failure follows, and the function whose source was printed
    for line in lines:
        bare = without_stamp(line)
        source_of = found[1] if (found := _SOURCE_OF.match(bare)) else source_of
        test = next(filter(None, found.groups())) if (found := _TEST.fullmatch(bare)) else test
        is_exit = ": " in said and _EXIT.fullmatch(bare)  # as Go prints it, below what the program said last
        if on_line := frame_on(bare, previous):
            frame, is_above = on_line
            frame = frame if frame.function else Frame(frame.path, frame.line, source_of)
            if is_above:
                above.append(frame)
            elif draft or frame.function:
                is_cut = _CALL.fullmatch(said) or _ABOVE_CALL.fullmatch(said)
                says = f"{UNKNOWN}{frame.function}" if is_cut or not said else said
                draft = draft or _Draft(says, fewest=1 if _NAMED.fullmatch(said) or (is_cut and said[-1] == ")") else 2)
                draft.frames.insert(0 if bare.lstrip().startswith("PHP ") else len(draft.frames), frame)
        elif draft and _CONTINUES.match(draft.error) and "\n" not in draft.error and bare.strip():
            draft.error += f"\n{_BEFORE_WHAT.sub('', bare).strip()}"
        elif error := _error_of(bare, previous, above) or error_on(line) or (said if is_exit and not draft else ""):
            follows = draft is not None and not draft.ended
            if follows and (is_outcome(error) or (bare[:3] == previous[:3] == _OF_PYTEST)):
                continue  # how the process ended that had this failure, or more of what it says
            if draft and not (follows and is_only_logged(draft.error) and not is_only_logged(error)):
                yield from draft.failure()
            stated = (_frame_of(found) for form in _THROWN_AT if (found := form.fullmatch(error)))
            draft = _Draft(error, [*reversed(above), *stated], test)
            above, test = [], ""
        elif draft and not above and bare[:1].strip() and not bare.startswith(("Traceback (", _OF_PYTEST)):
            draft.ended = True
        said = bare.strip() or (said if previous.strip() else "")
        previous = bare
    if draft:
        yield from draft.failure()


def _error_of(line: str, previous: str, above: list[Frame]) -> str | None:
    """The error that a line states, whatever it says, because of what stands above it."""
    said = line.strip()
    is_error = (
        announces_error(previous)
        or (_TEST.fullmatch(previous) and _NAMED.fullmatch(said))
        or (above and not line[:1].isspace() and _RAISED.fullmatch(said))
    )
    return said if is_error else None


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
    name = _written(parts.get("function") or function)
    return Frame(scheme + mark + normpath(below), int(parts.get("line", 0)), name)


def _written(function: str) -> str:
    """A function as its source names it: not mangled by a compiler, nor escaped in a log."""
    names, rest = [], re.sub("^_ZNK?", "", function)
    while rest != function and (length := re.match(r"\d+", rest)):
        rest = rest[length.end() :]
        names.append(rest[: int(length[0])])
        rest = rest[int(length[0]) :]
    return "::".join(names) or function.replace("\\\\", "\\")


def _lines(text: str) -> Iterator[str]:
    """The lines of a text without colours; an entry of a structured log gives the lines of its messages."""
    for line in _COLOURS.sub("", text).splitlines():
        yield from _spoken(line) or [line]


def plain(text: str) -> str:
    """A text without the escapes of a web page's source and the quotation marks of print."""
    return unescape(text).translate(_PRINTED_QUOTES)


def _without_prefix(lines: list[str]) -> list[str]:
    """The lines without what stands before each of them, whatever it is; only its digits may differ."""
    begins = next(filter(str.strip, lines), "")
    known = len(begins) - len(without_stamp(begins))
    if known and len(lines) > _PASTED:
        return lines
    masked = [re.sub(r"\d", "0", line) for line in lines if line.strip()]
    lowest, highest = min(masked, default=""), max(masked, default="")
    agree = takewhile(lambda both: both[0] == both[1], zip(lowest, highest, strict=False))
    prefix = re.sub(r"\S*$", "", "".join(one for one, _ in agree))
    return [line[len(prefix) :] for line in lines] if prefix.strip() and len(prefix) > known else lines


def _unwrapped(lines: list[str]) -> list[str]:
    """The lines before a terminal broke them at its width, if a width can be seen."""
    width = max(map(len, lines), default=0)
    full = [len(line) == width for line in lines]
    if sum(full) * _LINES < len(lines):
        return lines
    joined = "".join(line if is_full else f"{line}\n" for line, is_full in zip(lines, full, strict=True))
    return joined.splitlines()


def _spoken(line: str) -> list[str]:
    """What an entry of a structured log says: its message, that of its error, and each longer text such as a trace."""
    bare = without_stamp(line).strip()
    head, brace, rest = bare.partition("{") if bare.endswith("}") else ("", "", "")
    if brace and head[-1:] in ("", " ", "\t"):
        with suppress(msgspec.DecodeError):
            said = _said(list(_leaves("", msgspec.json.decode(brace + rest))))
            if head and said:  # what was logged stands before its data
                return [head, *said] if error_on(said[0]) else [f"{head.rstrip()}: {said[0]}", *said[1:]]
            return said
    if "level=" in bare and ("msg=" in bare or "message=" in bare):
        fields = _LOGFMT.findall(bare)
        return _said([(name, re.sub(r"\\(.)", r"\1", quoted) or value) for name, quoted, value in fields])
    if logged := _WITH_ERROR.fullmatch(bare):
        return [f"{logged[1]}: {logged[2] or logged[3]}"]
    return []


def _leaves(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(key.lower(), below)
    elif isinstance(value, list) and all(isinstance(line, str) for line in value):
        yield name, "".join(f"{line}\n" for line in value)
    elif isinstance(value, str | int):
        yield name, str(value)


def _said(entry: list[tuple[str, str]]) -> list[str]:
    texts = [text.strip("\n") for _, text in entry if "\n" in text]
    spoken = [(name, text) for name, text in entry if name in _MESSAGE and "\n" not in text]
    every = dict.fromkeys(f"panic: {text}" if name == "panic" else text for name, text in spoken)
    messages = [text for text in every if not any(text in longer for longer in texts)]
    message = next(filter(error_on, reversed(messages)), ": ".join(messages))
    level = next((value for name, value in entry if name in _LEVEL), "")
    said = [f"ERROR {message}" if _OF_ERRORS.fullmatch(level) else message] if message else []
    return [*said, *(line for text in texts for line in text.splitlines())]
