"""Each broken file in a book gives one clear finding, and the rest is loaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from triagebook.findings import Level
from triagebook.store.load import Loaded, load

ISSUE = "title: It fails\nseverity: low\nopened: 2025-09-15\nsummary: It does.\n"
PATTERN = "title: Awaited synchronous call\nsummary: A synchronous function is awaited.\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A good book with two issues, a pattern, and neighbours that are none of its business."""
    return make(tmp_path / "issues")


def make(root: Path) -> Path:
    for name, text in {
        "catalog.yaml": "title: Book\n",
        "1184/issue.yaml": ISSUE,
        "1231/issue.yaml": ISSUE,
        "patterns/awaited-sync-call.yaml": PATTERN,
    }.items():
        put(root / name, text)
    put(root.parent / "elsewhere/issue.yaml", ISSUE)
    return root


def put(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def told(loaded: Loaded) -> list[str]:
    return [f"{f.file}:{f.line}:{f.column} {f.code} {f.says}; {f.do}" for f in loaded.findings]


def test_a_valid_book_loads_without_findings(book: Path) -> None:
    put(book / "README.md", "# Read me\n")
    put(book / ".schema/issue.json", "{}")
    put(book / ".hidden", "")
    put(book / "1184/.issue.yaml.swp", "")
    loaded = load(book)
    assert told(loaded) == []
    assert list(loaded.book.issues) == ["1184", "1231"]
    assert list(loaded.book.patterns) == ["awaited-sync-call"]
    assert loaded.book.catalog.title == "Book"


# ── one thing is broken ──────────────────────────────────────────────────────────────────────────────


def _place_of(path: Path) -> Path:
    """The place of something, out of which it is moved."""
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(path.with_name(".old"))
    return path


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000)


_ID = "letters, digits, `.`, `_` and `-`, the first a letter or digit"
_KINDS = "use one of: tests, command, value, observation"
_NO_ANCHOR = "remove it, or put quotes around text that begins with `&`"
_READABLE = "check that it exists and can be read"
_SPLIT = "split it, or keep the raw data beside the record"
_INSTEAD = "replace it with the file itself"

