"""Which files are searched, with git and without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triagebook.code.checkout import list_files_without_git
from triagebook.model.building_blocks import Detector
from triagebook.scan.detectors import compile_detector
from triagebook.scan.file_search import MAX_BYTES, Matches, search_files
from triagebook.scan.source_folder import SourceFolder

from .project import Project

CALL = "await get()\n"


def matches_in(folder: Path, paths: list[str] | None = None) -> Matches:
    """What is found below a folder."""
    names = list_files_without_git(folder) if paths is None else paths
    (found,) = search_files(folder, names, [compile_detector(Detector(regex="await get"))])
    return found


def test_the_files_that_git_lists_are_searched(project: Project) -> None:
    """New files count, ignored ones do not, and the book quotes what it is about."""
    project.commit({".gitignore": "*.tmp\nbuild/\n", "a.py": CALL, "kept.tmp": CALL})
    project.git("add", "--force", "kept.tmp")
    project.write({"new.py": CALL, "no.tmp": CALL, "build/b.py": CALL, "issues/1/issue.yaml": CALL})
    outcome = project.look_for(Detector(regex="await get"))
    assert set(outcome.found) == {"a.py", "kept.tmp", "new.py"}


def test_a_book_at_the_top_is_left_out(tmp_path: Path) -> None:
    """A book may be the whole repository; its records do not count as code there either."""
    project = Project(tmp_path / "shop")
    project.git("mv", "-k", "issues", "issues")
    (project.root / "issues").rename(project.root / "moved")
    for path in sorted((project.root / "moved").iterdir()):
        path.rename(project.root / path.name)
    project.commit({"tool.py": CALL, "1/evidence/a.yaml": CALL, "patterns/p.yaml": CALL})
    code = SourceFolder(project.root, None, project.root)
    assert "tool.py" in code.files
    assert not [name for name in code.files if name.endswith(".yaml")]


def test_files_that_are_not_searched_are_named(tmp_path: Path) -> None:
    """Binary and huge files, and one that is not there. In another encoding it is read as far as it can be."""
    files = {
        "binary.py": b"await get()\0",
        "latin.py": "# é\nawait get()\n".encode("latin-1"),
        "huge.py": b"await get()\n" + b"#" * MAX_BYTES,
        "wrong.py": b"\xff\xfea",
        "good.py": CALL.encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = matches_in(tmp_path, [*files, "gone.py"])
    assert set(found.found) == found.searched == {"good.py", "latin.py"}
    assert found.skipped == {
        "binary.py": "binary",
        "huge.py": "more than 2 MB",
        "wrong.py": "not UTF-16, although it is marked so",
        "gone.py": "not checked out",
    }


def test_encodings_and_line_ends_hide_no_line(tmp_path: Path) -> None:
    """A byte order mark, UTF-16 and CR LF do not hide a line, nor shift it."""
    (tmp_path / "bom.py").write_bytes(b"\xef\xbb\xbfawait get()\n")
    (tmp_path / "wide.py").write_bytes("\nawait get()\n".encode("utf-16"))
    (tmp_path / "crlf.py").write_bytes(b"\r\n\r\nawait get()\r\n")
    lines = {path: list(found) for path, found in matches_in(tmp_path).found.items()}
    assert lines == {"bom.py": [1], "wide.py": [2], "crlf.py": [3]}


def test_a_name_that_no_record_can_contain_is_skipped(tmp_path: Path) -> None:
    for name in ("a:b.py", "a\\b.py", "a\nb.py"):
        (tmp_path / name).write_text(CALL)
    assert set(matches_in(tmp_path).skipped.values()) == {"no record can hold its name"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither a file that leads out, nor a folder, nor one of the names above a file."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder in (outside, inside):
        folder.mkdir()
    (outside / "secret.py").write_text(CALL)
    (inside / "own.py").write_text(CALL)
    (inside / "file.py").symlink_to(outside / "secret.py")
    (inside / "own2.py").symlink_to(inside / "own.py")
    (inside / "folder").symlink_to(outside)
    (inside / "round").symlink_to(inside)
    assert set(matches_in(inside).found) == {"own.py"}
    assert set(matches_in(inside, ["folder/secret.py", "file.py", "own.py", "own2.py"]).found) == {"own.py"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has none")
def test_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    found = matches_in(tmp_path, ["pipe.py", "folder.py"])
    assert (found.searched, found.skipped) == (frozenset(), {})


def test_several_searches_read_a_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text(CALL)
    read: list[str] = []
    monkeypatch.setattr("triagebook.scan.file_search.read_file", lambda _, path: read.append(path) or CALL.encode())
    searches = [compile_detector(Detector(regex=regex)) for regex in ("await", "get", "none")]
    assert [len(found.places) for found in search_files(tmp_path, ["a.py"], searches)] == [1, 1, 0]
    assert len(read) == 1


def test_a_folder_outside_git_is_searched_like_a_checkout(tmp_path: Path) -> None:
    """Each .gitignore in it is obeyed, repositories within it are searched, and nothing is left behind."""
    folder = tmp_path / "plain"
    folder.mkdir()
    inner = Project(folder / "vendor" / "shop")
    inner.commit({".gitignore": "*.tmp\nissues/\n", "a.py": CALL, "b.tmp": CALL})
    files = {".gitignore": "*.tmp\n", "a.py": CALL, "x.tmp": CALL}
    files |= {"lib/.gitignore": "build/\n!x.tmp\n", "lib/build/b.py": CALL, "lib/x.tmp": CALL}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    assert set(matches_in(folder).found) == {"a.py", "lib/x.tmp", "vendor/shop/a.py"}
    assert {path.name for path in folder.iterdir()} == {".gitignore", "a.py", "lib", "vendor", "x.tmp"}
