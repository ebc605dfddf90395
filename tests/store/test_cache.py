"""A cached answer is reused only while the book is unchanged, and a damaged cache does no harm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagebook.cache_folder import VARIABLE as FOLDER
from triagebook.store import cache
from triagebook.store.cache import remembered

Ask = Callable[[], int]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "issues"
    (folder / "7" / "evidence").mkdir(parents=True)
    (folder / "catalog.yaml").write_text("title: A\n")
    (folder / "7" / "issue.yaml").write_text("title: B\n")
    (folder / "7" / "evidence" / "run.yaml").write_text("kind: C\n")
    return folder


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which answers are kept."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


@pytest.fixture
def ask(book: Path, kept: Path) -> Ask:  # noqa: ARG001
    """Asks for the book's number: a new one each time it has to be found out."""
    numbers = iter(range(100))
    return lambda: remembered(book, "number", lambda: next(numbers))


def stays(path: Path, write: Callable[[Path], object]) -> None:
    """Writes to a file, and gives it back the time stamp that it had."""
    before = path.stat()
    write(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


# ── the same book ────────────────────────────────────────────────────────────────────────────────────


def test_an_unchanged_book_is_answered_from_the_cache(ask: Ask) -> None:
    """The answer is known."""
    assert (ask(), ask()) == (0, 0)


def test_new_time_stamps_keep_the_cached_answer(ask: Ask, book: Path) -> None:
    """Content decides: a new checkout of the same records is the same book."""
    assert ask() == 0
    os.utime(book / "7" / "issue.yaml", (0, 0))
    assert ask() == 0


CHANGES: dict[str, Callable[[Path], object]] = {
    "another content of the same length at the same time": lambda book: stays(
        book / "7" / "issue.yaml", lambda path: path.write_text("title: X\n")
    ),
    "evidence": lambda book: (book / "7" / "evidence" / "run.yaml").write_text("kind: D\n"),
    "the catalog": lambda book: (book / "catalog.yaml").write_text("title: B\n"),
    "a record more": lambda book: (book / "7" / "affected.yaml").write_text(""),
    "a record less": lambda book: (book / "7" / "evidence" / "run.yaml").unlink(),
    "a record under another name": lambda book: (book / "7" / "evidence" / "run.yaml").rename(
        book / "7" / "evidence" / "ruN.yaml"
    ),
    "two records that change places": lambda book: [
        (book / "catalog.yaml").write_text("title: B\n"),
        (book / "7" / "issue.yaml").write_text("title: A\n"),
    ],
    "a folder under another name": lambda book: (book / "7").rename(book / "8"),
    "a file that is no record": lambda book: (book / "7" / "notes.txt").write_text(""),
    "an empty folder": lambda book: (book / "8").mkdir(),
    "a pattern": lambda book: [(book / "patterns").mkdir(), (book / "patterns" / "p.yaml").write_text("")],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_visible_change_of_the_book_discards_the_answer(
    ask: Ask, book: Path, change: Callable[[Path], object]
) -> None:
    """Whatever a reader of the book could see is another question."""
    assert ask() == 0
    change(book)
    assert (ask(), ask()) == (1, 1)


def test_hidden_files_keep_the_cached_answer(ask: Ask, book: Path) -> None:
    """What no reader of the book looks at changes nothing."""
    assert ask() == 0
    (book / ".notes.yaml").write_text("a: b\n")
    assert ask() == 0


@given(
    one=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "a", "b", "ab"])),
    other=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "a", "b", "ab"])),
)
def test_two_contents_of_one_folder_share_an_answer_only_if_equal(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, str], other: dict[str, str]
) -> None:
    """Two contents of one folder are one book exactly where they are equal."""
    folder = tmp_path_factory.mktemp("book")
    answers = []
    for content in (one, other):
        shutil.rmtree(folder)
        for name, text in content.items():
            (folder / name).mkdir(parents=True)
            (folder / name / "issue.yaml").write_text(text)
        folder.mkdir(exist_ok=True)
        answers.append(remembered(folder, "what is in it", lambda content=content: content))  # type: ignore[misc]
    assert answers == [one, other]


# ── another question, other tools ────────────────────────────────────────────────────────────────────


def test_another_question_gets_its_own_answer(book: Path, ask: Ask) -> None:
    """The options are part of the question."""
    assert ask() == 0
    assert remembered(book, ["number", "strict"], lambda: "other") == "other"


