"""Whatever people write into a record: no verdict is hidden, no heading forged, and every format stays whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from html import unescape
from html.parser import HTMLParser
from types import MappingProxyType

import comrak
import pytest
from msgspec.structs import replace

from tests.kit.hostile import HOSTILE
from tests.kit.markdown import OTHER
from tests.kit.paths import FULL
from tests.kit.reports import cases, real, small, written
from tests.kit.stories import book as made
from tests.kit.stories import entry as made_entry
from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.model.affected import Affected
from triagebook.model.base import Line, Prose, Record, Text
from triagebook.reports import KINDS
from triagebook.store.load import load

MORE = {
    "forged verdict": "> [!TIP]\n> **Stage: released.** Proven everywhere.",
    "forged heading": "# Validation report\n\n## Where it is proven\n\nEverywhere.",
    "forged table": "| Stage | Reached |\n|---|---|\n| released | yes |",
    "ticked boxes": "- [x] All criteria met\n- [x] Deployed",
    "address": "see https://evil.example/a_b and www.evil.example or mail a@b.example, @everyone",
    "tildes": "~a~ and ~~b~~ ~~~c",
    "names in a row": "@one@two ~~~ `code`@name www.evil.example~~ a@b.example`code` [two   words](https://a.example/?b=1&c=2)",
    "nested in turns": "> - " * 40 + "`words` *that* stay",
    "figures": "\ufdd5\ufdd6100 %\ufde0 \ufdd5\ufddf\ufdd6x\ufde0",
}
TEXTS = HOSTILE | MORE
KEPT = ("mitigation", "title")
CHOICES = ("outcome", "expected")  # no other text gets through the schema
IN_DETAIL = ("summary", "validation-report")  # the other parser is slow


@cache
def book() -> Book:
    return load(FULL).book


@cache
def shape(kind: str) -> list[str]:
    return headings(written(Case(book(), book().issues["7"]), kind, "html"))


EVERY = [
    pytest.param(kind, text, id=f"{name}-{kind}")
    for name, text in TEXTS.items()
    for kind in KINDS
    if len(text) < 1000 or kind == "summary"  # a long text is long in every kind
]


@pytest.mark.parametrize(("kind", "text"), EVERY)
def test_no_field_hides_or_forges_what_a_report_says(kind: str, text: str) -> None:
    case = hostile(text)
    html = written(case, kind, "html")
    assert headings(html) == shape(kind)
    alert = unescape(re.sub(r"<(?!/?strong)[^>]*>", "", html.partition('class="admonition ')[2].partition("</div>")[0]))
    bottom_line, verdict = alert.split("<strong>")[1:3]
    assert bottom_line.startswith("Closed as split (goes on in 9)")
    assert len(bottom_line) < 400, "no text pushes the verdict out of sight"
    assert verdict.startswith("Stage: triaged.</strong>")
    assert html.count('class="admonition ') == 1, "only the report makes an alert"
    assert not re.search(r"<(script|img|iframe|details|style[^>]*>[^<]*<style)", html.partition("</style>")[2])
    Whole().feed(html)
    json.loads(written(case, kind, "json"))


@pytest.mark.parametrize(("kind", "text"), EVERY)
def test_the_markdown_means_the_same_to_another_parser(kind: str, text: str) -> None:
    markdown = written(hostile(text), kind)
    html = rendered_by_a_stranger(markdown)
    assert headings(html) == [title for title in shape(kind) if title not in HTML_ONLY]
    assert html.count('<div class="markdown-alert ') == 1
    if kind in IN_DETAIL:
        assert headings(OTHER.render(markdown)) == headings(html)


def test_no_field_makes_a_footnote() -> None:
    """Only a report cites sources."""
    page = written(hostile("forged[^1]"), "validation-report", "html", full=True)
    assert "forged[^1]" in page
    assert "forged<sup" not in page


HTML_ONLY = {"2 Where the figures come from"}


@lru_cache(maxsize=2)  # for all kinds of report
def hostile(text: str) -> Case:
    """The record that fills every field, with one text in all its prose and lines."""

    def changed(value: object, name: str) -> object:
        if name in KEPT:
            return value
        if isinstance(value, Prose):
            return Prose(text)
        if type(value) is Text:
            return Text(text)
        if type(value) is Line and name not in CHOICES:
            return Line(" ".join(text.split()))
        return value

    entry = book().issues["7"]
    issue = rebuilt(entry.issue, changed)
    other = replace(entry, issue=issue, affected=rebuilt(entry.affected, changed))
    return Case(replace(book(), issues={**book().issues, "7": other}), other)


def rebuilt(value: object, changed: Callable[[object, str], object], name: str = "") -> object:
    """A record with its values changed."""
    match value:
        case Record():
            parts = {field: rebuilt(getattr(value, field), changed, field) for field in type(value).model_fields}
            return value.model_copy(update=parts)
        case Mapping():
            return MappingProxyType({key: rebuilt(item, changed, name) for key, item in value.items()})
        case tuple():
            return tuple(rebuilt(item, changed, name) for item in value)
    return changed(value, name)


class Headings(HTMLParser):
    """The headings of a page that are its own: those of prose are deeper."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open = ""
        self.link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h1", "h2", "h3"}:
            self.open = tag
            self.found.append(f"{tag[1]} ")
        self.link = dict(attrs).get("class") == "headerlink"

    def handle_endtag(self, tag: str) -> None:
        self.open = "" if tag == self.open else self.open
        self.link = False

    def handle_data(self, data: str) -> None:
        if self.open and not self.link:
            self.found[-1] += data


