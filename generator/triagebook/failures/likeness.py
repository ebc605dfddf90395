"""Compares failures by what stays the same when one occurs again: its exception, its message and its own frames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from .error_lines import LONGEST, kind_of
from .traces import Failure, failures

# What differs from one occurrence to the next: addresses, hosts, times, ids, paths, quoted data and numbers.
_VALUES = re.compile(
    r"\w+://[^\s'\"\])]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:(?<=\s)|(?<=['\"(=])|^)(?:[A-Za-z]:)?[/\\][\w.~@%+\\/-]+"
    r"|(?<=host=)[^\s,)]+|(?<=host ['\"])[^'\"]+|(?<=server at ['\"])[^'\"]+"
    r"|\b[\w-]+(?:\.[\w-]+)*:\d{2,5}\b|\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|corp|svc|cluster|test|example|com|net|org|io|dev)\b"
    r"|\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:[.,]\d+)?\b"
    r"|['\"`](?![^'\"`\n]*(?:::|\w\())[^'\"`\n]*\s[^'\"`\n]*['\"`]"  # words, but no name of code
    r"|[\w-]*\d[\w.-]*"
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+\b")
_COMPARED = re.compile(r"assert .*\d|(?:GET|POST|PUT|PATCH|DELETE) /\w")  # tells something although it is all values
_WORD = re.compile(r"[^\W\d_]{2,}")
_TELLS_NOTHING = frozenset(
    """
    aborted actual an and are assert asserting assertion at be build bus but code collect compared contain contains
    core deep delete dicts differ differing differs dumped element equal equality equals err errno error exception
    exit expect expected failed failure failures false fault first gateway get got http in internal invalid is
    killed ld left lists make makefile match matches message none not npm null object of or patch post project put
    read received returned right segmentation server service sets sigabrt sigbus sigfpe sigill signal sigsegv size
    status strings task test tests that the there to tobe toequal tostrictequal true unavailable using value values
    was with write
    """.split()  # noqa: SIM905
)
_FRAME_KEY = 4  # parts of the key that names a frame
_ENOUGH_WORDS = 5  # for two messages to be the same but for a few


class Fingerprint(Struct, frozen=True):
    """A failure without what differs from one occurrence to the next."""

    text: str
    kind: str  # the exception without its module; else the first word
    says: str  # the message, with a star for each value
    frames: tuple[tuple[str, str], ...]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(map(str.lower, _WORD.findall(self.says))) - _TELLS_NOTHING

    def keys(self) -> Iterator[tuple[str, ...]]:
        """What either agrees with another failure or does not, the strongest first; each key begins with its name."""
        if self.words or _COMPARED.search(self.text):
            yield "the same error", self.text
        if self.words:
            yield "the same error but for values", self.kind, self.says
        if raising := next((frame for frame in self.frames if frame[1]), None):
            yield "the same exception in the same function", self.kind, *raising


def fingerprint(failure: Failure) -> Fingerprint:
    text = " ".join(failure.error[:LONGEST].split())
    kind, says = kind_of(text)
    name = re.split(r"[.:\\/]+", kind)[-1] or "".join(_WORD.findall(text.partition(" ")[0])).lower()
    values = _ADDRESS if says.startswith("assert ") else _VALUES  # the numbers are what such a failure is about
    return Fingerprint(text, name, " ".join(values.sub("*", says).split()), tuple(f.key for f in failure.own_frames))


def failures_of(error: str) -> list[Failure]:
    """The failures in the text of an error; a text that is none by its form counts as one."""
    return failures(error) or [Failure(" ".join(error[:LONGEST].split()))]


def fingerprints(found: Iterable[Failure]) -> tuple[Fingerprint, ...]:
    return tuple(map(fingerprint, dict.fromkeys(found)))


class KnownFailures:
    """The failures of many owners, indexed once and compared with any number of others."""

    def __init__(self, known: Mapping[str, Iterable[Fingerprint]]) -> None:
        self._owners: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)  # in their order
        self._by_kind: dict[str, list[tuple[str, Fingerprint]]] = defaultdict(list)
        for owner, prints in known.items():
            for one in prints:
                for key in one.keys():  # noqa: SIM118  (no mapping)
                    self._owners[key][owner] = None
                if len(one.words) >= _ENOUGH_WORDS:
                    self._by_kind[one.kind].append((owner, one))

    def like(self, one: Fingerprint) -> dict[str, str]:
        """Who had this failure before, the surest first, each with what is the same."""
        found: dict[str, str] = {}
        for key in one.keys():  # noqa: SIM118
            for owner in self._owners.get(key, ()):
                found.setdefault(owner, f"{key[0]} (`{key[-1]}`)" if len(key) == _FRAME_KEY else key[0])
        for owner, other in self._by_kind.get(one.kind, ()):
            if owner not in found and _say_nearly_the_same(one, other):
                found[owner] = "nearly the same message"
        return found


def _say_nearly_the_same(one: Fingerprint, other: Fingerprint) -> bool:
    """Three in four words agree, or one message is the cut-off start of the other."""
    if min(len(one.words), len(other.words)) < _ENOUGH_WORDS:
        return False
    if len(one.words & other.words) >= 3 / 4 * len(one.words | other.words):
        return True
    short, long = sorted((one.says.rstrip(". …"), other.says), key=len)
    return long.startswith(short)
