"""Compares failures by what stays the same when one occurs again: its exception, its message and its own frames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from posixpath import splitext

from msgspec import Struct

from .error_lines import LONGEST, kind_of
from .traces import UNKNOWN, Failure, Frame, failures, plain

# What differs from one occurrence to the next: addresses, hosts, times, ids, paths, quoted data and numbers.
_VALUES = re.compile(
    r"\w+://[^\s'\"\])]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:(?<=\s)|(?<=['\"(=])|^)(?:[A-Za-z]:)?[/\\][\w.~@%+\\/-]+"
    r"|(?<=host=)[^\s,)]+|\b(?:host|server at) (?:'[^']+'|\"[^\"]+\")"
    r"|(?<!\w)(?P<mark>['\"`])(?P<quoted>[^'\"`\n]*)(?P=mark)(?!\w)"
    r"|\b[\w-]+(?:\.[\w-]+)*:\d{2,5}\b|\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|corp|svc|cluster|test|example|com|net|org|io|dev)\b"
    r"|\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:[.,]\d+)?\b"
    r"|(?<![\w-])(?<!code )(?<!status )[\w-]*\d[\w.-]*"  # but with which status it ended
)
_QUOTED = re.compile(r"['\"`][^'\"`]*\w[^'\"`]*['\"`]")
_CODE = re.compile(r"::|\w\(")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+\b")
_NUMBER = re.compile(r"\d+")
# What tells something although it is all values.
_COMPARED = re.compile(r"assert .*\d|\bexpected\b.*\d.*\d|\d [!=<>]=? -?\d|(?:GET|POST|PUT|PATCH|DELETE) /\w")
_FILE = re.compile(r"[\w.-]+\.\w{1,5}: ")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TELLS_NOTHING = frozenset(
    """
    aborted actual an and are assert asserting assertion at be build bus but code collect compared contain contains
    core data deep delete dicts differ differing differs dumped element equal equality equals err errno error exception
    exit expect expected failed failure failures false fault first gateway get got http in internal invalid is
    killed ld left lists make makefile match matches message none not npm null object of or patch post project put
    race read received returned right segmentation server service sets sigabrt sigbus sigfpe sigill signal sigsegv size
    status strings task test tests that the there to tobe toequal tostrictequal true unavailable using value values
    warning was with write
    """.split()  # noqa: SIM905
)
_ENTRY = re.compile(r"(?:.*\W)?[Mm]ain|<module>")  # of any program
_BACKQUOTED = re.compile(r"`([^`']+)'")
_FRAME_KEY = 4  # parts of the key that names a frame
_BUT_FOR_VALUES = "the same error but for values"
_ENOUGH_WORDS = 5  # for two messages to be the same but for a few


class Fingerprint(Struct, frozen=True):
    """A failure without what differs from one occurrence to the next."""

    text: str  # as printed; empty if anything may print that
    kind: str  # the exception without its module
    says: str  # the message, with a star for each value
    frames: tuple[tuple[str, str], ...]
    bare: str = ""  # the message of the project's own exception, in which all that is quoted is a value

    @property
    def words(self) -> frozenset[str]:
        return _telling(self.says)

    def keys(self) -> Iterator[tuple[str, ...]]:
        """What either agrees with another failure or does not, the strongest first; each key begins with its name."""
        if self.text:
            yield "the same error", self.text
        if self.words:
            yield _BUT_FOR_VALUES, self.kind, self.says
        if _telling(self.bare):
            yield _BUT_FOR_VALUES, self.kind, self.bare
        functions = [frame for frame in self.frames if frame[1]]
        tests = [frame for frame in functions[1:] if not frame[0]]
        for frame in functions[:1] + tests:
            yield "the same exception in the same function", self.kind or self.says.partition(" ")[0], *frame

    @property
    def surest(self) -> list[tuple[str, ...]]:
        """The keys with the function that raised it; all if none is known."""
        keys = list(self.keys())
        return [key for key in keys if len(key) == _FRAME_KEY] or keys


def _telling(text: str) -> frozenset[str]:
    return frozenset(map(str.lower, _WORD.findall(text))) - _TELLS_NOTHING


def fingerprint(failure: Failure) -> Fingerprint:
    text = plain(" ".join(failure.error[:LONGEST].split()))
    text = _BACKQUOTED.sub(r"'\1'", text).replace("nil:NilClass", "nil")  # as newer versions say it
    kind, says = kind_of(text)
    readings = [] if says.startswith("assert ") else [_VALUES.sub(_kept, says), _NUMBER.sub("*", says)]
    masked = next((one for one in readings if _telling(_FILE.sub("", one))), None)
    if masked is None:
        masked = _ADDRESS.sub("*", says)  # the numbers are what such a failure is about
    frames = tuple(frame.key for frame in failure.own_frames)
    if not frames and (file := _FILE.match(says)):
        frames = ((file[0].rstrip(": ").lower(), ""),)
    *modules, name = re.split(r"[.:\\/ ]+", kind)
    tells = _telling(says) or _COMPARED.search(text) or (not says and modules and Frame("", 0, kind).is_own)
    bare = _VALUES.sub("*", says) if _is_raised_in(modules, failure) else ""
    return Fingerprint(text if tells else "", name, " ".join(masked.split()), frames, " ".join(bare.split()))


def _kept(found: re.Match[str]) -> str:
    """What stands for a value: a star, but a quoted name of code stays, without its numbers."""
    mark, quoted = found["mark"], found["quoted"]
    if quoted is None or (re.search(r"\s|^[^\x00-\x7f]$", quoted) and not _CODE.search(quoted)):
        return "*"
    return f"{mark}{_VALUES.sub('*', quoted)}{mark}"


def _is_raised_in(modules: list[str], failure: Failure) -> bool:
    """Whether one of the project's own frames lies in the package of the exception."""
    package = ".".join(modules[: 1 if modules and len(modules[0]) > 3 else 2]).lower()  # `org` or `com` is none
    calls = (
        re.sub(r"\W+", ".", f".{splitext(frame.path)[0]}.{frame.function}.").lower() for frame in failure.own_frames
    )
    return package != "" and any(f".{package}." in call for call in calls)