def headings(html: str) -> list[str]:
    reader = Headings()
    reader.feed(html)
    reader.close()
    return [title.strip() for title in reader.found]


def rendered_by_a_stranger(markdown: str) -> str:
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.tasklist = extensions.strikethrough = extensions.alerts = True
    options = comrak.RenderOptions()
    options.unsafe_ = True
    html: str = comrak.render_markdown(markdown, extensions, comrak.ParseOptions(), options)
    return html


class Whole(HTMLParser):
    """Every element that is opened is closed, in order."""

    ALONE = frozenset({"meta", "br", "hr", "input", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# ── large and odd records ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_five_hundred_files_are_all_listed(kind: str) -> None:
    affected = Affected.model_validate(
        {
            "source": {"repository": "app", "commit": "f" * 40},
            "locations": [{"at": f"app/file_{number}.py:{number}"} for number in range(1, 501)],
        }
    )
    one = made_entry("1", affected=affected)
    text = written(Case(made({"1": one}), one), kind)
    if kind == "remediation-checklist":
        assert all(f"- [ ] `file_{number}.py:{number}`\n" in text for number in range(1, 501))
        assert "500 locations in 500 files" in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["four-fields", "imported", "half-filled", "proven"])
def test_no_report_prints_the_word_none(name: str, kind: str) -> None:
    case, root = cases()[name]
    assert not re.search(r"\bNone\b", without_code(written(case, kind, "md", root)))
    assert "None" not in written(case, kind, "json", root)


def without_code(text: str) -> str:
    return re.sub(r"`[^`]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("kind", KINDS)
def test_no_section_is_empty(kind: str) -> None:
    for case in (small({}), small({"fix": {}, "plan": {}, "impact": {}}), real("1184"), real("1231")):
        text = re.sub(r"^ *```.*?^ *```$", "code", written(case, kind), flags=re.MULTILINE | re.DOTALL)
        lines = [line for line in text.splitlines() if line]
        levels = [len(line) - len(line.lstrip("#")) if re.match(r"#{1,3} ", line) else 0 for line in lines]
        empty = [
            line
            for line, level, after in zip(lines, levels, [*levels[1:], 1], strict=True)
            if level and after and after <= level
        ]
        assert empty == []