# what is done to a good book, the one finding it gives, what can't be read any more
BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a folder without issue.yaml": (
        lambda root: (root / "1240").mkdir(),
        "1240:1:1 TB110 `1240` has no issue.yaml; write one: `triagebook new 1240`, or remove the folder",
        "",
    ),
    "an issue.yml": (
        lambda root: (root / "1184/issue.yaml").rename(root / "1184/issue.yml"),
        "1184:1:1 TB110 `1184` has no issue.yaml; write one: `triagebook new 1184`, or remove the folder",
        "1184",
    ),
    "a folder for an issue.yaml": (
        lambda root: _place_of(root / "1184/issue.yaml").mkdir(),
        "1184/issue.yaml:1:1 TB110 `issue.yaml` is not a file; put a file in its place",
        "1184",
    ),
    "a pipe for an issue.yaml": (
        lambda root: os.mkfifo(_place_of(root / "1184/issue.yaml")),
        "1184/issue.yaml:1:1 TB110 `issue.yaml` is not a file; put a file in its place",
        "1184",
    ),
    "a pipe among the evidence": (
        lambda root: os.mkfifo(_place_of(root / "1184/evidence/a.yaml")),
        "1184/evidence/a.yaml:1:1 TB110 `a.yaml` is not a file; put a file in its place",
        "",
    ),
    "a name with a space": (
        lambda root: put(root / "my issue/issue.yaml", ISSUE),
        f"my issue:1:1 TB110 `my issue` is not a valid id; choose another name: {_ID}",
        "",
    ),
    "a name that Windows reserves": (
        lambda root: put(root / "con.1/issue.yaml", ISSUE),
        (
            "con.1:1:1 TB110 `con.1` is a name that Windows reserves; "
            "choose another, so that the book can be checked out there"
        ),
        "",
    ),
    "evidence with a name that Windows can't have": (
        lambda root: put(root / "1184/evidence/a..yaml", "kind: value\n"),
        (
            "1184/evidence/a..yaml:1:1 TB110 `a..yaml` is a name that Windows reserves; "
            "choose another, so that the book can be checked out there"
        ),
        "",
    ),
    "a name of signs that can't be shown": (
        lambda root: os.mkdir(os.fsencode(root) + b"/a\n\xff\x1b[31m"),  # noqa: PTH102
        f"a???[31m:1:1 TB110 `a???[31m` is not a valid id; choose another name: {_ID}".replace("?", "\ufffd"),
        "",
    ),
    "a file among the issues": (
        lambda root: put(root / "notes.txt", ""),
        "notes.txt:1:1 TB110 `notes.txt` does not belong in a book; move it out, or into the folder of its issue",
        "",
    ),
    "a file for the patterns": (
        lambda root: put(_place_of(root / "patterns"), ""),
        f"patterns:1:1 TB110 `patterns` can't be read: not a directory; {_READABLE}",
        "awaited-sync-call",
    ),
    "a file in an issue": (
        lambda root: put(root / "1184/log.txt", ""),
        (
            "1184/log.txt:1:1 TB110 `log.txt` does not belong in an issue; "
            "move it out, or into the issue's `evidence` folder"
        ),
        "",
    ),
    "evidence in .yml": (
        lambda root: put(root / "1184/evidence/a.yml", "kind: value\n"),
        "1184/evidence/a.yml:1:1 TB110 `a.yml` ends in .yml; rename it: a record ends in .yaml",
        "",
    ),
    "evidence with an odd name": (
        lambda root: put(root / "1184/evidence/a b.yaml", "kind: value\n"),
        f"1184/evidence/a b.yaml:1:1 TB110 `a b.yaml` is not a valid id; choose another name: {_ID}",
        "",
    ),
    "evidence of no kind": (
        lambda root: put(root / "1184/evidence/a.yaml", "# none\nat: 2025-09-15\n"),
        f"1184/evidence/a.yaml:2:1 TB109 `kind` is missing; {_KINDS}",
        "",
    ),
    "evidence of an unknown kind": (
        lambda root: put(root / "1184/evidence/a.yaml", "kind: rumour\n"),
        f"1184/evidence/a.yaml:1:1 TB108 `rumour` is not a kind of evidence; {_KINDS}",
        "",
    ),
    "a pattern with an odd ending": (
        lambda root: put(root / "patterns/a.txt", ""),
        "patterns/a.txt:1:1 TB110 `a.txt` is not a pattern; move it out of `patterns`; a pattern ends in .yaml",
        "",
    ),
    "no catalog": (
        lambda root: (root / "catalog.yaml").unlink(),
        f"catalog.yaml:1:1 TB110 `catalog.yaml` can't be read: no such file or directory; {_READABLE}",
        "catalog",
    ),
    "50 MB": (
        lambda root: _huge(root / "1184/issue.yaml"),
        f"1184/issue.yaml:1:1 TB105 the file has 50 MB; a record has at most 10; {_SPLIT}",
        "1184",
    ),
    "an alias bomb": (
        lambda root: put(root / "1184/issue.yaml", BOMB),
        f"1184/issue.yaml:1:4 TB104 `&a` is an anchor; a record is plain YAML; {_NO_ANCHOR}",
        "1184",
    ),
    "an unknown key": (
        lambda root: put(root / "1184/issue.yaml", ISSUE + "impact:\n  revenu: []\n"),
        "1184/issue.yaml:6:3 TB107 `revenu` is not a known key; did you mean `revenue`?",
        "1184",
    ),
    "an issue.yaml that links out of the book": (
        lambda root: _place_of(root / "1184/issue.yaml").symlink_to("../../elsewhere/issue.yaml"),
        f"1184/issue.yaml:1:1 TB110 `issue.yaml` is a link that points outside the book; {_INSTEAD}",
        "1184",
    ),
    "a catalog that links out of the book": (
        lambda root: _place_of(root / "catalog.yaml").symlink_to("/etc/hostname"),
        f"catalog.yaml:1:1 TB110 `catalog.yaml` is a link that points outside the book; {_INSTEAD}",
        "catalog",
    ),
    "an issue that links out of the book": (
        lambda root: _place_of(root / "1240").symlink_to("../elsewhere"),
        f"1240:1:1 TB110 `1240` is a link that points outside the book; {_INSTEAD}",
        "",
    ),
    "evidence that links out of the book": (
        lambda root: _place_of(root / "1184/evidence").symlink_to("/dev"),
        f"1184/evidence:1:1 TB110 `evidence` is a link that points outside the book; {_INSTEAD}",
        "",
    ),
    "patterns that link out of the book": (
        lambda root: _place_of(root / "patterns").symlink_to("../elsewhere"),
        f"patterns:1:1 TB110 `patterns` is a link that points outside the book; {_INSTEAD}",
        "awaited-sync-call",
    ),
    "an issue.yaml that links to nothing": (
        lambda root: _place_of(root / "1184/issue.yaml").symlink_to("nothing.yaml"),
        "1184:1:1 TB110 `1184` has no issue.yaml; write one: `triagebook new 1184`, or remove the folder",
        "1184",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gives_one_finding_and_the_rest_loads(book: Path, name: str) -> None:
    break_it, finding, gone = BROKEN[name]
    break_it(book)
    loaded = load(book)
    assert told(loaded) == [finding]
    assert loaded.findings[0].severity is Level.ERROR
    records = {*loaded.book.issues, *loaded.book.patterns} | ({"catalog"} if loaded.book.catalog_read else set())
    assert records == {"1184", "1231", "awaited-sync-call", "catalog"} - {gone}


@pytest.mark.parametrize("name", ["1184/issue.yaml", "1184/evidence", "patterns", "1240", "catalog.yaml"])
def test_a_link_to_itself_gives_one_finding(book: Path, name: str) -> None:
    _place_of(book / name).symlink_to((book / name).name)
    assert len(load(book).findings) == 1
    assert "1231" in load(book).book.issues


def test_a_link_within_the_book_is_followed(book: Path) -> None:
    (book / "1240").symlink_to("1184")
    assert told(load(book)) == []
    assert list(load(book).book.issues) == ["1184", "1231", "1240"]


@pytest.mark.parametrize(
    ("name", "mode", "finding"),
    [
        ("1184/issue.yaml", 0, "1184/issue.yaml:1:1 TB110 `issue.yaml` can't be read: permission denied"),
        ("1184", 0, "1184:1:1 TB110 `1184` can't be read: permission denied"),
        ("1184", 0o444, "1184:1:1 TB110 `1184` can't be read: permission denied"),
        ("1184", 0o111, "1184:1:1 TB110 `1184` can't be read: permission denied"),
        ("patterns", 0, "patterns:1:1 TB110 `patterns` can't be read: permission denied"),
        ("catalog.yaml", 0, "catalog.yaml:1:1 TB110 `catalog.yaml` can't be read: permission denied"),
    ],
)
def test_a_file_without_read_permission_gives_one_finding(as_nobody: Path, name: str, mode: int, finding: str) -> None:
    make(as_nobody)
    (as_nobody / name).chmod(mode)
    assert told(load(as_nobody)) == [f"{finding}; check that it exists and can be read"]
    assert "1231" in load(as_nobody).book.issues


def test_unreadable_records_are_still_valid_targets_of_references(book: Path) -> None:
    put(book / "1184/issue.yaml", "title: [\n")
    put(book / "1231/issue.yaml", ISSUE + "relations: [{to: 1184, kind: related}]\n")
    loaded = load(book)
    assert [finding.file for finding in loaded.findings] == ["1184/issue.yaml"]
    assert "1184" in loaded.book.names("issue")


def test_names_that_differ_only_in_case_are_a_finding(tmp_path: Path) -> None:
    """Many systems can't keep both; here both are read."""
    book = make(tmp_path / "issues")
    for name in ("login", "Login"):
        put(book / f"{name}/issue.yaml", ISSUE)
    loaded = load(book)
    (finding,) = loaded.findings
    assert (finding.code, finding.file) == ("TB110", "Login")
    assert finding.says == "`Login` differs from `login` only in case"
    assert {"login", "Login"} <= loaded.book.issues.keys()


def test_many_broken_files_give_one_finding_each(book: Path) -> None:
    """Each problem is reported, one does not hide another, and the good issue is read."""
    makers = [name for name in BROKEN if "1184" not in BROKEN[name][1] and not BROKEN[name][2]]
    for name in makers:
        if "1240" not in BROKEN[name][1]:
            BROKEN[name][0](book)
    texts: list[str | bytes] = [ISSUE + "x: y\n", "", "a: *b\n", "a: [\n", b"\xff", "[]", "\ttitle: x\n"]
    for number, text in enumerate(texts, start=2000):
        put(book / f"{number}/issue.yaml", text)
    loaded = load(book)
    assert len(loaded.findings) == 7 + sum("1240" not in BROKEN[name][1] for name in makers)
    assert list(loaded.book.issues) == ["1184", "1231"]
    assert list(loaded.findings) == sorted(loaded.findings, key=lambda f: (f.file, f.line, f.column, f.code))


def test_crlf_line_ends_and_byte_order_marks_give_warnings(book: Path) -> None:
    put(book / "1184/issue.yaml", "\ufeff" + ISSUE)
    put(book / "1231/issue.yaml", ISSUE.replace("\n", "\r\n"))
    loaded = load(book)
    assert [(f.file, f.code, f.severity) for f in loaded.findings] == [
        ("1184/issue.yaml", "TB106", Level.WARNING),
        ("1231/issue.yaml", "TB106", Level.WARNING),
    ]
    assert [entry.issue.title for entry in loaded.book.issues.values()] == ["It fails", "It fails"]


def test_positions_of_missing_fields_and_files_fall_back_to_what_exists(tmp_path: Path) -> None:
    """The position of a field, of one that is left out, of a whole file, and of a file that is gone."""
    (tmp_path / "catalog.yaml").write_text("title: Shop\ncomponents:\n  cart: Cart\n")
    loaded = load(tmp_path)
    fields = [("components", "cart"), ("components", "basket"), ("people",), ()]
    places = loaded.positions(("catalog.yaml", field) for field in fields).values()
    assert [(place.line, place.column) for place in places] == [(3, 3), (2, 1), (1, 1), (1, 1)]
    assert loaded.positions([("gone.yaml", ("title",))])["gone.yaml", ("title",)].line == 1
