"""Loading a book for one issue reads everything that affects that issue."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagebook.facts.case import Case
from triagebook.reports import KINDS, make
from triagebook.site.report_document import ReportDocument
from triagebook.store.load import load, load_about
from triagebook.views.relations import relations

IDS = ("1", "12", "1.2", "2", "a", "A-1", "x1")  # each is a part of another, or begins one
SPELLINGS = {
    "plain": str,
    "quoted": "'{}'".format,
    "quoted twice": '"{}"'.format,
    "as numbers": lambda name: '"' + "".join(f"\\x{ord(letter):02x}" for letter in name) + '"',
    "over lines": lambda name: f'"{name[0]}\\\n      {name[1:]}"',
    "with a comment": "{} # that one".format,
    "below": "\n      {}".format,
    "below a comment": "# that one: 7 # or this\n\n      # to: 8\n      {}".format,
    "as a block": "|-\n      {}".format,
    "folded": "# so\n      >-\n        {}\n".format,
}
PLACES = {
    "relation": "relations:\n  - kind: blocks\n    to: {}\n",
    "key in quotes": "relations:\n  'to' : {}\n  kind: blocks\n",
    "key as numbers": 'relations:\n  "\\x74o": {}\n  kind: blocks\n',
    "key apart": "relations:\n  - kind: blocks\n    ? to # this\n    # is\n    : {}\n",
    "noticed": "noticed:\n  - what: More\n    issue: {}\n",
    "closed": "closed:\n  on: 2026-02-01\n  as: duplicate\n  into: {}\n",
    "words": "labels:\n  - {}\n",
}
IN_BRACES = {
    "relation": "relations: [{{to: {}, kind: blocks}}, {{kind: blocks, to: a}}]\n",
    "last": "relations: [{{kind: blocks, to: {} }}]\n",
    "one": 'relations: {{"kind":"blocks","to":{}}}\n',
}
ON_ONE_LINE = ("plain", "quoted", "quoted twice", "as numbers", "over lines")


def named(places: Iterable[str], spellings: Iterable[str]) -> st.SearchStrategy[tuple[str, str, str]]:
    """Another issue, where it is named, and how it is written there."""
    return st.tuples(st.sampled_from(IDS), st.sampled_from(list(places)), st.sampled_from(list(spellings)))


NAMED = named(PLACES.values(), SPELLINGS) | named(IN_BRACES.values(), ON_ONE_LINE)


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def issue(name: str, *more: str) -> str:
    return f"title: Issue {name}\nseverity: low\nopened: 2026-01-02\nsummary: It fails.\n{''.join(more)}"


def assert_same(root: Path, name: str, kinds: Iterable[str] = ()) -> None:
    """All that is told of an issue is what the whole book tells."""
    whole, part = load(root).book, load_about(root, [name]).book
    entry = whole.issues[name]
    assert part.issues[name] == entry
    assert (part.catalog, part.patterns, part.unread_in(name)) == (whole.catalog, whole.patterns, whole.unread_in(name))
    assert relations(part, entry) == relations(whole, entry)
    assert part.named_by(name) == whole.named_by(name)
    for kind in kinds:
        reports = [make(kind, Case(book, entry)) for book in (part, whole)]
        of_part, of_whole = (ReportDocument(report, None).document("html", str) for report in reports)
        assert of_part == of_whole, kind


@given(st.dictionaries(st.sampled_from(IDS), NAMED, min_size=2))
def test_every_issue_that_names_another_is_found_however_it_is_written(books: dict[str, tuple[str, str, str]]) -> None:
    """However the name is written: a book in which some issues name others."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, "catalog.yaml", "title: Book\n")
        for name, (other, place, spelling) in books.items():
            write(root, f"{name}/issue.yaml", issue(name, place.format(SPELLINGS[spelling](other))))
        assert load(root).findings == ()
        for name in books:
            assert_same(root, name)


@pytest.mark.parametrize("name", ["1184", "1231"])
def test_the_repository_s_own_book_gives_the_same_reports(name: str) -> None:
    assert_same(Path("issues"), name, KINDS)


def test_unrelated_issues_and_evidence_of_related_ones_are_not_read(tmp_path: Path) -> None:
    """Neither other issues nor what is kept beside those that it is tied to; nor is what is wrong there told."""
    write(tmp_path, "catalog.yaml", "title: Book\n")
    write(tmp_path, "1/issue.yaml", issue("1", PLACES["relation"].format("2")))
    write(tmp_path, "1/affected.yaml", "what: [\n")
    write(tmp_path, "2/issue.yaml", issue("2"))
    write(tmp_path, "2/affected.yaml", "what: [\n")
    write(tmp_path, "3/issue.yaml", "title: [\n")
    write(tmp_path, "4/issue.yaml", issue("4"))
    write(tmp_path, "5/issue.yaml", "relations: [{to: 1}\n")
    loaded = load_about(tmp_path, ["1"])
    assert list(loaded.book.issues) == ["1", "2"]
    assert loaded.book.unread == {"1/affected.yaml", "5/issue.yaml"}  # who knows what the second one says of the first


def test_loading_no_issue_reads_only_what_all_issues_share(tmp_path: Path) -> None:
    write(tmp_path, "catalog.yaml", "title: Book\n")
    write(tmp_path, "1/issue.yaml", issue("1"))
    write(tmp_path, "patterns/a.yaml", "title: A\nsummary: B.\n")
    book = load_about(tmp_path, []).book
    assert (list(book.issues), list(book.patterns), book.catalog.title) == ([], ["a"], "Book")