def test_another_version_of_the_code_discards_the_answer(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of the code may find something else."""
    assert ask() == 0
    shutil.copytree(Path(cache.__file__).parents[1], tmp_path / "triagebook")
    (tmp_path / "triagebook" / "rules" / "more.py").write_text("")
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path / "triagebook")
    assert ask() == 1


def test_another_version_of_a_package_discards_the_answer(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """So may another version of what it stands on."""
    assert ask() == 0
    monkeypatch.setattr(cache, "version", lambda name: "0" if name == "pyyaml" else "1")
    assert ask() == 1


# ── what can't be known ──────────────────────────────────────────────────────────────────────────────


def test_a_book_that_changes_during_the_work_is_not_cached(book: Path, kept: Path) -> None:
    """Nobody knows which state was read, even if all is as it was in the end."""
    path = book / "7" / "issue.yaml"

    def answer() -> str:
        text = path.read_text()
        stays(path, lambda path: path.write_text("title: X\n"))
        stays(path, lambda path: path.write_text(text))
        return "of which?"

    remembered(book, "number", answer)
    assert not kept.exists()
    assert remembered(book, "number", lambda: "of this") == "of this"


def test_a_book_with_links_is_not_cached(ask: Ask, book: Path, tmp_path: Path) -> None:
    """What a link leads to may change without the book."""
    (tmp_path / "elsewhere.yaml").write_text("title: A\n")
    (book / "7" / "issue.yaml").unlink()
    (book / "7" / "issue.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert (ask(), ask()) == (0, 1)


def test_nothing_is_cached_when_the_package_is_not_installed(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody knows the versions, nothing is kept."""

    def version(name: str) -> str:
        raise cache.PackageNotFoundError(name)

    monkeypatch.setattr(cache, "version", version)
    assert (ask(), ask()) == (0, 1)


# ── what was kept can't do harm ──────────────────────────────────────────────────────────────────────


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda _: b"",
    "cut off": lambda data: data[:-1],
    "longer": lambda data: data + b"0",
    "another answer": lambda data: data.replace(b"\n0", b"\n5"),
    "no seal": lambda data: data.partition(b"\n")[2],
    "other bytes": lambda _: b"\xff\xfe\n{",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_answer_is_computed_again(ask: Ask, kept: Path, damage: Callable[[bytes], bytes]) -> None:
    """It is found out anew, and kept again."""
    assert ask() == 0
    (path,) = kept.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert (ask(), ask()) == (1, 1)


def test_an_answer_under_another_key_is_ignored(ask: Ask, book: Path, kept: Path) -> None:
    """What was kept under one key says nothing under another."""
    assert ask() == 0
    (path,) = kept.iterdir()
    old = path.read_bytes()
    (book / "7" / "issue.yaml").write_text("title: X\n")
    assert ask() == 1
    path.write_bytes(old)
    assert ask() == 2


def test_a_file_in_place_of_the_cache_folder_disables_the_cache(ask: Ask, kept: Path) -> None:
    """Nothing can be kept, and nothing fails."""
    kept.write_text("")
    assert (ask(), ask()) == (0, 1)


def test_a_folder_in_place_of_a_cache_file_leaves_no_litter(ask: Ask, kept: Path) -> None:
    """The same, and no litter is left."""
    assert ask() == 0
    (path,) = kept.iterdir()
    path.unlink()
    (path / "inside").mkdir(parents=True)
    assert (ask(), ask()) == (1, 2)
    assert list(kept.iterdir()) == [path]


def test_a_user_without_a_home_folder_gets_no_cache(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept where the work is done instead."""
    monkeypatch.delenv(FOLDER)
    monkeypatch.setattr("triagebook.cache_folder.user_cache_path", lambda name: Path("~") / name)
    monkeypatch.chdir(tmp_path)
    assert (ask(), ask()) == (0, 1)
    assert {path.name for path in tmp_path.iterdir()} == {"issues"}


def test_a_full_disk_does_not_fail_the_command(book: Path, kept: Path) -> None:
    asking = (
        "import resource, signal, sys; from pathlib import Path; from triagebook.store.cache import remembered;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10));"
        "print(remembered(Path(sys.argv[1]), 'number', lambda: 5))"
    )
    done = subprocess.run([sys.executable, "-c", asking, book], capture_output=True, text=True, check=True)
    assert done.stdout == "5\n"
    assert list(kept.iterdir()) == []
