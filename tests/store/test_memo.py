"""The memo gives back what was kept. Damaged, foreign, read-only or full, it costs time and nothing else."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from triagebook.store import memo as module
from triagebook.store.contents import digests
from triagebook.store.memo import Memo

KEYS = {"one": b"1", "two": b"2", "none": None}
FILE = "memo.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def memo(folder: Path) -> Memo:
    memo = Memo(folder)
    memo.keep("number", KEYS, {"one": 1, "none": 0})
    return memo


def test_only_kept_answers_are_recalled(memo: Memo) -> None:
    assert memo.recall("number", KEYS, int) == {"one": 1}
    assert memo.recall("other", KEYS, int) == {}
    assert memo.recall("number", {"one": b"2"}, int) == {}


def test_the_memo_is_readable_only_by_its_user(memo: Memo, folder: Path) -> None:  # noqa: ARG001
    assert [path.stat().st_mode & 0o077 for path in (folder, folder / FILE)] == [0, 0]


def test_other_code_or_packages_recall_nothing(memo: Memo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "tools", lambda: "others")
    assert memo.recall("number", KEYS, int) == {}


def flip(path: Path) -> None:
    """Change a byte of what is kept."""
    with sqlite3.connect(path) as table:
        table.execute("UPDATE memo SET body = substr(body, 1, 16) || x'05'")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"garbage" * 999),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "a byte changed": flip,
    "another table": lambda path: [path.unlink(), sqlite3.connect(path).execute("CREATE TABLE memo (a)")],
    "a folder": lambda path: [path.unlink(), path.mkdir()],
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_answers_are_ignored(memo: Memo, folder: Path, damage: Callable[[Path], object]) -> None:
    damage(folder / FILE)
    assert memo.recall("number", KEYS, int) == {}
    memo.keep("number", KEYS, {"one": 1})
    assert memo.recall("number", KEYS, int) in ({"one": 1}, {})


def test_answers_of_another_type_are_ignored(memo: Memo) -> None:
    assert memo.recall("number", KEYS, str) == {}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="users are known on POSIX only")
def test_a_memo_of_another_user_is_not_read(memo: Memo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert memo.recall("number", KEYS, int) == {}


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for memo in (Memo(None), Memo(tmp_path / "file")):
        memo.keep("number", KEYS, {"one": 1})
        assert memo.recall("number", KEYS, int) == {}


def test_a_busy_memo_is_skipped_after_a_short_wait(memo: Memo, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 0.01)
    with sqlite3.connect(folder / FILE) as other:
        other.execute("BEGIN EXCLUSIVE")
        memo.keep("number", KEYS, {"two": 2})
        assert memo.recall("number", KEYS, int) == {}
    assert memo.recall("number", KEYS, int) == {"one": 1}


def test_a_memo_that_grew_too_large_forgets_the_older_half(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100_000)
    memo, keys = Memo(folder), {str(number): b"%d" % number for number in range(300)}
    for name in keys:
        memo.keep("text", keys, {name: "x" * 1000})
    known = memo.recall("text", keys, str)
    assert "299" in known
    assert "0" not in known
    assert (folder / FILE).stat().st_size < 300_000


# ── contents ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_digest_is_of_names_and_contents_and_not_of_times_and_places(tmp_path: Path, memo: Memo) -> None:
    def digest(place: str, files: dict[str, str]) -> bytes | None:
        for name, text in files.items():
            (tmp_path / place / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place / name).write_text(text)
        return digests(memo, "test", {"a": os.fsencode(tmp_path / place)})["a"]

    first = digest("1", {"a": "b", "c/d": "e"})
    os.utime(tmp_path / "1" / "a", (0, 0))
    assert first == digest("1", {}) == digest("2", {"a": "b", "c/d": "e"}) is not None
    others = [{"a": "c", "c/d": "e"}, {"a": "b", "c": "d", "e": ""}, {"a": "b", "c/d": "e", "f": ""}, {"c/d": "e"}]
    assert len({first, *(digest(f"3{number}", files) for number, files in enumerate(others))}) == 5


def test_another_content_of_the_same_length_at_the_same_time_is_noticed(tmp_path: Path, memo: Memo) -> None:
    path = tmp_path / "a"
    path.write_text("a")
    os.utime(path, ns=(1, 1))
    first = digests(memo, "test", {"a": os.fsencode(path)})
    path.write_text("b")
    os.utime(path, ns=(1, 1))
    assert digests(memo, "test", {"a": os.fsencode(path)}) != first


def test_the_target_of_a_link_has_no_digest(tmp_path: Path, memo: Memo) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path)
    assert digests(memo, "test", {"a": os.fsencode(tmp_path / "folder")}) == {"a": None}