def failures_of(error: str) -> list[Failure]:
    """The failures in the text of an error; a text that is none by its form counts as one."""
    return failures(error) or [Failure(" ".join(error[:LONGEST].split()))]


def fingerprints(found: Iterable[Failure]) -> tuple[Fingerprint, ...]:
    return tuple(map(fingerprint, dict.fromkeys(found)))


class KnownFailures:
    """The failures of many owners, indexed once and compared with any number of others."""

    def __init__(self, known: Mapping[str, Iterable[Fingerprint]]) -> None:
        self._by_key: dict[tuple[str, ...], list[tuple[str, Fingerprint]]] = defaultdict(list)
        self._by_function: dict[str, list[tuple[str, Fingerprint, set[str]]]] = defaultdict(list)
        self._by_kind: dict[str, list[tuple[str, Fingerprint, frozenset[str]]]] = defaultdict(list)
        for owner, prints in known.items():
            for one in prints:
                for key in one.keys():  # noqa: SIM118  (no mapping)
                    self._by_key[key].append((owner, one))
                self._by_kind[one.kind].append((owner, one, one.words))
                for name in (names := {function for _, function in one.frames}):
                    self._by_function[name].append((owner, one, names))

    def like(self, one: Fingerprint) -> dict[str, str]:
        """Who had this failure before, the surest first, each with what is the same."""
        found: dict[str, str] = {}
        for key in [*one.keys(), (_BUT_FOR_VALUES, one.kind, _VALUES.sub("*", one.says))]:
            for owner, other in self._by_key.get(key, ()):
                if not _are_apart(one, other):
                    found.setdefault(owner, f"{key[0]} (`{key[-1]}`)" if len(key) == _FRAME_KEY else key[0])
        if one.says.startswith(UNKNOWN) and one.frames:
            names = {function for _, function in one.frames}
            for owner, other, its_names in self._by_function.get(one.frames[0][1], ()):
                if one.frames[0] == other.frames[0] or (len(names) > 1 and names <= its_names):
                    found.setdefault(owner, "the same trace without its error")
        words = one.words
        for owner, other, its_words in self._by_kind.get(one.kind, ()):
            if owner in found or _are_apart(one, other):
                continue
            if words & its_words and _say_nearly_the_same(one, other, words, its_words):
                found[owner] = "nearly the same message"
            elif not one.says and _may_be_raised_by(one, other):
                found[owner] = "the same exception"
        return found


def _are_apart(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two failures occur in other functions or files, unless both are the project's own exception."""
    if one.bare and one.bare == other.bare:
        return False
    for places in (_functions, _files):
        here, there = places(one), places(other)
        if here and there:
            return here.isdisjoint(there)
    return False


def _functions(one: Fingerprint) -> set[tuple[str, str]]:
    calls = ((path.rpartition("/")[2], function) for path, function in one.frames if path and function)
    return {call for call in calls if not _ENTRY.fullmatch(call[1])}


def _files(one: Fingerprint) -> set[str]:
    return {path.rpartition("/")[2] for path, _ in one.frames if path}


def _may_be_raised_by(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether an exception that says nothing is of the same file, or the project's own if no file is known."""
    (path, function), (known, _) = (*one.frames, ("", ""))[0], (*other.frames, ("", ""))[0]
    return not function and (path == known if path else bool(one.text))


def _say_nearly_the_same(one: Fingerprint, other: Fingerprint, words: frozenset[str], known: frozenset[str]) -> bool:
    """Whether most words agree, or one message is the cut-off start of the other, or a log's message has all of it."""
    fewest = min(len(words), len(known))
    short, long = sorted((one.says.rstrip(". …"), other.says), key=len)
    if not one.kind and fewest > 2 and f" {short} " in f" {long} ":
        return True
    is_own = bool(one.bare or other.bare)
    alike = len(words & known) >= (1 / 2 if is_own else 3 / 4) * len(words | known)
    named = is_own or set(_QUOTED.findall(one.says)) == set(_QUOTED.findall(other.says))
    return fewest >= _ENOUGH_WORDS and ((alike and named) or long.startswith(short))
