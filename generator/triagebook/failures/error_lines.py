"""Tells the lines that state an error from other output, by the forms that languages, tools and servers print."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.expressions import compiled

LONGEST = 4000  # characters; a longer line is data

# ── what stands before an error in a log ─────────────────────────────────────────────────────────────

_LEVEL = r"(?:ERROR|ERRO|CRITICAL|FATAL(?! ERROR:)|SEVERE|PANIC|EMERGENCY|ALERT)"
_CONTAINER = re.compile(
    r"(?:\d+\|)?[\w.@-]+ +\| ?| *(?:[|│] )+"  # a container, a process; the edge of an exception group
    r"|<\d{1,3}>1 \d\S+ \S+ \S+ \S+ \S+ - "  # syslog
    r"|\[(?!(?i:error|info|warn(?:ing)?|fatal|debug)\])[\w./:@#-]{2,80}\] (?!at |in )"  # a pod, a request
    r"|(?:[^\t\[\]]{1,80}\t){1,2}(?=\d{4}-|\d\d-[A-Z][a-z]{2}-)"  # the job and its step
    r"|\[(?i:error|warn|info)\](?=\s+at )"  # a level before a frame
    r"|:\t \[[^\]]+\] |\[ *[\d.]+s?\] |\d+:\d\d\.\d\d "  # a step; seconds since the start
    r"|#\d+ \d+\.\d+ |==\d+== "  # a step of an image's build; a process under valgrind
    r"|[\w.-]+\.(?:[cm]?[jt]sx?|vue|svelte)(?:\?\S+)?:\d+ +(?=[A-Z\s])"  # where a browser's console was written to
)
_STAMP = re.compile(
    r"\s*(?:(?:<?[DIWEF]>? )?[\[(]?(?:(?:\d{4}[-/]\d\d[-/]\d\d|\d\d-[A-Z][a-z]{2}-\d{4})"
    r"(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"
    r"(?:Z| ?[+-]\d\d:?\d\d| UTC| [A-Z]{2,3}T\b| [A-Z]\w+/\w+)?)?|(?:\d\d-\d\d )?"
    r"\d\d:\d\d:\d\d(?:[.,]\d+)?|(?:[A-Z][a-z]{2} ){1,2} ?\d{1,2} \d\d:\d\d:\d\d)[\])]?:?"
    r"|[A-Z], \[[^\]]*\](?: +(?!ERROR|FATAL)\w+ -- [^:]*:)?|[EF]/\S+ *\( *\d+\):)(?:[ \t]|(?=\W)|$)"
)
_ORIGIN = re.compile(  # what only stands behind a time
    r"std(?:out|err) [FP] |[\w.-]+\[\d+:\d+\] |\w+\.go:\d+: |\d\d[OE][ +]|(?:[\w.-]+ )?[\w./-]+\[(?:\w+\.)?\d+\]: "
    r"| ?\d+ +\d+ [EF] \S+ *: |(?:\w+=\S+ )+(?=[A-Z])|[\w-]+\t(?=[A-Z]+\t)"
)
_MARK = re.compile(
    r"^\s*(?:>+ |[\u2718\u2716\u2717\xd7\u2a2f\u274c] +|E {1,8}(?=\S)|##\[error\]|::error[^:]*::|FAILED \S+ - "
    r"|ERROR \S+::\S+ - "
    r"|(?P<level>[EF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\]"
    rf"|(?:[\w.]+\.\w+ )?\[?(?:\w+\.)?(?:{_LEVEL}|WARN(?:ING)?)(?:/[\w-]+)?\]?(?::|(?=[\s\]]))\]?))"
    r"\s*(?:-{1,2} )?(?:: )?"
)
_LOGGER = re.compile(
    r"(?:\[[^\]\n]{0,80}\]|\([\w .-]{1,40}\))\s*(?:(?::|\||-{1,3})\s+)?"  # a thread, a module, a number
    r"|(?:[\w.-]+ +)?(?:[\w.$/-]|::){1,80}(?:\[\d+\])?\s*(?::|\||-{1,3})\s+"  # a host, a process, a level, a logger
)
_BEFORE = re.compile(
    r"^(?:Uncaught (?:\(in promise\) )?|Unhandled (?:exception|rejection|promise rejection|[A-Z]\w+)[.:]? "
    r"|(?:NOTICE: )?PHP message: |Caused by: |---> ?(?:\(Inner Exception #\d+\) )?"
    r"|Exception in thread \"[^\"]*\" |\(node:\d+\) |Unhandled\w+Warning: )"
)
# An exception that is one by what stands before it, whatever its name.
_ANNOUNCED = re.compile(
    r"(?:E {3,}|(?:FAILED|ERROR) \S+::\S+ - )([^\s+].*)|(?:.*[\s\"])?(?:Caused by: |---> ?|Uncaught )"
    r"((?:[\w$]+(?:\.|::|\\))*[A-Z][\w$]*: .*|\w+(?:(?:\.|::|\\)\w+)+)"
)
_ANNOUNCING = re.compile(r"(?:\w+ Error: )?(?:Unhandled|Uncaught) [Ee]xception:|Error Message:|\S+#\S+ \[\S+:\d+\]:")
_PRINTED = re.compile(r"\[(\w*(?:Error|Rejection)\b.*)\](?: \{)?")  # as Node prints an error with its properties

# ── the forms of an error ────────────────────────────────────────────────────────────────────────────

_NAME = r"(?:[A-Za-z_$][\w$]*(?:\.|::|\\|/)){0,12}"
_ENDINGS = (
    "Error|Exception|Warning|Failure|Fault|Interrupt|Timeout|Exit|Rejection"
    "|NotFound|DoesNotExist|Refused|Denied|Invalid"
)
_KIND = rf"{_NAME}(?:_?[A-Z]\w{{0,80}}(?:{_ENDINGS})|StopIteration|(?:errors|exceptions|exc)\.[A-Z]\w+)"
_THROWN = re.compile(
    rf"(?P<kind>{_KIND}|{_NAME}(?:Error|Exception|Failed))(?: ?[\[(][\w. :-]+[\])])?(?: ?: ?(?P<says>\S.*))?"
)
_CAMEL = rf"{_NAME}[A-Z]\w{{0,80}}?[a-z0-9][A-Z]\w{{0,80}}"
# Where an exception begins in a log message, whatever a logger wrote before it.
_BEGINS = re.compile(
    rf"(?<![\w.$\\/'\"`(-])(?:(?:{_KIND}|Error|Exception): \S|panic: |thread '[^']*' (?:\(\d+\) )?panicked at "
    r"|terminate called after |Uncaught \S+: |\S+:\d+:in [`'])"
)
_TIMED = re.compile(r"\b\d\d:\d\d:\d\d")
_LEVELLED = re.compile(rf"\b(?:{_LEVEL}|WARN(?:ING)?|ERR)\b|\b(?:error|warn|fatal)\b *[|\]:]|<[EWC]>")
# A log message that an exception ends.
_ENDS_IN = re.compile(rf"(?:(?<=[:,;(] ){_CAMEL}|(?<=[a-z] )(?:\w+(?:\.|::|\\))+[A-Z]\w*)(?:: \S|\(['\"]).*")
_FAILED = r"(?P<kind>--- FAIL:|\[ *FAILED *\]) (?P<says>[A-Za-z]\S+?),?(?: \(.*\))?"
_AT_FILE = r"(?:\d+>)?(?:\S.*[\\/])?(?P<file>[^\\/]+?)[:(]\d+(?:[:,]\d+)?\)?(?: ?: | - )(?:fatal |runtime )?"
_THREW = r"terminate called after throwing an instance of"
# How languages and tools name an exception and say what is wrong; the first that fits an error reads it.
_KINDS = [
    re.compile(form)
    for form in (
        r"thread '[^']*' (?:\(\d+\) )?(?P<kind>panic)ked at '(?P<says>.*)', \S+",
        r"thread '[^']*' (?:\(\d+\) )?(?P<kind>panic)ked at \S+:\d+:\d+: *(?P<says>.*)",
        rf"{_THREW} '(?P<kind>[^']+)' what\(\): *(?P<says>.*)",
        rf"{_THREW} '(?P<kind>[^']+)'",
        r"libc\+\+abi: terminating (?:due to|with) uncaught exception of type (?P<kind>[\w:<>]+?)(?:: (?P<says>.*))?",
        r"(?:http: )?(?P<kind>panic)(?: serving \S+| recovered)?: (?P<says>.*)",
        rf"{_AT_FILE}error ?(?P<kind>[A-Z]{{1,4}}\d+): ?(?P<says>.*?)(?: \[\S+proj\])?",
        rf"{_AT_FILE}(?P<kind>error|ERROR)\b(?: ?\[\w+\])?: ?(?P<says>.*)",
        r"(?:PHP )?(?P<kind>Warning|Notice|Deprecated): +(?P<says>.* in \S+ on line \d+)",
        rf"(?:Error|Exception): (?P<kind>{_KIND}): (?P<says>.*)",
        _THROWN.pattern,
        rf".*Uncaught (?P<kind>{_NAME}[A-Z]\w*): (?P<says>.*)",
        r"(?:==\d+==\s*)?(?:ERROR: |SUMMARY: )?(?P<kind>\w+Sanitizer: [\w-]+).*",
        r".*\[object\] \((?P<kind>[\w\\]+)\(code: \w+\): (?P<says>.*?)(?: at \S+:\d+\)?.*)?",
        rf"(?P<kind>{_NAME}(?:[A-Z]\w*)?(?:Error|Exception)|(?:[A-Z]\w*::)+[A-Z]\w*) \((?P<says>.*)\):?",
        rf"(?:\S+:\d+:in [`'][^'`]*['`]: )?(?P<says>.*?)\s*\((?P<kind>{_NAME}[A-Z]\w*)\)",
        r"(?P<kind>(?:[A-Z]\w*::)+[A-Z]\w+): (?P<says>\S.*)",
        rf"\*\* \((?P<kind>{_NAME}[A-Z]\w*)\) (?P<says>.*)",
        r".*\b(?P<kind>signal) (?P<says>SIG[A-Z]+\b.*)",
        r".*(?P<kind>undefined reference|multiple definition) (?:to|of) (?P<says>.*)",
        r"(?:\S+:\d+: )?(?P<kind>Fatal error): (?P<says>.*?)(?:: file \S+, line \d+)?",
        _FAILED,
        r"(?:.* )?(?P<kind>Assert)\.(?P<says>\w+(?:\(\) Failure| failed\.).*)",
        r"(?P<file>\w+_test\.go):\d+(?P<kind>): (?P<says>.*)",
        rf"(?:.*?(?:[:,;(\[\]>|\"-] ?|\s))?(?P<kind>{_KIND}|{_CAMEL}): (?P<says>\S.*)",
        rf"(?P<kind>{_CAMEL})\(['\"](?P<says>.*)['\"],?\)\W*",
    )
]
_RAISED_AT = re.compile(r" in \S+(?::| on line )\d+\b.*")  # as PHP says it
_HEAD = 120  # characters in which a logger states the level
_BY_LEVEL = "ERROR: "
_UNNAMED = frozenset({"Error", "Exception", "Failed"})
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
        r"Assert\.\w+(?:\(\) Failure| failed\.).*|expect\(.*\)\.\w+.*|Failure/Error: .*|Failed asserting that .*",
        r"(?:REQUIRE|CHECK)\w*\(.*[^\w\s].*\)|assert .*\S (?:==|!=|<=?|>=?|in|not in|is|is not) \S.*",
        r"(?:\S+: )*Assertion [`'\"(].*|Assertion failed: .*|(?:\S+: )*.*: Assertion `.*' failed\.?",
        r"panic: \S.*|(?:http: )?panic serving \S+: .*|fatal error: \S.*|(?:\S+:\d+:\d+: )?runtime error: \S.*",
        rf"\*\* \((?:{_NAME}[A-Z]\w*|exit|throw)\) .*|\S+:\d+:in .* \({_NAME}[A-Z]\w*\)|(?:[A-Z]\w*::)+[A-Z]\w+: \S.*",
        r"thread '[^']*' (?:\(\d+\) )?panicked at .*",
        rf"(?:\S+:\d+:in .* |(?:[^\[\]:]|:\S)*\S )?\((?:{_NAME}[A-Z]\w*(?:Error|Exception|Failure|Exit|Interrupt))\)",
        rf"(?:{_NAME}(?:[A-Z]\w*(?:Error|Exception)|Error)) \(.*\):?",
        r"(?:PHP |\S+:\d+: )?(?:Catchable |Recoverable )?(?:[Ff]atal|Parse|Compile|Core) error: .*",
        r"(?:PHP )?(?:Warning|Notice|Deprecated): .* in \S+ on line \d+",
        r"\S+\.go:\d+:\d+: .*|\S+_test\.go:\d+: .*",
        r"dial (?:tcp|udp|unix) .*: .*|rpc error: .*|.*: connection (?:refused|reset by peer)",
        r"(?:\S.*?[:(]\d+(?:[:,]\d+)?\)?(?: ?: | - ))(?:fatal )?(?:error|ERROR)\b(?: ?[A-Z]{1,4}\d+|\[\w+\])?: ?.*",
        r"(?:fatal )?error(?:\[\w+\]| [A-Z]{1,5}\d{2,5})(?:: | ).*|error: \S.*|fatal: \S.*",
        r"[\w.+/-]+ ?: (?:fatal )?[Ee]rror(?: \w+)?: \S.*|[A-Z][\w ]{2,40}: Error: \S.*|error Command failed.*",
        r"(?:docker: )?Error (?:response from daemon|from server \(\w+\)|occurred during \w+ of \w+|in .* ?): ?\S.*",
        r"\w+Error while (?:loading|importing) .*|(?:> )?Task :\S+ FAILED|http: [\w ]+ error\b.*",
        r"(?:[Ff]ailed|[Uu]nable) to \w+ .*: \S.*|OCI runtime \w+ failed: .*|Back-off restarting failed container.*",
        r"\S+: line \d+: \S.*|tar: (?:Exiting|Error|.*: Cannot) .*|thread '.*' has overflowed its stack",
        r"(?:\S+: )?\S+\.service: (?:Main process exited, .*status=[1-9]|Failed with ).*|fatal runtime error: \S.*",
        r"e: (?:file://)?\S+:\d+:\d+ .*|(?:NETSDK|MSB|NU|TS|NG)\d{4}: .*|ninja: build stopped: .*|failed to solve: .*",
        r"\*\*\* Exception: .*|FATAL ERROR: \S.*|ERROR in \S.*|ERROR! .*|CONFLICT \(.*\): .*|rake aborted!",
        r"\[[\w:-]+\] Internal server error: .*|x509: .*|go: (?:module|errors|cannot|updates) .*",
        r"(?:[a-z_]+_|(?:\w+\.)+[a-z]*)(?:exception|error): \S.*|\(error\) [A-Z]+ .*",
        r"(?:.*: )?error while loading shared libraries: .*|\S+: undefined symbol: .*|Host key verification failed\.",
        r"lua\S*: \S+\.lua:\d+: .*|.* at \S+\.(?:pl|pm|t) line \d+\.?|bundler: failed to .*|Could not find gem .*",
        r"nginx: \[(?:emerg|alert|crit|error)\] .*|\[(?:emerg|alert|crit|error)\] \d+#\d+: .*",
        r"Failed to load resource: .* 5\d\d.*|Access to \w+ at '.*' from origin '.*' has been blocked by .*",
        rf"{_FAILED}|WARNING: DATA RACE|\d+:\d+ +error +\S.*".replace("?P<kind>", "?:").replace("?P<says>", "?:"),
        r"npm (?:ERR!|error) .*|(?:ERR!|ELIFECYCLE|yarn error|pnpm ERR!) .*|ERR_\w+ .*",
        rf"{_TOOL}:? ?:.*(?:[Ee]rror|not found|undefined|cannot|No rule).*|.*\*\*\* .*(?:Error \d+|Stop\.).*",
        r".*undefined reference to [`'\"].*|Undefined symbols for architecture \w+:?|.*multiple definition of [`'].*",
        r"CMake Error.*|BUILD FAILED.*|FAILURE: Build failed.*|\[ERROR\] .*|Execution failed for task .*",
        rf"(?:\S+(?: line \d+)?: +)*(?:\d+ )?(?:{_SIGNAL})(?:: \d+)?(?: +\(core dumped\))?(?: .*\(core dumped\).*)?",
        r"(?:\S+: |\[ *[\d.]+\] )*(?:Out of memory: )?Killed(?:: \d+| process .*)?|fatal signal .*",
        r"[^\[]*\bSIG(?:SEGV|ABRT|BUS|ILL|FPE)\b.*",
        r"(?:==\d+==)?\s*(?:ERROR|SUMMARY): \w*Sanitizer: .*",
        r"(?:==\d+== ?)?(?:Invalid (?:read|write) of size \d+|Process terminating).*",
        r"terminate called .*|libc\+\+abi: .*|.*(?:double free\b|stack smashing|free\(\): invalid|malloc\(\):).*",
        r".*\bSQLSTATE\b.*|ORA-\d{5}: .*|ERROR \d{4} \(\w{5}\).*|(?:ERROR|FATAL|PANIC): {1,2}\S.*|Msg \d+, Level \d+.*",
        rf"HTTP(?:/[\d.]+)? 5\d\d\b.*|5\d\d (?:Server Error|{_REASON})\b.*",
        rf"(?:.*\")?(?:{_METHOD}) \S+(?: HTTP/[\d.]+\")? (?:-> |=> |returned |→ )?5\d\d\b.*",
        r".*[Rr]equest failed with status(?: code)? 5\d\d.*|upstream .*(?:5\d\d|timed out|connect error).*",
        r"(?:curl: \(\d+\) |ssh: |wget: |rsync: |scp: ).*|(?:net::)?ERR_[A-Z_]+(?: .*)?|E[A-Z]{4,14}: .*",
        rf"(?:exec |\S+: )+(?:line \d+: )?(?:.*: )?(?:{_REFUSED})|Permission denied \(.*\)\.?|OOMKilled",
        r"(?:\S*sh|env|sudo): (?:(?:\d+: )?.*: not found|command not found: .*)",
        r"E: (?:Unable|Failed|Could not|Package|Version|Sub-process) .*|Failed: (?:DID NOT RAISE|Timeout) .*",
    )
)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def error_on(line: str) -> str | None:
    """The error that a line states, as it is printed; without the time, level and logger before it."""
    if len(line) > LONGEST:
        return None
    formed = (text for text in dict.fromkeys(_readings(line)) if _is_error(text))
    return next(formed, None) or _logged(line) or _inline_error(line)


def announces_error(line: str) -> bool:
    """Whether the next line is an error, whatever it says."""
    return _ANNOUNCING.fullmatch(line.strip()) is not None


def kind_of(error: str) -> tuple[str, str]:
    """The exception an error names, if it names one, and what it says, on one line."""
    text = " ".join(error.removeprefix(_BY_LEVEL).split())
    text = re.sub("^runtime error: ", "panic: runtime error: ", text)  # what a program of Go recovered from
    found = next(filter(None, (form.fullmatch(text) for form in _KINDS)), None)
    if found is None:
        return "", text
    parts = found.groupdict(default="")
    says = _RAISED_AT.sub("", parts.get("says", ""))
    return parts["kind"], f"{parts['file']}: {says}" if "file" in parts else says


def without_stamp(line: str) -> str:
    """A line without what collectors of logs wrote before it: containers, jobs, times, hosts; its indentation stays."""
    rest = ""
    while line != rest:
        rest = line
        if before := _CONTAINER.match(line):
            line = line[before.end() :]
        if before := _STAMP.match(line):
            line = line[before.end() :]
            origin = _ORIGIN.match(line)
            line = line[origin.end() :] if origin else line
    return line


def without_mark(line: str) -> str:
    """A line without the level or the sign of an error before it."""
    return _MARK.sub("", line, count=1) if _MARK.match(line) else line


def is_outcome(error: str) -> bool:
    """Whether an error is only how a process or a test ended."""
    return re.fullmatch(rf"(?:{_SIGNAL})(?: \(core dumped\))?|{_FAILED}|SUMMARY: .*", error) is not None


def is_only_logged(error: str) -> bool:
    """Whether an error is known by the level of its log entry alone."""
    return error.startswith(_BY_LEVEL)


def _readings(line: str) -> Iterator[str]:
    """A line without what a logger wrote before the error, and as it stands."""
    bare = line.strip()
    whole = without_stamp(bare).lstrip()
    text = _BEFORE.sub("", _MARK.sub("", whole, count=1), count=1)
    yield text
    if printed := _PRINTED.fullmatch(text):
        yield printed[1]
    while (text != bare or text.startswith("[")) and (logger := _LOGGER.match(text)):
        text = _BEFORE.sub("", text[logger.end() :], count=1)
        yield text
    yield whole
    yield bare


def _logged(line: str) -> str | None:
    """An announced exception, or that which a log message ends in; else the message, if its level is an error."""
    text = without_stamp(line).lstrip()
    if announced := _ANNOUNCED.fullmatch(text.rstrip()):
        return announced[1] or announced[2]
    levelled = _LEVELLED.search(line[: 2 * _HEAD])
    if levelled or text != line.lstrip() or _TIMED.search(text[:_HEAD]):
        begun = _BEGINS.search(text)
        if begun and not _ADVICE.match(text[begun.end() - 1 :]):
            return text[begun.start() :]
        if levelled and (ended := _ENDS_IN.search(text, levelled.end() - len(line) + len(text))):
            return ended.group()
    marked = _MARK.match(text)
    if not marked or not marked["level"]:
        return None
    message = without_stamp(text[marked.end() :])
    return f"{_BY_LEVEL}{message}" if " " in message and "WARN" not in marked["level"] else None


def _is_error(text: str) -> bool:
    if text.endswith("Traceback (most recent call last):"):
        return False
    if thrown := _THROWN.fullmatch(text):
        says = thrown["says"]
        if says is None:
            return thrown["kind"] not in _UNNAMED
        return not _ADVICE.match(says)
    return compiled(rf"\A(?:{_FORMS})\z").search(text.encode(errors="replace")) is not None


def _inline_error(line: str) -> str | None:
    """An error quoted as code in a sentence."""
    return next(
        (code for code in _INLINE.findall(line) if (":" in code or "(" in code) and _is_error(code.strip())), None
    )
