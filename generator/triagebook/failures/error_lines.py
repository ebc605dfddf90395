"""Tells the lines that state an error from other output, by the forms that languages, tools and servers print."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.expressions import compiled

LONGEST = 4000  # characters; a longer line is data

# ── what stands before an error in a log ─────────────────────────────────────────────────────────────

_LEVEL = r"(?:ERROR|ERRO|CRITICAL|FATAL|SEVERE|PANIC|EMERGENCY|ALERT)"
_CONTAINER = re.compile(r"[\w.-]+ +\| ?| *(?:\| )+")  # a container; the edge of an exception group
_STAMP = re.compile(
    r"\s*(?:[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"
    r"(?:Z| ?[+-]\d\d:?\d\d| UTC| [A-Z]{2,3}T\b)?)?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?|(?:[A-Z][a-z]{2} ){1,2} ?\d{1,2} \d\d:\d\d:\d\d)[\])]?"
    r"|[EF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\]|[A-Z], \[[^\]]*\] +\w+ -- [^:]*:|[EF]/\S+ *\( *\d+\):)[ \t]?"
)
_MARK = re.compile(
    r"\s*(?:>+ |E {1,8}(?=\S)|##\[error\]|::error[^:]*::|FAILED \S+ - |\[?(?:\w+\.)?" + _LEVEL + r"\]?(?::|(?=\s)))\s*"
)
_LOGGER = re.compile(
    r"(?:\[[^\]\n]{0,80}\]|\([\w .-]{1,40}\))\s*(?:(?::|\||-{1,3})\s+)?"  # a thread, a module, a number
    r"|(?:[\w.-]+ +)?[\w.$/-]{1,80}(?:\[\d+\])?\s*(?::|\||-{1,3})\s+"  # a host, a process, a level, a logger
)
_BEFORE = re.compile(
    r"(?:Uncaught (?:\(in promise\) )?|Unhandled (?:exception|rejection|promise rejection|[A-Z]\w+)[.:]? "
    r"|Caused by: |---> ?(?:\(Inner Exception #\d+\) )?"
    r"|Exception in thread \"[^\"]*\" |\(node:\d+\) |Unhandled\w+Warning: )"
)
_UNHANDLED = re.compile(r"(?:^|\W)Unhandled [Ee]xception[.:] (?P<error>\S.*)")

# ── the forms of an error ────────────────────────────────────────────────────────────────────────────

_NAME = r"(?:[A-Za-z_$][\w$]*(?:\.|::|\\|/)){0,12}"
_ENDINGS = "Error|Exception|Warning|Failure|Fault|Interrupt|Timeout|Exit|NotFound|DoesNotExist|Refused|Denied|Invalid"
_KIND = rf"{_NAME}(?:_?[A-Z]\w{{0,80}}(?:{_ENDINGS})|StopIteration|(?:errors|exceptions|exc)\.[A-Z]\w+)"
_THROWN = re.compile(
    rf"(?P<kind>{_KIND}|{_NAME}(?:Error|Exception|Failed))(?: ?[\[(][\w. :-]+[\])])?(?: ?: ?(?P<says>\S.*))?"
)
_RUBY = re.compile(rf"(?:\S+:\d+:in [`'][^'`]*['`]: )?(?P<says>.*?)\s*\((?P<kind>{_NAME}[A-Z]\w*)\)")
_CPP = re.compile(
    r"(?P<says>terminate called after throwing an instance of) '(?P<kind>[^']+)'(?:\s+what\(\): *(?P<what>.*))?"
    r"|libc\+\+abi: terminating (?:due to|with) uncaught exception of type (?P<type>[\w:<>]+?)(?:: (?P<why>.*))?",
    re.DOTALL,
)
_NAMESPACED = re.compile(r"(?P<kind>(?:[A-Z]\w*::)+[A-Z]\w+): (?P<says>\S.*)")
_ELIXIR = re.compile(rf"\*\* \((?P<kind>{_NAME}[A-Z]\w*)\) (?P<says>.*)")
_GO = re.compile(r"(?:panic: |http: panic serving \S+: )(?P<says>.*)|(?P<runtime>runtime error: .*)", re.DOTALL)
_SIGNALLED = re.compile(r".*\breceived signal (?P<kind>SIG[A-Z]+)\b(?P<says>.*)")
_LINKED = re.compile(r".*(?P<kind>undefined reference|multiple definition) (?:to|of) (?P<says>.*)")
_COMPILED = re.compile(
    r"(?:\S.*[\\/])?(?P<file>[^\\/]+?)[:(]\d+(?:[:,]\d+)?\)?(?: ?: | - )(?:fatal )?error\b"
    r"(?: ?(?P<kind>[A-Z]{1,4}\d+)| ?\[\w+\])?: ?(?P<says>.*)"
)
_SWIFT = re.compile(r"(?:\S+:\d+: )?(?P<kind>Fatal error): (?P<says>.*?)(?:: file \S+, line \d+)?")
_PHP = re.compile(rf".*Uncaught (?P<kind>{_NAME}[A-Z]\w*): (?P<says>.*?)(?: in \S+(?::| on line )\d+)?")
_RUST = re.compile(
    r"thread '[^']*' (?:\(\d+\) )?panicked at (?:'(?P<old>.*)', \S+|\S+:\d+:\d+:\s*(?P<new>.*))", re.DOTALL
)
_BY_LEVEL = "ERROR: "
_UNNAMED = frozenset({"Error", "Exception"})
_ADVICE = re.compile(
    r"(?:if|when|whenever|raised|thrown|indicates|base class|the (?:error|exception) (?:that|which|of))\b",
    re.IGNORECASE,
)
_SIGNAL = (
    "Segmentation fault|Bus error|Aborted|Abort trap|Illegal instruction|Floating point exception|Trace/breakpoint trap"
)
_TOOL = (
    r"(?:\S*/)?(?:collect2|ld|lld|gold|link|LINK|g?make(?:\[\d+\])?|cmake|CMake"
    r"|cc1\w*|gcc|g\+\+|clang\+*|rustc|javac|cargo|go|tsc)"
)
_METHOD = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_REASON = "Internal Server Error|Not Implemented|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out"
_REFUSED = "command not found|[Nn]o such file or directory|[Pp]ermission denied|[Ee]xec format error"
_FORMS = "|".join(
    (
        r"expect\(.*\)\.\w+.*|assert .*\S (?:==|!=|<=?|>=?|in|not in|is|is not) \S.*",
        r"(?:\S+: )*Assertion [`'\"(].*|Assertion failed: .*|(?:\S+: )*.*: Assertion `.*' failed\.?",
        r"panic: \S.*|(?:http: )?panic serving \S+: .*|fatal error: \S.*|(?:\S+:\d+:\d+: )?runtime error: \S.*",
        rf"\*\* \({_NAME}[A-Z]\w*\) .*|\S+:\d+:in .* \({_NAME}[A-Z]\w*\)|(?:[A-Z]\w*::)+[A-Z]\w+: \S.*",
        r"thread '[^']*' (?:\(\d+\) )?panicked at .*",
        rf"(?:\S+:\d+:in .* |(?:[^\[\]:]|:\S)*\S )?\((?:{_NAME}[A-Z]\w*(?:Error|Exception|Failure|Exit|Interrupt))\)",
        rf"(?:{_NAME}(?:[A-Z]\w*(?:Error|Exception)|Error)) \(.*\):?",
        r"(?:PHP |\S+:\d+: )?(?:Catchable |Recoverable )?(?:[Ff]atal|Parse|Compile|Core) error: .*",
        r"(?:PHP )?(?:Warning|Notice|Deprecated): .* in \S+ on line \d+",
        r"\S+\.go:\d+:\d+: .*|dial (?:tcp|udp|unix) .*: .*|rpc error: .*|.*: connection (?:refused|reset by peer)",
        r"(?:\S.*?[:(]\d+(?:[:,]\d+)?\)?(?: ?: | - ))(?:fatal )?error\b(?: ?[A-Z]{1,4}\d+|\[\w+\])?: ?.*",
        r"(?:fatal )?error(?:\[\w+\]| [A-Z]{1,5}\d{2,5})(?:: | ).*|error: \S.*|fatal: \S.*",
        r"[\w.+/-]+ ?: (?:fatal )?[Ee]rror(?: \w+)?: \S.*|[A-Z][\w ]{2,40}: Error: \S.*|error Command failed.*",
        r"Error (?:response from daemon|occurred during \w+ of \w+|in .* ?): ?\S.*|\*\*\* Exception: .*",
        r"e: (?:file://)?\S+:\d+:\d+ .*|(?:NETSDK|MSB|NU)\d{4}: .*|ninja: build stopped: .*|failed to solve: .*",
        r"lua\S*: \S+\.lua:\d+: .*|.* at \S+\.(?:pl|pm|t) line \d+\.?|bundler: failed to .*|Could not find gem .*",
        r"nginx: \[(?:emerg|alert|crit|error)\] .*|\[(?:emerg|alert|crit|error)\] \d+#\d+: .*",
        r"Failed to load resource: .* 5\d\d.*|Access to \w+ at '.*' from origin '.*' has been blocked by .*",
        r"npm (?:ERR!|error) .*|(?:ERR!|ELIFECYCLE|yarn error|pnpm ERR!) .*|ERR_\w+ .*",
        rf"{_TOOL}:? ?:.*(?:[Ee]rror|not found|undefined|cannot|No rule).*|.*\*\*\* .*(?:Error \d+|Stop\.).*",
        r".*undefined reference to [`'\"].*|Undefined symbols for architecture \w+:?|.*multiple definition of [`'].*",
        r"CMake Error.*|BUILD FAILED.*|FAILURE: Build failed.*|\[ERROR\] .*|Execution failed for task .*",
        rf"(?:\S+(?: line \d+)?: +)*(?:\d+ )?(?:{_SIGNAL})(?:: \d+)?(?: +\(core dumped\))?(?: .*\(core dumped\).*)?",
        r"(?:\S+: )*(?:Out of memory: )?Killed(?:: \d+| process .*)?|fatal signal .*",
        r"[^\[]*\bSIG(?:SEGV|ABRT|BUS|ILL|FPE)\b.*",
        r"(?:==\d+==)?\s*ERROR: \w*Sanitizer: .*|==\d+== ?(?:Invalid (?:read|write)|Process terminating).*",
        r"terminate called .*|libc\+\+abi: .*|.*(?:double free|stack smashing|free\(\): invalid|malloc\(\):).*",
        r".*\bSQLSTATE\b.*|ORA-\d{5}: .*|ERROR \d{4} \(\w{5}\).*|(?:ERROR|FATAL|PANIC): {1,2}\S.*|Msg \d+, Level \d+.*",
        rf"HTTP(?:/[\d.]+)? 5\d\d\b.*|5\d\d (?:Server Error|{_REASON})\b.*",
        rf"(?:.*\")?(?:{_METHOD}) \S+(?: HTTP/[\d.]+\")? (?:-> |=> |returned |→ )?5\d\d\b.*",
        r".*[Rr]equest failed with status(?: code)? 5\d\d.*|upstream .*(?:5\d\d|timed out|connect error).*",
        r"(?:curl: \(\d+\) |ssh: |wget: |rsync: |scp: ).*|(?:net::)?ERR_[A-Z_]+(?: .*)?|E[A-Z]{4,14}: .*",
        rf"(?:exec |\S+: )+(?:line \d+: )?(?:.*: )?(?:{_REFUSED})|Permission denied \(.*\)\.?|OOMKilled",
        r"(?:\S*sh|env|sudo): (?:\d+: )?.*: not found",
        r"E: (?:Unable|Failed|Could not|Package|Version|Sub-process) .*|Failed: (?:DID NOT RAISE|Timeout) .*",
    )
)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def error_on(line: str) -> str | None:
    """The error that a line states, as it is printed; without the time, level and logger before it."""
    if len(line) > LONGEST:
        return None
    return _unhandled(line) or next((text for text in _readings(line) if _is_error(text)), None) or _inline_error(line)


def announces_error(line: str) -> bool:
    """Whether the next line is an error, whatever it says."""
    return line.strip() in {"Unhandled exception:", "Uncaught exception:"}


def kind_of(error: str) -> tuple[str, str]:
    """The exception an error names, if it names one, and the rest of its first line."""
    if panicked := _RUST.fullmatch(error.strip()):
        return "panic", panicked["old"] or panicked["new"] or ""
    if terminated := _CPP.fullmatch(error.strip()):
        if terminated["type"]:
            return terminated["type"], terminated["why"] or ""
        return terminated["kind"], terminated["what"] or terminated["says"]
    if panicked := _GO.fullmatch(error.strip()):
        return "panic", panicked["says"] or panicked["runtime"]
    first, _, rest = error.partition("\n")
    if built := _COMPILED.fullmatch(first.strip()):
        return built["kind"] or "error", f"{built['file']}: {built['says']}"
    if thrown := _THROWN.fullmatch(first.strip()):
        kind, says = thrown["kind"], thrown["says"] or ""
        if kind in _UNNAMED and _THROWN.fullmatch(says):
            return kind_of("\n".join(filter(None, [says, rest])))
        return kind, "\n".join(filter(None, [says, rest]))
    for form in (_PHP, _RUBY, _NAMESPACED, _ELIXIR, _SIGNALLED, _LINKED, _SWIFT):
        if thrown := form.fullmatch(first.strip()):
            return thrown["kind"], thrown["says"]
    return "", error


def without_stamp(line: str) -> str:
    """A line without the container and the time that a log has before it; its indentation stays."""
    for form in (_CONTAINER, _STAMP):
        if before := form.match(line):
            line = line[before.end() :]
    return line


def is_signal(error: str) -> bool:
    """Whether an error is only how a process ended."""
    return re.fullmatch(rf"(?:{_SIGNAL})(?: \(core dumped\))?", error) is not None


def is_only_logged(error: str) -> bool:
    """Whether an error is known by the level of its log entry alone."""
    return error.startswith(_BY_LEVEL)


def _readings(line: str) -> Iterator[str]:
    """A line without what a logger wrote before the error, and as it stands."""
    bare = line.strip()
    text = without_stamp(bare).lstrip()
    stamped = text != bare
    marked = _MARK.match(text)
    text = text[marked.end() :] if marked else text
    if before := _BEFORE.match(text):
        yield from _readings(text[before.end() :])
    if stamped or marked or text.startswith("["):
        yield text
        while logger := _LOGGER.match(text):
            text = text[logger.end() :]
            before = _BEFORE.match(text)
            yield text[before.end() if before else 0 :]
    yield bare
    if marked and " " in text and re.search(_LEVEL, marked.group()):
        yield f"{_BY_LEVEL}{text}"


def _is_error(text: str) -> bool:
    if text.endswith("Traceback (most recent call last):"):
        return False
    if thrown := _THROWN.fullmatch(text):
        says = thrown["says"]
        if says is None:
            return thrown["kind"] not in _UNNAMED
        return not _ADVICE.match(says)
    return compiled(rf"\A(?:{_FORMS})\z").search(text.encode(errors="replace")) is not None


def _unhandled(line: str) -> str | None:
    """What stands behind `Unhandled exception:`, whatever its form."""
    found = _UNHANDLED.search(line)
    return found["error"] if found else None


def _inline_error(line: str) -> str | None:
    """An error quoted as code in a sentence."""
    return next(
        (code for code in _INLINE.findall(line) if (":" in code or "(" in code) and _is_error(code.strip())), None
    )
