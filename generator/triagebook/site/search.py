"""What a search on the site finds, and the index it is found with, which Pagefind makes.

An issue is one entry: its title, what it says of itself, its error texts, files and tests. Its reports say the same
again, so they are reached through it. Of a page that only lists other pages, the title is enough.

A name such as `app/chat/consumers.py` is found by any part of it, too: it is parted where it has punctuation, and so is
what is searched for. `search.js` puts it together again when it shows it, by the two marks below; Markdown's own are
left out, so that these are free, and to Pagefind they are punctuation.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, count
from pathlib import Path, PurePosixPath
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import IO, Any

from markupsafe import Markup
from msgspec import Struct
from pagefind.service import get_executable

from triagebook.errors import TriagebookError
from triagebook.facts.case import Case
from triagebook.facts.registry import DEFINITIONS
from triagebook.markdown import fill, without_figures
from triagebook.reports import KINDS
from triagebook.reports.contradictions import TITLES
from triagebook.rules import RULES as ALL_RULES

from .content import SiteContent, lookup_of
from .fields import state_of
from .overview import OVERVIEW, REFERENCES
from .paths import FACTS, issue_path, kind_path, pattern_path, report_path, rule_path
from .reports import title_of
from .schema import FILES as SCHEMAS
from .schema import schema_path

INDEX = "assets/triagebook/search"  # where `search.js` looks for the index
PARTED, ENDS = "`", "*"  # behind a part of a name; behind a text
KNOWN = "known.json"  # beside the index: what the site's script has to know of it
PATIENCE = 20_000_000  # pages times places that Pagefind goes through in 0.2 s
UNUSED = re.compile(r"-ui\.|-highlight\.")  # Pagefind's own interfaces; the site has one already

_INSIDE = re.compile(r"(?<=\w)([!-&(-/:-@\[-^`{-~]+)(?=\w)")  # ASCII punctuation but `'` and `_`
_SECTION = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
_APOSTROPHE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_NAME = re.compile(r"\w+")
_PART = re.compile(r"[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[A-Z][^\W\d_A-Z]+|\d+")  # of snake_case and CamelCase
_HEADERLINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
_MARKS = re.compile(f"[{PARTED}{ENDS}]+")


class SearchError(TriagebookError):
    """There is no index: Pagefind is not there, or failed."""


class SearchEntry(Struct, frozen=True):
    """Something that can be found."""

    path: str  # of its page, among the sources of the site
    kind: str
    title: str
    texts: tuple[str, ...] = ()
    id: str = ""
    note: str = ""  # what is said of it beside its kind
    anchor: str = ""


# ── what there is to find ────────────────────────────────────────────────────────────────────────────


def entries(content: SiteContent) -> Iterator[SearchEntry]:
    """All that can be found in the book."""
    for case in content.cases.values():
        yield _issue(case)
    for name, pattern in content.book.patterns.items():
        texts = (name, pattern.summary, *pattern.errors, pattern.remedy or "")
        yield SearchEntry(pattern_path(name), "Pattern", pattern.title, texts)
    for contradiction, title in TITLES.items():
        yield SearchEntry(kind_path(contradiction), "Contradictions", title)
    for path, title, says in (*OVERVIEW, *REFERENCES):
        facts = (f"{fact.name}: {fact.summary}" for fact in DEFINITIONS.values()) if path == FACTS else ()
        yield SearchEntry(path, "Page", title, (says, *facts))
    for rule in ALL_RULES:
        yield SearchEntry(
            rule_path(rule.code), "Rule", rule.name, (rule.summary(), rule.why, rule.remedy), id=rule.code
        )
    for kind, (says, records) in SCHEMAS.items():
        named = (f"{name}: {field.description}" for record in records for name, field in record.model_fields.items())
        yield SearchEntry(schema_path(kind), "Schema", kind.capitalize(), (says, *named))


def _issue(case: Case) -> SearchEntry:
    issue, entry, lookup = case.issue, case.entry, lookup_of(case)
    patterns = case.book.patterns
    return SearchEntry(
        path=issue_path(entry.id),
        kind="Issue",
        title=issue.title,
        id=entry.id,
        note=f"{issue.severity.value}, {state_of(issue)}",
        texts=(
            *case.recorded_errors,
            without_figures(fill(issue.summary, lookup)),
            *(str(symptom.says or symptom.error) for symptom in issue.symptoms),
            *(patterns[cause.pattern].title for cause in issue.causes if cause.pattern and cause.pattern in patterns),
            *(str(cause.says) for cause in issue.causes if cause.says),
            *(f"{noticed.what} {noticed.error or ''}" for noticed in issue.noticed),
            " ".join([*issue.components, *issue.labels]),
            *_tests(case),
            *_files(case),
            ". ".join(map(title_of, KINDS)),
        ),
    )


def _tests(case: Case) -> Iterator[str]:
    """The tests of the plan, behind the file and class that hold them."""
    by_place: dict[str, dict[str, None]] = {}
    for test in case.tests:
        place = "::".join(filter(None, (test.path, test.class_)))
        by_place.setdefault(place, {})[test.name] = None
    return (" ".join([place, *names]) for place, names in by_place.items())


def _files(case: Case) -> dict[str, None]:
    locations = case.entry.affected.locations if case.entry.affected else ()
    changes = case.issue.fix.changes if case.issue.fix else ()
    return dict.fromkeys([*(place.at.path for place in locations), *(str(c.path) for c in changes if c.path)])


def written(path: str, title: str, html: str) -> Iterator[SearchEntry]:
    """A hand-written page, each of its sections by itself."""
    folder = path.partition("/")[0] if "/" in path else "page"
    kind = folder.replace("-", " ").capitalize()
    head, *sections = _SECTION.split(html)
    yield SearchEntry(path, kind, _text(title), (_text(head),))
    for anchor, heading, body in zip(*[iter(sections)] * 3, strict=True):
        yield SearchEntry(path, kind, f"{_text(heading)} · {_text(title)}", (_text(body),), anchor=anchor)


def _text(html: str) -> str:
    return Markup(_HEADERLINK.sub("", html)).striptags()  # noqa: S704  (of a page that is one's own, to be text)


# ── the index ────────────────────────────────────────────────────────────────────────────────────────


def report_addresses(*, as_folders: bool) -> dict[str, str]:
    """Where the reports on an issue lie from its page, by their titles."""
    ending = "/" if as_folders else ".html"
    return {title_of(kind): PurePosixPath(report_path("", kind)).stem + ending for kind in KINDS}


def write_index(
    found: Sequence[tuple[str, SearchEntry]], folder: Path, reports: Mapping[str, str], language: str
) -> None:
    """The index of entries with their addresses, in a folder of its own."""
    on_pages: Counter[str] = Counter()

    def records() -> Iterator[Mapping[str, Any]]:
        """One after the other: all of a large book together take more memory than its records."""
        for address, entry in found:
            record = _record(address, entry, language)
            on_pages.update(_words(record))
            yield record

    for file in _pagefind(chain([{"type": "NewIndex"}], records(), [{"type": "GetFiles"}])):
        if not UNUSED.search(file["path"]):
            path = folder / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b64decode(file["content"]))
    starts, words = _frequent(on_pages, len(found))
    known = {"reports": reports, "frequent": {"starts": starts, "words": words}}
    (folder / KNOWN).write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8", errors="replace")


def _frequent(on_pages: Mapping[str, int], pages: int) -> tuple[list[str], list[str]]:
    """The beginnings of words, and the whole words, that are on so many pages that a search for them takes too long.

    Pagefind looks for each page it finds at all places where it found a word: with 10,000 issues that takes seconds for
    a word that all of them have, and tells nothing. Of the beginnings only the longest are named.
    """
    places: Counter[str] = Counter()
    for word, number in on_pages.items():
        places.update({word[:length]: number for length in range(1, len(word) + 1)})
    starts = {start for start, number in places.items() if min(number, pages) * number > PATIENCE}
    longest = starts - {start[:-1] for start in starts}
    return sorted(longest), sorted(word for word, number in on_pages.items() if number * number > PATIENCE)


def _words(record: Mapping[str, Any]) -> frozenset[str]:
    """The words of a record as Pagefind knows them: names whole and in parts."""
    names = set(_NAME.findall(_APOSTROPHE.sub("", " ".join([*record["meta"].values(), record["content"]]))))
    parts = (part for name in names for part in _PART.findall(name) if len(part) > 1)
    return frozenset(map(str.lower, (*names, *parts)))


def _record(address: str, entry: SearchEntry, language: str) -> Mapping[str, Any]:
    """What Pagefind is told of an entry. The kind is no filter: the order of filters differs from run to run."""
    return {
        "type": "AddRecord",
        "url": f"{address}#{entry.anchor}" if entry.anchor else address,
        "content": f"{ENDS} ".join(filter(None, map(parted, entry.texts))) or parted(entry.title),
        "language": language,
        "meta": {
            "title": parted(entry.title),
            "id": parted(entry.id),
            "key": "id" + "".join(_NAME.findall(entry.id)),  # a word of its own: many pages may have the number
            "kind": entry.kind,
            "note": entry.note,
        },
    }


def parted(text: str) -> str:
    """A text on one line, its names parted where they have punctuation."""
    return _INSIDE.sub(rf"\1{PARTED} ", " ".join(_MARKS.sub(" ", text).split()))


def _pagefind(requests: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, str]]:
    """The files that Pagefind makes, which runs as a service. The last request asks for them.

    Its package has a client, which waits 0.1 s for each answer; and Pagefind says that files are written before they
    are. So it is asked here, and the files come with its answer.
    """
    executable = get_executable()
    if executable is None:
        raise SearchError("Pagefind is not installed", "install `pagefind[extended]`")
    try:
        with Popen([executable, "--service"], stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as service:  # noqa: S603
            assert service.stdin  # noqa: S101  (both are pipes)
            assert service.stdout  # noqa: S101
            asked = map(_message, count(), requests)
            Thread(target=_send, args=(service.stdin, asked), daemon=True).start()
            answers = _answers(service.stdout)
            files: Sequence[Mapping[str, str]] | None = None
            while files is None:
                answer = json.loads(b64decode(next(answers)))["payload"]
                if answer["type"] == "Error":
                    raise SearchError(f"Pagefind says: {answer['message']}", "report it to the makers of triagebook")
                files = answer.get("files")
            return files
    except (OSError, StopIteration, ValueError, KeyError) as error:
        why = getattr(error, "strerror", None) or "it ended too soon"
        raise SearchError(f"{executable} does not work: {why}", "install `pagefind[extended]` anew") from None


def _message(number: int, payload: Mapping[str, Any]) -> bytes:
    message = {"message_id": number, "payload": {"index_id": 0, **payload}}
    return b64encode(json.dumps(message, ensure_ascii=False).encode(errors="replace")) + b","


def _send(stream: IO[bytes], messages: Iterable[bytes]) -> None:
    """Sends while answers are read, so that neither side waits for the other. Who ends too soon is not heard here."""
    with suppress(OSError, ValueError):
        stream.writelines(messages)
        stream.flush()


def _answers(stream: IO[bytes]) -> Iterator[bytes]:
    """The answers of the service, each with a comma behind it."""
    begun: list[bytes] = []
    while read := stream.read1(1 << 20):  # type: ignore[attr-defined]  # a pipe has it
        *whole, rest = read.split(b",")
        for end in whole:
            yield b"".join([*begun, end])
            begun = []
        begun.append(rest)
